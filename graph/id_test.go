package graph_test

import (
	"strings"
	"testing"

	"github.com/cayleygraph/quad"

	"parley/graph"
	"parley/graph/vocab"
)

func TestParseID(t *testing.T) {
	for _, s := range []string{
		"person/liu-he", "country/usa", "article/003_6e648b36004b0260", "passage/003_6e648b36004b0260/p3s2", "rate/7.5", "money/usd-1",
		"participation/talks/person-liu-he", "person/a", "move/2018",
	} {
		if id, err := graph.ParseID(s); err != nil || string(id) != s {
			t.Errorf("%q: %q, %v", s, id, err)
		}
	}
	for s, says := range map[string]string{
		"":                        "write its class's folder",
		"liu-he":                  "write its class's folder",
		"person/":                 "write its class's folder",
		"people/liu-he":           `no class has the folder "people"`,
		"Person/liu-he":           `no class has the folder "Person"`,
		"/liu-he":                 `no class has the folder ""`,
		"person/Liu-he":           "'L' may not stand there",
		"person/liu he":           "' ' may not stand there",
		"person/-liu":             "'-' may not stand there",
		"person/liu-":             "'-' may not stand there",
		"person/liu/":             "'/' may not stand there",
		"person/josé":             "'é' may not stand there",
		"person/liu#he":           "'#' may not stand there",
		"urn:parley:person/x":     "no class has the folder",
		"https://example.org/a/b": "no class has the folder",
	} {
		if id, err := graph.ParseID(s); err == nil || id != "" {
			t.Errorf("%q is read as %q", s, id)
		} else if !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v; want %s", s, err, says)
		}
	}
}

// What an answer shows for a node is what finds the node again.
func TestIDsLeadBackToTheirTerms(t *testing.T) {
	for _, c := range []struct {
		term         quad.Value
		id           graph.ID
		folder, slug string
	}{
		{quad.IRI("urn:parley:person/liu-he"), "person/liu-he", "person", "liu-he"},
		{quad.IRI("urn:parley:passage/a/p1"), "passage/a/p1", "passage", "a/p1"},
		{quad.IRI("https://example.org/a"), "https://example.org/a", "", "/example.org/a"},
		{quad.IRI("http://www.wikidata.org/entity/Q148"), "http://www.wikidata.org/entity/Q148", "", "/www.wikidata.org/entity/Q148"},
		{quad.IRI("urn:parley:nobody"), "urn:parley:nobody", "", ""},
		{quad.IRI("urn:parley:unknown/folder"), "urn:parley:unknown/folder", "", "folder"},
		{quad.IRI("urn:parley:"), "urn:parley:", "", ""},
		{vocab.Meeting.IRI, "urn:parley:vocab#Meeting", "", ""},
		{vocab.Person.IRI, "https://schema.org/Person", "", "/schema.org/Person"},
		{quad.BNode("b1"), "_:b1", "", ""},
	} {
		id, ok := graph.IDOf(c.term)
		if !ok || id != c.id || id.Value() != c.term {
			t.Errorf("%v has the id %q, which means %v", c.term, id, id.Value())
		}
		if id.Folder() != c.folder || id.Slug() != c.slug {
			t.Errorf("%q: folder %q, slug %q", id, id.Folder(), id.Slug())
		}
		if got := graph.Text(c.term); got != string(c.id) {
			t.Errorf("the text of %v is %q", c.term, got)
		}
	}
	if got := graph.ID("person/liu-he").IRI(); got != "urn:parley:person/liu-he" {
		t.Error(got)
	}
}

func TestLiteralsHaveTextAndNoID(t *testing.T) {
	for _, v := range []quad.Value{
		quad.String("glass"), quad.LangString{Value: "glass", Lang: "en"}, quad.TypedString{Value: "glass", Type: "x:t"},
	} {
		if id, ok := graph.IDOf(v); ok || id != "" {
			t.Errorf("%v has the id %q", v, id)
		}
		if got := graph.Text(v); got != "glass" {
			t.Errorf("the text of %v is %q", v, got)
		}
	}
	if id, ok := graph.IDOf(nil); ok || id != "" || graph.Text(nil) != "" {
		t.Error("nothing has an id or a text")
	}
}

func TestClassOfFolder(t *testing.T) {
	for _, c := range vocab.Classes() {
		if got := graph.ClassOfFolder(c.Folder); got != c {
			t.Errorf("%s: %v", c.Folder, got)
		}
	}
	if got := graph.ClassOfFolder("people"); got != nil {
		t.Errorf("people: %v", got)
	}
}
