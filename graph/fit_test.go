package graph_test

import (
	"strings"
	"testing"

	"github.com/cayleygraph/quad"

	"parley/graph"
	"parley/graph/vocab"
)

func TestFit(t *testing.T) {
	ours, foreign := graph.ID("move/m").Value(), quad.IRI("https://example.org/m")
	typed := func(text string, datatype quad.IRI) quad.Value {
		return quad.TypedString{Value: quad.String(text), Type: datatype}
	}
	person := graph.ID("person/p").Value()
	for _, c := range []struct {
		name      string
		subject   quad.Value
		predicate quad.IRI
		object    quad.Value
		says      string // "" where the quad fits
	}{
		{"a date", ours, vocab.Date.IRI, typed("2031-03", vocab.EDTF), ""},
		{"no date", ours, vocab.Date.IRI, typed("someday", vocab.EDTF), `date: "someday"`},
		{"a date without its datatype", ours, vocab.Date.IRI, quad.String("2031-03"), "date leads to a date: give"},
		{"a date of another datatype", ours, vocab.Date.IRI, typed("2031-03-01", vocab.XSD+"date"), "give"},
		{"a word", ours, vocab.Phase.IRI, quad.String("raised"), ""},
		{"another word", ours, vocab.Phase.IRI, quad.String("escalated"), `phase: "escalated" is not one of considered, threatened`},
		{"a word in capitals", ours, vocab.Phase.IRI, quad.String("Raised"), "is not one of"},
		{"a node", ours, vocab.Agent.IRI, person, ""},
		{"a blank node", ours, vocab.Agent.IRI, quad.BNode("b"), ""},
		{"a literal for a node", ours, vocab.Agent.IRI, quad.String("Arland"), "agent leads to a node"},
		{"a node for a literal", ours, vocab.Goods.IRI, person, "goods leads to a literal"},
		{"a name in a language", ours, vocab.Name.IRI, quad.LangString{Value: "Verre", Lang: "fr"}, ""},
		{"a number", ours, vocab.Paragraph.IRI, typed("3", vocab.Integer), ""},
		{"no number", ours, vocab.Paragraph.IRI, typed("three", vocab.Integer), `"three" is not a whole number`},
		{"a fraction", ours, vocab.Paragraph.IRI, typed("3.5", vocab.Integer), "is not a whole number"},
		{"a decimal", ours, vocab.MaxValue.IRI, typed("7.5", vocab.Decimal), ""},
		{"no decimal", ours, vocab.MaxValue.IRI, typed("7,5", vocab.Decimal), `"7,5" is not a decimal number from 0`},
		{"less than 0", ours, vocab.MaxValue.IRI, typed("-1", vocab.Decimal), "is not a decimal number from 0"},

		{"a class of the id's folder", person, vocab.Type.IRI, vocab.Person.IRI, ""},
		{"a class of another folder", person, vocab.Type.IRI, vocab.Country.IRI, "person/p is a Person by its id and cannot be a Country"},
		{"a class of another vocabulary", person, vocab.Type.IRI, quad.IRI("http://xmlns.com/foaf/0.1/Person"), ""},
		{"a foreign node of our class", foreign, vocab.Type.IRI, vocab.Country.IRI, ""},
		{"a class that is text", person, vocab.Type.IRI, quad.String("Person"), "type leads to a node"},

		{"another vocabulary", ours, "https://example.org/p", quad.String("anything"), ""},
		{"a standard term of a foreign node", foreign, vocab.Published.IRI, quad.String("yesterday"), ""},
		{"a standard term of a node of ours", graph.ID("article/a").Value(), vocab.Published.IRI, quad.String("yesterday"), "give"},
		{"a term of ours of a foreign node", foreign, vocab.Phase.IRI, quad.String("escalated"), "is not one of"},
		{"a name in our namespace that means nothing", ours, vocab.Own + "no-such", quad.String("anything"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := graph.Fit(quad.Quad{Subject: c.subject, Predicate: c.predicate, Object: c.object})
			switch {
			case c.says == "" && err != nil:
				t.Error(err)
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
				t.Errorf("says %v, want %s", err, c.says)
			}
		})
	}
}

func TestFitClasses(t *testing.T) {
	for _, c := range []struct {
		predicate       *vocab.Predicate
		subject, object *vocab.Class
		fits            bool
	}{
		{vocab.Agent, vocab.MeasureMove, vocab.Country, true},
		{vocab.Agent, vocab.Meeting, vocab.Country, false},
		{vocab.Agent, vocab.MeasureMove, vocab.Place, false},
		{vocab.Agent, nil, vocab.Country, true}, // what is not known may fit
		{vocab.Agent, nil, vocab.Place, false},
		{vocab.Agent, vocab.MeasureMove, nil, true},
		{vocab.Agent, nil, nil, true},
		{vocab.Name, vocab.Person, nil, true},
		{vocab.SameAs, vocab.Meeting, nil, false},
		{vocab.SameAs, vocab.Person, vocab.Place, true}, // of no range
	} {
		if err := graph.FitClasses(c.predicate, c.subject, c.object); (err == nil) != c.fits {
			t.Errorf("%s from %v to %v: %v", c.predicate.Name, c.subject, c.object, err)
		}
	}
}
