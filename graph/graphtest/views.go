package graphtest

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

func knownBy(day string) graph.Options { return graph.Options{KnownBy: mustDate(day)} }

func testKnownBy(t *testing.T, open Opener) {
	g := open(t)
	Load(t, g, Documents()...)
	const planned, cancelled = "meeting/saltmouth -status-> planned  passage/spring/p2", "meeting/saltmouth -status-> cancelled  passage/summer/p2"
	for _, c := range []struct {
		day  string
		want []string
	}{
		{"", []string{cancelled, planned}},
		{"2031-06-11", []string{cancelled, planned}},
		{"2031-06-10", []string{cancelled, planned}}, // on the day it was printed
		{"2031-06-09", []string{planned}},
		{"2031-06", []string{cancelled, planned}}, // by the end of June
		{"2031-03-05", []string{planned}},
		{"2031-03-04", nil},
	} {
		o := graph.Options{}
		if c.day != "" {
			o = knownBy(c.day)
		}
		v := View(t, g, o)
		got := expand(t, v, []graph.ID{"meeting/saltmouth"}, vocab.Status, graph.Out)
		slices.Sort(got)
		diff(t, "status known by "+c.day, got, c.want)
		background := expand(t, v, []graph.ID{"person/ada-quill"}, vocab.Name, graph.Out)
		diff(t, "what a reference without a day says by "+c.day, background, []string{"person/ada-quill -name-> Ada Quill  passage/almanac"})
		backwards := expand(t, v, []graph.ID{"meeting/saltmouth"}, vocab.Changes, graph.In)
		if hidden := len(c.want) < 2; (len(backwards) == 0) != hidden {
			t.Errorf("by %s the meeting was changed by %v", c.day, backwards)
		}
		labelled, err := v.Labelled(t.Context(), []graph.Node{v.NodeOf("passage/summer/p2")})
		if err != nil {
			t.Fatal(err)
		}
		if hidden := len(c.want) < 2; (len(labelled) == 0) != hidden {
			t.Errorf("by %s the passage states %v", c.day, Edges(v, labelled))
		}
	}
}

func testKnownByUnlabelled(t *testing.T, open Opener) {
	g := open(t)
	undated := &graph.Document{
		Sources: []graph.Source{Source("article/undated", "", 1)},
		Facts:   []graph.Fact{Fact("passage/undated/p1", "person/ada-quill", "aliases: Quill")},
	}
	Load(t, g, Actors(), undated)
	name, alias := vocab.Name.IRI, vocab.Alias.IRI
	ada := graph.ID("person/ada-quill").Value()
	add(t, g,
		quad.Quad{Subject: ada, Predicate: alias, Object: quad.String("no label")},
		quad.Quad{Subject: ada, Predicate: alias, Object: quad.String("foreign label"), Label: quad.IRI("x:l")},
		quad.Quad{Subject: ada, Predicate: alias, Object: quad.String("foreign, dated badly"), Label: quad.IRI("x:bad")},
		quad.Quad{Subject: quad.IRI("x:bad"), Predicate: vocab.FromSource.IRI, Object: quad.IRI("x:paper")},
		quad.Quad{Subject: quad.IRI("x:paper"), Predicate: vocab.Published.IRI, Object: quad.String("yesterday")},
		quad.Quad{Subject: ada, Predicate: alias, Object: quad.String("foreign, dated well"), Label: quad.IRI("x:good")},
		quad.Quad{Subject: quad.IRI("x:good"), Predicate: vocab.FromSource.IRI, Object: quad.IRI("x:other-paper")},
		quad.Quad{Subject: quad.IRI("x:other-paper"), Predicate: vocab.Published.IRI, Object: quad.TypedString{Value: "2031-05", Type: vocab.EDTF}},
		quad.Quad{Subject: ada, Predicate: name, Object: quad.String("Ada Q."), Label: quad.IRI("passage/no-such")},
	)
	for _, c := range []struct {
		o    graph.Options
		want int
	}{{graph.Options{}, 5}, {graph.Options{StatedOnly: true}, 5}, {knownBy("2031-05-31"), 1}, {knownBy("2031-05-30"), 0}} {
		if got := expand(t, View(t, g, c.o), []graph.ID{"person/ada-quill"}, vocab.Alias, graph.Out); len(got) != c.want {
			t.Errorf("with %+v: %q, want %d", c.o, got, c.want)
		}
	}
}

