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
	Row:     "One row is one step of one chain. A chain is a whole simple path: its step 0 is an act that answers nothing in view (or the one that --from names), each later step follows from the one before, and nothing in view follows from the last. Where paths part or meet, each is a chain of its own. A step follows from another if it answers it, carries out what it threatened or agreed, ends it, or extends it.",
	Left:    "--agent, --target, --since and --until choose chains that have a step that fits all of them, and never cut a chain. Conditions (“if Beijing responds”) are no answers; they stand in threats.",
	Example: []string{"--agent", "China"},
	Params: []Param{
		{Name: "from", Kind: NodeParam, Want: "action or measure", Classes: append(vocab.Acts(), vocab.Measure), Meaning: "only chains that start from this action, or from the moves on this measure; with --direction back, that lead to it"},
		agent, target,
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
	starts, err := r.chainStarts(ctx)
	if err != nil {
		return err
	}
	w := &chainWalk{run: r, direction: graph.In, next: map[graph.Node][]link{}, onPath: map[graph.Node]bool{}}
	if back {
		w.direction = graph.Out
	}
	if err := w.fetch(ctx, starts); err != nil {
		return err
	}
	for _, n := range starts {
		if err := w.follow(ctx, link{node: n}); err != nil {
			return err
		}
	}
	if r.node("from") != 0 && !w.found {
		what := "nothing in view follows from it"
		if back {
			what = "nothing in view says what it follows from"
		}
		r.exclude(r.node("from"), graph.Date{}, what)
	}
	w.emit()
	return nil
}

// chainStarts returns where chains start: at the action asked for, the moves
// on the measure asked for, or every act that answers nothing. Of a ring of
// answers that answers nothing outside it, and so has no such act, the earliest
// starts.
func (r *run) chainStarts(ctx context.Context) ([]graph.Node, error) {
	if from := r.node("from"); from != 0 {
		if r.view.ID(from).Folder() != vocab.Measure.Folder {
			return []graph.Node{from}, nil
		}
		moves, err := r.view.Neighbours(ctx, []graph.Node{from}, vocab.OnMeasure, graph.In)
		if err != nil {
			return nil, err
		}
		return r.events(ctx, moves)
	}
	nodes, err := r.view.Instances(ctx, vocab.Acts()...)
	if err != nil {
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

// link is a step of a path, how it follows from the one before, and the edges
// that say so.
type link struct {
	node graph.Node
	how  string
	why  []graph.Edge
}

// maxSteps bounds how many steps the walk tries in search of chains that fit.
const maxSteps = 2_000_000

// chainWalk follows answers depth first, through edges and acts that were read
// a frontier at a time.
type chainWalk struct {
	*run
	direction graph.Direction
	next      map[graph.Node][]link
	acts      map[graph.Node]*action
	path      []link
	onPath    map[graph.Node]bool
	chains    [][]link
	found     bool // some chain, whether it fits or not
	steps     int
}

// fetch reads all that can be reached from some nodes, a whole frontier in one
// call, and then the acts at once.
func (w *chainWalk) fetch(ctx context.Context, starts []graph.Node) error {
	reached := slices.Clone(starts)
	for frontier := starts; len(frontier) > 0; {
		follows, err := w.follows(ctx, frontier, w.direction)
		if err != nil {
			return err
		}
		for _, n := range frontier {
			w.next[n] = nil
		}
		frontier = nil
		for _, f := range follows {
			links := w.next[f.from]
			i := slices.IndexFunc(links, func(l link) bool { return l.node == f.to })
			switch {
			case i < 0:
				w.next[f.from] = append(links, link{f.to, f.how, f.why})
			case links[i].how == f.how:
				links[i].why = append(links[i].why, f.why...)
			}
			if _, ok := w.next[f.to]; !ok {
				w.next[f.to] = nil
				frontier = append(frontier, f.to)
			}
		}
		reached = append(reached, frontier...)
	}
	actions, err := w.readActions(ctx, reached)
	if err != nil {
		return err
	}
	w.acts = make(map[graph.Node]*action, len(actions))
	for i := range actions {
		w.acts[actions[i].node] = &actions[i]
	}
	// One order whatever the order of loading, so that a bound cuts the same
	// chains each time.
	byID := func(a, b link) int { return strings.Compare(string(w.view.ID(a.node)), string(w.view.ID(b.node))) }
	for _, links := range w.next {
		slices.SortFunc(links, byID)
	}
	return nil
}

func (w *chainWalk) follow(ctx context.Context, l link) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.steps++; w.steps > maxSteps || len(w.chains) >= maxChains {
		w.cut = true
		return nil
	}
	w.path, w.onPath[l.node] = append(w.path, l), true
	defer func() {
		w.path = w.path[:len(w.path)-1]
		delete(w.onPath, l.node)
	}()
	leaf := true
	if depth := w.count("depth"); depth == 0 || len(w.path) <= depth {
		for _, next := range w.next[l.node] {
			if w.onPath[next.node] {
				continue
			}
			leaf = false
			if err := w.follow(ctx, next); err != nil {
				return err
			}
		}
	}
	if !leaf || len(w.path) < 2 {
		return nil
	}
	w.found = true
	fits, err := w.fits(ctx)
	if err == nil && fits {
		w.chains = append(w.chains, w.rootFirst(w.path))
	}
	return err
}

// emit gives the chains in order.
func (w *chainWalk) emit() {
	slices.SortFunc(w.chains, w.compare)
	for i, chain := range w.chains {
		for step, l := range chain {
			w.step(i+1, step, l, w.acts[l.node])
		}
	}
}

// fits tells whether one step of the path is by the agent, against the target
// and in the window, all at once.
func (w *chainWalk) fits(ctx context.Context) (bool, error) {
	for _, l := range w.path {
		a := w.acts[l.node]
		if !w.window(a.date) {
			continue
		}
		if ok, err := w.between(ctx, a); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

// rootFirst copies a path; one that was walked back to the causes it turns
// round, so that each step carries why it answers the one before.
func (w *chainWalk) rootFirst(chain []link) []link {
	if w.direction == graph.In {
		return slices.Clone(chain)
	}
	turned := make([]link, len(chain))
	for i := range chain {
		turned[len(chain)-1-i].node = chain[i].node
		if i > 0 {
			turned[len(chain)-i].how, turned[len(chain)-i].why = chain[i].how, chain[i].why
		}
	}
	return turned
}

// compare orders chains by the dates, then the ids, of their steps.
func (w *chainWalk) compare(a, b []link) int {
	for i := range min(len(a), len(b)) {
		x, y := w.acts[a[i].node], w.acts[b[i].node]
		c := place{date: x.date, text: string(w.view.ID(x.node))}.compare(place{date: y.date, text: string(w.view.ID(y.node))})
		if c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

func (w *chainWalk) step(chain, step int, l link, a *action) {
	var how, basis, rule any
	if step > 0 {
		how, basis = l.how, "stated"
		if rules := w.rules(l.why); len(rules) == len(graph.Labels(l.why)) && len(rules) > 0 {
			basis, rule = "inferred", rules[0]
		}
	}
	labels := reasons(graph.Labels(append(slices.Clone(l.why), a.evidence...)))
	w.run.emit(place{numbers: [2]int{chain, step}}, chain, step, a.node, a.agents, a.targets, a.spokenBy, a.kind(), a.phase, a.date, a.rate, a.value, basis, rule, how, labels)
}
