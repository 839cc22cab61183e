package graph_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/reference"
	"parley/graph/store"
)

// gated is a store that asks before each walk along edges.
type gated struct {
	store.Store
	ask func(ctx context.Context) error
}

func (g gated) Snapshot(ctx context.Context) (store.Snapshot, error) {
	s, err := g.Store.Snapshot(ctx)
	return gatedSnapshot{s, g.ask}, err
}

type gatedSnapshot struct {
	store.Snapshot
	ask func(ctx context.Context) error
}

func (s gatedSnapshot) Expand(ctx context.Context, edges []store.Edge, nodes []store.Node, predicate store.Node, d store.Direction) ([]store.Edge, error) {
	if err := s.ask(ctx); err != nil {
		return nil, err
	}
	return s.Snapshot.Expand(ctx, edges, nodes, predicate, d)
}

// gate holds up the first walk until it is opened, or nobody waits for the walk.
type gate struct {
	asked         atomic.Bool
	reached, open chan struct{}
	gaveUp        chan error // why the walk was not made
}

func newGate() *gate {
	return &gate{reached: make(chan struct{}), open: make(chan struct{}), gaveUp: make(chan error, 1)}
}

func (g *gate) ask(ctx context.Context) error {
	if g.asked.Swap(true) {
		return nil
	}
	close(g.reached)
	select {
	case <-g.open:
		return nil
	case <-ctx.Done():
		g.gaveUp <- ctx.Err()
		return ctx.Err()
	}
}

func of(t *testing.T, ask func(context.Context) error) *graph.Graph {
	t.Helper()
	s := reference.New()
	graphtest.Load(t, graph.New(s), graphtest.Documents()...)
	g := graph.New(gated{s, ask})
	t.Cleanup(func() { _ = g.Close() })
	return g
}

// find searches the graph for somebody.
func find(ctx context.Context, g *graph.Graph) ([]graph.Match, error) {
	v, err := g.View(graph.Options{})
	if err != nil {
		return nil, err
	}
	defer v.Close()
	return v.Search(ctx, "ada", 10)
}

// leave has somebody search and go before the names are read.
func leave(t *testing.T, g *graph.Graph, at *gate) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		_, err := find(ctx, g)
		left <- err
	}()
	<-at.reached
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left was told %v", err)
	}
}

func TestNamesAreReadOnThoughTheAskerLeaves(t *testing.T) {
	at := newGate()
	g := of(t, at.ask)
	leave(t, g, at)
	close(at.open)
	if found, err := find(t.Context(), g); err != nil || len(found) != 1 {
		t.Errorf("the next finds %v, %v", found, err)
	}
	if len(at.gaveUp) > 0 {
		t.Error("the names were begun again")
	}
}

func TestCloseEndsTheReadingOfNames(t *testing.T) {
	at := newGate()
	g := of(t, at.ask)
	leave(t, g, at)
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-at.gaveUp:
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	default:
		t.Error("a graph that is closed goes on reading")
	}
}

func TestFailureToReadNamesIsNotRemembered(t *testing.T) {
	broken := errors.New("broken")
	at := newGate()
	var failed atomic.Bool
	g := of(t, func(ctx context.Context) error {
		if err := at.ask(ctx); err != nil || failed.Swap(true) {
			return err
		}
		return broken
	})
	const askers = 3
	told := make(chan error, askers)
	for range askers {
		go func() {
			_, err := find(t.Context(), g)
			told <- err
		}()
	}
	<-at.reached
	close(at.open)
	// Who comes too late for the failure finds.
	failures := 0
	for range askers {
		if err := <-told; errors.Is(err, broken) {
			failures++
		} else if err != nil {
			t.Error(err)
		}
	}
	if failures == 0 {
		t.Error("nobody was told of the failure")
	}
	if found, err := find(t.Context(), g); err != nil || len(found) != 1 {
		t.Errorf("after the failure: %v, %v", found, err)
	}
}

// BenchmarkNamesAlike reads the names of very many who are called the same.
func BenchmarkNamesAlike(b *testing.B) {
	g, err := graph.Open(b.Context(), "memory:")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = g.Close() }()
	d := graphtest.Actors()
	for i := range 100_000 {
		d.Facts = append(d.Facts, graphtest.Fact("passage/almanac", graph.ID(fmt.Sprintf("person/wang-wei-%d", i)), "name: Wang Wei"))
	}
	graphtest.Load(b, g, d)
	for b.Loop() {
		v, err := g.View(graph.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := v.Search(b.Context(), "wang", 10); err != nil {
			b.Fatal(err)
		}
		v.Close()
		b.StopTimer() // a graph that changed is read anew
		graphtest.Load(b, g, &graph.Document{Facts: []graph.Fact{graphtest.Fact("passage/almanac", graph.ID(fmt.Sprintf("person/new-%d", b.N)), "name: New")}})
		b.StartTimer()
	}
}
