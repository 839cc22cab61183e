package queries

import (
	"cmp"
	"context"
	"slices"

	"parley/graph"
	"parley/graph/vocab"
)

// events puts in the place of each report the event that it tells of, each once.
func (r *run) events(ctx context.Context, nodes []graph.Node) ([]graph.Node, error) {
	of, err := r.view.EventsOf(ctx, nodes)
	if err != nil || len(of) == 0 {
		return nodes, err
	}
	seen := make(map[graph.Node]bool, len(nodes))
	kept := make([]graph.Node, 0, len(nodes))
	for _, n := range nodes {
		if event, ok := of[n]; ok {
			n = event
		}
		if !seen[n] {
			seen[n] = true
			kept = append(kept, n)
		}
	}
	return kept, nil
}

// told is what a view shows of actions.
type told struct {
	events  []graph.Node
	records map[graph.Node]graph.Record // of an event with what its reports add
	reports map[graph.Node][]graph.Record
}

// read reads actions, in the place of reports their events.
func (r *run) read(ctx context.Context, nodes []graph.Node) (told, error) {
	if err := r.view.Prefetch(ctx, nodes, reading()...); err != nil {
		return told{}, err
	}
	events, err := r.events(ctx, nodes)
	if err != nil {
		return told{}, err
	}
	reports, err := r.view.ReportsOf(ctx, events)
	if err != nil {
		return told{}, err
	}
	all := slices.Clip(events)
	for _, n := range events {
		all = append(all, reports[n]...)
	}
	records, err := r.view.Records(ctx, all)
	t := told{events: events, records: records}
	if err != nil || len(reports) == 0 {
		return t, err
	}
	t.reports = make(map[graph.Node][]graph.Record, len(reports))
	for event, of := range reports {
		for _, n := range of {
			t.reports[event] = append(t.reports[event], records[n])
			delete(records, n)
		}
		records[event] = merge(records[event], t.reports[event])
	}
	return t, nil
}

// merge adds to the record of an event what its reports say. What it says
// itself stands: of reports only what agrees with it is a further reason. What
// only they tell they fill in.
func merge(own graph.Record, reports []graph.Record) graph.Record {
	merged := slices.Clone(own)
	// A move that was announced on a day happened on no other.
	dated := len(own.Edges(graph.WhenDone...)) > 0
	for _, report := range reports {
		for _, said := range report {
			i := slices.IndexFunc(merged, func(s graph.Statements) bool { return s.Predicate == said.Predicate })
			switch {
			case i >= len(own):
				merged[i].Edges = append(merged[i].Edges, said.Edges...)
			case i >= 0:
				for _, e := range said.Edges {
					if slices.ContainsFunc(own[i].Edges, func(mine graph.Edge) bool { return mine.To == e.To }) {
						merged[i].Edges = append(merged[i].Edges, e)
					}
				}
			case !dated || !slices.Contains(graph.WhenDone, said.Predicate):
				merged = append(merged, said)
			}
		}
	}
	return merged
}

// tellings are the edges by which reports tell of an event, one a passage at
// least.
func tellings(reports []graph.Record) []graph.Edge {
	var edges []graph.Edge
	for _, report := range reports {
		edges = append(edges, report.Of(vocab.Type)...)
	}
	return edges
}

// reportsColumn counts them.
var reportsColumn = Column{"reports", CountColumn, "how many passages of data sets tell of it; empty where none does"}

// passages counts the passages of data sets that tell of an event, itself a
// report or not.
func passages(record graph.Record, reports []graph.Record) int {
	edges := slices.Clone(record.Of(vocab.CAMEO))
	for _, report := range reports {
		edges = append(edges, report.Of(vocab.CAMEO)...)
	}
	return len(graph.Labels(edges))
}

// orNone is a cell of a count where 0 is no answer.
func orNone(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// expandEvents walks from events, over what is said of their reports too, to
// events.
func (r *run) expandEvents(ctx context.Context, from []graph.Node, p *vocab.Predicate, d graph.Direction) ([]graph.Edge, error) {
	reports, err := r.view.ReportsOf(ctx, from)
	if err != nil {
		return nil, err
	}
	all := slices.Clip(from)
	for _, n := range from {
		all = append(all, reports[n]...)
	}
	edges, err := r.view.Expand(ctx, all, p, d)
	if err != nil {
		return nil, err
	}
	return r.joinEvents(ctx, edges)
}

// joinEvents has edges lead from event to event. What joins an event to itself
// goes.
func (r *run) joinEvents(ctx context.Context, edges []graph.Edge) ([]graph.Edge, error) {
	if r.view.Node(vocab.ReportOf.IRI) == 0 { // so there is no report
		return edges, nil
	}
	ends := graph.Targets(edges)
	for i, e := range edges {
		if i == 0 || e.From != edges[i-1].From {
			ends = append(ends, e.From)
		}
	}
	of, err := r.view.EventsOf(ctx, ends)
	if err != nil || len(of) == 0 {
		return edges, err
	}
	event := func(n graph.Node) graph.Node { return cmp.Or(of[n], n) }
	var joined []graph.Edge
	for _, e := range edges {
		if e.From, e.To = event(e.From), event(e.To); e.From != e.To {
			joined = append(joined, e)
		}
	}
	return joined, nil
}
