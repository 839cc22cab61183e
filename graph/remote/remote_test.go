package remote_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/remote"
	"parley/graph/vocab"

	cayley "github.com/cayleygraph/cayley/graph"
	cayleytest "github.com/cayleygraph/cayley/graph/graphtest"
	"github.com/cayleygraph/quad"
)

func TestConformance(t *testing.T) {
	graphtest.TestStore(t, func(*testing.T) *graph.Graph { return graph.New(graphtest.NewServer()) })
}

// Cayley's own suite, whole. It looks for its files from where it runs.
func TestCayley(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/cayleygraph/cayley").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(strings.TrimSpace(string(out)), "graph", "graphtest"))
	cayleytest.TestAll(t, func(t testing.TB) (cayley.QuadStore, cayley.Options, func()) {
		qs := remote.NewQuadStore(graphtest.NewServer())
		return qs, nil, func() {
			if err := errors.Join(qs.Err(), qs.Close()); err != nil {
				t.Error(err)
			}
		}
	}, nil)
}

// fan gives a hub n spokes along x:p, each with a rim along x:q.
func fan(n int) (quads []quad.Quad) {
	for i := range n {
		spoke := quad.IRI(fmt.Sprintf("x:spoke-%d", i))
		quads = append(quads,
			quad.Quad{Subject: quad.IRI("x:hub"), Predicate: quad.IRI("x:p"), Object: spoke, Label: quad.IRI("x:l")},
			quad.Quad{Subject: spoke, Predicate: quad.IRI("x:q"), Object: quad.String(fmt.Sprint("rim ", i)), Label: quad.IRI("x:l")})
	}
	return quads
}

// open opens a store on a server that is read as if it were large.
func open(t *testing.T, quads []quad.Quad) (*graphtest.Server, *graph.Graph) {
	t.Helper()
	graphtest.ReadWhole(t, 0)
	s := graphtest.NewServer()
	g := graph.New(s)
	t.Cleanup(func() { _ = g.Close() })
	if _, err := g.Add(t.Context(), quads); err != nil {
		t.Fatal(err)
	}
	s.Trips()
	return s, g
}

// Who goes through a thousand nodes one by one, and reads what he finds, waits
// for the server some dozen times.
func TestOneByOneIsReadAhead(t *testing.T) {
	const many = 1000
	s, g := open(t, fan(many))
	v := graphtest.View(t, g, graph.Options{})
	spokes, err := v.Neighbours(t.Context(), []graph.Node{v.NodeOf("x:hub")}, &vocab.Predicate{IRI: "x:p"}, graph.Out)
	if err != nil || len(spokes) != many {
		t.Fatalf("%d spokes, %v", len(spokes), err)
	}
	met := map[string]bool{}
	for _, n := range spokes {
		rim, err := v.Neighbours(t.Context(), []graph.Node{n}, &vocab.Predicate{IRI: "x:q"}, graph.Out)
		if err != nil || len(rim) != 1 {
			t.Fatal(rim, err)
		}
		met[v.Text(rim[0])] = true
	}
	if err := v.Err(); err != nil || len(met) != many {
		t.Errorf("%d ends, %v", len(met), err)
	}
	if n := s.Trips(); n > 40 {
		t.Errorf("%d round trips", n)
	}
}

func TestWhatWasReadIsNotReadAgain(t *testing.T) {
	s, g := open(t, fan(50))
	walk := func() {
		v := graphtest.View(t, g, graph.Options{})
		hub := []graph.Node{v.NodeOf("x:hub")}
		spokes, err := v.Neighbours(t.Context(), hub, nil, graph.Out)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.Expand(t.Context(), hub, &vocab.Predicate{IRI: "x:p"}, graph.Out); err != nil {
			t.Fatal(err)
		}
		for _, n := range spokes {
			v.Text(n)
		}
	}
	walk()
	first := s.Trips()
	walk()
	if again := s.Trips(); first == 0 || again != 0 {
		t.Errorf("%d round trips, and %d when asked again", first, again)
	}
	if _, err := g.Add(t.Context(), fan(51)); err != nil {
		t.Fatal(err)
	}
	walk()
	if s.Trips() == 0 {
		t.Error("after a change nothing is read anew")
	}
}

func TestPrefetchIsOneTrip(t *testing.T) {
	s, g := open(t, fan(300))
	v := graphtest.View(t, g, graph.Options{})
	hub := []graph.Node{v.NodeOf("x:hub")}
	p, q := &vocab.Predicate{IRI: "x:p"}, &vocab.Predicate{IRI: "x:q"}
	pattern := graph.Step{Along: []*vocab.Predicate{p}, Next: []graph.Step{{Along: []*vocab.Predicate{q}}}}
	if err := v.Prefetch(t.Context(), hub, pattern); err != nil {
		t.Fatal(err)
	}
	s.Trips()
	spokes, err := v.Neighbours(t.Context(), hub, p, graph.Out)
	if err != nil {
		t.Fatal(err)
	}
	edges, err := v.Expand(t.Context(), spokes, q, graph.Out)
	if err != nil || len(edges) != 300 {
		t.Fatal(len(edges), err)
	}
	for _, e := range edges {
		if !strings.HasPrefix(v.Text(e.To), "rim ") {
			t.Fatal(v.Text(e.To))
		}
	}
	if err := v.Prefetch(t.Context(), hub, pattern); err != nil {
		t.Fatal(err)
	}
	if n := s.Trips(); n != 0 {
		t.Errorf("%d round trips for what was fetched before", n)
	}
}

