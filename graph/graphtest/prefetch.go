package graphtest

import (
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
