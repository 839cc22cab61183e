package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"parley/graph/store"
)

// A store of few quads is read whole as soon as a snapshot of it has been asked
// for more than a little: that costs less than the round trips of one query that
// goes through much of it.

// small is up to how many quads a store is read whole.
var small atomic.Int64

func init() { small.Store(1 << 17) }

// ReadWhole sets up to how many quads a store is read whole, and returns what was
// so before: for tests of what is done with larger ones.
func ReadWhole(quads int64) (before int64) { return small.Swap(quads) }

// tripsBefore is how many round trips are a little. A pattern is more than that.
const tripsBefore = 3

// whole is all that a state holds.
type whole struct {
	keys map[store.Node]string
	// What follows is made when it is first asked for.
	out, in  func() edgesOf
	labelled func() edgesOf // by label, subject to object
	nodes    func() map[string]store.Node
}

// edgesOf are edges by a node of theirs.
type edgesOf struct {
	edges []store.Edge
	of    map[store.Node][2]int32 // from where to where
}

func newEdgesOf(edges []store.Edge, node func(store.Edge) store.Node) edgesOf {
	slices.SortFunc(edges, func(a, b store.Edge) int {
		if x, y := node(a), node(b); x != y {
			return cmp.Compare(x, y)
		}
		return compareEdges(a, b)
	})
	e := edgesOf{edges, make(map[store.Node][2]int32)}
	for from := 0; from < len(edges); {
		to := from + 1
		for to < len(edges) && node(edges[to]) == node(edges[from]) {
			to++
		}
		e.of[node(edges[from])] = [2]int32{int32(from), int32(to)}
		from = to
	}
	return e
}

// at returns the edges of a node.
func (e edgesOf) at(n store.Node) []store.Edge {
	span := e.of[n]
	return e.edges[span[0]:span[1]]
}

// along returns those of edges sorted by predicate that go along one, or all.
func along(edges []store.Edge, predicate store.Node) []store.Edge {
	if predicate == 0 {
		return edges
	}
	of := func(e store.Edge, p store.Node) int { return cmp.Compare(e.Predicate, p) }
	from, _ := slices.BinarySearchFunc(edges, predicate, of)
	to := from
	for to < len(edges) && edges[to].Predicate == predicate {
		to++
	}
	return edges[from:to]
}

// trip is called before round trips, with their number. It returns all there is,
// where that has been read or is read now instead; nil means that the trip is to be made.
func (s *Snapshot) trip(ctx context.Context, n int64) (*whole, error) {
	if w := s.whole.Load(); w != nil || s.trips.Add(n) <= tripsBefore || s.large.Load() {
		return w, s.usable(ctx)
	}
	held, err := s.reader.Stats(ctx)
	if err != nil {
		return nil, err
	}
	if held.Quads > small.Load() {
		s.large.Store(true)
		return nil, nil
	}
	select {
	case s.reading <- struct{}{}:
		defer func() { <-s.reading }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if w := s.whole.Load(); w != nil {
		return w, nil
	}
	w, err := s.readWhole(ctx, held.Quads)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, ErrTooMuch):
		s.large.Store(true)
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read the store whole: %w", err)
	}
	s.whole.Store(w)
	if s.closed.Load() { // Close was before
		s.whole.Store(nil)
	}
	return w, s.usable(ctx)
}

func (s *Snapshot) readWhole(ctx context.Context, most int64) (*whole, error) {
	quads, keys, err := s.reader.Whole(ctx, int(most))
	if err != nil {
		return nil, err
	}
	// It is kept for as long as the state is, so nothing may be missing.
	if int64(len(quads)) != most {
		return nil, fmt.Errorf("%d quads came of %d", len(quads), most)
	}
	for _, q := range quads {
		for _, n := range q.terms() {
			if _, ok := keys[n]; !ok && n != 0 {
				return nil, fmt.Errorf("no key came of term %d", n)
			}
		}
	}
	by := func(node func(store.Edge) store.Node, edge func(Quad) store.Edge) func() edgesOf {
		return sync.OnceValue(func() edgesOf {
			edges := make([]store.Edge, 0, len(quads))
			for _, q := range quads {
				if e := edge(q); node(e) != 0 {
					edges = append(edges, e)
				}
			}
			return newEdgesOf(edges, node)
		})
	}
	from, label := func(e store.Edge) store.Node { return e.From }, func(e store.Edge) store.Node { return e.Label }
	forwards := func(q Quad) store.Edge {
		return store.Edge{From: q.Subject, To: q.Object, Predicate: q.Predicate, Label: q.Label}
	}
	backwards := func(q Quad) store.Edge {
		return store.Edge{From: q.Object, To: q.Subject, Predicate: q.Predicate, Label: q.Label}
	}
	return &whole{
		keys: keys, out: by(from, forwards), in: by(from, backwards), labelled: by(label, forwards),
		nodes: sync.OnceValue(func() map[string]store.Node {
			// Only of terms that some quad has.
			nodes := make(map[string]store.Node, len(keys))
			for _, q := range quads {
				for _, n := range q.terms() {
					if n != 0 {
						nodes[keys[n]] = n
					}
				}
			}
			return nodes
		}),
	}, nil
}

// find returns the handles of keys.
func (w *whole) find(keys []string) []store.Node {
	if w == nil {
		return nil
	}
	nodes, of := make([]store.Node, len(keys)), w.nodes()
	for i, key := range keys {
		nodes[i] = of[key]
	}
	return nodes
}

// expand appends the edges of nodes.
func (w *whole) expand(edges []store.Edge, nodes []store.Node, predicate store.Node, d store.Direction) []store.Edge {
	if w == nil {
		return nil
	}
	of := w.out
	if d == store.In {
		of = w.in
	}
	by := of()
	for _, n := range nodes {
		edges = append(edges, along(by.at(n), predicate)...)
	}
	return edges
}

// labelledBy appends the edges that bear labels.
func (w *whole) labelledBy(edges []store.Edge, labels []store.Node) []store.Edge {
	if w == nil {
		return nil
	}
	by := w.labelled()
	for _, n := range labels {
		edges = append(edges, by.at(n)...)
	}
	return edges
}
