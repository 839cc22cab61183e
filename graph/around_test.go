package graph_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
	"pgregory.net/rapid"
)

// aroundKind is what the documentation of Around makes of a node.
func aroundKind(v quad.Value) string {
	id, ok := graph.IDOf(v)
	switch folder, _, _ := strings.Cut(string(id), "/"); {
	case !ok:
		return "literal"
	case folder == "participation" || folder == "tenure":
		return "bridge"
	case folder == "rate" || folder == "money":
		return "value"
	case slices.Contains([]string{"article", "reference", "passage", "rule"}, folder) || vocab.ClassOf(id) != nil:
		return "reason"
	}
	return "node"
}

// plainlyAround reads the documentation of Around, quad by quad.
func plainlyAround(quads []quad.Quad, from []quad.Value, hops int) map[quad.Quad]bool {
	reached, parts := map[quad.Value]bool{}, map[quad.Value]bool{}
	frontier := slices.Clone(from)
	for _, n := range from {
		reached[n] = true
	}
	typed := func(q quad.Quad) bool { return q.Predicate == vocab.Type.IRI }
	beside := func(n quad.Value) (ends []quad.Value) {
		for _, q := range quads {
			if q.Subject == n && !typed(q) {
				ends = append(ends, q.Object)
			}
			if q.Object == n && !typed(q) && aroundKind(q.Subject) != "reason" {
				ends = append(ends, q.Subject)
			}
		}
		return ends
	}
	for range hops {
		var next []quad.Value
		reach := func(n quad.Value) {
			if kind := aroundKind(n); !reached[n] && (kind == "node" || kind == "reason") {
				reached[n] = true
				if kind == "node" {
					next = append(next, n)
				}
			}
		}
		for _, n := range frontier {
			for _, end := range beside(n) {
				if reach(end); aroundKind(end) == "bridge" && !reached[end] {
					parts[end] = true
					for _, far := range beside(end) {
						reach(far)
					}
				}
			}
		}
		frontier = next
	}
	for _, q := range quads {
		if kind := aroundKind(q.Object); reached[q.Subject] && (kind == "bridge" || kind == "value") {
			parts[q.Object] = true
		}
		if q.Predicate == vocab.HeldBy.IRI && reached[q.Object] {
			parts[q.Subject] = true
		}
	}
	given := map[quad.Quad]bool{}
	here := func(n quad.Value) bool { return reached[n] || parts[n] }
	for _, q := range quads {
		if here(q.Subject) && (aroundKind(q.Object) == "literal" || typed(q) || here(q.Object)) {
			given[q] = true
		}
	}
	labels, sources, publishers := map[quad.Value]bool{}, map[quad.Value]bool{}, map[quad.Value]bool{}
	for before := -1; before != len(given)+len(labels)+len(sources)+len(publishers); {
		before = len(given) + len(labels) + len(sources) + len(publishers)
		for q := range given {
			labels[q.Label] = true
		}
		for _, q := range quads {
			s := q.Subject
			switch {
			case (labels[s] || sources[s]) && (aroundKind(q.Object) == "literal" || typed(q)):
			case publishers[s] && (q.Predicate == vocab.Name.IRI && aroundKind(q.Object) == "literal" || typed(q)):
			case labels[s] && q.Predicate == vocab.FromSource.IRI, sources[s] && q.Predicate == vocab.DerivedFrom.IRI:
				sources[q.Object] = true
			case sources[s] && q.Predicate == vocab.Publisher.IRI:
				publishers[q.Object] = true
			default:
				continue
			}
			given[q] = true
		}
	}
	return given
}

// seen lists the quads that a view shows.
func seen(ctx context.Context, v *graph.View, quads []quad.Quad) (list []quad.Quad, err error) {
	var subjects []graph.Node
	for _, q := range quads {
		if n := v.Node(q.Subject); !slices.Contains(subjects, n) {
			subjects = append(subjects, n)
		}
	}
	edges, err := v.Expand(ctx, subjects, nil, graph.Out)
	for _, e := range edges {
		list = append(list, quad.Quad{Subject: v.Value(e.From), Predicate: v.Value(e.Predicate), Object: v.Value(e.To), Label: v.Value(e.Label)})
	}
	return list, err
}

