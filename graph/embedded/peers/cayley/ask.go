package main

import (
	"context"

	"github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/quad"

	"parley/graph/embedded/peers/events"
	"parley/graph/embedded/peers/peer"
)

const (
	agent      quad.IRI = events.Base + "agent"
	target     quad.IRI = events.Base + "target"
	date       quad.IRI = events.Base + "date"
	respondsTo quad.IRI = events.Base + "respondsTo"
)

func iri(node string) quad.IRI { return quad.IRI(events.Base + node) }

// name is the end of an IRI, as answers have it.
func name(v quad.Value) string { return string(v.(quad.IRI)[len(events.Base):]) }

// ask asks by hand, which is quicker than the path API in every store.
func ask(qs graph.QuadStore, data, out string) error {
	w := walker{qs: qs, agent: qs.ValueOf(agent), target: qs.ValueOf(target), date: qs.ValueOf(date), respondsTo: qs.ValueOf(respondsTo)}
	askers := map[string]peer.Asker{"cop": w.cop, "chain": w.chain, "answers": w.answers}
	for _, kind := range events.Questions {
		if err := peer.Ask(data, out, kind, askers[kind]); err != nil {
			return err
		}
	}
	return nil
}

// walker goes over the quads of a node.
type walker struct {
	qs                              graph.QuadStore
	agent, target, date, respondsTo graph.Ref
}

// hop gives the far ends of the quads that have node at one place and a
// predicate.
func (w walker) hop(node graph.Ref, near quad.Direction, predicate graph.Ref, do func(graph.Ref)) error {
	far := quad.Object
	if near == quad.Object {
		far = quad.Subject
	}
	it := w.qs.QuadIterator(near, node)
	for it.Next(context.Background()) {
		q := it.Result()
		if w.qs.QuadDirection(q, quad.Predicate).Key() == predicate.Key() {
			do(w.qs.QuadDirection(q, far))
		}
	}
	if err := it.Err(); err != nil {
		return err
	}
	return it.Close()
}

func (w walker) cop(to []string, q peer.Question) ([]string, error) {
	actor := w.qs.ValueOf(iri(q.Node))
	seen := map[any]bool{}
	for _, roles := range [][2]graph.Ref{{w.agent, w.target}, {w.target, w.agent}} {
		var found []graph.Ref
		if err := w.hop(actor, quad.Object, roles[0], func(e graph.Ref) { found = append(found, e) }); err != nil {
			return nil, err
		}
		for _, e := range found {
			within := false
			if err := w.hop(e, quad.Subject, w.date, func(d graph.Ref) {
				day := string(w.qs.NameOf(d).(quad.TypedString).Value)
				within = q.From <= day && day <= q.To
			}); err != nil {
				return nil, err
			}
			if !within {
				continue
			}
			if err := w.hop(e, quad.Subject, roles[1], func(other graph.Ref) {
				if !seen[other.Key()] {
					seen[other.Key()] = true
					to = append(to, name(w.qs.NameOf(other)))
				}
			}); err != nil {
				return nil, err
			}
		}
	}
	return to, nil
}

func (w walker) chain(to []string, q peer.Question) ([]string, error) {
	return w.levels(to, q, quad.Subject)
}

func (w walker) answers(to []string, q peer.Question) ([]string, error) {
	return w.levels(to, q, quad.Object)
}

func (w walker) levels(to []string, q peer.Question, near quad.Direction) ([]string, error) {
	level := []graph.Ref{w.qs.ValueOf(iri(q.Node))}
	for range events.Steps {
		var next []graph.Ref
		for _, e := range level {
			if err := w.hop(e, near, w.respondsTo, func(r graph.Ref) {
				next = append(next, r)
				to = append(to, name(w.qs.NameOf(r)))
			}); err != nil {
				return nil, err
			}
		}
		level = next
	}
	return to, nil
}
