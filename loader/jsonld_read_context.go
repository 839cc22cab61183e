package loader

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/graph/vocab"

	"github.com/piprate/json-gold/ld"
)

// JSONLDContext names the built-in context, which a file may have in place of
// one of its own: the prefixes of the vocabulary, node: for the ids of nodes,
// and the names of classes and predicates.
const JSONLDContext = "urn:parley:context"

// Bounds of what a context may cost. Json-gold copies all terms for each context
// inside another, and writes out what a prefix stands for at each use.
const (
	jsonldMaxTerms  = 1 << 14
	jsonldMaxChain  = 64
	jsonldMaxCopies = 1 << 25 // of terms
	jsonldMaxIRIs   = 1 << 28 // bytes
)

// jsonldBuiltin makes the built-in context, which json-gold may change. Names
// that mean two things are left out.
func jsonldBuiltin() map[string]any {
	terms := map[string]any{"node": vocab.Base, "id": "@id", "type": "@type"}
	for prefix, namespace := range vocab.Prefixes {
		terms[prefix] = namespace
	}
	names := map[string]int{vocab.Type.Name: 1}
	for _, c := range vocab.Classes() {
		names[c.Name]++
	}
	for _, p := range vocab.Predicates() {
		names[p.Name]++
	}
	for _, c := range vocab.Classes() {
		if names[c.Name] == 1 {
			terms[c.Name] = string(c.IRI)
		}
	}
	for _, p := range vocab.Predicates() {
		term := map[string]any{"@id": string(p.IRI)}
		switch {
		case p.Literal == "":
			term["@type"] = "@id"
		case p.Literal != vocab.Text:
			term["@type"] = string(p.Literal)
		}
		if names[p.Name] == 1 {
			terms[p.Name] = term
		}
	}
	return terms
}

// jsonldContexts gives json-gold the contexts that files name. Nothing is
// fetched.
type jsonldContexts struct{ refused string }

// LoadDocument implements ld.DocumentLoader.
func (c *jsonldContexts) LoadDocument(url string) (*ld.RemoteDocument, error) {
	if url == JSONLDContext {
		return &ld.RemoteDocument{DocumentURL: url, Document: map[string]any{"@context": jsonldBuiltin()}}, nil
	}
	c.refused = url
	return nil, errors.New("not fetched")
}

// try calls json-gold and gives what it finds wrong. It panics at some contexts
// and objects.
func (c *jsonldContexts) try(call func() error) (problem string) {
	c.refused = ""
	defer func() {
		if r := recover(); r != nil {
			problem = fmt.Sprintf("json-gold gives up at this (%v): write it in a plainer way", r)
		}
	}()
	err := call()
	switch {
	case c.refused != "":
		return fmt.Sprintf("nothing is fetched, so not the context %s: write what is in it into the file (or %q for the built-in one)", c.refused, JSONLDContext)
	case err != nil:
		return err.Error()
	}
	return ""
}

// jsonldScope is the context at the root of what json-gold gets.
type jsonldScope struct {
	active *ld.Context
	// base is nil where there is none. Json-gold knows of no base: it would
	// escape what relative IRIs have beyond ASCII.
	base  *ttlBase
	terms *jsonldTerms
}

// within gives the scope for an element with a context of its own.
func (s *jsonldScope) within(c *jsonldContexts, context any) (inner *jsonldScope, problem string) {
	inner = &jsonldScope{base: s.base, terms: s.terms.clone()}
	var local []any
	for _, one := range ld.Arrayify(context) {
		m, ok := one.(map[string]any)
		if one == nil {
			inner.base = nil
		} else if base, has := m["@base"]; ok && has {
			m = maps.Clone(m)
			delete(m, "@base")
			if problem := inner.rebase(base); problem != "" {
				return nil, problem
			}
			one = m
		}
		local = append(local, one)
	}
	if problem := inner.terms.add(local); problem != "" {
		return nil, problem
	}
	problem = c.try(func() (err error) {
		inner.active, err = s.active.Parse(local)
		return err
	})
	return inner, problem
}

