package embedded

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"sync/atomic"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// snapshot is a state that somebody reads.
type snapshot struct {
	*state
	closed atomic.Bool
	err    atomic.Pointer[error]
}

// fail keeps the first failure of Node and Value.
func (s *snapshot) fail(err error) {
	if err != nil {
		first := err // else err would be in the heap at each call
		s.err.CompareAndSwap(nil, &first)
	}
}

// Err is the first failure of Node and Value.
func (s *snapshot) Err() error {
	if err := s.err.Load(); err != nil {
		return *err
	}
	return nil
}

// Close lets the files go if this was their last user.
func (s *snapshot) Close() {
	if !s.closed.Swap(true) {
		s.drop()
	}
}

// Node returns the handle of a term.
func (s *snapshot) Node(term quad.Value) (n store.Node) {
	var err error
	defer func() { s.fail(err) }()
	defer catch(&err, faults())
	if s.closed.Load() {
		err = store.ErrClosed
		return 0
	}
	var room [128]byte
	key, bad := store.AppendKey(room[:0], term)
	if bad != nil {
		return 0 // no quad can have it
	}
	id := s.find(key)
	if id == 0 || !s.used(id) {
		return 0
	}
	return store.Node(id)
}

// Value returns the term of a handle.
func (s *snapshot) Value(n store.Node) (v quad.Value) {
	if n == 0 {
		return nil
	}
	var err error
	defer func() { s.fail(err) }()
	defer catch(&err, faults())
	if s.closed.Load() {
		err = store.ErrClosed
		return nil
	}
	v, err = s.value(uint32(n))
	return v
}

// lookAtContext is how many edges are read between two looks at the context.
const lookAtContext = 1 << 12

// Expand walks one hop.
func (s *snapshot) Expand(ctx context.Context, edges []store.Edge, nodes []store.Node, predicate store.Node, d store.Direction) (_ []store.Edge, err error) {
	defer catch(&err, faults())
	w := walk{state: s.state, predicate: uint32(predicate), edges: edges}
	w.encode()
	looked := -lookAtContext
	for done := 0; done < len(nodes); done += ahead {
		if done+len(w.edges)-looked >= lookAtContext {
			looked = done + len(w.edges)
			if err := s.usable(ctx); err != nil {
				return nil, err
			}
		}
		if part := nodes[done:min(done+ahead, len(nodes))]; d == store.In {
			w.in(part)
		} else {
			w.out(part)
		}
	}
	return w.edges, s.usable(ctx)
}

func (s *snapshot) usable(ctx context.Context) error {
	if s.closed.Load() {
		return store.ErrClosed
	}
	return ctx.Err()
}

// Neighbours walks one hop without looking for labels: by object that spares
// the way to each subject's row.
func (s *snapshot) Neighbours(ctx context.Context, ends []store.Node, nodes []store.Node, predicate store.Node, d store.Direction) (_ []store.Node, err error) {
	defer catch(&err, faults())
	w := walk{state: s.state, predicate: uint32(predicate)}
	w.encode()
	for done := 0; done < len(nodes); done += ahead {
		if err := s.usable(ctx); err != nil {
			return nil, err
		}
		part := nodes[done:min(done+ahead, len(nodes))]
		w.edges = w.edges[:0]
		if d == store.Out {
			w.out(part)
		} else {
			for _, n := range part {
				ends = w.subjects(ends, n)
			}
		}
		for _, e := range w.edges {
			ends = append(ends, e.To)
		}
	}
	return ends, s.usable(ctx)
}

// Labelled reads the edges that rest on some labels.
func (s *snapshot) Labelled(ctx context.Context, edges []store.Edge, labels []store.Node) (_ []store.Edge, err error) {
	defer catch(&err, faults())
	for _, n := range labels {
		if err := s.usable(ctx); err != nil {
			return nil, err
		}
		if n == 0 {
			continue
		}
		read := 0
		s.byLabel(uint32(n), func(q quad4) bool {
			edges = append(edges, store.Edge{From: store.Node(q.s), To: store.Node(q.o), Predicate: store.Node(q.p), Label: n})
			read++
			return read%lookAtContext > 0 || ctx.Err() == nil
		})
	}
	return edges, s.usable(ctx)
}

// Quads gives every quad once.
func (s *snapshot) Quads(ctx context.Context) iter.Seq2[quad.Quad, error] {
	return func(yield func(quad.Quad, error) bool) {
		stopped, err := s.each(ctx, func(q quad.Quad) bool { return yield(q, nil) })
		if err != nil && !stopped {
			yield(quad.Quad{}, fmt.Errorf("read quads: %w", err))
		}
	}
}

// each reads quads until yield stops.
func (s *snapshot) each(ctx context.Context, yield func(quad.Quad) bool) (stopped bool, err error) {
	if err := s.usable(ctx); err != nil {
		return false, err
	}
	// Yield may close the snapshot, and what is read then must still be there.
	if !s.take() {
		return false, store.ErrClosed
	}
	defer s.drop()
	inYield := false
	defer func(before bool) {
		debug.SetPanicOnFault(before)
		// What yield panics with is its caller's.
		if !inYield {
			catchInto(&err, recover())
		}
	}(faults())
	values := valueCache{state: s.state}
	n := 0
	s.all(func(q quad4) bool {
		if n++; n%lookAtContext == 0 || n < 64 {
			if err = s.usable(ctx); err != nil {
				return false
			}
		}
		var out quad.Quad
		if out, err = values.quad(q); err != nil {
			return false
		}
		inYield = true
		stopped = !yield(out)
		inYield = false
		return !stopped
	})
	return stopped, err
}

// valueCache remembers the terms that repeat from quad to quad.
type valueCache struct {
	*state
	held [256]struct {
		id    uint32
		value quad.Value
	}
}

func (c *valueCache) get(id uint32) (quad.Value, error) {
	if id == 0 {
		return nil, nil
	}
	h := &c.held[id%uint32(len(c.held))]
	if h.id != id {
		v, err := c.value(id)
		if err != nil {
			return nil, err
		}
		h.id, h.value = id, v
	}
	return h.value, nil
}

func (c *valueCache) quad(q quad4) (out quad.Quad, err error) {
	for _, part := range []struct {
		to *quad.Value
		id uint32
	}{{&out.Subject, q.s}, {&out.Predicate, q.p}, {&out.Object, q.o}, {&out.Label, q.l}} {
		if *part.to, err = c.get(part.id); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Stats counts quads and terms.
func (s *snapshot) Stats(ctx context.Context) (store.Stats, error) {
	if err := s.usable(ctx); err != nil {
		return store.Stats{}, err
	}
	terms, err := s.countTerms()
	return store.Stats{Quads: s.quads(), Terms: terms}, err
}
