package embedded_test

import (
	"path/filepath"
	"testing"

	"parley/graph"
	"parley/graph/embedded"
	"parley/graph/graphtest"
)

func TestInMemory(t *testing.T) {
	graphtest.TestStore(t, func(*testing.T) *graph.Graph {
		return graph.New(embedded.NewMemory(embedded.Options{}))
	})
}

func TestInFolder(t *testing.T) {
	graphtest.TestStore(t, func(t *testing.T) *graph.Graph {
		s, err := embedded.Create(t.Context(), filepath.Join(t.TempDir(), "store"), embedded.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return graph.New(s)
	})
}
