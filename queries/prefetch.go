package queries

import (
	"context"

	"parley/graph"
	"parley/graph/vocab"
)

// along is a hop of a pattern.
func along(d graph.Direction, predicates ...*vocab.Predicate) graph.Step {
	return graph.Step{Along: predicates, Direction: d}
}

// then is a hop with what comes next.
func then(s graph.Step, next ...graph.Step) graph.Step {
	s.Next = append(s.Next, next...)
	return s
}

// why is a hop with what the citations of its edges need.
func why(s graph.Step) graph.Step {
	s.Why = graph.Citing()
	return s
}

// toldAs are steps from actions: to them, to the events in whose place they
// stand, and to the reports of those.
func toldAs(steps ...graph.Step) []graph.Step {
	reports := then(along(graph.In, vocab.ReportOf), append(steps, along(graph.Out, vocab.ReportOf))...)
	return append([]graph.Step{
		then(along(graph.Out, vocab.ReportOf), append(steps, reports)...), reports,
	}, steps...)
}

// reading is what readActions and readMeetings read of actions.
func reading() []graph.Step {
	return toldAs(graph.Telling(within()),
		then(along(graph.Out, vocab.HasParticipation, vocab.OnMeasure, vocab.HasRate, vocab.Value), graph.Telling()))
}

// within is what tells a place from one in which it lies.
func within() graph.Step {
	s := along(graph.Out, vocab.ContainedIn, vocab.InCountry)
	s.Repeat = true
	return s
}

// takingPart is what meetingsOf reads of an actor: the meetings in which it took
// part, or those did that act for it.
func takingPart() []graph.Step {
	part := then(along(graph.In, vocab.Participant), then(along(graph.In, vocab.HasParticipation), reading()...))
	held := then(along(graph.In, vocab.PostIn), then(along(graph.In, vocab.HeldOffice), then(along(graph.Out, vocab.HeldBy), part)))
	return []graph.Step{part, held, then(along(graph.In, vocab.InCountry), part, held)}
}

// following is what follows reads, from acts one way, again and again with Repeat.
func following(d graph.Direction, repeat bool, next ...graph.Step) graph.Step {
	s := along(d, vocab.Under, vocab.ReportOf)
	for _, w := range ways {
		s.Along = append(s.Along, w.predicate)
	}
	s.Repeat = repeat
	return then(why(s), append(next, along(graph.In, vocab.ReportOf), along(graph.Out, vocab.ReportOf))...)
}

// onMeasure is what movesSince reads: the moves on the measure of an act, and on
// what is a part of that.
func onMeasure() graph.Step {
	parts := along(graph.In, vocab.PartOfMeasure)
	parts.Repeat = true
	return then(along(graph.Out, vocab.OnMeasure), then(parts, then(along(graph.In, vocab.OnMeasure), reading()...)))
}

// tiesAhead is what tiesOf reads.
func tiesAhead() []graph.Step {
	reports := []graph.Step{along(graph.In, vocab.ReportOf), along(graph.Out, vocab.ReportOf)}
	out, in := then(along(graph.Out, ties...), reports...), then(along(graph.In, ties...), reports...)
	steps := append([]graph.Step{why(out), why(in)}, reports...)
	for _, b := range bridges {
		steps = append(steps, then(along(b.ontoWay, b.onto), append(reports, then(along(b.offWay, b.off), reports...))...))
	}
	return steps
}

// nodesOf are those of actions.
func nodesOf(actions []action) []graph.Node {
	nodes := make([]graph.Node, len(actions))
	for i := range actions {
		nodes[i] = actions[i].node
	}
	return nodes
}

// ahead reads what the rows need to be told, and what is left out, in as few
// round trips as there are kinds of it.
func (r *run) ahead(ctx context.Context) error {
	if !r.view.Remote() {
		return nil
	}
	var nodes, labels []graph.Node
	met := map[list]bool{} // rows share their lists
	first := func(l []graph.Node, why bool) bool {
		if len(l) == 0 {
			return false
		}
		key := list{&l[0], len(l), why}
		defer func() { met[key] = true }()
		return !met[key]
	}
	for _, row := range r.rows {
		for _, cell := range row.cells {
			switch cell := cell.(type) {
			case graph.Node:
				nodes = append(nodes, cell)
			case []graph.Node:
				if first(cell, false) {
					nodes = append(nodes, cell...)
				}
			case reasons:
				if first(cell, true) {
					labels = append(labels, cell...)
				}
			case []part:
				for _, p := range cell {
					nodes = append(nodes, p.actor, p.side)
				}
			}
		}
	}
	for _, e := range r.excluded {
		nodes, labels = append(nodes, e.node), append(labels, e.labels...)
	}
	if err := r.view.Prefetch(ctx, nodes, graph.Naming()); err != nil {
		return err
	}
	return r.view.Prefetch(ctx, labels, graph.Citing()...)
}
