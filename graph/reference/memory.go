package reference

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// New returns an empty store in memory.
func New() store.Store {
	return &memory{terms: &terms{nodes: make(map[string]store.Node), values: make([]quad.Value, 1)}, now: &state{}}
}

type memory struct {
	changing sync.Mutex // held through an Update
	terms    *terms

	mu      sync.Mutex // guards what follows
	closed  bool
	version uint64
	now     *state
}

func (m *memory) Snapshot(ctx context.Context) (store.Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	now, err := m.current()
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	return &snapshot{state: now, terms: m.terms}, nil
}

func (m *memory) current() (*state, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, store.ErrClosed
	}
	return m.now, nil
}

func (m *memory) Version() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.version
}

func (m *memory) Update(ctx context.Context, change func(store.Tx) error) (store.Tally, error) {
	m.changing.Lock()
	defer m.changing.Unlock()
	if err := ctx.Err(); err != nil {
		return store.Tally{}, fmt.Errorf("update: %w", err)
	}
	base, err := m.current()
	if err != nil {
		return store.Tally{}, fmt.Errorf("update: %w", err)
	}
	t := &tx{terms: m.terms, quads: slices.Clone(base.quads), places: maps.Clone(base.places)}
	if t.places == nil {
		t.places = make(map[statement]int)
	}
	defer func() { t.ended = true }()
	if err := change(t); err != nil {
		return store.Tally{}, err
	}
	if err := ctx.Err(); err != nil {
		return store.Tally{}, fmt.Errorf("update: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return store.Tally{}, fmt.Errorf("update: %w", store.ErrClosed)
	}
	if t.tally.New+t.tally.Removed > 0 {
		m.now = t.state()
		m.version++
	}
	return t.tally, nil
}

func (m *memory) Fork(ctx context.Context) (store.Store, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("fork: %w", err)
	}
	now, err := m.current()
	if err != nil {
		return nil, fmt.Errorf("fork: %w", err)
	}
	return &memory{terms: m.terms.clone(), now: now}, nil
}

func (m *memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}

// terms number terms from 1 in the order in which they were first added, by
// what memstore keeps them under. A number is never given to another term.
type terms struct {
	mu     sync.RWMutex
	nodes  map[string]store.Node
	values []quad.Value
}

// number gives the number of a term, a new one if need be, and 0 of nil.
func (t *terms) number(term quad.Value) store.Node {
	if term == nil {
		return 0
	}
	key := term.String()
	t.mu.Lock()
	defer t.mu.Unlock()
	n, ok := t.nodes[key]
	if !ok {
		n = store.Node(len(t.values))
		t.nodes[key] = n
		t.values = append(t.values, term)
	}
	return n
}

func (t *terms) value(n store.Node) quad.Value {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if int(n) >= len(t.values) {
		return nil
	}
	return t.values[n]
}

func (t *terms) clone() *terms {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return &terms{nodes: maps.Clone(t.nodes), values: slices.Clone(t.values)}
}
