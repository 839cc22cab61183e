package loader

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cayleygraph/quad"
	"pgregory.net/rapid"
)

// turtleSpeller writes quads as Turtle or TriG in one of many ways.
type turtleSpeller struct {
	strings.Builder
	choose  func(n int) int // one of n ways
	old     bool
	quads   []quad.Quad
	written []bool
	graph   quad.Value
	prefix  map[string]string // by what it stands for
	base    string
}

// spellTurtle writes TriG as it was before the Recommendation if old is set:
// without what SPARQL has, and with all statements in { }.
func spellTurtle(t *rapid.T, quads []quad.Quad, trig, old bool) string {
	s := &turtleSpeller{
		old:    old,
		choose: func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "way") },
		quads:  quads, written: make([]bool, len(quads)), prefix: make(map[string]string),
	}
	s.directives()
	for i := range quads {
		if s.written[i] {
			continue
		}
		s.graph = quads[i].Label
		braces := s.graph != nil || trig && (old || s.choose(3) == 0)
		if s.graph != nil {
			if !old && s.choose(2) == 0 {
				s.token([]string{"GRAPH", "graph"}[s.choose(2)])
				s.WriteByte(' ')
			}
			s.node(s.graph)
		}
		switch {
		case braces && old:
			s.WriteString(" {") // Raptor takes no comment here
		case braces:
			s.token("{")
		}
		s.subject(i)
		for j := i; braces && j < len(quads) && s.choose(3) > 0; j++ {
			if !s.written[j] && quads[j].Label == s.graph {
				s.token(".")
				s.subject(j)
			}
		}
		if !braces || s.choose(2) == 0 {
			s.token(".")
		}
		if braces {
			s.token("}")
		} else if s.choose(4) == 0 {
			s.directives()
		}
	}
	return s.String()
}

// token writes a token with white space before it.
func (s *turtleSpeller) token(text string) {
	s.WriteString([]string{" ", " ", "\n", "\t", "\r\n  ", " # <é \"\n"}[s.choose(6)] + text)
}

func (s *turtleSpeller) directives() {
	namespaces := []string{"http://e.org/", "http://e.org/a#", "urn:x:", nqXSD}
	for range s.choose(4) {
		name, namespace := []string{"", "e", "a.b", "é-1"}[s.choose(4)], namespaces[s.choose(4)]
		for n, other := range s.prefix {
			if other == name {
				delete(s.prefix, n)
			}
		}
		s.prefix[namespace] = name
		if s.old || s.choose(2) == 0 {
			s.token("@prefix " + name + ":")
			s.token("<" + namespace + ">")
			s.token(".")
		} else {
			s.token([]string{"PREFIX ", "prefix "}[s.choose(2)] + name + ": <" + namespace + ">")
		}
	}
	if !s.old && s.choose(3) == 0 {
		s.base = []string{"http://e.org/a/b/c", "http://e.org"}[s.choose(2)]
		s.token([]string{"@base <" + s.base + "> .", "BASE <" + s.base + ">"}[s.choose(2)])
	}
}

// uses counts how often a node is object and label.
func (s *turtleSpeller) uses(node quad.Value) (object, label int) {
	for _, q := range s.quads {
		if q.Object == node {
			object++
		}
		if q.Label == node {
			label++
		}
	}
	return object, label
}

// within lists the quads that a blank node without a label would have in its
// [ ], if it may be one: all are in this graph and yet to be written.
func (s *turtleSpeller) within(node quad.Value, uses int) (quads []int, ok bool) {
	if _, blank := node.(quad.BNode); !blank {
		return nil, false
	}
	object, label := s.uses(node)
	if object != uses || label > 0 {
		return nil, false
	}
	for i, q := range s.quads {
		if q.Subject == node {
			if q.Label != s.graph || s.written[i] {
				return nil, false
			}
			quads = append(quads, i)
		}
	}
	return quads, true
}

func (s *turtleSpeller) subject(i int) {
	node := s.quads[i].Subject
	if quads, ok := s.within(node, 0); ok && s.choose(2) == 0 {
		if s.choose(2) == 0 {
			s.token("[")
			s.token("]")
			s.properties(quads)
		} else {
			n := 1 + s.choose(len(quads))
			for _, q := range quads { // none of them may be had by another
				s.written[q] = true
			}
			s.token("[")
			s.properties(quads[:n])
			s.token("]")
			if n < len(quads) {
				s.properties(quads[n:])
			}
		}
		return
	}
	var quads []int
	for j := i; j < len(s.quads); j++ {
		if q := s.quads[j]; !s.written[j] && q.Subject == node && q.Label == s.graph && (j == i || s.choose(4) > 0) {
			quads = append(quads, j)
		}
	}
	s.node(node)
	s.properties(quads)
}

