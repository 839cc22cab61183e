package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

// Bounds of one picture, and of what is read for it however much there is.
const (
	mostNodes  = 500
	mostOpen   = 24      // nodes whose neighbours are shown
	mostAround = 40      // neighbours of one
	mostRead   = 1000    // neighbours of one by one relation, of which the most important are chosen
	mostSaid   = 200_000 // edges by which importance is told
)

// kinds are the classes that the picture shows, and how: those of a lower group
// come first.
var kinds = map[*vocab.Class]int{
	vocab.Person: 0, vocab.Country: 0, vocab.Organization: 0,
	vocab.Meeting: 1, vocab.MeasureMove: 2, vocab.StatusChange: 2, vocab.Agreement: 2, vocab.Statement: 3,
	vocab.Measure: 4, vocab.Commitment: 4, vocab.Office: 4, vocab.Place: 4, vocab.Article: 4, vocab.Reference: 4, vocab.Rule: 4,
}

const groups = 5

// groupOf is the group of a node, -1 for what is not shown: what only joins
// others, and what is an amount of something.
func groupOf(id graph.ID) int {
	class := graph.ClassOfFolder(id.Folder())
	if class == nil {
		if id == "" || vocab.ClassOf(id) != nil {
			return -1
		}
		return groups - 1 // of another vocabulary
	}
	if group, ok := kinds[class]; ok {
		return group
	}
	return -1
}

// lines are the predicates that join two nodes that can be shown.
var lines = func() []*vocab.Predicate {
	shown := func(classes []*vocab.Class) bool {
		return slices.ContainsFunc(classes, func(c *vocab.Class) bool { _, ok := kinds[c]; return ok })
	}
	var list []*vocab.Predicate
	for _, p := range vocab.Predicates() {
		if p != vocab.Type && p != vocab.SameAs && shown(p.Domain) && shown(p.Range) {
			list = append(list, p)
		}
	}
	return list
}()

// hop is a step of a walk.
type hop struct {
	predicate *vocab.Predicate
	direction graph.Direction
}

// bridges lead over a node that only joins two others, from the end that has
// few of them. The line is read from the other end to that one, or from that
// one where it is not turned.
var bridges = []struct {
	label  string
	hops   [2]hop
	turned bool
}{
	{"took part in", [2]hop{{vocab.HasParticipation, graph.Out}, {vocab.Participant, graph.Out}}, true},
	{"held", [2]hop{{vocab.HeldBy, graph.In}, {vocab.HeldOffice, graph.Out}}, false},
}

// ways are all that lead from a node to its neighbours, in one hop or two.
var ways = func() (list [][]hop) {
	for _, p := range lines {
		list = append(list, []hop{{p, graph.Out}}, []hop{{p, graph.In}})
	}
	for _, b := range bridges {
		there := b.hops[:]
		back := []hop{{there[1].predicate, !there[1].direction}, {there[0].predicate, !there[0].direction}}
		list = append(list, there, back)
	}
	return list
}()

// walker reads what is around nodes.
type walker struct {
	*graph.View
	// all shows the same graph whatever the day; it is View itself where none
	// is asked for. Whether a million edges are of the day takes long to tell,
	// so they are cut before that.
	all  *graph.View
	read int // edges by which importance was told
}

// step walks from a node, and counts: what it cuts off it has counted whatever
// the day.
func (w *walker) step(ctx context.Context, n graph.Node, h hop) (found []graph.Node, cut int, err error) {
	edges, err := w.all.Expand(ctx, []graph.Node{n}, h.predicate, h.direction)
	if err != nil {
		return nil, 0, err
	}
	if len(edges) <= mostRead {
		found, err = w.Neighbours(ctx, []graph.Node{n}, h.predicate, h.direction)
		return found, 0, err
	}
	cut = len(edges) - mostRead
	found = graph.Targets(edges[:mostRead])
	if w.all == w.View {
		return found, cut, nil
	}
	// Back from where they lead to there are few.
	back, err := w.Expand(ctx, found, h.predicate, !h.direction)
	if err != nil {
		return nil, 0, err
	}
	kept := back[:0]
	for _, e := range back {
		if e.To == n {
			e.From, e.To = e.To, e.From
			kept = append(kept, e)
		}
	}
	return graph.Targets(kept), cut, nil
}

// around returns the neighbours of a node that can be shown, and how many more
// there may be.
func (w *walker) around(ctx context.Context, n graph.Node) (found []graph.Node, more int, err error) {
	seen := map[graph.Node]bool{n: true}
	for _, way := range ways {
		ends, cut, err := w.step(ctx, n, way[0])
		if err == nil && len(way) > 1 {
			ends, err = w.Neighbours(ctx, ends, way[1].predicate, way[1].direction)
		}
		if err != nil {
			return nil, 0, err
		}
		more += cut
		for _, end := range ends {
			if !seen[end] && groupOf(w.ID(end)) >= 0 {
				seen[end] = true
				found = append(found, end)
			}
		}
	}
	return found, more, w.Err()
}

// weighed is a node, and how much is said of it.
type weighed struct {
	node   graph.Node
	id     graph.ID
	group  int
	weight int
}

