package graphtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/remote"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
	"github.com/google/go-cmp/cmp"
)

// Opener opens an empty graph. TestStore closes it.
type Opener func(t *testing.T) *graph.Graph

// TestStore runs the conformance suite: what the rest of the program takes for
// granted of every store. One on a server is read as if it were large, but for a
// part of the cases.
func TestStore(t *testing.T, open func(t *testing.T) *graph.Graph) {
	ReadWhole(t, 0)
	for _, c := range []struct {
		name string
		test func(t *testing.T, open Opener)
	}{
		{"AddCounts", testAddCounts},
		{"LoadingTwice", testLoadingTwice},
		{"TwoLabels", testTwoLabels},
		{"Terms", testTerms},
		{"Quads", testQuads},
		{"InvalidQuad", testInvalidQuad},
		{"AddCancelled", testAddCancelled},
		{"QuadsCancelled", testQuadsCancelled},
		{"ExpandSet", testExpandSet},
		{"ExpandNothing", testExpandNothing},
		{"ExpandCancelled", testExpandCancelled},
		{"Labelled", testLabelled},
		{"LabelledCancelled", testLabelledCancelled},
		{"Remove", testRemove},
		{"RemoveOneLabel", testRemoveOneLabel},
		{"RemoveThenAdd", testRemoveThenAdd},
		{"Tally", testTally},
		{"TxView", testTxView},
		{"UpdateFails", testUpdateFails},
		{"UpdateCancelled", testUpdateCancelled},
		{"Fork", testFork},
		{"Model", testModel},
		{"Prefetch", testPrefetch},
		{"Whole", func(t *testing.T, open Opener) {
			ReadWhole(t, 1<<17)
			testPrefetch(t, open)
		}},
		{"SmallAmongMore", testSmallAmongMore},
		{"KnownBy", testKnownBy},
		{"KnownByUnlabelled", testKnownByUnlabelled},
		{"StatedOnly", testStatedOnly},
		{"InferredKnownBy", testInferredKnownBy},
		{"ViewsAndAdder", testViewsAndAdder},
		{"ReadersAndWriter", testReadersAndWriter},
		{"SnapshotIsolation", testSnapshotIsolation},
		{"Closed", testClosed},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.test(t, func(t *testing.T) *graph.Graph {
				g := open(t)
				t.Cleanup(func() {
					if err := g.Close(); err != nil {
						t.Errorf("close: %v", err)
					}
				})
				return g
			})
		})
	}
}

// ReadWhole sets for a test up to how many quads a store on a server is read whole.
func ReadWhole(t testing.TB, quads int64) {
	before := remote.ReadWhole(quads)
	t.Cleanup(func() { remote.ReadWhole(before) })
}

// Load adds documents to a graph.
func Load(t testing.TB, g *graph.Graph, documents ...*graph.Document) {
	t.Helper()
	for _, d := range documents {
		if _, err := g.Add(t.Context(), d.Quads()); err != nil {
			t.Fatal(err)
		}
	}
}

