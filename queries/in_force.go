package queries

import (
	"context"
	"slices"

	"parley/graph"
	"parley/graph/vocab"
)

// InForce answers which measures were in force on a day.
var InForce = register(&Query{
	Name:    "in-force",
	Title:   "Which measures were in force on a day, and at what rate?",
	Row:     "One row is one measure in force on the day, with the rate that its latest step by then set; a measure whose steps differ by whom it is aimed at has a row for each step that holds. total adds the layers of tariff up: on listed goods the rate of the row and of the layers that the same side has on all goods of the other, but those of which a source says that they are not due together; else those alone.",
	Left:    "A measure counts until a source in view says that it ended; how late the sources reach, sources tells. Measures that the sources tell of by that day and that are not in force are listed with the reason: a threat is no rate, and a purchase cut or a currency action is an act and no standing measure, and one that came into force part by part is in force as its parts, which have the rows. With parameters that choose measures, what is left out is listed for the same ones. A measure announced with the day it takes effect counts from that day on, unless a source says that it was put off. Moves of which no source tells the measure, as most of data sets, are not looked at. Exclusions from a tariff, and exemptions of some goods, are in no total; nor is a layer whose rate no source tells.",
	Example: []string{"--on", "2018-10-01"},
	Params: []Param{
		required(Param{Name: "on", Kind: DateParam, Meaning: "the day"}),
		agent, target,
		{Name: "instrument", Kind: WordParam, Words: vocab.Instruments.List, Meaning: "only of this instrument"},
		{Name: "goods", Kind: TextParam, Meaning: "only measures in whose goods, or name, this text stands"},
	},
	Columns: []Column{
		{"measure", NodeColumn, "the measure"},
		agentColumn, targetColumn,
		{"instrument", WordColumn, "its instrument"},
		{"coverage", WordColumn, "of a tariff: across-the-board, on all or nearly all goods of the other side, or listed, on some"},
		{"goods", TextColumn, "the goods or services covered"},
		{"rate", RateColumn, "the rate of duty; empty where no source gives one for that step"},
		{"total", RateColumn, "what the goods of the row bear of this layer and of those on all goods; goods on two lists bear more"},
		{"value", MoneyColumn, "the trade covered"},
		{"since", DateColumn, "when the step took effect"},
		sourcesColumn,
	},
	walk: walkInForce,
})

func walkInForce(ctx context.Context, r *run) error {
	on := r.date("on")
	if !on.IsDay() {
		return &ArgError{"on", on.String(), "write one day, such as 2018-10-01"}
	}
	measures, err := r.measures(ctx)
	if err != nil {
		return err
	}
	base := map[[2]graph.Node]*allGoods{} // of each pair of sides
	var rows []*layer
	var missing []absent
	for _, m := range measures {
		layers, left := m.standing(on.End())
		for _, l := range layers {
			if l.sides, err = r.facingSides(ctx, l); err != nil {
				return err
			}
			if m.coverage == "across-the-board" {
				for _, pair := range l.sides {
					if base[pair] == nil {
						base[pair] = &allGoods{}
					}
					base[pair].add(m.node, l.rate)
				}
			}
			rows = append(rows, l)
		}
		for _, why := range left {
			missing = append(missing, absent{why, m})
		}
	}
	if err := r.leaveOut(ctx, on.End(), missing, rows); err != nil {
		return err
	}
	for _, l := range rows {
		if fits, err := r.chosen(ctx, l.measure, l.step.action, l.agents, l.targets, l.goods); err != nil {
			return err
		} else if !fits {
			continue
		}
		for _, unsure := range l.unsure {
			r.exclude(unsure.node, unsure.date, unsure.perhaps(), unsure.evidence...)
		}
		r.emit(place{date: l.step.since, text: string(r.view.ID(l.measure.node))},
			l.measure.node, l.agents, l.targets, l.step.instrument, l.measure.coverage, r.goods(l.goods), l.rate,
			l.total(base), l.value, l.step.since, reasons(graph.Labels(l.edges)))
	}
	return nil
}

