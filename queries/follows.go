package queries

import (
	"context"

	"parley/graph"
	"parley/graph/vocab"
)

// follow is that one act follows from another, walked from one end.
type follow struct {
	from, to graph.Node
	how      string
	why      []graph.Edge
}

// ways are the relations by which an act follows from an earlier one, the
// closest first.
var ways = []struct {
	how       string
	predicate *vocab.Predicate
}{
	{"answers", vocab.RespondsTo},
	{"carries-out", vocab.CarriesOut},
	{"ends", vocab.Ends},
	{"extends", vocab.Extends},
}

// follows walks from acts to what they follow from, or with graph.In to what
// follows from them. Who does what was promised carries out the agreement in
// which it was.
func (r *run) follows(ctx context.Context, acts []graph.Node, d graph.Direction) ([]follow, error) {
	var all []follow
	for _, way := range ways {
		edges, err := r.expandEvents(ctx, acts, way.predicate, d)
		if err != nil {
			return nil, err
		}
		var promised []graph.Edge
		for _, e := range edges {
			if r.view.ID(e.To).Folder() == vocab.Commitment.Folder {
				promised = append(promised, e)
				continue
			}
			all = append(all, follow{e.From, e.To, way.how, []graph.Edge{e}})
		}
		if way.predicate != vocab.CarriesOut {
			continue
		}
		if d == graph.In {
			if promised, err = r.view.Expand(ctx, acts, vocab.Under, graph.In); err != nil {
				return nil, err
			}
		}
		if all, err = r.through(ctx, all, promised, d); err != nil {
			return nil, err
		}
	}
	return all, r.view.Err()
}

// through adds what carries out commitments, walked from either end, as what
// carries out their agreement.
func (r *run) through(ctx context.Context, all []follow, promised []graph.Edge, d graph.Direction) ([]follow, error) {
	commitments := graph.Targets(promised)
	if len(commitments) == 0 {
		return all, nil
	}
	var edges []graph.Edge
	var err error
	if d == graph.In {
		edges, err = r.expandEvents(ctx, commitments, vocab.CarriesOut, graph.In)
	} else {
		edges, err = r.view.Expand(ctx, commitments, vocab.Under, graph.Out)
	}
	if err != nil {
		return nil, err
	}
	onward := map[graph.Node][]graph.Edge{}
	for _, e := range edges {
		onward[e.From] = append(onward[e.From], e)
	}
	for _, p := range promised {
		for _, e := range onward[p.To] {
			all = append(all, follow{p.From, e.To, "carries-out", []graph.Edge{p, e}})
		}
	}
	return all, nil
}
