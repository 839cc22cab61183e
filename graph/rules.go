package graph

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// A Rule concludes what no passage says: that reports tell of one event, or
// that one action answers another. Its quads carry it as their label.
type Rule struct {
	ID      ID
	Name    string
	Version string
	Meaning string // what it says, whole
	// One of the three is set.
	joins   func(ctx context.Context, v *View) ([]conclusion, error)
	answers func(later *act, history *history) []*act
	carries func(later *act, history *history) []*act
}

// AnswerDays is how many days after an act of the other side a hostile act
// still counts as its answer, where no passage tells.
const AnswerDays = 14

// Rules lists the rules in the order in which they are tried: first events are
// told apart, then what they answer and carry out; the first rule that finds what
// an action answers settles it.
func Rules() []Rule {
	return []Rule{
		sameEvent(),
		{
			ID: "rule/answers-on-measure", Name: "answers on the same measure", Version: "3",
			Meaning: "An action by one side against another answers the latest move that the other made against it before, if both are moves on one measure, or the action is about that move or its measure; and an action about an agreement of the two answers that. Applied where no passage states what the action responds to, and only where one surely came before the other; reports of other actions are passed over.",
			answers: sameMeasure,
		},
		{
			ID: "rule/answers-within-days", Name: fmt.Sprintf("answers within %d days", AnswerDays), Version: "3",
			Meaning: fmt.Sprintf("A hostile move (threatened, announced, in force or raised, and not of exclusions from a measure), or the cancelling, postponing or stalling of a meeting, by one side against another answers the latest hostile move that the other made against it in the %d days before. Applied where no passage states what the action responds to, and only where one surely came before the other; reports of other actions are passed over.", AnswerDays),
			answers: withinDays,
		},
		{
			ID: "rule/agreement-answers", Name: "agreements answer what they relent on", Version: "1",
			Meaning: "An agreement answers the latest hostile move, as above, that was made before it on each measure on which a move that carries the agreement out, or something promised in it, relents (lowered, suspended, postponed or removed), if the same side made both against the same other. Applied where no passage states what the agreement responds to, and only where one surely came before the other.",
			answers: agreed,
		},
		{
			ID: "rule/carries-out-threat", Name: "moves carry threats out", Version: "1",
			Meaning: "A move that announces, puts in force or raises a measure carries out the latest move by which the same side considered or threatened the measure, or one that it is part of, against the same other, unless another such move on the measure lies between. A hostile move, as above, carries out the statements by which the same side threatened the same other before, if a passage states that both respond to one act, or that the threat was conditional on what the move responds to. Applied where no passage states what the move carries out, and only where one surely came before the other; reports of other actions are passed over.",
			carries: threatened,
		},
	}
}

// Infer makes the graph hold what the rules conclude from what passages stated
// by the last day of knownBy, from all that the graph holds where it is the
// zero Date, and the rules themselves: conclusions that no longer hold go, new
// ones come. Doing it twice adds nothing. What a later passage states may
// unsettle an earlier conclusion, so for answers of another day infer again, or
// in a fork. Of rules to be left out what they concluded goes.
func Infer(ctx context.Context, g *Graph, knownBy Date, leaveOut ...ID) (Added, error) {
	return g.Update(ctx, func(tx *Tx) error { return InferTx(ctx, tx, knownBy, leaveOut...) })
}

// InferTx is Infer within a larger change: what it did before counts.
func InferTx(ctx context.Context, tx *Tx, knownBy Date, leaveOut ...ID) error {
	if err := inferTx(ctx, tx, knownBy, leaveOut); err != nil {
		return fmt.Errorf("infer: %w", err)
	}
	return nil
}

// inferAtOnce is how many conclusions go into the store in one call.
const inferAtOnce = 10_000

