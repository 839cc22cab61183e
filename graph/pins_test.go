package graph_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	cayley "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/memstore"
	"github.com/cayleygraph/cayley/graph/path"
	_ "github.com/cayleygraph/cayley/writer"
	"github.com/cayleygraph/quad"

	"parley/graph"
)

// The tests of this file pin what surprises in cayley v0.7.7. Each says what
// of ours rests on it, so that an upgrade tells what to look at.

func pinned(label string, names ...string) quad.Quad {
	return quad.MakeIRI(names[0], names[1], names[2], label)
}

// chain is a diamond a→b,c→d and a tail d→e, each edge labelled by l.
func chain() *memstore.QuadStore {
	return memstore.New(pinned("l", "a", "p", "b"), pinned("l", "a", "p", "c"),
		pinned("l", "b", "p", "d"), pinned("l", "c", "p", "d"), pinned("m", "d", "p", "e"))
}

func walk(t *testing.T, ctx context.Context, qs cayley.QuadStore, p *path.Path) []string {
	t.Helper()
	var names []string
	err := p.Iterate(ctx).EachValue(qs, func(v quad.Value) { names = append(names, quad.StringOf(v)) })
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// Were this an error, expand, Labelled and Quads need not look at ctx.Err()
// after every iteration.
func TestPinCancelledPathIsEmptyWithoutError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	qs := chain()
	p := path.StartPath(qs, quad.IRI("a")).Out(quad.IRI("p"))
	if got := walk(t, ctx, qs, p); len(got) > 0 {
		t.Errorf("a cancelled walk gave %v", got)
	}
	if refs, err := p.Iterate(ctx).All(); err != nil || len(refs) > 0 {
		t.Errorf("All gave %v, %v", refs, err)
	}
}

// The same in the middle: a part of the answer, and no error.
func TestPinContextCancelledInTheMiddleGivesAPart(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	qs, n := chain(), 0
	// All leaves its loop and asks the iterator for an error, which has none.
	it := path.StartPath(qs, quad.IRI("a"), quad.IRI("b"), quad.IRI("c"), quad.IRI("d")).Out(quad.IRI("p")).Iterate(ctx)
	err := it.Each(func(cayley.Ref) {
		if n++; n == 2 {
			cancel()
		}
	})
	if err != nil || n != 2 {
		t.Errorf("%d of 5 results, %v", n, err)
	}
}

// Memstore's own iterators never look at the context at all: expand must.
func TestPinMemstoreIteratorIgnoresContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	qs := chain()
	for _, it := range []cayley.Iterator{qs.QuadIterator(quad.Subject, qs.ValueOf(quad.IRI("a"))), qs.QuadsAllIterator()} {
		if !it.Next(ctx) || it.Err() != nil {
			t.Errorf("%v stops: %v", it, it.Err())
		}
		_ = it.Close()
	}
}

// Provenance rests on it: a quad with two reasons is two quads. A store that
// refuses the second, as cayley's sqlite and mysql do, cannot serve us.
func TestPinMemstoreKeepsATripleUnderTwoLabels(t *testing.T) {
	qs := memstore.New(pinned("l", "a", "p", "b"), pinned("m", "a", "p", "b"), quad.MakeIRI("a", "p", "b", ""))
	stats, err := qs.Stats(t.Context(), true)
	if err != nil || stats.Quads.Size != 3 || !stats.Quads.Exact {
		t.Errorf("%+v, %v", stats, err)
	}
}

// Add says for itself that quads known already are no error. With the zero
// options a known quad would refuse the batch, and errors.Is would not tell.
func TestPinQuadExistsIsNoSentinel(t *testing.T) {
	qs := chain()
	deltas := []cayley.Delta{{Quad: pinned("l", "a", "p", "b"), Action: cayley.Add}}
	err := qs.ApplyDeltas(deltas, cayley.IgnoreOpts{})
	if !cayley.IsQuadExist(err) || errors.Is(err, cayley.ErrQuadExists) {
		t.Errorf("adding a known quad: %v; errors.Is says %t", err, errors.Is(err, cayley.ErrQuadExists))
	}
	if err := qs.ApplyDeltas(deltas, cayley.IgnoreOpts{IgnoreDup: true}); err != nil {
		t.Errorf("adding a known quad, ignored: %v", err)
	}
}

