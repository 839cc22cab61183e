package queries

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/graph/vocab"
)

// NegotiatedWith answers who negotiated with whom.
var NegotiatedWith = register(&Query{
	Name:    "negotiated-with",
	Title:   "Who negotiated with whom?",
	Row:     "One row is one actor facing one counterpart of another side in one negotiation: talks, a call or a summit. A side of which no person is named stands as its government.",
	Left:    "Meetings that are no negotiation, and negotiations that have another status than the one asked for, are listed with the reason.",
	Example: []string{"--actor", "Liu He", "--status", "any"},
	Params: []Param{
		actorParam("actor", "only with this person, government or organization on one side"),
		actorParam("with", "only with this one on the other side"),
		since, until,
		{Name: "level", Kind: WordParam, Words: []string{"person", "government"}, Meaning: "whom rows name; where it is not given, governments if --actor or --with is a country and neither a person, else persons"},
		{Name: "status", Kind: WordParam, Words: append(slices.Clone(vocab.Statuses.List), "any"), Default: "held", Meaning: "what became of the negotiation"},
	},
	Columns: []Column{
		{"actor", NodeColumn, "one side of the table"},
		{"counterpart", NodeColumn, "the other side"},
		{"meeting", NodeColumn, "the negotiation"},
		{"date", DateColumn, "when it took place, or was to"},
		{"status", WordColumn, "what became of it: " + strings.Join(vocab.Statuses.List, ", ")},
		{"mode", WordColumn, "how they met: " + strings.Join(vocab.Modes.List, ", ")},
		{"place", NodeColumn, "where"},
		{"actor_role", WordColumn, "the actor's role: " + strings.Join(vocab.Roles.List, ", ")},
		{"counterpart_role", WordColumn, "the counterpart's role"},
		sourcesColumn,
	},
	Picture: NegotiationMap,
	walk: func(ctx context.Context, r *run) error {
		return r.facing(ctx, func(m *meeting, a, b part) {
			r.emit(place{date: m.date, text: fmt.Sprint(r.view.ID(m.node), " ", r.view.ID(a.actor), " ", r.view.ID(b.actor))},
				a.actor, b.actor, m.node, m.date, m.status, m.mode, m.place, a.role, b.role, m.labels(a, b))
		})
	},
})
