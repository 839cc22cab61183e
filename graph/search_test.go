package graph_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"
)

func fixtureGraph(t *testing.T) *graph.Graph {
	t.Helper()
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	for _, d := range graphtest.Documents() {
		if _, err := g.Add(t.Context(), d.Quads()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestSearch(t *testing.T) {
	g := fixtureGraph(t)
	for _, c := range []struct {
		text, knownBy string
		classes       []*vocab.Class
		want          []graph.ID // the first ones
		alias         string     // of the first
	}{
		{text: "ada", want: []graph.ID{"person/ada-quill"}},
		{text: "  QUILL ", want: []graph.ID{"person/ada-quill"}},
		{text: "qui ad", want: []graph.ID{"person/ada-quill"}},
		{text: "arl", want: []graph.ID{"country/arl"}},
		{text: "ARL", want: []graph.ID{"country/arl"}, alias: "A.R.L."},
		{text: "kingdom", want: []graph.ID{"country/arl"}, alias: "Kingdom of Arland"},
		{text: "arland", want: []graph.ID{"country/arl", "measure/arland-glass"}},
		{text: "glass", want: []graph.ID{"measure/arland-glass", "move/glass-raised"}},
		{text: "glass", classes: []*vocab.Class{vocab.MeasureMove}, want: []graph.ID{"move/glass-raised"}},
		{text: "talks", knownBy: "2031-03-04", want: nil},
		{text: "talks", knownBy: "2031-03-05", want: []graph.ID{"meeting/saltmouth"}},
		{text: "quillada", want: nil},
		{text: "", want: nil},
		{text: " .,", want: nil},
	} {
		knownBy, _ := graph.ParseDate(c.knownBy)
		v, err := g.View(graph.Options{KnownBy: knownBy})
		if err != nil {
			t.Fatal(err)
		}
		found, err := v.Search(t.Context(), c.text, 10, c.classes...)
		v.Close()
		if err != nil {
			t.Fatal(err)
		}
		var got []graph.ID
		for _, m := range found {
			got = append(got, m.ID)
		}
		if len(got) < len(c.want) || c.want == nil && got != nil || !slices.Equal(got[:len(c.want)], c.want) {
			t.Errorf("%q by %q: got %v, want %v", c.text, c.knownBy, got, c.want)
		}
		if len(found) > 0 && c.alias != "" && found[0].Alias != c.alias {
			t.Errorf("%q: fits by %q, want %q", c.text, found[0].Alias, c.alias)
		}
	}
}

// Only what is written without spaces has words that begin within others.
func TestSearchWithinWords(t *testing.T) {
	g := load(t, graphtest.Documents()...)
	for id, name := range map[string]string{
		"person/cy": "Сергей Лавров", "person/el": "Κυριάκος", "person/la": "Zoé Chloé", "person/zh": "刘鹤", "person/ja": "トランプ", "person/th": "กรุงเทพ",
	} {
		graphtest.Load(t, g, &graph.Document{Facts: []graph.Fact{graphtest.Fact("passage/almanac", graph.ID(id), "name: "+name)}})
	}
	v := graphtest.View(t, g, graph.Options{})
	for text, want := range map[string]graph.ID{
		"лав": "person/cy", "авров": "", "ергей лав": "", "κυρ": "person/el", "ριά": "", "é": "", "hloé": "", "鹤": "person/zh", "ランプ": "person/ja", "เทพ": "person/th",
	} {
		found, err := v.Search(t.Context(), text, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got graph.ID
		if len(found) > 0 {
			got = found[0].ID
		}
		if got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
}

func TestSearchLimits(t *testing.T) {
	g := fixtureGraph(t)
	v, err := g.View(graph.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	all, err := v.Search(t.Context(), "a", 100)
	if err != nil || len(all) < 4 {
		t.Fatalf("%d matches, %v", len(all), err)
	}
	some, err := v.Search(t.Context(), "a", 2)
	if err != nil || !slices.Equal(some, all[:2]) {
		t.Errorf("got %v, want %v; %v", some, all[:2], err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Search(ended, "a", 100); !errors.Is(err, context.Canceled) {
		t.Errorf("a search that was called off ends with %v", err)
	}
}
