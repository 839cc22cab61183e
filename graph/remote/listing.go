package remote

import (
	"context"
	"fmt"
	"slices"

	"parley/graph/store"

	"github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/quad"
)

// listing is cayley's iterator over the quads that have a term at a place, or
// over all quads or terms.
type listing struct {
	from  *QuadStore
	place quad.Direction // Any for all
	terms bool
	node  store.Node
}

// String tells what is listed.
func (l *listing) String() string {
	if l.terms {
		return "terms on a server"
	}
	return fmt.Sprintf("quads(%v) on a server", l.place)
}

// SubIterators are none.
func (l *listing) SubIterators() []graph.IteratorShape { return nil }

// Optimize finds nothing better.
func (l *listing) Optimize(context.Context) (graph.IteratorShape, bool) { return l, false }

// Stats tells how many there are.
func (l *listing) Stats(ctx context.Context) (graph.IteratorCosts, error) {
	costs := graph.IteratorCosts{NextCost: 1, ContainsCost: 2}
	if !l.terms && l.place != quad.Any {
		size, err := l.from.QuadIteratorSize(ctx, l.place, ref(l.node))
		costs.Size = size
		return costs, err
	}
	held, err := l.from.Stats(ctx, true)
	if costs.Size = held.Quads; l.terms {
		costs.Size = held.Nodes
	}
	return costs, err
}

// Iterate lists.
func (l *listing) Iterate() graph.Scanner { return &scanner{listing: l} }

// Lookup tells what is listed from what is not.
func (l *listing) Lookup() graph.Index { return &lookup{listing: l} }

// scanner reads page after page of one snapshot.
type scanner struct {
	*listing
	snapshot *Snapshot // nil before the first Next
	held     []graph.Ref
	result   graph.Ref
	last     bool // no page comes after what is held
	after    Quad
	node     store.Node
	size     int
	err      error
}

// Next goes to the next one.
func (s *scanner) Next(ctx context.Context) bool {
	if s.result = nil; s.err != nil {
		return false
	}
	if s.err = ctx.Err(); s.err == nil && len(s.held) == 0 && !s.last {
		s.err = s.fill(ctx)
	}
	if s.err != nil || len(s.held) == 0 {
		return false
	}
	s.result, s.held = s.held[0], s.held[1:]
	return true
}

// fill reads a page, each larger than the one before: most are left early.
func (s *scanner) fill(ctx context.Context) (err error) {
	if s.snapshot == nil {
		if s.snapshot, err = s.from.now(ctx); err != nil {
			return err
		}
		s.size = 32
	}
	s.size = min(2*s.size, pageSize)
	s.held = s.held[:0]
	if s.place == quad.Subject {
		return s.fillSubject(ctx)
	}
	if s.terms {
		nodes, err := s.snapshot.reader.Nodes(ctx, s.node, s.size)
		if err != nil {
			return err
		}
		for _, n := range nodes {
			s.held, s.node = append(s.held, ref(n)), n
		}
		s.snapshot.together(nodes)
		if err := s.snapshot.terms.readLacking(ctx, s.snapshot.reader, nodes); err != nil {
			return err
		}
	} else {
		page, _, err := s.snapshot.page(ctx, s.place, s.listing.node, s.after, s.size)
		if err != nil {
			return err
		}
		subjects, objects := make([]store.Node, len(page)), make([]store.Node, len(page))
		for i, q := range page {
			s.held, s.after = append(s.held, q), q
			subjects[i], objects[i] = q.Subject, q.Object
		}
		s.snapshot.together(subjects)
		s.snapshot.together(objects)
	}
	s.last = len(s.held) < s.size
	return nil
}

// fillSubject reads the quads of a subject, which are few, as a hop, that may have
// been read ahead.
func (s *scanner) fillSubject(ctx context.Context) error {
	edges, err := s.snapshot.Expand(ctx, nil, []store.Node{s.listing.node}, 0, store.Out)
	if err != nil {
		return err
	}
	s.last = true
	for _, e := range edges {
		s.held = append(s.held, Quad{e.From, e.Predicate, e.To, e.Label})
	}
	// Any order is right, but recursiveContains in cayley v0.7.7 keeps the tags of
	// one result for the next that it meets by scanning, and cayley's suite has a
	// case where it does not show in this order only.
	slices.Reverse(s.held)
	return nil
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
	s.held, s.last = nil, true
	return nil
}

type lookup struct {
	*listing
	result graph.Ref
	err    error
}

// Contains tells whether something is listed.
func (l *lookup) Contains(ctx context.Context, r graph.Ref) bool {
	var ok bool
	l.result = nil
	if ok, l.err = l.contains(ctx, r); ok && l.err == nil {
		l.result = r
	}
	return l.result != nil
}

func (l *lookup) contains(ctx context.Context, r graph.Ref) (bool, error) {
	s, err := l.from.now(ctx)
	if err != nil {
		return false, err
	}
	switch r := r.(type) {
	case ref:
		if !l.terms {
			return false, nil
		}
		nodes, err := s.reader.Nodes(ctx, store.Node(r)-1, 1)
		return len(nodes) == 1 && nodes[0] == store.Node(r), err
	case Quad:
		if l.terms || l.place != quad.Any && r.At(l.place) != l.node {
			return false, nil
		}
		edges, err := s.Expand(ctx, nil, []store.Node{r.Subject}, r.Predicate, store.Out)
		for _, e := range edges {
			if (Quad{e.From, e.Predicate, e.To, e.Label}) == r {
				return true, err
			}
		}
		return false, err
	}
	return false, nil
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
