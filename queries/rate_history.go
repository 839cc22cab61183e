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
	Row:     "One row is one day on which one layer of tariff, by one side against another, came, changed its rate or went. base is what all goods bear at the end of the day, the sum of the layers on all goods, and highest that with the one list that adds most; goods on two lists bear more.",
	Left:    "A layer is a measure of the instrument tariff; what is only considered, threatened, announced or put off is none, and one of which no source tells the coverage is in no sum, nor is one whose rate no source tells, or that is aimed at nobody by name. What is set for a day to come stands on that day. The duty that was there before all measures in view, exclusions from a tariff and exemptions of some goods are not counted. Of steps aimed at several actors of one side the highest rate counts.",
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
		{"highest", RateColumn, "what the goods bear that are on the list that adds most"},
		{"action", NodeColumn, "the move that made the change, or for a layer that went the last move on it"},
		sourcesColumn,
	},
	Picture: RatePicture,
	walk:    walkRateHistory,
})

// pair is one side whose duty it is, and another whose goods bear it.
type pair [2]graph.Node

// layerKey tells a layer: between whom, by which measure.
type layerKey struct {
	pair
	measure *measure
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
	slices.SortFunc(changes, func(a, b layerChange) int {
		return cmp.Or(cmp.Compare(a.day(), b.day()), cmp.Compare(r.view.ID(a.key.measure.node), r.view.ID(b.key.measure.node)),
			cmp.Compare(r.view.ID(a.key.pair[0]), r.view.ID(b.key.pair[0])), cmp.Compare(r.view.ID(a.key.pair[1]), r.view.ID(b.key.pair[1])))
	})
	standing := map[pair]map[*measure]graph.Rate{}
	totals := map[pair][2]graph.Rate{} // base and highest, until something changes between the two
	for i, c := range changes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i == 0 || changes[i-1].day() != c.day() {
			// All that changes on a day has changed at its end.
			for _, d := range changes[i:] {
				if d.day() != c.day() {
					break
				}
				delete(totals, d.key.pair)
				if standing[d.key.pair] == nil {
					standing[d.key.pair] = map[*measure]graph.Rate{}
				}
				if d.is {
					standing[d.key.pair][d.key.measure] = d.rate
				} else {
					delete(standing[d.key.pair], d.key.measure)
				}
			}
		}
		if !r.window(c.since) || r.node("agent") != 0 && r.node("agent") != c.key.pair[0] || r.node("target") != 0 && r.node("target") != c.key.pair[1] {
			continue
		}
		total, ok := totals[c.key.pair]
		if !ok {
			total = sums(standing[c.key.pair])
			totals[c.key.pair] = total
		}
		r.emit(place{numbers: [2]int{0, i}},
			c.since, c.key.pair[0], c.key.pair[1], c.key.measure.node, c.key.measure.coverage, r.goods(c.goods), c.value,
			c.before, c.rate, c.word(), total[0], total[1], c.move, reasons(graph.Labels(c.edges)))
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

// day is the one from which on the change surely holds.
func (c *layerChange) day() graph.Day { return c.since.End() }

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
		held := map[layerKey]borne{}
		for _, day := range m.days() {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			outcomes := m.outcomes(day.End())
			now, err := r.borneBy(ctx, outcomes)
			if err != nil {
				return nil, err
			}
			for key, l := range now {
				before, was := held[key]
				if !was || before.rate != l.rate {
					c := layerChange{key, l.step.since, was, true, before.rateOf(), l.rate, l.value, l.goods, l.step.node, l.edges}
					if was && l.step.since.End() < day.End() {
						// One that bore more is no longer aimed at.
						c.since = day
						c.told(before.ended(outcomes))
					}
					changes = append(changes, c)
				}
			}
			for key, before := range held {
				if _, still := now[key]; still {
					continue
				}
				c := layerChange{key: key, since: day, was: true, before: before.rate, value: before.value, goods: before.goods, move: before.step.node, edges: before.edges}
				c.told(before.ended(outcomes))
				changes = append(changes, c)
			}
			held = now
		}
	}
	return changes, nil
}

// borne is a layer as the goods of one side bear it: where it is aimed at several
// of that side, the one of the highest rate.
type borne struct {
	*layer
	aimed []graph.Node // all of the side at whom it is aimed
}

func (b borne) rateOf() graph.Rate {
	if b.layer == nil {
		return graph.Rate{}
	}
	return b.rate
}

// borneBy puts together by sides what holds.
func (r *run) borneBy(ctx context.Context, outcomes []outcome) (map[layerKey]borne, error) {
	found := map[layerKey]borne{}
	for _, o := range outcomes {
		if o.layer == nil {
			continue
		}
		pairs, err := r.facingSides(ctx, o.layer)
		if err != nil {
			return nil, err
		}
		for _, sides := range pairs {
			key := layerKey{sides, o.layer.measure}
			b, ok := found[key]
			if !ok || o.layer.rate.Compare(b.rate) > 0 {
				b.layer = o.layer
			}
			b.aimed = append(b.aimed, o.target)
			found[key] = b
		}
	}
	return found, nil
}

// ended is the move for which the layer holds no longer for one at whom it was
// aimed; nil where none tells.
func (b borne) ended(outcomes []outcome) (by *move) {
	for _, o := range outcomes {
		if o.layer == nil && o.out.last != nil && slices.Contains(b.aimed, o.target) {
			by = o.out.last
		}
	}
	return by
}

// told gives the change the move that made it.
func (c *layerChange) told(by *move) {
	if by != nil {
		c.move, c.edges = by.node, append(by.record.Edges(graph.WhenDone...), by.evidence...)
	}
}

// days are those on which moves took effect, or put off what had not, each once
// and in order.
func (m *measure) days() []graph.Date {
	var days []graph.Date
	for i := range m.moves {
		mv := &m.moves[i]
		day := mv.took()
		if day.IsZero() && mv.phase == "postponed" {
			day = mv.known()
		}
		if !day.IsZero() {
			days = append(days, day)
		}
	}
	slices.SortFunc(days, func(a, b graph.Date) int { return cmp.Or(cmp.Compare(a.End(), b.End()), a.Compare(b)) })
	return slices.CompactFunc(days, func(a, b graph.Date) bool { return a.End() == b.End() })
}

// sums adds up the layers that stand between two sides: what all goods bear, and
// the most that goods on one list do.
func sums(standing map[*measure]graph.Rate) (total [2]graph.Rate) {
	var all allGoods
	for m, rate := range standing {
		if m.coverage == "across-the-board" {
			all.add(m.node, rate)
		}
	}
	total = [2]graph.Rate{all.sum, all.sum}
	for m, rate := range standing {
		if m.coverage != "listed" {
			continue
		}
		if sum := m.with(&all).Plus(rate); sum.Compare(total[1]) > 0 {
			total[1] = sum
		}
	}
	return total
}
