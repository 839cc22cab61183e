package dgraph

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// parallel does n things, a few at once, until one fails.
func parallel(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	if n == 1 {
		return do(ctx, 0)
	}
	within, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, writers) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || within.Err() != nil {
					return
				}
				if err := do(within, i); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	return context.Cause(within)
}

// jitter is a duration of about d, so that two who wait do not meet again.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d) }
