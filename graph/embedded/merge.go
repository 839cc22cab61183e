package embedded

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
)

// merge puts neighbouring segments of a state, all[from:to], into one. Ids stay
// as they are. Where used is given, terms that it does not know are left out.
type merge struct {
	ctx  context.Context
	all  *state // only the segments of the merge, so that what shadows them does
	from bool   // there are earlier segments, which quads are taken away from
	used func(id uint32) bool
	w    *segmentWriter
}

var errTooLarge = fmt.Errorf("a segment holds at most 4 GiB of terms and %d quads", uint32(math.MaxUint32))

// fit tells whether segments have room in one, even if they share nothing.
func fit(all segments) bool {
	var adds, dels uint64
	for _, g := range all {
		adds, dels = adds+g.Adds, dels+g.Dels
	}
	return max(adds, dels, all.text()) < math.MaxUint32
}

// mergeSegments merges into a writer; first tells that no segment comes before.
func mergeSegments(ctx context.Context, dir string, all segments, first bool, used func(uint32) bool) (w *segmentWriter, err error) {
	defer catch(&err, faults())
	if !fit(all) {
		return nil, errTooLarge
	}
	m := &merge{ctx: ctx, all: newState(all, 0), from: !first, used: used}
	var lists [][]uint32
	var ids uint64
	for _, g := range all {
		lists = append(lists, g.predicates)
		ids += g.IDs
	}
	predicates := slices.Concat(lists...)
	slices.Sort(predicates)
	m.w = newSegmentWriter(dir, uint32(all[0].Base), uint32(ids), slices.Compact(predicates))
	m.w.orphans = used == nil && m.all.orphans
	parts := []func() error{m.terms, m.rows, m.in, m.labels, m.dels}
	failed := make([]error, len(parts))
	var wg sync.WaitGroup
	for i, part := range parts {
		wg.Go(func() {
			defer catch(&failed[i], faults())
			failed[i] = part()
		})
	}
	wg.Wait()
	for _, err := range append(failed, ctx.Err()) {
		if err != nil {
			m.w.close()
			return nil, err
		}
	}
	return m.w, nil
}

// terms merges the terms, each of which is in one segment.
func (m *merge) terms() error {
	type source struct {
		termCursor
		key []byte
		id  uint32
	}
	var sources []*source
	step := func(s *source) bool {
		if s.rank == s.t.n {
			return false
		}
		same, rest := s.step()
		s.key = append(s.key[:same], rest...)
		s.id = s.t.id(s.rank - 1)
		return true
	}
	for _, g := range m.all.segments {
		if s := (&source{termCursor: g.terms.cursor(0)}); step(s) {
			sources = append(sources, s)
		}
	}
	var idOf []uint32
	straight := true
	for n := 0; len(sources) > 0; n++ {
		if n%lookAtContext == 0 && m.ctx.Err() != nil {
			return m.ctx.Err()
		}
		least := slices.MinFunc(sources, func(a, b *source) int { return bytes.Compare(a.key, b.key) })
		if m.used == nil || m.used(least.id) {
			m.w.text.add(least.key)
			id := least.id - m.w.base
			straight = straight && int(id) == len(idOf)
			idOf = append(idOf, id)
		}
		if !step(least) {
			sources = slices.DeleteFunc(sources, func(s *source) bool { return s == least })
		}
	}
	if !straight || len(idOf) < int(m.w.ids) {
		m.w.permuted(idOf)
	}
	return nil
}

// byKey calls do with each key that any index has, ascending, and with the
// segments that have it.
func (m *merge) byKey(indexOf func(*segment) *index, do func(key uint32, found []found)) error {
	type source struct {
		*indexCursor
		i int
	}
	var sources []source
	for i, g := range m.all.segments {
		if c := indexOf(g).cursor(); c.next() {
			sources = append(sources, source{c, i})
		}
	}
	var here []found
	for n := 0; len(sources) > 0; n++ {
		if n%lookAtContext == 0 && m.ctx.Err() != nil {
			return m.ctx.Err()
		}
		least := sources[0].key
		for _, s := range sources[1:] {
			least = min(least, s.key)
		}
		here = here[:0]
		ended := false
		for j := range sources {
			if s := &sources[j]; s.key == least {
				here = append(here, found{s.i, m.all.segments[s.i], s.lo, s.hi})
				if !s.next() {
					s.indexCursor = nil
					ended = true
				}
			}
		}
		do(least, here)
		if ended {
			sources = slices.DeleteFunc(sources, func(s source) bool { return s.indexCursor == nil })
		}
	}
	return nil
}

