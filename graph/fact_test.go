package graph_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cayleygraph/quad"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"
)

func sentences(quads []quad.Quad) []string {
	var lines []string
	for _, q := range quads {
		iri, _ := q.Predicate.(quad.IRI)
		object := graph.Text(q.Object)
		if t, ok := q.Object.(quad.TypedString); ok {
			object += "^^" + graph.Shorten(t.Type)
		}
		lines = append(lines, graph.Text(q.Subject)+" "+vocab.PredicateOf(iri).Name+" "+object+" | "+graph.Text(q.Label))
	}
	slices.Sort(lines)
	return lines
}

func TestDocumentQuads(t *testing.T) {
	for _, c := range []struct {
		name     string
		document *graph.Document
		want     []string
	}{
		{"nothing", &graph.Document{}, nil},
		{"an article", &graph.Document{Sources: []graph.Source{{
			ID: "article/a", Class: vocab.Article, Title: "A title", Publisher: "organization/post", PublisherBasis: "its style",
			Published: edtf(t, "2031-06-01"), PublishedBasis: "a day it names", Accessed: edtf(t, "2031-07"), SHA256: "00ff", URL: "https://example.org/a",
			Passages: []graph.Passage{{ID: "passage/a/p2", Paragraph: 2, Start: 10, End: 20}},
		}}}, []string{
			"article/a accessed 2031-07^^http://id.loc.gov/datatypes/edtf/EDTF | passage/a",
			"article/a dateBasis a day it names | passage/a",
			"article/a datePublished 2031-06-01^^http://id.loc.gov/datatypes/edtf/EDTF | passage/a",
			"article/a name A title | passage/a",
			"article/a publisher organization/post | passage/a",
			"article/a publisherBasis its style | passage/a",
			"article/a sha256 00ff | passage/a",
			"article/a type https://schema.org/NewsArticle | passage/a",
			"article/a url https://example.org/a | passage/a",
			"passage/a hasSource article/a | passage/a",
			"passage/a type http://www.w3.org/ns/oa#SpecificResource | passage/a",
			"passage/a/p2 end 20^^xsd:integer | passage/a",
			"passage/a/p2 hasSource article/a | passage/a",
			"passage/a/p2 paragraph 2^^xsd:integer | passage/a",
			"passage/a/p2 start 10^^xsd:integer | passage/a",
			"passage/a/p2 type http://www.w3.org/ns/oa#SpecificResource | passage/a",
		}},
		{"a reference of which little is known", &graph.Document{Sources: []graph.Source{{ID: "reference/r", Class: vocab.Reference}}}, []string{
			"passage/r hasSource reference/r | passage/r",
			"passage/r type http://www.w3.org/ns/oa#SpecificResource | passage/r",
			"reference/r type https://schema.org/WebPage | passage/r",
		}},
		{"a node and a literal", fact("person/p", "name: A Person", "same-as: https://example.org/p"), []string{
			"person/p name A Person | passage/a/p1",
			"person/p sameAs https://example.org/p | passage/a/p1",
			"person/p type https://schema.org/Person | passage/a/p1",
		}},
		{"a date, a rate and money", fact("move/m", "announced: 2031-03~", "rate: 5–10%", "value: 2 million USD"), []string{
			"money/usd-2000000 amount 2000000^^xsd:decimal | passage/a/p1",
			"money/usd-2000000 currency USD | passage/a/p1",
			"money/usd-2000000 name 2 million USD | passage/a/p1",
			"money/usd-2000000 type https://schema.org/MonetaryAmount | passage/a/p1",
			"move/m announced 2031-03~^^http://id.loc.gov/datatypes/edtf/EDTF | passage/a/p1",
			"move/m rate rate/5-10 | passage/a/p1",
			"move/m type urn:parley:vocab#MeasureMove | passage/a/p1",
			"move/m value money/usd-2000000 | passage/a/p1",
			"rate/5-10 maxValue 10^^xsd:decimal | passage/a/p1",
			"rate/5-10 minValue 5^^xsd:decimal | passage/a/p1",
			"rate/5-10 name 5–10% | passage/a/p1",
			"rate/5-10 type https://schema.org/QuantitativeValue | passage/a/p1",
		}},
		{"a ceiling has no least", fact("move/m", "rate: up to 10%"), []string{
			"move/m rate rate/up-to-10 | passage/a/p1",
			"move/m type urn:parley:vocab#MeasureMove | passage/a/p1",
			"rate/up-to-10 maxValue 10^^xsd:decimal | passage/a/p1",
			"rate/up-to-10 name up to 10% | passage/a/p1",
			"rate/up-to-10 type https://schema.org/QuantitativeValue | passage/a/p1",
		}},
		{"participants, one without a role", fact("meeting/m", "participants: person/p as lead", "participants: country/c"), []string{
			"meeting/m participation participation/m/country-c | passage/a/p1",
			"meeting/m participation participation/m/person-p | passage/a/p1",
			"meeting/m type urn:parley:vocab#Meeting | passage/a/p1",
			"participation/m/country-c participant country/c | passage/a/p1",
			"participation/m/country-c type urn:parley:vocab#Participation | passage/a/p1",
			"participation/m/person-p participant person/p | passage/a/p1",
			"participation/m/person-p role lead | passage/a/p1",
			"participation/m/person-p type urn:parley:vocab#Participation | passage/a/p1",
		}},
		{"a change gives its meeting its status", fact("change/c", "status: cancelled", "meeting: meeting/m"), []string{
			"change/c changes meeting/m | passage/a/p1",
			"change/c status cancelled | passage/a/p1",
			"change/c type urn:parley:vocab#StatusChange | passage/a/p1",
			"meeting/m status cancelled | passage/a/p1",
		}},
		{"a change of no meeting gives none", fact("change/c", "status: cancelled"), []string{
			"change/c status cancelled | passage/a/p1",
			"change/c type urn:parley:vocab#StatusChange | passage/a/p1",
		}},
		{"a change to no status gives none", fact("change/c", "meeting: meeting/m"), []string{
			"change/c changes meeting/m | passage/a/p1",
			"change/c type urn:parley:vocab#StatusChange | passage/a/p1",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			quads := c.document.Quads()
			if d := cmp.Diff(c.want, sentences(quads)); d != "" {
				t.Errorf("(- wanted, + got):\n%s", d)
			}
			for _, q := range quads {
				if err := graph.Fit(q); err != nil {
					t.Errorf("%v: %v", q, err)
				}
			}
		})
	}
}

