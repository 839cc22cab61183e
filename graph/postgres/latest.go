package postgres

import (
	"context"
	"sync"
)

// latest finds out the newest version for many at once: those who ask while a
// question is on its way wait for the next, which they share. The answer to the one
// on its way could be older than what they have seen.
type latest struct {
	read func(ctx context.Context) (int32, error)

	mu      sync.Mutex
	running bool
	next    *question // for those who came while one was on its way
}

type question struct {
	done    chan struct{}
	version int32
	err     error
}

func (l *latest) get(ctx context.Context) (int32, error) {
	l.mu.Lock()
	if l.running {
		q := l.next
		if q == nil {
			q = &question{done: make(chan struct{})}
			l.next = q
		}
		l.mu.Unlock()
		select {
		case <-q.done:
			return q.version, q.err
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	l.running = true
	l.mu.Unlock()
	version, err := l.read(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pass()
	return version, err
}

// pass lets the next question go, for all who wait for it; whoever came first may
// have given up by now, so it has a context of its own. The caller holds the lock.
func (l *latest) pass() {
	q := l.next
	l.next, l.running = nil, q != nil
	if q == nil {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		q.version, q.err = l.read(ctx)
		close(q.done)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.pass()
	}()
}
