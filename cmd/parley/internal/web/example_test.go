package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"parley/cmd/parley/internal/web"
	"parley/graph"
	"parley/queries"

	"github.com/cayleygraph/quad"
)

// A server answers from a graph, and is a handler like any other.
func ExampleNew() {
	ctx := context.Background()
	g, err := graph.Open(ctx, "memory:")
	if err != nil {
		panic(err)
	}
	defer func() { _ = g.Close() }()
	said := quad.IRI("urn:parley:passage/a-page")
	_, err = g.Add(ctx, []quad.Quad{
		{Subject: quad.IRI("urn:parley:country/ala"), Predicate: quad.IRI("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), Object: quad.IRI("https://schema.org/Country"), Label: said},
		{Subject: quad.IRI("urn:parley:country/ala"), Predicate: quad.IRI("https://schema.org/name"), Object: quad.String("Aland"), Label: said},
	})
	if err != nil {
		panic(err)
	}
	s := web.New(web.Config{Graph: g, Registry: queries.Predefined})
	defer s.Close()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "http://localhost/api/v1/search?q=ala", nil)
	s.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	// Output:
	// 200 {
	//   "matches": [
	//     {
	//       "node": {
	//         "id": "country/ala",
	//         "name": "Aland"
	//       },
	//       "class": "country",
	//       "alias": null
	//     }
	//   ]
	// }
}
