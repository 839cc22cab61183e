package loader

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"parley/graph/store"
)

// nqParser reads the lines of a block.
type nqParser struct {
	file      string
	number    int    // of the line in hand
	block     []byte // what comes after it
	sound     bool   // the block is UTF-8 and its lines end with LF alone
	line      []byte // ends with '\n', which no token contains: the scans stop there
	pos       int
	field     string
	qualifier []byte  // "@en" or "<IRI" of the literal in hand, nil for a plain one
	arena     nqArena // has the terms with escapes
}

// begin takes a block, of which next then reads line after line, until
// p.block is empty. Numbers of lines go on from the block before.
func (p *nqParser) begin(block []byte) {
	p.block = block
	p.sound = utf8.Valid(block) && bytes.IndexByte(block, '\r') < 0
}

// row is the line of which next told last, as it came, where rest is what next
// was to read before.
func (p *nqParser) row(rest []byte) []byte {
	return bytes.TrimRight(rest[:len(rest)-len(p.block)], "\r\n")
}

// next reads a line. It is ok if there is a statement in it. Then s has its
// terms by their keys, but for two things: a blank node is "_:" and its label,
// and a literal with a qualifier is a plain string. A term without escapes is a
// slice of the line.
func (p *nqParser) next(s *store.Statement) (ok bool, bad *Mistake) {
	p.number++
	var end int
	if p.sound {
		if end = bytes.IndexByte(p.block, '\n'); end < 0 {
			end = len(p.block)
		}
	} else {
		end = nqLineEnd(p.block)
	}
	line := p.block
	if end == len(line) { // too long to have an end
		p.block = nil
	} else {
		p.block = line[end+1:]
		if line[end] == '\r' {
			line[end] = '\n' // no token has one, but a comment may have a CR
			if len(p.block) > 0 && p.block[0] == '\n' {
				p.block = p.block[1:]
			}
		}
	}
	p.pos, p.field = 0, nqSubject
	if end > nqMaxLine {
		return false, p.unsound(line[:nqMaxLine+1], true)
	}
	p.line = line[:end+1]
	if !p.sound && !utf8.Valid(p.line) {
		return false, p.unsound(p.line, false)
	}
	return p.statement(s)
}

// bad makes the error for a byte offset of the line.
func (p *nqParser) bad(at int, format string, args ...any) *Mistake {
	column := utf8.RuneCount(p.line[:at]) + 1
	return &Mistake{p.file, p.number, column, p.field, fmt.Sprintf(format, args...)}
}

// placed gives a mistake that someone else found in the line in hand its place.
// It is nil for another error.
func (p *nqParser) placed(err error) *Mistake {
	var m *Mistake
	if !errors.As(err, &m) || m.Line != 0 {
		return nil
	}
	placed := *m
	placed.File, placed.Line = p.file, p.number
	return &placed
}

// unsound tells what is wrong with a line that is not UTF-8 or, where long is
// set, above the limit; then it has only the beginning of it.
func (p *nqParser) unsound(line []byte, long bool) *Mistake {
	line = bytes.Clone(line) // the reader of the row may want it as it came
	at := 0
	for at < len(line)-1 {
		r, size := utf8.DecodeRune(line[at:])
		if r == utf8.RuneError && size == 1 || at+size == len(line) { // the last byte is over the limit
			break
		}
		at += size
	}
	problem := fmt.Sprintf("byte 0x%02X is not UTF-8: convert the text to UTF-8 (or is the file binary?)", line[at])
	if long && at+utf8.UTFMax > len(line) { // the limit may have cut a character
		problem = fmt.Sprintf("the line is longer than %d bytes: split it, or is a line break missing?", nqMaxLine)
	}
	// Parsing the sound part tells in which field the trouble lies.
	line[at] = '\n'
	p.line = line[:at+1]
	_, _ = p.statement(&store.Statement{})
	return p.bad(at, "%s", problem)
}

func (p *nqParser) statement(s *store.Statement) (ok bool, bad *Mistake) {
	if c := p.skip(); c == '\n' || c == '#' {
		return false, p.end()
	}
	if s.Subject, bad = p.node("an IRI in < > or a blank node _:name"); bad != nil {
		return false, bad
	}
	p.field = nqPredicate
	if p.skip() != '<' {
		return false, p.noTerm("an IRI in < >")
	}
	if s.Predicate, bad = p.iri(); bad != nil {
		return false, bad
	}
	p.field, p.qualifier = nqObject, nil
	if p.skip() == '"' {
		s.Object, bad = p.literal()
	} else {
		s.Object, bad = p.node(`an IRI in < >, a blank node _:name or a literal in " "`)
	}
	if bad != nil {
		return false, bad
	}
	want := "a graph label or '.'"
	s.Label = nil
	switch p.skip() {
	case '<', '_', '"':
		p.field, want = nqLabel, "'.'"
		if s.Label, bad = p.node("an IRI in < > or a blank node _:name"); bad != nil {
			return false, bad
		}
	}
	p.field = nqEnd
	if p.skip() != '.' {
		return false, p.unexpected(want)
	}
	p.pos++
	bad = p.end()
	return bad == nil, bad
}

// skip passes over white space and returns the byte after it.
func (p *nqParser) skip() byte {
	for {
		c := p.line[p.pos]
		if c != ' ' && c != '\t' {
			return c
		}
		p.pos++
	}
}

// end wants nothing but white space and a comment up to the end of the line.
func (p *nqParser) end() *Mistake {
	switch p.skip() {
	case '\n':
		return nil
	case '#':
		if n := bytes.IndexByte(p.line[p.pos:], 0); n >= 0 {
			p.pos += n
			return p.unexpected("text in a comment")
		}
		return nil
	}
	return p.unexpected("the end of the line after '.' (one statement a line)")
}

// unexpected says what stands at p.pos in place of want.
func (p *nqParser) unexpected(want string) *Mistake {
	switch r, _ := utf8.DecodeRune(p.line[p.pos:]); r {
	case 0:
		return p.bad(p.pos, "NUL byte: want %s (is the file binary?)", want)
	case '\n':
		return p.bad(p.pos, "the line ends here: want %s", want)
	case '\uFEFF':
		return p.bad(p.pos, "byte order mark U+FEFF: remove it (save as UTF-8 without BOM)")
	default:
		return p.bad(p.pos, "want %s, not %q", want, r)
	}
}

// noTerm says why no term of the wanted kind begins at p.pos.
func (p *nqParser) noTerm(want string) *Mistake {
	switch c := p.line[p.pos]; {
	case c == '"':
		return p.bad(p.pos, "a literal cannot be the %s: want %s", p.field, want)
	case c == '_':
		return p.bad(p.pos, "a blank node cannot be the %s: want %s", p.field, want)
	case c == '\'':
		return p.bad(p.pos, `want %s; quote literals with ", not with '`, want)
	case c == '@':
		return p.bad(p.pos, "want %s; directives such as @prefix belong to Turtle", want)
	case p.field == nqObject && (c == '+' || c == '-' || nqDigit(c)):
		return p.bad(p.pos, `want %s; write numbers such as "1"^^<%sinteger>`, want, nqXSD)
	case nqAlpha(c):
		return p.bad(p.pos, "want %s, not %q; prefixed names and keywords belong to Turtle", want, c)
	}
	return p.unexpected(want)
}
