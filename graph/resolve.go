package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

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

// A Correction is a text that was read as a name which it is not quite: a small
// misspelling of it, or a part.
type Correction struct {
	Text string
	Node Ref
}

// Corrections returns the misspellings and parts of names that were read in this
// view.
func (v *View) Corrections() []Correction { return v.corrections }

// Resolve finds the node of one of some classes that a user's text names: by
// id, the last part of an id, IRI, name, alias, title on a day ("Treasury
// Secretary" on 2019-04-01 is Steven Mnuchin), a small misspelling of one of them,
// or a part of a name that Search finds of one node alone; of the last two
// Corrections then tells. Of a title without a day the person who alone ever held
// it is meant. want is what is looked for in words, for the error. The error is a
// *NameError where the text fits none or several.
func (v *View) Resolve(ctx context.Context, text, want string, on Date, classes ...*vocab.Class) (Node, error) {
	return v.resolved(ctx, text, want, on, true, classes)
}

// ResolveWhole is Resolve for a text that must not be a part of a name, where to
// take one node for another would do harm.
func (v *View) ResolveWhole(ctx context.Context, text, want string, on Date, classes ...*vocab.Class) (Node, error) {
	return v.resolved(ctx, text, want, on, false, classes)
}

func (v *View) resolved(ctx context.Context, text, want string, on Date, parts bool, classes []*vocab.Class) (Node, error) {
	n, err := v.resolve(ctx, text, want, on, parts, classes)
	// A name that could not be looked up must not pass for unknown.
	if err = cmp.Or(v.Err(), err); err != nil {
		return 0, err
	}
	return n, nil
}

// ResolveAny is Resolve for a node of any class. For a title its holder is meant,
// so offices are found by their ids only, as are rates and amounts.
func (v *View) ResolveAny(ctx context.Context, text string, on Date) (Node, error) {
	var classes []*vocab.Class
	if !strings.ContainsAny(text, "/:") {
		classes = slices.DeleteFunc(vocab.Classes(), func(c *vocab.Class) bool {
			return c == vocab.Office || c == vocab.Rate || c == vocab.Money
		})
	}
	return v.Resolve(ctx, text, "node", on, classes...)
}

func (v *View) resolve(ctx context.Context, text, want string, on Date, parts bool, classes []*vocab.Class) (Node, error) {
	text = strings.TrimSpace(text)
	if n, err := v.byID(ctx, text, classes); n != 0 || err != nil {
		return n, err
	}
	index, err := v.nameIndex(ctx)
	if err != nil {
		return 0, err
	}
	folded := fold(text)
	// A misspelling may be as near to one name as to another: it is then as
	// ambiguous as a name of two.
	var named []Node
	for _, key := range index.candidates(folded) {
		named = append(named, index.byText[key]...)
	}
	found, err := v.holders(ctx, index, named, on, classes)
	if err != nil {
		return 0, err
	}
	if named == nil && (len(classes) == 0 || slices.Contains(classes, vocab.Person)) {
		if found, err = v.titled(ctx, index, strings.Fields(folded)); err != nil {
			return 0, err
		}
	}
	title := slices.ContainsFunc(named, func(n Node) bool { return index.class[n] == vocab.Office })
	switch {
	case len(found) == 1:
		if named != nil && index.byText[folded] == nil {
			v.corrections = append(v.corrections, Correction{text, index.refs(v, found)[0]})
		}
		return found[0], nil
	case len(found) > 1:
		detail := "write the id"
		if title {
			detail = "it is a title: write the name, or a day with --known-by"
		}
		return 0, &NameError{text, want, sorted(index.refs(v, found)), detail, ErrAmbiguous}
	case title && slices.Contains(classes, vocab.Person):
		held, err := v.holders(ctx, index, named, Date{}, classes)
		if err != nil {
			return 0, err
		}
		return 0, &NameError{text, want, sorted(index.refs(v, held)), "it is a title that nobody is known to have held on " + on.String(), ErrUnknown}
	}
	fitting, err := v.parts(ctx, text, classes)
	if err != nil {
		return 0, err
	}
	if parts && len(fitting) == 1 {
		v.corrections = append(v.corrections, Correction{text, index.refs(v, fitting)[0]})
		return fitting[0], nil
	}
	near, err := v.near(ctx, index, folded, fitting, classes)
	if err != nil {
		return 0, err
	}
	return 0, &NameError{text, want, near, "", ErrUnknown}
}

