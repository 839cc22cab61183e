package embedded

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"parley/graph/store"
	"parley/graph/store/cayley"

	"github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/quad"
)

// Name is what the store is registered with cayley as.
const Name = "parley"

func init() {
	graph.RegisterQuadStore(Name, graph.QuadStoreRegistration{
		NewFunc: func(path string, _ graph.Options) (graph.QuadStore, error) {
			s, err := Open(context.Background(), path, Options{})
			if err != nil {
				return nil, err
			}
			return &QuadStore{store: s, held: map[*segment]bool{}}, nil
		},
		InitFunc: func(path string, _ graph.Options) error {
			s, err := Create(context.Background(), path, Options{})
			if err != nil {
				return err
			}
			return s.Close()
		},
		IsPersistent: true,
	})
}

// QuadStore lets cayley's path API and Gizmo run on a store, or on one snapshot
// of it. Its references stay good until the store is compacted.
type QuadStore struct {
	store *Store    // nil for a snapshot, which cannot be written
	fixed *snapshot // nil for a store

	mu     sync.Mutex
	held   map[*segment]bool // files that iterators may still read
	failed error
}

// NewQuadStore shows a store to cayley. To close it closes the store.
func NewQuadStore(s *Store) *QuadStore { return &QuadStore{store: s, held: map[*segment]bool{}} }

// OfSnapshot shows a snapshot of a store of this package to cayley, to read.
func OfSnapshot(s store.Snapshot) (*QuadStore, error) {
	fixed, ok := s.(*snapshot)
	if !ok {
		return nil, fmt.Errorf("%T is no snapshot of an embedded store", s)
	}
	return &QuadStore{fixed: fixed}, nil
}

// Err is the first failure that cayley's interface has no room for.
func (q *QuadStore) Err() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.failed
}

func (q *QuadStore) fail(err error) {
	if err != nil {
		q.mu.Lock()
		q.failed = errors.Join(q.failed, err)
		q.mu.Unlock()
	}
}

// now returns the present state. Files that it reads stay open until Close,
// since cayley tells of no iterator when it is done.
func (q *QuadStore) now() *state {
	if q.fixed != nil {
		if q.fixed.closed.Load() {
			q.fail(store.ErrClosed)
			return newState(nil, 0)
		}
		return q.fixed.state
	}
	q.fail(q.store.follow(context.Background()))
	now := q.store.now()
	if now == nil {
		return newState(nil, 0)
	}
	defer now.drop()
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, g := range now.segments {
		if g.sums != nil && !q.held[g] {
			g.hold()
			q.held[g] = true
		}
	}
	return now
}

// Close closes the store.
func (q *QuadStore) Close() error {
	if q.store == nil {
		return nil
	}
	err := q.store.Close()
	q.mu.Lock()
	defer q.mu.Unlock()
	for g := range q.held {
		g.release()
	}
	clear(q.held)
	return err
}

// node and quad4 are cayley's references.
type node uint32

// Key is the reference itself.
func (n node) Key() any { return n }

// Key is the reference itself.
func (q quad4) Key() any { return q }

// ValueOf returns the reference of a term, nil where no quad has it.
func (q *QuadStore) ValueOf(v quad.Value) (ref graph.Ref) {
	var err error
	defer func() { q.fail(err) }()
	defer catch(&err, faults())
	key, bad := store.AppendKey(nil, v)
	if bad != nil {
		return nil
	}
	now := q.now()
	if id := now.find(key); id > 0 && now.used(id) {
		return node(id)
	}
	return nil
}

// NameOf returns the term of a reference.
func (q *QuadStore) NameOf(ref graph.Ref) (v quad.Value) {
	if known, ok := ref.(graph.PreFetchedValue); ok {
		return known.NameOf()
	}
	n, ok := ref.(node)
	if !ok {
		return nil
	}
	var err error
	defer func() { q.fail(err) }()
	defer catch(&err, faults())
	v, err = q.now().value(uint32(n))
	return v
}

