package queries

import (
	"context"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

// measure is what a view shows of a measure: the moves on it, in order of date.
type measure struct {
	node     graph.Node
	coverage string       // across-the-board or listed, "" where no source tells
	apart    []graph.Node // the measures that its goods do not bear
	moves    []move
	edges    []graph.Edge // behind the coverage, and what the goods do not bear
}

// allGoods are the layers that one side has on all goods of another.
type allGoods struct {
	layers map[graph.Node]graph.Rate // by measure
	sum    graph.Rate
}

func (all *allGoods) add(measure graph.Node, rate graph.Rate) {
	if all.layers == nil {
		all.layers = map[graph.Node]graph.Rate{}
	}
	all.layers[measure] = rate
	all.sum = all.sum.Plus(rate)
}

// with adds up what the goods of a measure bear of the layers on all goods.
func (m *measure) with(all *allGoods) graph.Rate {
	apart := func(n graph.Node) bool { _, ok := all.layers[n]; return ok }
	if !slices.ContainsFunc(m.apart, apart) {
		return all.sum
	}
	var sum graph.Rate
	for layer, rate := range all.layers {
		if !slices.Contains(m.apart, layer) {
			sum = sum.Plus(rate)
		}
	}
	return sum
}

// move is a move on a measure, with its days.
type move struct {
	*action
	announced, effective graph.Date
}

// known is the first day on which one could know of the move.
func (m *move) known() graph.Date {
	if m.announced.IsZero() {
		return m.effective
	}
	return m.announced
}

// perhaps says of a move that it may have changed what stands.
func (m *move) perhaps() string {
	if took := m.took(); !took.IsZero() {
		return "perhaps " + m.phase + " by the day: it took effect " + took.Words()
	}
	return "perhaps " + m.phase + " by the day: no source in view says when that takes effect"
}

// took is the day on which the move took effect. A suspension or a removal of
// which no source says when it takes effect does so when it is made.
func (m *move) took() graph.Date {
	if m.effective.IsZero() && (m.phase == "suspended" || m.phase == "removed") {
		return m.announced
	}
	return m.effective
}

// measures reads the measures in view with the moves on them. Moves of which no
// source tells the measure are passed over.
func (r *run) measures(ctx context.Context) ([]*measure, error) {
	moves, err := r.actions(ctx, vocab.MeasureMove)
	if err != nil {
		return nil, err
	}
	r.earliestFirst(moves)
	byNode := map[graph.Node]*measure{}
	var measures []*measure
	for i := range moves {
		a := &moves[i]
		if a.measure == 0 {
			continue
		}
		m := byNode[a.measure]
		if m == nil {
			m = &measure{node: a.measure}
			byNode[a.measure] = m
			measures = append(measures, m)
		}
		mv := move{action: a}
		if mv.announced, mv.effective, err = r.days(ctx, a); err != nil {
			return nil, err
		}
		m.moves = append(m.moves, mv)
	}
	nodes := make([]graph.Node, len(measures))
	for i, m := range measures {
		nodes[i] = m.node
	}
	records, err := r.view.Records(ctx, nodes)
	if err != nil {
		return nil, err
	}
	for _, m := range measures {
		coverage, edges, err := r.best(ctx, records[m.node], vocab.Coverage)
		if err != nil {
			return nil, err
		}
		m.coverage, m.edges = r.view.Text(coverage), slices.Concat(edges, records[m.node].Of(vocab.NotWith))
		m.apart = records[m.node].Nodes(vocab.NotWith)
	}
	return measures, nil
}

// step is a move that took effect, and when.
type step struct {
	*action
	since graph.Date
	ends  bool         // it suspends or removes the measure
	moved []graph.Edge // that give since, where a later move put the step off
}

// layer is a step that holds on a day, and what it is of.
type layer struct {
	measure *measure
	step    step
	agents  []graph.Node
	targets []graph.Node // for whom it holds; none for all
	sides   [][2]graph.Node
	rate    graph.Rate
	value   graph.Money
	goods   []graph.Node
	edges   []graph.Edge // that tell all this
	unsure  []*move      // that perhaps took effect before the day
}

// out is why a measure is not in force on a day, and the last move before it.
type out struct {
	last   *move
	reason string
}

// outcome is what holds of a measure on a day for one of those it is aimed at, or
// why nothing does.
type outcome struct {
	target graph.Node // 0 stands for all who are not named
	layer  *layer
	out    out
}

// outcomes tells what holds of a measure on a day, for each of those whom moves
// name, and for all others where the measure was brought about against nobody
// by name. Else a move that names nobody is aimed at those whom the others name.
func (m *measure) outcomes(on graph.Day) []outcome {
	var targets []graph.Node
	i := slices.IndexFunc(m.moves, func(mv move) bool { return imposes(mv.phase) })
	general := i >= 0 && len(m.moves[i].targets) == 0
	for _, mv := range m.moves {
		for _, t := range mv.targets {
			if !slices.Contains(targets, t) {
				targets = append(targets, t)
			}
		}
	}
	if general || len(targets) == 0 {
		targets = append(targets, 0)
	}
	found := make([]outcome, len(targets))
	for i, target := range targets {
		var moves []*move
		for i := range m.moves {
			if mv := &m.moves[i]; len(mv.targets) == 0 || slices.Contains(mv.targets, target) {
				moves = append(moves, mv)
			}
		}
		o := outcome{target: target}
		if o.layer, o.out = holds(moves, on); o.layer != nil {
			o.layer.measure = m
			o.layer.edges = append(o.layer.edges, m.edges...)
			if target != 0 && (slices.Contains(o.layer.step.targets, target) || len(o.layer.step.targets) == 0 && !general) {
				o.layer.targets = []graph.Node{target}
			}
		}
		found[i] = o
	}
	return found
}

// standing tells what holds of a measure on a day: one layer, or several where
// steps or their terms differ by whom they are aimed at; and what does not, and
// why.
func (m *measure) standing(on graph.Day) (layers []*layer, left []out) {
	for _, o := range m.outcomes(on) {
		if o.layer == nil {
			if o.out.last != nil && !slices.Contains(left, o.out) {
				left = append(left, o.out)
			}
			continue
		}
		i := slices.IndexFunc(layers, o.layer.alike)
		if i < 0 {
			layers = append(layers, o.layer)
			continue
		}
		layers[i].targets = append(layers[i].targets, o.layer.targets...)
	}
	for _, l := range layers {
		// In the order of the step, which names them.
		if named := l.targets; len(l.step.targets) > 0 {
			l.targets = slices.DeleteFunc(slices.Clone(l.step.targets), func(n graph.Node) bool { return !slices.Contains(named, n) })
		}
	}
	return layers, left
}

// alike tells whether two layers of a measure are of one step and on the same
// terms.
func (l *layer) alike(other *layer) bool {
	return l.step.action == other.step.action && l.step.since == other.step.since &&
		l.rate == other.rate && l.value == other.value && slices.Equal(l.goods, other.goods) && slices.Equal(l.agents, other.agents)
}

// imposes tells whether a phase brings a measure about, or changes it.
func imposes(phase string) bool {
	return slices.Contains([]string{"announced", "in-force", "raised", "lowered"}, phase)
}

// holds tells which of the moves holds on a day; or why none does. Moves come
// in order of date.
func holds(moves []*move, on graph.Day) (*layer, out) {
	var unsure []*move // that took effect on a day not told nearer, before or after the day
	var steps []step   // also those to come, since a later move can put them off
	waiting := "no source in view says that it was in force by then"
	var last *move
	for _, m := range moves {
		known := m.known()
		if !known.IsZero() && known.Start() > on {
			continue
		}
		last = m
		took := m.took()
		begun := !took.IsZero() && took.End() <= on
		if !took.IsZero() && !begun && took.Start() <= on {
			unsure = append(unsure, m)
			waiting = "took effect " + took.Words() + ", perhaps after the day"
			if imposes(m.phase) {
				steps = append(steps, step{action: m.action, since: m.effective})
			}
			continue
		}
		switch m.phase {
		case "considered", "threatened":
			waiting = "only " + m.phase
		case "postponed":
			waiting = "postponed"
			steps = m.putOff(steps)
		case "suspended", "removed":
			// Of no day at all it is over. What was to take effect later is off with
			// it.
			steps = slices.DeleteFunc(steps, func(s step) bool { return !s.ends && s.since.Start() > took.Start() })
			steps = append(steps, step{action: m.action, since: took, ends: true})
		case "":
			waiting = "no source in view tells how far it was brought"
		default:
			switch {
			case begun:
				steps = append(steps, step{action: m.action, since: m.effective})
			case m.effective.IsZero():
				waiting = "announced, and no source in view says that it took effect by then"
				if m.phase == "raised" || m.phase == "lowered" {
					unsure = append(unsure, m)
				}
			default:
				steps = append(steps, step{action: m.action, since: m.effective})
				waiting = "announced to take effect on " + m.effective.Words()
			}
		}
	}
	if last == nil {
		return nil, out{}
	}
	if slices.Contains([]string{"purchase-cut", "currency"}, last.instrument) {
		return nil, out{last, "a " + last.instrument + " is an act and no standing measure"}
	}
	steps = slices.DeleteFunc(steps, func(s step) bool { return !s.since.IsZero() && s.since.End() > on })
	// What was announced first may take effect last.
	slices.SortStableFunc(steps, byDay)
	if len(steps) == 0 {
		return nil, out{last, waiting}
	}
	latest := steps[len(steps)-1]
	if latest.ends {
		return nil, out{last, latest.phase + " on " + latest.since.Words()}
	}
	l := terms(latest, moves)
	l.unsure = unsure
	return l, out{}
}

func byDay(a, b step) int { return a.since.Compare(b.since) }

// putOff takes the last of the steps away that had not taken effect when this
// move put it off; what had, stands. Where a new day is told it is the day of the
// step.
func (m *move) putOff(steps []step) []step {
	known := m.known()
	slices.SortStableFunc(steps, byDay)
	n := len(steps) - 1
	if n < 0 || steps[n].since.Start() <= known.Start() {
		return steps
	}
	put := step{action: steps[n].action, since: m.effective, ends: steps[n].ends, moved: append(m.record.Edges(vocab.Effective), m.evidence...)}
	if steps = steps[:n]; !m.effective.IsZero() {
		steps = append(steps, put)
	}
	return steps
}

// terms returns the layer of a step: its rate, value and goods, and where the
// step itself does not give them those of the moves before. What comes into
// force has the rate that was announced for it, and the trade and goods covered
// stay until a step changes them. A step that raises or lowers the rate and does
// not say to what leaves the rate unknown.
func terms(standing step, moves []*move) *layer {
	a := standing.action
	l := &layer{step: standing, agents: a.agents, rate: a.rate, value: a.value, goods: a.record.Nodes(vocab.Goods)}
	l.edges = append(append(a.record.Edges(vocab.Effective, vocab.Date, vocab.Goods), a.evidence...), standing.moved...)
	for _, m := range moves {
		if m.action == a {
			break
		}
		if a.phase == "in-force" && m.phase == "announced" && (a.rate == graph.Rate{}) && (m.rate != graph.Rate{}) {
			l.rate, l.edges = m.rate, append(l.edges, m.record.Edges(vocab.HasRate)...)
		}
		if len(a.agents) == 0 && len(m.agents) > 0 {
			l.agents, l.edges = m.agents, append(l.edges, m.record.Edges(vocab.Agent)...)
		}
		if (a.value == graph.Money{}) && (m.value != graph.Money{}) {
			l.value, l.edges = m.value, append(l.edges, m.record.Edges(vocab.Value)...)
		}
		if goods := m.record.Nodes(vocab.Goods); len(goods) > 0 && len(a.record.Nodes(vocab.Goods)) == 0 {
			l.goods, l.edges = goods, append(l.edges, m.record.Edges(vocab.Goods)...)
		}
	}
	return l
}

// goods joins what is covered, in words.
func (r *run) goods(nodes []graph.Node) string {
	var words []string
	for _, n := range nodes {
		words = append(words, r.view.Text(n))
	}
	slices.Sort(words)
	return strings.Join(words, "; ")
}

// facingSides are the pairs of sides between which a layer stands: whose it is,
// and at whom it is aimed.
func (r *run) facingSides(ctx context.Context, l *layer) ([][2]graph.Node, error) {
	agents, err := r.view.Sides(ctx, l.agents, l.step.date)
	if err != nil {
		return nil, err
	}
	others, err := r.view.Sides(ctx, l.targets, l.step.date)
	if err != nil {
		return nil, err
	}
	var pairs [][2]graph.Node
	for _, agent := range agents {
		for _, other := range others {
			if pair := [2]graph.Node{agent, other}; !slices.Contains(pairs, pair) {
				pairs = append(pairs, pair)
			}
		}
	}
	return pairs, nil
}