// weigh tells how much is said of each of some nodes, until so much is read that
// the rest are left with nothing: by their ids, so that the same are.
func (w *walker) weigh(ctx context.Context, nodes []graph.Node) ([]weighed, error) {
	list := make([]weighed, len(nodes))
	for i, n := range nodes {
		id := w.ID(n)
		list[i] = weighed{node: n, id: id, group: groupOf(id)}
	}
	slices.SortFunc(list, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(a.group, b.group), strings.Compare(string(a.id), string(b.id)))
	})
	weights := make(map[graph.Node]int, len(nodes))
	for from := 0; from < len(list) && w.read < mostSaid; {
		// Of acts many are asked about at once, of what may have a million
		// edges one.
		size := 1
		if g := list[from].group; g == 1 || g == 2 || g == 3 {
			size = 64
		}
		var some []graph.Node
		for ; from < len(list) && len(some) < size; from++ {
			some = append(some, list[from].node)
		}
		for _, d := range []graph.Direction{graph.Out, graph.In} {
			edges, err := w.all.Expand(ctx, some, nil, d)
			if err != nil {
				return nil, err
			}
			w.read += len(edges)
			if w.all != w.View && len(edges) <= mostRead*len(some) { // more is much on any day
				if edges, err = w.Expand(ctx, some, nil, d); err != nil {
					return nil, err
				}
			}
			for _, e := range edges {
				weights[e.From]++
			}
		}
	}
	for i := range list {
		list[i].weight = weights[list[i].node]
	}
	return list, w.Err()
}

// choose takes the most important, in turn of each group, so that a country's
// hundred organizations leave room for its meetings.
func choose(list []weighed, most int) []weighed {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(b.weight, a.weight), strings.Compare(string(a.id), string(b.id)))
	})
	var by [groups][]weighed
	for _, n := range list {
		by[n.group] = append(by[n.group], n)
	}
	var chosen []weighed
	for turn := 0; len(chosen) < min(most, len(list)); turn++ {
		for g := range by {
			if turn < len(by[g]) && len(chosen) < most {
				chosen = append(chosen, by[g][turn])
			}
		}
	}
	// They stand by class and then by id, which for acts is by date.
	slices.SortFunc(chosen, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(rankOf(a.id), rankOf(b.id)), strings.Compare(string(a.id), string(b.id)))
	})
	return chosen
}

// rankOf orders classes as the vocabulary does.
func rankOf(id graph.ID) int {
	return slices.Index(vocab.Classes(), graph.ClassOfFolder(id.Folder()))
}

// said is one line between two nodes, read from the first to the second.
type said struct {
	from, to graph.Node
	label    string
	inferred bool
}

// between returns what joins nodes of a set. It walks only from the ends that
// have few edges of a kind, whatever is around the others.
func (w *walker) between(ctx context.Context, nodes []graph.Node) ([]said, error) {
	shown := make(map[graph.Node]bool, len(nodes))
	for _, n := range nodes {
		shown[n] = true
	}
	type key struct {
		from, to graph.Node
		label    string
	}
	var list []said
	index := map[key]int{}
	add := func(from, to graph.Node, label string, edges ...graph.Edge) {
		if from == to || !shown[from] || !shown[to] {
			return
		}
		inferred := false
		for _, e := range edges {
			inferred = inferred || w.ID(e.Label).Folder() == vocab.Rule.Folder
		}
		k := key{from, to, label}
		if i, ok := index[k]; ok {
			list[i].inferred = list[i].inferred && inferred // stated once is stated
			return
		}
		index[k] = len(list)
		list = append(list, said{from, to, label, inferred})
	}
	for _, p := range lines {
		edges, err := w.Expand(ctx, nodes, p, graph.Out)
		if err != nil {
			return nil, err
		}
		for _, e := range edges {
			add(e.From, e.To, p.Label, e)
		}
	}
	for _, b := range bridges {
		onto, err := w.Expand(ctx, nodes, b.hops[0].predicate, b.hops[0].direction)
		if err != nil {
			return nil, err
		}
		off, err := w.Expand(ctx, graph.Targets(slices.Clone(onto)), b.hops[1].predicate, b.hops[1].direction)
		if err != nil {
			return nil, err
		}
		ends := map[graph.Node][]graph.Edge{}
		for _, e := range off {
			ends[e.From] = append(ends[e.From], e)
		}
		for _, e := range onto {
			for _, f := range ends[e.To] {
				from, to := e.From, f.To
				if b.turned {
					from, to = to, from
				}
				add(from, to, b.label, e, f)
			}
		}
	}
	return list, w.Err()
}

// beginning chooses what is open where nothing is asked for: the country of which
// most is said, or another actor where there are none. One node and its
// neighbours can be read at a glance; two no longer.
func (w *walker) beginning(ctx context.Context) ([]graph.ID, error) {
	for _, class := range []*vocab.Class{vocab.Country, vocab.Person, vocab.Organization, vocab.Meeting} {
		nodes, err := w.Instances(ctx, class)
		if err != nil {
			return nil, err
		}
		if len(nodes) == 0 {
			continue
		}
		list, err := w.weigh(ctx, nodes[:min(len(nodes), mostRead)])
		if err != nil {
			return nil, err
		}
		// Of equals the first by id, in which order they are weighed.
		first := slices.MaxFunc(list, func(a, b weighed) int { return cmp.Compare(a.weight, b.weight) })
		return []graph.ID{first.id}, nil
	}
	return nil, nil
}
