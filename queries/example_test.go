package queries_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"parley/data"
	"parley/graph"
	"parley/loader"
	"parley/queries"

	"github.com/cayleygraph/quad"
)

// A query is found by name and asked with arguments as a user writes them.
func Example() {
	ctx := context.Background()
	g, err := graph.Open(ctx, "memory:")
	if err != nil {
		log.Fatal(err)
	}
	var quads []quad.Quad
	err = loader.ReadNQuads(ctx, bytes.NewReader(data.Sets()[0].Quads), "articles", func(q quad.Quad) error {
		quads = append(quads, q)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := g.Add(ctx, quads); err != nil {
		log.Fatal(err)
	}

	q := queries.Lookup("negotiated-with")
	a, err := q.Answer(ctx, g, map[string]string{"actor": "He Lifeng", "since": "2025-10"})
	if err != nil {
		log.Fatal(err)
	}
	for _, row := range a.Rows {
		actor, counterpart := row[0].(graph.Ref), row[1].(graph.Ref)
		fmt.Println(actor.Name, "negotiated with", counterpart.Name, "on", row[3])
	}
	// Output: He Lifeng negotiated with Scott Bessent on 2025-10-18?
}
