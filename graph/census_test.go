package graph_test

import (
	"errors"
	"slices"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

func TestCensus(t *testing.T) {
	g := openMemory(t)
	graphtest.Load(t, g, graphtest.Documents()...)
	if _, err := g.Add(t.Context(), []quad.Quad{{Subject: quad.IRI("http://x.example/a"), Predicate: quad.IRI("http://x.example/b"), Object: quad.String("c")}}); err != nil {
		t.Fatal(err)
	}
	c, err := g.Census(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for i, p := range c.Predicates {
		total += p.Quads
		if i > 0 && p.Quads > c.Predicates[i-1].Quads {
			t.Errorf("%v stands before %v", c.Predicates[i-1], p)
		}
	}
	if stats, err := g.Stats(t.Context()); err != nil || total != stats.Quads || c.Quads != stats.Quads || c.Terms != stats.Terms {
		t.Errorf("%d quads by predicate, %+v, %v", total, stats, err)
	}
	classes := map[string]int{}
	for _, class := range c.Classes {
		classes[class.Name] = class.Nodes
	}
	for class, want := range map[*vocab.Class]int{vocab.Country: 2, vocab.Person: 3, vocab.Article: 2, vocab.Reference: 1} {
		if got := classes[class.Name]; got != want {
			t.Errorf("%d nodes are a %s, not %d", got, class.Name, want)
		}
	}
	if c.Sources != 3 {
		t.Errorf("%d sources", c.Sources)
	}
	if !slices.Contains(c.Predicates, graph.PredicateCount{Name: "http://x.example/b", IRI: "http://x.example/b", Quads: 1}) {
		t.Error("a predicate of another vocabulary is not counted")
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Census(t.Context()); !errors.Is(err, graph.ErrClosed) {
		t.Error(err)
	}
}
