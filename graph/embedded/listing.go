package embedded

import (
	"context"
	"fmt"
	"slices"

	"github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/quad"
)

// listing is cayley's iterator over the quads that have a term at a place, or
// over all quads or terms.
type listing struct {
	from  *QuadStore
	place quad.Direction // Any for all
	nodes bool
	id    uint32
}

// String tells what is listed.
func (l *listing) String() string {
	if l.nodes {
		return "parley terms"
	}
	return fmt.Sprintf("parley quads(%v)", l.place)
}

// SubIterators are none.
func (l *listing) SubIterators() []graph.IteratorShape { return nil }

// Optimize finds nothing better.
func (l *listing) Optimize(context.Context) (graph.IteratorShape, bool) { return l, false }

// Stats tells how many there are: to list all of a predicate is to read all.
func (l *listing) Stats(context.Context) (costs graph.IteratorCosts, err error) {
	defer catch(&err, faults())
	now := l.from.now()
	costs = graph.IteratorCosts{NextCost: 1, ContainsCost: 2}
	switch {
	case l.nodes:
		terms, err := now.countTerms()
		costs.Size = graph.Size{Size: terms, Exact: true}
		return costs, err
	case l.place == quad.Any:
		costs.Size = graph.Size{Size: now.quads(), Exact: true}
	default:
		costs.Size.Size = now.size(l.place, l.id)
	}
	if l.place == quad.Predicate && costs.Size.Size > 0 {
		costs.NextCost = max(1, now.quads()/costs.Size.Size)
	}
	return costs, nil
}

// Iterate lists.
func (l *listing) Iterate() graph.Scanner { return &scanner{listing: l} }

// Lookup tells what is listed from what is not.
func (l *listing) Lookup() graph.Index { return &lookup{listing: l} }

// heldMost is up to how many quads are read at once.
const heldMost = 1 << 12

type scanner struct {
	*listing
	now    *state // nil before the first Next
	held   []graph.Ref
	result graph.Ref
	n      int
	err    error

	// What is read next: entries at to end of a table of a segment, which is
	// number next−1. Of all quads, rows tells whose they are.
	next    int
	at, end int
	rows    *indexCursor
}

// Next goes to the next one. A context that has ended is an error.
func (s *scanner) Next(ctx context.Context) (ok bool) {
	defer catch(&s.err, faults())
	if s.n++; s.n%256 == 1 && s.err == nil {
		s.err = ctx.Err()
	}
	if s.result = nil; s.err != nil {
		return false
	}
	if s.now == nil {
		s.now = s.from.now()
		s.fill()
		// Any order is right, but recursiveContains in cayley v0.7.7 keeps the
		// tags of one result for the next that it meets by scanning, and cayley's
		// suite has a case where it does not show in this order only.
		if s.place == quad.Subject {
			slices.Reverse(s.held)
		}
	}
	if len(s.held) == 0 {
		s.fill()
	}
	if len(s.held) == 0 {
		return false
	}
	s.result, s.held = s.held[0], s.held[1:]
	return true
}

// fill reads some more. It can be left off anywhere, since cayley does not close
// all its iterators.
func (s *scanner) fill() {
	s.held = s.held[:0]
	for len(s.held) < heldMost {
		if s.at < s.end {
			s.read(s.next-1, s.at)
			s.at++
			continue
		}
		if s.next == len(s.now.segments) {
			return
		}
		s.open(s.now.segments[s.next])
		s.next++
	}
}

// open finds what of a segment is to be read.
func (s *scanner) open(g *segment) {
	switch {
	case s.nodes:
		s.at, s.end = 0, g.terms.n
	case s.place == quad.Subject:
		s.at, s.end = g.adds.find(s.id)
	case s.place == quad.Object:
		s.at, s.end = g.in.find(s.id)
	case s.place == quad.Label:
		s.at, s.end = g.labels.find(s.id)
	default:
		s.at, s.end = 0, g.adds.table.n
		s.rows = g.adds.cursor()
	}
}

// read reads what an entry leads to.
func (s *scanner) read(seg, at int) {
	g := s.now.segments[seg]
	give := func(q quad4) {
		if !s.now.dead(seg, q) {
			s.held = append(s.held, q)
		}
	}
	switch {
	case s.nodes:
		if id := g.terms.id(at); s.now.used(id) {
			s.held = append(s.held, node(id))
		}
	case s.place == quad.Subject:
		give(g.quad(&g.adds, s.id, at))
	case s.place == quad.Object:
		code, subject := g.in.table.get(at, fieldP), g.in.table.get(at, fieldS)
		for first, last := g.adds.labelled(subject, code, s.id); first < last; first++ {
			give(g.quad(&g.adds, subject, first))
		}
	case s.place == quad.Label:
		subject := g.labels.table.at(at)
		for first, last := g.adds.find(subject); first < last; first++ {
			if q := g.quad(&g.adds, subject, first); q.l == s.id {
				give(q)
			}
		}
	default:
		for at >= s.rows.hi && s.rows.next() {
		}
		if q := g.quad(&g.adds, s.rows.key, at); s.place != quad.Predicate || q.p == s.id {
			give(q)
		}
	}
}

// Result is the present one.
func (s *scanner) Result() graph.Ref { return s.result }

// Err tells why Next ended early.
func (s *scanner) Err() error { return s.err }

// NextPath is false: there is one way to each.
func (s *scanner) NextPath(context.Context) bool { return false }

// TagResults tags nothing.
func (s *scanner) TagResults(map[string]graph.Ref) {}

// Close lets the reading go.
func (s *scanner) Close() error {
	s.now, s.held, s.at, s.end = newState(nil, 0), nil, 0, 0
	s.next = 0
	return nil
}

type lookup struct {
	*listing
	result graph.Ref
	err    error
}

// Contains tells whether something is listed.
func (l *lookup) Contains(ctx context.Context, ref graph.Ref) (ok bool) {
	defer catch(&l.err, faults())
	if l.result, l.err = nil, ctx.Err(); l.err != nil {
		return false
	}
	switch ref := ref.(type) {
	case node:
		ok = l.nodes && l.from.now().of(uint32(ref)) != nil && l.from.now().used(uint32(ref))
	case quad4:
		ok = !l.nodes && (l.place == quad.Any || ref.at(l.place) == l.id) && l.from.now().has(ref)
	}
	if ok {
		l.result = ref
	}
	return ok
}

// Result is the one that was found last.
func (l *lookup) Result() graph.Ref { return l.result }

// Err tells why Contains could not tell.
func (l *lookup) Err() error { return l.err }

// NextPath is false: there is one way to each.
func (l *lookup) NextPath(context.Context) bool { return false }

// TagResults tags nothing.
func (l *lookup) TagResults(map[string]graph.Ref) {}

// Close has nothing to let go.
func (l *lookup) Close() error { return nil }
