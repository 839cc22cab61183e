package postgres

import (
	"runtime"
	"sync"
)

// inParts calls do for parts of n, side by side where they are worth it.
func inParts(n int, do func(lo, hi int)) {
	const worth = 1 << 12
	parts := min(runtime.GOMAXPROCS(0), n/worth)
	if parts < 2 {
		do(0, n)
		return
	}
	var all sync.WaitGroup
	for i := range parts {
		all.Go(func() { do(n*i/parts, n*(i+1)/parts) })
	}
	all.Wait()
}
