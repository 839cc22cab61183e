package queries

import (
	"context"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

// maxChains bounds how many chains one answer follows: simple paths can be
// exponentially many. An answer that meets the bound is marked truncated.
const maxChains = 10_000

// RetaliationChains answers what answered what, along the whole chain.
var RetaliationChains = register(&Query{
	Name:    "retaliation-chains",
	Title:   "What answered what, along the whole chain of retaliation?",
	Row:     "One row is one step of one chain. A chain is a whole simple path: its step 0 is an act that answers nothing in view (or the one that --from names), each later step follows from the one before, and nothing in view follows from the last. Where chains part or meet, paths tells which are given. A step follows from another if it answers it, carries out what it threatened or agreed, ends it, or extends it.",
	Left:    "By itself a chain is given for each way on, and each step from one act to another stands in one chain at least; --paths all gives every whole path, of which there can be thousands, --paths shortest the shortest from each first act to each last one. --agent, --target, --since and --until choose, among the chains so given, those that have a step that fits all of them, and never cut a chain. Conditions (“if Beijing responds”) are no answers; they stand in threats.",
	Example: []string{"--agent", "China"},
	Params: []Param{
		{Name: "from", Kind: NodeParam, Want: "action or measure", Classes: append(vocab.Acts(), vocab.Measure), Meaning: "only chains that start from this action, or from the moves on this measure; with --direction back, that lead to it"},
		{Name: "to", Kind: NodeParam, Want: "action or measure", Classes: append(vocab.Acts(), vocab.Measure), Meaning: "only chains up to this action, or the moves on this measure"},
		agent, target,
		{Name: "paths", Kind: WordParam, Words: []string{"steps", "all", "shortest"}, Default: "steps", Meaning: "give chains until every step is in one, or every whole path, or the shortest"},
		{Name: "direction", Kind: WordParam, Words: []string{"forward", "back"}, Default: "forward", Meaning: "walk to the answers, or back to the causes"},
		{Name: "depth", Kind: CountParam, Default: "0", Meaning: "at most so many steps after the first; 0 for the whole chain"},
		statedOnly, since, until,
	},
	Columns: []Column{
		{"chain", CountColumn, "the number of the chain, from 1"},
		{"step", CountColumn, "the number of the step, from 0, the earliest act"},
		{"action", NodeColumn, "the act"},
		agentColumn, targetColumn, spokenByColumn,
		{"kind", WordColumn, "the instrument of a move; meeting- and the status of a meeting's change; statement"},
		{"phase", WordColumn, "how far a move brings its measure: " + strings.Join(vocab.Phases.List, ", ")},
		{"date", DateColumn, "when it was announced, or happened"},
		{"rate", RateColumn, "the rate of duty"},
		{"value", MoneyColumn, "the trade covered"},
		{"basis", WordColumn, "whether a passage states that the step follows from the one before, or a rule inferred it"},
		{"rule", TextColumn, "the rule that inferred it"},
		{"link", WordColumn, "how the step follows from the one before: answers, carries-out (a threat, or what was promised in an agreement), ends or extends (an agreement)"},
		{"sources", SourcesColumn, "the passages that tell of the act, and of how it follows"},
	},
	Picture: ChainPicture,
	walk:    walkChains,
})

func walkChains(ctx context.Context, r *run) error {
	back := r.word("direction") == "back"
	if back && r.node("from") == 0 {
		return &ArgError{"direction", "back", "name with --from the action that the causes led to"}
	}
	if back && r.node("to") != 0 {
		return &ArgError{"to", string(r.view.ID(r.node("to"))), "goes with --direction forward only: name with --from where the chains begin"}
	}
	starts, err := r.chainStarts(ctx)
	if err != nil {
		return err
	}
	w := &chainWalk{run: r, direction: graph.In, next: map[graph.Node][]link{}, onPath: map[graph.Node]bool{}, been: map[graph.Node]int{}}
	if back {
		w.direction = graph.Out
	}
	if err := r.view.Prefetch(ctx, starts, following(w.direction, true, reading()...)); err != nil {
		return err
	}
	if err := w.fetch(ctx, starts); err != nil {
		return err
	}
	if starts, err = w.upTo(ctx, starts); err != nil {
		return err
	}
	for _, n := range starts {
		if err := w.from(ctx, n); err != nil {
			return err
		}
	}
	if r.node("from") != 0 && !w.found {
		what := "nothing in view follows from it"
		switch {
		case back:
			what = "nothing in view says what it follows from"
		case r.node("to") != 0:
			what = "nothing in view leads from it to " + string(r.view.ID(r.node("to")))
		}
		r.exclude(r.node("from"), graph.Date{}, what)
	}
	w.emit()
	if back {
		w.ends()
	}
	return nil
}

// actsOf are the action that was named, or the moves on the measure that was.
func (r *run) actsOf(ctx context.Context, named graph.Node) ([]graph.Node, error) {
	if r.view.ID(named).Folder() != vocab.Measure.Folder {
		return []graph.Node{named}, nil
	}
	moves, err := r.view.Neighbours(ctx, []graph.Node{named}, vocab.OnMeasure, graph.In)
	if err != nil {
		return nil, err
	}
	return r.events(ctx, moves)
}

// chainStarts returns where chains start: at the action asked for, the moves
// on the measure asked for, or every act that answers nothing. Of a ring of
// answers that answers nothing outside it, and so has no such act, the earliest
// starts.
func (r *run) chainStarts(ctx context.Context) ([]graph.Node, error) {
	if from := r.node("from"); from != 0 {
		return r.actsOf(ctx, from)
	}
	nodes, err := r.view.Instances(ctx, vocab.Acts()...)
	if err != nil {
		return nil, err
	}
	if err := r.view.Prefetch(ctx, nodes, append(reading(), following(graph.Out, false, along(graph.Out, vocab.Under)), following(graph.In, false, along(graph.In, vocab.CarriesOut)))...); err != nil {
		return nil, err
	}
	follows, err := r.follows(ctx, nodes, graph.Out)
	if err != nil {
		return nil, err
	}
	causes, effects := map[graph.Node][]graph.Node{}, map[graph.Node][]graph.Node{}
	for _, f := range follows {
		causes[f.from] = append(causes[f.from], f.to)
		effects[f.to] = append(effects[f.to], f.from)
	}
	var starts []graph.Node
	reached := map[graph.Node]bool{}
	reach := func(n graph.Node, seen map[graph.Node]bool) {
		for stack := []graph.Node{n}; len(stack) > 0; {
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if !seen[top] {
				seen[top] = true
				stack = append(stack, effects[top]...)
			}
		}
	}
	for n := range effects {
		if len(causes[n]) == 0 {
			starts = append(starts, n)
			reach(n, reached)
		}
	}
	r.sortByID(starts)
	var rings []graph.Node
	for n := range effects {
		if !reached[n] {
			rings = append(rings, n)
		}
	}
	dates, err := r.readActions(ctx, rings)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(dates, func(a, b action) int {
		return place{date: a.date, text: string(r.view.ID(a.node))}.compare(place{date: b.date, text: string(r.view.ID(b.node))})
	})
	for _, a := range dates {
		if reached[a.node] {
			continue
		}
		// What is dated before the ring that it answers does not start.
		below := map[graph.Node]bool{}
		reach(a.node, below)
		starts = append(slices.DeleteFunc(starts, func(n graph.Node) bool { return below[n] }), a.node)
		for n := range below {
			reached[n] = true
		}
	}
	return starts, ctx.Err()
}