// someAround draws quads between few nodes of each kind, and what to ask of
// them.
func someAround(t *rapid.T) (quads []quad.Quad, from []quad.Value) {
	value := func(ids ...graph.ID) (values []quad.Value) {
		for _, id := range ids {
			values = append(values, id.Value())
		}
		return values
	}
	labels := value("passage/a", "passage/a/p1", "passage/b", "rule/r", "http://x.example/g")
	nodes := slices.Concat(value("person/a", "person/b", "country/a", "meeting/a", "move/a", "office/a", "organization/a",
		"participation/a/person-a", "participation/a/person-b", "tenure/a", "rate/25", "article/a", "reference/b", "_:b0", vocab.Schema+"Person"), labels)
	var predicates []quad.Value
	for _, p := range []*vocab.Predicate{
		vocab.HasParticipation, vocab.Participant, vocab.HeldBy, vocab.HeldOffice, vocab.HasRate, vocab.Agent, vocab.RespondsTo,
		vocab.About, vocab.FromSource, vocab.Publisher, vocab.DerivedFrom, vocab.Published, vocab.Name, vocab.Type,
	} {
		predicates = append(predicates, p.IRI)
	}
	predicates = append(predicates, quad.IRI("http://x.example/p"))
	published := []quad.Value{graph.Literal(vocab.Published, "2031-01-01"), graph.Literal(vocab.Published, "2032-01-01")}
	quads = rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) quad.Quad {
		q := quad.Quad{
			Subject: rapid.SampledFrom(nodes).Draw(t, "subject"), Predicate: rapid.SampledFrom(predicates).Draw(t, "predicate"),
			Object: rapid.SampledFrom(append(nodes[:len(nodes):len(nodes)], quad.String("text"))).Draw(t, "object"),
		}
		if q.Predicate == vocab.Published.IRI {
			q.Object = rapid.SampledFrom(published).Draw(t, "day")
		}
		if rapid.IntRange(0, 3).Draw(t, "labelled") > 0 {
			q.Label = rapid.SampledFrom(labels).Draw(t, "label")
		}
		return q
	}), 1, 40, rapid.ID).Draw(t, "quads")
	for range rapid.IntRange(1, 2).Draw(t, "nodes") {
		q := rapid.SampledFrom(quads).Draw(t, "from")
		from = append(from, q.Subject)
	}
	return quads, from
}

func TestAroundIsWhatItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		quads, from := someAround(t)
		g, err := graph.Open(ctx, "memory:")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = g.Close() }()
		if _, err := g.Add(ctx, quads); err != nil {
			t.Fatal(err)
		}
		options := graph.Options{StatedOnly: rapid.Bool().Draw(t, "stated")}
		if rapid.Bool().Draw(t, "of a day") {
			options.KnownBy = edtf(t, "2031-06")
		}
		v, err := g.View(options)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		shown, err := seen(ctx, v, quads)
		if err != nil {
			t.Fatal(err)
		}
		var nodes []graph.Node
		for _, n := range from {
			nodes = append(nodes, v.Node(n))
		}
		hops := rapid.IntRange(0, 3).Draw(t, "hops")
		want := plainlyAround(shown, from, hops)
		got := map[quad.Quad]bool{}
		for q, err := range v.Around(ctx, nodes, hops, len(want)) {
			switch {
			case err != nil:
				t.Fatal(err)
			case got[q]:
				t.Fatalf("%v is given twice", q)
			case !want[q]:
				t.Errorf("%v should not be given", q)
			}
			got[q] = true
		}
		for q := range want {
			if !got[q] {
				t.Errorf("%v is missing", q)
			}
		}
		if len(want) == 0 {
			return
		}
		err = nil
		for _, err = range v.Around(ctx, nodes, hops, len(want)-1) {
		}
		if !errors.Is(err, graph.ErrTooMuch) {
			t.Fatalf("one quad more than may be given: %v", err)
		}
	})
}

