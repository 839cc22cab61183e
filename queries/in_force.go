package queries

import (
	"context"

	"parley/graph"
)

// InForce answers which measures were in force on a day.
var InForce = register(&Query{
	Name:    "in-force",
	Title:   "Which measures were in force on a day, and at what rate?",
	Row:     "One row is one measure in force on the day, with the rate that its latest step by then set; a measure whose steps differ by whom it is aimed at has a row for each step that holds. total adds the layers of tariff up: on listed goods the rate of the row and of the layers that the same side has on all goods of the other, but those of which a source says that they are not due together; else those alone.",
	Left:    "A measure counts until a source in view says that it ended; how late the sources reach, sources tells. Measures that the sources tell of by that day and that are not in force are listed with the reason: a threat is no rate, and a purchase cut or a currency action is an act and no standing measure. A measure announced with the day it takes effect counts from that day on, unless a source says that it was put off. Moves of which no source tells the measure, as most of data sets, are not looked at. Exclusions from a tariff, and exemptions of some goods, are in no total; nor is a layer whose rate no source tells.",
	Example: []string{"--on", "2018-10-01"},
	Params: []Param{
		required(Param{Name: "on", Kind: DateParam, Meaning: "the day"}),
	},
	Columns: []Column{
		{"measure", NodeColumn, "the measure"},
		agentColumn, targetColumn,
		{"instrument", WordColumn, "its instrument"},
		{"coverage", WordColumn, "of a tariff: across-the-board, on all or nearly all goods of the other side, or listed, on some"},
		{"goods", TextColumn, "the goods or services covered"},
		{"rate", RateColumn, "the rate of duty; empty where no source gives one for that step"},
		{"total", RateColumn, "the rate that the goods of the row bear from all layers whose coverage is known"},
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
	for _, m := range measures {
		layers, left := m.standing(on.End())
		for _, l := range layers {
			for _, unsure := range l.unsure {
				r.exclude(unsure.node, unsure.date, unsure.perhaps(), unsure.evidence...)
			}
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
			r.exclude(m.node, why.last.date, why.reason, why.last.evidence...)
		}
	}
	for _, l := range rows {
		r.emit(place{date: l.step.since, text: string(r.view.ID(l.measure.node))},
			l.measure.node, l.agents, l.targets, l.step.instrument, l.measure.coverage, r.goods(l.goods), l.rate,
			l.total(base), l.value, l.step.since, reasons(graph.Labels(l.edges)))
	}
	return nil
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
