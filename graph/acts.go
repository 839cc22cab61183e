package graph

import (
	"cmp"
	"context"
	"slices"

	"parley/graph/vocab"
)

// act is what the rules read of an action.
type act struct {
	node             Node
	first, last      Day    // on which it may have been done
	agents, targets  []Node // sides
	measures, abouts []Node
	move, hostile    bool
	agreement        bool
	stated           bool // a passage tells what it responds to
}

var (
	hostilePhases   = []string{"threatened", "announced", "in-force", "raised"}
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
}

// topic is by whom against whom a move was made, and what it is about besides:
// a measure, or the move itself, or 0 for whatever it may be. Agreements have
// topics of their own.
type topic struct {
	about, agent, target Node
	agreement            bool
}

type entry struct {
	topic
	last Day
	act  int32 // its index among the acts
}

func (e entry) compare(f entry) int {
	return cmp.Or(cmp.Compare(e.about, f.about), cmp.Compare(e.agent, f.agent), cmp.Compare(e.target, f.target), boolean(e.agreement)-boolean(f.agreement), cmp.Compare(e.last, f.last))
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (h *history) add(m act) {
	i := int32(len(h.acts))
	h.acts = append(h.acts, m)
	if !m.move && !m.agreement {
		return
	}
	for _, agent := range m.agents {
		for _, target := range m.targets {
			if m.agreement {
				h.entries = append(h.entries, entry{topic{0, agent, target, true}, m.last, i})
				continue
			}
			h.entries = append(h.entries, entry{topic{0, agent, target, false}, m.last, i}, entry{topic{m.node, agent, target, false}, m.last, i})
			for _, measure := range m.measures {
				h.entries = append(h.entries, entry{topic{measure, agent, target, false}, m.last, i})
			}
		}
	}
}

// latest appends the moves, or agreements, on a topic that fit and were surely
// made before an act: those of the last day on which one fits, no day before
// the earliest.
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
	h := &history{acts: make([]act, 0, len(nodes)), entries: make([]entry, 0, 3*len(nodes))}
	reader := newRecordReader(v)
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

// recordReader reads one action after the other into the same record.
type recordReader struct {
	*View
	predicates map[Node]*vocab.Predicate
	classes    map[Node]*vocab.Class
	record     map[*vocab.Predicate][]Edge
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
	a := act{node: node, measures: Targets(r.of(vocab.OnMeasure)), abouts: Targets(r.of(vocab.About)), stated: len(r.of(vocab.RespondsTo)) > 0}
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
	if r.class() == vocab.Agreement {
		a.agreement, a.targets = true, a.agents // each party faces the others
	}
	for _, e := range r.of(vocab.Phase) {
		a.move = true
		a.hostile = a.hostile || slices.Contains(hostilePhases, r.Text(e.To))
	}
	for _, e := range r.of(vocab.Status) {
		a.hostile = a.hostile || slices.Contains(hostileStatuses, r.Text(e.To))
	}
	return a, nil
}
