package queries

import (
	"context"
	"slices"

	"parley/graph"
	"parley/graph/vocab"
)

// Meetings answers which meetings were planned and what became of them.
var Meetings = register(&Query{
	Name:    "meetings",
	Title:   "Which meetings were planned, and what became of them?",
	Row:     "One row is one meeting of any kind: what was planned, what happened, who changed it and why.",
	Example: []string{"--status", "cancelled"},
	Params: []Param{
		actorParam("actor", "only with this person, government or organization among the participants"),
		{Name: "meeting", Kind: NodeParam, Want: "meeting", Classes: []*vocab.Class{vocab.Meeting}, Meaning: "only this one"},
		{Name: "status", Kind: WordParam, Words: vocab.Statuses.List, Meaning: "only of this status"},
		since, until,
	},
	Columns: []Column{
		{"meeting", NodeColumn, "the meeting"},
		{"kind", WordColumn, "what sort of encounter it is"},
		{"date", DateColumn, "when it took place, or was to"},
		{"status", WordColumn, "what became of it by the latest document in view; empty where it is merely mentioned"},
		{"mode", WordColumn, "how they met"},
		{"place", NodeColumn, "where"},
		{"participants", ParticipantsColumn, "who took part or was to, with role and side"},
		{"changed_by", NodesColumn, "who last changed the plan"},
		{"change_date", DateColumn, "when"},
		{"reason", TextColumn, "why, as the source tells it"},
		reportsColumn,
		sourcesColumn,
	},
	Picture: TimelinePicture,
	walk: func(ctx context.Context, r *run) error {
		meetings, err := r.oneOrMeetingsOf(ctx, r.node("meeting"), r.node("actor"))
		if err != nil {
			return err
		}
		nodes := make([]graph.Node, len(meetings))
		for i := range meetings {
			nodes[i] = meetings[i].node
		}
		if err := r.view.Prefetch(ctx, nodes, then(along(graph.In, vocab.Changes, vocab.ReportOf), reading()...)); err != nil {
			return err
		}
		for i := range meetings {
			m := &meetings[i]
			if !r.is("status", m.status) || !r.window(m.date) {
				continue
			}
			change, err := r.lastChange(ctx, m)
			if err != nil {
				return err
			}
			labels := append(m.labels(m.parts...), graph.Labels(append(change.record.Edges(vocab.Reason), change.evidence...))...)
			r.emit(place{date: m.date, text: string(r.view.ID(m.node))},
				m.node, m.kind, m.date, m.status, m.mode, m.place, m.parts,
				change.agents, change.date, r.texts(change.record, vocab.Reason), orNone(m.reports), labels)
		}
		return nil
	},
})

// oneOrMeetingsOf reads the meetings of an actor, or of them only one.
func (r *run) oneOrMeetingsOf(ctx context.Context, one, actor graph.Node) ([]meeting, error) {
	if one != 0 && actor == 0 {
		return r.readMeetings(ctx, []graph.Node{one})
	}
	meetings, err := r.meetingsOf(ctx, actor)
	return slices.DeleteFunc(meetings, func(m meeting) bool { return one != 0 && m.node != one }), err
}

// lastChange returns the latest act that gave a meeting the status it has, or
// the zero action.
func (r *run) lastChange(ctx context.Context, m *meeting) (action, error) {
	edges, err := r.expandEvents(ctx, []graph.Node{m.node}, vocab.Changes, graph.In)
	if err != nil {
		return action{}, err
	}
	changes, err := r.readActions(ctx, graph.Targets(edges))
	if err != nil {
		return action{}, err
	}
	changes = slices.DeleteFunc(changes, func(a action) bool { return a.status != m.status })
	if len(changes) == 0 {
		return action{}, nil
	}
	r.latestFirst(changes)
	return changes[0], nil
}
