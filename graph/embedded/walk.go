package embedded

import "parley/graph/store"

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
				p = g.predicates[b.get(j, fieldP)]
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
			p = g.predicates[codes[i]]
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
