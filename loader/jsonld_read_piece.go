package loader

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/piprate/json-gold/ld"
)

// jsonldPiece is what json-gold expands at once. It looks for what json-gold
// would drop without a word.
type jsonldPiece struct {
	scope *jsonldScope
	terms *jsonldTerms // with those of the contexts inside
	// tags are language tags as they are written, by what json-gold makes of
	// them; "" where they differ.
	tags  map[string]string
	wrong func(field, format string, args ...any)
}

// jsonldKeywordLike is what json-gold takes for a keyword to come.
var jsonldKeywordLike = regexp.MustCompile("^@[a-zA-Z]+$")

// look goes through a value before it is expanded. A key may mean something
// else than is thought here only where contexts inside others give a term more
// than one meaning.
func (p *jsonldPiece) look(v any) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			p.look(one)
		}
	case map[string]any:
		typed := ""
		for _, key := range slices.Sorted(maps.Keys(v)) {
			meaning := cmp.Or(p.terms.alias[key], key)
			if meaning == "@type" {
				if typed != "" {
					p.wrong(key, "the class is given twice, as %s too: write one list", typed)
				}
				typed = key
			}
			p.lookAt(key, meaning, v[key])
		}
	}
}

// floating tells of a value where a node should be.
func (p *jsonldPiece) floating(v any) {
	m, _ := v.(map[string]any)
	for key := range m {
		if meaning := cmp.Or(p.terms.alias[key], key); meaning == "@value" || meaning == "@list" {
			p.wrong(key, "a value that no node has: want a node with \"@id\" and predicates")
		}
	}
}

func (p *jsonldPiece) lookAt(key, meaning string, v any) {
	switch meaning {
	case "@context":
		p.context(v)
		return
	case "@value":
		return
	case "@language":
		if tag, ok := v.(string); ok && key != meaning {
			p.tag(tag)
		}
	case "@id", "@type":
		for _, one := range ld.Arrayify(v) {
			if id, ok := one.(string); ok && jsonldKeywordLike.MatchString(id) && !ld.IsKeyword(id) {
				p.wrong(key, "%s: what begins with '@' is no IRI", id)
			}
		}
	case "@graph":
		for _, one := range ld.Arrayify(v) {
			switch one.(type) {
			case nil, map[string]any, []any:
				p.floating(one)
			default:
				p.wrong(key, "%v: want an object", one)
			}
		}
	case "@set", "@list", "@index", "@reverse", "@nest", "@included", "@none":
	case "@direction":
		p.wrong(key, "RDF 1.1 has no direction of texts: leave it out")
		return
	default:
		if ld.IsKeyword(meaning) {
			p.wrong(key, "%s has no meaning here", meaning)
			return
		}
	}
	if tagged, ok := v.(map[string]any); ok && p.terms.tagged[key] {
		for tag := range tagged {
			p.tag(tag)
		}
	}
	p.look(v)
}

// context takes a context inside the piece.
func (p *jsonldPiece) context(v any) {
	if p.terms == p.scope.terms {
		p.terms = p.scope.terms.clone()
	}
	for _, one := range ld.Arrayify(v) {
		if m, ok := one.(map[string]any); ok {
			if _, ok := m["@base"]; ok {
				p.wrong("@base", "it is read only in the context of the whole file, or of one of its nodes")
			}
		}
	}
	if problem := p.terms.add(v); problem != "" {
		p.wrong("@context", "%s", problem)
	}
}

func (p *jsonldPiece) tag(tag string) {
	small := strings.ToLower(tag)
	if known, ok := p.tags[small]; ok && known != tag {
		tag = ""
	}
	p.tags[small] = tag
}

// language gives a tag as it is written.
func (p *jsonldPiece) language(tag string) string {
	if tag, ok := jsonldUnmask(tag); ok {
		return tag
	}
	written, ok := p.tags[tag]
	switch {
	case !ok:
		return tag
	case written == "":
		p.wrong("@language", "the tag %s is written in two ways: write its capitals alike", tag)
		p.tags[tag] = tag // once is enough
		return tag
	}
	return written
}

// costs tells whether json-gold would take too long, or too much memory.
func (p *jsonldPiece) costs(n jsonldCount) bool {
	copies, values := n.contexts, n.values
	if p.terms.scoped {
		copies += values
	}
	switch {
	case copies*p.terms.count > jsonldMaxCopies:
		p.wrong("@context", "%d contexts inside others of %d terms take too long: %s", copies, p.terms.count, jsonldInParts)
	case values*p.terms.longest() > jsonldMaxIRIs:
		p.wrong("@context", "%d values with terms for IRIs of up to %d bytes take too much memory: %s", values, p.terms.longest(), jsonldInParts)
	default:
		return false
	}
	return true
}

// dropped finds the key that stands for nothing. Json-gold tells only that there
// is one. It does not find one that a context inside a term hides.
func (p *jsonldPiece) dropped(active *ld.Context, v any) (key string, found bool) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			if key, found = p.dropped(active, one); found {
				return key, true
			}
		}
	case map[string]any:
		if local, ok := v["@context"]; ok {
			inner, err := active.Parse(local)
			if err != nil {
				return "", false
			}
			active = inner
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if key == "@context" || key == "@value" {
				continue
			}
			meaning, err := active.ExpandIri(key, false, true, nil, nil)
			switch {
			case err != nil:
				return "", false
			case meaning == "" || !strings.Contains(meaning, ":") && !ld.IsKeyword(meaning):
				return key, true
			}
			if inner, found := p.dropped(active, p.objects(active, key, v[key])); found {
				return inner, true
			}
		}
	}
	return "", false
}

// objects gives the values of a key, also those that are in a map by names that
// are no terms.
func (p *jsonldPiece) objects(active *ld.Context, key string, v any) any {
	m, ok := v.(map[string]any)
	for _, container := range []string{"@index", "@id", "@type", "@language"} {
		if ok && active.HasContainerMapping(key, container) {
			return slices.Collect(maps.Values(m))
		}
	}
	return v
}

// nothing tells of a key that stands for nothing.
func (p *jsonldPiece) nothing(v any) {
	key, found := p.dropped(p.scope.active, v)
	if !found {
		p.wrong("", "a key stands for nothing: give each an IRI in the context, or take it out")
		return
	}
	hint := ""
	terms, _ := p.scope.active.AsMap()["termDefinitions"].(map[string]any)
	if names := near(key, slices.Collect(maps.Keys(terms))); len(names) > 0 {
		hint = fmt.Sprintf(" (is %s meant?)", either(names))
	}
	p.wrong(key, "the key stands for nothing: give it an IRI in the context, or take it out%s", hint)
}
