package graphtest

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

func remove(t *testing.T, g *graph.Graph, quads ...quad.Quad) graph.Added {
	t.Helper()
	removed, err := g.Remove(t.Context(), quads)
	if err != nil {
		t.Fatal(err)
	}
	return removed
}

func testRemove(t *testing.T, open Opener) {
	g := open(t)
	a, b, c := relation("x:a", "x:p", "x:b", "x:l"), relation("x:b", "x:q", "x:a", "x:m"), relation("x:a", "x:q", "x:c", "")
	if got := remove(t, g, a); got != (graph.Added{}) {
		t.Errorf("removing from an empty graph: %+v", got)
	}
	add(t, g, a, b, c)
	for _, step := range []struct {
		quads []quad.Quad
		want  graph.Added
		left  []quad.Quad
	}{
		{nil, graph.Added{}, []quad.Quad{a, b, c}},
		{[]quad.Quad{relation("x:a", "x:p", "x:b", ""), relation("x:no", "x:such", "x:quad", "x:l"), relation("x:b", "x:p", "x:a", "x:l")}, graph.Added{}, []quad.Quad{a, b, c}},
		{[]quad.Quad{a, a}, graph.Added{Removed: 1}, []quad.Quad{b, c}},
		{[]quad.Quad{a, c}, graph.Added{Removed: 1}, []quad.Quad{b}},
		{[]quad.Quad{b}, graph.Added{Removed: 1}, nil},
	} {
		if got := remove(t, g, step.quads...); got != step.want {
			t.Errorf("removing %v: %+v, want %+v", step.quads, got, step.want)
		}
		check(t, View(t, g, graph.Options{}), step.left)
		diff(t, "all quads", allQuads(t, g), lines(step.left))
	}
}

func testRemoveOneLabel(t *testing.T, open Opener) {
	g := open(t)
	one, two, none := relation("x:a", "x:p", "x:b", "x:one"), relation("x:a", "x:p", "x:b", "x:two"), relation("x:a", "x:p", "x:b", "")
	add(t, g, one, two, none)
	for _, step := range []struct {
		remove quad.Quad
		left   []quad.Quad
	}{{one, []quad.Quad{two, none}}, {none, []quad.Quad{two}}, {two, nil}} {
		if got := remove(t, g, step.remove); got != (graph.Added{Removed: 1}) {
			t.Errorf("removing %v: %+v", step.remove, got)
		}
		check(t, View(t, g, graph.Options{}), step.left)
	}
}

