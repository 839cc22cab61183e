package loader

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

const (
	nqMaxLine   = 1 << 20 // bytes of a line without its end
	nqMaxErrors = 20      // mistakes reported one by one
	nqCheckCtx  = 256     // lines between two looks at the context

	// The cache of IRIs holds at most nqCacheSize of at most nqCachedIRI bytes,
	// so that a hostile file cannot make it grow past 1 MiB.
	nqCacheSize = 4096
	nqCachedIRI = 256
)

// The values of Mistake.Field.
const (
	nqSubject   = "subject"
	nqPredicate = "predicate"
	nqObject    = "object"
	nqLabel     = "graph label"
	nqEnd       = "end of statement"
)

var _ = registerFormat(&Format{
	Name: "nquads", Title: "N-Quads and N-Triples", Endings: []string{".nq", ".nt"}, Rows: true,
	Meaning: "RDF 1.1 quads and triples of any vocabulary, one a line",
	Out: &Exporter{
		MediaType: "application/n-quads", Extension: ".nq", Write: exportNQuads,
		Meaning: "canonical N-Quads (RDF 1.1), which parley load reads",
	},
	Template: nquadsTemplate,
	tells:    nqLike,
	read: func(ctx context.Context, in *reading) error {
		add, concurrent := in.addStatements(ctx)
		var bare reasonless
		o := KeyOptions{Scope: in.input.scope, Check: func(st store.Statement) error {
			bare.count(st)
			return FitKeys(st)
		}}
		if !concurrent {
			o.Workers = 1
		}
		if in.bad.most > 0 {
			o.Bad = func(m *Mistake, line []byte) error {
				if len(line) > nqMaxLine {
					return m // it is not here whole, so it cannot be kept for later
				}
				line, err := in.scopedLine(line)
				if err != nil {
					return err
				}
				return in.bad.add(m, "nquads", nil, line)
			}
		}
		err := ReadKeys(ctx, in, in.file(), o, add)
		bare.tell(in)
		return err
	},
})

// scopedLine gives the blank nodes of a bad line the names that they have in the
// graph, so that the line, once it is mended, still means them. It cannot be
// parsed: what begins like a blank node outside of quotes and brackets is one.
func (in *reading) scopedLine(line []byte) ([]byte, error) {
	var out []byte
	closing := byte(0)
	for i := 0; i < len(line); i++ {
		c := line[i]
		out = append(out, c)
		switch {
		case closing == '"' && c == '\\' && i+1 < len(line):
			i++
			out = append(out, line[i])
		case closing != 0:
			if c == closing {
				closing = 0
			}
		case c == '"':
			closing = '"'
		case c == '<':
			closing = '>'
		case c == '_' && i+2 < len(line) && line[i+1] == ':' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			label := line[i+2:]
			if scoped(quad.BNode(label[:min(len(label), 19)])) {
				continue
			}
			scope, err := in.input.scope()
			if err != nil {
				return nil, err
			}
			out = append(append(out, ':'), scope...)
			i++
		}
	}
	return out, nil
}

// nqLike takes a statement for N-Quads though it may be Turtle too, whose
// files mostly begin with a prefix.
func nqLike(head []byte) likeness {
	line := firstLine(head)
	if len(line) == 0 || line[0] != '<' && line[0] != '_' {
		return unlike
	}
	p := nqParser{number: 0}
	p.begin(append(bytes.Clone(line), '\n'))
	if ok, bad := p.next(&store.Statement{}); ok && bad == nil {
		return alike
	}
	return unlike
}

