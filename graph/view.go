package graph

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"parley/graph/store"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// Options say what of a graph a view shows.
type Options struct {
	// KnownBy leaves out what was published after its last day. The zero Date
	// leaves nothing out.
	KnownBy Date
	// StatedOnly leaves out what rules inferred.
	StatedOnly bool
	// NoMerge leaves out that reports tell of one event, as the rule SameEvent
	// inferred.
	NoMerge bool
}

// View is a graph as it stood when the view was opened, seen through Options.
// One view is used by one goroutine; a graph has as many views as are wanted.
type View struct {
	memo    *memo
	options Options
	reasons map[Node]reason
	// corrections are misspellings and parts of names that were read as names.
	corrections []Correction
	release     func() // nil once the view is closed
	// walked is the predicate of the last walk, since the next is mostly along
	// it too.
	walked     *vocab.Predicate
	walkedNode Node
}

func newView(m *memo, o Options, release func()) *View {
	return &View{memo: m, options: o, reasons: make(map[Node]reason), release: release}
}

// Direction is the way an edge is walked.
type Direction = store.Direction

// Out walks from subject to object, In from object to subject.
const (
	Out = store.Out
	In  = store.In
)

// Edge is a quad met on a walk: From is the node it was met from. Label is the
// reason to believe it, 0 where it has none.
type Edge = store.Edge

// Close lets the snapshot go. A second Close does nothing.
func (v *View) Close() {
	if v.release != nil {
		v.release()
		v.release = nil
	}
}

// Options returns what the view was opened with.
func (v *View) Options() Options { return v.options }

// Err is the first failure of the store to give a term, which then looked like
// none. Whatever reads whole answers from a view returns it; who puts an answer
// together from Node, Value, ID, Text and Class must ask.
func (v *View) Err() error {
	if v.release == nil {
		return ErrClosed
	}
	return v.memo.Err()
}

// Node returns the handle of a term, 0 where the graph lacks it.
func (v *View) Node(term quad.Value) Node {
	if v.release == nil {
		return 0
	}
	return v.memo.Node(term)
}

// NodeOf returns the handle of the node with an id, 0 where the graph lacks it.
func (v *View) NodeOf(id ID) Node { return v.Node(id.Value()) }

// term is Node for the words of the vocabulary, which are asked for on every
// hop.
func (v *View) term(iri quad.IRI) Node {
	if n, ok := v.memo.terms.get(iri); ok {
		return n
	}
	v.knowWords()
	n := v.Node(iri)
	if v.Err() == nil {
		v.memo.terms.put(iri, n)
	}
	return n
}

// Predicate returns the predicate of the vocabulary that a handle stands for, nil
// for none.
func (v *View) Predicate(n Node) *vocab.Predicate {
	iri, _ := v.Value(n).(quad.IRI)
	return vocab.PredicateOf(iri)
}

// Value returns the term of a handle, nil for 0.
func (v *View) Value(n Node) quad.Value {
	if n == 0 || v.release == nil {
		return nil
	}
	if term, ok := v.memo.values.get(n); ok {
		return term
	}
	term := v.memo.Value(n)
	if term != nil {
		v.memo.values.put(n, term)
	}
	return term
}

// ID returns the id of a node, and "" for a literal.
func (v *View) ID(n Node) ID {
	id, _ := IDOf(v.Value(n))
	return id
}

// Text returns the text of a literal, and the id of a node.
func (v *View) Text(n Node) string { return Text(v.Value(n)) }

// Class returns the class of the vocabulary that a node is, as the object of
// rdf:type, or nil.
func (v *View) Class(n Node) *vocab.Class {
	iri, _ := v.Value(n).(quad.IRI)
	return vocab.ClassOf(iri)
}

// Expand walks one hop from a whole set of nodes: every edge in view along a
// predicate and direction, grouped by its From in the order of the set, each
// with its label. A quad with two labels is two edges. A nil predicate walks
// all. Any store answers one call in one step.
func (v *View) Expand(ctx context.Context, from []Node, p *vocab.Predicate, d Direction) ([]Edge, error) {
	edges, err := v.expand(ctx, from, p, d)
	if err != nil {
		return nil, err
	}
	return v.shown(ctx, edges)
}

// Neighbours returns the far ends of the edges that Expand would give, each
// once, in order of first meeting.
func (v *View) Neighbours(ctx context.Context, from []Node, p *vocab.Predicate, d Direction) ([]Node, error) {
	if v.options != (Options{}) { // whether an edge shows its label tells
		edges, err := v.Expand(ctx, from, p, d)
		return Targets(edges), err
	}
	return v.neighbours(ctx, from, p, d)
}

