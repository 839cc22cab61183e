package postgres_test

import (
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/postgres"
)

func TestStore(t *testing.T) {
	graphtest.TestStore(t, func(t *testing.T) *graph.Graph { return graph.New(create(t, fresh(t))) })
}

// The same, but what is done with many quads is done with few: new tables for a
// first load, COPY, several statements for one change.
func TestStoreInParts(t *testing.T) {
	lower(t)
	graphtest.TestStore(t, func(t *testing.T) *graph.Graph {
		s, err := postgres.Create(t.Context(), fresh(t), postgres.Options{Memory: 1})
		if err != nil {
			t.Fatal(err)
		}
		return graph.New(s)
	})
}

func TestCayley(t *testing.T) {
	server(t)
	graphtest.TestCayley(t, postgres.Name, fresh)
}
