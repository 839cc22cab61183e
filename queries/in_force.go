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
	Left:    "Measures that the sources tell of by that day and that are not in force are listed with the reason: a threat is no rate, and a purchase cut or a currency action is an act and no standing measure. A measure announced with the day it takes effect counts from that day on, unless a source says that it was put off.",
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
	moves, err := r.actions(ctx, vocab.MeasureMove)
	if err != nil {
		return err
	}
	r.earliestFirst(moves)
	byMeasure := map[graph.Node][]*action{}
	var measures []graph.Node
	for i := range moves {
		m := &moves[i]
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

// inForce emits or excludes one measure. Moves come in order of date.
func (r *run) inForce(ctx context.Context, measure graph.Node, moves []*action) error {
	on := r.date("on").End()
	var standing *action // the step that holds on the day
	var since graph.Date
	var ended, waiting string
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
		begun := !effective.IsZero() && effective.Start() <= on
		switch m.phase {
		case "considered", "threatened":
			waiting = "only " + m.phase
		case "postponed":
			if standing == nil {
				waiting = "postponed"
			}
		case "suspended", "removed":
			if begun || effective.IsZero() {
				standing, ended = nil, fmt.Sprintf("%s on %s", m.phase, m.date)
			}
		case "announced":
			if !begun {
				waiting = "announced, and no source in view says that it took effect by then"
				if !effective.IsZero() {
					waiting = "announced to take effect on " + effective.String()
				}
				continue
			}
			standing, since = m, effective
		default:
			if begun {
				standing, since = m, effective
			}
		}
	}
	switch {
	case last == nil:
		return nil
	case slices.Contains([]string{"purchase-cut", "currency"}, last.instrument):
		r.exclude(measure, last.date, "a "+last.instrument+" is an act and no standing measure", last.evidence...)
	case standing == nil && ended != "":
		r.exclude(measure, last.date, ended, last.evidence...)
	case standing == nil && waiting != "":
		r.exclude(measure, last.date, waiting, last.evidence...)
	case standing != nil:
		rate, value, behind := terms(standing, moves)
		edges := append(standing.record.Edges(vocab.Effective, vocab.Date), standing.evidence...)
		r.emit(place{date: since, text: string(r.view.ID(measure))},
			measure, standing.agents, standing.targets, standing.instrument, rate, value, since, reasons(graph.Labels(append(edges, behind...))))
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