func TestServerDown(t *testing.T) {
	s, g := open(t, fan(10))
	v := graphtest.View(t, g, graph.Options{})
	s.Down.Store(true)
	if n := v.NodeOf("x:hub"); n != 0 || !errors.Is(v.Err(), graphtest.ErrDown) {
		t.Errorf("node %d, %v", n, v.Err())
	}
	if _, err := v.Expand(t.Context(), []graph.Node{1}, nil, graph.Out); !errors.Is(err, graphtest.ErrDown) {
		t.Errorf("a walk: %v", err)
	}
	for _, err := range g.Quads(t.Context()) {
		if !errors.Is(err, graphtest.ErrDown) {
			t.Errorf("quads: %v", err)
		}
	}
	s.Down.Store(false)
	again := graphtest.View(t, g, graph.Options{})
	if again.NodeOf("x:hub") == 0 || again.Err() != nil {
		t.Errorf("once the server is up again: %v", again.Err())
	}
}

// Of a small store all is read when somebody asks for more than a little, and
// then nothing more; after a change it is read anew.
func TestSmallStoreIsReadWhole(t *testing.T) {
	quads := fan(1000)
	s, g := open(t, quads)
	graphtest.ReadWhole(t, int64(len(quads)))
	p, q := &vocab.Predicate{IRI: "x:p"}, &vocab.Predicate{IRI: "x:q"}
	walk := func(want int) {
		t.Helper()
		v := graphtest.View(t, g, graph.Options{})
		hub := []graph.Node{v.NodeOf("x:hub")}
		spokes, err := v.Neighbours(t.Context(), hub, p, graph.Out)
		if err != nil || len(spokes) != want {
			t.Fatalf("%d spokes, %v", len(spokes), err)
		}
		for _, n := range spokes {
			rim, err := v.Neighbours(t.Context(), []graph.Node{n}, q, graph.Out)
			if err != nil || len(rim) != 1 || v.Text(rim[0]) == "" {
				t.Fatal(rim, err)
			}
			back, err := v.Neighbours(t.Context(), rim, q, graph.In)
			if err != nil || len(back) != 1 || back[0] != n {
				t.Fatal(back, err)
			}
		}
		labelled, err := v.Labelled(t.Context(), []graph.Node{v.NodeOf("x:l")})
		if err != nil || len(labelled) != 2*want {
			t.Fatalf("%d edges with the label, %v", len(labelled), err)
		}
		if v.NodeOf("x:nothing") != 0 || v.Err() != nil {
			t.Error("a term that is not there", v.Err())
		}
	}
	walk(1000)
	if n := s.Trips(); n > 5 {
		t.Errorf("%d round trips", n)
	}
	walk(1000)
	if n := s.Trips(); n != 0 {
		t.Errorf("%d round trips when asked again", n)
	}
	if _, err := g.Update(t.Context(), func(tx *graph.Tx) error { return tx.Remove(t.Context(), quads[1998:]) }); err != nil {
		t.Fatal(err)
	}
	s.Trips()
	walk(999)
	if n := s.Trips(); n == 0 || n > 5 {
		t.Errorf("%d round trips after a change", n)
	}
}

// Whoever is cancelled while all is read, or finds the server down, hears of it; the
// next one reads it.
func TestReadWholeFails(t *testing.T) {
	s, g := open(t, fan(100))
	graphtest.ReadWhole(t, 1000)
	step := graph.Step{Along: []*vocab.Predicate{{IRI: "x:p"}}}
	view := func() (*graph.View, []graph.Node) {
		v := graphtest.View(t, g, graph.Options{})
		v.Node(step.Along[0].IRI)
		return v, []graph.Node{v.NodeOf("x:hub")}
	}
	v, hub := view()
	ctx, cancel := context.WithCancel(t.Context())
	wholes := 0
	s.Before = func(kind string) {
		if kind == "whole" {
			wholes++
			cancel()
		}
	}
	if err := v.Prefetch(ctx, hub, step); !errors.Is(err, context.Canceled) || wholes != 1 {
		t.Errorf("cancelled: %v, after all was asked for %d times", err, wholes)
	}
	s.Down.Store(true)
	if err := v.Prefetch(t.Context(), hub, step); !errors.Is(err, graphtest.ErrDown) {
		t.Errorf("while the server is down: %v", err)
	}
	s.Down.Store(false)
	v, hub = view()
	for range 2 {
		if err := v.Prefetch(t.Context(), hub, step); err != nil || wholes != 2 {
			t.Errorf("again: %v, after all was asked for %d times", err, wholes)
		}
	}
	if ends, err := v.Neighbours(t.Context(), hub, step.Along[0], graph.Out); err != nil || len(ends) != 100 {
		t.Errorf("%d ends, %v", len(ends), err)
	}
}

// A pattern that leads to a large part of the graph is left to the walk.
func TestPrefetchOfTooMuch(t *testing.T) {
	var quads []quad.Quad
	for i := range remote.MostFollowed + 1 {
		quads = append(quads, quad.Quad{Subject: quad.IRI(fmt.Sprint("x:", i)), Predicate: quad.IRI("x:p"), Object: quad.IRI("x:hub")})
	}
	_, g := open(t, quads)
	v := graphtest.View(t, g, graph.Options{})
	hub, p := []graph.Node{v.NodeOf("x:hub")}, &vocab.Predicate{IRI: "x:p"}
	if err := v.Prefetch(t.Context(), hub, graph.Step{Along: []*vocab.Predicate{p}, Direction: graph.In}); err != nil {
		t.Error(err)
	}
	if ends, err := v.Neighbours(t.Context(), hub, p, graph.In); err != nil || len(ends) != len(quads) {
		t.Errorf("%d ends, %v; want %d", len(ends), err, len(quads))
	}
}