// chosen tells whether a measure is one that the parameters ask for: by a move,
// and by whose it is, at whom it is aimed and what it covers then.
func (r *run) chosen(ctx context.Context, m *measure, by *action, agents, targets, goods []graph.Node) (bool, error) {
	if !r.is("instrument", by.instrument) {
		return false, nil
	}
	aimed := *by
	aimed.agents, aimed.targets = agents, targets
	if fits, err := r.between(ctx, &aimed); err != nil || !fits || r.word("goods") == "" {
		return fits, err
	}
	ref, err := r.view.Ref(ctx, m.node)
	return r.says("goods", ref.Name, r.goods(goods)), err
}

// absent is a measure that is not in force on the day, and why.
type absent struct {
	out
	measure *measure
}

// leaveOut excludes the measures that are not in force, with the reason. What
// took effect part by part and never as a whole is in force as its parts.
func (r *run) leaveOut(ctx context.Context, on graph.Day, missing []absent, rows []*layer) error {
	wholes, err := r.wholes(ctx, rows)
	if err != nil {
		return err
	}
	for _, a := range missing {
		// The last move need not repeat whose the measure is, at whom it is aimed, nor
		// at what.
		agents, targets, goods := a.last.agents, a.last.targets, []graph.Node(nil)
		for i := range a.measure.moves {
			mv := &a.measure.moves[i]
			goods = append(goods, mv.record.Nodes(vocab.Goods)...)
			if len(a.last.agents) == 0 {
				agents = append(agents, mv.agents...)
			}
			if len(a.last.targets) == 0 {
				targets = append(targets, mv.targets...)
			}
		}
		if fits, err := r.chosen(ctx, a.measure, a.last.action, agents, targets, goods); err != nil {
			return err
		} else if !fits {
			continue
		}
		reason, why := a.reason, a.last.evidence
		if parts := wholes[a.measure.node]; len(parts) > 0 && !a.measure.begun(on) {
			reason, why = "in force as its parts", append(parts, why...)
		}
		r.exclude(a.measure.node, a.last.date, reason, why...)
	}
	return nil
}

// begun tells whether a source says that the measure itself took effect by a day,
// though it may be over.
func (m *measure) begun(on graph.Day) bool {
	return slices.ContainsFunc(m.moves, func(mv move) bool {
		switch mv.phase {
		case "considered", "threatened", "postponed":
			return false
		case "suspended", "removed":
			return true // and its day is the better reason
		}
		return !mv.effective.IsZero() && mv.effective.Start() <= on
	})
}

// wholes are the measures of which parts are in force, and the parts of such
// parts, with what tells of the parts. An exclusion takes from its measure and
// brings nothing of it into force.
func (r *run) wholes(ctx context.Context, rows []*layer) (map[graph.Node][]graph.Edge, error) {
	var parts []graph.Node
	for _, l := range rows {
		if l.step.instrument != "exclusion" {
			parts = append(parts, l.measure.node)
		}
	}
	wholes := map[graph.Node][]graph.Edge{}
	for len(parts) > 0 {
		edges, err := r.view.Expand(ctx, parts, vocab.PartOfMeasure, graph.Out)
		if err != nil {
			return nil, err
		}
		parts = nil
		for _, e := range edges {
			if wholes[e.To] == nil {
				parts = append(parts, e.To)
			}
			wholes[e.To] = append(wholes[e.To], e)
		}
	}
	return wholes, nil
}

// total is what the goods of a layer bear, with the layers on all goods; where
// it is aimed at several, at the one whose goods bear most.
func (l *layer) total(base map[[2]graph.Node]*allGoods) graph.Rate {
	var total graph.Rate
	for _, pair := range l.sides {
		var sum graph.Rate
		if all := base[pair]; all != nil {
			sum = l.measure.with(all)
		}
		if l.measure.coverage == "listed" {
			sum = sum.Plus(l.rate)
		}
		if l.measure.coverage != "" && sum.Compare(total) > 0 {
			total = sum
		}
	}
	return total
}
