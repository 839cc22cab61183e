package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"parley/graph/vocab"

	"github.com/agnivade/levenshtein"
)

// names is the index of what nodes in the graph are called.
type names struct {
	byText map[string][]Node // folded name or alias → nodes
	class  map[Node]*vocab.Class
	label  map[Node]string
}

// NameError is a name that could not be resolved, with what may have been
// meant. It wraps ErrUnknown or ErrAmbiguous.
type NameError struct {
	Text   string
	Want   string // what was looked for, such as "actor"
	Near   []Ref  // nearest first, at most five
	Detail string // what would settle it
	Err    error
}

func (e *NameError) Error() string {
	var b strings.Builder
	if errors.Is(e.Err, ErrAmbiguous) {
		fmt.Fprintf(&b, "%q names more than one %s", e.Text, e.Want)
	} else {
		fmt.Fprintf(&b, "no %s is called %q", e.Want, e.Text)
	}
	for i, r := range e.Near {
		switch {
		case i > 0:
			b.WriteString(", ")
		case errors.Is(e.Err, ErrAmbiguous):
			b.WriteString(": ")
		default:
			b.WriteString("; nearest: ")
		}
		fmt.Fprintf(&b, "%s (%s)", r.Name, r.ID)
	}
	if e.Detail != "" {
		b.WriteString("; " + e.Detail)
	}
	return b.String()
}

func (e *NameError) Unwrap() error { return e.Err }

// Resolve finds the node of one of some classes that a user's text names: by
// id, IRI, name, alias, title on a day ("Treasury Secretary" on 2019-04-01 is
// Steven Mnuchin) or a small misspelling of one of them. Of a title without a
// day the person who alone ever held it is meant. want is what is looked for
// in words, for the error. The error is a *NameError where the text fits none
// or several.
func (v *View) Resolve(ctx context.Context, text, want string, on Date, classes ...*vocab.Class) (Node, error) {
	text = strings.TrimSpace(text)
	if n, err := v.byID(ctx, text, classes); n != 0 || err != nil {
		return n, err
	}
	index, err := v.nameIndex(ctx)
	if err != nil {
		return 0, err
	}
	folded := fold(text)
	for _, key := range index.candidates(folded) {
		found, err := v.holders(ctx, index, index.byText[key], on, classes)
		if err != nil {
			return 0, err
		}
		switch {
		case len(found) == 1:
			return found[0], nil
		case len(found) > 1:
			detail := "write the id"
			if slices.ContainsFunc(index.byText[key], func(n Node) bool { return index.class[n] == vocab.Office }) {
				detail = "it is a title: write the name, or a day with --known-by"
			}
			return 0, &NameError{text, want, index.refs(v, found), detail, ErrAmbiguous}
		}
	}
	near, err := v.near(ctx, index, folded, classes)
	if err != nil {
		return 0, err
	}
	return 0, &NameError{text, want, near, "", ErrUnknown}
}

// byID finds a node by its id or IRI.
func (v *View) byID(ctx context.Context, text string, classes []*vocab.Class) (Node, error) {
	id := ID(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(text, "<"), vocab.Base), ">"))
	n := v.NodeOf(id)
	if n == 0 {
		return 0, nil
	}
	if len(classes) == 0 {
		return n, nil
	}
	types, err := v.expand(ctx, []Node{n}, vocab.Type, Out)
	if err != nil {
		return 0, err
	}
	for _, e := range types {
		for _, c := range classes {
			if v.Value(e.To) == c.IRI {
				return n, nil
			}
		}
	}
	return 0, nil
}

// nameIndex is read once for each view. Names are in view on every day, as
// Refs shows them; what the view hides has no rows.
func (v *View) nameIndex(ctx context.Context) (*names, error) {
	if v.names != nil {
		return v.names, nil
	}
	index := &names{make(map[string][]Node), make(map[Node]*vocab.Class), make(map[Node]string)}
	for _, c := range vocab.Classes() {
		types, err := v.expand(ctx, []Node{v.Node(c.IRI)}, vocab.Type, In)
		if err != nil {
			return nil, err
		}
		for _, e := range types {
			index.class[e.To] = c
		}
	}
	nodes := make([]Node, 0, len(index.class))
	for n := range index.class {
		nodes = append(nodes, n)
	}
	slices.Sort(nodes)
	for _, p := range []*vocab.Predicate{vocab.Name, vocab.Alias} {
		edges, err := v.expand(ctx, nodes, p, Out)
		if err != nil {
			return nil, err
		}
		for _, e := range edges {
			name := v.Text(e.To)
			key := fold(name)
			if !slices.Contains(index.byText[key], e.From) {
				index.byText[key] = append(index.byText[key], e.From)
			}
			if p == vocab.Name && (index.label[e.From] == "" || name < index.label[e.From]) {
				index.label[e.From] = name
			}
		}
	}
	v.names = index
	return index, nil
}