// About the made-up quarrel: who is at which distance of Ada Quill.
func ExampleView_Around() {
	ctx := context.Background()
	g := quarrel(ctx)
	defer func() { _ = g.Close() }()
	v, err := g.View(graph.Options{})
	if err != nil {
		panic(err)
	}
	defer v.Close()
	for hops := range 3 {
		near := map[graph.ID]bool{}
		for q, err := range v.Around(ctx, []graph.Node{v.NodeOf("person/ada-quill")}, hops, 1000) {
			if err != nil {
				panic(err)
			}
			id, _ := graph.IDOf(q.Subject)
			if folder := id.Folder(); folder == "person" || folder == "meeting" {
				near[id] = true
			}
		}
		var list []string
		for id := range near {
			list = append(list, string(id))
		}
		slices.Sort(list)
		fmt.Println(hops, strings.Join(list, " "))
	}
	// Output:
	// 0 person/ada-quill
	// 1 meeting/saltmouth person/ada-quill
	// 2 meeting/saltmouth person/ada-quill person/mira-sedd person/otto-varnhagen
}

// What is around can be loaded into another graph, and cited there.
func TestAroundIsCited(t *testing.T) {
	g := quarrel(t.Context())
	defer func() { _ = g.Close() }()
	v := graphtest.View(t, g, graph.Options{})
	var quads []quad.Quad
	for q, err := range v.Around(t.Context(), []graph.Node{v.NodeOf("move/glass-raised")}, 0, 1000) {
		if err != nil {
			t.Fatal(err)
		}
		quads = append(quads, q)
	}
	part, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = part.Close() }()
	if _, err := part.Add(t.Context(), quads); err != nil {
		t.Fatal(err)
	}
	cite := func(v *graph.View) string {
		edges, err := v.Expand(t.Context(), []graph.Node{v.NodeOf("move/glass-raised")}, vocab.Phase, graph.Out)
		if err != nil {
			t.Fatal(err)
		}
		citations, err := v.Cite(t.Context(), graph.Labels(edges))
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%+v", citations)
	}
	whole, some := cite(v), cite(graphtest.View(t, part, graph.Options{}))
	if whole != some || !strings.Contains(whole, "The Harbour Post") {
		t.Errorf("in the part %s\nin the whole %s", some, whole)
	}
}

// A walk that is ended says so: what was given of it must not pass for all.
func TestAroundIsStopped(t *testing.T) {
	g := quarrel(t.Context())
	defer func() { _ = g.Close() }()
	v := graphtest.View(t, g, graph.Options{})
	from := []graph.Node{v.NodeOf("country/arl")}
	whole := 0
	for _, err := range v.Around(t.Context(), from, 2, 1000) {
		if err != nil {
			t.Fatal(err)
		}
		whole++
	}
	for looks := 0; ; looks++ {
		ctx := graphtest.CancelledAfter(t.Context(), looks)
		given, failed := 0, error(nil)
		for _, err := range v.Around(ctx, from, 2, 1000) {
			if failed = err; err == nil {
				given++
			}
		}
		if failed == nil {
			if given != whole {
				t.Errorf("%d of %d quads without an error", given, whole)
			}
			break
		}
		if !errors.Is(failed, context.Canceled) {
			t.Fatal(failed)
		}
	}
	for _, err := range v.Around(t.Context(), from, 2, 1000) {
		if err != nil {
			t.Error(err)
		}
		break // who leaves early is told nothing more
	}
	v.Close()
	for _, err := range v.Around(t.Context(), from, 2, 1000) {
		if !errors.Is(err, graph.ErrClosed) {
			t.Error(err)
		}
	}
}
