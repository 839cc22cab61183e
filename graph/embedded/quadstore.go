package embedded

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"parley/graph/store"

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
	ctx := context.Background()
	_, err := q.store.Update(ctx, func(change store.Tx) error {
		adds, dels, err := net(change.(*tx).base, deltas, ignore)
		if err != nil {
			return err
		}
		return errors.Join(change.Remove(ctx, dels), change.Add(ctx, adds))
	})
	var delta *graph.DeltaError
	if errors.As(err, &delta) {
		return delta // cayley looks for it unwrapped
	}
	return err
}

// net works out what deltas, one after the other, come to.
func net(base *state, deltas []graph.Delta, ignore graph.IgnoreOpts) (adds, dels []quad.Quad, err error) {
	defer catch(&err, faults())
	type fate struct{ before, after bool }
	fates := make(map[quad.Quad]*fate, len(deltas))
	for _, d := range deltas {
		f := fates[d.Quad]
		if f == nil {
			ids, ok := base.quadOf(d.Quad)
			f = &fate{before: ok && base.has(ids)}
			f.after = f.before
			fates[d.Quad] = f
		}
		var wrong error
		switch {
		case d.Action != graph.Add && d.Action != graph.Delete:
			wrong = graph.ErrInvalidAction
		case d.Action == graph.Add && f.after && !ignore.IgnoreDup:
			wrong = graph.ErrQuadExists
		case d.Action == graph.Delete && !f.after && !ignore.IgnoreMissing:
			wrong = graph.ErrQuadNotExist
		}
		if wrong != nil {
			return nil, nil, &graph.DeltaError{Delta: d, Err: wrong}
		}
		f.after = d.Action == graph.Add
	}
	for q, f := range fates {
		switch {
		case f.after && !f.before:
			adds = append(adds, q)
		case f.before && !f.after:
			dels = append(dels, q)
		}
	}
	return adds, dels, nil
}

// NewQuadWriter writes quads in batches.
func (q *QuadStore) NewQuadWriter() (quad.WriteCloser, error) {
	if q.store == nil {
		return nil, graph.ErrOperationNotSupported
	}
	return &quadWriter{store: q.store}, nil
}

type quadWriter struct {
	store *Store
	held  []quad.Quad
}

// WriteQuad writes a quad with those that come after it.
func (w *quadWriter) WriteQuad(q quad.Quad) error {
	if w.held = append(w.held, q); len(w.held) < quad.DefaultBatch {
		return nil
	}
	return w.Close()
}

// WriteQuads writes quads at once.
func (w *quadWriter) WriteQuads(quads []quad.Quad) (int, error) {
	if err := w.Close(); err != nil {
		return 0, err
	}
	_, err := w.store.Update(context.Background(), func(t store.Tx) error { return t.Add(context.Background(), quads) })
	if err != nil {
		return 0, err
	}
	return len(quads), nil
}

// Close writes what is held.
func (w *quadWriter) Close() error {
	held := w.held
	if w.held = nil; len(held) == 0 {
		return nil
	}
	_, err := w.WriteQuads(held)
	return err
}
