package graph

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"parley/graph/store"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// Graph is an open store of quads, safe for concurrent use.
type Graph struct {
	store store.Store

	mu     sync.Mutex // guards what follows, and the users of memos
	closed bool
	latest *memo // nil where nobody has read since the last change
	views  int   // that are open
}

// Node is a handle of a term in one view, and in later views of the same graph
// until its store is compacted. The zero Node is no term.
type Node = store.Node

// Added tells what became of quads that were to be added or removed. A quad
// that is added twice is known the second time.
type Added = store.Tally

// Stats count what a graph holds.
type Stats = store.Stats

// Quads are quads as they are read, or the error that ended the reading.
type Quads = iter.Seq2[quad.Quad, error]

// New returns the graph of a store, which it closes in the end.
func New(s store.Store) *Graph { return &Graph{store: s} }

// Close ends the graph. Views that are open stay good until closed.
func (g *Graph) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil
	}
	g.closed = true
	g.forget()
	return g.store.Close()
}

// Tx is a change of a graph in the making. It is used by one goroutine, until
// the function that it was given to returns.
type Tx struct{ tx store.Tx }

// Update makes a change: all that the function did to the Tx, or, where it
// returns an error or ctx ends, nothing. Changes wait for each other, so the
// function must not make another; they wait for no view, and no view for them.
func (g *Graph) Update(ctx context.Context, change func(*Tx) error) (Added, error) {
	added, err := g.store.Update(ctx, func(tx store.Tx) error { return change(&Tx{tx}) })
	if err != nil {
		return Added{}, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.latest != nil && g.latest.version != g.store.Version() {
		g.forget()
	}
	return added, nil
}

// Add puts quads in, all or none. Quads that are there already are counted and
// left alone.
func (g *Graph) Add(ctx context.Context, quads []quad.Quad) (Added, error) {
	return g.Update(ctx, func(tx *Tx) error { return tx.Add(ctx, quads) })
}

// Remove takes quads out, all or none. Quads that are not there are passed
// over; one under another label is another quad.
func (g *Graph) Remove(ctx context.Context, quads []quad.Quad) (Added, error) {
	return g.Update(ctx, func(tx *Tx) error { return tx.Remove(ctx, quads) })
}

// Add puts quads in. Quads that are there already are counted and left alone.
func (tx *Tx) Add(ctx context.Context, quads []quad.Quad) error { return tx.tx.Add(ctx, quads) }

// Remove takes quads out. Quads that are not there are passed over.
func (tx *Tx) Remove(ctx context.Context, quads []quad.Quad) error {
	return tx.tx.Remove(ctx, quads)
}

// Added counts what the change comes to so far.
func (tx *Tx) Added(ctx context.Context) (Added, error) { return tx.tx.Tally(ctx) }

// Keys takes quads by the keys of their terms, for loading millions of them.
// It is nil where the store does not.
func (tx *Tx) Keys() store.KeyTx {
	keys, _ := tx.tx.(store.KeyTx)
	return keys
}

// Fork returns a graph in memory that begins with what is there now; what is
// then changed in one the other never sees.
func (g *Graph) Fork(ctx context.Context) (*Graph, error) {
	s, err := g.store.Fork(ctx)
	if err != nil {
		return nil, err
	}
	return New(s), nil
}

// Version numbers what a view would show: while it stays the same, so does that.
// It is cheap, and never goes back.
func (g *Graph) Version() uint64 { return g.store.Version() }

// Views tells how many views, and other readings, are open.
func (g *Graph) Views() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.views
}

// Stats counts what the graph holds.
func (g *Graph) Stats(ctx context.Context) (Stats, error) {
	m, err := g.share(ctx)
	if err != nil {
		return Stats{}, err
	}
	defer g.release(m)
	return m.Stats(ctx)
}

// Quads gives every quad of the graph once, in no particular order, as it
// stands when the loop begins.
func (g *Graph) Quads(ctx context.Context) Quads {
	return func(yield func(quad.Quad, error) bool) {
		m, err := g.share(ctx)
		if err != nil {
			yield(quad.Quad{}, fmt.Errorf("read quads: %w", err))
			return
		}
		defer g.release(m)
		for q, err := range m.Quads(ctx) {
			if !yield(q, err) || err != nil {
				return
			}
		}
		if err := m.Err(); err != nil {
			yield(quad.Quad{}, err)
		}
	}
}

// Stated leaves out rules and what they inferred.
func Stated(quads Quads) Quads {
	return func(yield func(quad.Quad, error) bool) {
		for q, err := range quads {
			if id, _ := IDOf(q.Label); err == nil && id.Folder() == vocab.Rule.Folder {
				continue
			}
			if !yield(q, err) {
				return
			}
		}
	}
}
