package graph_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/reference"

	"github.com/cayleygraph/quad"
	"pgregory.net/rapid"
)

// copies gives graphs of each kind at hand, empty.
func copies(t *testing.T) map[string]func() *graph.Graph {
	return map[string]func() *graph.Graph{
		"memory": func() *graph.Graph { return openMemory(t) },
		"server": func() *graph.Graph { return graph.New(graphtest.NewServer()) },
		"folder": func() *graph.Graph {
			g, err := graph.Create(t.Context(), "file:"+filepath.Join(t.TempDir(), "store"), graph.StoreOptions{})
			if err != nil {
				t.Fatal(err)
			}
			return g
		},
		"reference": func() *graph.Graph { return graph.New(reference.New()) },
	}
}

func same(t *testing.T, a, b *graph.Graph) {
	t.Helper()
	n, d, err := a.Digest(t.Context())
	m, e, err2 := b.Digest(t.Context())
	if err = errors.Join(err, err2); err != nil || n != m || d != e {
		t.Errorf("%d quads of content %v, and %d of %v, %v", n, d, m, e, err)
	}
}

func TestCopy(t *testing.T) {
	from := load(t, graphtest.Documents()...)
	if _, err := graph.Infer(t.Context(), from, graph.Date{}); err != nil {
		t.Fatal(err)
	}
	held, err := from.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, empty := range copies(t) {
		for _, batch := range []int{0, 1, 10, 1 << 20} {
			to := empty()
			done, err := graph.Copy(t.Context(), to, from, graph.CopyOptions{Batch: batch})
			if err != nil || done.Quads != held.Quads || done.New != held.Quads {
				t.Errorf("%s in batches of %d: %+v, %v; want %d quads", name, batch, done, err, held.Quads)
			}
			same(t, from, to)
			if done, err = graph.Copy(t.Context(), to, from, graph.CopyOptions{Batch: batch}); err != nil || done.New != 0 {
				t.Errorf("%s again: %+v, %v", name, done, err)
			}
			if err := to.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// A copy that is stopped anywhere goes on from there.
func TestCopyGoesOn(t *testing.T) {
	from := load(t, graphtest.Documents()...)
	for name, empty := range copies(t) {
		to := empty()
		kept, rounds := int64(0), 0
		for ; ; rounds++ {
			ctx, cancel := context.WithCancel(t.Context())
			had := kept
			done, err := graph.Copy(ctx, to, from, graph.CopyOptions{Batch: 9, Progress: func(quads int64) {
				if quads >= had+20 {
					cancel()
				}
			}})
			cancel()
			kept += done.New
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) || rounds > 100 {
				t.Fatalf("%s: %v after %d rounds", name, err, rounds)
			}
		}
		if held, err := from.Stats(t.Context()); err != nil || kept != held.Quads || rounds < 2 {
			t.Errorf("%s: %d quads kept in %d rounds, of %+v, %v", name, kept, rounds, held, err)
		}
		same(t, from, to)
		if err := to.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Whatever part of a graph there is already, a copy is whole in the end.
func TestCopyFillsUp(t *testing.T) {
	documents := graphtest.Documents()
	var all []quad.Quad
	for _, d := range documents {
		all = append(all, d.Quads()...)
	}
	from := load(t, documents...)
	rapid.Check(t, func(rt *rapid.T) {
		to := graph.New(graphtest.NewServer())
		defer func() { _ = to.Close() }()
		var part []quad.Quad
		for _, q := range all {
			if rapid.IntRange(0, 9).Draw(rt, "there") > 0 {
				part = append(part, q)
			}
		}
		if _, err := to.Add(rt.Context(), part); err != nil {
			rt.Fatal(err)
		}
		if _, err := graph.Copy(rt.Context(), to, from, graph.CopyOptions{Batch: rapid.SampledFrom([]int{0, 2, 50, 500}).Draw(rt, "batch")}); err != nil {
			rt.Fatal(err)
		}
		same(t, from, to)
	})
}

func TestCopyIntoAnotherGraph(t *testing.T) {
	from, to := load(t, graphtest.Actors()), load(t, graphtest.Documents()...)
	for _, batch := range []int{0, 10} {
		if _, err := graph.Copy(t.Context(), to, from, graph.CopyOptions{Batch: batch}); !errors.Is(err, graph.ErrCopyDiffers) || !strings.Contains(err.Error(), "empty store") {
			t.Errorf("into one that holds more: %v", err)
		}
	}
}

func TestDigest(t *testing.T) {
	one := quad.Quad{Subject: quad.IRI("x:a"), Predicate: quad.IRI("x:p"), Object: quad.String("b")}
	seen := map[graph.Digest]quad.Quad{}
	for _, q := range []quad.Quad{
		one,
		{Subject: quad.IRI("x:ax:p"), Predicate: quad.IRI(""), Object: quad.String("b")},
		{Subject: quad.IRI("x:a"), Predicate: quad.IRI("x:p"), Object: quad.IRI("b")},
		{Subject: quad.IRI("x:a"), Predicate: quad.IRI("x:p"), Object: quad.String("b"), Label: quad.IRI("x:l")},
		{Subject: quad.IRI("x:a"), Predicate: quad.IRI("x:p"), Object: quad.LangString{Value: "b", Lang: "en"}},
	} {
		var d graph.Digest
		if err := d.Add(q); err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[d]; ok {
			t.Errorf("%v and %v have one digest", q, other)
		}
		seen[d] = q
	}
	var twice, once graph.Digest
	_ = once.Add(one)
	_, _ = twice.Add(one), twice.Add(one)
	if twice == once || twice == (graph.Digest{}) {
		t.Error("a quad that is there twice does not show")
	}
}
