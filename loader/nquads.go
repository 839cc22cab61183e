package loader

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

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

// nqForeign knows files that are not UTF-8 text at all by their first bytes:
// one plain message serves better than a mistake for each of their lines.
var nqForeign = []struct{ magic, problem string }{
	{"\x1f\x8b", "the file is compressed with gzip: decompress it first"},
	{"\x28\xb5\x2f\xfd", "the file is compressed with zstd: decompress it first"},
	{"\xfd7zXZ", "the file is compressed with xz: decompress it first"},
	{"BZh", "the file is compressed with bzip2: decompress it first"},
	{"PK\x03\x04", "the file is a zip archive: extract it first"},
	{"\xff\xfe", "the file is UTF-16: convert it to UTF-8"},
	{"\xfe\xff", "the file is UTF-16: convert it to UTF-8"},
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
	var mistakes nqMistakes
	lines := nqLines{ctx: ctx, r: r}
	scanner := bufio.NewScanner(&lines)
	scanner.Buffer(make([]byte, 64<<10), 4*nqMaxLine)
	scanner.Split(lines.split)
	p := nqParser{file: file, iris: make(map[string]quad.Value)}
	for p.number = 1; ; p.number++ {
		if p.number%nqCheckCtx == 0 && ctx.Err() != nil {
			return mistakes.join(ctx.Err())
		}
		if !scanner.Scan() {
			err := scanner.Err()
			if err != nil {
				err = fmt.Errorf("%s:%d: %w", file, p.number, err)
			}
			return mistakes.join(err)
		}
		line := scanner.Bytes()
		if p.number == 1 {
			for _, f := range nqForeign {
				if bytes.HasPrefix(line, []byte(f.magic)) {
					return mistakes.join(&Mistake{file, 1, 1, nqSubject, f.problem})
				}
			}
		}
		q, ok, bad := p.parse(line, lines.rest)
		if bad != nil {
			mistakes.add(bad)
		} else if ok {
			err := emit(q)
			if m := (*Mistake)(nil); errors.As(err, &m) && m.Line == 0 {
				m.File, m.Line = file, p.number
				mistakes.add(m)
			} else if err != nil {
				return mistakes.join(err)
			}
		}
	}
}

// nqMistakes collects syntax errors, in bounded memory.
type nqMistakes struct {
	first []error
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
	all := m.first
	if m.more > 0 {
		all = append(all, fmt.Errorf("and %d more", m.more))
	}
	return errors.Join(append(all, end)...)
}

// nqLines cuts what it reads from r into lines, as bufio.SplitFunc. Each line
// ends with '\n', whatever ended it in the file.
type nqLines struct {
	ctx     context.Context
	r       io.Reader
	err     error // of r; then the line in hand may be cut short and is dropped
	scanned int   // bytes of the line in hand known to hold no line end
	afterCR bool  // an LF that comes now belongs to the CR before it
	rest    bool  // the last line was over the limit and its rest is to be skipped
}

// Read looks at ctx each time, for a line that never ends.
func (l *nqLines) Read(b []byte) (int, error) {
	if l.err = l.ctx.Err(); l.err != nil {
		return 0, l.err
	}
	n, err := l.r.Read(b)
	if err != io.EOF {
		l.err = err
	}
	return n, err
}

func (l *nqLines) split(data []byte, atEOF bool) (advance int, token []byte, err error) {
	start := 0
	if l.rest { // in this same call: at EOF a Scanner ends with the first call that gives no token
		if start = nqLineEnd(data); start == len(data) {
			return start, nil, nil
		}
		l.rest, l.afterCR = false, data[start] == '\r'
		start++
	}
	if l.afterCR && start < len(data) {
		l.afterCR = false
		if data[start] == '\n' {
			start++
		}
	}
	line := data[start:]
	end := l.scanned + nqLineEnd(line[l.scanned:])
	l.scanned = 0
	switch {
	case end > nqMaxLine:
		l.rest = true
		return start + nqMaxLine + 1, line[:nqMaxLine+1], nil
	case end < len(line):
		l.afterCR = line[end] == '\r'
		line[end] = '\n'
		return start + end + 1, line[:end+1], nil
	case !atEOF:
		l.scanned = end
		return start, nil, nil
	case l.err != nil || end == 0:
		return len(data), nil, l.err
	}
	return len(data), append(line[:end:end], '\n'), nil
}

// nqLineEnd finds the first LF or CR, or gives len(b). It goes by windows:
// looking for an LF in all of b at each of many lines that end with CR would
// take quadratic time.
func nqLineEnd(b []byte) int {
	at := 0
	for size := 512; at < len(b); size *= 2 {
		window := b[at:min(at+size, len(b))]
		lf := bytes.IndexByte(window, '\n')
		if lf >= 0 {
			window = window[:lf]
		}
		if cr := bytes.IndexByte(window, '\r'); cr >= 0 {
			return at + cr
		}
		if lf >= 0 {
			return at + lf
		}
		at += len(window)
	}
	return len(b)
}

// nqParser reads single lines. What it keeps from line to line only saves
// copies: predicates, graph labels and datatypes repeat throughout a file, and
// subjects mostly from one line to the next.
type nqParser struct {
	file    string
	number  int
	line    []byte // ends with '\n', which no token contains: the scans stop there
	pos     int
	field   string
	iris    map[string]quad.Value
	subject quad.Value // the IRI of the last subject, as value and text
	lastIRI string
	buf     []byte // for decoding escapes
}

// bad makes the error for a byte offset of the line.
func (p *nqParser) bad(at int, format string, args ...any) *Mistake {
	column := utf8.RuneCount(p.line[:at]) + 1
	return &Mistake{p.file, p.number, column, p.field, fmt.Sprintf(format, args...)}
}

// parse reads one line; ok is false for one without a statement. long means
// that line is only the beginning of one above the limit.
func (p *nqParser) parse(line []byte, long bool) (q quad.Quad, ok bool, bad *Mistake) {
	p.line, p.pos, p.field = line, 0, nqSubject
	if !long && utf8.Valid(line) {
		return p.statement()
	}
	at := 0
	for at < len(line)-1 {
		r, size := utf8.DecodeRune(line[at:])
		if r == utf8.RuneError && size == 1 {
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
	_, _, _ = p.statement()
	return q, false, p.bad(at, "%s", problem)
}

func (p *nqParser) statement() (q quad.Quad, ok bool, bad *Mistake) {
	if c := p.skip(); c == '\n' || c == '#' {
		return q, false, p.end()
	}
	if q.Subject, bad = p.node("an IRI in < > or a blank node _:name"); bad != nil {
		return q, false, bad
	}
	p.field = nqPredicate
	if p.skip() != '<' {
		return q, false, p.noTerm("an IRI in < >")
	}
	if q.Predicate, bad = p.sharedIRI(); bad != nil {
		return q, false, bad
	}
	p.field = nqObject
	if p.skip() == '"' {
		q.Object, bad = p.literal()
	} else {
		q.Object, bad = p.node(`an IRI in < >, a blank node _:name or a literal in " "`)
	}
	if bad != nil {
		return q, false, bad
	}
	want := "a graph label or '.'"
	switch p.skip() {
	case '<', '_', '"':
		p.field, want = nqLabel, "'.'"
		if q.Label, bad = p.node("an IRI in < > or a blank node _:name"); bad != nil {
			return q, false, bad
		}
	}
	p.field = nqEnd
	if p.skip() != '.' {
		return q, false, p.unexpected(want)
	}
	p.pos++
	return q, true, p.end()
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
