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

// ahead is how many nodes a walk looks up before it reads what they have. The
// lookups do not wait for each other, so that the processor fetches what lies
// far apart in memory all at once, not one after the other.
const ahead = 32

// walk collects edges.
type walk struct {
	*state
	predicate uint32 // 0 for all
	codes     []coded
	room      [8]coded
	edges     []store.Edge
	touched   byte // so that no compiler leaves touch out
}

// stretches are where some keys stand in a table.
type stretches [ahead]struct{ lo, hi int }

// touch reads the beginning of each, for the processor to have it at hand.
func (s *stretches) touch(table *column, n int) (sum byte) {
	var b block
	for i := range n {
		if s[i].lo < s[i].hi {
			table.open(&b, s[i].lo)
			sum += b.data[uint64(s[i].lo%blockLen)*b.total>>3]
		}
	}
	return sum
}

// encode looks up the code of the predicate in each segment.
func (w *walk) encode() {
	w.codes = w.room[:0]
	for _, g := range w.segments {
		c := coded{all: w.predicate == 0, ok: true}
		if !c.all {
			c.code, c.ok = g.code(w.predicate)
		}
		w.codes = append(w.codes, c)
	}
}

// coded is the predicate of a walk in one segment: its code; all where any will
// do; not ok where the segment has none of it.
type coded struct {
	code    uint32
	all, ok bool
}

// out walks from subjects. Each one's edges must stand together, so with
// several segments each node is looked up when its turn comes.
func (w *walk) out(nodes []store.Node) {
	if len(w.segments) == 1 {
		w.outOf(0, nodes)
		return
	}
	if len(nodes) > 1 {
		w.fetch(nodes)
	}
	for i := range nodes {
		for seg := range w.segments {
			w.outOf(seg, nodes[i:i+1])
		}
	}
}

// fetch touches the rows of subjects in the segments whose own they are, where
// most of their quads stand.
func (w *walk) fetch(nodes []store.Node) {
	var b block
	for _, n := range nodes {
		g := w.of(uint32(n))
		if g == nil {
			continue
		}
		if lo, hi := g.adds.find(uint32(n)); lo < hi {
			g.adds.table.open(&b, lo)
			w.touched += b.data[uint64(lo%blockLen)*b.total>>3]
		}
	}
}

func (w *walk) outOf(seg int, nodes []store.Node) {
	g := w.segments[seg]
	code, all := w.codes[seg].code, w.codes[seg].all
	if !w.codes[seg].ok {
		return
	}
	var at stretches
	for i, n := range nodes {
		at[i].lo, at[i].hi = g.adds.find(uint32(n))
	}
	if len(nodes) > 1 {
		w.touched += at.touch(&g.adds.table, len(nodes))
	}
	var b block
	for i, n := range nodes {
		lo, hi := at[i].lo, at[i].hi
		if !all {
			lo, hi = match(&g.adds.table, lo, hi, code)
		}
		for from := lo; lo < hi; lo++ {
			j := lo % blockLen
			if lo == from || j == 0 {
				g.adds.table.open(&b, lo)
			}
			p := w.predicate
			if all {
				p = g.predicates.at(int(b.get(j, fieldP)))
			}
			o := b.get(j, fieldO)
			w.add(seg, quad4{uint32(n), p, o, b.get(j, fieldL)}, n, store.Node(o))
		}
	}
}

func (w *walk) in(nodes []store.Node) {
	for _, n := range nodes {
		for seg := range w.segments {
			w.inTo(seg, n)
		}
	}
}

func (w *walk) inTo(seg int, n store.Node) {
	g := w.segments[seg]
	code, all := w.codes[seg].code, w.codes[seg].all
	if !w.codes[seg].ok {
		return
	}
	lo, hi := g.in.find(uint32(n))
	if !all {
		lo, hi = match(&g.in.table, lo, hi, code)
	}
	for ; lo < hi; lo += ahead {
		w.inOf(seg, n, lo, min(hi, lo+ahead))
	}
}

// inOf reads some of the entries by an object, and then the labels in the rows
// that they lead to.
func (w *walk) inOf(seg int, n store.Node, lo, hi int) {
	g := w.segments[seg]
	var codes, subjects [ahead]uint32
	var b block
	for i := lo; i < hi; i++ {
		if i == lo || i%blockLen == 0 {
			g.in.table.open(&b, i)
		}
		codes[i-lo], subjects[i-lo] = b.get(i%blockLen, fieldP), b.get(i%blockLen, fieldS)
	}
	var at stretches
	for i, s := range subjects[:hi-lo] {
		at[i].lo, at[i].hi = g.adds.find(s)
	}
	w.touched += at.touch(&g.adds.table, hi-lo)
	for i, s := range subjects[:hi-lo] {
		p := w.predicate
		if p == 0 {
			p = g.predicates.at(int(codes[i]))
		}
		first, last := g.adds.within(at[i].lo, at[i].hi, codes[i], uint32(n))
		for ; first < last; first++ {
			w.add(seg, quad4{s, p, uint32(n), g.adds.table.get(first, fieldL)}, n, store.Node(s))
		}
	}
}

// add adds the edge of a quad, unless it was taken away.
func (w *walk) add(seg int, q quad4, from, to store.Node) {
	if !w.shadowed[seg] || !w.dead(seg, q) {
		w.edges = append(w.edges, store.Edge{From: from, To: to, Predicate: store.Node(q.p), Label: store.Node(q.l)})
	}
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

// subjects appends the subjects of an object; where a later segment takes quads
// away, edges instead.
func (w *walk) subjects(ends []store.Node, n store.Node) []store.Node {
	var b block
	for seg, g := range w.segments {
		if w.shadowed[seg] {
			w.inTo(seg, n)
			continue
		}
		code, all := w.codes[seg].code, w.codes[seg].all
		if !w.codes[seg].ok {
			continue
		}
		lo, hi := g.in.find(uint32(n))
		if !all {
			lo, hi = match(&g.in.table, lo, hi, code)
		}
		for i := lo; i < hi; i++ {
			if i == lo || i%blockLen == 0 {
				g.in.table.open(&b, i)
			}
			ends = append(ends, store.Node(b.get(i%blockLen, fieldS)))
		}
	}
	return ends
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
