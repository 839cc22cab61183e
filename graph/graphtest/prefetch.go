package graphtest

import (
	"fmt"
	"slices"
	"testing"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
	"pgregory.net/rapid"
)

// somePattern draws the steps of a pattern, so many deep.
func somePattern(depth int) *rapid.Generator[[]graph.Step] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) graph.Step {
		step := graph.Step{Direction: graph.Direction(rapid.Bool().Draw(t, "in")), Repeat: rapid.IntRange(0, 2).Draw(t, "repeat") == 0}
		if step.Repeat {
			step.Depth = rapid.IntRange(0, 3).Draw(t, "depth")
		}
		for _, p := range modelPredicates {
			if rapid.Bool().Draw(t, p.String()) {
				step.Along = append(step.Along, &vocab.Predicate{IRI: p.(quad.IRI)})
			}
		}
		if depth > 0 {
			step.Next = somePattern(depth-1).Draw(t, "next")
			step.Why = somePattern(depth-1).Draw(t, "why")
		}
		return step
	}), 0, 2)
}

// Whatever pattern was fetched before, a view shows just what there is.
func testPrefetch(t *testing.T, open Opener) {
	g := open(t)
	var before []quad.Quad
	rapid.Check(t, func(rt *rapid.T) {
		quads := someQuads.Draw(rt, "quads")
		_, err := g.Update(rt.Context(), func(tx *graph.Tx) error {
			if err := tx.Remove(rt.Context(), before); err != nil {
				return err
			}
			return tx.Add(rt.Context(), quads)
		})
		if err != nil {
			rt.Fatal(err)
		}
		before = quads
		v, err := g.View(graph.Options{})
		if err != nil {
			rt.Fatal(err)
		}
		defer v.Close()
		for range rapid.IntRange(1, 2).Draw(rt, "patterns") {
			from := rapid.SliceOfN(rapid.SampledFrom(modelTerms), 1, 3).Draw(rt, "from")
			nodes := make([]graph.Node, len(from))
			for i, term := range from {
				nodes[i] = v.Node(term)
			}
			if err := v.Prefetch(rt.Context(), nodes, somePattern(2).Draw(rt, "steps")...); err != nil {
				rt.Fatal(err)
			}
		}
		now := model{}
		now.add(quads, &graph.Added{})
		check(rt, v, now.quads())
	})
}

// A store that is small, where much was removed and may lie there still, shows just
// what there is, however often it is asked.
func testSmallAmongMore(t *testing.T, open Opener) {
	ReadWhole(t, 1<<17)
	g := open(t)
	var kept, more []quad.Quad
	for i := range 3000 {
		q := quad.Make(quad.IRI(fmt.Sprint("x:s", i)), quad.IRI("x:p"), quad.IRI(fmt.Sprint("x:o", i)), quad.IRI("x:l"))
		if i < 5 {
			kept = append(kept, q)
		} else {
			more = append(more, q)
		}
	}
	if _, err := g.Add(t.Context(), append(slices.Clone(kept), more...)); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Update(t.Context(), func(tx *graph.Tx) error { return tx.Remove(t.Context(), more) }); err != nil {
		t.Fatal(err)
	}
	v := View(t, g, graph.Options{})
	for range 8 {
		check(t, v, kept)
	}
	if n := v.Node(quad.IRI("x:s9")); n != 0 {
		t.Errorf("a term that was removed is node %d", n)
	}
}
