package graph

import (
	"cmp"
	"context"
	"slices"

	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// act is what the rules read of an action.
type act struct {
	node             Node
	first, last      Day    // on which it may have been done
	agents, targets  []Node // sides
	measures, abouts []Node
	responds         []Node // to what a passage says it does
	// conditions are the acts that would set a threat off; warns tells that a
	// statement threatens.
	conditions    []Node
	warns         bool
	carries       []Node // threats and agreements that a passage says it carries out
	move, hostile bool
	// What a move does to its measure: hold it out, bring it about, or relent on it.
	threatens, imposes, relents bool
	agreement                   bool
	stated                      bool // a passage tells what it responds to
}

var (
	hostilePhases   = []string{"threatened", "announced", "in-force", "raised"}
	threatPhases    = []string{"considered", "threatened"}
	imposingPhases  = []string{"announced", "in-force", "raised"}
	relentingPhases = []string{"lowered", "suspended", "postponed", "removed"}
	hostileStatuses = []string{"cancelled", "postponed", "stalled"}
)

// opponents gives the pairs of sides by which the other side acted against
// those who act: who was aimed at, and who acts.
func (later *act) opponents(yield func(agent, target Node)) {
	for _, agent := range later.agents {
		for _, target := range later.targets {
			if agent != target { // else both are of one side
				yield(target, agent)
			}
		}
	}
}

// history files the moves among acts so that a rule looks only at those that it
// may conclude from. Its entries are sorted by their topics, and by the moves'
// last day.
type history struct {
	acts    []act
	entries []entry
	// carriers are the acts, by index, that carry out an agreement.
	carriers map[Node][]int32
	// agreements are those acts, by node.
	agreements map[Node]int32
	// warnings are the statements, by index, that threaten in answer to an act or
	// conditional on it.
	warnings map[Node][]int32
	// wholes are the measures that a measure is part of, at last.
	wholes map[Node][]Node
}

// topic is by whom against whom a move was made, and what it is about besides:
// a measure, or the move itself, or 0 for whatever it may be.
type topic struct{ about, agent, target Node }

type entry struct {
	topic
	last Day
	act  int32 // its index among the acts
}

func (e entry) compare(f entry) int {
	return cmp.Or(cmp.Compare(e.about, f.about), cmp.Compare(e.agent, f.agent), cmp.Compare(e.target, f.target), cmp.Compare(e.last, f.last))
}

func (h *history) add(m act) {
	i := int32(len(h.acts))
	h.acts = append(h.acts, m)
	for _, n := range m.carries {
		h.carriers[n] = append(h.carriers[n], i)
	}
	if m.agreement {
		h.agreements[m.node] = i
	}
	if m.warns {
		for _, n := range slices.Concat(m.responds, m.conditions) {
			h.warnings[n] = append(h.warnings[n], i)
		}
	}
	if !m.move {
		return
	}
	for _, agent := range m.agents {
		for _, target := range m.targets {
			h.entries = append(h.entries, entry{topic{0, agent, target}, m.last, i}, entry{topic{m.node, agent, target}, m.last, i})
			for _, measure := range m.measures {
				h.entries = append(h.entries, entry{topic{measure, agent, target}, m.last, i})
			}
		}
	}
}

// agreedOn returns the agreements that an act is about, if they were made before
// it by those who act and those aimed at.
func (h *history) agreedOn(later *act) []*act {
	var found []*act
	for _, n := range later.abouts {
		i, ok := h.agreements[n]
		if !ok || h.acts[i].last >= later.first {
			continue
		}
		later.opponents(func(agent, target Node) {
			parties := h.acts[i].agents
			if m := &h.acts[i]; slices.Contains(parties, agent) && slices.Contains(parties, target) && !slices.Contains(found, m) {
				found = append(found, m)
			}
		})
	}
	return found
}

// warned returns the statements that threatened what a hostile move now does:
// both respond to one act, or the threat was conditional on that.
func (h *history) warned(later *act) []*act {
	if !later.move || !later.hostile {
		return nil
	}
	var found []*act
	for _, n := range later.responds {
		for _, i := range h.warnings[n] {
			m := &h.acts[i]
			if m.last < later.first && anyOf(m.agents, later.agents) && anyOf(m.targets, later.targets) && !slices.Contains(found, m) {
				found = append(found, m)
			}
		}
	}
	return found
}

func anyOf(a, b []Node) bool {
	return slices.ContainsFunc(a, func(n Node) bool { return slices.Contains(b, n) })
}

// latest appends the moves on a topic that fit and were surely made before an
// act: those of the last day on which one fits, no day before the earliest.
func (h *history) latest(found []*act, later *act, on topic, earliest Day, fits func(*act) bool) []*act {
	n, _ := slices.BinarySearchFunc(h.entries, entry{topic: on, last: later.first}, entry.compare)
	day := earliest
	for _, e := range slices.Backward(h.entries[:n]) {
		if e.topic != on || e.last < day {
			break
		}
		if m := &h.acts[e.act]; fits(m) {
			found, day = append(found, m), e.last
		}
	}
	return found
}

// last keeps the moves of the last day, each once.
func last(moves []*act) []*act {
	if len(moves) < 2 {
		return moves
	}
	day := slices.MaxFunc(moves, func(a, b *act) int { return cmp.Compare(a.last, b.last) }).last
	var kept []*act
	for _, m := range moves {
		if m.last == day && !slices.Contains(kept, m) {
			kept = append(kept, m)
		}
	}
	return kept
}

// actsAtOnce is how many actions are read in one hop: a bound on what is held
// of them beside what the rules need.
const actsAtOnce = 10_000

// acts reads all actions that have a date, but for reports that tell of another.
func (v *View) acts(ctx context.Context, isReport func(Node) bool) (*history, error) {
	nodes, err := v.Instances(ctx, vocab.Acts()...)
	if err != nil {
		return nil, err
	}
	nodes = slices.DeleteFunc(nodes, isReport)
	// Of each move there is an entry for itself, for any, and for its measure.
	h := &history{
		acts: make([]act, 0, len(nodes)), entries: make([]entry, 0, 3*len(nodes)),
		carriers: map[Node][]int32{}, agreements: map[Node]int32{}, warnings: map[Node][]int32{},
	}
	reader := newRecordReader(v)
	if h.wholes, reader.reliefs, reader.under, err = v.measureParts(ctx); err != nil {
		return nil, err
	}
	for part := range slices.Chunk(nodes, actsAtOnce) {
		edges, err := v.Expand(ctx, part, nil, Out)
		if err != nil {
			return nil, err
		}
		for len(edges) > 0 {
			node := edges[0].From
			edges = reader.next(edges)
			a, err := reader.act(ctx, node)
			if err != nil {
				return nil, err
			}
			if a.first > MinDay || a.last < MaxDay { // else nothing is surely before or after it
				h.add(a)
			}
		}
	}
	slices.SortFunc(h.entries, entry.compare)
	return h, v.Err()
}

// measureParts reads which measures a measure is part of, which are exclusions
// from others, and in which agreement each commitment was made.
func (v *View) measureParts(ctx context.Context) (wholes map[Node][]Node, reliefs map[Node]bool, under map[Node][]Node, err error) {
	pairs := func(c *vocab.Class, p *vocab.Predicate) (edges []Edge) {
		if err != nil || v.term(p.IRI) == 0 {
			return nil
		}
		var nodes []Node
		if nodes, err = v.Instances(ctx, c); err == nil {
			edges, err = v.Expand(ctx, nodes, p, Out)
		}
		return edges
	}
	// Sources may differ on what a part is of, or a promise was made in: all count.
	parts := map[Node][]Node{}
	for _, e := range pairs(vocab.Measure, vocab.PartOfMeasure) {
		parts[e.From] = append(parts[e.From], e.To)
	}
	wholes = map[Node][]Node{}
	for part, direct := range parts {
		for next := direct; len(next) > 0; next = next[1:] {
			if n := next[0]; n != part && !slices.Contains(wholes[part], n) {
				wholes[part] = append(wholes[part], n)
				next = append(next[:len(next):len(next)], parts[n]...)
			}
		}
	}
	under = map[Node][]Node{}
	for _, e := range pairs(vocab.Commitment, vocab.Under) {
		under[e.From] = append(under[e.From], e.To)
	}
	reliefs = map[Node]bool{}
	if exclusion := v.Node(quad.String("exclusion")); exclusion != 0 && err == nil {
		var edges []Edge
		edges, err = v.Expand(ctx, []Node{exclusion}, vocab.Instrument, In)
		for _, e := range edges {
			reliefs[e.To] = true
		}
	}
	return wholes, reliefs, under, err
}

// recordReader reads one action after the other into the same record.
type recordReader struct {
	*View
	predicates map[Node]*vocab.Predicate
	classes    map[Node]*vocab.Class
	record     map[*vocab.Predicate][]Edge
	reliefs    map[Node]bool   // measures that are exclusions
	under      map[Node][]Node // commitment → agreements
}

func newRecordReader(v *View) *recordReader {
	return &recordReader{View: v, predicates: make(map[Node]*vocab.Predicate), classes: make(map[Node]*vocab.Class), record: make(map[*vocab.Predicate][]Edge)}
}

// next reads the edges of the first node, and returns those of the others.
func (r *recordReader) next(edges []Edge) []Edge {
	for p, of := range r.record {
		r.record[p] = of[:0]
	}
	n := 0
	for ; n < len(edges) && edges[n].From == edges[0].From; n++ {
		e := edges[n]
		p, ok := r.predicates[e.Predicate]
		if !ok {
			p = r.Predicate(e.Predicate)
			r.predicates[e.Predicate] = p
		}
		r.record[p] = append(r.record[p], e)
	}
	return edges[n:]
}

// of returns the edges under a predicate, until the next node is read.
func (r *recordReader) of(p *vocab.Predicate) []Edge { return r.record[p] }

// class returns the class of an action.
func (r *recordReader) class() *vocab.Class {
	var class *vocab.Class
	for _, e := range r.record[vocab.Type] {
		c, ok := r.classes[e.To]
		if !ok {
			c = r.Class(e.To)
			r.classes[e.To] = c
		}
		if slices.Contains(actions, c) {
			class = c
		}
	}
	return class
}

var actions = vocab.Actions()

func (r *recordReader) act(ctx context.Context, node Node) (act, error) {
	a := act{node: node, measures: Targets(r.of(vocab.OnMeasure)), abouts: Targets(r.of(vocab.About)), responds: Targets(r.of(vocab.RespondsTo)), conditions: Targets(r.of(vocab.ConditionalOn))}
	a.stated = len(a.responds) > 0
	date, _, err := r.when(ctx, r.of)
	if err != nil {
		return act{}, err
	}
	a.first, a.last = date.Earliest(), date.Latest()
	if a.agents, err = r.Sides(ctx, Targets(r.of(vocab.Agent)), date); err != nil {
		return act{}, err
	}
	if a.targets, err = r.Sides(ctx, Targets(r.of(vocab.Target)), date); err != nil {
		return act{}, err
	}
	a.agreement = r.class() == vocab.Agreement
	for _, n := range Targets(r.of(vocab.CarriesOut)) {
		if agreements := r.under[n]; len(agreements) > 0 {
			a.carries = append(a.carries, agreements...)
		} else {
			a.carries = append(a.carries, n)
		}
	}
	relief := slices.ContainsFunc(a.measures, func(n Node) bool { return r.reliefs[n] })
	for _, e := range r.of(vocab.Phase) {
		a.move = true
		if relief {
			continue
		}
		phase := r.Text(e.To)
		a.hostile = a.hostile || slices.Contains(hostilePhases, phase)
		a.threatens = a.threatens || slices.Contains(threatPhases, phase)
		a.imposes = a.imposes || slices.Contains(imposingPhases, phase)
		a.relents = a.relents || slices.Contains(relentingPhases, phase)
	}
	for _, e := range r.of(vocab.Stance) {
		a.warns = a.warns || r.Text(e.To) == "threaten"
	}
	for _, e := range r.of(vocab.Status) {
		a.hostile = a.hostile || slices.Contains(hostileStatuses, r.Text(e.To))
	}
	return a, nil
}
