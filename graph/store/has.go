package store

import (
	"context"

	"github.com/cayleygraph/quad"
)

// Finder is a Snapshot on a server, that looks many terms up in one round trip.
type Finder interface {
	// Find returns the handles of terms by their keys, 0 for a term that no quad
	// has.
	Find(ctx context.Context, keys []string) ([]Node, error)
}

// Has tells which of some quads a snapshot holds, in two round trips.
func Has(ctx context.Context, s Snapshot, quads []quad.Quad) ([]bool, error) {
	there := make([]bool, len(quads))
	if f, ok := s.(Finder); ok {
		var keys []string
		for _, q := range quads {
			for _, term := range [...]quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
				if key, err := AppendKey(nil, term); term != nil && err == nil {
					keys = append(keys, string(key))
				}
			}
		}
		if _, err := f.Find(ctx, keys); err != nil { // what Node will be asked for
			return nil, err
		}
	}
	type ids struct{ s, p, o, l Node }
	asked := make([]ids, len(quads))
	seen := make(map[Node]bool, len(quads))
	var subjects []Node
	for i, q := range quads {
		asked[i] = ids{s.Node(q.Subject), s.Node(q.Predicate), s.Node(q.Object), 0}
		if q.Label != nil {
			if asked[i].l = s.Node(q.Label); asked[i].l == 0 {
				continue
			}
		}
		there[i] = asked[i].s > 0 && asked[i].p > 0 && asked[i].o > 0
		if there[i] && !seen[asked[i].s] {
			seen[asked[i].s] = true
			subjects = append(subjects, asked[i].s)
		}
	}
	edges, err := s.Expand(ctx, nil, subjects, 0, Out)
	if err != nil {
		return nil, err
	}
	held := make(map[ids]bool, len(edges))
	for _, e := range edges {
		held[ids{e.From, e.Predicate, e.To, e.Label}] = true
	}
	for i := range there {
		there[i] = there[i] && held[asked[i]]
	}
	return there, s.Err()
}
