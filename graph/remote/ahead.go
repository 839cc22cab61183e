package remote

import (
	"slices"

	"parley/graph/store"
)

// ahead knows which nodes came together, so that what is asked of one of them is
// read for some of the others too. Like the readahead of a file system it begins
// with few and takes twice as many each time, for as long as they have few edges:
// one country can have more than all its neighbours.
type ahead struct {
	families map[store.Node]place
}

// family are nodes that came out of one round trip. Windows tell of how many the
// edges, by direction, and the terms are read next.
type family struct {
	nodes []store.Node
	edges [2]int
	terms int
}

type place struct {
	*family
	at int
}

const (
	// mostRelated bounds how many nodes are known to have come together.
	mostRelated = 1 << 17
	// few is up to how many nodes somebody is taken to go through one by one.
	few = 4
	// light is how many edges a node has, at most, for its neighbours to be read
	// unasked.
	light = 32

	firstOut, firstIn, mostEdges = 16, 2, 1 << 10
	firstTerms, mostTogether     = 64, 1 << 12
)

func which(d store.Direction) int {
	if d == store.In {
		return 1
	}
	return 0
}

// met takes note of what came in one round trip: far ends, and labels.
func (a *ahead) met(edges []store.Edge) {
	if len(edges) < 2 {
		return
	}
	edges = edges[:min(len(edges), mostRelated/2)]
	for _, of := range []func(store.Edge) store.Node{
		func(e store.Edge) store.Node { return e.To },
		func(e store.Edge) store.Node { return e.Label },
	} {
		a.join(len(edges), func(i int) store.Node { return of(edges[i]) })
	}
}

// join makes a family of so many nodes. A node is of the family in which it came
// last.
func (a *ahead) join(n int, node func(i int) store.Node) {
	if a.families == nil || len(a.families)+n > mostRelated {
		a.families = make(map[store.Node]place)
	}
	f := &family{edges: [2]int{firstOut, firstIn}, terms: firstTerms}
	seen := make(map[store.Node]bool, n)
	for i := range n {
		if n := node(i); n != 0 && !seen[n] {
			seen[n] = true
			a.families[n] = place{f, len(f.nodes)}
			f.nodes = append(f.nodes, n)
		}
	}
}

// nodes returns some nodes whose edges are wanted, with those that came after
// them and are wanted too.
func (a *ahead) nodes(asked []store.Node, wanted func(store.Node) bool, d store.Direction) []store.Node {
	if len(asked) == 0 || len(asked) > few {
		return asked
	}
	p, ok := a.families[asked[0]]
	if !ok {
		return asked
	}
	most := len(asked) + p.edges[which(d)]
	all := slices.Clone(asked)
	for _, n := range p.nodes[p.at+1:] {
		if len(all) >= most {
			break
		}
		if wanted(n) && !slices.Contains(asked, n) {
			all = append(all, n)
		}
	}
	return all
}

// weighed takes note of how many edges came for nodes of the family of one.
func (a *ahead) weighed(first store.Node, nodes, edges int, d store.Direction) {
	p, ok := a.families[first]
	if !ok {
		return
	}
	window := &p.edges[which(d)]
	if edges <= light*nodes {
		*window = min(2*max(*window, 1), mostEdges)
	} else {
		*window = 0
	}
}

// terms returns a node whose term is wanted, with those that came with it.
func (a *ahead) terms(asked store.Node) []store.Node {
	p, ok := a.families[asked]
	if !ok {
		return []store.Node{asked}
	}
	upTo := min(len(p.nodes), p.at+p.terms)
	p.terms = min(2*p.terms, mostTogether)
	return slices.Clone(p.nodes[p.at:upTo])
}