// View opens a view that the test closes.
func View(t testing.TB, g *graph.Graph, o graph.Options) *graph.View {
	t.Helper()
	v, err := g.View(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	return v
}

// Edges writes edges as "from -name-> to  label", in the order given.
func Edges(v *graph.View, edges []graph.Edge) []string {
	var lines []string
	for _, e := range edges {
		iri, _ := v.Value(e.Predicate).(quad.IRI)
		name := string(iri)
		if p := vocab.PredicateOf(iri); p != nil {
			name = p.Name
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s -%s-> %s  %s", v.Text(e.From), name, v.Text(e.To), v.Text(e.Label))))
	}
	return lines
}

func expand(t *testing.T, v *graph.View, from []graph.ID, p *vocab.Predicate, d graph.Direction) []string {
	t.Helper()
	var nodes []graph.Node
	for _, id := range from {
		nodes = append(nodes, v.NodeOf(id))
	}
	edges, err := v.Expand(t.Context(), nodes, p, d)
	if err != nil {
		t.Fatal(err)
	}
	return Edges(v, edges)
}

func allQuads(t *testing.T, g *graph.Graph) []string {
	t.Helper()
	var lines []string
	for q, err := range g.Quads(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line(q))
	}
	slices.Sort(lines)
	return lines
}

// line writes a quad with the Go type of each term: an IRI and a literal of
// its text are two terms.
func line(q quad.Quad) string {
	return fmt.Sprintf("%#v %#v %#v %#v", q.Subject, q.Predicate, q.Object, q.Label)
}

func lines(quads []quad.Quad) []string {
	var all []string
	for _, q := range quads {
		all = append(all, line(q))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func diff(t testing.TB, what string, got, want []string) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (- wanted, + got):\n%s", what, d)
	}
}

func add(t *testing.T, g *graph.Graph, quads ...quad.Quad) graph.Added {
	t.Helper()
	added, err := g.Add(t.Context(), quads)
	if err != nil {
		t.Fatal(err)
	}
	return added
}

// relation is a quad of another vocabulary.
func relation(s, p, o, label string) quad.Quad {
	q := quad.Quad{Subject: quad.IRI(s), Predicate: quad.IRI(p), Object: quad.IRI(o)}
	if label != "" {
		q.Label = quad.IRI(label)
	}
	return q
}

func testAddCounts(t *testing.T, open Opener) {
	g := open(t)
	a, b := relation("x:a", "x:p", "x:b", "x:l"), relation("x:b", "x:p", "x:a", "x:l")
	for _, step := range []struct {
		quads []quad.Quad
		want  graph.Added
	}{
		{nil, graph.Added{}},
		{[]quad.Quad{a}, graph.Added{New: 1}},
		{[]quad.Quad{a, b, b}, graph.Added{New: 1, Known: 2}},
		{[]quad.Quad{b, a}, graph.Added{Known: 2}},
	} {
		if got := add(t, g, step.quads...); got != step.want {
			t.Errorf("adding %v: %+v, want %+v", step.quads, got, step.want)
		}
	}
}

func testLoadingTwice(t *testing.T, open Opener) {
	once, twice := open(t), open(t)
	Load(t, once, Documents()...)
	Load(t, twice, Documents()...)
	for _, d := range Documents() {
		quads := d.Quads()
		if got := add(t, twice, quads...); got != (graph.Added{Known: len(quads)}) {
			t.Errorf("the second time: %+v of %d quads", got, len(quads))
		}
	}
	diff(t, "loaded twice", allQuads(t, twice), allQuads(t, once))
}

func testTwoLabels(t *testing.T, open Opener) {
	g := open(t)
	got := add(t, g, relation("x:a", "x:p", "x:b", "x:one"), relation("x:a", "x:p", "x:b", "x:two"), relation("x:a", "x:p", "x:b", ""))
	if got != (graph.Added{New: 3}) {
		t.Errorf("one triple for three reasons: %+v", got)
	}
	edges := expand(t, View(t, g, graph.Options{}), []graph.ID{"x:a"}, nil, graph.Out)
	slices.Sort(edges)
	diff(t, "edges", edges, []string{"x:a -x:p-> x:b", "x:a -x:p-> x:b  x:one", "x:a -x:p-> x:b  x:two"})
}

// Terms has one quad for each kind of term, and for what stores are known to
// mix up.
func Terms() []quad.Quad {
	typed := func(text string, datatype quad.IRI) quad.Value {
		return quad.TypedString{Value: quad.String(text), Type: datatype}
	}
	var quads []quad.Quad
	for _, object := range []quad.Value{
		quad.String("glass"), quad.String(""), quad.String(" "), quad.String("<x:a>"), quad.String("_:a"), quad.String("x:a"),
		quad.String("a \"quoted\" \\ text"), quad.String(`"glass"@en`), quad.String("two\nlines\r\n\tthree"),
		quad.String("nul \x00 byte"), quad.String(`nul \x00 text`), quad.String(`\u00e9`), quad.String("é"), quad.String("e\u0301"), quad.String("\U0001F95B 玻璃"),
		quad.LangString{Value: "glass", Lang: "en"},
		quad.LangString{Value: "glass", Lang: "en-GB"},
		quad.LangString{Value: "玻璃", Lang: "zh-Hans"},
		typed("glass", "x:kind"), typed("7", vocab.Integer), typed("07", vocab.Integer), typed("7", vocab.Decimal), typed("7", vocab.Text),
		typed("2031-03~", vocab.EDTF), typed("", "x:kind"), typed("a \"quoted\"\n", "x:kind"),
		quad.IRI("x:a"), quad.IRI("https://example.org/a?b=c&d=%20#e"), quad.IRI("https://example.org/玻璃"), quad.IRI("urn:parley:person/ada-quill"),
		quad.BNode("a"), quad.BNode("f0123456789abcdef-b1"),
	} {
		quads = append(quads, quad.Quad{Subject: quad.IRI("x:s"), Predicate: quad.IRI("x:p"), Object: object, Label: quad.IRI("x:l")})
	}
	return append(quads,
		quad.Quad{Subject: quad.BNode("a"), Predicate: quad.IRI("x:p"), Object: quad.BNode("b"), Label: quad.BNode("c")},
		quad.Quad{Subject: quad.IRI("x:s"), Predicate: quad.IRI("x:p"), Object: quad.String("no label")},
		// A term that is every part of a quad.
		quad.Quad{Subject: quad.IRI("x:s"), Predicate: quad.IRI("x:s"), Object: quad.IRI("x:s"), Label: quad.IRI("x:s")},
	)
}

func testTerms(t *testing.T, open Opener) {
	g, quads := open(t), Terms()
	if got := add(t, g, quads...); got != (graph.Added{New: len(quads)}) {
		t.Errorf("%d different quads: %+v", len(quads), got)
	}
	diff(t, "all quads", allQuads(t, g), lines(quads))
	v := View(t, g, graph.Options{})
	for _, q := range quads {
		for _, term := range []quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
			if got := v.Value(v.Node(term)); got != term {
				t.Errorf("%#v comes back as %#v", term, got)
			}
		}
	}
	edges, err := v.Expand(t.Context(), []graph.Node{v.Node(quad.IRI("x:s")), v.Node(quad.BNode("a"))}, nil, graph.Out)
	if err != nil {
		t.Fatal(err)
	}
	var walked []quad.Quad
	for _, e := range edges {
		walked = append(walked, quad.Quad{Subject: v.Value(e.From), Predicate: v.Value(e.Predicate), Object: v.Value(e.To), Label: v.Value(e.Label)})
	}
	diff(t, "walked quads", lines(walked), lines(quads))
}

