package embedded

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// state is what a store holds at one time: its segments, oldest first. It never
// changes.
type state struct {
	segments
	// shadowed tells of each segment whether a later one takes quads away.
	shadowed []bool
	// orphans tells that terms may be there that no quad has.
	orphans bool
	version uint64
	users   atomic.Int64

	counted sync.Once
	terms   int64
	failed  error
}

func newState(all segments, version uint64) *state {
	s := &state{segments: all, shadowed: make([]bool, len(all)), version: version}
	dels := false
	for i, g := range slices.Backward(all) {
		s.shadowed[i] = dels
		dels = dels || g.Dels > 0
		s.orphans = s.orphans || dels || g.Orphans > 0
	}
	s.users.Store(1)
	return s
}

// take adds a user; false where the last has gone.
func (s *state) take() bool {
	for {
		n := s.users.Load()
		if n == 0 {
			return false
		}
		if s.users.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// drop lets a user go, and with the last the files.
func (s *state) drop() {
	if s.users.Add(-1) == 0 {
		for _, g := range s.segments {
			g.release()
		}
	}
}

// dead tells whether a quad of segment i was taken away later.
func (s *state) dead(i int, q quad4) bool {
	if !s.shadowed[i] {
		return false
	}
	for _, g := range s.segments[i+1:] {
		if g.Dels == 0 {
			continue
		}
		if code, ok := g.code(q.p); ok && g.dels.has(q.s, code, q.o, q.l) {
			return true
		}
	}
	return false
}

// has tells whether a quad is there.
func (s *state) has(q quad4) bool {
	for i, g := range s.segments {
		if code, ok := g.code(q.p); ok && g.adds.has(q.s, code, q.o, q.l) && !s.dead(i, q) {
			return true
		}
	}
	return false
}

// used tells whether some quad has a term.
func (s *state) used(id uint32) bool {
	if !s.orphans {
		return true
	}
	live := false
	for _, visit := range []func(uint32, func(quad4) bool){s.bySubject, s.byObject, s.byLabel} {
		visit(id, func(quad4) bool {
			live = true
			return false
		})
		if live {
			return true
		}
	}
	return s.countOf(id) > 0
}

// countOf counts the quads with a predicate.
func (s *state) countOf(predicate uint32) int64 {
	var n int64
	for _, g := range s.segments {
		if code, ok := g.code(predicate); ok {
			n += int64(g.addCounts.at(int(code))) - int64(g.delCounts.at(int(code)))
		}
	}
	return n
}

// quads is how many there are: each that was taken away was there once.
func (s *state) quads() int64 {
	var n int64
	for _, g := range s.segments {
		n += int64(g.Adds) - int64(g.Dels)
	}
	return n
}

// bySubject calls yield with the quads of a subject, until it returns false.
func (s *state) bySubject(id uint32, yield func(quad4) bool) {
	for i, g := range s.segments {
		lo, hi := g.adds.find(id)
		for ; lo < hi; lo++ {
			q := quad4{id, g.predicates.at(int(g.adds.p.at(lo))), g.adds.o.at(lo), g.adds.l.at(lo)}
			if !s.dead(i, q) && !yield(q) {
				return
			}
		}
	}
}

// byObject does the same for an object.
func (s *state) byObject(id uint32, yield func(quad4) bool) {
	for i, g := range s.segments {
		lo, hi := g.in.find(id)
		for ; lo < hi; lo++ {
			code, subject := g.in.p.at(lo), g.in.s.at(lo)
			first, last := g.adds.labelled(subject, code, id)
			for ; first < last; first++ {
				q := quad4{subject, g.predicates.at(int(code)), id, g.adds.l.at(first)}
				if !s.dead(i, q) && !yield(q) {
					return
				}
			}
		}
	}
}

// byLabel does the same for a label.
func (s *state) byLabel(id uint32, yield func(quad4) bool) {
	for i, g := range s.segments {
		lo, hi := g.labels.find(id)
		for ; lo < hi; lo++ {
			subject := g.labels.s.at(lo)
			first, last := g.adds.find(subject)
			for ; first < last; first++ {
				if g.adds.l.at(first) != id {
					continue
				}
				q := quad4{subject, g.predicates.at(int(g.adds.p.at(first))), g.adds.o.at(first), id}
				if !s.dead(i, q) && !yield(q) {
					return
				}
			}
		}
	}
}

// all calls yield with every quad.
func (s *state) all(yield func(quad4) bool) {
	for i, g := range s.segments {
		more := true
		g.adds.all(&g.predicates, func(q quad4) bool {
			more = s.dead(i, q) || yield(q)
			return more
		})
		if !more {
			return
		}
	}
}

// all gives every row's quads in order.
func (r *rows) all(predicates *column, yield func(quad4) bool) {
	table := predicates.read(nil, 0, predicates.n)
	var p, o, l []uint32
	r.keys(func(s uint32, lo, hi int) bool {
		for ; lo < hi; lo += blockLen {
			end := min(hi, lo+blockLen)
			p, o, l = r.p.read(p[:0], lo, end), r.o.read(o[:0], lo, end), r.l.read(l[:0], lo, end)
			for i := range p {
				if !yield(quad4{s, table[p[i]], o[i], l[i]}) {
					return false
				}
			}
		}
		return true
	})
}

// countTerms counts the terms that some quad has.
func (s *state) countTerms() (int64, error) {
	s.counted.Do(func() {
		defer catch(&s.failed)
		if !s.orphans {
			for _, g := range s.segments {
				s.terms += int64(g.Terms)
			}
			return
		}
		seen := make([]uint64, s.next()/64+1)
		mark := func(id uint32) {
			if id > 0 && seen[id/64]&(1<<(id%64)) == 0 {
				seen[id/64] |= 1 << (id % 64)
				s.terms++
			}
		}
		s.all(func(q quad4) bool {
			mark(q.s)
			mark(q.p)
			mark(q.o)
			mark(q.l)
			return true
		})
	})
	return s.terms, s.failed
}

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

func (s *state) value(id uint32) (quad.Value, error) {
	g := s.of(id)
	if g == nil {
		return nil, nil
	}
	var room [256]byte
	key := g.terms.key(room[:0], id)
	if len(key) == 0 {
		return nil, nil
	}
	return store.Value(key)
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
