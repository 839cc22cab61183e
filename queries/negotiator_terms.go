package queries

import (
	"context"
	"slices"

	"parley/graph"
	"parley/graph/vocab"
)

// NegotiatorTerms answers who led the negotiations for each side, and when.
var NegotiatorTerms = register(&Query{
	Name:    "negotiator-terms",
	Title:   "Who led the negotiations for each side, and when?",
	Row:     "One row is one person who led a side in negotiations that were held, in one office, or in one set of offices held at once: from the first of them to the last.",
	Left:    "Only who a source says led counts (the role lead), presidents at their summits too; kind says in which negotiations. Those who led in negotiations that were not held, and negotiations in which no source names who led a side, are not listed; meetings has them.",
	Example: []string{"--side", "China"},
	Params: []Param{
		{Name: "side", Kind: NodeParam, Want: "country or bloc", Classes: []*vocab.Class{vocab.Country, vocab.Organization}, Meaning: "only who led this side"},
		{Name: "kind", Kind: WordParam, Words: vocab.Negotiations, Meaning: "only negotiations of this kind"},
		since, until,
	},
	Columns: []Column{
		{"side", NodeColumn, "whom they led"},
		{"actor", NodeColumn, "who led"},
		{"offices", NodesColumn, "the offices held meanwhile"},
		{"first", DateColumn, "the earliest negotiation led"},
		{"last", DateColumn, "the latest"},
		{"negotiations", CountColumn, "how many were led"},
		{"counterparts", NodesColumn, "who led the other side"},
		sourcesColumn,
	},
	walk: walkNegotiatorTerms,
})

// term is what one person led in the same offices.
type term struct {
	tally
	offices []graph.Node
}

func walkNegotiatorTerms(ctx context.Context, r *run) error {
	meetings, err := r.allMeetings(ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(meetings, func(a, b meeting) int {
		return place{date: a.date, text: string(r.view.ID(a.node))}.compare(place{date: b.date, text: string(r.view.ID(b.node))})
	})
	tenures, err := r.tenures(ctx)
	if err != nil {
		return err
	}
	var terms []*term
	for i := range meetings {
		m := &meetings[i]
		if !m.negotiates() || m.status != "held" || !r.is("kind", m.kind) || !r.window(m.date) {
			continue
		}
		for _, p := range m.parts {
			if p.role != "lead" || p.side == 0 || r.node("side") != 0 && r.node("side") != p.side {
				continue
			}
			offices, why := tenures.on(p.actor, m.date)
			i := slices.IndexFunc(terms, func(t *term) bool {
				return t.actor == p.actor && t.side == p.side && slices.Equal(t.offices, offices)
			})
			if i < 0 {
				i = len(terms)
				terms = append(terms, &term{tally{part: p, first: m.date, last: m.date}, offices})
			}
			labels := append(m.labels(p), graph.Labels(why)...)
			faced := false
			for _, other := range m.parts {
				if other.role == "lead" && other.side != 0 && other.side != p.side {
					terms[i].add(m, other, labels)
					faced = true
				}
			}
			if !faced {
				terms[i].count(m, labels)
			}
		}
	}
	for _, t := range terms {
		r.sortByID(t.counterparts)
		r.emit(place{date: t.first, text: string(r.view.ID(t.side) + " " + r.view.ID(t.actor))},
			t.side, t.actor, t.offices, t.first, t.last, len(t.meetings), t.counterparts, t.labels)
	}
	return nil
}

// tenure is one office held over a time, by whom.
type tenure struct {
	person, office graph.Node
	during         graph.Date
	edges          []graph.Edge
}

type tenures []tenure

// tenures reads who held which office when.
func (r *run) tenures(ctx context.Context) (tenures, error) {
	nodes, err := r.view.Instances(ctx, vocab.Tenure)
	if err != nil {
		return nil, err
	}
	r.sortByID(nodes)
	records, err := r.view.Records(ctx, nodes)
	if err != nil {
		return nil, err
	}
	all := make(tenures, 0, len(nodes))
	for _, n := range nodes {
		record := records[n]
		t := tenure{edges: record.Edges(vocab.HeldBy, vocab.HeldOffice, vocab.During)}
		for _, part := range []struct {
			node      *graph.Node
			predicate *vocab.Predicate
		}{{&t.person, vocab.HeldBy}, {&t.office, vocab.HeldOffice}} {
			if *part.node, _, err = r.best(ctx, record, part.predicate); err != nil {
				return nil, err
			}
		}
		e, err := r.view.Best(ctx, record.Of(vocab.During))
		if err != nil {
			return nil, err
		}
		if t.during, err = r.view.Date(e); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// on returns the offices that a person held on a day, each once, and the edges
// that say so.
func (all tenures) on(person graph.Node, day graph.Date) (offices []graph.Node, why []graph.Edge) {
	for _, t := range all {
		if t.person != person || t.office == 0 || day.IsZero() || t.during.IsZero() || !t.during.Overlaps(day.Start(), day.End()) {
			continue
		}
		why = append(why, t.edges...)
		if !slices.Contains(offices, t.office) {
			offices = append(offices, t.office)
		}
	}
	return offices, why
}