// fact is a document of one fact and no source.
func fact(id graph.ID, values ...string) *graph.Document {
	return &graph.Document{Facts: []graph.Fact{act(id, values...)}}
}

// Each key of a facts file means a predicate that its class may have, and is
// written once.
func TestFieldsFitTheVocabulary(t *testing.T) {
	for _, c := range vocab.Classes() {
		fields := graph.Fields(c)
		if (len(fields) > 0) != (c.Key != "") {
			t.Errorf("%s has the key %q and %d fields", c.Name, c.Key, len(fields))
		}
		keys := map[string]bool{c.Key: true, "at": true}
		for _, f := range fields {
			if keys[f.Key] {
				t.Errorf("%s: %q is written for two", c.Name, f.Key)
			}
			keys[f.Key] = true
			if vocab.PredicateOf(f.Predicate.IRI) != f.Predicate {
				t.Errorf("%s: %q is of no predicate that is listed", c.Name, f.Key)
			}
			if err := graph.FitClasses(f.Predicate, c, nil); err != nil {
				t.Errorf("%s: %q: %v", c.Name, f.Key, err)
			}
			if f.Many && f.Predicate.Functional {
				t.Errorf("%s: %q is a list of what has one true object", c.Name, f.Key)
			}
		}
	}
}

func TestTheFixtureFits(t *testing.T) {
	for _, d := range graphtest.Documents() {
		for _, q := range d.Quads() {
			if err := graph.Fit(q); err != nil {
				t.Errorf("%v: %v", q, err)
			}
		}
	}
}
