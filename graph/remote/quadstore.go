package remote

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"parley/graph/embedded"
	"parley/graph/store"
	"parley/graph/store/cayley"

	"github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/quad"
)

// Register registers a kind of store with cayley, which opens and creates one by
// its URL.
func Register(name string, open, create func(ctx context.Context, url string) (store.Store, error)) {
	graph.RegisterQuadStore(name, graph.QuadStoreRegistration{
		NewFunc: func(url string, _ graph.Options) (graph.QuadStore, error) {
			s, err := open(context.Background(), url)
			if err != nil {
				return nil, err
			}
			return NewQuadStore(s), nil
		},
		InitFunc: func(url string, _ graph.Options) error {
			s, err := create(context.Background(), url)
			if err != nil {
				return err
			}
			return s.Close()
		},
		IsPersistent: true,
	})
}

// Fork returns a store in memory that begins with what a snapshot holds.
func Fork(ctx context.Context, s store.Snapshot, memory int64) (_ store.Store, err error) {
	fork := embedded.NewMemory(embedded.Options{Memory: memory})
	defer func() {
		if err != nil {
			err = errors.Join(err, fork.Close())
		}
	}()
	_, err = fork.Update(ctx, func(tx store.Tx) error { return Copy(ctx, tx, s) })
	return fork, err
}

// Copy adds to a change all that a snapshot holds.
func Copy(ctx context.Context, tx store.Tx, s store.Snapshot) error {
	const atOnce = 1 << 13
	part := make([]quad.Quad, 0, atOnce)
	for q, err := range s.Quads(ctx) {
		if err != nil {
			return err
		}
		if part = append(part, q); len(part) == atOnce {
			if err := tx.Add(ctx, part); err != nil {
				return err
			}
			part = part[:0]
		}
	}
	return errors.Join(s.Err(), tx.Add(ctx, part))
}

// QuadStore lets cayley's path API and Gizmo run on a store of this package's
// snapshots, or on one of them.
type QuadStore struct {
	store store.Store // nil for a snapshot, which cannot be written

	mu      sync.Mutex
	latest  *Snapshot
	version uint64
	asked   time.Time // when version was the newest
	failed  error
}

// recent is how long the newest version is taken to be so, since cayley asks for
// one term after the other. What is written through the QuadStore itself shows at
// once.
const recent = 10 * time.Millisecond

// NewQuadStore shows a store to cayley. To close it closes the store.
func NewQuadStore(s store.Store) *QuadStore { return &QuadStore{store: s} }

// OfSnapshot shows a snapshot to cayley, to read.
func OfSnapshot(s *Snapshot) *QuadStore { return &QuadStore{latest: s} }

// Err is the first failure that cayley's interface has no room for.
func (q *QuadStore) Err() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.failed == nil && q.latest != nil {
		return q.latest.Err()
	}
	return q.failed
}

func (q *QuadStore) fail(err error) {
	if err != nil {
		q.mu.Lock()
		q.failed = errors.Join(q.failed, err)
		q.mu.Unlock()
	}
}

// now returns a snapshot of the present state.
func (q *QuadStore) now(ctx context.Context) (*Snapshot, error) {
	if q.store == nil {
		return q.latest, q.latest.usable(ctx)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	if q.latest != nil && q.latest.Err() == nil && now.Sub(q.asked) < recent {
		return q.latest, ctx.Err()
	}
	version := q.store.Version()
	if q.latest == nil || version != q.version || q.latest.Err() != nil {
		s, err := q.store.Snapshot(ctx)
		if err != nil {
			return nil, err
		}
		latest, ok := s.(*Snapshot)
		if !ok {
			s.Close()
			return nil, fmt.Errorf("%T is no snapshot of a store on a server", s)
		}
		q.latest, q.version = latest, version
	}
	q.asked = now
	return q.latest, nil
}

// changed has the next reading ask for the newest version.
func (q *QuadStore) changed() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.asked = time.Time{}
}

// Close closes the store.
func (q *QuadStore) Close() error {
	if q.store == nil {
		return nil
	}
	return q.store.Close()
}

// ref is cayley's reference to a term, Quad that to a quad.
type ref store.Node

// Key is the reference itself.
func (n ref) Key() any { return n }

// Key is the reference itself.
func (q Quad) Key() any { return q }

// At returns the term at a place, 0 for none.
func (q Quad) At(place quad.Direction) store.Node {
	switch place {
	case quad.Subject:
		return q.Subject
	case quad.Predicate:
		return q.Predicate
	case quad.Object:
		return q.Object
	case quad.Label:
		return q.Label
	}
	return 0
}

