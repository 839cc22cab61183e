package cayley

import (
	"context"
	"errors"

	"parley/graph/store"

	"github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/quad"
)

// Apply makes the change that deltas, one after the other, come to: whole or not
// at all. has tells which of some quads there are before it. An error that a
// delta gives cause to is a *graph.DeltaError, unwrapped, as cayley looks for it.
func Apply(s store.Store, deltas []graph.Delta, ignore graph.IgnoreOpts, has func(ctx context.Context, tx store.Tx, quads []quad.Quad) ([]bool, error)) error {
	ctx := context.Background()
	_, err := s.Update(ctx, func(tx store.Tx) error {
		quads := distinct(deltas)
		there, err := has(ctx, tx, quads)
		if err != nil {
			return err
		}
		adds, dels, err := net(quads, there, deltas, ignore)
		if err != nil {
			return err
		}
		return errors.Join(tx.Remove(ctx, dels), tx.Add(ctx, adds))
	})
	var delta *graph.DeltaError
	if errors.As(err, &delta) {
		return delta
	}
	return err
}

// distinct returns the quads of deltas, each where it came first.
func distinct(deltas []graph.Delta) []quad.Quad {
	seen := make(map[quad.Quad]bool, len(deltas))
	quads := make([]quad.Quad, 0, len(deltas))
	for _, d := range deltas {
		if !seen[d.Quad] {
			seen[d.Quad] = true
			quads = append(quads, d.Quad)
		}
	}
	return quads
}

// net works out what deltas come to.
func net(quads []quad.Quad, there []bool, deltas []graph.Delta, ignore graph.IgnoreOpts) (adds, dels []quad.Quad, err error) {
	after := make(map[quad.Quad]bool, len(quads))
	for i, q := range quads {
		after[q] = there[i]
	}
	for _, d := range deltas {
		var wrong error
		switch {
		case d.Action != graph.Add && d.Action != graph.Delete:
			wrong = graph.ErrInvalidAction
		case d.Action == graph.Add && after[d.Quad] && !ignore.IgnoreDup:
			wrong = graph.ErrQuadExists
		case d.Action == graph.Delete && !after[d.Quad] && !ignore.IgnoreMissing:
			wrong = graph.ErrQuadNotExist
		}
		if wrong != nil {
			return nil, nil, &graph.DeltaError{Delta: d, Err: wrong}
		}
		after[d.Quad] = d.Action == graph.Add
	}
	for i, q := range quads {
		switch {
		case after[q] && !there[i]:
			adds = append(adds, q)
		case there[i] && !after[q]:
			dels = append(dels, q)
		}
	}
	return adds, dels, nil
}

// NewWriter returns a writer that adds quads to a store in batches, the last of
// them when it is closed.
func NewWriter(s store.Store) quad.WriteCloser { return &writer{store: s} }

type writer struct {
	store store.Store
	held  []quad.Quad
}

// WriteQuad writes a quad with those that come after it.
func (w *writer) WriteQuad(q quad.Quad) error {
	if w.held = append(w.held, q); len(w.held) < quad.DefaultBatch {
		return nil
	}
	return w.Close()
}

// WriteQuads writes quads at once.
func (w *writer) WriteQuads(quads []quad.Quad) (int, error) {
	if err := w.Close(); err != nil {
		return 0, err
	}
	_, err := w.store.Update(context.Background(), func(t store.Tx) error { return t.Add(context.Background(), quads) })
	if err != nil {
		return 0, err
	}
	return len(quads), nil
}

// Close writes what is held.
func (w *writer) Close() error {
	held := w.held
	if w.held = nil; len(held) == 0 {
		return nil
	}
	_, err := w.WriteQuads(held)
	return err
}
