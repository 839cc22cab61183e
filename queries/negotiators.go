package queries

import (
	"context"
	"slices"

	"parley/graph"
	"parley/graph/vocab"
)

// Negotiators answers who negotiated how often, and with whom.
var Negotiators = register(&Query{
	Name:    "negotiators",
	Title:   "Who negotiated how often, and with whom?",
	Row:     "One row is one person, or a government of which no person is named, with the negotiations held. Who served two sides has a row for each.",
	Left:    "Negotiations that were not held, and meetings that are no negotiation, are listed with the reason.",
	Example: []string{"--side", "China"},
	Params: []Param{
		{Name: "side", Kind: NodeParam, Want: "country or bloc", Classes: []*vocab.Class{vocab.Country, vocab.Organization}, Meaning: "only those who negotiate for this side"},
		since, until,
	},
	Columns: []Column{
		{"actor", NodeColumn, "who negotiated"},
		{"side", NodeColumn, "for whom"},
		{"negotiations", CountColumn, "how many negotiations held"},
		{"counterparts", NodesColumn, "whom the actor faced"},
		{"first", DateColumn, "the earliest"},
		{"last", DateColumn, "the latest"},
		sourcesColumn,
	},
	walk: func(ctx context.Context, r *run) error {
		r.values["status"] = "held"
		tallies := map[[2]graph.Node]*tally{} // by actor and side
		err := r.facing(ctx, func(m *meeting, a, b part) {
			for _, p := range [][2]part{{a, b}, {b, a}} {
				if side := r.node("side"); side != 0 && p[0].sideOrSelf() != side {
					continue
				}
				who := [2]graph.Node{p[0].actor, p[0].sideOrSelf()}
				if tallies[who] == nil {
					tallies[who] = &tally{part: p[0], first: m.date, last: m.date}
				}
				tallies[who].add(m, p[1], m.labels(a, b))
			}
		})
		for _, t := range tallies {
			r.sortByID(t.counterparts)
			r.emit(place{numbers: [2]int{-len(t.meetings)}, date: t.first, text: string(r.view.ID(t.actor) + " " + r.view.ID(t.sideOrSelf()))},
				t.actor, t.sideOrSelf(), len(t.meetings), t.counterparts, t.first, t.last, t.labels)
		}
		return err
	},
})

// tally is what an actor negotiated.
type tally struct {
	part
	meetings, counterparts []graph.Node
	first, last            graph.Date
	labels                 reasons
}

func (t *tally) add(m *meeting, counterpart part, labels reasons) {
	if !slices.Contains(t.counterparts, counterpart.actor) {
		t.counterparts = append(t.counterparts, counterpart.actor)
	}
	t.count(m, labels)
}

// count adds a negotiation, whoever was faced in it.
func (t *tally) count(m *meeting, labels reasons) {
	if !slices.Contains(t.meetings, m.node) {
		t.meetings = append(t.meetings, m.node)
	}
	if m.date.Compare(t.first) < 0 {
		t.first = m.date
	}
	if m.date.Compare(t.last) > 0 {
		t.last = m.date
	}
	t.labels = append(t.labels, labels...)
}
