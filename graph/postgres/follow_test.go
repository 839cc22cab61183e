package postgres_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	"parley/graph/remote"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
	"pgregory.net/rapid"
)

// tangle makes a small graph that has cycles, two labels on one triple, and terms
// that are in several places.
func tangle(t *rapid.T) []quad.Quad {
	nth := func(name string, n int) quad.Value {
		return quad.IRI(fmt.Sprintf("x:%s%d", name, rapid.IntRange(0, n-1).Draw(t, name)))
	}
	quads := make([]quad.Quad, rapid.IntRange(1, 40).Draw(t, "quads"))
	for i := range quads {
		quads[i] = quad.Quad{Subject: nth("n", 8), Predicate: nth("p", 3), Object: nth("n", 8), Label: nth("l", 3)}
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			quads[i].Label = nil
		case 1:
			quads[i].Label = nth("n", 8)
		}
	}
	return quads
}

func drawSteps(t *rapid.T, predicates []store.Node, depth int) []store.Step {
	steps := make([]store.Step, rapid.IntRange(0, 2).Draw(t, "steps"))
	for i := range steps {
		s := &steps[i]
		for _, p := range predicates {
			if rapid.Bool().Draw(t, "along") {
				s.Predicates = append(s.Predicates, p)
			}
		}
		s.Direction = store.Direction(rapid.Bool().Draw(t, "in"))
		s.Repeat = rapid.Bool().Draw(t, "repeat")
		if s.Repeat {
			s.Depth = rapid.IntRange(0, 3).Draw(t, "depth")
		}
		if depth > 0 {
			s.Next, s.Why = drawSteps(t, predicates, depth-1), drawSteps(t, predicates, depth-1)
		}
	}
	return steps
}

// walk goes a pattern hop by hop: for each step the edges, by the node from which
// they were looked for.
func walk(ctx context.Context, r remote.Reader, from []store.Node, steps []store.Step, found map[*store.Step]map[store.Node][]store.Edge) error {
	for i := range steps {
		s := &steps[i]
		of := map[store.Node][]store.Edge{}
		found[s] = of
		ends, labels := map[store.Node]bool{}, map[store.Node]bool{}
		frontier := from
		for hops := 0; len(frontier) > 0 && (hops == 0 || s.Repeat && (s.Depth == 0 || hops < s.Depth)); hops++ {
			var edges []store.Edge
			for _, n := range frontier {
				of[n] = nil
			}
			predicates := s.Predicates
			if len(predicates) == 0 {
				predicates = []store.Node{0}
			}
			for _, p := range predicates {
				along, err := r.Expand(ctx, frontier, p, s.Direction)
				if err != nil {
					return err
				}
				edges = append(edges, along...)
			}
			frontier = nil
			for _, e := range edges {
				of[e.From] = append(of[e.From], e)
				ends[e.To] = true
				if e.Label != 0 {
					labels[e.Label] = true
				}
			}
			for n := range ends {
				if _, asked := of[n]; !asked {
					frontier = append(frontier, n)
				}
			}
		}
		if s.Repeat {
			for _, n := range from {
				ends[n] = true
			}
		}
		if err := walk(ctx, r, slices.Collect(maps.Keys(ends)), s.Next, found); err != nil {
			return err
		}
		if err := walk(ctx, r, slices.Collect(maps.Keys(labels)), s.Why, found); err != nil {
			return err
		}
	}
	return nil
}

func inOrder(edges []store.Edge) []store.Edge {
	edges = slices.Clone(edges)
	slices.SortFunc(edges, func(a, b store.Edge) int {
		return remote.Quad{Subject: a.From, Predicate: a.Predicate, Object: a.To, Label: a.Label}.Compare(remote.Quad{Subject: b.From, Predicate: b.Predicate, Object: b.To, Label: b.Label})
	})
	return edges
}

// A pattern as one statement finds just what its hops find one by one, and tells
// the terms.
func TestFollow(t *testing.T) {
	s := create(t, fresh(t))
	var before []quad.Quad
	rapid.Check(t, func(rt *rapid.T) {
		quads := tangle(rt)
		_, err := s.Update(rt.Context(), func(tx store.Tx) error {
			if err := tx.Remove(rt.Context(), before); err != nil {
				return err
			}
			return tx.Add(rt.Context(), quads)
		})
		if err != nil {
			rt.Fatal(err)
		}
		before = quads
		now, err := s.Snapshot(rt.Context())
		if err != nil {
			rt.Fatal(err)
		}
		defer now.Close()
		r := now.(*remote.Snapshot).Reader()
		var nodes, predicates []store.Node
		for i := range 8 {
			if n := now.Node(quad.IRI(fmt.Sprintf("x:n%d", i))); n != 0 {
				nodes = append(nodes, n)
			}
		}
		for i := range 3 {
			if n := now.Node(quad.IRI(fmt.Sprintf("x:p%d", i))); n != 0 {
				predicates = append(predicates, n)
			}
		}
		for range 3 {
			from := rapid.SliceOfNDistinct(rapid.SampledFrom(nodes), 1, 3, rapid.ID).Draw(rt, "from")
			steps := drawSteps(rt, predicates, 2)
			want := map[*store.Step]map[store.Node][]store.Edge{}
			if err := walk(rt.Context(), r, from, steps, want); err != nil {
				rt.Fatal(err)
			}
			if err := r.Follow(rt.Context(), from, steps, func(f remote.Found) { compare(rt, now, f, want) }); err != nil {
				rt.Fatal(err)
			}
			for step, of := range want {
				if len(of) > 0 {
					rt.Fatalf("nothing is told of the step %+v", *step)
				}
			}
		}
		if err := now.Err(); err != nil {
			rt.Fatal(err)
		}
	})
}

// compare compares what is found of a step with what is wanted, which it takes out.
func compare(t *rapid.T, now store.Snapshot, f remote.Found, want map[*store.Step]map[store.Node][]store.Edge) {
	for n, key := range f.Terms {
		if got, _ := store.AppendKey(nil, now.Value(n)); string(got) != key {
			t.Errorf("node %d is told as %q; it is %q", n, key, got)
		}
	}
	if f.Step == nil {
		return
	}
	of := want[f.Step]
	var all []store.Edge
	for _, n := range f.From {
		edges, ok := of[n]
		if !ok {
			t.Errorf("edges of %d are told of, which no hop asks for, or twice", n)
		}
		all = append(all, edges...)
		delete(of, n)
	}
	if !slices.Equal(inOrder(all), inOrder(f.Edges)) {
		t.Errorf("from %v: %v; want %v", f.From, inOrder(f.Edges), inOrder(all))
	}
}
