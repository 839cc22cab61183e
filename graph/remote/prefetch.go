package remote

import (
	"context"
	"errors"

	"parley/graph/store"
)

// Prefetch reads in one round trip what Expand will be asked for on the way of a
// pattern, and remembers it. What is remembered is not read again.
func (s *Snapshot) Prefetch(ctx context.Context, from []store.Node, steps []store.Step) error {
	if err := s.usable(ctx); err != nil || len(steps) == 0 || s.whole.Load() != nil {
		return err
	}
	// What has been read along the first steps has been read further mostly, and
	// where it has not, the walk reads it.
	start := make([]store.Node, 0, len(from))
	s.mu.Lock()
	for _, n := range once(from) {
		if n != 0 && !s.knows(n, steps) {
			start = append(start, n)
		}
	}
	s.mu.Unlock()
	if len(start) == 0 {
		return nil
	}
	if w, err := s.trip(ctx, tripsBefore+1); w != nil || err != nil {
		return err
	}
	var found []Found
	err := s.reader.Follow(ctx, start, steps, func(f Found) { found = append(found, f) })
	if errors.Is(err, ErrTooMuch) {
		return ctx.Err() // the walk reads what it needs
	}
	if err != nil {
		return err
	}
	for _, f := range found {
		if err := s.terms.put(f.Terms); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range found {
		s.keep(f)
	}
	return ctx.Err()
}

// knows tells whether the edges of a node along some steps are remembered. The
// caller holds the lock.
func (s *Snapshot) knows(n store.Node, steps []store.Step) bool {
	for i := range steps {
		for _, p := range predicatesOf(&steps[i]) {
			if _, ok := s.had(hop{n, p, steps[i].Direction}); !ok {
				return false
			}
		}
	}
	return true
}

// predicatesOf are those of a step, 0 for all.
func predicatesOf(s *store.Step) []store.Node {
	if len(s.Predicates) == 0 {
		return []store.Node{0}
	}
	return s.Predicates
}

// keep remembers what a step found, by each of its predicates. The caller holds
// the lock.
func (s *Snapshot) keep(f Found) {
	if f.Step == nil || len(f.From) == 0 {
		return
	}
	predicates := predicatesOf(f.Step)
	if len(predicates) == 1 {
		s.remember(f.From, predicates[0], f.Step.Direction, f.Edges)
		return
	}
	along := make(map[store.Node][]store.Edge, len(predicates))
	for _, e := range f.Edges {
		along[e.Predicate] = append(along[e.Predicate], e)
	}
	for _, p := range predicates {
		s.remember(f.From, p, f.Step.Direction, along[p])
	}
}

// once returns nodes, each where it came first.
func once(nodes []store.Node) []store.Node {
	seen := make(map[store.Node]bool, len(nodes))
	kept := make([]store.Node, 0, len(nodes))
	for _, n := range nodes {
		if !seen[n] {
			seen[n] = true
			kept = append(kept, n)
		}
	}
	return kept
}
