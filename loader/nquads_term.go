package loader

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cayleygraph/quad"
)

// This file reads single terms and has the grammar of their characters, common
// to reader and writer.

// The one-letter escapes and what they stand for. The last is only read.
const (
	nqEscapes = "btnfr\"\\'"
	nqEscaped = "\b\t\n\f\r\"\\'"
)

// What a byte may be, by nqClass.
const (
	nqIRI    = 1 << iota // part of an IRI
	nqFirst              // first of a blank node label
	nqName               // part of one
	nqEscape             // to be escaped in canonical literals, or 0xEF, which begins such a character
)

var nqClass = func() (class [256]byte) {
	for c := range class {
		b := byte(c)
		if c > ' ' && strings.IndexByte("<>\"{}|^`\\", b) < 0 {
			class[c] |= nqIRI
		}
		if nqAlpha(b) || nqDigit(b) || b == '_' {
			class[c] |= nqFirst | nqName
		}
		if b == '-' {
			class[c] |= nqName
		}
		if c < ' ' || b == '"' || b == '\\' || c == 0x7F || c == 0xEF {
			class[c] |= nqEscape
		}
	}
	return class
}()

func nqAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func nqDigit(c byte) bool { return '0' <= c && c <= '9' }

// nqAbsolute tells whether iri begins with a scheme (RFC 3986, 3.1).
func nqAbsolute(iri []byte) bool {
	for i, c := range iri {
		switch {
		case nqAlpha(c):
		case i == 0:
			return false
		case c == ':':
			return true
		case !nqDigit(c) && c != '+' && c != '-' && c != '.':
			return false
		}
	}
	return false
}