func inferTx(ctx context.Context, tx *Tx, knownBy Date, leaveOut []ID) error {
	v, err := tx.View(ctx, Options{StatedOnly: true, KnownBy: knownBy})
	if err != nil {
		return err
	}
	defer v.Close()
	conclusions, err := v.conclude(ctx, leaveOut)
	if err != nil {
		return err
	}
	told := tellRules()
	stale, err := v.stale(ctx, told, conclusions)
	if err != nil {
		return err
	}
	if err := tx.Remove(ctx, stale); err != nil {
		return err
	}
	if err := tx.Add(ctx, told); err != nil {
		return err
	}
	rules := Rules()
	for part := range slices.Chunk(conclusions, inferAtOnce) {
		quads := make([]quad.Quad, len(part))
		for i, c := range part {
			r := &rules[c.rule]
			quads[i] = quad.Quad{Subject: v.Value(c.from), Predicate: r.predicate().IRI, Object: v.Value(c.to), Label: r.ID.Value()}
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

// predicate is that of the rule's quads.
func (r *Rule) predicate() *vocab.Predicate {
	switch {
	case r.joins != nil:
		return vocab.ReportOf
	case r.carries != nil:
		return vocab.CarriesOut
	}
	return vocab.RespondsTo
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
func (v *View) stale(ctx context.Context, told []quad.Quad, conclusions []conclusion) ([]quad.Quad, error) {
	rules := Rules()
	labels, predicates := make([]Node, len(rules)), make([]Node, len(rules))
	for i := range rules {
		labels[i], predicates[i] = v.NodeOf(rules[i].ID), v.term(rules[i].predicate().IRI)
	}
	// Of all options but those of the view: it shows what is stated only.
	edges, err := v.memo.Labelled(ctx, nil, labels)
	if err = cmp.Or(v.Err(), err, ctx.Err()); err != nil || len(edges) == 0 {
		return nil, err
	}
	holds := make(map[Edge]bool, len(told))
	for _, q := range told {
		holds[Edge{From: v.Node(q.Subject), To: v.Node(q.Object), Predicate: v.Node(q.Predicate), Label: v.Node(q.Label)}] = true
	}
	edges = slices.DeleteFunc(edges, func(e Edge) bool {
		i := slices.Index(labels, e.Label)
		if i >= 0 && e.Predicate == predicates[i] {
			if _, concluded := slices.BinarySearchFunc(conclusions, conclusion{i, e.From, e.To}, conclusion.compare); concluded {
				return true
			}
		}
		return holds[e]
	})
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

// conclusion is that a rule, by its number, joins a report to its event, or a
// later act to what it answers.
type conclusion struct {
	rule     int
	from, to Node
}

func (c conclusion) compare(d conclusion) int {
	return cmp.Or(cmp.Compare(c.rule, d.rule), cmp.Compare(c.from, d.from), cmp.Compare(c.to, d.to))
}

// conclude applies the rules to what the view shows, and sorts what they
// conclude.
func (v *View) conclude(ctx context.Context, leaveOut []ID) ([]conclusion, error) {
	rules := Rules()
	var conclusions []conclusion
	for i, r := range rules {
		if r.joins == nil || slices.Contains(leaveOut, r.ID) {
			continue
		}
		joins, err := r.joins(ctx, v)
		if err != nil {
			return nil, err
		}
		for _, c := range joins {
			conclusions = append(conclusions, conclusion{i, c.from, c.to})
		}
	}
	slices.SortFunc(conclusions, conclusion.compare)
	joined := conclusions
	history, err := v.acts(ctx, func(n Node) bool {
		_, ok := slices.BinarySearchFunc(joined, n, func(c conclusion, n Node) int { return cmp.Compare(c.from, n) })
		return ok
	})
	if err != nil {
		return nil, err
	}
	for i := range history.acts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		later := &history.acts[i]
		settled := later.stated
		for i, r := range rules {
			var causes []*act
			switch {
			case slices.Contains(leaveOut, r.ID):
			case r.carries != nil && len(later.carries) == 0:
				causes = r.carries(later, history)
			case r.answers != nil && !settled:
				causes = r.answers(later, history)
				settled = len(causes) > 0
			}
			for _, cause := range causes {
				conclusions = append(conclusions, conclusion{i, later.node, cause.node})
			}
		}
	}
	slices.SortFunc(conclusions, conclusion.compare)
	return conclusions, nil
}

func sameMeasure(later *act, history *history) []*act {
	if found := history.agreedOn(later); len(found) > 0 {
		return found
	}
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

// agreed returns what an agreement answers: the latest hostile moves on the
// measures on which those relent who carry it out.
func agreed(later *act, history *history) []*act {
	if !later.agreement {
		return nil
	}
	var found []*act
	for _, i := range history.carriers[later.node] {
		m := &history.acts[i]
		if !m.relents {
			continue
		}
		for _, measure := range m.measures {
			for _, agent := range m.agents {
				for _, target := range m.targets {
					for _, cause := range history.latest(nil, later, topic{measure, agent, target}, MinDay, func(m *act) bool { return m.hostile }) {
						if !slices.Contains(found, cause) {
							found = append(found, cause)
						}
					}
				}
			}
		}
	}
	return found
}

// threatened returns the threats that a move carries out.
func threatened(later *act, history *history) []*act {
	found := history.warned(later)
	if !later.imposes {
		return found
	}
	return append(found, heldOut(later, history)...)
}

// heldOut returns the latest moves by which a measure was considered or
// threatened, before a move that brings it about.
func heldOut(later *act, history *history) []*act {
	var found []*act
	for _, measure := range later.measures {
		for _, agent := range later.agents {
			for _, target := range later.targets {
				since := MinDay
				for _, before := range history.latest(nil, later, topic{measure, agent, target}, MinDay, func(m *act) bool { return m.imposes }) {
					since = before.last
				}
				for _, whole := range append(history.wholes[measure], measure) {
					found = history.latest(found, later, topic{whole, agent, target}, since, func(m *act) bool { return m.threatens })
				}
			}
		}
	}
	return last(found)
}
