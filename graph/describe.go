package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// Said is one thing that a view shows to be said of a node: an edge, with all
// the reasons to believe it.
type Said struct {
	// Relation reads from the node described: the label of the predicate, its
	// reverse, or the shortened IRI of a predicate of another vocabulary.
	Relation  string
	Predicate quad.IRI
	Direction Direction
	// Node is what the edge leads to; its ID is "" for a literal, whose text
	// is Name.
	Node Ref
	// Details tell what a node that only joins others, such as a tenure, joins,
	// each with its own reasons.
	Details   []Said
	Citations []Citation
	Rules     []Ref
	// Labels are all the labels, of other vocabularies too.
	Labels []ID
}

// Unsaid is how much of one relation was left out.
type Unsaid struct {
	Relation  string
	Predicate quad.IRI
	Direction Direction
	Count     int
}

// Describe tells all that a view shows to be said of a node: what it is, what
// it leads to, and what leads to it.
func (v *View) Describe(ctx context.Context, n Node) ([]Said, error) {
	said, _, err := v.DescribeMost(ctx, n, 0)
	return said, err
}

// DescribeMost is Describe with at most so many of each relation, 0 for all; it
// tells what it left out.
func (v *View) DescribeMost(ctx context.Context, n Node, most int) ([]Said, []Unsaid, error) {
	said, unsaid, err := v.describe(ctx, n, most)
	if err = cmp.Or(v.Err(), err); err != nil {
		return nil, nil, err
	}
	return said, unsaid, nil
}

func (v *View) describe(ctx context.Context, n Node, most int) ([]Said, []Unsaid, error) {
	type key struct {
		predicate, to Node
		direction     Direction
	}
	var order []key
	type way struct {
		predicate Node
		direction Direction
	}
	edges, counts := map[key][]Edge{}, map[way]int{}
	for _, d := range []Direction{Out, In} {
		found, err := v.Expand(ctx, []Node{n}, nil, d)
		if err != nil {
			return nil, nil, err
		}
		for _, e := range found {
			k := key{e.Predicate, e.To, d}
			if edges[k] == nil {
				w := way{e.Predicate, d}
				if counts[w]++; most <= 0 || counts[w] <= most {
					order = append(order, k)
				}
			}
			// Of what is left out too, so that it counts once whatever its labels.
			edges[k] = append(edges[k], e)
		}
	}
	said := make([]Said, 0, len(order))
	for _, k := range order {
		s, err := v.said(ctx, edges[k], k.direction)
		if err != nil {
			return nil, nil, err
		}
		if s.Details, err = v.details(ctx, k.to, n); err != nil {
			return nil, nil, err
		}
		said = append(said, s)
	}
	slices.SortStableFunc(said, func(a, b Said) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Predicate, b.Predicate),
			cmp.Compare(a.Node.Name, b.Node.Name), cmp.Compare(a.Node.ID, b.Node.ID))
	})
	var unsaid []Unsaid
	for w, count := range counts {
		if most > 0 && count > most {
			u := Unsaid{Direction: w.direction, Count: count - most}
			u.Predicate, _ = v.Value(w.predicate).(quad.IRI)
			u.Relation = relation(u.Predicate, w.direction)
			unsaid = append(unsaid, u)
		}
	}
	slices.SortFunc(unsaid, func(a, b Unsaid) int { return cmp.Compare(a.Relation, b.Relation) })
	return said, unsaid, nil
}

// relation names a predicate from the end that it is walked from.
func relation(iri quad.IRI, d Direction) string {
	p := vocab.PredicateOf(iri)
	switch {
	case p != nil && d == In:
		return p.Reverse
	case p != nil:
		return p.Label
	case d == In:
		return "is " + Shorten(iri) + " of"
	}
	return Shorten(iri)
}

// rank orders what is said: forward before reverse, predicates of ours in the
// order of the vocabulary, then others.
func rank(s Said) int {
	i, ok := predicateRank[s.Predicate]
	if !ok {
		i = len(predicateRank)
	}
	if s.Direction == In {
		i += len(predicateRank) + 1
	}
	return i
}

var predicateRank = func() map[quad.IRI]int {
	m := make(map[quad.IRI]int)
	for i, p := range vocab.Predicates() {
		m[p.IRI] = i
	}
	return m
}()

func (v *View) said(ctx context.Context, edges []Edge, d Direction) (Said, error) {
	e := edges[0]
	s := Said{Direction: d}
	s.Predicate, _ = v.Value(e.Predicate).(quad.IRI)
	s.Relation = relation(s.Predicate, d)
	id := v.ID(e.To)
	s.Node = Ref{id, v.Text(e.To)}
	var err error
	switch c := v.Class(e.To); {
	case c != nil:
		s.Node.Name = c.Name
	case id != "":
		if s.Node, err = v.Ref(ctx, e.To); err != nil {
			return s, err
		}
	}
	labels := Labels(edges)
	if s.Citations, err = v.Cite(ctx, labels); err != nil {
		return s, err
	}
	for _, label := range labels {
		id := v.ID(label)
		s.Labels = append(s.Labels, id)
		if id.Folder() == vocab.Rule.Folder {
			rule, err := v.Ref(ctx, label)
			if err != nil {
				return s, err
			}
			s.Rules = append(s.Rules, rule)
		}
	}
	return s, nil
}

// details tell what a node that only joins others joins, but for the one it is
// told to.
func (v *View) details(ctx context.Context, n, except Node) ([]Said, error) {
	switch v.ID(n).Folder() {
	case vocab.Participation.Folder, vocab.Tenure.Folder:
	default:
		return nil, nil
	}
	type key struct {
		predicate, to Node
	}
	var list []Said
	for _, d := range []Direction{In, Out} {
		edges, err := v.Expand(ctx, []Node{n}, nil, d)
		if err != nil {
			return nil, err
		}
		groups := map[key][]Edge{}
		var order []key
		for _, e := range edges {
			iri, _ := v.Value(e.Predicate).(quad.IRI)
			if p := vocab.PredicateOf(iri); p == nil || p == vocab.Type || e.To == except || d == In && p != vocab.HasParticipation {
				continue
			}
			k := key{e.Predicate, e.To}
			if groups[k] == nil {
				order = append(order, k)
			}
			groups[k] = append(groups[k], e)
		}
		told := len(list)
		for _, k := range order {
			s, err := v.said(ctx, groups[k], d)
			if err != nil {
				return nil, err
			}
			list = append(list, s)
		}
		slices.SortStableFunc(list[told:], func(a, b Said) int { return cmp.Compare(rank(a), rank(b)) })
	}
	return list, nil
}

// Shorten writes an IRI with a prefix of the vocabulary, where one fits.
func Shorten(iri quad.IRI) string {
	for prefix, namespace := range vocab.Prefixes {
		if rest, ok := strings.CutPrefix(string(iri), namespace); ok {
			return prefix + ":" + rest
		}
	}
	return string(iri)
}
