package embedded

import (
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
		if g.takesAway(q) {
			return true
		}
	}
	return false
}

// takesAway tells whether a segment takes a quad of earlier ones away.
func (g *segment) takesAway(q quad4) bool {
	if g.Dels == 0 {
		return false
	}
	code, ok := g.code(q.p)
	return ok && g.dels.has(q.s, code, q.o, q.l)
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
			if q := g.quad(&g.adds, id, lo); !s.dead(i, q) && !yield(q) {
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
			code, subject := g.in.table.get(lo, fieldP), g.in.table.get(lo, fieldS)
			first, last := g.adds.labelled(subject, code, id)
			for ; first < last; first++ {
				if q := g.quad(&g.adds, subject, first); !s.dead(i, q) && !yield(q) {
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
			subject := g.labels.table.at(lo)
			first, last := g.adds.find(subject)
			for ; first < last; first++ {
				if q := g.quad(&g.adds, subject, first); q.l == id && !s.dead(i, q) && !yield(q) {
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
		g.adds.all(g.predicates, func(q quad4) bool {
			more = s.dead(i, q) || yield(q)
			return more
		})
		if !more {
			return
		}
	}
}

// all gives every row's quads in order.
func (r *rows) all(predicates []uint32, yield func(quad4) bool) {
	more := true
	r.keys(func(s uint32, lo, hi int) bool {
		r.table.blocks(lo, hi, func(b *block, _, from, to int) bool {
			for i := from; i < to && more; i++ {
				more = yield(quad4{s, predicates[b.get(i, fieldP)], b.get(i, fieldO), b.get(i, fieldL)})
			}
			return more
		})
		return more
	})
}

// countTerms counts the terms that some quad has.
func (s *state) countTerms() (int64, error) {
	s.counted.Do(func() {
		defer catch(&s.failed, faults())
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

// value returns the term of an id, nil where there is none.
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
