package dgraph

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/graph/dgraph/dgraphtest"
	"parley/graph/graphtest"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
	"github.com/dgraph-io/dgo/v250/protos/api"
)

// urlOf is the address of a store that is open.
func urlOf(t testing.TB, s *Store) string {
	return dgraphtest.Shared(t).URL(s.client.name)
}

func verify(t testing.TB, s *Store) {
	t.Helper()
	if err := Verify(t.Context(), urlOf(t, s)); err != nil {
		t.Error(err)
	}
}

func change(t testing.TB, s *Store, add, remove []quad.Quad) store.Tally {
	t.Helper()
	tally, err := s.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.Remove(t.Context(), remove), tx.Add(t.Context(), add))
	})
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

// held reads all quads of a snapshot, as text.
func heldBy(t testing.TB, v store.Snapshot) []string {
	t.Helper()
	var all []string
	for q, err := range v.Quads(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%#v", q))
	}
	slices.Sort(all)
	return all
}

func snapshot(t testing.TB, s store.Store) store.Snapshot {
	t.Helper()
	v, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	return v
}

func edges(from, label string, n int) []quad.Quad {
	var quads []quad.Quad
	for i := range n {
		q := quad.Quad{Subject: quad.IRI(from), Predicate: quad.IRI("x:p"), Object: quad.IRI(fmt.Sprintf("x:o%d", i))}
		if label != "" {
			q.Label = quad.IRI(label)
		}
		quads = append(quads, q)
	}
	return quads
}

func TestCompact(t *testing.T) {
	dgraphtest.Need(t)
	s := stores.empty(t)
	defer func() { _ = s.Close() }()
	stay, go1 := edges("x:stays", "x:l", 5), edges("x:goes", "x:m", 7)
	change(t, s, slices.Concat(stay, go1, edges("x:stays", "x:m", 5)), nil)
	old := snapshot(t, s)
	want := heldBy(t, old)
	change(t, s, nil, slices.Concat(go1, edges("x:stays", "x:m", 5)))
	failure := errors.New("fails")
	_, err := s.Update(t.Context(), func(tx store.Tx) error {
		if err := errors.Join(tx.Add(t.Context(), edges("x:never", "x:n", 3)), tx.Remove(t.Context(), stay)); err != nil {
			return err
		}
		_, err := tx.Tally(t.Context())
		return errors.Join(err, failure)
	})
	if !errors.Is(err, failure) {
		t.Fatal(err)
	}
	verify(t, s)

	// Nothing is cleared away that somebody may read.
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	verify(t, s)
	if got := heldBy(t, old); !slices.Equal(got, want) {
		t.Errorf("an earlier snapshot has %v after Compact, want %v", got, want)
	}
	if n := count(t, s, "has("+s.pred("key")+")"); n < 20 {
		t.Errorf("%d terms lie there", n)
	}

	// Then a day goes by.
	short(t, &keepFor, 0)
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	verify(t, s)
	for what, n := range map[string]int{
		"eq(" + s.pred("key") + `, ["<x:goes","<x:m","<x:never","<x:n","<x:o6"])`: 0,
		"eq(" + s.pred("key") + `, ["<x:stays","<x:l","<x:o0"])`:                  3,
		"has(~" + s.pred("stated") + ")":                                          1,
	} {
		if got := count(t, s, what); got != n {
			t.Errorf("%s: %d, want %d", what, got, n)
		}
	}
	if _, err := old.Labelled(t.Context(), nil, []store.Node{1}); !errors.Is(err, ErrTooOld) {
		t.Errorf("a snapshot of before what was cleared away: %v", err)
	}
	now := heldBy(t, snapshot(t, s))
	if len(now) != len(stay) {
		t.Errorf("left: %v", now)
	}
	if got := change(t, s, slices.Concat(stay, go1), nil); got != (store.Tally{New: len(go1), Known: len(stay)}) {
		t.Errorf("adding again: %+v", got)
	}
	verify(t, s)
}

