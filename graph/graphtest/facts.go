// Package graphtest has what tests of graphs need: a small fixture, a short
// way to write facts, and the conformance suite that every store passes.
//
// A test of a store is one call:
//
//	graphtest.TestStore(t, func(t *testing.T) *graph.Graph { … open an empty one … })
//
// The suite knows no store by name and skips nothing.
package graphtest

import (
	"fmt"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

// Source makes a source with passages p1 to pN. published is a date, or "" for
// none. It panics on what is no date: a test's own mistake.
func Source(id graph.ID, published string, passages int) graph.Source {
	s := graph.Source{ID: id, Class: graph.ClassOfFolder(id.Folder()), Title: "The " + id.Slug()}
	if published != "" {
		s.Published = mustDate(published)
	}
	for i := range passages {
		s.Passages = append(s.Passages, graph.Passage{
			ID:        graph.PassageID(id, fmt.Sprintf("p%d", i+1)),
			Paragraph: i + 1, Start: 100 * i, End: 100*i + 90,
		})
	}
	return s
}

// Fact makes what a passage states of a node. Each value is "key: text" as in
// a facts file; a participation is "participants: person/x as lead". It panics
// on a key that the node's class lacks.
func Fact(passage, id graph.ID, values ...string) graph.Fact {
	f := graph.Fact{Class: graph.ClassOfFolder(id.Folder()), ID: id, Passage: passage}
	for _, value := range values {
		key, text, _ := strings.Cut(value, ": ")
		fields := graph.Fields(f.Class)
		i := slices.IndexFunc(fields, func(field graph.Field) bool { return field.Key == key })
		if i < 0 {
			panic(fmt.Sprintf("a %s has no %q", f.Class.Name, key))
		}
		f.Values = append(f.Values, valueOf(fields[i].Predicate, text))
	}
	return f
}

func valueOf(p *vocab.Predicate, text string) graph.Value {
	v := graph.Value{Predicate: p}
	var err error
	switch {
	case p == vocab.HasRate:
		v.Rate, err = graph.ParseRate(text)
	case p == vocab.Value:
		v.Money, err = graph.ParseMoney(text)
	case p == vocab.HasParticipation:
		actor, role, _ := strings.Cut(text, " as ")
		v.Participation = graph.Participation{Actor: graph.ID(actor), Role: role}
	case p.Literal == "":
		v.Node = graph.ID(text)
	default:
		v.Literal = graph.Literal(p, text)
	}
	if err != nil {
		panic(err)
	}
	return v
}

func mustDate(s string) graph.Date {
	d, err := graph.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}
