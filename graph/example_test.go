package graph_test

import (
	"context"
	"errors"
	"fmt"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"
)

// A facts file becomes a Document, its quads go into a graph, and a view of
// the graph is walked. (Package loader reads the file; here it is a fixture.)
func Example() {
	ctx := context.Background()
	g, err := graph.Open(ctx, "memory:")
	if err != nil {
		panic(err)
	}
	defer func() { _ = g.Close() }()
	for _, document := range []*graph.Document{graphtest.Actors(), graphtest.Spring()} {
		added, err := g.Add(ctx, document.Quads())
		if err != nil {
			panic(err)
		}
		fmt.Printf("%d quads are new, %d known\n", added.New, added.Known)
	}

	v, err := g.View(graph.Options{})
	if err != nil {
		panic(err)
	}
	defer v.Close()
	edges, err := v.Expand(ctx, []graph.Node{v.NodeOf("country/bru")}, vocab.Target, graph.In)
	if err != nil {
		panic(err)
	}
	for _, e := range edges {
		fmt.Println(v.ID(e.From), vocab.Target.Reverse, v.ID(e.To), "by", v.ID(e.Label))
	}
	// Output:
	// 47 quads are new, 0 known
	// 48 quads are new, 0 known
	// country/bru was the target of move/glass-raised by passage/spring/p1
}

// What was known on a day is a view of the same graph.
func ExampleGraph_View() {
	ctx := context.Background()
	g := quarrel(ctx)
	defer func() { _ = g.Close() }()
	for _, day := range []string{"2031-04-01", "2031-07-01"} {
		date, err := graph.ParseDate(day)
		if err != nil {
			panic(err)
		}
		v, err := g.View(graph.Options{KnownBy: date})
		if err != nil {
			panic(err)
		}
		edges, err := v.Expand(ctx, []graph.Node{v.NodeOf("meeting/saltmouth")}, vocab.Status, graph.Out)
		if err != nil {
			panic(err)
		}
		best, err := v.Best(ctx, edges)
		if err != nil {
			panic(err)
		}
		fmt.Println(day, v.Text(best.To))
		v.Close()
	}
	// Output:
	// 2031-04-01 planned
	// 2031-07-01 cancelled
}

// What no passage says and a rule concludes has the rule as its label.
func ExampleInfer() {
	ctx := context.Background()
	g := quarrel(ctx)
	defer func() { _ = g.Close() }()
	if _, err := graph.Infer(ctx, g, graph.Date{}); err != nil {
		panic(err)
	}
	v, err := g.View(graph.Options{})
	if err != nil {
		panic(err)
	}
	defer v.Close()
	edges, err := v.Expand(ctx, []graph.Node{v.NodeOf("change/saltmouth-off")}, vocab.RespondsTo, graph.Out)
	if err != nil {
		panic(err)
	}
	for _, e := range edges {
		fmt.Println(vocab.RespondsTo.Label, v.ID(e.To), "by", v.ID(e.Label))
	}
	// Output: responds to move/glass-raised by rule/answers-within-days
}

// An article is taken back, with what it alone stated and what was concluded
// from that, in one change.
func ExampleRetract() {
	ctx := context.Background()
	g := quarrel(ctx)
	defer func() { _ = g.Close() }()
	if _, err := graph.Infer(ctx, g, graph.Date{}); err != nil {
		panic(err)
	}
	before, err := g.View(graph.Options{})
	if err != nil {
		panic(err)
	}
	defer before.Close()
	_, err = g.Update(ctx, func(tx *graph.Tx) error {
		if err := graph.Retract(ctx, tx, "article/summer"); err != nil {
			return err
		}
		return graph.InferTx(ctx, tx, graph.Date{})
	})
	if err != nil {
		panic(err)
	}
	after, err := g.View(graph.Options{})
	if err != nil {
		panic(err)
	}
	defer after.Close()
	for _, v := range []*graph.View{before, after} {
		edges, err := v.Expand(ctx, []graph.Node{v.NodeOf("meeting/saltmouth")}, vocab.Status, graph.Out)
		if err != nil {
			panic(err)
		}
		for _, e := range edges {
			fmt.Println(v.Text(e.To), "says", v.ID(e.Label))
		}
	}
	_, err = g.Update(ctx, func(tx *graph.Tx) error { return graph.Retract(ctx, tx, "country/arl") })
	fmt.Println(err)
	// Unordered output:
	// planned says passage/spring/p2
	// cancelled says passage/summer/p2
	// planned says passage/spring/p2
	// retract country/arl: no source is called "country/arl"; nearest: The spring (article/spring), The almanac (reference/almanac); country/arl is a Country; write the id of one: article/… or reference/…
}

// A title means whoever held the office on the day.
func ExampleView_Resolve() {
	ctx := context.Background()
	g := quarrel(ctx)
	defer func() { _ = g.Close() }()
	v, err := g.View(graph.Options{})
	if err != nil {
		panic(err)
	}
	defer v.Close()
	day, err := graph.ParseDate("2031-03-05")
	if err != nil {
		panic(err)
	}
	person, err := v.Resolve(ctx, "trade minister", "person", day, vocab.Person)
	if err != nil {
		panic(err)
	}
	fmt.Println(v.ID(person))

	_, err = v.Resolve(ctx, "trade minister", "person", graph.Date{}, vocab.Person)
	fmt.Println(errors.Is(err, graph.ErrAmbiguous))
	fmt.Println(err)
	// Output:
	// person/ada-quill
	// true
	// "trade minister" names more than one person: Ada Quill (person/ada-quill), Otto Varnhagen (person/otto-varnhagen); it is a title: write the name, or a day with --known-by
}

func ExampleParseDate() {
	for _, text := range []string{"2031-03", "2031-03-20/..", "20 March 2031"} {
		date, err := graph.ParseDate(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(date, "is from", date.Earliest(), "to", date.Latest())
	}
	// Output:
	// 2031-03 is from 2031-03-01 to 2031-03-31
	// 2031-03-20/.. is from 2031-03-20 to ..
	// "20 March 2031": not an EDTF date; write 2031-03-20
}

func quarrel(ctx context.Context) *graph.Graph {
	g, err := graph.Open(ctx, "memory:")
	if err != nil {
		panic(err)
	}
	for _, document := range graphtest.Documents() {
		if _, err := g.Add(ctx, document.Quads()); err != nil {
			panic(err)
		}
	}
	return g
}
