package embedded

import (
	"context"
	"fmt"
	"iter"
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
		s.err.CompareAndSwap(nil, &err)
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
	defer catch(&err)
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
	defer catch(&err)
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
	defer catch(&err)
	w := walk{state: s.state, predicate: uint32(predicate), edges: edges}
	looked := len(edges) - lookAtContext
	for _, n := range nodes {
		if len(w.edges)-looked >= lookAtContext {
			looked = len(w.edges)
			if err := s.usable(ctx); err != nil {
				return nil, err
			}
		}
		looked-- // nodes without edges are work too
		if n == 0 {
			continue
		}
		for i, g := range s.segments {
			if d == store.In {
				w.in(i, g, uint32(n))
			} else {
				w.out(i, g, uint32(n))
			}
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

// walk collects edges.
type walk struct {
	*state
	predicate uint32 // 0 for all
	edges     []store.Edge
	p, o, l   []uint32
}

func (w *walk) out(i int, g *segment, id uint32) {
	lo, hi := g.adds.find(id)
	if lo < hi && w.predicate > 0 {
		code, ok := g.code(w.predicate)
		if !ok {
			return
		}
		lo, hi = match(&g.adds.p, lo, hi, code)
	}
	for ; lo < hi; lo += blockLen {
		end := min(hi, lo+blockLen)
		if w.predicate == 0 {
			w.p = g.adds.p.read(w.p[:0], lo, end)
		}
		w.o, w.l = g.adds.o.read(w.o[:0], lo, end), g.adds.l.read(w.l[:0], lo, end)
		for j, o := range w.o {
			p := w.predicate
			if p == 0 {
				p = g.predicates.at(int(w.p[j]))
			}
			if !w.shadowed[i] || !w.dead(i, quad4{id, p, o, w.l[j]}) {
				w.edges = append(w.edges, store.Edge{From: store.Node(id), To: store.Node(o), Predicate: store.Node(p), Label: store.Node(w.l[j])})
			}
		}
	}
}

func (w *walk) in(i int, g *segment, id uint32) {
	lo, hi := g.in.find(id)
	if lo < hi && w.predicate > 0 {
		code, ok := g.code(w.predicate)
		if !ok {
			return
		}
		lo, hi = match(&g.in.p, lo, hi, code)
	}
	for ; lo < hi; lo += blockLen {
		end := min(hi, lo+blockLen)
		w.p, w.o = g.in.p.read(w.p[:0], lo, end), g.in.s.read(w.o[:0], lo, end)
		for j, subject := range w.o {
			p := w.predicate
			if p == 0 {
				p = g.predicates.at(int(w.p[j]))
			}
			first, last := g.adds.labelled(subject, w.p[j], id)
			for ; first < last; first++ {
				l := g.adds.l.at(first)
				if !w.shadowed[i] || !w.dead(i, quad4{subject, p, id, l}) {
					w.edges = append(w.edges, store.Edge{From: store.Node(id), To: store.Node(subject), Predicate: store.Node(p), Label: store.Node(l)})
				}
			}
		}
	}
}

// Labelled reads the edges that rest on some labels.
func (s *snapshot) Labelled(ctx context.Context, edges []store.Edge, labels []store.Node) (_ []store.Edge, err error) {
	defer catch(&err)
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
	inYield := false
	defer func() {
		// What yield panics with is its caller's.
		if !inYield {
			catchInto(&err, recover())
		}
	}()
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
