package embedded

import (
	"bytes"
	"context"
	"fmt"
)

// check looks whether the parts of segment i agree with each other and with
// the segments before it.
func (s *state) check(ctx context.Context, i int, g *segment) (err error) {
	defer catch(&err, faults())
	c := checker{ctx: ctx, state: s, i: i, g: g}
	for _, step := range []func() error{c.terms, c.rows, c.in, c.labels, c.dels} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// agree tells whether columns are as long as they must be: what is made from
// their lengths is then no larger than the file allows.
func (m *meta) agree() bool {
	index := func(foreign, starts, table columnAt) bool {
		if table.N == 0 {
			return foreign.N+starts.N == 0
		}
		return starts.N == foreign.N+m.IDs+1
	}
	ranked := m.IDOf.N+m.RankOf.N == 0 && m.Terms == m.IDs
	permuted := m.IDOf.N == m.Terms && m.RankOf.N == m.IDs
	return (ranked || permuted) && m.Blocks.N == (m.Terms+termBlock-1)/termBlock &&
		m.AddCounts.N == m.Predicates.N && m.DelCounts.N == m.Predicates.N &&
		m.AddTable.N == m.Adds && m.DelTable.N == m.Dels &&
		index(m.AddForeign, m.AddStarts, m.AddTable) && index(m.DelForeign, m.DelStarts, m.DelTable) &&
		index(m.InForeign, m.InStarts, m.InTable) && index(m.LabForeign, m.LabStarts, m.LabTable)
}

type checker struct {
	ctx context.Context
	*state
	i              int
	g              *segment
	triples, bears uint64 // counted by rows
}

func (c *checker) terms() error {
	var last []byte
	n := 0
	for key, id := range c.g.terms.all {
		if n > 0 && bytes.Compare(last, key) >= 0 {
			return fmt.Errorf("term %q stands after %q", key, last)
		}
		last = append(last[:0], key...)
		if id < uint32(c.g.Base) || id >= c.g.next() {
			return fmt.Errorf("term %q has the id %d of another segment", key, id)
		}
		if other := c.segments[:c.i].find(key); other > 0 {
			return fmt.Errorf("term %q has the id %d, and %d in an earlier segment", key, id, other)
		}
		if back := c.g.terms.key(nil, id); !bytes.Equal(back, key) {
			return fmt.Errorf("term %q has the id %d, which leads to %q", key, id, back)
		}
		if n++; n%lookAtContext == 0 && c.ctx.Err() != nil {
			return c.ctx.Err()
		}
	}
	if n != int(c.g.Terms) {
		return fmt.Errorf("%d terms, not %d", n, c.g.Terms)
	}
	return nil
}

// whole tells whether an id has a term.
func (c *checker) whole(id uint32) bool {
	g := c.of(id)
	return g != nil && (g.terms.rankOf.n == 0 || g.terms.rankOf.at(int(id-uint32(g.Base))) < uint32(g.Terms))
}

func (c *checker) rows() error {
	var last quad4
	var n uint64
	counts := map[uint32]uint32{}
	labels := map[uint32]bool{}
	var failed error
	before := newState(c.segments[:c.i], 0)
	c.g.adds.all(c.g.predicates, func(q quad4) bool {
		if n > 0 && compareQuads(last, q) >= 0 {
			failed = fmt.Errorf("quad %v stands after %v", q, last)
			return false
		}
		for _, id := range [...]uint32{q.s, q.p, q.o, q.l} {
			if id >= c.g.next() || id != q.l && id == 0 || id > 0 && !c.whole(id) {
				failed = fmt.Errorf("quad %v has an id without a term", q)
				return false
			}
		}
		if max(q.s, q.p, q.o, q.l) < uint32(c.g.Base) && before.has(q) && !c.g.takesAway(q) {
			failed = fmt.Errorf("quad %v is there already in an earlier segment", q)
			return false
		}
		if q.s != last.s {
			clear(labels)
		}
		if q.s != last.s || q.p != last.p || q.o != last.o {
			c.triples++
			if lo, hi := c.g.in.find(q.o); !c.inHas(lo, hi, q) {
				failed = fmt.Errorf("quad %v is not found by its object", q)
				return false
			}
		}
		if q.l > 0 && !labels[q.l] {
			labels[q.l] = true
			c.bears++
			lo, hi := c.g.labels.find(q.l)
			if at := c.g.labels.table.search(lo, hi, 0, q.s); at == hi || c.g.labels.table.at(at) != q.s {
				failed = fmt.Errorf("quad %v is not found by its label", q)
				return false
			}
		}
		counts[q.p]++
		last = q
		n++
		return n%lookAtContext > 0 || c.ctx.Err() == nil
	})
	if failed != nil || c.ctx.Err() != nil {
		return failed
	}
	if n != c.g.Adds {
		return fmt.Errorf("%d quads, not %d", n, c.g.Adds)
	}
	for code, p := range c.g.predicates {
		if counts[p] != c.g.addCounts.at(code) {
			return fmt.Errorf("%d quads with predicate %d, not %d", counts[p], p, c.g.addCounts.at(code))
		}
	}
	return nil
}

func (c *checker) inHas(lo, hi int, q quad4) bool {
	code, _ := c.g.code(q.p)
	lo, hi = match(&c.g.in.table, lo, hi, code)
	at := c.g.in.table.search(lo, hi, fieldS, q.s)
	return at < hi && c.g.in.table.get(at, fieldS) == q.s
}

// in and labels need only count: rows has found there all that must be.
func (c *checker) in() error {
	if n := uint64(c.g.in.table.n); n != c.triples {
		return fmt.Errorf("%d entries by object, not %d", n, c.triples)
	}
	return nil
}

func (c *checker) labels() error {
	if n := uint64(c.g.labels.table.n); n != c.bears {
		return fmt.Errorf("%d entries by label, not %d", n, c.bears)
	}
	return nil
}

// dels looks whether each quad that is taken away was there.
func (c *checker) dels() error {
	before := newState(c.segments[:c.i], 0)
	var n uint64
	var failed error
	c.g.dels.all(c.g.predicates, func(q quad4) bool {
		if n++; !before.has(q) {
			failed = fmt.Errorf("quad %v is taken away, but was not there", q)
		}
		return failed == nil && (n%lookAtContext > 0 || c.ctx.Err() == nil)
	})
	if failed == nil && c.ctx.Err() == nil && n != c.g.Dels {
		failed = fmt.Errorf("%d quads taken away, not %d", n, c.g.Dels)
	}
	return failed
}