// Quad returns the quad of a reference.
func (q *QuadStore) Quad(ref graph.Ref) (out quad.Quad) {
	ids, ok := ref.(quad4)
	if !ok {
		return quad.Quad{}
	}
	var err error
	defer func() { q.fail(err) }()
	defer catch(&err, faults())
	values := valueCache{state: q.now()}
	out, err = values.quad(ids)
	return out
}

// QuadDirection returns one of the terms of a quad.
func (q *QuadStore) QuadDirection(ref graph.Ref, d quad.Direction) graph.Ref {
	ids, ok := ref.(quad4)
	if !ok {
		return nil
	}
	if id := ids.at(d); id > 0 {
		return node(id)
	}
	return nil
}

func (q quad4) at(d quad.Direction) uint32 {
	switch d {
	case quad.Subject:
		return q.s
	case quad.Predicate:
		return q.p
	case quad.Object:
		return q.o
	case quad.Label:
		return q.l
	}
	return 0
}

// QuadIteratorSize counts the quads that have a term at a place, those too that
// were taken away later.
func (q *QuadStore) QuadIteratorSize(_ context.Context, d quad.Direction, ref graph.Ref) (size graph.Size, err error) {
	defer catch(&err, faults())
	n, ok := ref.(node)
	if !ok {
		return graph.Size{Exact: true}, nil
	}
	now := q.now()
	return graph.Size{Size: now.size(d, uint32(n)), Exact: !now.orphans && d != quad.Object && d != quad.Label}, nil
}

// size estimates how many quads have a term at a place.
func (s *state) size(d quad.Direction, id uint32) int64 {
	if d == quad.Predicate {
		return s.countOf(id)
	}
	var n int64
	for _, g := range s.segments {
		x := &g.adds.index
		switch d {
		case quad.Object:
			x = &g.in.index
		case quad.Label:
			x = &g.labels.index
		}
		lo, hi := x.find(id)
		n += int64(hi - lo)
	}
	return n
}

// QuadIterator lists the quads that have a term at a place.
func (q *QuadStore) QuadIterator(d quad.Direction, ref graph.Ref) graph.Iterator {
	n, _ := ref.(node)
	return graph.NewLegacy(&listing{from: q, place: d, id: uint32(n)}, nil)
}

// QuadsAllIterator lists all quads.
func (q *QuadStore) QuadsAllIterator() graph.Iterator {
	return graph.NewLegacy(&listing{from: q, place: quad.Any}, nil)
}

// NodesAllIterator lists all terms that some quad has.
func (q *QuadStore) NodesAllIterator() graph.Iterator {
	return graph.NewLegacy(&listing{from: q, place: quad.Any, nodes: true}, nil)
}

// Stats counts.
func (q *QuadStore) Stats(context.Context, bool) (graph.Stats, error) {
	now := q.now()
	terms, err := now.countTerms()
	return graph.Stats{
		Nodes: graph.Size{Size: terms, Exact: true},
		Quads: graph.Size{Size: now.quads(), Exact: true},
	}, err
}

// ApplyDeltas makes a change, whole or not at all.
func (q *QuadStore) ApplyDeltas(deltas []graph.Delta, ignore graph.IgnoreOpts) error {
	if q.store == nil {
		return graph.ErrOperationNotSupported
	}
	return cayley.Apply(q.store, deltas, ignore, func(_ context.Context, t store.Tx, quads []quad.Quad) (there []bool, err error) {
		defer catch(&err, faults())
		base := t.(*tx).base
		there = make([]bool, len(quads))
		for i, q := range quads {
			ids, ok := base.quadOf(q)
			there[i] = ok && base.has(ids)
		}
		return there, nil
	})
}

// NewQuadWriter writes quads in batches.
func (q *QuadStore) NewQuadWriter() (quad.WriteCloser, error) {
	if q.store == nil {
		return nil, graph.ErrOperationNotSupported
	}
	return cayley.NewWriter(q.store), nil
}
