package gizmo_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/graph"
	"parley/graph/gizmo"

	"github.com/cayleygraph/quad"
	"github.com/google/go-cmp/cmp"
)

func iri(s string) quad.IRI { return quad.IRI("http://x.example/" + s) }

// open makes a graph: Ann knows Bob and Cem, Bob knows Cem, on the word of p.
func open(t testing.TB) *graph.Graph {
	t.Helper()
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	if _, err := g.Add(t.Context(), []quad.Quad{
		{Subject: iri("ann"), Predicate: iri("knows"), Object: iri("bob"), Label: iri("p")},
		{Subject: iri("ann"), Predicate: iri("knows"), Object: iri("cem"), Label: iri("p")},
		{Subject: iri("bob"), Predicate: iri("knows"), Object: iri("cem"), Label: iri("q")},
		{Subject: iri("ann"), Predicate: iri("name"), Object: quad.LangString{Value: "Ann", Lang: "en"}},
		{Subject: iri("ann"), Predicate: iri("age"), Object: quad.TypedString{Value: "30", Type: "http://www.w3.org/2001/XMLSchema#integer"}},
		{Subject: quad.BNode("b0"), Predicate: iri("name"), Object: quad.String("nobody")},
	}); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestRun(t *testing.T) {
	const ann, bob, cem, knows, name = "<http://x.example/ann>", "<http://x.example/bob>", "<http://x.example/cem>", "<http://x.example/knows>", "<http://x.example/name>"
	id := func(ids ...any) (rows []gizmo.Row) {
		for _, id := range ids {
			rows = append(rows, gizmo.Row{"id": id})
		}
		return rows
	}
	g := open(t)
	for query, want := range map[string][]gizmo.Row{
		`g.V("` + ann + `").out("` + knows + `").all()`:                                         id(bob, cem),
		`g.V("` + ann + `").out().out("` + knows + `").all()`:                                   id(cem),
		`g.V("` + cem + `").in("` + knows + `").has("` + name + `").all()`:                      id(ann),
		`g.V("` + bob + `").tag("who").labels().all()`:                                          {{"id": "<http://x.example/p>", "who": bob}, {"id": "<http://x.example/q>", "who": bob}},
		`g.V().has("` + name + `").save("` + name + `", "name").all()`:                          {{"id": ann, "name": "Ann"}, {"id": "_:b0", "name": "nobody"}},
		`g.V("` + ann + `").out("<http://x.example/age>").all()`:                                id("30"),
		`g.V("` + ann + `").followRecursive("` + knows + `").all()`:                             id(bob, cem),
		`g.V("<http://x.example/nobody>").all()`:                                                nil,
		`g.V("` + ann + `").out("` + knows + `").count()`:                                       {{"value": int64(2)}},
		`g.V("` + ann + `").out("` + knows + `").forEach(function(row) { g.emit(row.id + 1) })`: {{"value": bob + "1"}, {"value": cem + "1"}},
		`g.emit({a: [1, 2.5, "x", null, {b: true}]}); g.emit(iri("http://x.example/a"))`:        {{"a": []any{int64(1), 2.5, "x", nil, map[string]any{"b": true}}}, {"value": "<http://x.example/a>"}},
		`0 / 0`:  {{"value": "NaN"}},
		`var x`:  nil,
		``:       nil,
		`"text"`: {{"value": "text"}},
	} {
		a, err := gizmo.Run(t.Context(), g, query, gizmo.Options{})
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		slices.SortFunc(a.Rows, func(a, b gizmo.Row) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		if want == nil {
			want = []gizmo.Row{}
		}
		if diff := cmp.Diff(want, a.Rows); diff != "" || a.Truncated {
			t.Errorf("%s: truncated: %v (-want +got)\n%s", query, a.Truncated, diff)
		}
	}
}

func TestLimit(t *testing.T) {
	g := open(t)
	const all = 13 // the terms, and one more
	for limit, want := range map[int]gizmo.Answer{0: {}, 1: {Truncated: true}, all - 1: {Truncated: true}, all: {}, all + 1: {}} {
		a, err := gizmo.Run(t.Context(), g, `g.V().getLimit(-1); g.V("<http://x.example/bob>").out().all()`, gizmo.Options{Limit: limit})
		if n := min(all, max(limit, 0)); err != nil || a.Truncated != want.Truncated || limit > 0 && len(a.Rows) != n || limit == 0 && len(a.Rows) != all {
			t.Errorf("limit %d: %v, %v", limit, a, err)
		}
	}
	// One that never ends gives its rows too.
	a, err := gizmo.Run(t.Context(), g, `while (true) { g.emit(1) }`, gizmo.Options{Limit: 3})
	if err != nil || len(a.Rows) != 3 || !a.Truncated {
		t.Errorf("%v, %v", a, err)
	}
}

// What a query does wrong is an error, whatever it is.
func TestMistakes(t *testing.T) {
	g := open(t)
	for query, want := range map[string]string{
		`g.V(`:                          "Unexpected end of input",
		`g.V().nope()`:                  "TypeError",
		`throw "that"`:                  "that",
		`g.V("<http://x.example/ann>")`: "end it with .all()",
		`g.V({}).all()`:                 "not a quad.Value",
		`g.V().out({}).all()`:           "unsupported type",
		`g.V().out("<a>", 1).all()`:     "expected string",
		`g.V().followRecursive().all()`: "expected predicate list",
		`g.V().filter(1).all()`:         "TypeError",
		`g.V().has().all()`:             "unexpected arguments count",
		`g.V().save().all()`:            "unexpected arguments count",
		`g.emit(g.V())`:                 "no value",
		strings.Repeat("(", 1000):       "Unexpected end of input",
		strings.Repeat(" ", 1<<17):      "more than 65536",
		`g.emit(function() {})`:         "no value",
	} {
		a, err := gizmo.Run(t.Context(), g, query, gizmo.Options{})
		if err == nil || a != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v, want %s", query, a, err, want)
		}
	}
}

// A query that does not end is ended.
func TestEndless(t *testing.T) {
	g := open(t)
	for _, query := range []string{
		`while (true) {}`,
		`while (true) { try { while (true) {} } catch (e) {} finally { while (true) {} } }`,
		`function f() { return f() } f()`,
		`function f() { return [1].map(f) } f()`,
		`function f(n) { return f({n: n}) } f(0)`,
		`var s = "x"; while (true) { s += s }`,
		`var a = []; while (true) { a.push([1, 2, 3]) }`,
		`while (true) { g.V().all() }`,
		`while (true) { g.V().toArray() }`,
		`while (true) { g.V().count() }`,
		`g.V().forEach(function() { while (true) {} })`,
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			start := time.Now()
			a, err := gizmo.Run(ctx, g, query, gizmo.Options{Memory: 128 << 20})
			if a != nil || !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, gizmo.ErrMemory) {
				t.Errorf("%v, %v", a, err)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// A built-in function that takes its time is not waited for.
func TestEndlessBuiltIn(t *testing.T) {
	g := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	a, err := gizmo.Run(ctx, g, `/(a+)+\1b$/.test("`+strings.Repeat("a", 26)+`")`, gizmo.Options{})
	if a != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, %v", a, err)
	}
}

// No query changes the graph.
func TestReadOnly(t *testing.T) {
	g := open(t)
	before, err := g.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		`g.addNamespace("x", "http://x.example/")`, `g.addDefaultNamespaces()`, `g.loadNamespaces()`,
		`g.add("a", "b", "c")`, `g.V("a").save("b", "c").all()`, `g.s.qs.applyDeltas([])`, `g.remove()`,
	} {
		_, _ = gizmo.Run(t.Context(), g, query, gizmo.Options{})
	}
	if after, err := g.Stats(t.Context()); err != nil || after != before {
		t.Errorf("%v, then %v, %v", before, after, err)
	}
}

func TestStopped(t *testing.T) {
	g := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := gizmo.Run(ctx, g, `g.V().all()`, gizmo.Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := gizmo.Run(t.Context(), g, `g.V().all()`, gizmo.Options{}); !errors.Is(err, graph.ErrClosed) {
		t.Error(err)
	}
}
