package queries

import (
	"context"
	"slices"
	"strings"

	"parley/graph"
)

// link is a step of a path, how it follows from the one before, and the edges
// that say so.
type link struct {
	node graph.Node
	how  string
	why  []graph.Edge
}

// maxSteps bounds how many steps the walk tries in search of chains that fit.
const maxSteps = 2_000_000

// maxKept bounds how many steps the chains that fit have together.
const maxKept = 100_000

// chainWalk follows answers depth first, through edges and acts that were read
// a frontier at a time.
type chainWalk struct {
	*run
	direction graph.Direction
	next      map[graph.Node][]link
	acts      map[graph.Node]*action
	path      []link
	onPath    map[graph.Node]bool
	been      map[graph.Node]int  // how many steps more than these were walked from a node, counted from 1
	last      map[graph.Node]bool // where chains end, nil for anywhere
	chains    [][]link
	found     bool // some chain, whether it fits or not
	steps     int
	kept      int                     // steps of chains
	told      map[[2]graph.Node][]any // what the rows of a step say of it besides where it stands
}

// full tells whether no more chains are taken, or looked for.
func (w *chainWalk) full() bool {
	w.steps++
	w.cut = w.cut || w.steps > maxSteps || w.kept >= maxKept || len(w.chains) >= maxChains
	return w.cut
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

// upTo leaves of what was read only what leads to where chains are to end.
func (w *chainWalk) upTo(ctx context.Context, starts []graph.Node) ([]graph.Node, error) {
	to := w.node("to")
	if to == 0 {
		return starts, nil
	}
	ends, err := w.actsOf(ctx, to)
	if err != nil {
		return nil, err
	}
	before := map[graph.Node][]graph.Node{}
	for n, links := range w.next {
		for _, l := range links {
			before[l.node] = append(before[l.node], n)
		}
	}
	w.last = map[graph.Node]bool{}
	leads := map[graph.Node]bool{}
	for _, n := range ends {
		w.last[n], leads[n] = true, true
	}
	for len(ends) > 0 {
		n := ends[len(ends)-1]
		ends = ends[:len(ends)-1]
		for _, cause := range before[n] {
			if !leads[cause] {
				leads[cause] = true
				ends = append(ends, cause)
			}
		}
	}
	for n, links := range w.next {
		w.next[n] = slices.DeleteFunc(links, func(l link) bool { return !leads[l.node] })
	}
	return slices.DeleteFunc(starts, func(n graph.Node) bool { return !leads[n] }), nil
}

// from walks the chains that start from an act.
func (w *chainWalk) from(ctx context.Context, n graph.Node) error {
	switch w.word("paths") {
	case "all":
		return w.follow(ctx, link{node: n}, w.everyWay)
	case "shortest":
		return w.shortest(ctx, n)
	}
	return w.follow(ctx, link{node: n}, w.newWays)
}

// follow walks on from an act that a link leads to, along the links that ways
// gives, and takes the path that ends there where it gives none.
func (w *chainWalk) follow(ctx context.Context, l link, ways func([]link) []link) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.full() {
		return nil
	}
	w.path, w.onPath[l.node] = append(w.path, l), true
	defer func() {
		w.path = w.path[:len(w.path)-1]
		delete(w.onPath, l.node)
	}()
	next := ways(w.onward())
	for _, n := range next {
		if err := w.follow(ctx, n, ways); err != nil {
			return err
		}
	}
	if len(next) > 0 {
		return nil
	}
	return w.take(ctx)
}

// onward are the links from the end of the path to acts that are not on it.
func (w *chainWalk) onward() []link {
	here := w.path[len(w.path)-1].node
	if depth := w.count("depth"); w.last[here] || depth > 0 && len(w.path) > depth {
		return nil
	}
	var next []link
	for _, l := range w.next[here] {
		if !w.onPath[l.node] {
			next = append(next, l)
		}
	}
	return next
}

func (w *chainWalk) everyWay(next []link) []link { return next }