func testStatedOnly(t *testing.T, open Opener) {
	g := open(t)
	Load(t, g, Documents()...)
	if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
		t.Fatal(err)
	}
	const edge = "change/saltmouth-off -respondsTo-> move/glass-raised  rule/answers-within-days"
	all, stated := View(t, g, graph.Options{}), View(t, g, graph.Options{StatedOnly: true})
	for _, c := range []struct {
		v    *graph.View
		want []string
	}{{all, []string{edge}}, {stated, nil}} {
		diff(t, "answers", expand(t, c.v, []graph.ID{"change/saltmouth-off"}, vocab.RespondsTo, graph.Out), c.want)
		diff(t, "the rule itself", expand(t, c.v, []graph.ID{"rule/answers-within-days"}, vocab.Name, graph.Out),
			[]string{"rule/answers-within-days -name-> answers within 14 days  rule/answers-within-days"})
		if rules, err := c.v.Instances(t.Context(), vocab.Rule); err != nil || len(rules) != len(graph.Rules()) {
			t.Errorf("%d rules in view, %v", len(rules), err)
		}
	}
	diff(t, "stated quads", expand(t, stated, []graph.ID{"change/saltmouth-off"}, vocab.Agent, graph.Out),
		expand(t, all, []graph.ID{"change/saltmouth-off"}, vocab.Agent, graph.Out))
}

func testInferredKnownBy(t *testing.T, open Opener) {
	g := open(t)
	Load(t, g, Documents()...)
	if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		o    graph.Options
		want int
	}{
		{knownBy("2031-06-10"), 1},
		{knownBy("2031-06-09"), 0}, // the answer is not known yet
		{knownBy("2031-03-04"), 0}, // neither end is
		{graph.Options{KnownBy: mustDate("2031-06-10"), StatedOnly: true}, 0},
	} {
		for from, d := range map[graph.ID]graph.Direction{"change/saltmouth-off": graph.Out, "move/glass-raised": graph.In} {
			if got := expand(t, View(t, g, c.o), []graph.ID{from}, vocab.RespondsTo, d); len(got) != c.want {
				t.Errorf("with %+v from %s: %v", c.o, from, got)
			}
		}
	}
}

