package embedded

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// Describe tells what the store holds and in which files.
func (s *Store) Describe(ctx context.Context) (d store.Description, err error) {
	taken, err := s.Snapshot(ctx)
	if err != nil {
		return d, err
	}
	defer taken.Close()
	if d.Stats, err = taken.Stats(ctx); err != nil {
		return d, err
	}
	now := taken.(*snapshot).state
	defer catch(&err, faults())
	seen := map[uint32]bool{}
	for _, g := range now.segments {
		d.Files = append(d.Files, store.File{
			Name: filepath.Base(g.name), Bytes: int64(len(g.raw)),
			Quads: int64(g.Adds), Removed: int64(g.Dels), Terms: int64(g.Terms),
		})
		for _, p := range g.predicates {
			if n := now.countOf(p); n > 0 && !seen[p] {
				seen[p] = true
				term, err := now.value(p)
				if err != nil {
					return d, err
				}
				d.Predicates = append(d.Predicates, store.Count{Term: term, Quads: n})
			}
		}
	}
	slices.SortFunc(d.Predicates, func(a, b store.Count) int {
		return cmp.Or(cmp.Compare(b.Quads, a.Quads), cmp.Compare(quad.StringOf(a.Term), quad.StringOf(b.Term)))
	})
	return d, nil
}
