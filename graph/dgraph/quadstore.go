package dgraph

import (
	"context"
	"sync"
	"time"

	"parley/graph/remote"
	"parley/graph/store"
)

// Name is what cayley knows the store by.
const Name = "dgraph"

func init() {
	remote.Register(Name,
		func(ctx context.Context, url string) (store.Store, error) {
			s, err := Open(ctx, url, Options{})
			if err != nil {
				return nil, err
			}
			return &forCayley{Store: s}, nil
		},
		func(ctx context.Context, url string) (store.Store, error) { return orNil(Create(ctx, url, Options{})) })
	store.Register(Scheme, store.Kind{
		Open: func(ctx context.Context, url string, memory int64) (store.Store, error) {
			return orNil(Open(ctx, url, Options{Memory: memory}))
		},
		Create: func(ctx context.Context, url string, memory int64) (store.Store, error) {
			return orNil(Create(ctx, url, Options{Memory: memory}))
		},
		Verify: Verify,
	})
}

// orNil keeps a nil pointer from becoming a store.
func orNil(s *Store, err error) (store.Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// forCayley is a store that asks now and then whether another process changed it.
// Cayley wants to know the version at every term and quad that it goes through.
type forCayley struct {
	*Store
	mu      sync.Mutex
	version uint64
	asked   time.Time
}

// apart is how long what a version was asked for holds.
const apart = 100 * time.Millisecond

// Version numbers what is there, or was a moment ago.
func (s *forCayley) Version() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.version == unknown || time.Since(s.asked) > apart {
		s.version, s.asked = s.Store.Version(), time.Now()
	}
	return s.version
}

// Update makes a change, which is seen at once.
func (s *forCayley) Update(ctx context.Context, change func(store.Tx) error) (store.Tally, error) {
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked = time.Time{}
	}()
	return s.Store.Update(ctx, change)
}
