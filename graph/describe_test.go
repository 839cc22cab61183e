package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cayleygraph/quad"
	"github.com/google/go-cmp/cmp"

	"parley/graph"
	"parley/graph/graphtest"
)

func described(t *testing.T, v *graph.View, id graph.ID) []string {
	t.Helper()
	said, err := v.Describe(t.Context(), v.NodeOf(id))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, s := range said {
		line := s.Relation + " " + s.Node.Name
		var details []string
		for _, d := range s.Details {
			details = append(details, d.Relation+" "+d.Node.Name)
		}
		if details != nil {
			line += " (" + strings.Join(details, ", ") + ")"
		}
		for _, c := range s.Citations {
			line += fmt.Sprintf(" | %s %d", c.Article.ID.Slug(), c.Paragraph)
		}
		for _, r := range s.Rules {
			line += " | by rule: " + r.Name
		}
		if n := len(s.Labels) - len(s.Citations) - len(s.Rules); n != 0 {
			line += fmt.Sprintf(" | %d other labels", n)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestDescribe(t *testing.T) {
	g := load(t, graphtest.Documents()...)
	if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
		t.Fatal(err)
	}
	ada := graph.ID("person/ada-quill").Value()
	if _, err := g.Add(t.Context(), []quad.Quad{
		{Subject: ada, Predicate: quad.IRI("https://schema.org/knows"), Object: quad.IRI("x:friend"), Label: quad.IRI("x:l")},
		{Subject: quad.IRI("x:friend"), Predicate: quad.IRI("x:knows"), Object: ada},
	}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		id      graph.ID
		options graph.Options
		want    []string
	}{
		{"move/glass-raised", graph.Options{}, []string{
			"is a MeasureMove | spring 1 | summer 1",
			"is named Arland doubles its duty on glass | spring 1",
			"was done by Arland | spring 1 | summer 1",
			"was announced by Ada Quill | spring 1",
			"was aimed at Brunia | spring 1 | summer 1",
			"moves Arland's duty on glass | spring 1",
			"brings it to raised | spring 1 | summer 1",
			"at up to 10% | spring 1",
			"covers trade of 200 million USD | spring 1",
			"covers window glass | spring 1",
			"was announced 2031-03-01 | spring 1",
			"was answered by Brunia calls the talks off | by rule: answers within 14 days",
		}},
		{"move/glass-raised", graph.Options{KnownBy: edtf(t, "2031-04"), StatedOnly: true}, []string{
			"is a MeasureMove | spring 1",
			"is named Arland doubles its duty on glass | spring 1",
			"was done by Arland | spring 1",
			"was announced by Ada Quill | spring 1",
			"was aimed at Brunia | spring 1",
			"moves Arland's duty on glass | spring 1",
			"brings it to raised | spring 1",
			"at up to 10% | spring 1",
			"covers trade of 200 million USD | spring 1",
			"covers window glass | spring 1",
			"was announced 2031-03-01 | spring 1",
		}},
		{"person/ada-quill", graph.Options{}, []string{
			"is a Person | almanac 0",
			"is named Ada Quill | almanac 0",
			"schema:knows x:friend | 1 other labels",
			"held tenure/ada-quill-trade (is as Trade Minister of Arland, lasted 2030-01-01/2031-06-30) | almanac 0",
			"announced Arland doubles its duty on glass | spring 1",
			"took part through participation/saltmouth/person-ada-quill (was in Talks at Saltmouth, as host) | spring 2",
			"is x:knows of x:friend",
		}},
		{"person/nobody", graph.Options{}, nil},
	} {
		if d := cmp.Diff(c.want, described(t, graphtest.View(t, g, c.options), c.id)); d != "" {
			t.Errorf("%s with %+v (- wanted, + got):\n%s", c.id, c.options, d)
		}
	}
}

// What is left out counts once, whatever number of passages state it.
func TestDescribeMostCountsFacts(t *testing.T) {
	g := load(t, graphtest.Documents()...)
	for _, passage := range []graph.ID{"passage/almanac", "passage/spring/p1", "passage/spring/p2"} {
		graphtest.Load(t, g, &graph.Document{Facts: []graph.Fact{
			graphtest.Fact(passage, "person/new", "aliases: One"), graphtest.Fact(passage, "person/new", "aliases: Two"), graphtest.Fact(passage, "person/new", "aliases: Three"),
		}})
	}
	v := graphtest.View(t, g, graph.Options{})
	_, unsaid, err := v.DescribeMost(t.Context(), v.NodeOf("person/new"), 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(unsaid) != 1 || unsaid[0].Count != 2 {
		t.Errorf("of three aliases all but one are %+v", unsaid)
	}
}

func TestShorten(t *testing.T) {
	for iri, want := range map[quad.IRI]string{
		"https://schema.org/name":       "schema:name",
		"urn:parley:vocab#agent":        "parley:agent",
		"http://www.w3.org/ns/org#role": "org:role",
		"https://example.org/name":      "https://example.org/name",
		"urn:parley:person/liu-he":      "urn:parley:person/liu-he",
		"":                              "",
	} {
		if got := graph.Shorten(iri); got != want {
			t.Errorf("%s: %s, want %s", iri, got, want)
		}
	}
}