// newWays are all ways on from an act where the path comes to it first, and one
// from where it has been already, so that the path is whole. An act to which
// there are fewer steps now, of so many that may be made, counts as new.
func (w *chainWalk) newWays(next []link) []link {
	here := w.path[len(w.path)-1].node
	left := 1
	if depth := w.count("depth"); depth > 0 {
		left = depth - len(w.path) + 2
	}
	if w.been[here] >= left {
		return next[:min(len(next), 1)]
	}
	w.been[here] = left
	return next
}

// shortest takes the shortest path from an act to each act in which paths end.
func (w *chainWalk) shortest(ctx context.Context, start graph.Node) error {
	type reached struct {
		link
		before int // the index of where it was reached from
	}
	defer func() { w.path = nil }()
	list := []reached{{link{node: start}, -1}}
	seen := map[graph.Node]bool{start: true}
	for i := 0; i < len(list); i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.path = w.path[:0]
		clear(w.onPath)
		for n := i; n >= 0; n = list[n].before {
			w.path, w.onPath[list[n].node] = append(w.path, list[n].link), true
		}
		slices.Reverse(w.path)
		next := w.onward()
		for _, l := range next {
			if !seen[l.node] {
				seen[l.node] = true
				list = append(list, reached{l, i})
			}
		}
		if len(next) > 0 {
			continue
		}
		if w.full() {
			return nil
		}
		if err := w.take(ctx); err != nil {
			return err
		}
	}
	clear(w.onPath)
	return nil
}

// take keeps the path as a chain, if it is one and fits what was asked.
func (w *chainWalk) take(ctx context.Context) error {
	if len(w.path) < 2 || w.last != nil && !w.last[w.path[len(w.path)-1].node] {
		return nil
	}
	w.found = true
	fits, err := w.fits(ctx)
	if err == nil && fits {
		w.chains = append(w.chains, w.rootFirst(w.path))
		w.kept += len(w.path)
	}
	return err
}

// ends tells of each act with which a chain begins that nothing leads further
// back.
func (w *chainWalk) ends() {
	told := map[graph.Node]bool{}
	for _, chain := range w.chains {
		if first := w.acts[chain[0].node]; !told[first.node] && len(w.next[first.node]) == 0 {
			told[first.node] = true
			w.exclude(first.node, first.date, "nothing in view says what it follows from", first.evidence...)
		}
	}
}

// emit gives the chains in order.
func (w *chainWalk) emit() {
	slices.SortFunc(w.chains, w.compare)
	w.rows = slices.Grow(w.rows, w.kept)
	w.told = map[[2]graph.Node][]any{}
	for i, chain := range w.chains {
		var before graph.Node
		for step, l := range chain {
			w.step(i+1, step, before, l, w.acts[l.node])
			before = l.node
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
		if a[i].node == b[i].node { // as most chains begin
			continue
		}
		x, y := w.acts[a[i].node], w.acts[b[i].node]
		c := place{date: x.date, text: string(w.view.ID(x.node))}.compare(place{date: y.date, text: string(w.view.ID(y.node))})
		if c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

func (w *chainWalk) step(chain, step int, before graph.Node, l link, a *action) {
	told, ok := w.told[[2]graph.Node{before, l.node}]
	if !ok {
		var how, basis, rule any
		if step > 0 {
			how, basis = l.how, "stated"
			if rules := w.rules(l.why); len(rules) == len(graph.Labels(l.why)) && len(rules) > 0 {
				basis, rule = "inferred", rules[0]
			}
		}
		labels := reasons(graph.Labels(append(slices.Clone(l.why), a.evidence...)))
		told = []any{nil, nil, a.node, a.agents, a.targets, a.spokenBy, a.kind(), a.phase, a.date, a.rate, a.value, basis, rule, how, labels}
		w.told[[2]graph.Node{before, l.node}] = told
	}
	cells := slices.Clone(told)
	cells[0], cells[1] = chain, step
	w.run.emit(place{numbers: [2]int{chain, step}}, cells...)
}
