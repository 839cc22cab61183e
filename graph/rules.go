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
	answers func(later act, earlier []act) []act
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

// Infer adds what the rules conclude from all that the graph holds, and the
// rules themselves. Doing it twice adds nothing.
func Infer(ctx context.Context, g *Graph) (Added, error) {
	quads, err := conclude(ctx, g)
	if err != nil {
		return Added{}, fmt.Errorf("infer: %w", err)
	}
	return g.Add(ctx, quads)
}

func conclude(ctx context.Context, g *Graph) ([]quad.Quad, error) {
	w := &quadWriter{}
	for _, r := range Rules() {
		w.label = r.ID.Value()
		w.class(r.ID, vocab.Rule)
		w.text(r.ID, vocab.Name, r.Name)
		w.text(r.ID, vocab.Description, r.Meaning)
		w.text(r.ID, vocab.Version, r.Version)
	}
	v, err := g.View(Options{StatedOnly: true})
	if err != nil {
		return nil, err
	}
	defer v.Close()
	open, earlier, err := v.acts(ctx)
	if err != nil {
		return nil, err
	}
	for _, later := range open {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		candidates := earlier.against(later)
		for _, r := range Rules() {
			causes := r.answers(later, candidates)
			for _, cause := range causes {
				w.label = r.ID.Value()
				w.add(v.ID(later.node), vocab.RespondsTo, v.Value(cause.node))
			}
			if len(causes) > 0 {
				break
			}
		}
	}
	return w.quads, nil
}

// pairing files the moves of one side against another by their last day.
type pairing map[[2]Node][]act

// against returns the moves that the other side made against the agents of an
// action surely before it, latest first.
func (p pairing) against(later act) []act {
	var found []act
	for _, agent := range later.agents {
		for _, target := range later.targets {
			moves := p[[2]Node{target, agent}]
			n, _ := slices.BinarySearchFunc(moves, later.date.Earliest(), func(m act, day Day) int {
				return cmp.Compare(m.date.Latest(), day)
			})
			for _, m := range slices.Backward(moves[:n]) {
				if m.node != later.node && !slices.ContainsFunc(found, func(f act) bool { return f.node == m.node }) {
					found = append(found, m)
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b act) int { return cmp.Compare(b.date.Latest(), a.date.Latest()) })
	return found
}

// acts reads the actions for which no passage states a cause, and all moves by
// who made them against whom.
func (v *View) acts(ctx context.Context) ([]act, pairing, error) {
	nodes, err := v.Instances(ctx, vocab.MeasureMove, vocab.StatusChange, vocab.Statement)
	if err != nil {
		return nil, nil, err
	}
	records, err := v.Records(ctx, nodes)
	if err != nil {
		return nil, nil, err
	}
	var open []act
	moves := make(pairing)
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
			for _, agent := range a.agents {
				for _, target := range a.targets {
					moves[[2]Node{agent, target}] = append(moves[[2]Node{agent, target}], a)
				}
			}
		}
	}
	for _, list := range moves {
		slices.SortStableFunc(list, func(a, b act) int { return cmp.Compare(a.date.Latest(), b.date.Latest()) })
	}
	return open, moves, nil
}

func sameMeasure(later act, earlier []act) []act {
	return latest(earlier, func(m act) bool {
		shared := slices.ContainsFunc(m.measures, func(n Node) bool {
			return slices.Contains(later.measures, n) || slices.Contains(later.abouts, n)
		})
		return shared || slices.Contains(later.abouts, m.node)
	})
}

func withinDays(later act, earlier []act) []act {
	if !later.hostile {
		return nil
	}
	return latest(earlier, func(m act) bool {
		return m.hostile && later.date.Earliest()-m.date.Latest() <= AnswerDays
	})
}

// latest returns the acts of the last day on which one fits. Acts come latest
// first.
func latest(acts []act, fits func(act) bool) []act {
	var found []act
	for _, a := range acts {
		if len(found) > 0 && a.date.Latest() < found[0].date.Latest() {
			break
		}
		if fits(a) {
			found = append(found, a)
		}
	}
	return found
}
