package graph

import (
	"context"
	"fmt"
	"slices"

	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// Around gives what the view shows of some nodes and of those near to them, each
// quad once, in no particular order. With 0 hops that is the literals and types
// of the nodes themselves, and the edges among them; each hop adds the nodes
// that are an edge away, in either direction.
//
// A node that is only a part of a fact comes with whatever leads to it, a tenure
// with its holder, and both where they are walked over, which is no hop. So from
// a person to whom they met with are two hops, by the meeting. Rates and amounts
// are not walked over, for who raise a duty to the same rate are not near.
//
// The reasons come along, so that what is loaded again can be cited: of each
// label what it is, its source, and what that is derived from, whole, with the
// name of the publisher; of a rule what it says. But the walk never goes on
// from a passage, source, rule or class, and comes to one only along an edge
// that leads to it, unless it is one of the nodes to begin with. Classes are
// never come to by rdf:type.
//
// A part must not pass for the whole: where there are more than most quads, or
// where ctx ends or the store fails, the last pair has the error, which for the
// first wraps ErrTooMuch. As much is kept in memory as is given.
func (v *View) Around(ctx context.Context, from []Node, hops, most int) Quads {
	return func(yield func(quad.Quad, error) bool) {
		a := &around{
			View: v, ctx: ctx, most: most, yield: yield,
			reached: map[Node]bool{}, parts: map[Node]bool{}, given: map[Edge]bool{}, roles: map[Node]role{},
		}
		for _, n := range from {
			if n != 0 {
				a.reached[n] = true
			}
		}
		a.begun = len(a.reached)
		err := a.walk(hops)
		if err == nil {
			err = a.give()
		}
		if err != nil && !a.left {
			yield(quad.Quad{}, err)
		}
	}
}

// MostAround is how many quads commands and the API ask Around for: what is kept
// of so many takes some hundred megabytes.
const MostAround = 1_000_000

// aroundAtOnce is of how many nodes Around reads the edges in one call.
const aroundAtOnce = 1 << 10

type around struct {
	*View
	ctx   context.Context //nolint:containedctx // of one walk, within one call
	most  int
	begun int // nodes to begin with
	yield func(quad.Quad, error) bool
	left  bool // whoever asked wants no more

	reached map[Node]bool
	parts   map[Node]bool // of what is reached, and those that were walked over
	given   map[Edge]bool
	// roles are for what each node is a reason; pending those to be told yet.
	roles   map[Node]role
	pending []Node
}

// walk finds the nodes that are so many hops away.
func (a *around) walk(hops int) error {
	frontier := make([]Node, 0, len(a.reached))
	for n := range a.reached {
		frontier = append(frontier, n)
	}
	for range hops {
		var next []Node
		for some := range slices.Chunk(frontier, aroundAtOnce) {
			parts, err := a.step(some, &next, func(n Node) bool { return !a.parts[n] })
			if err != nil {
				return err
			}
			for _, n := range parts {
				a.parts[n] = true
			}
			for some := range slices.Chunk(parts, aroundAtOnce) {
				if _, err := a.step(some, &next, func(Node) bool { return false }); err != nil {
					return err
				}
			}
		}
		frontier = next
	}
	return nil
}

// step reaches what is an edge away from some nodes: next is what can be walked
// from. It returns the parts that are to be walked over.
func (a *around) step(from []Node, next *[]Node, over func(Node) bool) (parts []Node, err error) {
	for _, d := range []Direction{Out, In} {
		edges, err := a.Expand(a.ctx, from, nil, d)
		if err != nil {
			return nil, err
		}
		for _, e := range edges {
			id, node := IDOf(a.Value(e.To))
			switch kind := kindOf(id); {
			case !node || a.reached[e.To] || a.Predicate(e.Predicate) == vocab.Type || kind == aValue:
			case kind == aBridge:
				if over(e.To) {
					parts = append(parts, e.To)
				}
			case kind == aReason && d == In:
			default:
				a.reached[e.To] = true
				if kind != aReason {
					*next = append(*next, e.To)
				}
				// By each there is an edge to be given.
				if len(a.reached) > a.most+a.begun {
					return nil, a.tooMuch()
				}
			}
		}
	}
	return once(parts), a.Err()
}

func (a *around) tooMuch() error {
	return fmt.Errorf("%w: there are more than %d quads so near", ErrTooMuch, a.most)
}

// nodeKind is how Around walks on from a node.
type nodeKind int

const (
	aNode   nodeKind = iota
	aBridge          // a part of a fact that joins nodes
	aValue           // a part of many facts
	aReason
)

func kindOf(id ID) nodeKind {
	switch id.Folder() {
	case vocab.Participation.Folder, vocab.Tenure.Folder:
		return aBridge
	case vocab.Rate.Folder, vocab.Money.Folder:
		return aValue
	case vocab.Article.Folder, vocab.Reference.Folder, vocab.Passage.Folder, vocab.Rule.Folder:
		return aReason
	}
	if vocab.ClassOf(id) != nil {
		return aReason
	}
	return aNode
}

// give gives what is said of the nodes that are reached, of their parts, and of
// the reasons.
func (a *around) give() error {
	nodes := make([]Node, 0, len(a.reached))
	for n := range a.reached {
		nodes = append(nodes, n)
	}
	slices.Sort(nodes)
	for some := range slices.Chunk(nodes, aroundAtOnce) {
		if err := a.findParts(some); err != nil {
			return err
		}
	}
	for n := range a.parts {
		if !a.reached[n] {
			nodes = append(nodes, n)
		}
	}
	for some := range slices.Chunk(nodes, aroundAtOnce) {
		edges, err := a.Expand(a.ctx, some, nil, Out)
		if err != nil {
			return err
		}
		for _, e := range edges {
			if !a.reached[e.To] && !a.parts[e.To] && !a.ownWords(e) {
				continue
			}
			if err := a.giveEdge(e); err != nil {
				return err
			}
		}
	}
	return a.giveReasons()
}

func (a *around) findParts(nodes []Node) error {
	edges, err := a.Expand(a.ctx, nodes, nil, Out)
	if err != nil {
		return err
	}
	for _, e := range edges {
		if id, _ := IDOf(a.Value(e.To)); kindOf(id) == aBridge || kindOf(id) == aValue {
			a.parts[e.To] = true
		}
	}
	held, err := a.Neighbours(a.ctx, nodes, vocab.HeldBy, In)
	for _, n := range held {
		a.parts[n] = true
	}
	return err
}

// ownWords tells whether an edge says something of a node alone: a literal, or
// what it is.
func (a *around) ownWords(e Edge) bool {
	_, node := IDOf(a.Value(e.To))
	return !node || a.Predicate(e.Predicate) == vocab.Type
}

// giveEdge gives an edge that leads from subject to object, unless it was given.
func (a *around) giveEdge(e Edge) error {
	if a.given[e] {
		return nil
	}
	if len(a.given) >= a.most {
		return a.tooMuch()
	}
	a.given[e] = true
	a.needs(e.Label, aLabel)
	q := a.quads([]Edge{e})[0]
	if err := a.Err(); err != nil {
		return err
	}
	if a.left = !a.yield(q, nil); a.left {
		return errLeft
	}
	return nil
}

// role is for what a node is given as a reason.
type role uint8

const (
	aLabel role = 1 << iota
	aSource
	aPublisher
)

func (a *around) needs(n Node, r role) {
	if n != 0 && a.roles[n]|r != a.roles[n] {
		a.roles[n] |= r
		a.pending = append(a.pending, n)
	}
}

func (a *around) giveReasons() error {
	for len(a.pending) > 0 {
		nodes := once(a.pending)
		a.pending = nil
		for some := range slices.Chunk(nodes, aroundAtOnce) {
			edges, err := a.Expand(a.ctx, some, nil, Out)
			if err != nil {
				return err
			}
			for _, e := range edges {
				to, ok := a.tells(e)
				if !ok {
					continue
				}
				a.needs(e.To, to)
				if err := a.giveEdge(e); err != nil {
					return err
				}
			}
		}
	}
	return a.Err()
}

// tells tells whether an edge is a part of the reason that it leads from, and as
// what its end is one too.
func (a *around) tells(e Edge) (to role, ok bool) {
	r, p := a.roles[e.From], a.Predicate(e.Predicate)
	switch {
	case p == vocab.FromSource && r&aLabel != 0:
		return aSource, true
	case p == vocab.DerivedFrom && r&aSource != 0:
		return aSource, true
	case p == vocab.Publisher && r&aSource != 0:
		return aPublisher, true
	}
	return 0, a.ownWords(e) && (r != aPublisher || p == vocab.Type || p == vocab.Name)
}
