package queries

import (
	"context"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

// Threats answers what was threatened, and what became of it.
var Threats = register(&Query{
	Name:    "threats",
	Title:   "What was threatened, and what became of it?",
	Row:     "One row is one threat: a measure threatened, or a statement that threatens.",
	Left:    "The outcome is empty where no source in view tells it.",
	Example: []string{"--agent", "United States"},
	Params:  []Param{agent, target, since, until},
	Columns: []Column{
		{"action", NodeColumn, "the threat"},
		agentColumn, targetColumn, spokenByColumn,
		{"date", DateColumn, "when it was made"},
		{"threatened", TextColumn, "what it holds out"},
		{"condition", TextColumn, "what would set it off"},
		{"outcome", TextColumn, "what became of it, with the day, as far as the sources know: carried out, or what was last done to its measure or a part of it, or settled by an agreement, or not set off: what it was to answer was withdrawn or put off"},
		sourcesColumn,
	},
	Picture: TimelinePicture,
	walk:    walkThreats,
})

func walkThreats(ctx context.Context, r *run) error {
	actions, err := r.actions(ctx, vocab.MeasureMove, vocab.Statement)
	if err != nil {
		return err
	}
	actions = slices.DeleteFunc(actions, func(a action) bool { return a.phase != "threatened" && a.stance != "threaten" })
	if err := r.view.Prefetch(ctx, nodesOf(actions),
		then(why(along(graph.In, vocab.CarriesOut, vocab.RespondsTo, vocab.ReportOf)), reading()...),
		onMeasure(), then(along(graph.Out, vocab.ConditionalOn), append(reading(), onMeasure())...),
	); err != nil {
		return err
	}
	for i := range actions {
		a := &actions[i]
		if fits, err := r.between(ctx, a); err != nil {
			return err
		} else if !fits || !r.window(a.date) {
			continue
		}
		edges := append(a.record.Edges(vocab.Threatens, vocab.Condition, vocab.ConditionalOn), a.evidence...)
		threatened := r.texts(a.record, vocab.Threatens)
		if threatened == "" {
			ref, err := r.view.Ref(ctx, a.node)
			if err != nil {
				return err
			}
			threatened = ref.Name
		}
		condition := r.texts(a.record, vocab.Condition)
		if condition == "" {
			if condition, err = r.nameAll(ctx, a.record.Nodes(vocab.ConditionalOn)); err != nil {
				return err
			}
		}
		outcome, behind, err := r.outcome(ctx, a)
		if err != nil {
			return err
		}
		labels := graph.Labels(append(edges, behind...))
		r.emit(place{date: a.date, text: string(r.view.ID(a.node))},
			a.node, a.agents, a.targets, a.spokenBy, a.date, threatened, condition, outcome, reasons(labels))
	}
	return nil
}

// relented says what a later phase of a threatened measure makes of the threat.
var relented = map[string]string{"lowered": "lowered", "suspended": "suspended", "postponed": "postponed", "removed": "withdrawn"}

// imposed are the phases that carry a threat out, or are to.
var imposed = map[string]string{"announced": "announced", "in-force": "carried out", "raised": "carried out"}

// outcome tells what became of a threat: what carried it out, or first brought
// its measure about since; then how that was relented on last; else the
// agreement that answers it.
func (r *run) outcome(ctx context.Context, threat *action) (string, []graph.Edge, error) {
	var parts []string
	carried, err := r.expandEvents(ctx, []graph.Node{threat.node}, vocab.CarriesOut, graph.In)
	if err != nil {
		return "", nil, err
	}
	why := carried
	if acts := graph.Targets(carried); len(acts) > 0 {
		text, err := r.dated(ctx, "carried out", slices.Compact(slices.Sorted(slices.Values(acts))))
		if err != nil {
			return "", nil, err
		}
		parts = append(parts, text)
	}
	moves, err := r.movesSince(ctx, threat)
	if err != nil {
		return "", nil, err
	}
	if i := slices.IndexFunc(moves, func(m action) bool { return imposed[m.phase] != "" }); i >= 0 && len(parts) == 0 {
		text, err := r.dated(ctx, imposed[moves[i].phase], []graph.Node{moves[i].node})
		if err != nil {
			return "", nil, err
		}
		parts, why = append(parts, text), append(why, moves[i].evidence...)
	}
	if n := len(moves) - 1; n >= 0 && relented[moves[n].phase] != "" {
		word := relented[moves[n].phase]
		if len(parts) > 0 {
			word = "then " + word
			if moves[n].phase == "removed" {
				word = "then ended"
			}
		}
		if moves[n].measure != threat.measure {
			word += " in part"
		}
		text, err := r.dated(ctx, word, []graph.Node{moves[n].node})
		if err != nil {
			return "", nil, err
		}
		parts, why = append(parts, text), append(why, moves[n].evidence...)
	}
	if len(parts) > 0 {
		return strings.Join(parts, "; "), why, nil
	}
	answers, err := r.expandEvents(ctx, []graph.Node{threat.node}, vocab.RespondsTo, graph.In)
	if err != nil {
		return "", nil, err
	}
	answers = slices.DeleteFunc(answers, func(e graph.Edge) bool { return r.view.ID(e.To).Folder() != vocab.Agreement.Folder })
	if len(answers) == 0 {
		return r.setOff(ctx, threat)
	}
	text, err := r.dated(ctx, "settled", slices.Compact(slices.Sorted(slices.Values(graph.Targets(answers)))))
	return text, answers, err
}

// setOff tells of a threat to answer another whether that one was withdrawn or put
// off, so that nothing set the answer off.
func (r *run) setOff(ctx context.Context, threat *action) (string, []graph.Edge, error) {
	conditions, err := r.readActions(ctx, threat.record.Nodes(vocab.ConditionalOn))
	if err != nil {
		return "", nil, err
	}
	for i := range conditions {
		moves, err := r.movesSince(ctx, &conditions[i])
		if err != nil {
			return "", nil, err
		}
		n := len(moves) - 1
		if n < 0 || !slices.Contains([]string{"removed", "suspended", "postponed"}, moves[n].phase) || slices.ContainsFunc(moves, func(m action) bool { return imposed[m.phase] != "" }) {
			continue
		}
		text, err := r.dated(ctx, "not set off", []graph.Node{moves[n].node})
		return text, append(threat.record.Edges(vocab.ConditionalOn), moves[n].evidence...), err
	}
	return "", nil, nil
}

// movesSince reads the moves after a threat on its measure, and on the parts of
// that but exclusions from it, in order of date.
func (r *run) movesSince(ctx context.Context, threat *action) ([]action, error) {
	if threat.measure == 0 {
		return nil, nil
	}
	measures := []graph.Node{threat.measure}
	for i := 0; i < len(measures); i++ {
		parts, err := r.view.Neighbours(ctx, measures[i:i+1], vocab.PartOfMeasure, graph.In)
		if err != nil {
			return nil, err
		}
		for _, part := range parts {
			if !slices.Contains(measures, part) {
				measures = append(measures, part)
			}
		}
	}
	edges, err := r.view.Expand(ctx, measures, vocab.OnMeasure, graph.In)
	if err != nil {
		return nil, err
	}
	moves, err := r.readActions(ctx, graph.Targets(edges))
	if err != nil {
		return nil, err
	}
	r.earliestFirst(moves)
	return slices.DeleteFunc(moves, func(m action) bool {
		return !threat.date.Before(m.date) || m.instrument == "exclusion" && threat.instrument != "exclusion"
	}), nil
}
