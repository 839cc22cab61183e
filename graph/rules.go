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
	answers func(later act, moves *history) []act
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

// act is what the rules read of an action.
type act struct {
	node             Node
	date             Date
	agents, targets  []Node // sides
	measures, abouts []Node
	move, hostile    bool
}

var (
	hostilePhases   = []string{"threatened", "announced", "in-force", "raised"}
	hostileStatuses = []string{"cancelled", "postponed", "stalled"}
)

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

func inferTx(ctx context.Context, tx *Tx, knownBy Date) error {
	v, err := tx.View(ctx, Options{StatedOnly: true, KnownBy: knownBy})
	if err != nil {
		return err
	}
	defer v.Close()
	quads, err := conclude(ctx, v)
	if err != nil {
		return err
	}
	old, err := v.concluded(ctx, quads)
	if err != nil {
		return err
	}
	if err := tx.Remove(ctx, old); err != nil {
		return err
	}
	return tx.Add(ctx, quads)
}

// concluded returns the quads that bear the label of a rule and are not among
// those that are concluded now.
func (v *View) concluded(ctx context.Context, now []quad.Quad) ([]quad.Quad, error) {
	var labels []Node
	for _, r := range Rules() {
		labels = append(labels, v.NodeOf(r.ID))
	}
	edges, err := v.memo.Labelled(ctx, nil, labels)
	if err = cmp.Or(v.Err(), err, ctx.Err()); err != nil || len(edges) == 0 {
		return nil, err
	}
	holds := make(map[Edge]bool, len(now))
	for _, q := range now {
		holds[Edge{From: v.Node(q.Subject), To: v.Node(q.Object), Predicate: v.Node(q.Predicate), Label: v.Node(q.Label)}] = true
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

// conclude returns the rules and what they conclude from what a view shows to
// be stated.
func conclude(ctx context.Context, v *View) ([]quad.Quad, error) {
	w := &quadWriter{}
	for _, r := range Rules() {
		w.label = r.ID.Value()
		w.class(r.ID, vocab.Rule)
		w.text(r.ID, vocab.Name, r.Name)
		w.text(r.ID, vocab.Description, r.Meaning)
		w.text(r.ID, vocab.Version, r.Version)
	}
	open, moves, err := v.acts(ctx)
	if err != nil {
		return nil, err
	}
	for _, later := range open {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, r := range Rules() {
			causes := r.answers(later, moves)
			for _, cause := range causes {
				w.label = r.ID.Value()
				w.add(v.ID(later.node), vocab.RespondsTo, v.Value(cause.node))
			}
			if len(causes) > 0 {
				break
			}
		}
	}
	return w.quads, v.Err()
}

// history files moves so that a rule looks only at those that it may conclude
// from: by who made them against whom, and by what they are about besides: a
// measure, or the move itself. Lists are sorted by the moves' last day.
type history struct {
	byPair  map[[2]Node][]act
	byTopic map[[3]Node][]act
}

func (h *history) add(m act) {
	for _, agent := range m.agents {
		for _, target := range m.targets {
			pair := [2]Node{agent, target}
			h.byPair[pair] = append(h.byPair[pair], m)
			for _, n := range append(m.measures[:len(m.measures):len(m.measures)], m.node) {
				topic := [3]Node{n, agent, target}
				h.byTopic[topic] = append(h.byTopic[topic], m)
			}
		}
	}
}

func (h *history) sort() {
	for _, list := range h.byPair {
		sortByDay(list)
	}
	for _, list := range h.byTopic {
		sortByDay(list)
	}
}

func sortByDay(list []act) {
	slices.SortStableFunc(list, func(a, b act) int { return cmp.Compare(a.date.Latest(), b.date.Latest()) })
}

// opponents gives the pairs of sides by which the other side acted against
// those who act: who was aimed at, and who acts.
func (later act) opponents(yield func(agent, target Node)) {
	for _, agent := range later.agents {
		for _, target := range later.targets {
			if agent != target { // else both are of one side
				yield(target, agent)
			}
		}
	}
}

// latest returns the moves of a list, sorted by day, that fit and were surely
// made before an act: those of the last day on which one fits, no day before
// the earliest.
func (later act) latest(list []act, earliest Day, fits func(act) bool) []act {
	n, _ := slices.BinarySearchFunc(list, later.date.Earliest(), func(m act, day Day) int {
		return cmp.Compare(m.date.Latest(), day)
	})
	var found []act
	for _, m := range slices.Backward(list[:n]) {
		day := m.date.Latest()
		if day < earliest || len(found) > 0 && day < found[0].date.Latest() {
			break
		}
		if fits(m) {
			found = append(found, m)
		}
	}
	return found
}

// last keeps the moves of the last day, each once.
func last(moves []act) []act {
	sortByDay(moves)
	var kept []act
	for _, m := range slices.Backward(moves) {
		if len(kept) > 0 && m.date.Latest() < kept[0].date.Latest() {
			break
		}
		if !slices.ContainsFunc(kept, func(k act) bool { return k.node == m.node }) {
			kept = append(kept, m)
		}
	}
	return kept
}

// acts reads the actions for which no passage states a cause, and all moves.
func (v *View) acts(ctx context.Context) ([]act, *history, error) {
	nodes, err := v.Instances(ctx, vocab.MeasureMove, vocab.StatusChange, vocab.Statement)
	if err != nil {
		return nil, nil, err
	}
	records, err := v.Records(ctx, nodes)
	if err != nil {
		return nil, nil, err
	}
	var open []act
	moves := &history{make(map[[2]Node][]act), make(map[[3]Node][]act)}
	for _, n := range nodes {
		r := records[n]
		a := act{node: n, measures: r.Nodes(vocab.OnMeasure), abouts: r.Nodes(vocab.About)}
		if a.date, _, err = v.When(ctx, r); err != nil {
			return nil, nil, err
		}
		if a.agents, err = v.Sides(ctx, r.Nodes(vocab.Agent), a.date); err != nil {
			return nil, nil, err
		}
		if a.targets, err = v.Sides(ctx, r.Nodes(vocab.Target), a.date); err != nil {
			return nil, nil, err
		}
		for _, e := range r.Edges(vocab.Phase) {
			a.move = true
			a.hostile = a.hostile || slices.Contains(hostilePhases, v.Text(e.To))
		}
		for _, e := range r.Edges(vocab.Status) {
			a.hostile = a.hostile || slices.Contains(hostileStatuses, v.Text(e.To))
		}
		if a.date.IsZero() {
			continue
		}
		if len(r[vocab.RespondsTo]) == 0 {
			open = append(open, a)
		}
		if a.move {
			moves.add(a)
		}
	}
	moves.sort()
	return open, moves, nil
}

func sameMeasure(later act, moves *history) []act {
	var found []act
	later.opponents(func(agent, target Node) {
		for _, n := range slices.Concat(later.measures, later.abouts) {
			found = append(found, later.latest(moves.byTopic[[3]Node{n, agent, target}], MinDay, func(act) bool { return true })...)
		}
	})
	return last(found)
}

func withinDays(later act, moves *history) []act {
	if !later.hostile {
		return nil
	}
	var found []act
	later.opponents(func(agent, target Node) {
		list := moves.byPair[[2]Node{agent, target}]
		found = append(found, later.latest(list, later.date.Earliest()-AnswerDays, func(m act) bool { return m.hostile })...)
	})
	return last(found)
}
