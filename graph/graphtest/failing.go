package graphtest

import (
	"context"
	"errors"
	"sync/atomic"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// ErrTerm is the failure of a store that Failing made.
var ErrTerm = errors.New("the term cannot be read")

// Failing gives a store that holds what another does, and fails when a term is
// looked up or read for the n+1st time, and ever after.
func Failing(s store.Store, n int) store.Store {
	f := &failing{Store: s}
	f.left.Store(int64(n))
	return f
}

type failing struct {
	store.Store
	left atomic.Int64
}

func (f *failing) Snapshot(ctx context.Context) (store.Snapshot, error) {
	s, err := f.Store.Snapshot(ctx)
	return &failingSnapshot{Snapshot: s, store: f}, err
}

func (f *failing) Update(ctx context.Context, change func(store.Tx) error) (store.Tally, error) {
	return f.Store.Update(ctx, func(tx store.Tx) error { return change(&failingTx{tx, f}) })
}

type failingTx struct {
	store.Tx
	store *failing
}

func (tx *failingTx) Snapshot(ctx context.Context) (store.Snapshot, error) {
	s, err := tx.Tx.Snapshot(ctx)
	return &failingSnapshot{Snapshot: s, store: tx.store}, err
}

type failingSnapshot struct {
	store.Snapshot
	store  *failing
	failed atomic.Bool
}

func (s *failingSnapshot) fails() bool {
	if s.store.left.Add(-1) < 0 {
		s.failed.Store(true)
	}
	return s.failed.Load()
}

func (s *failingSnapshot) Node(term quad.Value) store.Node {
	if s.fails() {
		return 0
	}
	return s.Snapshot.Node(term)
}

func (s *failingSnapshot) Value(n store.Node) quad.Value {
	if s.fails() {
		return nil
	}
	return s.Snapshot.Value(n)
}

func (s *failingSnapshot) Err() error {
	if s.failed.Load() {
		return ErrTerm
	}
	return s.Snapshot.Err()
}