func testViewsAndAdder(t *testing.T, open Opener) {
	g := open(t)
	Load(t, g, Actors())
	documents := []*graph.Document{Spring(), Summer()}
	whole := make(map[int]bool) // how many quads there are between two Adds
	var quads []quad.Quad
	quads = append(quads, Actors().Quads()...)
	whole[len(lines(quads))] = true
	for _, d := range documents {
		quads = append(quads, d.Quads()...)
		whole[len(lines(quads))] = true
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				v, err := g.View(knownBy("2031-06-10"))
				if err != nil {
					t.Error(err)
					return
				}
				from := []graph.Node{v.NodeOf("move/glass-raised"), v.NodeOf("meeting/saltmouth"), v.NodeOf("country/arl")}
				first, err1 := v.Expand(t.Context(), from, nil, graph.Out)
				_, err2 := v.Resolve(t.Context(), "Trade Minister", "person", mustDate("2031-03-01"), vocab.Person)
				again, err3 := v.Expand(t.Context(), from, nil, graph.Out)
				if err := errors.Join(err1, err2, err3); err != nil {
					t.Error(err)
				}
				if !slices.Equal(first, again) {
					t.Error("a view changed while it was open")
				}
				v.Close()
			}
		})
	}
	wg.Go(func() {
		for range 20 {
			for _, d := range documents {
				if _, err := g.Add(t.Context(), d.Quads()); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for range 2 {
		wg.Go(func() {
			for range 20 {
				n := 0
				for _, err := range g.Quads(t.Context()) {
					if err != nil {
						t.Error(err)
					}
					n++
				}
				if !whole[n] {
					t.Errorf("%d quads: half an Add", n)
				}
			}
		})
	}
	wg.Wait()
	diff(t, "all quads", allQuads(t, g), lines(quads))
}

// Whatever a reader sees was there between two changes: each moves a mark and
// turns all quads over.
func testReadersAndWriter(t *testing.T, open Opener) {
	g := open(t)
	const changes, width = 40, 20
	turn := func(i int) []quad.Quad {
		return quads(fmt.Sprintf("x:turn-%d", i), width)
	}
	add(t, g, turn(0)...)
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range changes {
			_, err := g.Update(t.Context(), func(tx *graph.Tx) error {
				return errors.Join(tx.Remove(t.Context(), turn(i)), tx.Add(t.Context(), turn(i+1)))
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	for range 6 {
		wg.Go(func() {
			for last := 0; last < changes; {
				v, err := g.View(graph.Options{StatedOnly: true})
				if err != nil {
					t.Error(err)
					return
				}
				edges, err := v.Labelled(t.Context(), []graph.Node{v.NodeOf("x:l")})
				if err == nil {
					err = v.Err()
				}
				if err != nil || len(edges) != width {
					t.Errorf("%d quads, %v", len(edges), err)
					return
				}
				at := 0
				for i, e := range edges {
					if i > 0 && e.From != edges[0].From {
						t.Error("quads of two changes")
					}
					_, _ = fmt.Sscanf(v.Text(e.From), "x:turn-%d", &at)
				}
				if at < last {
					t.Errorf("change %d is seen after change %d", at, last)
				}
				last = at
				v.Close()
			}
		})
	}
	wg.Wait()
}

func testSnapshotIsolation(t *testing.T, open Opener) {
	g := open(t)
	Load(t, g, Actors())
	before := allQuads(t, g)
	old := View(t, g, graph.Options{})
	next, stop := iter.Pull2(g.Quads(t.Context()))
	defer stop()
	q, err, _ := next()
	if err != nil {
		t.Fatal(err)
	}
	reading := []string{line(q)}

	Load(t, g, Spring())
	removed := relation("x:a", "x:p", "x:b", "x:l")
	add(t, g, removed)
	third := View(t, g, graph.Options{})
	if _, err := g.Remove(t.Context(), append(Actors().Quads(), removed)); err != nil {
		t.Fatal(err)
	}

	const move, passage, arland = graph.ID("move/glass-raised"), graph.ID("passage/spring/p1"), graph.ID("country/arl")
	if n := old.NodeOf(move); n != 0 {
		t.Error("an open view sees what was added")
	}
	diff(t, "what an open view knows of a country", expand(t, old, []graph.ID{arland}, vocab.Name, graph.Out), []string{"country/arl -name-> Arland  passage/almanac"})
	diff(t, "what leads to it", expand(t, old, []graph.ID{arland}, vocab.Agent, graph.In), nil)
	now := View(t, g, graph.Options{})
	for name, v := range map[string]*graph.View{"old": old, "new": now} {
		// The handles of a later view tell the old one nothing either.
		edges, err := v.Labelled(t.Context(), []graph.Node{now.NodeOf(passage)})
		if err != nil {
			t.Fatal(err)
		}
		if there := len(edges) > 0; there != (v == now) {
			t.Errorf("the %s view has of the passage %v", name, Edges(v, edges))
		}
	}
	diff(t, "what a view between two changes knows", expand(t, third, []graph.ID{"x:a"}, nil, graph.Out), []string{"x:a -x:p-> x:b  x:l"})
	diff(t, "what a new view knows of it", expand(t, now, []graph.ID{"x:a"}, nil, graph.Out), nil)
	if now.NodeOf(move) == 0 || now.NodeOf("x:a") != 0 {
		t.Error("a new view does not see the changes")
	}
	for q, err, ok := next(); ok; q, err, ok = next() {
		if err != nil {
			t.Fatal(err)
		}
		reading = append(reading, line(q))
	}
	slices.Sort(reading)
	diff(t, "the quads of a loop that began before", reading, before)
}

func testClosed(t *testing.T, open Opener) {
	g := open(t)
	Load(t, g, Actors())
	v := View(t, g, graph.Options{})
	v.Close()
	if _, err := v.Expand(t.Context(), []graph.Node{1}, nil, graph.Out); !errors.Is(err, graph.ErrClosed) {
		t.Errorf("a walk over a closed view: %v", err)
	}
	if _, err := v.Labelled(t.Context(), []graph.Node{1}); !errors.Is(err, graph.ErrClosed) {
		t.Errorf("reading labels of a closed view: %v", err)
	}
	for range 2 {
		if err := g.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if _, err := g.View(graph.Options{}); !errors.Is(err, graph.ErrClosed) {
		t.Errorf("a view after Close: %v", err)
	}
	if _, err := g.Add(t.Context(), Spring().Quads()); !errors.Is(err, graph.ErrClosed) {
		t.Errorf("Add after Close: %v", err)
	}
	if _, err := graph.Infer(t.Context(), g, graph.Date{}); !errors.Is(err, graph.ErrClosed) {
		t.Errorf("Infer after Close: %v", err)
	}
	for _, err := range g.Quads(t.Context()) {
		if !errors.Is(err, graph.ErrClosed) {
			t.Errorf("Quads after Close: %v", err)
		}
	}
}
