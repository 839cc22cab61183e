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
	Row:     "One row is one step of one chain. A chain is a whole simple path: its step 0 is an act that answers nothing in view, each later step answers the one before, and nothing in view answers the last. Where paths part or meet, each is a chain of its own.",
	Left:    "--agent, --target, --since and --until choose chains that have a step that fits all of them, and never cut a chain. Conditions (“if Beijing responds”) are no answers; they stand in threats.",
	Example: []string{"--agent", "China"},
	Params: []Param{
		{Name: "from", Kind: NodeParam, Want: "action or measure", Classes: []*vocab.Class{vocab.MeasureMove, vocab.StatusChange, vocab.Statement, vocab.Measure}, Meaning: "only chains that start from this action, or from the moves on this measure; with --direction back, that lead to it"},
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
		{"basis", WordColumn, "whether a passage states that the step answers the one before, or a rule inferred it"},
		{"rule", TextColumn, "the rule that inferred it"},
		{"sources", SourcesColumn, "the passages that tell of the act, and of its being an answer"},
	},
	walk: walkChains,
})

func walkChains(ctx context.Context, r *run) error {
	back := r.word("direction") == "back"
	starts, err := r.chainStarts(ctx)
	if err != nil {
		return err
	}
	w := &chainWalk{run: r, edges: map[graph.Node][]graph.Edge{}, direction: graph.In, onPath: map[graph.Node]bool{}}
	if back && r.node("from") != 0 {
		w.direction = graph.Out
	}
	for _, n := range starts {
		if err := w.follow(ctx, []link{{node: n}}); err != nil {
			return err
		}
	}
	if r.node("from") != 0 && len(w.chains) == 0 {
		what := "nothing in view answers it"
		if back {
			what = "nothing in view says what it answers"
		}
		r.exclude(r.node("from"), graph.Date{}, what)
	}
	return w.emit(ctx)
}

// chainStarts returns where chains start: at the action asked for, the moves
// on the measure asked for, or every act that answers nothing. Of a ring of
// answers, which has no such act, its earliest starts.
func (r *run) chainStarts(ctx context.Context) ([]graph.Node, error) {
	if from := r.node("from"); from != 0 {
		if r.view.ID(from).Folder() != vocab.Measure.Folder {
			return []graph.Node{from}, nil
		}
		moves, err := r.view.Expand(ctx, []graph.Node{from}, vocab.OnMeasure, graph.In)
		return graph.Targets(moves), err
	}
	nodes, err := r.view.Instances(ctx, vocab.MeasureMove, vocab.StatusChange, vocab.Statement)
	if err != nil {
		return nil, err
	}
	answers, err := r.view.Expand(ctx, nodes, vocab.RespondsTo, graph.Out)
	if err != nil {
		return nil, err
	}
	causes, effects := map[graph.Node][]graph.Node{}, map[graph.Node][]graph.Node{}
	for _, e := range answers {
		causes[e.From] = append(causes[e.From], e.To)
		effects[e.To] = append(effects[e.To], e.From)
	}
	var starts []graph.Node
	reached := map[graph.Node]bool{}
	start := func(n graph.Node) {
		starts = append(starts, n)
		for stack := []graph.Node{n}; len(stack) > 0; {
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if !reached[top] {
				reached[top] = true
				stack = append(stack, effects[top]...)
			}
		}
	}
	for n := range effects {
		if len(causes[n]) == 0 {
			start(n)
		}
	}
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
		if !reached[a.node] {
			start(a.node)
		}
	}
	return starts, ctx.Err()
}

// link is a step of a path, with the edges by which it answers the one before.
type link struct {
	node graph.Node
	why  []graph.Edge
}

// chainWalk follows answers depth first; edges are fetched a frontier at a
// time and kept.
type chainWalk struct {
	*run
	direction graph.Direction
	edges     map[graph.Node][]graph.Edge
	onPath    map[graph.Node]bool
	chains    [][]link
}

func (w *chainWalk) follow(ctx context.Context, path []link) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(w.chains) >= maxChains {
		w.cut = true
		return nil
	}
	last := path[len(path)-1].node
	w.onPath[last] = true
	defer delete(w.onPath, last)
	next, err := w.next(ctx, last)
	if err != nil {
		return err
	}
	leaf := true
	if depth := w.count("depth"); depth == 0 || len(path) <= depth {
		for _, l := range next {
			if w.onPath[l.node] {
				continue
			}
			leaf = false
			if err := w.follow(ctx, append(path[:len(path):len(path)], l)); err != nil {
				return err
			}
		}
	}
	if leaf && len(path) > 1 {
		w.chains = append(w.chains, path)
	}
	return nil
}