// ReadNQuads reads RDF 1.1 N-Quads (https://www.w3.org/TR/n-quads/), and so
// N-Triples, from r and calls emit for each statement in the order of the
// file. file names r in errors.
//
// The grammar is kept strictly: IRIs are absolute, made of IRI characters also
// after \u escapes are decoded; a literal stands only as object. Literals
// become quad.String, quad.LangString (tag as written) or quad.TypedString
// (lexical form as written); datatype xsd:string is the plain quad.String. A
// statement without a graph has a nil Label. Memory does not grow with the
// file; a line may have up to 1 MiB.
//
// A bad line is not emitted, but reading goes on, so that all mistakes are
// told at once: the error then joins (errors.Join) a *Mistake for each of
// the first 20 bad lines and a count of the others. So statements may have
// been emitted although an error comes in the end: who wants all or nothing
// must discard them. A *Mistake from emit without a line is such a bad line: it
// gets its place and reading goes on. Reading stops at the first error of emit, of r or of ctx,
// which errors.Is finds in the result.
func ReadNQuads(ctx context.Context, r io.Reader, file string, emit func(quad.Quad) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var (
		mistakes nqMistakes
		block    []byte
		s        store.Statement
	)
	blocks := nqBlocks{ctx: ctx, r: r, size: 64 << 10, prompt: true}
	p := nqParser{file: file}
	values := nqValues{iris: make(map[string]quad.Value)}
	for {
		var err error
		if block, err = blocks.next(block); len(block) == 0 {
			return mistakes.join(nqReadError(file, p.number+1, err))
		}
		if p.number == 0 {
			if foreign := nqForeignText(file, block); foreign != nil {
				return foreign
			}
		}
		for p.begin(block); len(p.block) > 0; {
			if p.number%nqCheckCtx == 0 && ctx.Err() != nil {
				return mistakes.join(ctx.Err())
			}
			p.arena = p.arena[:0]
			ok, bad := p.next(&s)
			if bad != nil {
				mistakes.add(bad)
			}
			if !ok {
				continue
			}
			if err := emit(values.quad(&s, p.qualifier)); err != nil {
				m := p.placed(err)
				if m == nil {
					return mistakes.join(err)
				}
				mistakes.add(m)
			}
		}
	}
}

// nqReadError names the line that an error of the reader left unfinished. The
// end of the file is no error.
func nqReadError(file string, line int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s:%d: %w", file, line, err)
}

// nqMistakes collects mistakes in the order of their lines, in bounded memory.
type nqMistakes struct {
	first []*Mistake
	more  int
}

func (m *nqMistakes) add(e *Mistake) {
	if len(m.first) < nqMaxErrors {
		m.first = append(m.first, e)
	} else {
		m.more++
	}
}

// join gives the mistakes and, last, the error that ended the reading. That
// error stays as it is where there were no mistakes.
func (m *nqMistakes) join(end error) error {
	if len(m.first) == 0 {
		return end
	}
	var all []error
	for _, e := range m.first {
		all = append(all, e)
	}
	if m.more > 0 {
		all = append(all, fmt.Errorf("and %d more", m.more))
	}
	return errors.Join(append(all, end)...)
}

// nqValues makes terms of what a parser gives. What it keeps from line to line
// only saves copies: predicates, graph labels and datatypes repeat throughout a
// file, and subjects mostly from one line to the next.
type nqValues struct {
	iris    map[string]quad.Value
	subject quad.Value // the IRI of the last subject, as value and text
	lastIRI string
}

func (v *nqValues) quad(s *store.Statement, qualifier []byte) quad.Quad {
	q := quad.Quad{Predicate: v.shared(s.Predicate)}
	switch text := s.Subject[1:]; {
	case s.Subject[0] == '_':
		q.Subject = quad.BNode(text[1:])
	case string(text) == v.lastIRI:
		q.Subject = v.subject
	default:
		v.lastIRI = string(text)
		v.subject = quad.IRI(v.lastIRI)
		q.Subject = v.subject
	}
	switch text := s.Object[1:]; s.Object[0] {
	case '_':
		q.Object = quad.BNode(text[1:])
	case '<':
		q.Object = quad.IRI(text)
	default:
		switch {
		case qualifier == nil:
			q.Object = quad.String(text)
		case qualifier[0] == '@':
			q.Object = quad.LangString{Value: quad.String(text), Lang: string(qualifier[1:])}
		default:
			q.Object = quad.TypedString{Value: quad.String(text), Type: v.shared(qualifier).(quad.IRI)}
		}
	}
	switch {
	case s.Label == nil:
	case s.Label[0] == '_':
		q.Label = quad.BNode(s.Label[2:])
	default:
		q.Label = v.shared(s.Label)
	}
	return q
}

// shared gives an IRI that is likely to have come before.
func (v *nqValues) shared(term []byte) quad.Value {
	text := term[1:]
	if value, ok := v.iris[string(text)]; ok {
		return value
	}
	value := quad.Value(quad.IRI(text))
	if len(text) <= nqCachedIRI {
		if len(v.iris) == nqCacheSize {
			clear(v.iris)
		}
		v.iris[string(text)] = value
	}
	return value
}
