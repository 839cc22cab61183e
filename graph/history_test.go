package graph_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"
)

func on(t *testing.T, day string) graph.Date {
	t.Helper()
	d, err := graph.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// concluded counts what rules concluded in the graph of a day.
func concluded(t *testing.T, h *graph.History, day graph.Date) int {
	t.Helper()
	g, done, err := h.On(t.Context(), day)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	v, err := g.View(graph.Options{KnownBy: day})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	var rules []graph.Node
	for _, r := range graph.Rules() {
		rules = append(rules, v.NodeOf(r.ID))
	}
	edges, err := v.Labelled(t.Context(), rules)
	if err != nil {
		t.Fatal(err)
	}
	return len(slices.DeleteFunc(edges, func(e graph.Edge) bool {
		return v.Value(e.Predicate) != vocab.RespondsTo.IRI
	}))
}

// answers are quads of two moves on one measure; a later passage states that
// the second answers the first, so that only before it a rule infers that.
func answers(t *testing.T, g *graph.Graph) {
	t.Helper()
	for _, d := range []*graph.Document{
		graphtest.Actors(),
		{
			Sources: []graph.Source{graphtest.Source("article/one", "2030-01-02", 2)},
			Facts: []graph.Fact{
				graphtest.Fact("passage/one/p1", "move/one", "measure: measure/arland-glass", "phase: raised", "agent: country/arl", "target: country/bru", "announced: 2030-01-01"),
				graphtest.Fact("passage/one/p2", "move/two", "measure: measure/arland-glass", "phase: raised", "agent: country/bru", "target: country/arl", "announced: 2030-01-02"),
			},
		},
		{
			Sources: []graph.Source{graphtest.Source("article/two", "2030-06-01", 1)},
			Facts:   []graph.Fact{graphtest.Fact("passage/two/p1", "move/two", "responds-to: move/one")},
		},
	} {
		if _, err := g.Add(t.Context(), d.Quads()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
		t.Fatal(err)
	}
}

func TestHistoryInfersFromWhatWasKnown(t *testing.T) {
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = g.Close() }()
	answers(t, g)
	h := graph.NewHistory(g, 2)
	defer h.Close()
	days, err := h.Days(t.Context())
	if err != nil || fmt.Sprint(days) != "[2030-01-02 2030-06-01]" {
		t.Errorf("got the days %v, %v", days, err)
	}
	// A rule concludes only until the answer is stated.
	for day, want := range map[string]int{"2029": 0, "2030-01-01": 0, "2030-01-02": 1, "2030-05-31": 1, "2030-06-01": 0, "2031": 0} {
		if got := concluded(t, h, on(t, day)); got != want {
			t.Errorf("by %s rules conclude %d, want %d", day, got, want)
		}
	}
	// Of one time between two publications there is one graph.
	a, doneA, err := h.On(t.Context(), on(t, "2030-02"))
	if err != nil {
		t.Fatal(err)
	}
	b, doneB, err := h.On(t.Context(), on(t, "2030-03"))
	if err != nil {
		t.Fatal(err)
	}
	if a != b {
		t.Error("two days on which the same was known have two graphs")
	}
	doneA()
	doneB()
	// What is added since shows.
	late := &graph.Document{
		Sources: []graph.Source{graphtest.Source("article/three", "2030-02-01", 1)},
		Facts:   []graph.Fact{graphtest.Fact("passage/three/p1", "move/two", "responds-to: move/one")},
	}
	if _, err := g.Add(t.Context(), late.Quads()); err != nil {
		t.Fatal(err)
	}
	if got := concluded(t, h, on(t, "2030-03")); got != 0 {
		t.Errorf("after the answer was stated rules conclude %d", got)
	}
}

// Who began to read the days before a change and ends after it does not bring the
// older graph back.
func TestHistoryNeverGoesBack(t *testing.T) {
	at := newGate()
	g := of(t, at.ask)
	h := graph.NewHistory(g, 2)
	defer h.Close()
	late := make(chan error, 1)
	go func() {
		_, err := h.Days(t.Context())
		late <- err
	}()
	<-at.reached
	graphtest.Load(t, g, &graph.Document{Sources: []graph.Source{graphtest.Source("article/late", "2032-01-01", 1)}})
	one, doneOne, err := h.On(t.Context(), on(t, "2032"))
	if err != nil {
		t.Fatal(err)
	}
	defer doneOne()
	close(at.open)
	if err := <-late; err != nil {
		t.Fatal(err)
	}
	two, doneTwo, err := h.On(t.Context(), on(t, "2032"))
	if err != nil {
		t.Fatal(err)
	}
	defer doneTwo()
	if one != two {
		t.Error("the graph of the day was let go for that of an older version")
	}
}

// TestHistoryForManyAtOnce has days asked for, dropped and changed at once.
func TestHistoryForManyAtOnce(t *testing.T) {
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = g.Close() }()
	answers(t, g)
	h := graph.NewHistory(g, 1)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 10 {
				day := []string{"2029", "2030-03", "2031"}[(i+j)%3]
				if got, want := concluded(t, h, on(t, day)), (i+j)%3%2; got != want {
					t.Errorf("by %s rules conclude %d, want %d", day, got, want)
				}
			}
		})
	}
	wg.Wait()
	h.Close()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := h.On(ended, on(t, "2030")); !errors.Is(err, context.Canceled) {
		t.Errorf("a day that nobody waits for any more gives %v", err)
	}
}