func (s *turtleSpeller) properties(quads []int) {
	for _, i := range quads {
		s.written[i] = true
	}
	for n, i := range quads {
		q := s.quads[i]
		switch {
		case n > 0 && s.quads[quads[n-1]].Predicate == q.Predicate && s.choose(3) > 0:
			s.token(",")
		default:
			if n > 0 {
				s.token([]string{";", "; ;"}[s.choose(2)])
			}
			if q.Predicate == ttlType && s.choose(2) == 0 {
				s.token("a")
			} else {
				s.node(q.Predicate)
			}
		}
		s.object(q.Object)
	}
	if s.choose(5) == 0 {
		s.token(";")
	}
}

// items gives what a list has that may be written in ( ).
func (s *turtleSpeller) items(node quad.Value) (items []quad.Value, all []int, ok bool) {
	for node != ttlNil {
		quads, ok := s.within(node, 1)
		if !ok || len(quads) != 2 || len(all) > 2*len(s.quads) {
			return nil, nil, false
		}
		first, rest := s.quads[quads[0]], s.quads[quads[1]]
		if first.Predicate != ttlFirst || rest.Predicate != ttlRest {
			return nil, nil, false
		}
		items, all, node = append(items, first.Object), append(all, quads...), rest.Object
	}
	return items, all, true
}

// object writes an object.
func (s *turtleSpeller) object(v quad.Value) {
	if items, all, ok := s.items(v); ok && s.choose(3) > 0 {
		for _, i := range all {
			s.written[i] = true
		}
		s.token("(")
		for _, item := range items {
			s.object(item)
		}
		s.token(")")
		return
	}
	if quads, ok := s.within(v, 1); ok && s.choose(3) > 0 {
		s.token("[")
		if len(quads) > 0 {
			s.properties(quads)
		}
		s.token("]")
		return
	}
	s.node(v)
}

var turtleNumber = regexp.MustCompile(`^[+-]?(\d+|\d*\.\d+|(\d+\.\d*|\.?\d+)[eE][+-]?\d+)$`)

func (s *turtleSpeller) node(v quad.Value) {
	switch v := v.(type) {
	case quad.IRI:
		s.token(s.iri(string(v)))
	case quad.BNode:
		s.token("_:" + string(v))
		s.WriteByte(' ') // a dot could be part of it
	case quad.String:
		s.token(s.quoted(string(v)))
		if s.choose(8) == 0 {
			s.WriteString("^^" + s.iri(nqXSD+"string"))
		}
	case quad.LangString:
		s.token(s.quoted(string(v.Value)) + "@" + v.Lang)
	case quad.TypedString:
		kind := ""
		switch text := string(v.Value); {
		case text == "true" || text == "false":
			kind = "boolean"
		case !turtleNumber.MatchString(text):
		case strings.ContainsAny(text, "eE"):
			kind = "double"
		case strings.Contains(text, "."):
			kind = "decimal"
		default:
			kind = "integer"
		}
		if kind != "" && v.Type == quad.IRI(nqXSD+kind) && s.choose(4) > 0 {
			s.token(string(v.Value) + " ")
			return
		}
		s.token(s.quoted(string(v.Value)) + "^^" + s.iri(string(v.Type)))
	}
}

func (s *turtleSpeller) iri(iri string) string {
	if s.base != "" && s.choose(2) == 0 {
		for _, ref := range []string{iri[strings.IndexByte(iri, ':')+1:], strings.TrimPrefix(iri, "http://e.org"), strings.TrimPrefix(iri, "http://e.org/a/b/")} {
			if ref != "" && !nqAbsolute([]byte(ref)) && !strings.Contains(ref, ".") && ttlBaseOf(s.base).resolve(ref) == iri && (ref[0] == '/' || !strings.Contains(ref, ":")) {
				return "<" + ref + ">"
			}
		}
	}
	for _, namespace := range slices.Sorted(maps.Keys(s.prefix)) { // in order, to be drawn again alike
		if local, ok := strings.CutPrefix(iri, namespace); ok && s.choose(4) > 0 {
			if name, ok := s.local(local); ok {
				return s.prefix[namespace] + ":" + name
			}
		}
	}
	var b strings.Builder
	for _, r := range iri {
		b.WriteString(s.escaped(r, s.choose(20) == 0))
	}
	return "<" + b.String() + ">"
}

