package graph

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// Fit tells how a quad breaks the vocabulary: a date that is none, a word that
// is not of its closed set, a literal where a node belongs. Quads of other
// vocabularies fit as they are. Classes of nodes are not looked at, since they
// stand in quads of their own.
func Fit(q quad.Quad) error {
	iri, _ := q.Predicate.(quad.IRI)
	p := vocab.PredicateOf(iri)
	if p == nil || !strings.HasPrefix(string(iri), vocab.Own) && !ours(q.Subject) {
		return nil
	}
	_, isNode := IDOf(q.Object)
	switch {
	case p.Literal == "" && !isNode:
		return fmt.Errorf("%s leads to a node; %s is a literal", p.Name, q.Object)
	case p.Literal != "" && isNode:
		return fmt.Errorf("%s leads to a literal; %s is a node", p.Name, q.Object)
	}
	text := Text(q.Object)
	var err error
	switch p.Literal {
	case vocab.EDTF:
		if !isEDTF(q.Object) {
			return fmt.Errorf("%s leads to a date: give %s the datatype <%s>", p.Name, q.Object, vocab.EDTF)
		}
		_, err = ParseDate(text)
	case vocab.Integer:
		if _, err = strconv.Atoi(text); err != nil {
			err = fmt.Errorf("%q is not a whole number", text)
		}
	case vocab.Decimal:
		if !isDecimal(text) {
			err = fmt.Errorf("%q is not a decimal number from 0", text)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	if p.Words != nil && !p.Words.Has(text) {
		return fmt.Errorf("%s: %q is not one of %s", p.Name, text, strings.Join(p.Words.List, ", "))
	}
	if p == vocab.Type {
		return fitType(q)
	}
	return nil
}

// fitType keeps a node's class and the folder of its id together.
func fitType(q quad.Quad) error {
	id, _ := IDOf(q.Subject)
	iri, _ := q.Object.(quad.IRI)
	c := vocab.ClassOf(iri)
	if id.Folder() == "" || c == nil || c.Folder == id.Folder() {
		return nil
	}
	return fmt.Errorf("%s is a %s by its id and cannot be a %s", id, ClassOfFolder(id.Folder()).Name, c.Name)
}

func ours(v quad.Value) bool {
	iri, ok := v.(quad.IRI)
	return ok && strings.HasPrefix(string(iri), vocab.Base)
}

// FitClasses tells whether the classes at both ends of an edge of the
// vocabulary are ones that its predicate may join.
func FitClasses(p *vocab.Predicate, subject, object *vocab.Class) error {
	if subject != nil && !slices.Contains(p.Domain, subject) {
		return fmt.Errorf("a %s has no %s", subject.Name, p.Name)
	}
	if p.Range != nil && object != nil && !slices.Contains(p.Range, object) {
		return fmt.Errorf("%s cannot lead to a %s", p.Name, object.Name)
	}
	return nil
}
