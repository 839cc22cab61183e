package queries

import (
	"cmp"
	"context"
	"slices"

	"parley/graph"
)

// RateHistory answers how the layers of duty grew and shrank.
var RateHistory = register(&Query{
	Name:    "rate-history",
	Title:   "How did the rates of duty change, layer by layer?",
	Row:     "One row is one day on which one layer of tariff, by one side against another, came, changed its rate or went. base is what all goods bear at the end of the day, the sum of the layers on all goods, and highest what the goods that bear most do.",
	Left:    "A layer is a measure of the instrument tariff; what is only considered, threatened, announced or put off is none, and one of which no source tells the coverage is in no sum, nor is one whose rate no source tells, or that is aimed at nobody by name. What is set for a day to come stands on that day. The duty that was there before all measures in view, exclusions from a tariff and exemptions of some goods are not counted.",
	Example: []string{"--agent", "United States", "--target", "China"},
	Params:  []Param{agent, target, since, until},
	Columns: []Column{
		{"date", DateColumn, "when the change took effect"},
		{"agent", NodeColumn, "the side whose duty it is"},
		{"target", NodeColumn, "the side whose goods bear it"},
		{"measure", NodeColumn, "the layer"},
		{"coverage", WordColumn, "across-the-board, on all or nearly all goods of the other side, or listed, on some"},
		{"goods", TextColumn, "the goods covered"},
		{"value", MoneyColumn, "the trade covered"},
		{"before", RateColumn, "the rate of the layer before; empty where it was not there, or its rate is not known"},
		{"rate", RateColumn, "the rate of the layer from then on; empty where it went, or its rate is not known"},
		{"change", WordColumn, "came, raised, lowered, changed or went"},
		{"base", RateColumn, "what all goods bear after it"},
		{"highest", RateColumn, "what the goods that bear most do"},
		{"action", NodeColumn, "the move that made the change, or for a layer that went the last move on it"},
		sourcesColumn,
	},
	Picture: RatePicture,
	walk:    walkRateHistory,
})

// layerKey tells a layer: whose duty, on whose goods, by which measure.
type layerKey struct {
	agent, target graph.Node
	measure       *measure
}

func walkRateHistory(ctx context.Context, r *run) error {
	measures, err := r.measures(ctx)
	if err != nil {
		return err
	}
	measures = slices.DeleteFunc(measures, func(m *measure) bool { return m.moves[0].instrument != "tariff" })
	changes, err := r.layerChanges(ctx, measures)
	if err != nil {
		return err
	}
	slices.SortStableFunc(changes, func(a, b layerChange) int {
		return cmp.Or(a.since.Compare(b.since), cmp.Compare(r.view.ID(a.key.measure.node), r.view.ID(b.key.measure.node)),
			cmp.Compare(r.view.ID(a.key.agent), r.view.ID(b.key.agent)), cmp.Compare(r.view.ID(a.key.target), r.view.ID(b.key.target)))
	})
	standing := map[layerKey]graph.Rate{}
	for i, c := range changes {
		if i == 0 || changes[i-1].since != c.since {
			// All that changes on a day has changed at its end.
			for _, d := range changes[i:] {
				if d.since != c.since {
					break
				}
				if d.is {
					standing[d.key] = d.rate
				} else {
					delete(standing, d.key)
				}
			}
		}
		if !r.window(c.since) || r.node("agent") != 0 && r.node("agent") != c.key.agent || r.node("target") != 0 && r.node("target") != c.key.target {
			continue
		}
		base, highest := sums(standing, c.key)
		r.emit(place{date: c.since, numbers: [2]int{0, i}},
			c.since, c.key.agent, c.key.target, c.key.measure.node, c.key.measure.coverage, r.goods(c.goods), c.value,
			c.before, c.rate, c.word(), base, highest, c.move, reasons(graph.Labels(c.edges)))
	}
	return nil
}

// layerChange is a day on which a layer came, changed or went.
type layerChange struct {
	key          layerKey
	since        graph.Date
	was, is      bool
	before, rate graph.Rate
	value        graph.Money
	goods        []graph.Node
	move         graph.Node
	edges        []graph.Edge
}

func (c *layerChange) word() string {
	none := graph.Rate{}
	switch {
	case !c.is:
		return "went"
	case !c.was:
		return "came"
	case c.rate == none || c.before == none:
		return "changed"
	case c.rate.Compare(c.before) > 0:
		return "raised"
	}
	return "lowered"
}

// layerChanges goes through the days on which something took effect, measure by
// measure.
func (r *run) layerChanges(ctx context.Context, measures []*measure) ([]layerChange, error) {
	var changes []layerChange
	for _, m := range measures {
		held := map[layerKey]layer{}
		for _, day := range m.days() {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			layers, left := m.standing(day.End())
			now := map[layerKey]layer{}
			for _, l := range layers {
				pairs, err := r.facingSides(ctx, &l)
				if err != nil {
					return nil, err
				}
				for _, pair := range pairs {
					key := layerKey{pair[0], pair[1], m}
					before, was := held[key]
					now[key] = l
					if !was || before.rate != l.rate {
						changes = append(changes, layerChange{key, l.step.since, was, true, before.rate, l.rate, l.value, l.goods, l.step.node, l.edges})
					}
				}
			}
			for key, before := range held {
				if _, still := now[key]; still {
					continue
				}
				c := layerChange{key: key, since: day, was: true, before: before.rate, value: before.value, goods: before.goods, move: before.step.node, edges: before.edges}
				for _, why := range left {
					c.move, c.edges = why.last.node, append(why.last.record.Edges(graph.WhenDone...), why.last.evidence...)
				}
				changes = append(changes, c)
			}
			held = now
		}
	}
	return changes, nil
}

// days are those on which moves took effect, or put off what had not, each once
// and in order.
func (m *measure) days() []graph.Date {
	var days []graph.Date
	for i := range m.moves {
		mv := &m.moves[i]
		day := mv.effective
		if day.IsZero() && slices.Contains([]string{"suspended", "removed", "postponed"}, mv.phase) {
			day = mv.known()
		}
		if !day.IsZero() {
			days = append(days, day)
		}
	}
	slices.SortFunc(days, func(a, b graph.Date) int { return cmp.Or(cmp.Compare(a.End(), b.End()), a.Compare(b)) })
	return slices.CompactFunc(days, func(a, b graph.Date) bool { return a.End() == b.End() })
}

// sums adds up the layers that stand between two sides.
func sums(standing map[layerKey]graph.Rate, between layerKey) (base, highest graph.Rate) {
	all := map[graph.Node]graph.Rate{} // the layers on all goods
	for key, rate := range standing {
		if key.agent == between.agent && key.target == between.target && key.measure.coverage == "across-the-board" {
			all[key.measure.node] = rate
			base = base.Plus(rate)
		}
	}
	highest = base
	for key, rate := range standing {
		if key.agent != between.agent || key.target != between.target || key.measure.coverage != "listed" {
			continue
		}
		if sum := key.measure.with(all).Plus(rate); sum.Compare(highest) > 0 {
			highest = sum
		}
	}
	return base, highest
}
