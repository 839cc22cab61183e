package store

import (
	"context"
	"sync"
)

// Kind opens and makes stores of one kind by their URLs. What is bound by memory,
// in bytes, is a change in the making; 0 leaves it to the store.
type Kind struct {
	Open, Create func(ctx context.Context, url string, memory int64) (Store, error)
	// Verify reads a store whole and tells all that is wrong with it.
	Verify func(ctx context.Context, url string) error
}

var (
	kindsMu sync.RWMutex
	kinds   = map[string]Kind{}
)

// Register makes a kind of store known by the scheme of its URLs. The package of
// a store on a server does so when it is imported, as database drivers do, so
// that a program links those that it wants.
func Register(scheme string, k Kind) {
	kindsMu.Lock()
	defer kindsMu.Unlock()
	kinds[scheme] = k
}

// KindOf returns the kind of store that a scheme stands for.
func KindOf(scheme string) (Kind, bool) {
	kindsMu.RLock()
	defer kindsMu.RUnlock()
	k, ok := kinds[scheme]
	return k, ok
}