// candidates returns the folded names that a folded text may stand for, in
// order of likeness: itself; else those a small misspelling away, if they
// share one distance.
func (x *names) candidates(folded string) []string {
	if _, ok := x.byText[folded]; ok {
		return []string{folded}
	}
	allowed := min(len([]rune(folded))/4, 2)
	best, keys := allowed, []string(nil)
	for key := range x.byText {
		if abs(len(key)-len(folded)) > 4*allowed {
			continue
		}
		switch d := levenshtein.ComputeDistance(folded, key); {
		case d > best:
		case d < best:
			best, keys = d, []string{key}
		default:
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// holders keeps the nodes of the classes wanted; an office gives the persons
// who held it on the day.
func (v *View) holders(ctx context.Context, x *names, nodes []Node, on Date, classes []*vocab.Class) ([]Node, error) {
	var found []Node
	for _, n := range nodes {
		switch c := x.class[n]; {
		case len(classes) == 0 || slices.Contains(classes, c):
			found = append(found, n)
		case c == vocab.Office && slices.Contains(classes, vocab.Person):
			holders, err := v.HoldersOf(ctx, n, on)
			if err != nil {
				return nil, err
			}
			found = append(found, holders...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// HoldersOf returns the persons who held an office on a day, or ever where the
// day is the zero Date.
func (v *View) HoldersOf(ctx context.Context, office Node, on Date) ([]Node, error) {
	tenures, err := v.expand(ctx, []Node{office}, vocab.HeldOffice, In)
	if err != nil {
		return nil, err
	}
	var persons []Node
	for _, tenure := range Targets(tenures) {
		during, err := v.tenure(ctx, tenure)
		if err != nil {
			return nil, err
		}
		if !on.IsZero() && !during.IsZero() && !during.Overlaps(on.Latest(), on.Latest()) {
			continue
		}
		person, err := v.one(ctx, tenure, vocab.HeldBy)
		if err != nil {
			return nil, err
		}
		if person != 0 && !slices.Contains(persons, person) {
			persons = append(persons, person)
		}
	}
	return persons, nil
}

// tenure reads the interval of a tenure; one that no source dates is always.
func (v *View) tenure(ctx context.Context, tenure Node) (Date, error) {
	during, err := v.one(ctx, tenure, vocab.During)
	if err != nil || during == 0 {
		return Date{}, err
	}
	date, err := ParseDate(v.Text(during))
	if err != nil {
		return Date{}, fmt.Errorf("%s: interval: %w", v.ID(tenure), err)
	}
	return date, nil
}

// near returns the nodes whose names are nearest to a text: those that contain
// it or are contained in it first, then by spelling.
func (v *View) near(ctx context.Context, x *names, folded string, classes []*vocab.Class) ([]Ref, error) {
	type scored struct {
		key   string
		score int
	}
	var all []scored
	for key := range x.byText {
		score := levenshtein.ComputeDistance(folded, key) + 10
		if folded != "" && (strings.Contains(key, folded) || strings.Contains(folded, key)) {
			score = abs(len(key)-len(folded)) / 4
		}
		all = append(all, scored{key, score})
	}
	slices.SortFunc(all, func(a, b scored) int { return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(a.key, b.key)) })
	var nodes []Node
	for _, s := range all {
		found, err := v.holders(ctx, x, x.byText[s.key], Date{}, classes)
		if err != nil {
			return nil, err
		}
		for _, n := range found {
			if !slices.Contains(nodes, n) {
				nodes = append(nodes, n)
			}
		}
		if len(nodes) >= 5 {
			nodes = nodes[:5]
			break
		}
	}
	return x.refs(v, nodes), nil
}

func (x *names) refs(v *View, nodes []Node) []Ref {
	refs := make([]Ref, 0, len(nodes))
	for _, n := range nodes {
		refs = append(refs, Ref{v.ID(n), x.label[n]})
	}
	return refs
}

// fold makes names comparable: letters and digits in lower case, all else one
// space.
func fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(unicode.ToLower(r))
		case r == '.' || r == '\'' || r == '’':
			// U.S. is US, Xi's is Xis.
		default:
			gap = true
		}
	}
	return b.String()
}

func abs(n int) int { return max(n, -n) }