// next returns the links that continue a path from a node.
func (w *chainWalk) next(ctx context.Context, n graph.Node) ([]link, error) {
	if _, ok := w.edges[n]; !ok {
		if err := w.fetch(ctx, n); err != nil {
			return nil, err
		}
	}
	var links []link
	for _, e := range w.edges[n] {
		if i := slices.IndexFunc(links, func(l link) bool { return l.node == e.To }); i >= 0 {
			links[i].why = append(links[i].why, e)
		} else {
			links = append(links, link{e.To, []graph.Edge{e}})
		}
	}
	return links, nil
}

// fetch reads everything that can be reached from a node, a whole frontier in
// one call.
func (w *chainWalk) fetch(ctx context.Context, n graph.Node) error {
	for frontier := []graph.Node{n}; len(frontier) > 0; {
		edges, err := w.view.Expand(ctx, frontier, vocab.RespondsTo, w.direction)
		if err != nil {
			return err
		}
		for _, n := range frontier {
			w.edges[n] = nil
		}
		for _, e := range edges {
			w.edges[e.From] = append(w.edges[e.From], e)
		}
		frontier = slices.DeleteFunc(graph.Targets(edges), func(n graph.Node) bool {
			_, ok := w.edges[n]
			return ok
		})
	}
	return nil
}

// emit reads the acts of all chains at once and gives the chains that fit.
func (w *chainWalk) emit(ctx context.Context) error {
	var nodes []graph.Node
	seen := map[graph.Node]bool{}
	for _, chain := range w.chains {
		for _, l := range chain {
			if !seen[l.node] {
				seen[l.node] = true
				nodes = append(nodes, l.node)
			}
		}
	}
	actions, err := w.readActions(ctx, nodes)
	if err != nil {
		return err
	}
	acts := make(map[graph.Node]*action, len(actions))
	for i := range actions {
		acts[actions[i].node] = &actions[i]
	}
	var chains [][]link
	for _, chain := range w.chains {
		fits, err := w.fits(ctx, chain, acts)
		if err != nil {
			return err
		}
		if fits {
			chains = append(chains, w.rootFirst(chain))
		}
	}
	slices.SortFunc(chains, func(a, b []link) int { return w.compare(a, b, acts) })
	for i, chain := range chains {
		for step, l := range chain {
			w.step(i+1, step, l, acts[l.node])
		}
	}
	return nil
}

// fits tells whether one step of a chain is by the agent, against the target
// and in the window, all at once.
func (w *chainWalk) fits(ctx context.Context, chain []link, acts map[graph.Node]*action) (bool, error) {
	for _, l := range chain {
		a := acts[l.node]
		if !w.window(a.date) {
			continue
		}
		if ok, err := w.between(ctx, a); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

// rootFirst turns a path that was walked back to the causes round, so that
// each step carries why it answers the one before.
func (w *chainWalk) rootFirst(chain []link) []link {
	if w.direction == graph.In {
		return chain
	}
	turned := make([]link, len(chain))
	for i := range chain {
		turned[len(chain)-1-i].node = chain[i].node
		if i > 0 {
			turned[len(chain)-i].why = chain[i].why
		}
	}
	return turned
}

// compare orders chains by the dates, then the ids, of their steps.
func (w *chainWalk) compare(a, b []link, acts map[graph.Node]*action) int {
	for i := range min(len(a), len(b)) {
		x, y := acts[a[i].node], acts[b[i].node]
		c := place{date: x.date, text: string(w.view.ID(x.node))}.compare(place{date: y.date, text: string(w.view.ID(y.node))})
		if c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

func (w *chainWalk) step(chain, step int, l link, a *action) {
	var basis, rule any
	if step > 0 {
		basis = "stated"
		if rules := w.rules(l.why); len(rules) == len(graph.Labels(l.why)) && len(rules) > 0 {
			basis, rule = "inferred", rules[0]
		}
	}
	labels := reasons(graph.Labels(append(slices.Clone(l.why), a.evidence...)))
	w.run.emit(place{numbers: [2]int{chain, step}}, chain, step, a.node, a.agents, a.targets, a.spokenBy, a.kind(), a.phase, a.date, a.rate, a.value, basis, rule, labels)
}

// rules returns the ids of the rules among the reasons for edges.
func (r *run) rules(edges []graph.Edge) []string {
	var rules []string
	for _, label := range graph.Labels(edges) {
		if id := r.view.ID(label); id.Folder() == vocab.Rule.Folder {
			rules = append(rules, id.Slug())
		}
	}
	slices.Sort(rules)
	return rules
}
