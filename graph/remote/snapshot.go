package remote

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// Snapshot is one state of a store on a server. It implements [store.Snapshot]
// and [store.Prefetcher].
type Snapshot struct {
	reader Reader
	terms  *Terms
	closed atomic.Bool
	err    atomic.Pointer[error]

	trips   atomic.Int64
	whole   atomic.Pointer[whole]
	large   atomic.Bool   // it is not read whole
	reading chan struct{} // held by who reads it

	mu     sync.Mutex // guards what follows
	hops   map[hop][]store.Edge
	held   int                   // edges and hops in hops
	found  map[string]store.Node // by key, 0 for a term that is not there
	ahead  ahead
	labels map[store.Node][]store.Edge // that bear a label
}

// patience is how long a term is waited for, since to read one takes no context.
const patience = 30 * time.Second

// NewSnapshot returns the snapshot of a state, which shares terms with the others
// of its store.
func NewSnapshot(r Reader, terms *Terms) *Snapshot {
	return &Snapshot{
		reader: r, terms: terms, hops: map[hop][]store.Edge{}, found: map[string]store.Node{}, reading: make(chan struct{}, 1),
	}
}

// Reader is what the snapshot reads from.
func (s *Snapshot) Reader() Reader { return s.reader }

// fail keeps the first failure of Node and Value.
func (s *Snapshot) fail(err error) {
	if err != nil {
		s.err.CompareAndSwap(nil, &err)
	}
}

// Err is the first failure of Node and Value.
func (s *Snapshot) Err() error {
	if err := s.err.Load(); err != nil {
		return *err
	}
	return nil
}

