package graph

import (
	"context"
	"slices"

	"parley/graph/store"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// Census counts what a graph holds.
type Census struct {
	Quads      int64            `json:"quads"`
	Terms      int64            `json:"terms"`
	Sources    int              `json:"sources"` // articles and references
	Predicates []PredicateCount `json:"predicates"`
	Classes    []ClassCount     `json:"classes"`
	Files      []store.File     `json:"files"`
}

// PredicateCount is how many quads have a predicate.
type PredicateCount struct {
	Name  string   `json:"name"`
	IRI   quad.IRI `json:"iri"`
	Quads int64    `json:"quads"`
}

// ClassCount is how many nodes are of a class of the vocabulary.
type ClassCount struct {
	Name  string   `json:"name"`
	IRI   quad.IRI `json:"iri"`
	Nodes int      `json:"nodes"`
}

// Census counts predicates, the most frequent first, and classes that have
// nodes, in the order of the vocabulary.
func (g *Graph) Census(ctx context.Context) (*Census, error) {
	d, err := g.Describe(ctx)
	if err != nil {
		return nil, err
	}
	c := &Census{Quads: d.Quads, Terms: d.Terms, Files: d.Files}
	for _, p := range d.Predicates {
		iri, _ := p.Term.(quad.IRI)
		name := Shorten(iri)
		if known := vocab.PredicateOf(iri); known != nil {
			name = known.Name
		}
		c.Predicates = append(c.Predicates, PredicateCount{name, iri, p.Quads})
	}
	v, err := g.View(Options{})
	if err != nil {
		return nil, err
	}
	defer v.Close()
	for _, class := range vocab.Classes() {
		nodes, err := v.Instances(ctx, class)
		if err != nil {
			return nil, err
		}
		if len(nodes) > 0 {
			c.Classes = append(c.Classes, ClassCount{class.Name, class.IRI, len(nodes)})
		}
		if slices.Contains(vocab.FromSource.Range, class) {
			c.Sources += len(nodes)
		}
	}
	return c, nil
}