// update makes a change that must end well.
func update(t *testing.T, g *graph.Graph, change func(*graph.Tx) error) graph.Added {
	t.Helper()
	added, err := g.Update(t.Context(), change)
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func testRemoveThenAdd(t *testing.T, open Opener) {
	g, ctx := open(t), t.Context()
	a, b := relation("x:a", "x:p", "x:b", "x:l"), relation("x:b", "x:p", "x:c", "x:l")
	add(t, g, a)
	remove(t, g, a)
	if got := add(t, g, a); got != (graph.Added{New: 1}) {
		t.Errorf("what was removed before is added: %+v", got)
	}
	check(t, View(t, g, graph.Options{}), []quad.Quad{a})
	got := update(t, g, func(tx *graph.Tx) error {
		return errors.Join(tx.Remove(ctx, []quad.Quad{a}), tx.Add(ctx, []quad.Quad{a}))
	})
	if got != (graph.Added{New: 1, Removed: 1}) {
		t.Errorf("removed and added: %+v", got)
	}
	check(t, View(t, g, graph.Options{}), []quad.Quad{a})
	got = update(t, g, func(tx *graph.Tx) error {
		return errors.Join(tx.Add(ctx, []quad.Quad{a, b}), tx.Remove(ctx, []quad.Quad{a, b}))
	})
	if got != (graph.Added{New: 1, Known: 1, Removed: 2}) {
		t.Errorf("added and removed: %+v", got)
	}
	check(t, View(t, g, graph.Options{}), nil)
}

// Tx.Added tells at each step what the whole change comes to.
func testTally(t *testing.T, open Opener) {
	g, ctx := open(t), t.Context()
	a, b, c := relation("x:a", "x:p", "x:b", "x:l"), relation("x:b", "x:p", "x:c", "x:l"), relation("x:c", "x:p", "x:a", "x:l")
	add(t, g, a)
	steps := []struct {
		add, remove []quad.Quad
		want        graph.Added
	}{
		{nil, nil, graph.Added{}},
		{[]quad.Quad{a}, nil, graph.Added{Known: 1}},
		{[]quad.Quad{b, b}, nil, graph.Added{New: 1, Known: 2}},
		{[]quad.Quad{b, c}, nil, graph.Added{New: 2, Known: 3}},
		{nil, []quad.Quad{c, a, c}, graph.Added{New: 2, Known: 3, Removed: 2}},
		{nil, []quad.Quad{a}, graph.Added{New: 2, Known: 3, Removed: 2}},
		{[]quad.Quad{a}, nil, graph.Added{New: 3, Known: 3, Removed: 2}},
	}
	got := update(t, g, func(tx *graph.Tx) error {
		for _, step := range steps {
			if err := errors.Join(tx.Add(ctx, step.add), tx.Remove(ctx, step.remove)); err != nil {
				return err
			}
			if got, err := tx.Added(ctx); err != nil || got != step.want {
				t.Errorf("after adding %v and removing %v: %+v, %v, want %+v", step.add, step.remove, got, err, step.want)
			}
		}
		return nil
	})
	if want := steps[len(steps)-1].want; got != want {
		t.Errorf("the whole change: %+v, want %+v", got, want)
	}
	check(t, View(t, g, graph.Options{}), []quad.Quad{a, b})
}

func testTxView(t *testing.T, open Opener) {
	g, ctx := open(t), t.Context()
	a, b, c := relation("x:a", "x:p", "x:b", "x:l"), relation("x:b", "x:p", "x:c", "x:l"), relation("x:c", "x:q", "x:d", "")
	add(t, g, a, b)
	outside := View(t, g, graph.Options{})
	update(t, g, func(tx *graph.Tx) error {
		inside := func() *graph.View {
			v, err := tx.View(ctx, graph.Options{})
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		first := inside()
		defer first.Close()
		check(t, first, []quad.Quad{a, b})
		if err := errors.Join(tx.Add(ctx, []quad.Quad{c}), tx.Remove(ctx, []quad.Quad{a})); err != nil {
			return err
		}
		second := inside()
		defer second.Close()
		check(t, second, []quad.Quad{b, c})
		if err := errors.Join(tx.Add(ctx, []quad.Quad{a}), tx.Remove(ctx, []quad.Quad{b, c})); err != nil {
			return err
		}
		third := inside()
		defer third.Close()
		check(t, third, []quad.Quad{a})
		check(t, second, []quad.Quad{b, c})
		check(t, first, []quad.Quad{a, b})
		check(t, outside, []quad.Quad{a, b})
		check(t, View(t, g, graph.Options{}), []quad.Quad{a, b})
		diff(t, "all quads from outside", allQuads(t, g), lines([]quad.Quad{a, b}))
		return tx.Add(ctx, []quad.Quad{b})
	})
	check(t, outside, []quad.Quad{a, b})
	check(t, View(t, g, graph.Options{}), []quad.Quad{a, b})
}

func testUpdateFails(t *testing.T, open Opener) {
	g, ctx := open(t), t.Context()
	a, b := relation("x:a", "x:p", "x:b", "x:l"), relation("x:b", "x:q", "x:c", "x:m")
	add(t, g, a)
	failure := errors.New("the change fails")
	var late *graph.Tx
	for name, change := range map[string]func(*graph.Tx) error{
		"after adding":   func(*graph.Tx) error { return failure },
		"after removing": func(tx *graph.Tx) error { return errors.Join(tx.Remove(ctx, []quad.Quad{a}), failure) },
		"after a look": func(tx *graph.Tx) error {
			v, err := tx.View(ctx, graph.Options{})
			if err != nil {
				return err
			}
			defer v.Close()
			check(t, v, []quad.Quad{a, b})
			return failure
		},
		"by a bad quad": func(tx *graph.Tx) error {
			return errors.Join(tx.Add(ctx, []quad.Quad{relation("x:b", "x:q", "x:d", ""), {}}), failure)
		},
	} {
		added, err := g.Update(ctx, func(tx *graph.Tx) error {
			late = tx
			if err := tx.Add(ctx, []quad.Quad{b}); err != nil {
				return err
			}
			return change(tx)
		})
		if !errors.Is(err, failure) || added != (graph.Added{}) {
			t.Errorf("%s: %+v, %v", name, added, err)
		}
		check(t, View(t, g, graph.Options{}), []quad.Quad{a})
		diff(t, name+", all quads", allQuads(t, g), lines([]quad.Quad{a}))
	}
	if err := late.Add(ctx, []quad.Quad{b}); err == nil {
		t.Error("a change that has ended takes more")
	}
	if got := add(t, g, a, b); got != (graph.Added{New: 1, Known: 1}) {
		t.Errorf("after changes that failed: %+v", got)
	}
}

// Whenever the context ends, the change is made whole or not at all, and says
// which.
func testUpdateCancelled(t *testing.T, open Opener) {
	before, after := quads("x:before", 50), quads("x:after", 50)
	for polls := 0; ; polls += 1 + polls/8 {
		g := open(t)
		add(t, g, before...)
		ctx := CancelledAfter(t.Context(), polls)
		got, err := g.Update(ctx, func(tx *graph.Tx) error {
			for i := range after {
				// A change that looks away from the error does not get round it.
				_ = tx.Add(ctx, after[i:i+1])
				_ = tx.Remove(ctx, before[i:i+1])
				if i == len(after)/2 {
					if v, err := tx.View(ctx, graph.Options{}); err == nil {
						v.Close()
					}
				}
			}
			return nil
		})
		if err == nil {
			if polls == 0 || got != (graph.Added{New: len(after), Removed: len(before)}) {
				t.Errorf("ended well after %d looks at the context: %+v", polls, got)
			}
			diff(t, "all quads", allQuads(t, g), lines(after))
			return
		}
		if !errors.Is(err, context.Canceled) || got != (graph.Added{}) {
			t.Fatalf("cancelled at look %d: %+v, %v", polls, got, err)
		}
		diff(t, "all quads", allQuads(t, g), lines(before))
	}
}

// quads makes quads of one subject.
func quads(subject string, n int) []quad.Quad {
	all := make([]quad.Quad, n)
	for i := range all {
		number := quad.TypedString{Value: quad.String(strconv.Itoa(i)), Type: vocab.Integer}
		all[i] = quad.Quad{Subject: quad.IRI(subject), Predicate: quad.IRI("x:p"), Object: number, Label: quad.IRI("x:l")}
	}
	return all
}

func testFork(t *testing.T, open Opener) {
	g, ctx := open(t), t.Context()
	a, b, c, d := relation("x:a", "x:p", "x:b", "x:l"), relation("x:b", "x:p", "x:c", "x:l"), relation("x:c", "x:p", "x:d", ""), relation("x:d", "x:p", "x:a", "")
	add(t, g, a, b)
	before := View(t, g, graph.Options{})
	fork, err := g.Fork(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = fork.Close() }()
	check(t, View(t, fork, graph.Options{}), []quad.Quad{a, b})
	add(t, fork, c)
	remove(t, fork, a)
	add(t, g, d)
	remove(t, g, b)
	check(t, View(t, g, graph.Options{}), []quad.Quad{a, d})
	check(t, View(t, fork, graph.Options{}), []quad.Quad{b, c})
	check(t, before, []quad.Quad{a, b})
	again, err := fork.Fork(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if err := fork.Close(); err != nil {
		t.Error(err)
	}
	check(t, View(t, again, graph.Options{}), []quad.Quad{b, c})
	diff(t, "all quads after a fork was closed", allQuads(t, g), lines([]quad.Quad{a, d}))
}
