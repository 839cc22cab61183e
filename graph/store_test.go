package graph_test

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"

	"parley/graph"
	"parley/graph/graphtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func openMemory(t testing.TB) *graph.Graph {
	t.Helper()
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestMemory(t *testing.T) {
	graphtest.TestStore(t, func(t *testing.T) *graph.Graph { return openMemory(t) })
}

func TestMemoryGraphsAreApart(t *testing.T) {
	a, b := openMemory(t), openMemory(t)
	graphtest.Load(t, a, graphtest.Actors())
	if n := graphtest.View(t, b, graph.Options{}).NodeOf("country/arl"); n != 0 {
		t.Error("two stores share what one was given")
	}
}

func TestOpenRefusesOtherAddresses(t *testing.T) {
	for _, address := range []string{
		"", "memory", "memory:graph", "memory://host", "memory:/path", "memory:?a=b",
		"file:", "file://host/graph", "postgres://localhost/parley", "graph.db", "::", "mem ory:",
	} {
		g, err := graph.Open(t.Context(), address)
		if !errors.Is(err, graph.ErrURL) || g != nil {
			t.Errorf("%q: %v", address, err)
		}
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := graph.Open(done, "memory:"); !errors.Is(err, context.Canceled) {
		t.Errorf("opened after cancelling: %v", err)
	}
}

// load opens a graph of documents that the test closes.
func load(t testing.TB, documents ...*graph.Document) *graph.Graph {
	t.Helper()
	g := openMemory(t)
	t.Cleanup(func() { _ = g.Close() })
	graphtest.Load(t, g, documents...)
	return g
}

// told is a document of one article, article/a of 2031-06-01 with the passages
// passage/a/p1 to p9.
func told(facts ...graph.Fact) *graph.Document {
	return &graph.Document{Sources: []graph.Source{graphtest.Source("article/a", "2031-06-01", 9)}, Facts: facts}
}