// ValueOf returns the reference of a term, nil where no quad has it.
func (q *QuadStore) ValueOf(v quad.Value) graph.Ref {
	s, err := q.now(context.Background())
	if err != nil {
		q.fail(err)
		return nil
	}
	n := s.Node(v)
	q.fail(s.Err())
	if n == 0 {
		return nil
	}
	return ref(n)
}

// NameOf returns the term of a reference.
func (q *QuadStore) NameOf(r graph.Ref) quad.Value {
	if known, ok := r.(graph.PreFetchedValue); ok {
		return known.NameOf()
	}
	n, ok := r.(ref)
	if !ok {
		return nil
	}
	s, err := q.now(context.Background())
	if err != nil {
		q.fail(err)
		return nil
	}
	v := s.Value(store.Node(n))
	q.fail(s.Err())
	return v
}

// Quad returns the quad of a reference.
func (q *QuadStore) Quad(r graph.Ref) quad.Quad {
	ids, ok := r.(Quad)
	if !ok {
		return quad.Quad{}
	}
	name := func(n store.Node) quad.Value {
		if n == 0 {
			return nil
		}
		return q.NameOf(ref(n))
	}
	return quad.Quad{Subject: name(ids.Subject), Predicate: name(ids.Predicate), Object: name(ids.Object), Label: name(ids.Label)}
}

// QuadDirection returns one of the terms of a quad.
func (q *QuadStore) QuadDirection(r graph.Ref, d quad.Direction) graph.Ref {
	ids, ok := r.(Quad)
	if !ok || ids.At(d) == 0 {
		return nil
	}
	return ref(ids.At(d))
}

// QuadIteratorSize counts the quads that have a term at a place.
func (q *QuadStore) QuadIteratorSize(ctx context.Context, d quad.Direction, r graph.Ref) (graph.Size, error) {
	n, ok := r.(ref)
	if !ok {
		return graph.Size{Exact: true}, nil
	}
	s, err := q.now(ctx)
	if err != nil {
		return graph.Size{}, err
	}
	size, exact, err := s.reader.Size(ctx, d, store.Node(n))
	return graph.Size{Size: size, Exact: exact}, err
}

// QuadIterator lists the quads that have a term at a place.
func (q *QuadStore) QuadIterator(d quad.Direction, r graph.Ref) graph.Iterator {
	n, _ := r.(ref)
	return graph.NewLegacy(&listing{from: q, place: d, node: store.Node(n)}, nil)
}

// QuadsAllIterator lists all quads.
func (q *QuadStore) QuadsAllIterator() graph.Iterator {
	return graph.NewLegacy(&listing{from: q, place: quad.Any}, nil)
}

// NodesAllIterator lists all terms that some quad has.
func (q *QuadStore) NodesAllIterator() graph.Iterator {
	return graph.NewLegacy(&listing{from: q, place: quad.Any, terms: true}, nil)
}

// Stats counts.
func (q *QuadStore) Stats(ctx context.Context, _ bool) (graph.Stats, error) {
	s, err := q.now(ctx)
	if err != nil {
		return graph.Stats{}, err
	}
	held, err := s.Stats(ctx)
	return graph.Stats{
		Nodes: graph.Size{Size: held.Terms, Exact: true},
		Quads: graph.Size{Size: held.Quads, Exact: true},
	}, err
}

// ApplyDeltas makes a change, whole or not at all.
func (q *QuadStore) ApplyDeltas(deltas []graph.Delta, ignore graph.IgnoreOpts) error {
	if q.store == nil {
		return graph.ErrOperationNotSupported
	}
	defer q.changed()
	return cayley.Apply(q.store, deltas, ignore, func(ctx context.Context, tx store.Tx, quads []quad.Quad) ([]bool, error) {
		s, err := tx.Snapshot(ctx)
		if err != nil {
			return nil, err
		}
		defer s.Close()
		return store.Has(ctx, s, quads)
	})
}

// NewQuadWriter writes quads in batches.
func (q *QuadStore) NewQuadWriter() (quad.WriteCloser, error) {
	if q.store == nil {
		return nil, graph.ErrOperationNotSupported
	}
	return writer{cayley.NewWriter(q.store), q}, nil
}

// writer tells the QuadStore that it has written.
type writer struct {
	quad.WriteCloser
	to *QuadStore
}

// WriteQuad writes a quad with those that come after it.
func (w writer) WriteQuad(q quad.Quad) error {
	defer w.to.changed()
	return w.WriteCloser.WriteQuad(q) //nolint:staticcheck // cayley calls it
}

// WriteQuads writes quads at once.
func (w writer) WriteQuads(quads []quad.Quad) (int, error) {
	defer w.to.changed()
	return w.WriteCloser.WriteQuads(quads)
}

// Close writes what is held.
func (w writer) Close() error {
	defer w.to.changed()
	return w.WriteCloser.Close()
}
