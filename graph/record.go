package graph

import (
	"cmp"
	"context"
	"slices"

	"parley/graph/vocab"
)

// Record is everything that a view shows to be said of one node, by predicate.
type Record []Statements

// Statements are the edges of one node under one predicate; under nil those of
// all predicates of other vocabularies.
type Statements struct {
	Predicate *vocab.Predicate
	Edges     []Edge
}

// Records reads a set of nodes in one call.
func (v *View) Records(ctx context.Context, nodes []Node) (map[Node]Record, error) {
	if err := v.Prefetch(ctx, nodes, Telling()); err != nil {
		return nil, err
	}
	edges, err := v.Expand(ctx, nodes, nil, Out)
	if err != nil {
		return nil, err
	}
	predicates := make(map[Node]*vocab.Predicate)
	rank := func(e Edge) Node {
		p, ok := predicates[e.Predicate]
		if !ok {
			p = v.Predicate(e.Predicate)
			predicates[e.Predicate] = p
		}
		if p == nil {
			return 0
		}
		return e.Predicate
	}
	records := make(map[Node]Record, len(nodes))
	all := make(Record, 0, len(edges))
	for len(edges) > 0 {
		n := 1
		for n < len(edges) && edges[n].From == edges[0].From {
			n++
		}
		of, first := edges[:n], len(all)
		edges = edges[n:]
		// A store gives them by predicate mostly, but need not.
		if byRank := func(a, b Edge) int { return cmp.Compare(rank(a), rank(b)) }; !slices.IsSortedFunc(of, byRank) {
			slices.SortStableFunc(of, byRank)
		}
		for i := 0; i < len(of); {
			end := i + 1
			for end < len(of) && rank(of[end]) == rank(of[i]) {
				end++
			}
			all = append(all, Statements{predicates[of[i].Predicate], of[i:end:end]})
			i = end
		}
		records[of[0].From] = all[first:len(all):len(all)]
	}
	return records, v.Err()
}

// Of returns the edges under a predicate, of other vocabularies under nil.
func (r Record) Of(p *vocab.Predicate) []Edge {
	for i := range r {
		if r[i].Predicate == p {
			return r[i].Edges
		}
	}
	return nil
}

// Nodes returns the objects under some predicates, each once.
func (r Record) Nodes(predicates ...*vocab.Predicate) []Node {
	if len(predicates) == 1 {
		return Targets(r.Of(predicates[0]))
	}
	return Targets(r.Edges(predicates...))
}

// Edges returns the edges under some predicates.
func (r Record) Edges(predicates ...*vocab.Predicate) []Edge {
	var edges []Edge
	for _, p := range predicates {
		edges = append(edges, r.Of(p)...)
	}
	return edges
}

// Labels returns the reasons behind edges, each once.
func Labels(edges []Edge) []Node {
	labels := make([]Node, 0, len(edges))
	for _, e := range edges {
		if e.Label != 0 {
			labels = append(labels, e.Label)
		}
	}
	return once(labels)
}

// statusRank breaks the tie of two statuses in documents of one day: what took
// place outranks what was called off, that what was put off, that what was
// only planned.
var statusRank = map[string]int{"held": 5, "cancelled": 4, "postponed": 3, "stalled": 2, "planned": 1}

// Best returns the edge whose object stands where a functional predicate has
// several: of dates the most precise that fits within all the others, else
// the one in the latest document; documents of one day are settled by the
// order of statuses, then by text. A document that may have been published on
// vagueDays days or more counts as of the first of them. It is the zero Edge where there is none.
func (v *View) Best(ctx context.Context, edges []Edge) (Edge, error) {
	switch len(edges) {
	case 0:
		return Edge{}, nil
	case 1:
		return edges[0], nil
	}
	if e, ok := v.mostPrecise(edges); ok {
		return e, nil
	}
	type dated struct {
		Edge
		day  Day
		text string
	}
	all := make([]dated, len(edges))
	for i, e := range edges {
		c, _, err := v.citation(ctx, e.Label)
		if err != nil {
			return Edge{}, err
		}
		day := MinDay
		if !c.Published.IsZero() {
			// A page that may have been published at any time in months or years is
			// not taken for the latest word.
			if day = c.Published.Latest(); day-c.Published.Earliest()+1 >= vagueDays {
				day = c.Published.Earliest()
			}
		}
		all[i] = dated{e, day, v.Text(e.To)}
	}
	return slices.MaxFunc(all, func(a, b dated) int {
		return cmp.Or(cmp.Compare(a.day, b.day),
			cmp.Compare(statusRank[a.text], statusRank[b.text]),
			cmp.Compare(b.text, a.text))
	}).Edge, v.Err()
}

// mostPrecise returns the edge whose date lies within the dates of all others.
func (v *View) mostPrecise(edges []Edge) (Edge, bool) {
	var best Edge
	var date Date
	for i, e := range edges {
		d, err := v.Date(e)
		if err != nil || d.IsZero() {
			return Edge{}, false
		}
		if i == 0 || date.Contains(d) && (!d.Contains(date) || d.String() < date.String()) {
			best, date = e, d
		}
	}
	for _, e := range edges {
		if d, _ := v.Date(e); !d.Contains(date) {
			return Edge{}, false
		}
	}
	return best, true
}

// Date reads the EDTF date that an edge leads to. It is the zero Date where
// the object is no EDTF literal.
func (v *View) Date(e Edge) (Date, error) {
	if !isEDTF(v.Value(e.To)) {
		return Date{}, v.Err()
	}
	return ParseDate(v.Text(e.To))
}

// WhenDone lists the predicates that date an action, the one that tells most
// first.
var WhenDone = []*vocab.Predicate{vocab.Announced, vocab.Date, vocab.Effective}

// When returns the date of an action and the edges that give it: the day a
// move was announced, else the day it is said to have happened, else the day
// it takes effect.
func (v *View) When(ctx context.Context, r Record) (Date, []Edge, error) {
	return v.when(ctx, r.Of)
}

func (v *View) when(ctx context.Context, of func(*vocab.Predicate) []Edge) (Date, []Edge, error) {
	for _, p := range WhenDone {
		if edges := of(p); len(edges) > 0 {
			best, err := v.Best(ctx, edges)
			if err != nil {
				return Date{}, nil, err
			}
			date, err := v.Date(best)
			return date, edges, err
		}
	}
	return Date{}, nil, nil
}