// Cayley's own writer ignores known quads unasked, so Add does not use it: it
// would count nothing.
func TestPinWriterIgnoresDuplicatesByDefault(t *testing.T) {
	qs := chain()
	w, err := cayley.NewQuadWriter("single", qs, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.AddQuad(pinned("l", "a", "p", "b")); err != nil {
		t.Errorf("adding a known quad: %v", err)
	}
}

// Expand takes predicates of the vocabulary, never strings: in cayley a Go
// string is a literal, which is no predicate, and nothing is said.
func TestPinStringPredicateMatchesNothing(t *testing.T) {
	qs := chain()
	if got := walk(t, t.Context(), qs, path.StartPath(qs, quad.IRI("a")).Out("p")); len(got) > 0 {
		t.Errorf("Out of a string gives %v", got)
	}
	if got := walk(t, t.Context(), qs, path.StartPath(qs, quad.IRI("a")).Out(quad.IRI("p"))); !slices.Equal(got, []string{"<b>", "<c>"}) {
		t.Errorf("Out of an IRI gives %v", got)
	}
}

// Chains of retaliation are our own walk over Expand: FollowRecursive gives a
// node of a diamond once, and of the way there only its length.
func TestPinFollowRecursiveHasNoPaths(t *testing.T) {
	qs := chain()
	p := path.StartPath(qs, quad.IRI("a")).FollowRecursive(quad.IRI("p"), -1, []string{"depth"})
	if got := walk(t, t.Context(), qs, p); !slices.Equal(got, []string{"<b>", "<c>", "<d>", "<e>"}) {
		t.Errorf("from a: %v", got)
	}
	err := p.Iterate(t.Context()).TagValues(qs, func(tags map[string]quad.Value) {
		if len(tags) != 1 || tags["depth"] == nil {
			t.Errorf("a result has %v", tags)
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// … it takes a depth of 0 for 50 …
func TestPinFollowRecursiveOfNoDepth(t *testing.T) {
	qs := memstore.New()
	const steps = 60
	for i := range steps {
		qs.AddQuad(quad.Make(quad.Int(i), quad.IRI("p"), quad.Int(i+1), nil))
	}
	p := path.StartPath(qs, quad.Int(0)).FollowRecursive(quad.IRI("p"), 0, nil)
	if got := walk(t, t.Context(), qs, p); len(got) != 50 {
		t.Errorf("%d of %d nodes", len(got), steps)
	}
}

// … and it forgets LabelContext, by which a view of a day could otherwise be
// had from cayley itself.
func TestPinFollowRecursiveForgetsLabels(t *testing.T) {
	qs := chain()
	labelled := path.StartPath(qs, quad.IRI("d")).LabelContext(quad.IRI("l"))
	if got := walk(t, t.Context(), qs, labelled.Out(quad.IRI("p"))); len(got) > 0 {
		t.Errorf("Out under a label gives %v", got)
	}
	if got := walk(t, t.Context(), qs, labelled.FollowRecursive(quad.IRI("p"), -1, nil)); !slices.Equal(got, []string{"<e>"}) {
		t.Errorf("FollowRecursive under a label gives %v", got)
	}
}

// A path is no value: Limit changes the one it is called on. We share none.
func TestPinLimitChangesItsReceiver(t *testing.T) {
	qs := chain()
	p := path.StartPath(qs, quad.IRI("a")).Out(quad.IRI("p"))
	_ = p.Limit(1)
	if got := walk(t, t.Context(), qs, p); len(got) != 1 {
		t.Errorf("after Limit of another: %v", got)
	}
}

// A blank node _:memnodeN is the term with number N in memstore, and cannot be
// looked up by its name. Add refuses such names; loaders rename blank nodes.
func TestPinMemnodeIsAnotherTerm(t *testing.T) {
	qs := memstore.New(pinned("l", "a", "p", "b")) // a is 1
	trap := quad.BNode("memnode1")
	qs.AddQuad(quad.Quad{Subject: trap, Predicate: quad.IRI("p"), Object: quad.IRI("c")})
	it := qs.QuadIterator(quad.Object, qs.ValueOf(quad.IRI("c")))
	defer func() { _ = it.Close() }()
	if !it.Next(t.Context()) || qs.Quad(it.Result()).Subject != quad.IRI("a") {
		t.Errorf("what was said of %v", trap)
	}
	if ref := qs.ValueOf(trap); ref != nil {
		t.Errorf("%v is found as %v", trap, ref)
	}

	g := openMemory(t)
	for _, q := range []quad.Quad{
		{Subject: trap, Predicate: quad.IRI("x:p"), Object: quad.IRI("x:c")},
		{Subject: quad.IRI("x:c"), Predicate: quad.IRI("x:p"), Object: quad.BNode("memnode-4")},
		{Subject: quad.IRI("x:c"), Predicate: quad.IRI("x:p"), Object: quad.IRI("x:c"), Label: quad.BNode("memnode12")},
	} {
		if added, err := g.Add(t.Context(), []quad.Quad{q}); err == nil || added != (graph.Added{}) {
			t.Errorf("adding %v: %+v, %v", q, added, err)
		}
	}
}

// View.Node and expand compare with nil: what memstore lacks is no reference
// at all, neither a term nor the label of a quad without one.
func TestPinMemstoreGivesNilForWhatItLacks(t *testing.T) {
	qs := memstore.New(quad.MakeIRI("a", "p", "b", ""))
	if ref := qs.ValueOf(quad.IRI("nobody")); ref != nil {
		t.Errorf("an unknown term is %v", ref)
	}
	it := qs.QuadIterator(quad.Subject, qs.ValueOf(quad.IRI("a")))
	defer func() { _ = it.Close() }()
	if !it.Next(t.Context()) {
		t.Fatal("no quad")
	}
	if ref := qs.QuadDirection(it.Result(), quad.Label); ref != nil {
		t.Errorf("no label is %v", ref)
	}
}

// Edges come in the order of loading, which decides where a functional
// predicate has two objects and nobody asks for the best.
func TestPinMemstoreKeepsTheOrderOfAdding(t *testing.T) {
	qs := memstore.New()
	want := []string{"<z>", "<a>", "<m>", "<b>"}
	for _, o := range []quad.IRI{"z", "a", "m", "b"} {
		qs.AddQuad(quad.Quad{Subject: quad.IRI("s"), Predicate: quad.IRI("p"), Object: o})
	}
	var got []string
	it := qs.QuadIterator(quad.Subject, qs.ValueOf(quad.IRI("s")))
	defer func() { _ = it.Close() }()
	for it.Next(t.Context()) {
		got = append(got, quad.StringOf(qs.Quad(it.Result()).Object))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// IsValid looks for missing terms only: a literal that does or is done by
// something passes, so the readers of package loader refuse it, not Add.
func TestPinLiteralSubjectIsValid(t *testing.T) {
	q := quad.Quad{Subject: quad.String("a"), Predicate: quad.String("p"), Object: quad.String("b")}
	if !q.IsValid() {
		t.Errorf("%v is refused", q)
	}
}
