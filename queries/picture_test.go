package queries_test

import (
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/queries"
)

// Who changed sides is drawn once, on the later side, whatever the order in
// which rows come.
func TestSideIsThatOfTheLatestRow(t *testing.T) {
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = g.Close() }()
	const almanac = "passage/almanac"
	graphtest.Load(t, g, graphtest.Actors(), &graph.Document{Facts: []graph.Fact{
		graphtest.Fact(almanac, "country/cor", "name: Cora"),
		graphtest.Fact(almanac, "person/turncoat", "name: Tom Turncoat"),
		graphtest.Fact(almanac, "tenure/first", "person: person/turncoat", "office: office/arland-trade-minister", "during: 2030-01-01/2030-12-31"),
		graphtest.Fact(almanac, "tenure/then", "person: person/turncoat", "office: office/brunia-chancellor", "during: 2031-01-01/.."),
		graphtest.Fact(almanac, "meeting/first", "name: First", "kind: talks", "status: held", "date: 2030-05-01", "participants: person/turncoat", "participants: country/cor"),
		graphtest.Fact(almanac, "meeting/then", "name: Then", "kind: talks", "status: held", "date: 2031-05-01", "participants: person/turncoat", "participants: country/cor"),
		graphtest.Fact(almanac, "meeting/undated", "name: Undated", "kind: talks", "status: held", "participants: person/turncoat", "participants: country/cor"),
	}})
	answer, err := queries.NegotiatedWith.Answer(t.Context(), g, map[string]string{"actor": "person/turncoat"})
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Rows) != 3 || answer.Sides["person/turncoat"].ID != "country/bru" {
		t.Errorf("in %d rows the side is %v", len(answer.Rows), answer.Sides["person/turncoat"])
	}
}
