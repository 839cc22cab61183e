package graph_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// retract retracts sources and brings what rules inferred up to date.
func retract(ctx context.Context, g *graph.Graph, sources ...graph.ID) (graph.Added, error) {
	return g.Update(ctx, func(tx *graph.Tx) error {
		for _, id := range sources {
			if err := graph.Retract(ctx, tx, id); err != nil {
				return err
			}
		}
		return graph.InferTx(ctx, tx, graph.Date{})
	})
}

func allLines(t *testing.T, g *graph.Graph) []string {
	t.Helper()
	var lines []string
	for q, err := range g.Quads(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%#v", q))
	}
	slices.Sort(lines)
	return lines
}

func inferAll(t *testing.T, g *graph.Graph) {
	t.Helper()
	if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
		t.Fatal(err)
	}
}

// What is left is what would be there had the article never been loaded.
func TestRetractIsNeverToHaveLoaded(t *testing.T) {
	documents := map[graph.ID]*graph.Document{
		"reference/almanac": graphtest.Actors(), "article/spring": graphtest.Spring(), "article/summer": graphtest.Summer(),
	}
	whole := load(t, graphtest.Documents()...)
	inferAll(t, whole)
	for id, retracted := range documents {
		t.Run(string(id), func(t *testing.T) {
			g, without := load(t, graphtest.Documents()...), load(t)
			inferAll(t, g)
			for other, d := range documents {
				if other != id {
					graphtest.Load(t, without, d)
				}
			}
			inferAll(t, without)
			removed, err := retract(t.Context(), g, id)
			if err != nil || removed.Removed == 0 || removed.New > 0 {
				t.Fatalf("%+v, %v", removed, err)
			}
			if got, want := allLines(t, g), allLines(t, without); !slices.Equal(got, want) {
				t.Errorf("left:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			graphtest.Load(t, g, retracted)
			inferAll(t, g)
			if got, want := allLines(t, g), allLines(t, whole); !slices.Equal(got, want) {
				t.Errorf("loaded again:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func TestRetractLeavesWhatAnotherSays(t *testing.T) {
	g := load(t, graphtest.Documents()...)
	// Another program told of the article without a reason, and a third
	// article is about it.
	spring, other := graph.ID("article/spring").Value(), quad.IRI("x:other")
	graphtest.Load(t, g, &graph.Document{Sources: []graph.Source{graphtest.Source("article/review", "2032", 1)}})
	about := quad.Quad{Subject: spring, Predicate: quad.IRI("x:quality"), Object: quad.String("poor"), Label: graph.ID("passage/review/p1").Value()}
	if _, err := g.Add(t.Context(), []quad.Quad{
		about,
		{Subject: spring, Predicate: quad.IRI("x:note"), Object: quad.String("for no reason")},
		{Subject: other, Predicate: quad.IRI("x:cites"), Object: spring},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := retract(t.Context(), g, "article/spring"); err != nil {
		t.Fatal(err)
	}
	v := graphtest.View(t, g, graph.Options{})
	for id, want := range map[graph.ID][]string{
		"move/glass-raised": {
			"move/glass-raised -agent-> country/arl  passage/summer/p1",
			"move/glass-raised -phase-> raised  passage/summer/p1",
			"move/glass-raised -target-> country/bru  passage/summer/p1",
			"move/glass-raised -type-> " + string(vocab.MeasureMove.IRI) + "  passage/summer/p1",
		},
		"article/spring": {"article/spring -x:quality-> poor  passage/review/p1"},
		"x:other":        {"x:other -x:cites-> article/spring"},
	} {
		edges, err := v.Expand(t.Context(), []graph.Node{v.NodeOf(id)}, nil, graph.Out)
		if err != nil {
			t.Fatal(err)
		}
		got := graphtest.Edges(v, edges)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}

// A passage that quads of another program ascribe to two sources is not taken
// from the other.
func TestRetractASharedPassage(t *testing.T) {
	g := load(t, graphtest.Spring(), graphtest.Summer())
	shared := graph.ID("passage/shared").Value()
	if _, err := g.Add(t.Context(), []quad.Quad{
		{Subject: quad.IRI("x:a"), Predicate: quad.IRI("x:p"), Object: quad.IRI("x:b"), Label: shared},
		{Subject: shared, Predicate: vocab.FromSource.IRI, Object: graph.ID("article/spring").Value(), Label: graph.ID("passage/spring").Value()},
		{Subject: shared, Predicate: vocab.FromSource.IRI, Object: graph.ID("article/summer").Value(), Label: graph.ID("passage/summer").Value()},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := retract(t.Context(), g, "article/spring"); err != nil {
		t.Fatal(err)
	}
	if graphtest.View(t, g, graph.Options{}).NodeOf("x:a") == 0 {
		t.Error("what a passage of two articles states went with the first")
	}
	if _, err := retract(t.Context(), g, "article/summer"); err != nil {
		t.Fatal(err)
	}
	if graphtest.View(t, g, graph.Options{}).NodeOf("x:a") != 0 {
		t.Error("what the passage states is left after the second")
	}
}

func TestRetractNoSource(t *testing.T) {
	g := load(t, graphtest.Documents()...)
	before := allLines(t, g)
	for id, want := range map[graph.ID]string{
		"article/sprnig":    `retract article/sprnig: no source is called "article/sprnig"; nearest: The spring (article/spring)`,
		"country/arl":       "country/arl is a Country; write the id of one: article/… or reference/…",
		"passage/spring/p1": "passage/spring/p1 is a Passage; write the id of one",
		"":                  "write the id of one",
	} {
		_, err := retract(t.Context(), g, id)
		if !errors.Is(err, graph.ErrUnknown) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", id, err, want)
		}
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := retract(done, g, "article/spring"); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancelling: %v", err)
	}
	if !slices.Equal(allLines(t, g), before) {
		t.Error("a retraction that failed changed the graph")
	}
}
