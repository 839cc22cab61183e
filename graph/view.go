package graph

import (
	"cmp"
	"context"
	"fmt"
	"slices"

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
}

// View is a graph as it stands while the view is open, seen through Options.
// One view is used by one goroutine; a graph has as many views as are wanted.
type View struct {
	g         *Graph
	options   Options
	reasons   map[Node]reason
	citations map[Node]Citation
	names     *names
	// corrections are misspellings that were read as names.
	corrections []Correction
	closed      bool
}

// Direction is the way an edge is walked.
type Direction bool

// Out walks from subject to object, In from object to subject.
const (
	Out Direction = false
	In  Direction = true
)

// Edge is a quad met on a walk: From is the node it was met from. Label is the
// reason to believe it, 0 where it has none.
type Edge struct {
	From, To         Node
	Predicate, Label Node
}

// reason is what a view knows of a label.
type reason struct {
	shown bool
	rule  bool
}

// View opens a view. Close it: Add waits until then.
func (g *Graph) View(o Options) (*View, error) {
	g.mu.RLock()
	if g.closed {
		g.mu.RUnlock()
		return nil, fmt.Errorf("view: %w", ErrClosed)
	}
	return &View{g: g, options: o, reasons: make(map[Node]reason), citations: make(map[Node]Citation)}, nil
}

// Close lets the store change again. A second Close does nothing.
func (v *View) Close() {
	if !v.closed {
		v.closed = true
		v.g.mu.RUnlock()
	}
}

// Options returns what the view was opened with.
func (v *View) Options() Options { return v.options }

// Node returns the handle of a term, 0 where the graph lacks it.
func (v *View) Node(value quad.Value) Node {
	ref := v.g.qs.ValueOf(value)
	if ref == nil {
		return 0
	}
	return v.g.nodes[ref.Key()]
}

// NodeOf returns the handle of the node with an id, 0 where the graph lacks it.
func (v *View) NodeOf(id ID) Node { return v.Node(id.Value()) }

// Value returns the term of a handle, nil for 0.
func (v *View) Value(n Node) quad.Value {
	if n == 0 {
		return nil
	}
	return v.g.qs.NameOf(v.g.refs[n])
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
	kept := edges[:0]
	for _, e := range edges {
		shown, err := v.shows(ctx, e)
		if err != nil {
			return nil, err
		}
		if shown {
			kept = append(kept, e)
		}
	}
	return kept, nil
}

// expand is Expand without regard to what the view shows.
func (v *View) expand(ctx context.Context, from []Node, p *vocab.Predicate, d Direction) ([]Edge, error) {
	if v.closed {
		return nil, fmt.Errorf("expand: %w", ErrClosed)
	}
	near := quad.Subject
	if d == In {
		near = quad.Object
	}
	var predicate Node
	if p != nil {
		if predicate = v.Node(p.IRI); predicate == 0 {
			return nil, ctx.Err()
		}
	}
	return v.scan(ctx, from, near, func(e Edge) (Edge, bool, error) {
		if d == In {
			e.From, e.To = e.To, e.From
		}
		return e, p == nil || e.Predicate == predicate, nil
	})
}

// Labelled returns the edges, subject to object, that rest on some labels.
func (v *View) Labelled(ctx context.Context, labels []Node) ([]Edge, error) {
	return v.scan(ctx, labels, quad.Label, func(e Edge) (Edge, bool, error) {
		shown, err := v.shows(ctx, e)
		return e, shown, err
	})
}

// scan reads the quads that have one of some nodes at a place, as edges from
// subject to object, and keeps those that keep wants, as it gives them back.
func (v *View) scan(ctx context.Context, nodes []Node, place quad.Direction, keep func(Edge) (Edge, bool, error)) ([]Edge, error) {
	if v.closed {
		return nil, fmt.Errorf("read edges: %w", ErrClosed)
	}
	qs := v.g.qs
	var edges []Edge
	for _, n := range nodes {
		if n == 0 {
			continue
		}
		it := qs.QuadIterator(place, v.g.refs[n])
		var err error
		for err == nil && it.Next(ctx) {
			q := it.Result()
			e := Edge{
				From:      v.g.nodes[qs.QuadDirection(q, quad.Subject).Key()],
				To:        v.g.nodes[qs.QuadDirection(q, quad.Object).Key()],
				Predicate: v.g.nodes[qs.QuadDirection(q, quad.Predicate).Key()],
			}
			if label := qs.QuadDirection(q, quad.Label); label != nil {
				e.Label = v.g.nodes[label.Key()]
			}
			var wanted bool
			if e, wanted, err = keep(e); wanted {
				edges = append(edges, e)
			}
		}
		err = cmp.Or(err, it.Err(), ctx.Err())
		_ = it.Close()
		if err != nil {
			return nil, fmt.Errorf("read the edges of %s: %w", v.Text(n), err)
		}
	}
	return edges, ctx.Err()
}

