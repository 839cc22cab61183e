package main

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

// walk asks every question in one view.
func walk(ctx context.Context, g *graph.Graph, data, out string) error {
	v, err := g.View(graph.Options{})
	if err != nil {
		return err
	}
	defer v.Close()
	w := walker{ctx, v}
	askers := map[string]peer.Asker{
		"cop":     w.cop,
		"chain":   func(to []string, q peer.Question) ([]string, error) { return w.levels(to, q, graph.Out) },
		"answers": func(to []string, q peer.Question) ([]string, error) { return w.levels(to, q, graph.In) },
	}
	for _, kind := range events.Questions {
		if err := peer.Ask(data, out, kind, askers[kind]); err != nil {
			return err
		}
	}
	return v.Err()
}

type walker struct {
	ctx  context.Context
	view *graph.View
}

func (w walker) node(q peer.Question) graph.Node { return w.view.Node(quad.IRI(events.Base + q.Node)) }

// name is the end of an IRI, as answers have it.
func (w walker) name(n graph.Node) (string, error) {
	iri, ok := w.view.Value(n).(quad.IRI)
	if !ok {
		return "", fmt.Errorf("node %d is no IRI", n)
	}
	return string(iri[len(events.Base):]), nil
}

func (w walker) cop(to []string, q peer.Question) ([]string, error) {
	actor := []graph.Node{w.node(q)}
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
		for _, n := range others {
			if seen[n] {
				continue
			}
			seen[n] = true
			name, err := w.name(n)
			if err != nil {
				return nil, err
			}
			to = append(to, name)
		}
	}
	return to, nil
}

// levels walks responses level by level. No event responds to two, so that
// none is met twice.
func (w walker) levels(to []string, q peer.Question, d graph.Direction) ([]string, error) {
	level := []graph.Node{w.node(q)}
	for range events.Steps {
		var err error
		if level, err = w.view.Neighbours(w.ctx, level, respondsTo, d); err != nil {
			return nil, err
		}
		if len(level) == 0 {
			break
		}
		for _, n := range level {
			name, err := w.name(n)
			if err != nil {
				return nil, err
			}
			to = append(to, name)
		}
	}
	return to, nil
}