func (s *turtleSpeller) escaped(r rune, yes bool) string {
	switch {
	case !yes:
		return string(r)
	case r > 0xFFFF || s.choose(2) == 0:
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04X`, r)
}

func (s *turtleSpeller) local(text string) (string, bool) {
	var b strings.Builder
	for i, r := range text {
		switch end := i + utf8.RuneLen(r); {
		case nqLabelLen([]byte("a"+string(r))) == 1+utf8.RuneLen(r) && (i > 0 || nqLabelLen([]byte(string(r))) > 0) && (r != '_' || s.choose(2) == 0),
			r == ':', r == '.' && i > 0 && end < len(text) && s.choose(2) == 0:
			b.WriteRune(r)
		case r == '%' && end+2 <= len(text) && ttlHex(text[end]) && ttlHex(text[end+1]):
			b.WriteRune(r)
		case strings.ContainsRune(ttlEscapable, r):
			b.WriteString(`\` + string(r))
		default:
			return "", false
		}
	}
	return b.String(), true
}

func (s *turtleSpeller) quoted(text string) string {
	quote := []string{`"`, `'`, `"""`, `'''`}[s.choose(4)]
	var b strings.Builder
	for i, r := range text {
		short := strings.IndexRune(nqEscaped, r)
		must := r == '\\' || len(quote) == 1 && (r == '\n' || r == '\r') ||
			r == rune(quote[0]) && (len(quote) == 1 || i+1 == len(text) || text[i+1] == quote[0])
		switch {
		case short >= 0 && (must || s.choose(4) == 0):
			b.WriteString(`\` + nqEscapes[short:short+1])
		default:
			b.WriteString(s.escaped(r, s.choose(12) == 0))
		}
	}
	return quote + b.String() + quote
}

// turtleQuadsOf draws quads among few nodes, so that much is said of some, with
// lists.
func turtleQuadsOf(t *rapid.T, text, iri *rapid.Generator[string], lang string, trig bool) []quad.Quad {
	blank := rapid.SampledFrom([]string{"a", "b.c", "0", "é-", "x·y", "d", "_e"})
	node := rapid.Custom(func(t *rapid.T) quad.Value {
		if rapid.IntRange(0, 2).Draw(t, "blank") == 0 {
			return quad.BNode(blank.Draw(t, "label"))
		}
		return quad.IRI(iri.Draw(t, "iri"))
	})
	datatype := rapid.OneOf(iri, rapid.SampledFrom([]string{nqXSD + "integer", nqXSD + "decimal", nqXSD + "double", nqXSD + "boolean"}))
	object := rapid.OneOf(node, node,
		rapid.Map(text, func(s string) quad.Value { return quad.String(s) }),
		rapid.Custom(func(t *rapid.T) quad.Value {
			return quad.LangString{Value: quad.String(text.Draw(t, "text")), Lang: rapid.StringMatching(lang).Draw(t, "lang")}
		}),
		rapid.Custom(func(t *rapid.T) quad.Value {
			lexical := rapid.OneOf(text, rapid.SampledFrom([]string{"1", "-02", "+3.0", ".5", "1e3", "2.E-1", "true", "false", "1."}))
			return quad.TypedString{Value: quad.String(lexical.Draw(t, "lexical")), Type: quad.IRI(datatype.Draw(t, "type"))}
		}))
	nodes := rapid.SliceOfN(node, 1, 4).Draw(t, "nodes")
	subject := rapid.SampledFrom(nodes)
	objects := rapid.OneOf(object, subject)
	labels := []quad.Value{nil}
	if trig {
		labels = append(labels, rapid.SliceOfN(node, 0, 2).Draw(t, "labels")...)
	}
	var quads []quad.Quad
	for i := range rapid.IntRange(0, 12).Draw(t, "statements") {
		q := quad.Quad{Subject: subject.Draw(t, "subject"), Predicate: quad.IRI(iri.Draw(t, "predicate")), Object: objects.Draw(t, "object"), Label: rapid.SampledFrom(labels).Draw(t, "graph")}
		if rapid.IntRange(0, 4).Draw(t, "typed") == 0 {
			q.Predicate = ttlType
		}
		if rapid.IntRange(0, 4).Draw(t, "list") > 0 {
			quads = append(quads, q)
			continue
		}
		rest := quad.Value(ttlNil)
		for j := range rapid.IntRange(0, 3).Draw(t, "items") {
			cell := quad.BNode(fmt.Sprintf("cell%d.%d", i, j))
			quads = append(quads, quad.Quad{Subject: cell, Predicate: ttlFirst, Object: objects.Draw(t, "item"), Label: q.Label},
				quad.Quad{Subject: cell, Predicate: ttlRest, Object: rest, Label: q.Label})
			rest = cell
		}
		q.Object = rest
		quads = append(quads, q)
	}
	return rapid.Permutation(slices.Compact(quads)).Draw(t, "order")
}
