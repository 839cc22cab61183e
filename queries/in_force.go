package queries

import (
	"context"
	"fmt"
	"slices"

	"parley/graph"
	"parley/graph/vocab"
)

// InForce answers which measures were in force on a day.
var InForce = register(&Query{
	Name:    "in-force",
	Title:   "Which measures were in force on a day, and at what rate?",
	Row:     "One row is one measure in force on the day, with the rate that its latest step by then set.",
	Left:    "A measure counts until a source in view says that it ended; how late the sources reach, sources tells. Measures that the sources tell of by that day and that are not in force are listed with the reason: a threat is no rate, and a purchase cut or a currency action is an act and no standing measure. A measure announced with the day it takes effect counts from that day on, unless a source says that it was put off. Moves of which no source tells the measure, as most of data sets, are not looked at.",
	Example: []string{"--on", "2018-10-01"},
	Params: []Param{
		required(Param{Name: "on", Kind: DateParam, Meaning: "the day"}),
	},
	Columns: []Column{
		{"measure", NodeColumn, "the measure"},
		agentColumn, targetColumn,
		{"instrument", WordColumn, "its instrument"},
		{"rate", RateColumn, "the rate of duty; empty where no source gives one for that step"},
		{"value", MoneyColumn, "the trade covered"},
		{"since", DateColumn, "when the step took effect"},
		sourcesColumn,
	},
	walk: walkInForce,
})

func walkInForce(ctx context.Context, r *run) error {
	if on := r.date("on"); !on.IsDay() {
		return &ArgError{"on", on.String(), "write one day, such as 2018-10-01"}
	}
	moves, err := r.actions(ctx, vocab.MeasureMove)
	if err != nil {
		return err
	}
	r.earliestFirst(moves)
	byMeasure := map[graph.Node][]*action{}
	var measures []graph.Node
	for i := range moves {
		m := &moves[i]
		if m.measure == 0 {
			continue
		}
		if byMeasure[m.measure] == nil {
			measures = append(measures, m.measure)
		}
		byMeasure[m.measure] = append(byMeasure[m.measure], m)
	}
	for _, measure := range measures {
		if err := r.inForce(ctx, measure, byMeasure[measure]); err != nil {
			return err
		}
	}
	return nil
}

// step is a move and the day on which it took effect.
type step struct {
	*action
	since graph.Date
	moved []graph.Edge // that give since, where a later move put the step off
}

// inForce emits or excludes one measure. Moves come in order of date.
func (r *run) inForce(ctx context.Context, measure graph.Node, moves []*action) error {
	on := r.date("on").End()
	var unsure []step // that took effect on a day not told nearer, before or after the day
	var steps []step  // the last one holds on the day
	var ended string
	waiting := "no source in view says that it was in force by then"
	var last *action
	for _, m := range moves {
		announced, effective, err := r.days(ctx, m)
		if err != nil {
			return err
		}
		known := announced
		if known.IsZero() {
			known = effective
		}
		if !known.IsZero() && known.Start() > on {
			continue
		}
		last = m
		begun := !effective.IsZero() && effective.End() <= on
		if !effective.IsZero() && !begun && effective.Start() <= on {
			unsure = append(unsure, step{action: m, since: effective})
			waiting = "took effect " + effective.Words() + ", perhaps after the day"
			continue
		}
		switch m.phase {
		case "considered", "threatened":
			waiting = "only " + m.phase
		case "postponed":
			waiting = "postponed"
			// What had not taken effect by then is put off; what had, stands.
			if n := len(steps) - 1; n >= 0 && steps[n].since.Start() > known.Start() {
				put := step{steps[n].action, effective, append(m.record.Edges(vocab.Effective), m.evidence...)}
				steps = steps[:n]
				if begun {
					steps = append(steps, put)
				}
			}
		case "suspended", "removed":
			if begun || effective.IsZero() {
				day := effective
				if day.IsZero() {
					day = m.date
				}
				steps, ended = nil, fmt.Sprintf("%s on %s", m.phase, day.Words())
			}
		default:
			switch {
			case begun:
				steps = append(steps, step{action: m, since: effective})
			case effective.IsZero():
				waiting = "announced, and no source in view says that it took effect by then"
			default:
				waiting = "announced to take effect on " + effective.Words()
			}
		}
	}
	// What was announced first may take effect last.
	slices.SortStableFunc(steps, func(a, b step) int { return a.since.Compare(b.since) })
	switch {
	case last == nil:
		return nil
	case slices.Contains([]string{"purchase-cut", "currency"}, last.instrument):
		r.exclude(measure, last.date, "a "+last.instrument+" is an act and no standing measure", last.evidence...)
	case len(steps) > 0:
		for _, m := range unsure {
			r.exclude(m.node, m.date, "perhaps "+m.phase+" by the day: it took effect "+m.since.Words(), m.evidence...)
		}
		standing := steps[len(steps)-1]
		rate, value, behind := terms(standing.action, moves)
		edges := append(standing.record.Edges(vocab.Effective, vocab.Date), standing.evidence...)
		edges = append(append(edges, behind...), standing.moved...)
		r.emit(place{date: standing.since, text: string(r.view.ID(measure))},
			measure, standing.agents, standing.targets, standing.instrument, rate, value, standing.since, reasons(graph.Labels(edges)))
	case ended != "":
		r.exclude(measure, last.date, ended, last.evidence...)
	default:
		r.exclude(measure, last.date, waiting, last.evidence...)
	}
	return nil
}

// terms returns the rate and value of the step that holds, and the edges that
// give them where the step itself does not: what comes into force has the rate
// that was announced for it, and the trade covered stays until a step changes
// it. A step that raises or lowers the rate and does not say to what leaves
// the rate unknown.
func terms(standing *action, moves []*action) (graph.Rate, graph.Money, []graph.Edge) {
	rate, value := standing.rate, standing.value
	var behind []graph.Edge
	for _, m := range moves {
		if m == standing {
			break
		}
		if standing.phase == "in-force" && m.phase == "announced" && (standing.rate == graph.Rate{}) && (m.rate != graph.Rate{}) {
			rate, behind = m.rate, append(behind, m.record.Edges(vocab.HasRate)...)
		}
		if (standing.value == graph.Money{}) && (m.value != graph.Money{}) {
			value, behind = m.value, append(behind, m.record.Edges(vocab.Value)...)
		}
	}
	return rate, value, behind
}
