package dgraph

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"parley/graph"
	"parley/graph/dgraph/dgraphtest"
	"parley/graph/graphtest"
	"parley/graph/store"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// pool has empty stores. A cluster takes a second to make a predicate, and all
// who read wait meanwhile; so stores are made some at once, with the predicates
// that tests use, and emptied when a test is done.
type pool struct {
	mu   sync.Mutex
	urls []string
}

var stores pool

// empty opens an empty store, which the caller closes before the test ends.
func (p *pool) empty(t testing.TB) *Store {
	t.Helper()
	s := p.take(t)
	url := urlOf(t, s)
	t.Cleanup(func() {
		if err := clearStore(context.Background(), url); err != nil {
			t.Errorf("empty the store: %v", err)
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.urls = append(p.urls, url)
	})
	return s
}

// take opens an empty store that is not used again.
func (p *pool) take(t testing.TB) *Store {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.urls) == 0 {
		p.fill(t)
	}
	url := p.urls[len(p.urls)-1]
	p.urls = p.urls[:len(p.urls)-1]
	s, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (p *pool) fill(t testing.TB) {
	c := dgraphtest.Shared(t)
	var wg sync.WaitGroup
	made := make([]string, 16)
	for i := range made {
		wg.Go(func() {
			url := c.URL(dgraphtest.Name())
			if err := prepare(t.Context(), url); err != nil {
				t.Error(err)
			} else {
				made[i] = url
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	p.urls = append(p.urls, made...)
}

// prepare makes a store that has the predicates of what tests load, but nothing
// in it.
func prepare(ctx context.Context, url string) error {
	s, err := Create(ctx, url, Options{})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	met := map[quad.Value]bool{}
	var quads []quad.Quad
	with := func(p quad.Value) {
		if !met[p] {
			met[p] = true
			quads = append(quads, quad.Quad{Subject: quad.IRI("x:prepare"), Predicate: p, Object: quad.IRI("x:prepare")})
		}
	}
	for _, d := range graphtest.Documents() {
		for _, q := range d.Quads() {
			with(q.Predicate)
		}
	}
	for _, p := range []quad.IRI{"x:p", "x:q", "x:s", "x:a", vocab.Version.IRI, vocab.Description.IRI, vocab.RespondsTo.IRI, vocab.ReportOf.IRI, vocab.CarriesOut.IRI} {
		with(p)
	}
	_, err = s.Update(ctx, func(tx store.Tx) error {
		if err := tx.Add(ctx, quads); err != nil {
			return err
		}
		if _, err := tx.Tally(ctx); err != nil {
			return err
		}
		return tx.Remove(ctx, quads)
	})
	return err
}

// clearStore removes all that a store holds, and makes sure of it.
func clearStore(ctx context.Context, url string) error {
	s, err := Open(ctx, url, Options{})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	_, err = s.Update(ctx, func(tx store.Tx) error {
		v, err := tx.Snapshot(ctx)
		if err != nil {
			return err
		}
		defer v.Close()
		var all []quad.Quad
		for q, err := range v.Quads(ctx) {
			if err != nil {
				return err
			}
			all = append(all, q)
		}
		return tx.Remove(ctx, all)
	})
	if err != nil {
		return err
	}
	v, err := s.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer v.Close()
	if left, err := v.Stats(ctx); err != nil || left != (store.Stats{}) {
		return fmt.Errorf("%+v are left, %w", left, err)
	}
	return nil
}

func TestConformance(t *testing.T) {
	dgraphtest.Need(t)
	graphtest.TestStore(t, func(t *testing.T) *graph.Graph { return graph.New(stores.empty(t)) })
}

// create makes a store, which the caller closes.
func create(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Create(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