// nqLabelLen measures the blank node label (without "_:") that b begins with.
// A dot counts only where more of the label follows, so that the one that ends
// a statement is left. The colon that the Recommendation still has in
// PN_CHARS_U is gone by erratum: the W3C suite refuses _::a.
func nqLabelLen(b []byte) int {
	n := 0
	for i := 0; i < len(b); {
		r, size := rune(b[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(b[i:])
		}
		switch {
		case r == '.' && i > 0:
			i++
			continue
		case r < utf8.RuneSelf && nqClass[r]&nqFirst == 0 && (i == 0 || nqClass[r]&nqName == 0),
			r >= utf8.RuneSelf && !unicode.Is(nqBase, r) && (i == 0 || !unicode.Is(nqCombining, r)):
			return n
		}
		i += size
		n = i
	}
	return n
}

// The characters beyond ASCII of PN_CHARS_BASE, and those that PN_CHARS adds.
var (
	nqBase = &unicode.RangeTable{
		R16: []unicode.Range16{
			{0xC0, 0xD6, 1},
			{0xD8, 0xF6, 1},
			{0xF8, 0x2FF, 1},
			{0x370, 0x37D, 1},
			{0x37F, 0x1FFF, 1},
			{0x200C, 0x200D, 1},
			{0x2070, 0x218F, 1},
			{0x2C00, 0x2FEF, 1},
			{0x3001, 0xD7FF, 1},
			{0xF900, 0xFDCF, 1},
			{0xFDF0, 0xFFFD, 1},
		},
		R32:         []unicode.Range32{{0x10000, 0xEFFFF, 1}},
		LatinOffset: 2,
	}
	nqCombining = &unicode.RangeTable{
		R16:         []unicode.Range16{{0xB7, 0xB7, 1}, {0x300, 0x36F, 1}, {0x203F, 0x2040, 1}},
		LatinOffset: 1,
	}
)

// nqLangLen measures the language tag (without '@') that b begins with.
func nqLangLen(b []byte) int {
	n := 0
	for n < len(b) && nqAlpha(b[n]) {
		n++
	}
	for i := n; n > 0 && i < len(b) && b[i] == '-'; n = i {
		for i++; i < len(b) && (nqAlpha(b[i]) || nqDigit(b[i])); i++ {
		}
		if i == n+1 {
			break
		}
	}
	return n
}

// node reads an IRI or blank node, as subject, object or label.
func (p *nqParser) node(want string) (quad.Value, *Mistake) {
	switch c := p.line[p.pos]; {
	case c == '<' && p.field == nqObject:
		iri, bad := p.iri()
		return quad.IRI(iri), bad
	case c == '<' && p.field == nqLabel:
		return p.sharedIRI()
	case c == '<':
		n := len(p.lastIRI)
		if text := p.line[p.pos+1:]; n > 0 && n < len(text) && text[n] == '>' && string(text[:n]) == p.lastIRI {
			p.pos += n + 2
			return p.subject, nil
		}
		iri, bad := p.iri()
		p.lastIRI, p.subject = iri, quad.IRI(iri)
		return p.subject, bad
	case c == '_' && p.line[p.pos+1] == ':':
		start := p.pos + 2
		p.pos = start + nqLabelLen(p.line[start:])
		if p.pos == start {
			return nil, p.unexpected("a letter, digit or '_' after '_:'")
		}
		return quad.BNode(p.line[start:p.pos]), nil
	case c == '_':
		p.pos++
		return nil, p.unexpected("':' of a blank node _:name")
	}
	return nil, p.noTerm(want)
}

// sharedIRI reads an IRI that is likely to have come before.
func (p *nqParser) sharedIRI() (quad.Value, *Mistake) {
	text := p.line[p.pos+1:]
	if n := bytes.IndexByte(text, '>'); n > 0 && n <= nqCachedIRI {
		// The cached IRIs are sound and without escapes, so text like one is too.
		if v, ok := p.iris[string(text[:n])]; ok {
			p.pos += n + 2
			return v, nil
		}
	}
	iri, bad := p.iri()
	if bad != nil {
		return nil, bad
	}
	v := quad.Value(quad.IRI(iri))
	if len(iri) <= nqCachedIRI {
		if len(p.iris) == nqCacheSize {
			clear(p.iris)
		}
		p.iris[iri] = v
	}
	return v, nil
}

// iri reads an IRIREF, from its '<' at p.pos past its '>'.
func (p *nqParser) iri() (string, *Mistake) {
	start := p.pos + 1
	i := start
	for nqClass[p.line[i]]&nqIRI != 0 {
		i++
	}
	text := p.line[start:i]
	for p.line[i] != '>' {
		switch c := p.line[i]; {
		case nqClass[c]&nqIRI != 0:
			text = append(text, c) // an escape came before: text is p.buf
			i++
		case c == '\\':
			if len(text) == i-start { // the first escape, for they shorten
				text = append(p.buf[:0], text...)
			}
			r, size, bad := p.uchar(i, `\uXXXX or \UXXXXXXXX, the only ones in an IRI`)
			if bad != nil {
				return "", bad
			}
			if r < utf8.RuneSelf && nqClass[r]&nqIRI == 0 {
				return "", p.bad(i, "an IRI cannot contain %q, not even escaped: write %%%02X", r, r)
			}
			text = utf8.AppendRune(text, r)
			p.buf = text
			i += size
		case c == '\n':
			return "", p.bad(i, "the line ends inside an IRI: want '>'")
		default:
			return "", p.bad(i, "an IRI cannot contain %q: write %%%02X, or end the IRI with '>'", c, c)
		}
	}
	if !nqAbsolute(text) {
		return "", p.bad(start-1, "relative IRI: want one with a scheme, as in <http://example.org/name>")
	}
	p.pos = i + 1
	return string(text), nil
}

// literal reads a literal with its language tag or datatype, from its first
// quote at p.pos. The grammar has white space between all tokens, so also
// before @ and around ^^.
func (p *nqParser) literal() (quad.Value, *Mistake) {
	text, bad := p.quoted()
	if bad != nil {
		return nil, bad
	}
	switch p.skip() {
	case '@':
		n := nqLangLen(p.line[p.pos+1:])
		p.pos += 1 + n
		if n == 0 {
			return nil, p.unexpected("a letter after '@', as in @en")
		} else if p.line[p.pos] == '-' {
			p.pos++
			return nil, p.unexpected("a letter or digit after '-', as in @en-GB")
		}
		return quad.LangString{Value: text, Lang: string(p.line[p.pos-n : p.pos])}, nil
	case '^':
		if p.pos++; p.line[p.pos] != '^' {
			return nil, p.unexpected("^^ and a datatype")
		}
		if p.pos++; p.skip() != '<' {
			return nil, p.unexpected("the IRI of a datatype in < >")
		}
		datatype, bad := p.sharedIRI()
		if bad != nil {
			return nil, bad
		}
		if datatype != quad.Value(quad.IRI(nqXSD+"string")) {
			return quad.TypedString{Value: text, Type: datatype.(quad.IRI)}, nil
		}
	}
	return text, nil
}

// quoted reads a string with its quotes.
func (p *nqParser) quoted() (quad.String, *Mistake) {
	p.pos++
	var text []byte // in p.buf, from the first escape on
	for quote := 0; ; {
		if quote <= p.pos { // not at each escape: many before a far quote would take quadratic time
			if quote = bytes.IndexByte(p.line[p.pos:], '"') + p.pos; quote < p.pos {
				quote = len(p.line) - 1
			}
		}
		rest := p.line[p.pos:]
		n := quote - p.pos
		if esc := bytes.IndexByte(rest[:n], '\\'); esc >= 0 {
			n = esc
		}
		p.pos += n
		switch rest[n] {
		case '"':
			p.pos++
			if text == nil {
				return quad.String(rest[:n]), nil
			}
			return quad.String(append(text, rest[:n]...)), nil
		case '\n':
			return "", p.bad(p.pos, `the line ends inside a literal: want '"' (write a line break as \n)`)
		}
		if text == nil {
			text = p.buf[:0:cap(p.buf)]
		}
		text = append(text, rest[:n]...)
		if short := strings.IndexByte(nqEscapes, rest[n+1]); short >= 0 {
			text = append(text, nqEscaped[short])
			p.pos += 2
		} else {
			r, size, bad := p.uchar(p.pos, `\t \b \n \r \f \" \' \\ \uXXXX or \UXXXXXXXX`)
			if bad != nil {
				return "", bad
			}
			text = utf8.AppendRune(text, r)
			p.pos += size
		}
		p.buf = text
	}
}

// uchar decodes a \u or \U escape at offset i; want names what may stand there.
func (p *nqParser) uchar(i int, want string) (r rune, size int, bad *Mistake) {
	switch p.line[i+1] {
	case 'u':
		size = 6
	case 'U':
		size = 10
	default:
		return 0, 0, p.bad(i, "unknown escape: want %s", want)
	}
	var v uint32 // 8 hexadecimal digits just fit
	for j := i + 2; j < i+size; j++ {
		switch c := p.line[j]; {
		case nqDigit(c):
			v = v<<4 | uint32(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			v = v<<4 | uint32(c|0x20-'a'+10)
		default:
			return 0, 0, p.bad(j, `want %d hexadecimal digits after \%c`, size-2, p.line[i+1])
		}
	}
	switch {
	case v > utf8.MaxRune:
		return 0, 0, p.bad(i, "U+%X is not a character: the last one is U+10FFFF", v)
	case 0xD800 <= v && v < 0xE000:
		return 0, 0, p.bad(i, `U+%X is half a surrogate pair: write the character itself or one \U escape`, v)
	}
	return rune(v), size, nil
}
