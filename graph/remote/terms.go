package remote

import (
	"context"
	"fmt"
	"sync"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// Terms remembers terms by their handles, for all snapshots of a store where a handle
// stands for one term for ever; a change that may fail, and then gives its handles
// back, has Terms of its own. It is safe for concurrent use.
type Terms struct {
	mu sync.RWMutex
	of map[store.Node]quad.Value
}

// mostTerms bounds what Terms holds; a full one starts afresh.
const mostTerms = 1 << 19

// NewTerms returns an empty memory.
func NewTerms() *Terms { return &Terms{of: map[store.Node]quad.Value{}} }

func (t *Terms) get(n store.Node) (quad.Value, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	v, ok := t.of[n]
	return v, ok
}

// put remembers terms by their keys.
func (t *Terms) put(keys map[store.Node]string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.room(len(keys))
	for n, key := range keys {
		if _, ok := t.of[n]; ok {
			continue
		}
		v, err := store.Value([]byte(key))
		if err != nil {
			return fmt.Errorf("term %d: %w", n, err)
		}
		t.of[n] = v
	}
	return nil
}

// room starts afresh where n more do not fit. The caller holds the lock.
func (t *Terms) room(n int) {
	if len(t.of)+n > mostTerms {
		t.of = make(map[store.Node]quad.Value, n)
	}
}

// lacking returns those of some nodes whose terms are not known.
func (t *Terms) lacking(nodes []store.Node) []store.Node {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var lacking []store.Node
	for _, n := range nodes {
		if _, ok := t.of[n]; !ok && n != 0 {
			lacking = append(lacking, n)
		}
	}
	return lacking
}

// readLacking reads the terms of nodes that are not known.
func (t *Terms) readLacking(ctx context.Context, r Reader, nodes []store.Node) error {
	if nodes = t.lacking(nodes); len(nodes) == 0 {
		return nil
	}
	_, err := t.read(ctx, r, nodes)
	return err
}

// read reads the terms of nodes, remembers them and returns them in order.
func (t *Terms) read(ctx context.Context, r Reader, nodes []store.Node) ([]quad.Value, error) {
	keys, err := r.Keys(ctx, nodes)
	if err != nil {
		return nil, err
	}
	if len(keys) != len(nodes) {
		return nil, fmt.Errorf("read %d terms: %d came", len(nodes), len(keys))
	}
	values := make([]quad.Value, len(nodes))
	for i, n := range nodes {
		if values[i], err = store.Value([]byte(keys[i])); err != nil {
			return nil, fmt.Errorf("term %d: %w", n, err)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.room(len(nodes))
	for i, n := range nodes {
		t.of[n] = values[i]
	}
	return values, nil
}
