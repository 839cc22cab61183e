package loader

import (
	"cmp"
	"context"
	"errors"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// check looks across the facts files: what one refers to must be in another, or
// in the graph as the change leaves it. Not all of the files could be read
// whole where whole is false.
func check(ctx context.Context, tx *graph.Tx, files []*Facts, whole bool) error {
	if len(files) == 0 {
		return nil
	}
	v, err := tx.View(ctx, graph.Options{})
	if err != nil {
		return err
	}
	defer v.Close()
	g := inGraph{ctx, v, nil}
	err = checkAll(g.class, g.slugs, whole, files)
	// What could not be looked up is no mistake.
	if err := cmp.Or(g.err, v.Err()); err != nil {
		return err
	}
	return errors.Join(err, unchanged(ctx, v, files))
}

// inGraph looks up what facts refer to.
type inGraph struct {
	ctx context.Context
	v   *graph.View
	err error // the first of looking up
}

// class returns the class of a node, nil where the graph lacks it.
func (g *inGraph) class(id graph.ID) *vocab.Class {
	edges, err := g.v.Expand(g.ctx, []graph.Node{g.v.NodeOf(id)}, vocab.Type, graph.Out)
	g.err = cmp.Or(g.err, err)
	for _, e := range edges {
		if c := g.v.Class(e.To); c != nil {
			return c
		}
	}
	return nil
}

// slugs lists the last parts of the ids that are in a folder.
func (g *inGraph) slugs(folder string) []string {
	nodes, err := g.v.Instances(g.ctx, graph.ClassOfFolder(folder))
	g.err = cmp.Or(g.err, err)
	slugs := make([]string, len(nodes))
	for i, n := range nodes {
		slugs[i] = g.v.ID(n).Slug()
	}
	return slugs
}

// unchanged tells of sources that are in the graph and that files describe in
// another way: a day of publication or a span must not change under what rests
// on it.
func unchanged(ctx context.Context, v *graph.View, files []*Facts) error {
	var r report
	for _, f := range files {
		sources := graph.Document{Sources: f.Document.Sources}
		places := map[graph.ID]place{}
		for i, s := range f.Document.Sources {
			places[s.ID] = f.sources[i].at["id"]
			for j, p := range s.Passages {
				places[p.ID] = f.sources[i].passages[j]
			}
		}
		for _, q := range sources.Quads() {
			id, _ := graph.IDOf(q.Subject)
			iri, _ := q.Predicate.(quad.IRI)
			p, n := vocab.PredicateOf(iri), v.Node(q.Subject)
			if n == 0 || p == nil || !p.Functional {
				continue
			}
			edges, err := v.Expand(ctx, []graph.Node{n}, p, graph.Out)
			if err != nil {
				return err
			}
			for _, e := range edges {
				if v.Value(e.To) != q.Object {
					r.add(f.File, places[id], p.Name, "%s is in the graph with %s, not %s; give another source another id", id, v.Text(e.To), graph.Text(q.Object))
				}
			}
		}
	}
	return r.err()
}