// found is where a segment has a key.
type found struct {
	i      int
	g      *segment
	lo, hi int
}

func (m *merge) rows() error {
	var row []quad4
	return m.byKey(func(g *segment) *index { return &g.adds.index }, func(s uint32, here []found) {
		row = row[:0]
		for _, f := range here {
			for ; f.lo < f.hi; f.lo++ {
				if q := f.g.quad(&f.g.adds, s, f.lo); !m.all.dead(f.i, q) {
					row = append(row, q)
				}
			}
		}
		if len(here) > 1 {
			sortRow(row)
		}
		for _, q := range row {
			m.w.adds.add(q)
		}
	})
}

func (m *merge) in() error {
	type pair struct{ p, s uint32 }
	var pairs []pair
	return m.byKey(func(g *segment) *index { return &g.in.index }, func(o uint32, here []found) {
		pairs = pairs[:0]
		for _, f := range here {
			for ; f.lo < f.hi; f.lo++ {
				code, s := f.g.in.table.get(f.lo, fieldP), f.g.in.table.get(f.lo, fieldS)
				p := f.g.predicates[code]
				lo, hi := 0, 1
				if m.all.shadowed[f.i] {
					lo, hi = f.g.adds.labelled(s, code, o)
				}
				for ; lo < hi; lo++ {
					if !m.all.shadowed[f.i] || !m.all.dead(f.i, f.g.quad(&f.g.adds, s, lo)) {
						pairs = append(pairs, pair{p, s})
						break
					}
				}
			}
		}
		if len(here) > 1 {
			slices.SortFunc(pairs, func(a, b pair) int { return cmp.Or(cmp.Compare(a.p, b.p), cmp.Compare(a.s, b.s)) })
			pairs = slices.Compact(pairs)
		}
		for _, x := range pairs {
			m.w.in.add(o, x.p, x.s)
		}
	})
}

func (m *merge) labels() error {
	var subjects []uint32
	return m.byKey(func(g *segment) *index { return &g.labels.index }, func(l uint32, here []found) {
		subjects = subjects[:0]
		for _, f := range here {
			for ; f.lo < f.hi; f.lo++ {
				if s := f.g.labels.table.at(f.lo); !m.all.shadowed[f.i] || m.bears(f, s, l) {
					subjects = append(subjects, s)
				}
			}
		}
		if len(here) > 1 {
			slices.Sort(subjects)
			subjects = slices.Compact(subjects)
		}
		for _, s := range subjects {
			m.w.labels.add(l, s)
		}
	})
}

// bears tells whether some quad of a subject that a segment has still bears a
// label.
func (m *merge) bears(f found, s, l uint32) bool {
	lo, hi := f.g.adds.find(s)
	for ; lo < hi; lo++ {
		if q := f.g.quad(&f.g.adds, s, lo); q.l == l && !m.all.dead(f.i, q) {
			return true
		}
	}
	return false
}

// dels keeps what takes quads of earlier segments away: of what is told of one
// quad in turn, adding and taking away, the first.
func (m *merge) dels() error {
	if !m.from {
		return nil
	}
	var kept []quad4
	for i, g := range m.all.segments {
		earlier := newState(m.all.segments[:i], 0)
		g.dels.all(g.predicates, func(q quad4) bool {
			if !slices.ContainsFunc(earlier.segments, func(e *segment) bool {
				code, ok := e.code(q.p)
				return ok && e.adds.has(q.s, code, q.o, q.l)
			}) {
				kept = append(kept, q)
			}
			return true
		})
	}
	slices.SortFunc(kept, compareQuads)
	for _, q := range kept {
		m.w.dels.add(q)
	}
	return m.ctx.Err()
}