func (s *jsonldScope) rebase(base any) (problem string) {
	iri, ok := base.(string)
	switch {
	case base == nil:
		s.base = nil
		return ""
	case ok && nqAbsolute([]byte(iri)):
	case ok && s.base != nil:
		iri = s.base.resolve(iri)
	default:
		return fmt.Sprintf("@base %v: want an absolute IRI", base)
	}
	s.base = ttlBaseOf(iri)
	return ""
}

// jsonldTerms is what is known of contexts beside what json-gold makes of them.
// It does not tell one scope within them from another.
type jsonldTerms struct {
	alias  map[string]string // the keywords that terms stand for
	tagged map[string]bool   // the terms whose objects have language tags as keys
	length map[string]int    // of the IRI that a term stands for, at the most
	count  int               // of terms and contexts
	vocab  int               // length of all of @vocab
	scoped bool              // terms have contexts
	json   bool              // terms have JSON literals
}

func (k *jsonldTerms) clone() *jsonldTerms {
	c := *k
	c.alias, c.tagged, c.length = maps.Clone(k.alias), maps.Clone(k.tagged), maps.Clone(k.length)
	return &c
}

// longest gives the most that a term can add to what is written.
func (k *jsonldTerms) longest() int {
	most := 0
	for _, n := range k.length {
		most = max(most, n)
	}
	return most + k.vocab
}

// add takes the terms of a context.
func (k *jsonldTerms) add(context any) (problem string) {
	for _, one := range ld.Arrayify(context) {
		k.count++
		m, ok := one.(map[string]any)
		if one == JSONLDContext || ok && m["@import"] == JSONLDContext {
			if problem := k.terms(jsonldBuiltin()); problem != "" {
				return problem
			}
		}
		if problem := k.terms(m); problem != "" {
			return problem
		}
	}
	return ""
}

func (k *jsonldTerms) terms(m map[string]any) (problem string) {
	if len(m) > jsonldMaxTerms {
		return fmt.Sprintf("a context of more than %d terms: leave out those that are not used", jsonldMaxTerms)
	}
	for _, term := range slices.Sorted(maps.Keys(m)) {
		k.count++
		definition, isMap := m[term].(map[string]any)
		iri, _ := m[term].(string)
		switch {
		case term == "@vocab":
			k.vocab += len(iri)
		case term == "@propagate":
			k.scoped = true
		case strings.HasPrefix(term, "@") && term != "@type":
			continue
		}
		for _, key := range []string{"@reverse", "@id"} {
			if id, ok := definition[key].(string); ok {
				iri = id
			}
		}
		switch iri {
		case "@id", "@type", "@value", "@language", "@list", "@graph", "@index", "@nest", "@included", "@reverse", "@direction", "@none", "@json":
			k.alias[term] = iri
		default:
			if ld.IsKeyword(iri) {
				return fmt.Sprintf("%s: %s under another name is not read: write %[2]s", term, iri)
			}
		}
		if isMap {
			for _, container := range ld.Arrayify(definition["@container"]) {
				k.tagged[term] = k.tagged[term] || container == "@language"
			}
			k.json = k.json || definition["@type"] == "@json"
			if inner, ok := definition["@context"]; ok {
				k.scoped = true
				if problem := k.add(inner); problem != "" {
					return problem
				}
			}
		}
		if k.measure(m, term, iri, 0) < 0 {
			return fmt.Sprintf("%s: prefixes that build on each other more than %d deep, or on themselves", term, jsonldMaxChain)
		}
	}
	return ""
}

// measure gives the length of what a term stands for, at the most; below 0
// where its prefixes go too deep.
func (k *jsonldTerms) measure(m map[string]any, term, iri string, depth int) int {
	if depth > jsonldMaxChain {
		return -1
	}
	if iri == "" {
		iri = term
	}
	n := len(iri)
	prefix, _, ok := strings.Cut(iri, ":")
	if !ok {
		prefix = iri
	}
	if prefix != term {
		before := k.length[prefix]
		if definition, ok := m[prefix]; ok {
			text, _ := definition.(string)
			if d, ok := definition.(map[string]any); ok {
				text, _ = d["@id"].(string)
			}
			own := k.measure(m, prefix, text, depth+1)
			if own < 0 {
				return -1
			}
			before = max(before, own)
		}
		n += before
	}
	k.length[term] = max(k.length[term], n)
	return n
}
