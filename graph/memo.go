package graph

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// memo is a snapshot with what has been read of it that no options change.
// Views of one graph share it until the graph changes; it goes with the last
// of them.
type memo struct {
	store.Snapshot
	version uint64
	users   int // the graph is one while this is its latest

	values     recent
	terms      kept[quad.IRI, Node] // of the vocabulary
	knowsWords atomic.Bool          // all of them were looked up at once
	refs       kept[Node, Ref]
	citations  kept[Node, Citation]
	origins    kept[Node, origin]
	sides      kept[Node, []holding]

	naming     sync.Mutex // guards what follows
	names      *reading   // nil where nobody has asked
	life       context.Context
	end        context.CancelFunc // of life
	background sync.WaitGroup
}

func newMemo(s store.Snapshot) *memo {
	m := &memo{Snapshot: s}
	m.life, m.end = context.WithCancel(context.Background())
	return m
}

// Close lets the snapshot go, once nothing in the background reads it.
func (m *memo) Close() {
	m.end()
	m.background.Wait()
	m.Snapshot.Close()
}

// share returns the memo of what the store shows now, for the caller to
// release.
func (g *Graph) share(ctx context.Context) (*memo, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, ErrClosed
	}
	// Read before the snapshot: of a change in between the memo seems too old,
	// never too new.
	version := g.store.Version()
	if g.latest == nil || g.latest.version != version || g.latest.Err() != nil {
		s, err := g.store.Snapshot(ctx)
		if err != nil {
			return nil, err
		}
		g.forget()
		g.latest = newMemo(s)
		g.latest.version, g.latest.users = version, 1
	}
	g.latest.users++
	g.views++
	return g.latest, nil
}

func (g *Graph) release(m *memo) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.views--
	g.drop(m)
}

// forget lets the latest memo go. The caller holds the lock.
func (g *Graph) forget() {
	if g.latest != nil {
		g.drop(g.latest)
		g.latest = nil
	}
}

func (g *Graph) drop(m *memo) {
	if m.users--; m.users == 0 {
		m.Close()
	}
}

// View opens a view of the graph as it stands now. Close it when done.
func (g *Graph) View(o Options) (*View, error) {
	m, err := g.share(context.Background()) // a snapshot waits for nobody
	if err != nil {
		return nil, fmt.Errorf("view: %w", err)
	}
	return newView(m, o, func() { g.release(m) }), nil
}

// View opens a view of the graph as the change would leave it now. Close it
// when done.
func (tx *Tx) View(ctx context.Context, o Options) (*View, error) {
	s, err := tx.tx.Snapshot(ctx)
	if err != nil {
		return nil, fmt.Errorf("view: %w", err)
	}
	m := newMemo(s)
	return newView(m, o, m.Close), nil
}

// recent remembers the terms of nodes that were read lately. Terms are read far
// more often than anything else, so no goroutine waits for another here.
type recent struct {
	of [1 << 13]atomic.Pointer[named]
}

type named struct {
	node Node
	term quad.Value
}

func (r *recent) get(n Node) (quad.Value, bool) {
	if held := r.of[n%Node(len(r.of))].Load(); held != nil && held.node == n {
		return held.term, true
	}
	return nil, false
}

func (r *recent) put(n Node, term quad.Value) {
	r.of[n%Node(len(r.of))].Store(&named{n, term})
}

// mostKept bounds each of a memo's maps.
const mostKept = 1 << 16

// kept remembers what was looked up, for several goroutines. The zero kept is
// empty; a full one starts afresh.
type kept[K comparable, V any] struct {
	mu sync.RWMutex
	m  map[K]V
}

func (k *kept[K, V]) get(key K) (V, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	value, ok := k.m[key]
	return value, ok
}

func (k *kept[K, V]) put(key K, value V) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.m == nil || len(k.m) >= mostKept {
		k.m = make(map[K]V)
	}
	k.m[key] = value
}
