package loader

import (
	"context"
	"io"

	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// ttlMaxDepth is how deep [ ] and ( ) may lie in each other.
const ttlMaxDepth = 1000

// The values of Mistake.Field beside those of N-Quads.
const (
	ttlPrefix = "prefix"
	ttlBaseIs = "base"
)

const (
	ttlType  = quad.IRI(vocab.RDF + "type")
	ttlFirst = quad.IRI(vocab.RDF + "first")
	ttlRest  = quad.IRI(vocab.RDF + "rest")
	ttlNil   = quad.IRI(vocab.RDF + "nil")
)

// ReadTurtle reads RDF 1.1 Turtle (https://www.w3.org/TR/turtle/) from r and
// calls emit for each statement. file names r in errors.
//
// The grammar is kept strictly, and terms become what [ReadNQuads] makes of
// them. A relative IRI needs a base that the file declares; it is resolved by
// RFC 3986, 5.2. An IRI with a scheme stays as it is written. A blank node keeps
// its label, unless it is one as are given to those without: anon and a
// number. Then it gets a '_' before it.
//
// The statements within [ ] and ( ) come before the one that these stand in.
// Memory does not grow with the file: a token, such as a literal, may have up
// to 1 MiB, and [ ] and ( ) may lie 1000 deep; a file may have 4096 prefixes,
// and a prefix with its IRI, or the base, 4096 bytes. Lines and comments may have any
// length.
//
// A mistake in the syntax ends the reading, for what follows it cannot be known:
// the error is a *Mistake. A *Mistake from emit without a line gets the place
// of the object of its statement, and reading goes on; the first 20 of them,
// and a count of the others, are joined (errors.Join) with what ended the
// reading. So statements may have been emitted although an error comes in the
// end: who wants all or nothing must discard them. Reading stops at the first
// other error of emit, of r or of ctx, which errors.Is finds in the result.
func ReadTurtle(ctx context.Context, r io.Reader, file string, emit func(quad.Quad) error) error {
	return ttlRead(ctx, r, file, emit, false)
}

// ReadTriG reads RDF 1.1 TriG (https://www.w3.org/TR/trig/) from r as
// [ReadTurtle] reads Turtle. The name of the graph that a statement is in is its
// Label, nil in the default graph.
func ReadTriG(ctx context.Context, r io.Reader, file string, emit func(quad.Quad) error) error {
	return ttlRead(ctx, r, file, emit, true)
}

func ttlRead(ctx context.Context, r io.Reader, file string, emit func(quad.Quad) error, trig bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p := ttlParser{ctx: ctx, emit: emit, trig: trig}
	p.file, p.in = file, nqBlocks{ctx: ctx, r: r}
	p.prefixes, p.shared = make(map[string]string), make(map[string]quad.Value)
	return p.mistakes.join(p.document())
}

// ttlParser reads statements.
type ttlParser struct {
	ttlTerms
	ctx      context.Context
	emit     func(quad.Quad) error
	trig     bool
	graph    quad.Value // that the statement in hand is in
	inGraph  bool       // also in a { } without a name
	depth    int        // of [ ] and ( )
	count    int        // of statements
	mistakes nqMistakes
}

// say emits a statement; at is the place of its object.
func (p *ttlParser) say(subject, predicate, object quad.Value, at place) error {
	if p.count++; p.count%nqCheckCtx == 0 && p.ctx.Err() != nil {
		return p.ctx.Err()
	}
	err := p.emit(quad.Quad{Subject: subject, Predicate: predicate, Object: object, Label: p.graph})
	if err != nil {
		m := p.placed(err, at)
		if m == nil {
			return err
		}
		p.mistakes.add(m)
	}
	return nil
}

func (p *ttlParser) document() error {
	if err := p.begin(); err != nil {
		return err
	}
	for {
		p.field = nqSubject
		c := p.skip()
		if c < 0 {
			if p.cut() {
				return p.broken("")
			}
			return nil
		}
		if err := p.statement(c); err != nil {
			return err
		}
	}
}

// statement reads a directive, a graph, or what a subject has up to its dot.
func (p *ttlParser) statement(c int) error {
	switch {
	case c == '@':
		return p.directive()
	case c == '{':
		return p.block(nil)
	case c == '}':
		return p.wrong(0, "'}' without '{' before it: want a subject, @prefix or @base")
	case nqAlpha(byte(c)):
		if colon, err := p.word(c); err != nil {
			return err
		} else if colon < 0 {
			return p.spoken(c)
		}
	}
	return p.triples(c)
}

// triples reads a subject and what is said of it. Outside of a graph it may
// turn out to be the name of one; a dot is at the end.
func (p *ttlParser) triples(c int) error {
	p.field = nqSubject
	subject, kind, err := p.subject(c)
	if err != nil {
		return err
	}
	c = p.skip()
	if c == '{' && !p.inGraph {
		p.field = nqLabel
		if kind != ttlName {
			return p.wrong(0, "a graph cannot be named by %s: want %s", kind, ttlWantGraph)
		}
		return p.block(subject)
	}
	if kind != ttlProperties || c != '.' && c != '}' && c >= 0 {
		if err := p.properties(c, subject); err != nil {
			return err
		}
		c = p.skip()
	}
	p.field = nqEnd
	switch {
	case c == '.':
		p.take(1)
		return nil
	case c == '}' && p.inGraph:
		return nil
	case kind == ttlProperties && c < 0:
		return p.unexpected(0, "'.'")
	case p.inGraph:
		return p.unexpected(0, "',' ';' '.' or '}'")
	}
	return p.unexpected(0, "',' ';' or '.'")
}

// ttlKind is what a subject is, as mistakes call it.
type ttlKind string

const (
	ttlName       ttlKind = "a name"
	ttlProperties ttlKind = "[ ] with properties"
	ttlCollection ttlKind = "( )"
)

func (p *ttlParser) subject(c int) (quad.Value, ttlKind, error) {
	switch c {
	case '[':
		node, filled, err := p.bracket()
		if filled {
			return node, ttlProperties, err
		}
		return node, ttlName, err
	case '(':
		node, err := p.collection()
		return node, ttlCollection, err
	case '_':
		node, err := p.blank()
		return node, ttlName, err
	}
	iri, err := p.iri(c, ttlWantNode)
	return iri, ttlName, err
}

// properties reads what is said of a subject, from its first predicate on.
func (p *ttlParser) properties(c int, subject quad.Value) error {
	for {
		p.field = nqPredicate
		predicate, err := p.verb(c)
		if err != nil {
			return err
		}
		for {
			p.field = nqObject
			c = p.skip()
			at := p.here()
			object, err := p.object(c)
			if err != nil {
				return err
			}
			if err := p.say(subject, predicate, object, at); err != nil {
				return err
			}
			if c = p.skip(); c != ',' {
				break
			}
			p.take(1)
		}
		if c != ';' {
			return nil
		}
		for c == ';' {
			p.take(1)
			c = p.skip()
		}
		if c == '.' || c == ']' || c == '}' || c < 0 {
			return nil
		}
	}
}

func (p *ttlParser) verb(c int) (quad.Value, error) {
	if c == 'a' {
		if colon, err := p.word(c); err != nil {
			return nil, err
		} else if colon < 0 && len(p.keyword()) == 1 {
			p.take(1)
			return ttlType, nil
		}
	}
	return p.likely(c, ttlWantVerb)
}

func (p *ttlParser) object(c int) (quad.Value, error) {
	switch c {
	case '"', '\'':
		return p.literal(byte(c))
	case '<':
		return p.iri(c, ttlWantObject)
	case '_':
		return p.blank()
	case '[':
		node, _, err := p.bracket()
		return node, err
	case '(':
		return p.collection()
	case '+', '-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return p.number()
	case 't', 'f':
		if colon, err := p.word(c); err != nil {
			return nil, err
		} else if colon >= 0 {
			break
		}
		if word := string(p.keyword()); word == "true" || word == "false" {
			p.take(len(word))
			return quad.TypedString{Value: quad.String(word), Type: nqXSD + "boolean"}, nil
		}
	}
	return p.iri(c, ttlWantObject)
}

// enter goes into a [ or (.
func (p *ttlParser) enter() error {
	if p.depth++; p.depth > ttlMaxDepth {
		return p.wrong(0, "[ ] and ( ) lie more than %d deep in each other: name a node instead, as in _:name", ttlMaxDepth)
	}
	p.take(1)
	return nil
}

// bracket reads a blank node in [ ] and tells whether something is said in it.
func (p *ttlParser) bracket() (node quad.Value, filled bool, err error) {
	if err := p.enter(); err != nil {
		return nil, false, err
	}
	defer func() { p.depth-- }()
	node = p.generate()
	if c := p.skip(); c != ']' {
		if err := p.properties(c, node); err != nil {
			return nil, true, err
		}
		if p.field = nqEnd; p.skip() != ']' {
			return nil, true, p.unexpected(0, "',' ';' or ']'")
		}
		filled = true
	}
	p.take(1)
	return node, filled, nil
}

// collection reads a list in ( ).
func (p *ttlParser) collection() (quad.Value, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	var head, last quad.Value
	for {
		p.field = nqObject
		c := p.skip()
		at := p.here()
		if c == ')' {
			p.take(1)
			if head == nil {
				return ttlNil, nil
			}
			return head, p.say(last, ttlRest, ttlNil, at)
		}
		item, err := p.object(c)
		if err != nil {
			return nil, err
		}
		node := quad.Value(p.generate())
		if head == nil {
			head = node
		} else if err := p.say(last, ttlRest, node, at); err != nil {
			return nil, err
		}
		if err := p.say(node, ttlFirst, item, at); err != nil {
			return nil, err
		}
		last = node
	}
}