// Named lists the nodes of some classes by name, for completion.
func (v *View) Named(ctx context.Context, classes ...*vocab.Class) ([]Ref, error) {
	index, err := v.nameIndex(ctx)
	if err != nil {
		return nil, err
	}
	var refs []Ref
	for n, c := range index.class {
		if slices.Contains(classes, c) && index.label[n] != "" {
			refs = append(refs, Ref{v.ID(n), index.label[n]})
		}
	}
	slices.SortFunc(refs, func(a, b Ref) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return refs, v.Err()
}

// byID finds a node by its id, the last part of its id, or its IRI.
func (v *View) byID(ctx context.Context, text string, classes []*vocab.Class) (Node, error) {
	id, _ := IDOf(quad.IRI(strings.TrimSuffix(strings.TrimPrefix(text, "<"), ">")))
	n := v.NodeOf(id)
	if n == 0 {
		return v.bySlug(text, classes), nil
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

// bySlug finds the only node of some classes whose id ends in a text.
func (v *View) bySlug(text string, classes []*vocab.Class) Node {
	if classes == nil {
		classes = vocab.Classes()
	}
	ids := make([]ID, len(classes))
	for i, c := range classes {
		ids[i] = ID(c.Folder + "/" + text)
	}
	v.LookUp(ids)
	var found []Node
	for _, id := range ids {
		if n := v.NodeOf(id); n != 0 {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		return 0
	}
	return found[0]
}

// titled finds the persons whom words name after a title that they held:
// "Secretary Ross", "Vice Premier Liu He". The title may be the end of an
// office's name.
func (v *View) titled(ctx context.Context, x *names, words []string) ([]Node, error) {
	var found []Node
	for i := 1; i < len(words); i++ {
		title, name := strings.Join(words[:i], " "), strings.Join(words[i:], " ")
		for _, person := range x.byText[name] {
			if x.class[person] != vocab.Person {
				continue
			}
			tenures, err := v.neighbours(ctx, []Node{person}, vocab.HeldBy, In)
			if err != nil {
				return nil, err
			}
			offices, err := v.neighbours(ctx, tenures, vocab.HeldOffice, Out)
			if err != nil {
				return nil, err
			}
			names, err := v.neighbours(ctx, offices, vocab.Name, Out)
			if err != nil {
				return nil, err
			}
			aliases, err := v.neighbours(ctx, offices, vocab.Alias, Out)
			if err != nil {
				return nil, err
			}
			if slices.ContainsFunc(append(names, aliases...), func(n Node) bool {
				return strings.HasSuffix(" "+fold(v.Text(n)), " "+title)
			}) {
				found = append(found, person)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
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
	tenures, err := v.neighbours(ctx, []Node{office}, vocab.HeldOffice, In)
	if err != nil {
		return nil, err
	}
	var persons []Node
	for _, tenure := range tenures {
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
	if err != nil {
		return Date{}, err
	}
	return v.interval(tenure, during)
}

func (v *View) interval(tenure, during Node) (Date, error) {
	if during == 0 {
		return Date{}, nil
	}
	date, err := ParseDate(v.Text(during))
	if err != nil {
		return Date{}, fmt.Errorf("%s: interval: %w", v.ID(tenure), err)
	}
	return date, nil
}

func (x *names) refs(v *View, nodes []Node) []Ref {
	refs := make([]Ref, 0, len(nodes))
	for _, n := range nodes {
		refs = append(refs, Ref{v.ID(n), x.label[n]})
	}
	return refs
}

// sorted puts nodes in the order of their ids, whatever the order of loading.
func sorted(refs []Ref) []Ref {
	slices.SortFunc(refs, func(a, b Ref) int { return cmp.Compare(a.ID, b.ID) })
	return refs
}
