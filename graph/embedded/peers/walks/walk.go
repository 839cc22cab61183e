// Package walks asks parley's graph the questions of package events, as queries
// do: by View.Expand, View.Neighbours and View.Prefetch.
package walks

import (
	"context"
	"fmt"

	"github.com/cayleygraph/quad"

	"parley/graph"
	"parley/graph/embedded/peers/events"
	"parley/graph/embedded/peers/peer"
	"parley/graph/vocab"
)

var (
	agent      = &vocab.Predicate{IRI: events.Base + "agent"}
	target     = &vocab.Predicate{IRI: events.Base + "target"}
	date       = &vocab.Predicate{IRI: events.Base + "date"}
	respondsTo = &vocab.Predicate{IRI: events.Base + "respondsTo"}
)

// Walker asks in one view.
type Walker struct{ View *graph.View }

// Node is the handle of the node of a question.
func (w Walker) Node(q peer.Question) graph.Node { return w.View.Node(quad.IRI(events.Base + q.Node)) }

// Ask puts the handles of the answer to a question of a kind behind those of to.
func (w Walker) Ask(ctx context.Context, to []graph.Node, kind string, n graph.Node, q peer.Question) ([]graph.Node, error) {
	switch kind {
	case "cop":
		return w.cop(ctx, to, n, q)
	case "chain":
		return w.levels(ctx, to, n, graph.Out)
	case "answers":
		return w.levels(ctx, to, n, graph.In)
	}
	return nil, fmt.Errorf("%q is no kind of question", kind)
}

// Names appends the ends of IRIs, as answers have them.
func (w Walker) Names(to []string, nodes []graph.Node) ([]string, error) {
	for _, n := range nodes {
		iri, ok := w.View.Value(n).(quad.IRI)
		if !ok {
			return nil, fmt.Errorf("node %d is no IRI", n)
		}
		to = append(to, string(iri[len(events.Base):]))
	}
	return to, nil
}

func (w Walker) cop(ctx context.Context, to []graph.Node, n graph.Node, q peer.Question) ([]graph.Node, error) {
	actor := []graph.Node{n}
	err := w.View.Prefetch(ctx, actor, graph.Step{
		Along: []*vocab.Predicate{agent, target}, Direction: graph.In, Bare: true,
		Next: []graph.Step{{Along: []*vocab.Predicate{date}}},
	})
	if err != nil {
		return nil, err
	}
	seen := map[graph.Node]bool{}
	for _, roles := range [][2]*vocab.Predicate{{agent, target}, {target, agent}} {
		met, err := w.View.Neighbours(ctx, actor, roles[0], graph.In)
		if err != nil {
			return nil, err
		}
		dated, err := w.View.Expand(ctx, met, date, graph.Out)
		if err != nil {
			return nil, err
		}
		var within []graph.Node
		for _, e := range dated {
			if day := w.View.Text(e.To); q.From <= day && day <= q.To {
				within = append(within, e.From)
			}
		}
		others, err := w.View.Neighbours(ctx, within, roles[1], graph.Out)
		if err != nil {
			return nil, err
		}
		for _, other := range others {
			if !seen[other] {
				seen[other] = true
				to = append(to, other)
			}
		}
	}
	return to, nil
}

// levels walks responses level by level. No event responds to two, so that
// none is met twice.
func (w Walker) levels(ctx context.Context, to []graph.Node, n graph.Node, d graph.Direction) ([]graph.Node, error) {
	level := []graph.Node{n}
	err := w.View.Prefetch(ctx, level, graph.Step{Along: []*vocab.Predicate{respondsTo}, Direction: d, Repeat: true, Depth: events.Steps})
	if err != nil {
		return nil, err
	}
	for range events.Steps {
		if level, err = w.View.Neighbours(ctx, level, respondsTo, d); err != nil {
			return nil, err
		}
		if len(level) == 0 {
			break
		}
		to = append(to, level...)
	}
	return to, nil
}
