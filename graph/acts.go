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
// a measure, or the move itself, or 0 for whatever it may be.
type topic struct{ about, agent, target Node }

type entry struct {
	topic
	last Day
	move int32 // its index among the acts
}

func (e entry) compare(f entry) int {
	return cmp.Or(cmp.Compare(e.about, f.about), cmp.Compare(e.agent, f.agent), cmp.Compare(e.target, f.target), cmp.Compare(e.last, f.last))
}

func (h *history) add(m act) {
	i := int32(len(h.acts))
	h.acts = append(h.acts, m)
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

// latest appends the moves on a topic that fit and were surely made before an
// act: those of the last day on which one fits, no day before the earliest.
func (h *history) latest(found []*act, later *act, on topic, earliest Day, fits func(*act) bool) []*act {
	n, _ := slices.BinarySearchFunc(h.entries, entry{topic: on, last: later.first}, entry.compare)
	day := earliest
	for _, e := range slices.Backward(h.entries[:n]) {
		if e.topic != on || e.last < day {
			break
		}
		if m := &h.acts[e.move]; fits(m) {
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

// acts reads all actions that have a date.
func (v *View) acts(ctx context.Context) (*history, error) {
	nodes, err := v.Instances(ctx, vocab.Acts()...)
	if err != nil {
		return nil, err
	}
	// Of each move there is an entry for itself, for any, and for its measure.
	h := &history{acts: make([]act, 0, len(nodes)), entries: make([]entry, 0, 3*len(nodes))}
	reader := actReader{View: v, predicates: make(map[Node]*vocab.Predicate), record: make(map[*vocab.Predicate][]Edge)}
	for part := range slices.Chunk(nodes, actsAtOnce) {
		edges, err := v.Expand(ctx, part, nil, Out)
		if err != nil {
			return nil, err
		}
		for len(edges) > 0 {
			n := slices.IndexFunc(edges, func(e Edge) bool { return e.From != edges[0].From })
			if n < 0 {
				n = len(edges)
			}
			a, err := reader.read(ctx, edges[:n])
			if err != nil {
				return nil, err
			}
			edges = edges[n:]
			if a.first > MinDay || a.last < MaxDay { // else nothing is surely before or after it
				h.add(a)
			}
		}
	}
	slices.SortFunc(h.entries, entry.compare)
	return h, v.Err()
}

// actReader reads one action after the other into the same record.
type actReader struct {
	*View
	predicates map[Node]*vocab.Predicate
	record     map[*vocab.Predicate][]Edge
}

// read reads an action from all its edges.
func (r *actReader) read(ctx context.Context, edges []Edge) (act, error) {
	for p, of := range r.record {
		r.record[p] = of[:0]
	}
	for _, e := range edges {
		p, ok := r.predicates[e.Predicate]
		if !ok {
			p = r.Predicate(e.Predicate)
			r.predicates[e.Predicate] = p
		}
		r.record[p] = append(r.record[p], e)
	}
	a := act{node: edges[0].From, measures: Targets(r.record[vocab.OnMeasure]), abouts: Targets(r.record[vocab.About]), stated: len(r.record[vocab.RespondsTo]) > 0}
	date, _, err := r.when(ctx, func(p *vocab.Predicate) []Edge { return r.record[p] })
	if err != nil {
		return act{}, err
	}
	a.first, a.last = date.Earliest(), date.Latest()
	if a.agents, err = r.Sides(ctx, Targets(r.record[vocab.Agent]), date); err != nil {
		return act{}, err
	}
	if a.targets, err = r.Sides(ctx, Targets(r.record[vocab.Target]), date); err != nil {
		return act{}, err
	}
	for _, e := range r.record[vocab.Phase] {
		a.move = true
		a.hostile = a.hostile || slices.Contains(hostilePhases, r.Text(e.To))
	}
	for _, e := range r.record[vocab.Status] {
		a.hostile = a.hostile || slices.Contains(hostileStatuses, r.Text(e.To))
	}
	return a, nil
}
