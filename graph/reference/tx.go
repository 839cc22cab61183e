package reference

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// statement is a quad by the numbers of its terms.
type statement [4]store.Node

// tx is a change to a copy of the store.
type tx struct {
	terms  *terms
	quads  []quad.Quad // in the order of adding; a removed one is the zero Quad
	places map[statement]int
	tally  store.Tally
	ended  bool
}

func (t *tx) Add(ctx context.Context, quads []quad.Quad) error {
	for i, q := range quads {
		if !q.IsValid() {
			return fmt.Errorf("add quad %d of %d: %v lacks a subject, predicate or object", i+1, len(quads), q)
		}
		for _, v := range []quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
			// Memstore takes such a name for the number of any term it has.
			if b, ok := v.(quad.BNode); ok && strings.HasPrefix(string(b), "memnode") {
				return fmt.Errorf("add quad %d of %d: the store keeps names like %v for itself", i+1, len(quads), v)
			}
		}
	}
	statements, err := t.statements(ctx, quads)
	if err != nil {
		return fmt.Errorf("add quads: %w", err)
	}
	for i, s := range statements {
		if _, ok := t.places[s]; ok {
			t.tally.Known++
			continue
		}
		t.places[s] = len(t.quads)
		t.quads = append(t.quads, quads[i])
		t.tally.New++
	}
	return nil
}

func (t *tx) Remove(ctx context.Context, quads []quad.Quad) error {
	statements, err := t.statements(ctx, quads)
	if err != nil {
		return fmt.Errorf("remove quads: %w", err)
	}
	for _, s := range statements {
		if place, ok := t.places[s]; ok {
			delete(t.places, s)
			t.quads[place] = quad.Quad{}
			t.tally.Removed++
		}
	}
	return nil
}

// lookAfter is how many quads go by between two looks at the context.
const lookAfter = 1000

// statements numbers the terms of quads, before any of them is added or
// removed: a context that ends changes nothing.
func (t *tx) statements(ctx context.Context, quads []quad.Quad) ([]statement, error) {
	if err := t.usable(ctx); err != nil {
		return nil, err
	}
	statements := make([]statement, len(quads))
	for i, q := range quads {
		if i%lookAfter == lookAfter-1 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		statements[i] = statement{t.terms.number(q.Subject), t.terms.number(q.Predicate), t.terms.number(q.Object), t.terms.number(q.Label)}
	}
	return statements, nil
}

func (t *tx) usable(ctx context.Context) error {
	if t.ended {
		return store.ErrClosed
	}
	return ctx.Err()
}

func (t *tx) Tally(ctx context.Context) (store.Tally, error) {
	if err := t.usable(ctx); err != nil {
		return store.Tally{}, fmt.Errorf("tally: %w", err)
	}
	return t.tally, nil
}

func (t *tx) Snapshot(ctx context.Context) (store.Snapshot, error) {
	if err := t.usable(ctx); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	return &snapshot{state: t.state(), terms: t.terms}, nil
}

// state copies what is there, without the gaps that removed quads left.
func (t *tx) state() *state {
	s := &state{quads: make([]quad.Quad, 0, len(t.places)), places: maps.Clone(t.places)}
	at := make(map[int]int, len(t.places))
	for i, q := range t.quads {
		if q != (quad.Quad{}) {
			at[i] = len(s.quads)
			s.quads = append(s.quads, q)
		}
	}
	for statement, i := range s.places {
		s.places[statement] = at[i]
	}
	return s
}
