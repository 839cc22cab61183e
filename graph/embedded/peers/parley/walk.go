package main

import (
	"context"
	"fmt"
	"time"

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

// walk asks every question in one view: from names to names or, with handles,
// from the handle of a node to handles, looking names up before and after.
func walk(ctx context.Context, g *graph.Graph, data, out string, handles bool) error {
	v, err := g.View(graph.Options{})
	if err != nil {
		return err
	}
	defer v.Close()
	w := walker{ctx, v}
	walks := map[string]func(to []graph.Node, n graph.Node, q peer.Question) ([]graph.Node, error){
		"cop": w.cop,
		"chain": func(to []graph.Node, n graph.Node, _ peer.Question) ([]graph.Node, error) {
			return w.levels(to, n, graph.Out)
		},
		"answers": func(to []graph.Node, n graph.Node, _ peer.Question) ([]graph.Node, error) {
			return w.levels(to, n, graph.In)
		},
	}
	for _, kind := range events.Questions {
		var met []graph.Node
		err := peer.AskTimed(data, out, kind, func(to []string, q peer.Question) (_ []string, took time.Duration, err error) {
			start := time.Now()
			n := v.Node(quad.IRI(events.Base + q.Node))
			if handles {
				start = time.Now()
			}
			if met, err = walks[kind](met[:0], n, q); err != nil {
				return nil, 0, err
			}
			if handles {
				took = time.Since(start)
			}
			if to, err = w.names(to, met); !handles {
				took = time.Since(start)
			}
			return to, took, err
		})
		if err != nil {
			return err
		}
	}
	return v.Err()
}

type walker struct {
	ctx  context.Context
	view *graph.View
}

// names appends the ends of IRIs, as answers have them.
func (w walker) names(to []string, nodes []graph.Node) ([]string, error) {
	for _, n := range nodes {
		iri, ok := w.view.Value(n).(quad.IRI)
		if !ok {
			return nil, fmt.Errorf("node %d is no IRI", n)
		}
		to = append(to, string(iri[len(events.Base):]))
	}
	return to, nil
}

func (w walker) cop(to []graph.Node, n graph.Node, q peer.Question) ([]graph.Node, error) {
	actor := []graph.Node{n}
	seen := map[graph.Node]bool{}
	for _, roles := range [][2]*vocab.Predicate{{agent, target}, {target, agent}} {
		met, err := w.view.Neighbours(w.ctx, actor, roles[0], graph.In)
		if err != nil {
			return nil, err
		}
		dated, err := w.view.Expand(w.ctx, met, date, graph.Out)
		if err != nil {
			return nil, err
		}
		var within []graph.Node
		for _, e := range dated {
			if day := w.view.Text(e.To); q.From <= day && day <= q.To {
				within = append(within, e.From)
			}
		}
		others, err := w.view.Neighbours(w.ctx, within, roles[1], graph.Out)
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
func (w walker) levels(to []graph.Node, n graph.Node, d graph.Direction) ([]graph.Node, error) {
	level := []graph.Node{n}
	for range events.Steps {
		var err error
		if level, err = w.view.Neighbours(w.ctx, level, respondsTo, d); err != nil {
			return nil, err
		}
		if len(level) == 0 {
			break
		}
		to = append(to, level...)
	}
	return to, nil
}
