package picture_test

import (
	"fmt"
	"log"

	"parley/graph"
	"parley/queries"
	"parley/queries/picture"
)

// A picture is made of an answer, and says in words what it shows.
func ExampleOf() {
	talks := make([]any, len(queries.NegotiatedWith.Columns))
	talks[0] = graph.Ref{ID: "person/ann", Name: "Ann"}
	talks[1] = graph.Ref{ID: "person/bo", Name: "Bo"}
	talks[2] = graph.Ref{ID: "meeting/tea", Name: "Talks on tea"}
	talks[4] = "held"
	p, err := picture.Of(&queries.Answer{Query: queries.NegotiatedWith, Rows: [][]any{talks}, Total: 1}, picture.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(p.Description)
	fmt.Println(p.Ties[0].Words)
	// Output:
	// 1 negotiation
	// Ann and Bo: 1, held, how is not told: Talks on tea
}
