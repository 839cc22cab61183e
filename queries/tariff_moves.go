package queries

import (
	"context"

	"parley/graph"
	"parley/graph/vocab"
)

// TariffMoves answers which moves each side made on its trade measures.
var TariffMoves = register(&Query{
	Name:    "tariff-moves",
	Title:   "Which tariff and other trade moves were made?",
	Row:     "One row is one move on one measure: a tariff or another instrument of trade policy considered, threatened, announced, raised, removed…",
	Example: []string{"--agent", "China", "--instrument", "tariff"},
	Params: []Param{
		agent, target,
		{Name: "measure", Kind: NodeParam, Want: "measure", Classes: []*vocab.Class{vocab.Measure}, Meaning: "only moves on this measure"},
		{Name: "instrument", Kind: WordParam, Words: vocab.Instruments.List, Meaning: "only of this instrument"},
		{Name: "phase", Kind: WordParam, Words: vocab.Phases.List, Meaning: "only moves that bring the measure to this phase"},
		statedOnly, since, until,
	},
	Columns: []Column{
		{"action", NodeColumn, "the move"},
		{"measure", NodeColumn, "the measure it moves"},
		agentColumn, targetColumn, spokenByColumn,
		{"instrument", WordColumn, "the instrument of the measure"},
		{"phase", WordColumn, "how far the move brings it"},
		{"rate", RateColumn, "the rate of duty"},
		{"value", MoneyColumn, "the trade covered"},
		{"goods", TextColumn, "the goods covered"},
		{"announced", DateColumn, "when it was made public"},
		{"effective", DateColumn, "when it took effect, or was to"},
		{"responds_to", NodesColumn, "the acts that it answers"},
		sourcesColumn,
	},
	Picture: TimelinePicture,
	walk: func(ctx context.Context, r *run) error {
		moves, err := r.movesOn(ctx, r.node("measure"))
		if err != nil {
			return err
		}
		for i := range moves {
			m := &moves[i]
			if fits, err := r.between(ctx, m); err != nil {
				return err
			} else if !fits || !r.is("instrument", m.instrument) || !r.is("phase", m.phase) {
				continue
			}
			announced, effective, err := r.days(ctx, m)
			if err != nil {
				return err
			}
			if !r.window(announced) && !r.window(effective) {
				continue
			}
			labels := graph.Labels(append(m.record.Edges(vocab.Effective, vocab.Goods, vocab.RespondsTo), m.evidence...))
			causes, err := r.events(ctx, m.record.Nodes(vocab.RespondsTo))
			if err != nil {
				return err
			}
			r.sortByID(causes)
			r.emit(place{date: m.date, text: string(r.view.ID(m.node))},
				m.node, m.measure, m.agents, m.targets, m.spokenBy, m.instrument, m.phase, m.rate, m.value,
				r.texts(m.record, vocab.Goods), announced, effective, causes, reasons(labels))
		}
		return nil
	},
})

// movesOn reads the moves on a measure, or all where it is 0.
func (r *run) movesOn(ctx context.Context, measure graph.Node) ([]action, error) {
	if measure == 0 {
		return r.actions(ctx, vocab.MeasureMove)
	}
	nodes, err := r.view.Neighbours(ctx, []graph.Node{measure}, vocab.OnMeasure, graph.In)
	if err != nil {
		return nil, err
	}
	return r.readActions(ctx, nodes)
}