func count(t testing.TB, s *Store, what string) int {
	t.Helper()
	b, err := s.client.query(t.Context(), "test", "{ q(func: "+what+") { uid } }")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := answer(b, func(s *scan, _ string) { s.terms(func([]byte, held) { n++ }) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDescribe(t *testing.T) {
	dgraphtest.Need(t)
	s := stores.empty(t)
	defer func() { _ = s.Close() }()
	q := quad.Quad{Subject: quad.IRI("x:a"), Predicate: quad.IRI("x:q"), Object: quad.IRI("x:b")}
	change(t, s, append(edges("x:a", "x:l", 3), q), nil)
	change(t, s, edges("x:a", "x:m", 3), edges("x:a", "x:l", 1))
	d, err := s.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d.Stats != (store.Stats{Quads: 6, Terms: 9}) {
		t.Errorf("it holds %+v", d.Stats)
	}
	want := []store.Count{{Term: quad.IRI("x:p"), Quads: 5}, {Term: quad.IRI("x:q"), Quads: 1}}
	if !slices.Equal(d.Predicates, want) {
		t.Errorf("predicates: %v, want %v", d.Predicates, want)
	}
	var found bool
	for _, f := range d.Files {
		found = found || f.Name == "group 1: <x:p>" && f.Quads == 5
	}
	if !found {
		t.Errorf("no file is that of x:p in group 1: %v", d.Files)
	}
	verify(t, s)
}

// Verify finds each thing that can be wrong.
func TestVerify(t *testing.T) {
	dgraphtest.Need(t)
	for _, c := range []struct {
		name string
		harm func(s *Store, v store.Snapshot) (set, del []*api.NQuad)
		want string
	}{
		{"an edge that cannot be read", func(s *Store, v store.Snapshot) (set, del []*api.NQuad) {
			q := s.tie(tripleIn(s, v, "x:a", "x:p", "x:o0"), nil)
			q.Facets[0].Value = []byte("nonsense")
			return []*api.NQuad{q}, nil
		}, "cannot be read"},
		{"an edge too few", func(s *Store, v store.Snapshot) (set, del []*api.NQuad) {
			q := s.tie(tripleIn(s, v, "x:a", "x:p", "x:o0"), nil)
			q.Facets = nil
			return nil, []*api.NQuad{q}
		}, "there are 2 quads"},
		{"a quad that its label does not find", func(s *Store, v store.Snapshot) (set, del []*api.NQuad) {
			return nil, []*api.NQuad{everything(uid(v.Node(quad.IRI("x:a"))), s.pred("stated"))}
		}, "by which it cannot be found"},
		{"two nodes of one key", func(s *Store, _ store.Snapshot) (set, del []*api.NQuad) {
			return []*api.NQuad{s.term("_:second", "<x:a", entries{{born: 1}})}, nil
		}, "have one key"},
		{"a term that no quad has", func(s *Store, _ store.Snapshot) (set, del []*api.NQuad) {
			return []*api.NQuad{s.term("_:more", "<x:more", entries{{born: 1}})}, nil
		}, "no quad has it"},
		{"a term that is not in use", func(s *Store, v store.Snapshot) (set, del []*api.NQuad) {
			return []*api.NQuad{s.term(uid(v.Node(quad.IRI("x:a"))), "<x:a", entries{{born: 1, died: 1}})}, nil
		}, "does not say that it is in use"},
		{"a key that is none", func(s *Store, v store.Snapshot) (set, del []*api.NQuad) {
			return []*api.NQuad{s.term(uid(v.Node(quad.IRI("x:a"))), "?", entries{{born: 1}})}, nil
		}, "is no term"},
		{"a number that was not given", func(s *Store, v store.Snapshot) (set, del []*api.NQuad) {
			return []*api.NQuad{s.tie(tripleIn(s, v, "x:a", "x:p", "x:o0"), entries{{v.Node(quad.IRI("x:l")), 1 << 40, 0}})}, nil
		}, "the numbers that were given end"},
		{"a wrong total", func(s *Store, _ store.Snapshot) (set, del []*api.NQuad) {
			return []*api.NQuad{literal(uid(rootOf(s).uid), s.pred("counts"), "")}, nil
		}, "of each predicate"},
		{"a second store", func(s *Store, _ store.Snapshot) (set, del []*api.NQuad) {
			return []*api.NQuad{literal("_:second", s.pred("state"), rootOf(s).raw)}, nil
		}, "one must do both"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := stores.take(t)
			defer func() { _ = s.Close() }()
			change(t, s, edges("x:a", "x:l", 3), nil)
			verify(t, s)
			set, del := c.harm(s, snapshot(t, s))
			_, err := s.client.mutate(t.Context(), "test", &api.Request{Mutations: []*api.Mutation{{Set: set, Del: del}}, CommitNow: true}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := Verify(t.Context(), urlOf(t, s)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("verify: %v; want %q", err, c.want)
			}
		})
	}
}

func rootOf(s *Store) *root {
	r, err := s.root(context.Background(), wholeRoot)
	if err != nil {
		panic(err)
	}
	return r
}

func tripleIn(_ *Store, v store.Snapshot, s, p, o string) triple {
	return triple{v.Node(quad.IRI(s)), v.Node(quad.IRI(p)), v.Node(quad.IRI(o))}
}

// What the fixture comes to, after all that is done to it, is without fault.
func TestVerifyFixture(t *testing.T) {
	dgraphtest.Need(t)
	s := stores.empty(t)
	defer func() { _ = s.Close() }()
	for _, d := range graphtest.Documents() {
		change(t, s, d.Quads(), nil)
	}
	change(t, s, graphtest.Terms(), graphtest.Actors().Quads())
	change(t, s, graphtest.Actors().Quads(), graphtest.Terms())
	verify(t, s)
}