func testQuads(t *testing.T, open Opener) {
	g := open(t)
	if got := allQuads(t, g); len(got) > 0 {
		t.Errorf("an empty graph has %v", got)
	}
	Load(t, g, Documents()...)
	var want []quad.Quad
	for _, d := range Documents() {
		want = append(want, d.Quads()...)
	}
	diff(t, "all quads", allQuads(t, g), lines(want))
	next, stop := iter.Pull2(g.Quads(t.Context()))
	if _, err, ok := next(); err != nil || !ok {
		t.Errorf("the first quad: %t, %v", ok, err)
	}
	stop() // a loop that is left lets the store go
	add(t, g, relation("x:a", "x:p", "x:b", ""))
	if got := len(allQuads(t, g)); got != len(lines(want))+1 {
		t.Errorf("%d quads after one more", got)
	}
}

func testInvalidQuad(t *testing.T, open Opener) {
	good := relation("x:a", "x:p", "x:b", "x:l")
	for _, bad := range []quad.Quad{
		{},
		{Predicate: good.Predicate, Object: good.Object, Label: good.Label},
		{Subject: good.Subject, Object: good.Object, Label: good.Label},
		{Subject: good.Subject, Predicate: good.Predicate, Label: good.Label},
		{Subject: quad.IRI(""), Predicate: good.Predicate, Object: good.Object},
	} {
		g := open(t)
		if got, err := g.Add(t.Context(), []quad.Quad{good, bad, good}); err == nil || got != (graph.Added{}) {
			t.Errorf("adding %#v: %+v, %v", bad, got, err)
		} else if !strings.Contains(err.Error(), "2 of 3") {
			t.Errorf("the error does not tell which quad: %v", err)
		}
		if got := allQuads(t, g); len(got) > 0 {
			t.Errorf("a refused batch left %v", got)
		}
	}
}

func testAddCancelled(t *testing.T, open Opener) {
	quads := Spring().Quads()
	for polls := 0; ; polls++ {
		g := open(t)
		got, err := g.Add(CancelledAfter(t.Context(), polls), quads)
		there := len(allQuads(t, g))
		if err == nil {
			if polls == 0 || got.New+got.Known != len(quads) || there != got.New {
				t.Errorf("ended well after %d looks at the context: %+v, %d there", polls, got, there)
			}
			return
		}
		if !errors.Is(err, context.Canceled) || got != (graph.Added{}) || there != 0 {
			t.Fatalf("cancelled at look %d: %+v, %v, %d there", polls, got, err, there)
		}
	}
}

func testQuadsCancelled(t *testing.T, open Opener) {
	g := open(t)
	Load(t, g, Documents()...)
	all := len(allQuads(t, g))
	for polls := 0; ; polls++ {
		n, failed := 0, error(nil)
		for _, err := range g.Quads(CancelledAfter(t.Context(), polls)) {
			if err != nil {
				failed = err
			} else {
				n++
			}
		}
		if failed == nil {
			if polls == 0 || n != all {
				t.Errorf("after %d looks at the context %d of %d quads and no error", polls, n, all)
			}
			return
		}
		if !errors.Is(failed, context.Canceled) {
			t.Fatalf("cancelled at look %d: %v", polls, failed)
		}
	}
}