// shows tells whether the view shows an edge.
func (v *View) shows(ctx context.Context, e Edge) (bool, error) {
	if v.options == (Options{}) {
		return true, nil
	}
	r, err := v.reason(ctx, e.Label)
	if err != nil || !r.rule {
		return r.shown, err
	}
	if e.From == e.Label || e.To == e.Label { // what is told of the rule itself
		return true, nil
	}
	if v.options.StatedOnly {
		return false, nil
	}
	for _, n := range []Node{e.From, e.To} {
		if known, err := v.Known(ctx, n); err != nil || !known {
			return false, err
		}
	}
	return true, nil
}

// Known tells whether the view shows that a node exists: whether some passage
// in view says what it is.
func (v *View) Known(ctx context.Context, n Node) (bool, error) {
	types, err := v.expand(ctx, []Node{n}, vocab.Type, Out)
	if err != nil {
		return false, err
	}
	for _, e := range types {
		if r, err := v.reason(ctx, e.Label); err != nil || r.shown {
			return r.shown, err
		}
	}
	return false, nil
}

// reason looks a label up once for each view.
func (v *View) reason(ctx context.Context, label Node) (reason, error) {
	if r, ok := v.reasons[label]; ok {
		return r, nil
	}
	r, err := v.findReason(ctx, label)
	if err != nil {
		return reason{}, err
	}
	v.reasons[label] = r
	return r, nil
}

func (v *View) findReason(ctx context.Context, label Node) (reason, error) {
	dayless := v.options.KnownBy.IsZero()
	if label == 0 {
		return reason{shown: dayless}, nil
	}
	if v.ID(label).Folder() == vocab.Rule.Folder {
		return reason{shown: true, rule: true}, nil
	}
	if dayless {
		return reason{shown: true}, nil
	}
	source, err := v.one(ctx, label, vocab.FromSource)
	if err != nil || source == 0 {
		return reason{}, err
	}
	published, err := v.one(ctx, source, vocab.Published)
	if err != nil {
		return reason{}, err
	}
	if published == 0 {
		return reason{shown: v.ID(source).Folder() == vocab.Reference.Folder}, nil
	}
	day, err := ParseDate(v.Text(published))
	if err != nil {
		// Quads of other programs may carry any text as a date.
		return reason{}, nil //nolint:nilerr // an unreadable day is no day
	}
	return reason{shown: day.Latest() <= v.options.KnownBy.Latest()}, nil
}

// one returns an object along a predicate, in view or not: of several the first
// in the alphabet, whatever the order of loading.
func (v *View) one(ctx context.Context, n Node, p *vocab.Predicate) (Node, error) {
	edges, err := v.expand(ctx, []Node{n}, p, Out)
	if err != nil || len(edges) == 0 {
		return 0, err
	}
	return slices.MinFunc(edges, func(a, b Edge) int { return cmp.Compare(v.Text(a.To), v.Text(b.To)) }).To, nil
}

// Instances returns the nodes that the view shows to be of a class, each once.
func (v *View) Instances(ctx context.Context, classes ...*vocab.Class) ([]Node, error) {
	from := make([]Node, len(classes))
	for i, c := range classes {
		from[i] = v.Node(c.IRI)
	}
	edges, err := v.Expand(ctx, from, vocab.Type, In)
	if err != nil {
		return nil, err
	}
	return Targets(edges), nil
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
	return classes, nil
}

// Targets returns the far ends of edges, each once, in order of first meeting.
func Targets(edges []Edge) []Node {
	seen := make(map[Node]bool, len(edges))
	var nodes []Node
	for _, e := range edges {
		if !seen[e.To] {
			seen[e.To] = true
			nodes = append(nodes, e.To)
		}
	}
	return nodes
}
