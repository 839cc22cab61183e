package queries

import (
	"context"
	"slices"

	"parley/graph"
	"parley/graph/vocab"
)

// Between answers how two actors are connected.
var Between = register(&Query{
	Name:    "between",
	Title:   "How are two actors connected?",
	Row:     "One row is one step of one of the shortest connections: through meetings, actions, measures, offices, organizations and countries.",
	Left:    "Every shortest connection is given; longer ones are not. --limit cuts rows.",
	Example: []string{"--actor", "Wilbur Ross", "--with", "Huawei"},
	Params: []Param{
		required(actorParam("actor", "where connections start")),
		required(actorParam("with", "where they end")),
		statedOnly,
	},
	Columns: []Column{
		{"path", CountColumn, "the number of the connection, from 1"},
		{"step", CountColumn, "the number of the step, from 1"},
		{"from", NodeColumn, "where the step starts"},
		{"relation", TextColumn, "how it leads on; where a rule inferred it, with the rule"},
		{"to", NodeColumn, "where it ends"},
		sourcesColumn,
	},
	walk: walkBetween,
})

// ties are the predicates that connect. Each is walked both ways.
var ties = []*vocab.Predicate{
	vocab.Agent, vocab.Target, vocab.SpokenBy, vocab.AttributedTo,
	vocab.RespondsTo, vocab.ConditionalOn, vocab.CarriesOut, vocab.About, vocab.OnMeasure, vocab.Changes,
	vocab.PartOfMeeting, vocab.PostIn, vocab.InCountry, vocab.PartOf,
}

// bridges are ties over a node that only joins two others: a part in a
// meeting, a tenure of an office. Each is one step.
var bridges = []struct {
	relation        string
	onto, off       *vocab.Predicate
	ontoWay, offWay graph.Direction
}{
	{"took part in", vocab.Participant, vocab.HasParticipation, graph.In, graph.In},
	{"had among its participants", vocab.HasParticipation, vocab.Participant, graph.Out, graph.Out},
	{"held the office", vocab.HeldBy, vocab.HeldOffice, graph.In, graph.Out},
	{"was held by", vocab.HeldOffice, vocab.HeldBy, graph.In, graph.Out},
}

// tie is a way from one node to the next.
type tie struct {
	from, to graph.Node
	relation string
	edges    []graph.Edge
}

func walkBetween(ctx context.Context, r *run) error {
	start, end := r.node("actor"), r.node("with")
	if start == end {
		return &ArgError{"with", string(r.view.ID(end)), "is --actor itself"}
	}
	// Breadth first, a whole layer in one call a predicate; back holds every
	// tie by which a node is reached in the fewest steps.
	depth := map[graph.Node]int{start: 0}
	back := map[graph.Node][]tie{}
	for layer := []graph.Node{start}; len(layer) > 0 && depth[end] == 0; {
		found, err := r.tiesOf(ctx, layer)
		if err != nil {
			return err
		}
		steps := depth[layer[0]] + 1
		layer = nil
		for _, t := range found {
			if d, seen := depth[t.to]; seen && d < steps {
				continue
			} else if !seen {
				depth[t.to] = steps
				layer = append(layer, t.to)
			}
			back[t.to] = append(back[t.to], t)
		}
	}
	if depth[end] == 0 {
		r.exclude(end, graph.Date{}, "nothing in view connects the two")
		return nil
	}
	var paths [][]tie
	var unwind func(n graph.Node, tail []tie) error
	unwind = func(n graph.Node, tail []tie) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if n == start {
			paths = append(paths, slices.Clone(tail))
			return nil
		}
		for _, t := range back[n] {
			if len(paths) >= maxChains {
				r.cut = true
				return nil
			}
			if err := unwind(t.from, append([]tie{t}, tail...)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := unwind(end, nil); err != nil {
		return err
	}
	r.givePaths(paths)
	return nil
}

// tiesOf returns the ties of a set of nodes, those between one pair of nodes
// by one relation as one.
func (r *run) tiesOf(ctx context.Context, nodes []graph.Node) ([]tie, error) {
	type key struct {
		from, to graph.Node
		relation string
	}
	if err := r.view.Prefetch(ctx, nodes, tiesAhead()...); err != nil {
		return nil, err
	}
	var list []tie
	index := map[key]int{}
	add := func(from, to graph.Node, relation string, edges ...graph.Edge) {
		k := key{from, to, relation}
		i, ok := index[k]
		if !ok {
			i = len(list)
			index[k] = i
			list = append(list, tie{from: from, to: to, relation: relation})
		}
		list[i].edges = append(list[i].edges, edges...)
	}
	for _, p := range ties {
		for _, d := range []graph.Direction{graph.Out, graph.In} {
			edges, err := r.expandEvents(ctx, nodes, p, d)
			if err != nil {
				return nil, err
			}
			relation := p.Label
			if d == graph.In {
				relation = p.Reverse
			}
			for _, e := range edges {
				said := relation
				if rules := r.rules([]graph.Edge{e}); len(rules) > 0 {
					said += " (inferred: " + rules[0] + ")"
				}
				add(e.From, e.To, said, e)
			}
		}
	}
	for _, b := range bridges {
		onto, err := r.expandEvents(ctx, nodes, b.onto, b.ontoWay)
		if err != nil {
			return nil, err
		}
		off, err := r.expandEvents(ctx, graph.Targets(onto), b.off, b.offWay)
		if err != nil {
			return nil, err
		}
		for _, e := range onto {
			for _, f := range off {
				if f.From == e.To && f.To != e.From {
					add(e.From, f.To, b.relation, e, f)
				}
			}
		}
	}
	return list, nil
}

func (r *run) givePaths(paths [][]tie) {
	slices.SortFunc(paths, func(a, b []tie) int {
		for i := range a {
			c := place{text: string(r.view.ID(a[i].to)) + " " + a[i].relation}.compare(place{text: string(r.view.ID(b[i].to)) + " " + b[i].relation})
			if c != 0 {
				return c
			}
		}
		return 0
	})
	for i, path := range paths {
		for step, t := range path {
			r.emit(place{numbers: [2]int{i + 1, step + 1}}, i+1, step+1, t.from, t.relation, t.to, reasons(graph.Labels(t.edges)))
		}
	}
}
