package loader

import (
	"strings"

	"github.com/cayleygraph/quad"
)

// This file reads what is no statement about a subject: prefixes, the base, and
// graphs.

// directive reads @prefix or @base.
func (p *ttlParser) directive() error {
	var word string
	for {
		text := p.rest()[1:]
		n := ttlNameEnd(text, 0)
		if n == len(text) && n <= ttlMaxWord {
			if p.more() {
				continue
			} else if p.cut() {
				return p.broken("")
			}
		}
		word = ttlShort(text[:n])
		break
	}
	switch word {
	case "prefix", "base":
		p.take(1 + len(word))
	default:
		return p.wrong(0, "want @prefix or @base, in lower case, not %q", "@"+word)
	}
	read := p.setBase
	if word == "prefix" {
		read = p.setPrefix
	}
	if err := read(); err != nil {
		return err
	}
	if p.skip() != '.' {
		return p.unexpected(0, "'.' after @"+word)
	}
	p.take(1)
	return nil
}

// spoken reads a directive as SPARQL has it, without a dot, or a graph after
// its keyword.
func (p *ttlParser) spoken(c int) error {
	word := p.keyword()
	var read func() error
	switch ttlSpoken(word) {
	case "PREFIX":
		read = p.setPrefix
	case "BASE":
		read = p.setBase
	case "GRAPH":
		read = p.named
	default:
		return p.noTerm(c, ttlWantNode)
	}
	p.take(len(word))
	return read()
}

// ttlSpoken gives the keyword of SPARQL that a word is, in any case, or "".
func ttlSpoken(word []byte) string {
	for _, keyword := range []string{"PREFIX", "BASE", "GRAPH"} {
		// The length keeps out letters beyond ASCII that fold to those.
		if len(word) == len(keyword) && strings.EqualFold(string(word), keyword) {
			return keyword
		}
	}
	return ""
}

func (p *ttlParser) setPrefix() error {
	p.field = ttlPrefix
	c := p.skip()
	colon, err := p.word(c)
	if err != nil {
		return err
	}
	if colon < 0 {
		return p.unexpected(0, "a prefix and ':', as in ex:")
	}
	prefix := string(p.rest()[:colon])
	p.take(colon + 1)
	c = p.skip()
	at := p.here()
	if c != '<' {
		return p.unexpected(0, "the IRI that the prefix stands for, in < >")
	}
	iri, err := p.iri(c, "")
	if err != nil {
		return err
	}
	if _, known := p.prefixes[prefix]; !known && len(p.prefixes) == ttlMaxPrefixes {
		return p.mistake(at, "more than %d prefixes: write the IRIs of the seldom ones whole", ttlMaxPrefixes)
	}
	if len(prefix)+len(iri) > ttlMaxShared {
		return p.mistake(at, "the prefix and its IRI have more than %d bytes: write such IRIs whole", ttlMaxShared)
	}
	p.prefixes[prefix] = string(iri)
	clear(p.shared)
	return nil
}

func (p *ttlParser) setBase() error {
	p.field = ttlBaseIs
	c := p.skip()
	at := p.here()
	if c != '<' {
		return p.unexpected(0, "the base IRI in < >")
	}
	iri, err := p.iri(c, "")
	if err != nil {
		return err
	}
	if len(iri) > ttlMaxShared {
		return p.mistake(at, "the base IRI has more than %d bytes: write such IRIs whole", ttlMaxShared)
	}
	p.base = ttlBaseOf(string(iri))
	clear(p.shared)
	return nil
}

// named reads a graph after its keyword.
func (p *ttlParser) named() error {
	p.field = nqLabel
	c := p.skip()
	at := p.here()
	var name quad.Value
	var err error
	switch c {
	case '[':
		var filled bool
		if name, filled, err = p.bracket(); filled && err == nil {
			p.field = nqLabel
			return p.mistake(at, "a graph cannot be named by %s: want %s", ttlProperties, ttlWantGraph)
		}
	case '_':
		name, err = p.blank()
	default:
		name, err = p.iri(c, ttlWantGraph)
	}
	if err != nil {
		return err
	}
	if p.skip() != '{' {
		return p.unexpected(0, "'{' after the name of a graph")
	}
	return p.block(name)
}

// block reads the statements in { }.
func (p *ttlParser) block(name quad.Value) error {
	if !p.trig {
		return p.wrong(0, "graphs in { } belong to TriG: read the file as TriG, and name it .trig")
	}
	p.take(1)
	p.graph, p.inGraph = name, true
	for {
		p.field = nqSubject
		switch c := p.skip(); c {
		case '}':
			p.take(1)
			p.graph, p.inGraph = nil, false
			return nil
		case '{':
			return p.wrong(0, "a graph cannot have a graph in it: want a subject or '}'")
		case '@':
			return p.wrong(0, ttlNotInGraph, "a directive")
		default:
			if colon, err := p.word(c); err != nil {
				return err
			} else if word := p.keyword(); colon < 0 && ttlSpoken(word) != "" {
				return p.wrong(0, ttlNotInGraph, word)
			}
			if err := p.triples(c); err != nil {
				return err
			}
		}
	}
}

const ttlNotInGraph = "%s cannot be in a graph: write it outside of the { }"
