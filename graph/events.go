package graph

import (
	"cmp"
	"context"
	"slices"

	"parley/graph/vocab"
)

// EventsOf returns, for each of some nodes that is a report of another in view,
// the event that it tells of: of several the first in the alphabet. Nodes that
// are no reports are not in the map.
func (v *View) EventsOf(ctx context.Context, nodes []Node) (map[Node]Node, error) {
	edges, err := v.reportsOf(ctx, nodes, Out)
	if err != nil || len(edges) == 0 {
		return nil, err
	}
	events := make(map[Node]Node, len(edges))
	for _, e := range edges {
		if to, ok := events[e.From]; !ok || to != e.To && v.ID(e.To) < v.ID(to) {
			events[e.From] = e.To
		}
	}
	return events, v.Err()
}

// ReportsOf returns the reports in view of each of some nodes that is an event,
// in the order of their ids.
func (v *View) ReportsOf(ctx context.Context, nodes []Node) (map[Node][]Node, error) {
	edges, err := v.reportsOf(ctx, nodes, In)
	if err != nil || len(edges) == 0 {
		return nil, err
	}
	events, err := v.EventsOf(ctx, Targets(edges))
	if err != nil {
		return nil, err
	}
	reports := make(map[Node][]Node)
	for _, e := range edges {
		if events[e.To] == e.From {
			reports[e.From] = append(reports[e.From], e.To)
		}
	}
	for event, list := range reports {
		list = once(list)
		slices.SortFunc(list, func(a, b Node) int { return cmp.Compare(v.ID(a), v.ID(b)) })
		reports[event] = list
	}
	return reports, v.Err()
}

// reportsOf walks to events, or to reports. What is said to be a report of
// itself is none.
func (v *View) reportsOf(ctx context.Context, nodes []Node, d Direction) ([]Edge, error) {
	edges, err := v.Expand(ctx, nodes, vocab.ReportOf, d)
	return slices.DeleteFunc(edges, func(e Edge) bool { return e.From == e.To }), err
}