// Close forgets what was read, and closes the reader if that can be.
func (s *Snapshot) Close() {
	if s.closed.Swap(true) {
		return
	}
	if c, ok := s.reader.(interface{ Close() }); ok {
		c.Close()
	}
	s.whole.Store(nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hops, s.found, s.ahead, s.labels = map[hop][]store.Edge{}, map[string]store.Node{}, ahead{}, nil
}

func (s *Snapshot) usable(ctx context.Context) error {
	if s.closed.Load() {
		return store.ErrClosed
	}
	return ctx.Err()
}

// Node returns the handle of a term.
func (s *Snapshot) Node(term quad.Value) store.Node {
	if s.closed.Load() {
		s.fail(store.ErrClosed)
		return 0
	}
	key, bad := store.AppendKey(nil, term)
	if bad != nil {
		return 0 // no quad can have it
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	nodes, err := s.Find(ctx, []string{string(key)})
	if err != nil {
		s.fail(err)
		return 0
	}
	return nodes[0]
}

// Find returns the handles of terms by their keys, in one round trip for those
// that were not asked for before.
func (s *Snapshot) Find(ctx context.Context, keys []string) ([]store.Node, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	if w := s.whole.Load(); w != nil {
		return w.find(keys), nil
	}
	nodes := make([]store.Node, len(keys))
	var unknown []string
	s.mu.Lock()
	for i, key := range keys {
		n, ok := s.found[key]
		if nodes[i] = n; !ok {
			unknown = append(unknown, key)
		}
	}
	s.mu.Unlock()
	if len(unknown) == 0 {
		return nodes, nil
	}
	if w, err := s.trip(ctx, 1); w != nil || err != nil {
		return w.find(keys), err
	}
	slices.Sort(unknown)
	unknown = slices.Compact(unknown)
	read, err := s.reader.Find(ctx, unknown)
	if err != nil {
		return nil, err
	}
	if len(read) != len(unknown) {
		return nil, fmt.Errorf("look %d terms up: %d came", len(unknown), len(read))
	}
	of, terms := make(map[string]store.Node, len(read)), make(map[store.Node]string, len(read))
	for i, n := range read {
		if of[unknown[i]] = n; n != 0 {
			terms[n] = unknown[i]
		}
	}
	if err := s.terms.put(terms); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.found)+len(read) > mostFound {
		clear(s.found)
	}
	for i, key := range keys {
		if n, ok := of[key]; ok {
			nodes[i], s.found[key] = n, n
		}
	}
	return nodes, nil
}

// Value returns the term of a handle.
func (s *Snapshot) Value(n store.Node) quad.Value {
	if n == 0 {
		return nil
	}
	if s.closed.Load() {
		s.fail(store.ErrClosed)
		return nil
	}
	if v, ok := s.terms.get(n); ok {
		return v
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	w, err := s.trip(ctx, 1)
	if err != nil {
		s.fail(err)
		return nil
	}
	if w != nil {
		if key, ok := w.keys[n]; ok {
			v, err := store.Value([]byte(key))
			if err == nil {
				err = s.terms.put(map[store.Node]string{n: key})
			}
			s.fail(err)
			return v
		}
	}
	s.mu.Lock()
	nodes := s.ahead.terms(n)
	s.mu.Unlock()
	nodes = append(s.terms.lacking(slices.DeleteFunc(nodes, func(m store.Node) bool { return m == n })), n)
	values, err := s.terms.read(ctx, s.reader, nodes)
	if err != nil {
		s.fail(err)
		return nil
	}
	return values[len(values)-1]
}

// Expand walks one hop.
func (s *Snapshot) Expand(ctx context.Context, edges []store.Edge, nodes []store.Node, predicate store.Node, d store.Direction) ([]store.Edge, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	if w := s.whole.Load(); w != nil {
		return w.expand(edges, nodes, predicate, d), nil
	}
	of := make(map[store.Node][]store.Edge, len(nodes))
	var missing []store.Node
	s.mu.Lock()
	for _, n := range nodes {
		if _, met := of[n]; met || n == 0 {
			continue
		}
		had, ok := s.had(hop{n, predicate, d})
		if !ok {
			missing = append(missing, n)
		}
		of[n] = had
	}
	asked := s.ahead.nodes(missing, func(n store.Node) bool {
		_, had := s.had(hop{n, predicate, d})
		return !had
	}, d)
	s.mu.Unlock()
	if len(missing) > 0 {
		if w, err := s.trip(ctx, 1); w != nil || err != nil {
			return w.expand(edges, nodes, predicate, d), err
		}
		read, err := s.read(ctx, asked, predicate, d)
		if err != nil {
			return nil, err
		}
		for _, n := range missing {
			of[n] = read[n]
		}
	}
	for _, n := range nodes {
		edges = append(edges, of[n]...)
	}
	return edges, s.usable(ctx)
}

// read reads the edges of nodes, and remembers them.
func (s *Snapshot) read(ctx context.Context, nodes []store.Node, predicate store.Node, d store.Direction) (map[store.Node][]store.Edge, error) {
	edges, err := s.reader.Expand(ctx, nodes, predicate, d)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(nodes) > 0 {
		s.ahead.weighed(nodes[0], len(nodes), len(edges), d)
	}
	return s.remember(nodes, predicate, d, edges), nil
}

// together takes note of nodes that came in one page of a list, since what is asked
// of one of them may be asked of all.
func (s *Snapshot) together(nodes []store.Node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead.join(len(nodes), func(i int) store.Node { return nodes[i] })
}

// Neighbours walks one hop.
func (s *Snapshot) Neighbours(ctx context.Context, ends []store.Node, nodes []store.Node, predicate store.Node, d store.Direction) ([]store.Node, error) {
	edges, err := s.Expand(ctx, nil, nodes, predicate, d)
	if err != nil {
		return nil, err
	}
	for _, e := range edges {
		ends = append(ends, e.To)
	}
	return ends, nil
}

// Labelled reads the edges that bear some labels.
func (s *Snapshot) Labelled(ctx context.Context, edges []store.Edge, labels []store.Node) ([]store.Edge, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	asked := slices.DeleteFunc(once(labels), func(n store.Node) bool { return n == 0 })
	if w := s.whole.Load(); w != nil {
		return w.labelledBy(edges, asked), nil
	}
	var missing []store.Node
	of := make(map[store.Node][]store.Edge, len(asked))
	s.mu.Lock()
	for _, n := range asked {
		had, ok := s.labels[n]
		if of[n] = had; !ok {
			missing = append(missing, n)
		}
	}
	s.mu.Unlock()
	if len(missing) > 0 {
		if w, err := s.trip(ctx, 1); w != nil || err != nil {
			return w.labelledBy(edges, asked), err
		}
		read, err := s.reader.Labelled(ctx, missing)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(read, compareEdges)
		for _, e := range read {
			of[e.Label] = append(of[e.Label], e)
		}
		s.mu.Lock()
		s.ahead.met(read)
		s.keepLabelled(missing, of, len(read))
		s.mu.Unlock()
	}
	for _, n := range asked {
		edges = append(edges, of[n]...)
	}
	return edges, s.usable(ctx)
}

// pageSize is how many quads are read at once.
const pageSize = 1 << 14

// Quads gives every quad once.
func (s *Snapshot) Quads(ctx context.Context) iter.Seq2[quad.Quad, error] {
	return func(yield func(quad.Quad, error) bool) {
		size := 64 // whoever wants but the first waits for no more
		for after := (Quad{}); ; size = min(2*size, pageSize) {
			page, values, err := s.page(ctx, quad.Any, 0, after, size)
			if err != nil {
				yield(quad.Quad{}, fmt.Errorf("read quads: %w", err))
				return
			}
			for _, q := range page {
				if err := ctx.Err(); err != nil {
					yield(quad.Quad{}, fmt.Errorf("read quads: %w", err))
					return
				}
				if !yield(quad.Quad{Subject: values[q.Subject], Predicate: values[q.Predicate], Object: values[q.Object], Label: values[q.Label]}, nil) {
					return
				}
			}
			if len(page) < size {
				return
			}
			after = page[len(page)-1]
		}
	}
}

// page reads quads and the terms that they have.
func (s *Snapshot) page(ctx context.Context, place quad.Direction, n store.Node, after Quad, limit int) ([]Quad, map[store.Node]quad.Value, error) {
	if err := s.usable(ctx); err != nil {
		return nil, nil, err
	}
	page, err := s.reader.Page(ctx, place, n, after, limit)
	if err != nil {
		return nil, nil, err
	}
	// Of their own, since more terms may come at once than are remembered.
	values := make(map[store.Node]quad.Value, len(page))
	var lacking []store.Node
	for _, q := range page {
		for _, n := range q.terms() {
			if _, met := values[n]; met || n == 0 {
				continue
			}
			v, ok := s.terms.get(n)
			if values[n] = v; !ok {
				lacking = append(lacking, n)
			}
		}
	}
	if len(lacking) > 0 {
		read, err := s.terms.read(ctx, s.reader, lacking)
		if err != nil {
			return nil, nil, err
		}
		for i, n := range lacking {
			values[n] = read[i]
		}
	}
	return page, values, nil
}

// Stats counts.
func (s *Snapshot) Stats(ctx context.Context) (store.Stats, error) {
	if err := s.usable(ctx); err != nil {
		return store.Stats{}, err
	}
	return s.reader.Stats(ctx)
}
