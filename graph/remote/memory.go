package remote

import (
	"slices"

	"parley/graph/store"
)

// hop is a node, a predicate or 0 for all, and a direction.
type hop struct {
	from, along store.Node
	direction   store.Direction
}

// mostHeld bounds what a snapshot remembers, in edges; mostFound in terms looked
// up. A full memory starts afresh.
const (
	mostHeld  = 1 << 20
	mostFound = 1 << 17
)

// had returns the edges of a hop where they are remembered, be it among those
// along all predicates. The caller holds the lock.
func (s *Snapshot) had(h hop) ([]store.Edge, bool) {
	if edges, ok := s.hops[h]; ok || h.along == 0 {
		return edges, ok
	}
	all, ok := s.hops[hop{h.from, 0, h.direction}]
	if !ok {
		return nil, false
	}
	var along []store.Edge
	for _, e := range all {
		if e.Predicate == h.along {
			along = append(along, e)
		}
	}
	return along, true
}

// remember keeps all edges that nodes have along a predicate, or along all. The
// caller holds the lock.
func (s *Snapshot) remember(nodes []store.Node, predicate store.Node, d store.Direction, edges []store.Edge) map[store.Node][]store.Edge {
	// By handle, so that whatever order the server has, answers come in one.
	slices.SortFunc(edges, compareEdges)
	s.ahead.met(edges)
	of := make(map[store.Node][]store.Edge, len(nodes))
	for from := 0; from < len(edges); {
		to := from + 1
		for to < len(edges) && edges[to].From == edges[from].From {
			to++
		}
		of[edges[from].From] = edges[from:to:to]
		from = to
	}
	if !s.fits(len(edges) + len(nodes)) {
		return of
	}
	for _, n := range nodes {
		s.hops[hop{n, predicate, d}] = of[n]
	}
	return of
}

func compareEdges(a, b store.Edge) int {
	return Quad{a.From, a.Predicate, a.To, a.Label}.Compare(Quad{b.From, b.Predicate, b.To, b.Label})
}

// keepLabelled remembers all edges that bear some labels. The caller holds the lock.
func (s *Snapshot) keepLabelled(labels []store.Node, of map[store.Node][]store.Edge, edges int) {
	if !s.fits(len(labels) + edges) {
		return
	}
	if s.labels == nil {
		s.labels = make(map[store.Node][]store.Edge)
	}
	for _, n := range labels {
		s.labels[n] = slices.Clip(of[n])
	}
}

// fits makes room for so many edges and hops, where that is worth it. The caller
// holds the lock.
func (s *Snapshot) fits(cost int) bool {
	if s.closed.Load() || cost > mostHeld/4 {
		return false
	}
	if s.held+cost > mostHeld {
		clear(s.hops)
		clear(s.labels)
		s.held = 0
	}
	s.held += cost
	return true
}
