package graph

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/memstore"
	"github.com/cayleygraph/quad"
)

// Graph is an open store of quads, safe for concurrent use.
type Graph struct {
	mu     sync.RWMutex
	closed bool
	qs     graph.QuadStore
	// Cayley's references are opaque; nodes number them from 1, so that
	// walks compare and index small integers.
	refs  []graph.Ref
	nodes map[any]Node
}

// Node is a handle of a term in one graph. The zero Node is no term.
type Node uint32

// Added tells what became of quads that were to be added.
type Added struct{ New, Known int }

// Open opens the store at a URL. "memory:" is an empty store that lives as
// long as the process.
func Open(ctx context.Context, storeURL string) (*Graph, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open %s: %w", storeURL, err)
	}
	u, err := url.Parse(storeURL)
	if err != nil {
		return nil, fmt.Errorf("open %q: %w: %w", storeURL, ErrURL, err)
	}
	if u.Scheme != "memory" || u.Opaque != "" || u.Host != "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("open %q: %w; write memory: for a store in memory", storeURL, ErrURL)
	}
	return &Graph{qs: memstore.New(), refs: make([]graph.Ref, 1), nodes: make(map[any]Node)}, nil
}

// Close ends the graph. Its views must be closed before.
func (g *Graph) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil
	}
	g.closed = true
	return g.qs.Close()
}

// addAtOnce is how many quads go into the store between two looks at the
// context.
const addAtOnce = 10_000

// Add puts quads in, all or none. Quads that are there already are counted and
// left alone. It waits for open views to close. A context that ends before the
// first quad is in leaves the graph as it was; one that ends later ends the
// graph, of which a part would be worse than nothing.
func (g *Graph) Add(ctx context.Context, quads []quad.Quad) (Added, error) {
	for i, q := range quads {
		if !q.IsValid() {
			return Added{}, fmt.Errorf("add quad %d of %d: %v lacks a subject, predicate or object", i+1, len(quads), q)
		}
		for _, v := range []quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
			// Memstore takes such a name for the number of any term it has.
			if b, ok := v.(quad.BNode); ok && strings.HasPrefix(string(b), "memnode") {
				return Added{}, fmt.Errorf("add quad %d of %d: the store keeps names like %v for itself", i+1, len(quads), v)
			}
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return Added{}, fmt.Errorf("add quads: %w", ErrClosed)
	}
	before, err := g.count(ctx)
	if err != nil {
		return Added{}, fmt.Errorf("add quads: %w", err)
	}
	for part := range slices.Chunk(quads, addAtOnce) {
		if err := ctx.Err(); err != nil {
			if now, _ := g.count(context.WithoutCancel(ctx)); now != before {
				g.closed = true
			}
			return Added{}, fmt.Errorf("add quads: %w", err)
		}
		if err := g.addPart(part); err != nil {
			g.closed = true
			return Added{}, fmt.Errorf("add quads: %w", err)
		}
	}
	after, err := g.count(context.WithoutCancel(ctx))
	if err != nil {
		return Added{}, fmt.Errorf("add quads: %w", err)
	}
	return Added{New: after - before, Known: len(quads) - (after - before)}, nil
}

func (g *Graph) addPart(quads []quad.Quad) error {
	deltas := make([]graph.Delta, len(quads))
	for i, q := range quads {
		deltas[i] = graph.Delta{Quad: q, Action: graph.Add}
	}
	if err := g.qs.ApplyDeltas(deltas, graph.IgnoreOpts{IgnoreDup: true}); err != nil {
		return err
	}
	seen := make(map[quad.Value]struct{})
	for _, q := range quads {
		for _, v := range []quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
			if _, ok := seen[v]; ok || v == nil {
				continue
			}
			seen[v] = struct{}{}
			g.number(g.qs.ValueOf(v))
		}
	}
	return nil
}

func (g *Graph) count(ctx context.Context) (int, error) {
	stats, err := g.qs.Stats(ctx, true)
	return int(stats.Quads.Size), err
}

func (g *Graph) number(ref graph.Ref) {
	key := ref.Key()
	if _, ok := g.nodes[key]; !ok {
		g.nodes[key] = Node(len(g.refs))
		g.refs = append(g.refs, ref)
	}
}

// Quads gives every quad of the store once, in no particular order. The store
// is held until the loop ends.
func (g *Graph) Quads(ctx context.Context) iter.Seq2[quad.Quad, error] {
	return func(yield func(quad.Quad, error) bool) {
		// Memstore marks its list as shared when an iterator is made, so this
		// reader excludes the others.
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.closed {
			yield(quad.Quad{}, fmt.Errorf("read quads: %w", ErrClosed))
			return
		}
		it := g.qs.QuadsAllIterator()
		defer func() { _ = it.Close() }()
		for it.Next(ctx) {
			if err := ctx.Err(); err != nil {
				yield(quad.Quad{}, fmt.Errorf("read quads: %w", err))
				return
			}
			if !yield(g.qs.Quad(it.Result()), nil) {
				return
			}
		}
		if err := it.Err(); err != nil {
			yield(quad.Quad{}, fmt.Errorf("read quads: %w", err))
		} else if err := ctx.Err(); err != nil {
			yield(quad.Quad{}, fmt.Errorf("read quads: %w", err))
		}
	}
}
