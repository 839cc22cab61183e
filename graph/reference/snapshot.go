package reference

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	"parley/graph/store"

	"github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/memstore"
	"github.com/cayleygraph/quad"
)

// state is what the store holds between two changes.
type state struct {
	quads  []quad.Quad // in the order of adding
	places map[statement]int

	// Memstore marks its list when an iterator is made, so even readers
	// exclude each other. It is made when first read.
	mu    sync.Mutex
	qs    *memstore.QuadStore
	refs  map[store.Node]graph.Ref
	nodes map[any]store.Node
}

// open locks the state and sees that its memstore is there.
func (s *state) open(t *terms) {
	s.mu.Lock()
	if s.qs != nil {
		return
	}
	s.qs = memstore.New(s.quads...)
	s.refs, s.nodes = make(map[store.Node]graph.Ref), make(map[any]store.Node)
	for q := range s.places {
		for _, n := range q {
			if _, ok := s.refs[n]; ok || n == 0 {
				continue
			}
			ref := s.qs.ValueOf(t.value(n))
			s.refs[n], s.nodes[ref.Key()] = ref, n
		}
	}
}

type snapshot struct {
	state  *state
	terms  *terms
	closed atomic.Bool
	failed atomic.Bool // by being used after Close
}

func (s *snapshot) Node(term quad.Value) store.Node {
	if term == nil || s.late() {
		return 0
	}
	s.state.open(s.terms)
	defer s.state.mu.Unlock()
	ref := s.state.qs.ValueOf(term)
	if ref == nil {
		return 0
	}
	return s.state.nodes[ref.Key()]
}

func (s *snapshot) Value(n store.Node) quad.Value {
	if n == 0 || s.late() {
		return nil
	}
	s.state.open(s.terms)
	defer s.state.mu.Unlock()
	return s.state.qs.NameOf(s.state.refs[n])
}

func (s *snapshot) late() bool {
	if s.closed.Load() {
		s.failed.Store(true)
	}
	return s.closed.Load()
}

func (s *snapshot) Err() error {
	if s.failed.Load() {
		return fmt.Errorf("read a term: %w", store.ErrClosed)
	}
	return nil
}

// Neighbours gives the far ends of edges.
func (s *snapshot) Neighbours(ctx context.Context, ends []store.Node, nodes []store.Node, predicate store.Node, d store.Direction) ([]store.Node, error) {
	edges, err := s.Expand(ctx, nil, nodes, predicate, d)
	for _, e := range edges {
		ends = append(ends, e.To)
	}
	return ends, err
}

func (s *snapshot) Expand(ctx context.Context, edges []store.Edge, nodes []store.Node, predicate store.Node, d store.Direction) ([]store.Edge, error) {
	near := quad.Subject
	if d == store.In {
		near = quad.Object
	}
	return s.scan(ctx, edges, nodes, near, func(e store.Edge) (store.Edge, bool) {
		if d == store.In {
			e.From, e.To = e.To, e.From
		}
		return e, predicate == 0 || e.Predicate == predicate
	})
}

func (s *snapshot) Labelled(ctx context.Context, edges []store.Edge, labels []store.Node) ([]store.Edge, error) {
	return s.scan(ctx, edges, labels, quad.Label, func(e store.Edge) (store.Edge, bool) { return e, true })
}

// scan appends the quads that have one of some nodes at a place, as edges from
// subject to object, of which keep gives back those that are wanted. Memstore's
// iterators never look at the context, so this does.
func (s *snapshot) scan(ctx context.Context, edges []store.Edge, nodes []store.Node, place quad.Direction, keep func(store.Edge) (store.Edge, bool)) ([]store.Edge, error) {
	if s.closed.Load() {
		return nil, fmt.Errorf("read edges: %w", store.ErrClosed)
	}
	s.state.open(s.terms)
	defer s.state.mu.Unlock()
	for _, n := range nodes {
		ref := s.state.refs[n]
		if ref == nil {
			continue
		}
		it := s.state.qs.QuadIterator(place, ref)
		for it.Next(ctx) && ctx.Err() == nil {
			if e, wanted := keep(s.edge(it.Result())); wanted {
				edges = append(edges, e)
			}
		}
		err := it.Err()
		_ = it.Close()
		if err != nil {
			return nil, fmt.Errorf("read edges: %w", err)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read edges: %w", err)
	}
	return edges, nil
}

func (s *snapshot) edge(q graph.Ref) store.Edge {
	node := func(d quad.Direction) store.Node {
		ref := s.state.qs.QuadDirection(q, d)
		if ref == nil { // no label
			return 0
		}
		return s.state.nodes[ref.Key()]
	}
	return store.Edge{From: node(quad.Subject), To: node(quad.Object), Predicate: node(quad.Predicate), Label: node(quad.Label)}
}

func (s *snapshot) Quads(ctx context.Context) iter.Seq2[quad.Quad, error] {
	return func(yield func(quad.Quad, error) bool) {
		for _, q := range s.state.quads {
			err := ctx.Err()
			if s.closed.Load() {
				err = store.ErrClosed
			}
			if err != nil {
				yield(quad.Quad{}, fmt.Errorf("read quads: %w", err))
				return
			}
			if !yield(q, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(quad.Quad{}, fmt.Errorf("read quads: %w", err))
		}
	}
}

func (s *snapshot) Stats(ctx context.Context) (store.Stats, error) {
	if s.closed.Load() {
		return store.Stats{}, fmt.Errorf("count: %w", store.ErrClosed)
	}
	s.state.open(s.terms)
	defer s.state.mu.Unlock()
	stats, err := s.state.qs.Stats(ctx, true)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return store.Stats{}, fmt.Errorf("count: %w", err)
	}
	return store.Stats{Quads: stats.Quads.Size, Terms: stats.Nodes.Size}, nil
}

func (s *snapshot) Close() { s.closed.Store(true) }
