package queries

import (
	"context"
	"slices"

	"parley/graph"
	"parley/graph/vocab"
)

// Timeline answers what was done and said, in order of date.
var Timeline = register(&Query{
	Name:    "timeline",
	Title:   "What was done and said, in order of date?",
	Row:     "One row is one action: a meeting, a move on a measure, a change of a meeting's status, or a statement.",
	Left:    "What is planned and has not taken place stands among the rest, with its status.",
	Example: []string{"--actor", "Steven Mnuchin"},
	Params: []Param{
		actorParam("actor", "only what this actor did, said, took part in, was the target of or was spoken about in; of a country, all its organizations and office holders too"),
		actorParam("with", "only where this one has part as well: what the two did to each other, said of each other, or did together"),
		since, until,
		{Name: "kind", Kind: WordParam, Words: []string{"meeting", "move", "change", "statement", "agreement", "action"}, Meaning: "only actions of this class"},
	},
	Columns: []Column{
		{"date", DateColumn, "when it happened, was announced, or was to be"},
		{"action", NodeColumn, "the action"},
		{"kind", WordColumn, "the kind of a meeting; the instrument of a move; meeting- and the status of a change; statement"},
		{"phase", WordColumn, "the status of a meeting, the phase of a move, the stance of a statement"},
		{"agent", NodesColumn, "those who act; of a meeting, those who take part"},
		targetColumn, spokenByColumn,
		{"summary", TextColumn, "what the sources add, paraphrased"},
		reportsColumn,
		sourcesColumn,
	},
	Picture: TimelinePicture,
	walk:    walkTimeline,
})

func walkTimeline(ctx context.Context, r *run) error {
	if r.is("kind", "meeting") {
		meetings, err := ofBoth(ctx, r, r.meetingsOf, func(m meeting) graph.Node { return m.node })
		if err != nil {
			return err
		}
		for i := range meetings {
			m := &meetings[i]
			if !r.window(m.date) {
				continue
			}
			actors := make([]graph.Node, len(m.parts))
			for j, p := range m.parts {
				actors[j] = p.actor
			}
			labels := append(m.labels(m.parts...), graph.Labels(m.record.Of(vocab.Description))...)
			r.emit(place{date: m.date, text: string(r.view.ID(m.node))},
				m.date, m.node, m.kind, m.status, actors, []graph.Node{}, graph.Node(0),
				r.texts(m.record, vocab.Description), orNone(m.reports), labels)
		}
	}
	var classes []*vocab.Class
	for _, c := range vocab.Acts() {
		if r.is("kind", c.Key) {
			classes = append(classes, c)
		}
	}
	actions, err := ofBoth(ctx, r, func(ctx context.Context, actor graph.Node) ([]action, error) {
		return r.actionsOf(ctx, actor, classes...)
	}, func(a action) graph.Node { return a.node })
	if err != nil {
		return err
	}
	for i := range actions {
		a := &actions[i]
		if !r.window(a.date) {
			continue
		}
		phase := a.phase
		if phase == "" {
			phase = a.status + a.stance
		}
		labels := graph.Labels(append(a.record.Edges(vocab.Description), a.evidence...))
		r.emit(place{date: a.date, text: string(r.view.ID(a.node))},
			a.date, a.node, a.kind(), phase, a.agents, a.targets, a.spokenBy,
			r.texts(a.record, vocab.Description), orNone(a.reports), reasons(labels))
	}
	return nil
}

// ofBoth reads what the one actor has part in and, if another is asked for, that
// one too.
func ofBoth[T any](ctx context.Context, r *run, read func(context.Context, graph.Node) ([]T, error), node func(T) graph.Node) ([]T, error) {
	list, err := read(ctx, r.node("actor"))
	if err != nil || r.node("with") == 0 {
		return list, err
	}
	others, err := read(ctx, r.node("with"))
	shared := map[graph.Node]bool{}
	for _, o := range others {
		shared[node(o)] = true
	}
	return slices.DeleteFunc(list, func(t T) bool { return !shared[node(t)] }), err
}
