package queries

import (
	"context"

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
		since, until,
		{Name: "kind", Kind: WordParam, Words: []string{"meeting", "move", "change", "statement"}, Meaning: "only actions of this class"},
	},
	Columns: []Column{
		{"date", DateColumn, "when it happened, was announced, or was to be"},
		{"action", NodeColumn, "the action"},
		{"kind", WordColumn, "the kind of a meeting; the instrument of a move; meeting- and the status of a change; statement"},
		{"phase", WordColumn, "the status of a meeting, the phase of a move, the stance of a statement"},
		{"agent", NodesColumn, "those who act; of a meeting, those who take part"},
		targetColumn, spokenByColumn,
		{"summary", TextColumn, "what the sources add, paraphrased"},
		sourcesColumn,
	},
	Picture: TimelinePicture,
	walk:    walkTimeline,
})

func walkTimeline(ctx context.Context, r *run) error {
	actor := r.node("actor")
	if r.is("kind", "meeting") {
		meetings, err := r.meetingsOf(ctx, actor)
		if err != nil {
			return err
		}
		for i := range meetings {
			m := &meetings[i]
			if !r.window(m.date) {
				continue
			}
			summaries, err := r.view.Expand(ctx, []graph.Node{m.node}, vocab.Description, graph.Out)
			if err != nil {
				return err
			}
			actors := make([]graph.Node, len(m.parts))
			for j, p := range m.parts {
				actors[j] = p.actor
			}
			labels := append(m.labels(m.parts...), graph.Labels(summaries)...)
			r.emit(place{date: m.date, text: string(r.view.ID(m.node))},
				m.date, m.node, m.kind, m.status, actors, []graph.Node{}, graph.Node(0),
				r.texts(graph.Record{{Predicate: vocab.Description, Edges: summaries}}, vocab.Description), labels)
		}
	}
	var classes []*vocab.Class
	for _, c := range []*vocab.Class{vocab.MeasureMove, vocab.StatusChange, vocab.Statement} {
		if r.is("kind", c.Key) {
			classes = append(classes, c)
		}
	}
	actions, err := r.actionsOf(ctx, actor, classes...)
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
			r.texts(a.record, vocab.Description), reasons(labels))
	}
	return nil
}