// neighbours is Neighbours without regard to what the view shows.
func (v *View) neighbours(ctx context.Context, from []Node, p *vocab.Predicate, d Direction) ([]Node, error) {
	predicate, ok, err := v.along(p)
	if !ok {
		return nil, cmp.Or(err, ctx.Err())
	}
	nodes, err := v.memo.Neighbours(ctx, make([]Node, 0, min(2*len(from), 1<<10)), from, predicate, d)
	if err = cmp.Or(v.Err(), err, ctx.Err()); err != nil {
		return nil, err
	}
	return once(nodes), nil
}

// along returns the node of a predicate, 0 for any; ok is false where nothing
// can be walked.
func (v *View) along(p *vocab.Predicate) (predicate Node, ok bool, err error) {
	if v.release == nil {
		return 0, false, fmt.Errorf("expand: %w", ErrClosed)
	}
	if p == nil {
		return 0, true, nil
	}
	if p != v.walked {
		if predicate = v.term(p.IRI); predicate == 0 {
			return 0, false, v.Err()
		}
		v.walked, v.walkedNode = p, predicate
	}
	return v.walkedNode, true, nil
}

// expand is Expand without regard to what the view shows.
func (v *View) expand(ctx context.Context, from []Node, p *vocab.Predicate, d Direction) ([]Edge, error) {
	predicate, ok, err := v.along(p)
	if !ok {
		return nil, cmp.Or(err, ctx.Err())
	}
	room := 2 * len(from) // most have one edge along a predicate, and several in all
	if predicate == 0 {
		room *= 4
	}
	edges, err := v.memo.Expand(ctx, make([]Edge, 0, min(room, 1<<10)), from, predicate, d)
	if err = cmp.Or(v.Err(), err, ctx.Err()); err != nil {
		return nil, err
	}
	return edges, nil
}

// Labelled returns the edges, subject to object, that rest on some labels.
func (v *View) Labelled(ctx context.Context, labels []Node) ([]Edge, error) {
	if v.release == nil {
		return nil, fmt.Errorf("read edges: %w", ErrClosed)
	}
	edges, err := v.memo.Labelled(ctx, nil, labels)
	if err = cmp.Or(v.Err(), err, ctx.Err()); err != nil {
		return nil, err
	}
	return v.shown(ctx, edges)
}

// one returns an object along a predicate, in view or not: of several the first
// in the alphabet, whatever the order of loading.
func (v *View) one(ctx context.Context, n Node, p *vocab.Predicate) (Node, error) {
	firsts, err := v.firsts(ctx, []Node{n}, p)
	return firsts[n], err
}

// firsts is one for a set of nodes.
func (v *View) firsts(ctx context.Context, nodes []Node, p *vocab.Predicate) (map[Node]Node, error) {
	edges, err := v.expand(ctx, nodes, p, Out)
	if err != nil {
		return nil, err
	}
	firsts := make(map[Node]Node, len(nodes))
	for _, e := range edges {
		if to, ok := firsts[e.From]; !ok || to != e.To && v.Text(e.To) < v.Text(to) {
			firsts[e.From] = e.To
		}
	}
	return firsts, v.Err()
}

// Instances returns the nodes that the view shows to be of a class, each once.
func (v *View) Instances(ctx context.Context, classes ...*vocab.Class) ([]Node, error) {
	from := make([]Node, len(classes))
	for i, c := range classes {
		from[i] = v.term(c.IRI)
	}
	return v.Neighbours(ctx, from, vocab.Type, In)
}

// Classes returns the class of every node that has one.
func (v *View) Classes(ctx context.Context) (map[ID]*vocab.Class, error) {
	classes := make(map[ID]*vocab.Class)
	for _, c := range vocab.Classes() {
		nodes, err := v.Instances(ctx, c)
		if err != nil {
			return nil, err
		}
		for _, n := range nodes {
			classes[v.ID(n)] = c
		}
	}
	return classes, v.Err()
}

// Targets returns the far ends of edges, each once, in order of first meeting.
func Targets(edges []Edge) []Node {
	nodes := make([]Node, len(edges))
	for i, e := range edges {
		nodes[i] = e.To
	}
	return once(nodes)
}

// once keeps of each node the first, in the place of nodes.
func once(nodes []Node) []Node {
	const few = 16 // so many are found faster without a map
	if len(nodes) == 0 {
		return nil
	}
	kept := nodes[:0]
	if len(nodes) <= few {
		for _, n := range nodes {
			if !slices.Contains(kept, n) {
				kept = append(kept, n)
			}
		}
		return kept
	}
	seen := make(map[Node]bool, len(nodes))
	for _, n := range nodes {
		if !seen[n] {
			seen[n] = true
			kept = append(kept, n)
		}
	}
	return kept
}
