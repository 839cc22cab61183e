package queries_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"parley/data"
	"parley/graph"
	"parley/queries"
)

// A query is found by name and asked with arguments as a user writes them.
func Example() {
	ctx := context.Background()
	set := data.Sets()[0]
	g, err := graph.OpenImage(set.Name, set.Image)
	if err != nil {
		log.Fatal(err)
	}
	q := queries.Lookup("negotiated-with")
	a, err := q.Answer(ctx, g, map[string]string{"actor": "He Lifeng", "since": "2025-10"})
	if err := errors.Join(err, g.Close()); err != nil {
		log.Fatal(err)
	}
	for _, row := range a.Rows {
		actor, counterpart := row[0].(graph.Ref), row[1].(graph.Ref)
		fmt.Println(actor.Name, "negotiated with", counterpart.Name, "on", row[3])
	}
	// Output: He Lifeng negotiated with Scott Bessent on 2025-10-18?
}
