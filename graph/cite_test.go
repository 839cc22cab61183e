package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/cayleygraph/quad"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"
)

// cited are three sources: two articles and a reference without a day.
func cited() *graph.Document {
	late, early := graphtest.Source("article/late", "2031-06-01", 2), graphtest.Source("article/early", "2031-01-01", 12)
	early.Publisher, early.URL = "organization/harbour-post", "https://example.org/early?a=1"
	return &graph.Document{Sources: []graph.Source{late, early, graphtest.Source("article/early-too", "2031-01-01", 1)}}
}

func TestCiteOrder(t *testing.T) {
	g := load(t, graphtest.Actors(), cited())
	if _, err := g.Add(t.Context(), []quad.Quad{{Subject: quad.IRI("x:a"), Predicate: quad.IRI("x:p"), Object: quad.IRI("x:b"), Label: quad.IRI("x:l")}}); err != nil {
		t.Fatal(err)
	}
	if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
		t.Fatal(err)
	}
	v := graphtest.View(t, g, graph.Options{})
	var labels []graph.Node
	for _, id := range []graph.ID{
		"passage/late/p1", "passage/almanac", "passage/early/p10", "x:l", "passage/early-too/p1", "rule/answers-within-days",
		"passage/early/p2", "passage/late", "passage/early/p10", "passage/nobody", "person/ada-quill",
	} {
		labels = append(labels, v.NodeOf(id))
	}
	want := []string{
		"article/early 2, 100–190", "article/early 10, 900–990", "article/early-too 1, 0–90",
		"article/late 0, 0–0", "article/late 1, 0–90", "reference/almanac 0, 0–0", // what has no day is last
	}
	citations, err := v.Cite(t.Context(), labels)
	if err != nil {
		t.Fatal(err)
	}
	again, err := v.Cite(t.Context(), labels) // from what the view remembers
	if err != nil || !slices.Equal(again, citations) {
		t.Errorf("the second time %v, %v", again, err)
	}
	var got []string
	for _, c := range citations {
		got = append(got, fmt.Sprintf("%s %d, %d–%d", c.Article.ID, c.Paragraph, c.Start, c.End))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// The keys are the contract of the JSON answers.
func TestCitationJSON(t *testing.T) {
	v := graphtest.View(t, load(t, graphtest.Actors(), cited()), graph.Options{})
	for label, want := range map[graph.ID]string{
		"passage/early/p2": `{"article":{"id":"article/early","name":"The early"},"publisher":"The Harbour Post","published":"2031-01-01","paragraph":2,"start":100,"end":190,"url":"https://example.org/early?a=1"}`,
		"passage/late/p1":  `{"article":{"id":"article/late","name":"The late"},"publisher":null,"published":"2031-06-01","paragraph":1,"start":0,"end":90,"url":null}`,
		"passage/early":    `{"article":{"id":"article/early","name":"The early"},"publisher":"The Harbour Post","published":"2031-01-01","paragraph":null,"start":null,"end":null,"url":"https://example.org/early?a=1"}`,
		"passage/almanac":  `{"article":{"id":"reference/almanac","name":"The almanac"},"publisher":null,"published":null,"paragraph":null,"start":null,"end":null,"url":null}`,
	} {
		citations, err := v.Cite(t.Context(), []graph.Node{v.NodeOf(label)})
		if err != nil || len(citations) != 1 {
			t.Errorf("%s: %v, %v", label, citations, err)
			continue
		}
		if got, err := json.Marshal(citations[0]); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v\nwant %s", label, got, err, want)
		}
	}
}

// What another vocabulary calls a start may be any text: it must not keep the
// rest of an answer from being told.
func TestCiteTakesWhatIsNoNumberForNone(t *testing.T) {
	g := load(t, cited())
	if _, err := g.Add(t.Context(), []quad.Quad{{
		Subject: graph.ID("passage/late").Value(), Predicate: vocab.Start.IRI, Object: quad.String("three"),
	}}); err != nil {
		t.Fatal(err)
	}
	v := graphtest.View(t, g, graph.Options{})
	got, err := v.Cite(t.Context(), []graph.Node{v.NodeOf("passage/late")})
	if err != nil || len(got) != 1 || got[0].Article.ID != "article/late" || got[0].Start != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

// An address of another vocabulary may be anything: only those of pages are told.
func TestCiteTellsAddressesOfPagesOnly(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.org/a":           "https://example.org/a",
		"http://example.org":              "http://example.org",
		"https://example.org/磋商":          "https://example.org/磋商",
		"javascript:alert(1)":             "",
		"data:text/html,<b>":              "",
		"file:///etc/passwd":              "",
		"https:///no-host":                "",
		"example.org/a":                   "",
		"https://example.org/a b":         "",
		"https://example.org/>) [b](c)":   "",
		"https://example.org/\x1b[31mred": "",
		"https://example.org/%zz":         "",
		"":                                "",
	} {
		source := graphtest.Source("reference/page", "2031-01-01", 0)
		source.URL = address
		v := graphtest.View(t, load(t, &graph.Document{Sources: []graph.Source{source}}), graph.Options{})
		got, err := v.Cite(t.Context(), []graph.Node{v.NodeOf("passage/page")})
		if err != nil || len(got) != 1 || got[0].URL != want {
			t.Errorf("%q: %+v, %v; want %q", address, got, err, want)
		}
	}
}

func TestRefs(t *testing.T) {
	g := load(t, graphtest.Actors(), told(
		act("person/two-names", "name: Zoe"), act("person/two-names", "name: Abe", "aliases: Aa"), act("person/no-name", "aliases: Nameless"),
	))
	v := graphtest.View(t, g, graph.Options{KnownBy: edtf(t, "2000")}) // names are read past the day
	for id, want := range map[graph.ID]string{
		"person/ada-quill": "Ada Quill",
		"person/two-names": "Abe", // the first in the alphabet
		"person/no-name":   "person/no-name",
		"article/a":        "The a",
	} {
		if ref, err := v.Ref(t.Context(), v.NodeOf(id)); err != nil || ref != (graph.Ref{ID: id, Name: want}) {
			t.Errorf("%s: %+v, %v; want %s", id, ref, err, want)
		}
	}
}
