package graphtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
	"pgregory.net/rapid"
)

// The alphabet of the model: few terms, so that quads meet; some stand in
// several places.
var (
	modelSubjects   = []quad.Value{quad.IRI("x:a"), quad.IRI("x:b"), quad.BNode("c"), quad.IRI("x:p")}
	modelPredicates = []quad.Value{quad.IRI("x:p"), quad.IRI("x:q"), quad.IRI("x:a")}
	modelObjects    = []quad.Value{quad.IRI("x:a"), quad.IRI("x:b"), quad.BNode("c"), quad.String("x:a"), quad.LangString{Value: "x:a", Lang: "en"}}
	modelLabels     = []quad.Value{nil, quad.IRI("x:l"), quad.IRI("x:m"), quad.BNode("c"), quad.IRI("x:a")}
	modelTerms      = []quad.Value{
		quad.IRI("x:a"), quad.IRI("x:b"), quad.BNode("c"), quad.IRI("x:p"), quad.IRI("x:q"),
		quad.String("x:a"),
		quad.LangString{Value: "x:a", Lang: "en"},
		quad.IRI("x:l"), quad.IRI("x:m"),
	}
)

var someQuads = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) quad.Quad {
	pick := func(label string, from []quad.Value) quad.Value { return rapid.SampledFrom(from).Draw(t, label) }
	return quad.Quad{
		Subject: pick("subject", modelSubjects), Predicate: pick("predicate", modelPredicates),
		Object: pick("object", modelObjects), Label: pick("label", modelLabels),
	}
}), 0, 8)

// model is a graph as a plain set.
type model map[quad.Quad]bool

func (m model) quads() []quad.Quad { return slices.Collect(maps.Keys(m)) }

func (m model) add(quads []quad.Quad, tally *graph.Added) {
	for _, q := range quads {
		if m[q] {
			tally.Known++
		} else {
			m[q] = true
			tally.New++
		}
	}
}

func (m model) remove(quads []quad.Quad, tally *graph.Added) {
	for _, q := range quads {
		if m[q] {
			delete(m, q)
			tally.Removed++
		}
	}
}

var errDrawn = errors.New("the change is drawn to fail")

// testModel makes random changes to a graph and a plain set, and keeps views
// open: each must show for ever what the set was then.
func testModel(t *testing.T, open Opener) {
	rapid.Check(t, func(rt *rapid.T) {
		g, now := open(t), model{}
		defer func() { _ = g.Close() }()
		type kept struct {
			view *graph.View
			want []quad.Quad
		}
		var views []kept
		keep := func(v *graph.View, err error, m model) {
			if err != nil {
				rt.Fatal(err)
			}
			views = append(views, kept{v, m.quads()})
		}
		defer func() {
			for _, k := range views {
				k.view.Close()
			}
		}()
		for range rapid.IntRange(1, 12).Draw(rt, "changes") {
			next, want := maps.Clone(now), graph.Added{}
			fails := rapid.IntRange(0, 5).Draw(rt, "fails") == 0
			got, err := g.Update(rt.Context(), func(tx *graph.Tx) error {
				for range rapid.IntRange(0, 4).Draw(rt, "steps") {
					quads := someQuads.Draw(rt, "quads")
					var err error
					if rapid.Bool().Draw(rt, "remove") {
						next.remove(quads, &want)
						err = tx.Remove(rt.Context(), quads)
					} else {
						next.add(quads, &want)
						err = tx.Add(rt.Context(), quads)
					}
					if err != nil {
						return err
					}
					if rapid.IntRange(0, 3).Draw(rt, "look") == 0 {
						v, err := tx.View(rt.Context(), graph.Options{})
						if err != nil {
							return err
						}
						check(rt, v, next.quads())
						v.Close()
					}
				}
				if fails {
					return errDrawn
				}
				return nil
			})
			switch {
			case fails && errors.Is(err, errDrawn) && got == graph.Added{}:
			case !fails && err == nil && got == want:
				now = next
			default:
				rt.Fatalf("%+v, %v; want %+v", got, err, want)
			}
			if rapid.Bool().Draw(rt, "keep") {
				v, err := g.View(graph.Options{})
				keep(v, err, now)
			}
		}
		v, err := g.View(graph.Options{})
		keep(v, err, now)
		for _, k := range views {
			check(rt, k.view, k.want)
		}
		var all []quad.Quad
		for q, err := range g.Quads(rt.Context()) {
			if err != nil {
				rt.Fatal(err)
			}
			all = append(all, q)
		}
		if len(all) != len(now) || !slices.Equal(lines(all), lines(now.quads())) {
			rt.Fatalf("all quads: %v, want %v", all, now.quads())
		}
		stats, err := g.Stats(rt.Context())
		if want := (graph.Stats{Quads: int64(len(now)), Terms: int64(len(termsOf(now.quads())))}); err != nil || stats != want {
			rt.Fatalf("counted %+v, %v; want %+v", stats, err, want)
		}
	})
}

