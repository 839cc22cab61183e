package graphtest

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// CancelledAfter is a context that is cancelled when it is looked at for the
// n+1st time: a test meets every moment at which a walk can be stopped.
func CancelledAfter(ctx context.Context, n int) context.Context {
	c := &countdown{}
	c.Context, c.cancel = context.WithCancel(ctx)
	c.left.Store(int64(n))
	return c
}

type countdown struct {
	context.Context
	cancel context.CancelFunc
	left   atomic.Int64
}

func (c *countdown) Err() error {
	if c.left.Add(-1) < 0 {
		c.cancel()
	}
	return c.Context.Err()
}

func testExpandSet(t *testing.T, open Opener) {
	g := open(t)
	add(t, g,
		relation("x:a", "x:p", "x:b", "x:l1"), relation("x:c", "x:p", "x:b", "x:l2"),
		relation("x:a", "x:q", "x:b", "x:l2"), relation("x:a", "x:p", "x:c", ""),
		relation("x:b", "x:p", "x:a", "x:l1"))
	v := View(t, g, graph.Options{})
	p := &vocab.Predicate{IRI: "x:p"}
	for _, c := range []struct {
		name string
		from []graph.ID
		p    *vocab.Predicate
		d    graph.Direction
		want [][]string // for each node of the set, in any order
	}{
		{"out", []graph.ID{"x:c", "x:a"}, p, graph.Out, [][]string{
			{"x:c -x:p-> x:b  x:l2"}, {"x:a -x:p-> x:b  x:l1", "x:a -x:p-> x:c"},
		}},
		{"in", []graph.ID{"x:b", "x:a"}, p, graph.In, [][]string{
			{"x:b -x:p-> x:a  x:l1", "x:b -x:p-> x:c  x:l2"}, {"x:a -x:p-> x:b  x:l1"},
		}},
		{"any predicate", []graph.ID{"x:a"}, nil, graph.Out, [][]string{
			{"x:a -x:p-> x:b  x:l1", "x:a -x:p-> x:c", "x:a -x:q-> x:b  x:l2"},
		}},
		{"any predicate in", []graph.ID{"x:b"}, nil, graph.In, [][]string{
			{"x:b -x:p-> x:a  x:l1", "x:b -x:p-> x:c  x:l2", "x:b -x:q-> x:a  x:l2"},
		}},
		{"with unknown ones between", []graph.ID{"x:nobody", "x:c", "x:nothing", "x:b"}, p, graph.Out, [][]string{
			{"x:c -x:p-> x:b  x:l2"}, {"x:b -x:p-> x:a  x:l1"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, i := expand(t, v, c.from, c.p, c.d), 0
			for _, group := range c.want {
				slices.Sort(got[min(i, len(got)):min(i+len(group), len(got))])
				i += len(group)
			}
			diff(t, "edges", got, slices.Concat(c.want...))
		})
	}
}

func testExpandNothing(t *testing.T, open Opener) {
	g := open(t)
	if got := expand(t, View(t, open(t), graph.Options{}), []graph.ID{"x:a"}, nil, graph.Out); len(got) > 0 {
		t.Errorf("an empty graph has %v", got)
	}
	add(t, g, relation("x:a", "x:p", "x:b", "x:l"))
	v := View(t, g, graph.Options{})
	for _, d := range []graph.Direction{graph.Out, graph.In} {
		for _, c := range []struct {
			from []graph.ID
			p    *vocab.Predicate
		}{
			{nil, nil},
			{nil, vocab.Agent},
			{[]graph.ID{"x:a", "x:b"}, vocab.Agent}, // a predicate that the graph lacks
			{[]graph.ID{"x:a", "x:b"}, &vocab.Predicate{IRI: "x:l"}},            // a term, but no predicate
			{[]graph.ID{"x:nobody", "person/nobody"}, nil},                      // nodes that it lacks
			{[]graph.ID{"x:l", "x:p"}, nil},                                     // terms that no edge leads from
			{[]graph.ID{"_:nobody", "x:nobody"}, &vocab.Predicate{IRI: "x:p"}},  // blank ones
			{[]graph.ID{"person/nobody"}, &vocab.Predicate{IRI: "x:no-such-p"}}, // neither
		} {
			if got := expand(t, v, c.from, c.p, d); len(got) > 0 {
				t.Errorf("from %v along %v: %v", c.from, c.p, got)
			}
		}
	}
	if n := v.Node(quad.String("nobody")); n != 0 || v.Value(n) != nil || v.ID(n) != "" || v.Text(n) != "" {
		t.Errorf("what the graph lacks is node %d", n)
	}
}

func testExpandCancelled(t *testing.T, open Opener) {
	g := open(t)
	Load(t, g, Documents()...)
	for _, o := range []graph.Options{{}, {KnownBy: mustDate("2031-06-10"), StatedOnly: true}} {
		from := func(v *graph.View) []graph.Node {
			return []graph.Node{v.NodeOf("move/glass-raised"), v.NodeOf("meeting/saltmouth"), v.NodeOf("country/arl")}
		}
		v := View(t, g, o)
		whole, err := v.Expand(t.Context(), from(v), nil, graph.Out)
		if err != nil || len(whole) == 0 {
			t.Fatalf("%v, %v", whole, err)
		}
		for polls := 0; ; polls++ {
			// A new view: what a view remembers could hide that it was stopped.
			v := View(t, g, o)
			got, err := v.Expand(CancelledAfter(t.Context(), polls), from(v), nil, graph.Out)
			if err == nil {
				diff(t, "edges", Edges(v, got), Edges(v, whole))
				break
			}
			if !errors.Is(err, context.Canceled) || got != nil {
				t.Fatalf("cancelled at look %d: %v, %v", polls, got, err)
			}
		}
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	v := View(t, g, graph.Options{})
	for _, p := range []*vocab.Predicate{nil, vocab.Name, {IRI: "x:unknown"}} {
		for _, from := range [][]graph.Node{nil, from1(v)} {
			if got, err := v.Expand(done, from, p, graph.Out); !errors.Is(err, context.Canceled) || got != nil {
				t.Errorf("cancelled before it began, from %v along %v: %v, %v", from, p, got, err)
			}
		}
	}
	if got, err := v.Labelled(done, []graph.Node{v.NodeOf("passage/spring")}); !errors.Is(err, context.Canceled) || got != nil {
		t.Errorf("Labelled after cancelling: %v, %v", got, err)
	}
}

func from1(v *graph.View) []graph.Node { return []graph.Node{v.NodeOf("country/arl")} }

func testLabelled(t *testing.T, open Opener) {
	g := open(t)
	add(t, g,
		relation("x:a", "x:p", "x:b", "x:l1"), relation("x:a", "x:p", "x:b", "x:l2"),
		relation("x:c", "x:q", "x:d", "x:l1"), relation("x:l1", "x:p", "x:l1", ""))
	v := View(t, g, graph.Options{})
	edges, err := v.Labelled(t.Context(), []graph.Node{v.NodeOf("x:l1"), v.NodeOf("x:nothing"), v.NodeOf("x:b")})
	if err != nil {
		t.Fatal(err)
	}
	got := Edges(v, edges)
	slices.Sort(got)
	diff(t, "what rests on x:l1", got, []string{"x:a -x:p-> x:b  x:l1", "x:c -x:q-> x:d  x:l1"})
}

// Of many edges too: a store must look at the context in the middle of them.
func testLabelledCancelled(t *testing.T, open Opener) {
	g := open(t)
	const many = 3000
	add(t, g, quads("x:a", many)...)
	v := View(t, g, graph.Options{})
	for name, read := range map[string]func(context.Context) ([]graph.Edge, error){
		"labelled": func(ctx context.Context) ([]graph.Edge, error) {
			return v.Labelled(ctx, []graph.Node{v.NodeOf("x:l")})
		},
		"out": func(ctx context.Context) ([]graph.Edge, error) {
			return v.Expand(ctx, []graph.Node{v.NodeOf("x:a")}, &vocab.Predicate{IRI: "x:p"}, graph.Out)
		},
	} {
		for polls := 0; ; polls += 1 + polls/8 {
			edges, err := read(CancelledAfter(t.Context(), polls))
			if err == nil {
				if polls == 0 || len(edges) != many {
					t.Errorf("%s: after %d looks at the context %d of %d edges and no error", name, polls, len(edges), many)
				}
				break
			}
			if !errors.Is(err, context.Canceled) || edges != nil {
				t.Fatalf("%s, cancelled at look %d: %d edges, %v", name, polls, len(edges), err)
			}
		}
	}
}
