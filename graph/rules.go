package graph

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// A Rule concludes that one action answers another where no passage says so.
// Its quads carry it as their label.
type Rule struct {
	ID      ID
	Name    string
	Version string
	Meaning string // what it says, whole
	answers func(later *act, history *history) []*act
}

// AnswerDays is how many days after an act of the other side a hostile act
// still counts as its answer, where no passage tells.
const AnswerDays = 14

// Rules lists the rules in the order in which they are tried; the first that
// concludes something about an action settles it.
func Rules() []Rule {
	return []Rule{
		{
			ID: "rule/answers-on-measure", Name: "answers on the same measure", Version: "1",
			Meaning: "An action by one side against another answers the latest move that the other made against it before, if both are moves on one measure, or the action is a statement about that move or its measure. Applied where no passage states what the action responds to, and only where one surely came before the other.",
			answers: sameMeasure,
		},
		{
			ID: "rule/answers-within-days", Name: fmt.Sprintf("answers within %d days", AnswerDays), Version: "1",
			Meaning: fmt.Sprintf("A hostile move (threatened, announced, in force or raised), or the cancelling, postponing or stalling of a meeting, by one side against another answers the latest hostile move that the other made against it in the %d days before. Applied where no passage states what the action responds to, and only where one surely came before the other.", AnswerDays),
			answers: withinDays,
		},
	}
}

// Infer makes the graph hold what the rules conclude from what passages stated
// by the last day of knownBy, from all that the graph holds where it is the
// zero Date, and the rules themselves: conclusions that no longer hold go, new
// ones come. Doing it twice adds nothing. What a later passage states may
// unsettle an earlier conclusion, so for answers of another day infer again, or
// in a fork.
func Infer(ctx context.Context, g *Graph, knownBy Date) (Added, error) {
	return g.Update(ctx, func(tx *Tx) error { return InferTx(ctx, tx, knownBy) })
}

// InferTx is Infer within a larger change: what it did before counts.
func InferTx(ctx context.Context, tx *Tx, knownBy Date) error {
	if err := inferTx(ctx, tx, knownBy); err != nil {
		return fmt.Errorf("infer: %w", err)
	}
	return nil
}

// inferAtOnce is how many conclusions go into the store in one call.
const inferAtOnce = 10_000

func inferTx(ctx context.Context, tx *Tx, knownBy Date) error {
	v, err := tx.View(ctx, Options{StatedOnly: true, KnownBy: knownBy})
	if err != nil {
		return err
	}
	defer v.Close()
	conclusions, err := v.conclude(ctx)
	if err != nil {
		return err
	}
	rules := tellRules()
	stale, err := v.stale(ctx, rules, conclusions)
	if err != nil {
		return err
	}
	if err := tx.Remove(ctx, stale); err != nil {
		return err
	}
	if err := tx.Add(ctx, rules); err != nil {
		return err
	}
	for part := range slices.Chunk(conclusions, inferAtOnce) {
		quads := make([]quad.Quad, len(part))
		for i, c := range part {
			quads[i] = quad.Quad{Subject: v.Value(c.later), Predicate: vocab.RespondsTo.IRI, Object: v.Value(c.cause), Label: c.rule.Value()}
		}
		if err := v.Err(); err != nil {
			return err
		}
		if err := tx.Add(ctx, quads); err != nil {
			return err
		}
	}
	return nil
}

// tellRules says what the rules are, each under its own label.
func tellRules() []quad.Quad {
	w := &quadWriter{}
	for _, r := range Rules() {
		w.label = r.ID.Value()
		w.class(r.ID, vocab.Rule)
		w.text(r.ID, vocab.Name, r.Name)
		w.text(r.ID, vocab.Description, r.Meaning)
		w.text(r.ID, vocab.Version, r.Version)
	}
	return w.quads
}

// stale returns the quads that bear the label of a rule and are neither what
// is told of it nor what it concludes now.
func (v *View) stale(ctx context.Context, rules []quad.Quad, conclusions []conclusion) ([]quad.Quad, error) {
	labels := make(map[ID]Node)
	var nodes []Node
	for _, r := range Rules() {
		labels[r.ID] = v.NodeOf(r.ID)
		nodes = append(nodes, labels[r.ID])
	}
	// Of all options but those of the view: it shows what is stated only.
	edges, err := v.memo.Labelled(ctx, nil, nodes)
	if err = cmp.Or(v.Err(), err, ctx.Err()); err != nil || len(edges) == 0 {
		return nil, err
	}
	holds := make(map[Edge]bool, len(rules)+len(conclusions))
	for _, q := range rules {
		holds[Edge{From: v.Node(q.Subject), To: v.Node(q.Object), Predicate: v.Node(q.Predicate), Label: v.Node(q.Label)}] = true
	}
	respondsTo := v.term(vocab.RespondsTo.IRI)
	for _, c := range conclusions {
		holds[Edge{From: c.later, To: c.cause, Predicate: respondsTo, Label: labels[c.rule]}] = true
	}
	edges = slices.DeleteFunc(edges, func(e Edge) bool { return holds[e] })
	return v.quads(edges), v.Err()
}

// quads returns the quads behind edges that lead from subject to object.
func (v *View) quads(edges []Edge) []quad.Quad {
	quads := make([]quad.Quad, len(edges))
	for i, e := range edges {
		quads[i] = quad.Quad{Subject: v.Value(e.From), Predicate: v.Value(e.Predicate), Object: v.Value(e.To), Label: v.Value(e.Label)}
	}
	return quads
}

// conclusion is that one act answers another.
type conclusion struct {
	later, cause Node
	rule         ID
}

// conclude applies the rules to what the view shows.
func (v *View) conclude(ctx context.Context) ([]conclusion, error) {
	history, err := v.acts(ctx)
	if err != nil {
		return nil, err
	}
	rules := Rules()
	var conclusions []conclusion
	for i := range history.acts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		later := &history.acts[i]
		if later.stated {
			continue
		}
		for _, r := range rules {
			causes := r.answers(later, history)
			for _, cause := range causes {
				conclusions = append(conclusions, conclusion{later.node, cause.node, r.ID})
			}
			if len(causes) > 0 {
				break
			}
		}
	}
	return conclusions, nil
}

func sameMeasure(later *act, history *history) []*act {
	var found []*act
	later.opponents(func(agent, target Node) {
		for _, topics := range [][]Node{later.measures, later.abouts} {
			for _, n := range topics {
				found = history.latest(found, later, topic{n, agent, target}, MinDay, func(*act) bool { return true })
			}
		}
	})
	return last(found)
}

func withinDays(later *act, history *history) []*act {
	if !later.hostile {
		return nil
	}
	var found []*act
	later.opponents(func(agent, target Node) {
		found = history.latest(found, later, topic{0, agent, target}, later.first-AnswerDays, func(m *act) bool { return m.hostile })
	})
	return last(found)
}