func termsOf(quads []quad.Quad) map[quad.Value]bool {
	terms := make(map[quad.Value]bool)
	for _, q := range quads {
		for _, term := range []quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
			if term != nil {
				terms[term] = true
			}
		}
	}
	return terms
}

// tester is what a test and a drawn case of one have in common.
type tester interface {
	Helper()
	Context() context.Context
	Error(args ...any)
	Errorf(format string, args ...any)
}

// check compares all that a view of any options but a day shows, from every
// side, with some quads.
func check(t tester, v *graph.View, want []quad.Quad) {
	t.Helper()
	terms := termsOf(want)
	ask := slices.Clone(modelTerms)
	for term := range terms {
		if !slices.Contains(ask, term) {
			ask = append(ask, term)
		}
	}
	var nodes []graph.Node
	for _, term := range ask {
		n := v.Node(term)
		if (n != 0) != terms[term] {
			t.Errorf("%v is node %d of %v", term, n, want)
		}
		if n != 0 {
			if got := v.Value(n); got != term {
				t.Errorf("%#v comes back as %#v", term, got)
			}
			nodes = append(nodes, n)
		}
	}
	same := func(what string, edges []graph.Edge, err error, d graph.Direction, want []quad.Quad) {
		t.Helper()
		var got []quad.Quad
		for _, e := range edges {
			if d == graph.In {
				e.From, e.To = e.To, e.From
			}
			got = append(got, quad.Quad{Subject: v.Value(e.From), Predicate: v.Value(e.Predicate), Object: v.Value(e.To), Label: v.Value(e.Label)})
		}
		if err != nil || len(got) != len(want) || !slices.Equal(lines(got), lines(want)) {
			t.Errorf("%s: %v, %v; want %v", what, got, err, want)
		}
	}
	for name, d := range map[string]graph.Direction{"out": graph.Out, "in": graph.In} {
		edges, err := v.Expand(t.Context(), nodes, nil, d)
		same(name, edges, err, d, want)
		for term := range terms {
			iri, ok := term.(quad.IRI)
			if !ok {
				continue
			}
			edges, err := v.Expand(t.Context(), nodes, &vocab.Predicate{IRI: iri}, d)
			same(fmt.Sprintf("%s along %v", name, iri), edges, err, d, only(want, func(q quad.Quad) bool { return q.Predicate == iri }))
			if ends, err := v.Neighbours(t.Context(), nodes, &vocab.Predicate{IRI: iri}, d); err != nil || !slices.Equal(slices.Sorted(slices.Values(ends)), slices.Sorted(slices.Values(graph.Targets(edges)))) {
				t.Errorf("neighbours %s along %v: %v, %v; want %v", name, iri, ends, err, graph.Targets(edges))
			}
		}
	}
	for _, n := range nodes {
		edges, err := v.Labelled(t.Context(), []graph.Node{n})
		term := v.Value(n)
		same(fmt.Sprintf("labelled %v", term), edges, err, graph.Out, only(want, func(q quad.Quad) bool { return q.Label == term }))
	}
	if err := v.Err(); err != nil {
		t.Error(err)
	}
}

func only(quads []quad.Quad, keep func(quad.Quad) bool) []quad.Quad {
	return slices.DeleteFunc(slices.Clone(quads), func(q quad.Quad) bool { return !keep(q) })
}
