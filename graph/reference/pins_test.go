package reference_test

import (
	"context"
	"slices"
	"testing"

	"github.com/cayleygraph/cayley/graph/memstore"
	"github.com/cayleygraph/quad"

	"parley/graph/reference"
	"parley/graph/store"
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

// Memstore's iterators never look at the context at all: scan must.
func TestPinMemstoreIteratorIgnoresContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	qs := chain()
	it := qs.QuadIterator(quad.Subject, qs.ValueOf(quad.IRI("a")))
	defer func() { _ = it.Close() }()
	if !it.Next(ctx) || it.Err() != nil {
		t.Errorf("%v stops: %v", it, it.Err())
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

	s := reference.New()
	for _, q := range []quad.Quad{
		{Subject: trap, Predicate: quad.IRI("x:p"), Object: quad.IRI("x:c")},
		{Subject: quad.IRI("x:c"), Predicate: quad.IRI("x:p"), Object: quad.BNode("memnode-4")},
		{Subject: quad.IRI("x:c"), Predicate: quad.IRI("x:p"), Object: quad.IRI("x:c"), Label: quad.BNode("memnode12")},
	} {
		tally, err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Add(t.Context(), []quad.Quad{q}) })
		if err == nil || tally != (store.Tally{}) {
			t.Errorf("adding %v: %+v, %v", q, tally, err)
		}
	}
}

// Node and edge compare with nil: what memstore lacks is no reference
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

// Memstore keeps a term under what it writes: cayley's native 7 is the typed
// literal of it, so here they are one term.
func TestPinTermsThatWriteAlikeAreOne(t *testing.T) {
	native, typed := quad.Int(7), quad.Int(7).TypedString()
	qs := memstore.New(quad.Make("a", "p", native, nil))
	if _, added := qs.AddQuad(quad.Make("a", "p", typed, nil)); added {
		t.Errorf("%#v and %#v are two terms", native, typed)
	}
}
