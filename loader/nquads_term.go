package loader

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
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
	nqScheme             // part of the scheme of an IRI
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
		if nqAlpha(b) || nqDigit(b) || b == '+' || b == '-' || b == '.' {
			class[c] |= nqScheme
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
		if nqClass[c]&nqScheme == 0 {
			return c == ':' && i > 0 && nqAlpha(iri[0])
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
func (p *nqParser) node(want string) ([]byte, *Mistake) {
	switch c := p.line[p.pos]; {
	case c == '<':
		return p.iri()
	case c == '_' && p.line[p.pos+1] == ':':
		start := p.pos
		n := nqLabelLen(p.line[start+2:])
		p.pos = start + 2 + n
		if n == 0 {
			return nil, p.unexpected("a letter, digit or '_' after '_:'")
		}
		return p.line[start:p.pos:p.pos], nil
	case c == '_':
		p.pos++
		return nil, p.unexpected("':' of a blank node _:name")
	}
	return nil, p.noTerm(want)
}

// iri reads an IRIREF, from its '<' at p.pos past its '>', which is left off.
func (p *nqParser) iri() ([]byte, *Mistake) {
	line, start := p.line, p.pos
	i := nqIRIEnd(line, start+1)
	term := line[start:i:i]
	if line[i] == '\\' {
		var bad *Mistake
		if term, i, bad = p.escapedIRI(term, i); bad != nil {
			return nil, bad
		}
	}
	switch c := line[i]; {
	case c == '\n':
		return nil, p.bad(i, "the line ends inside an IRI: want '>'")
	case c != '>':
		return nil, p.bad(i, "an IRI cannot contain %q: write %%%02X, or end the IRI with '>'", c, c)
	case !nqAbsolute(term[1:]):
		return nil, p.bad(start, "relative IRI: want one with a scheme, as in <http://example.org/name>")
	}
	p.pos = i + 1
	return term, nil
}

// escapedIRI goes on with an IRI from its first escape, at offset i, up to the
// first byte that is not of it.
func (p *nqParser) escapedIRI(head []byte, i int) (term []byte, end int, bad *Mistake) {
	term = append(p.arena.room(len(head)+utf8.UTFMax), head...)
	for p.line[i] == '\\' {
		r, size, bad := p.uchar(i, `\uXXXX or \UXXXXXXXX, the only ones in an IRI`)
		if bad != nil {
			return nil, 0, bad
		}
		if r < utf8.RuneSelf && nqClass[r]&nqIRI == 0 {
			return nil, 0, p.bad(i, "an IRI cannot contain %q, not even escaped: write %%%02X", r, r)
		}
		term = utf8.AppendRune(term, r)
		i += size
		end = nqIRIEnd(p.line, i)
		term = append(term, p.line[i:end]...)
		i = end
	}
	return p.arena.keep(term), i, nil
}

// nqIRIEnd gives the offset of the first byte from i on that cannot be part of
// an IRI.
func nqIRIEnd(line []byte, i int) int {
	for len(line)-i >= 8 {
		if odd := nqOdd(binary.LittleEndian.Uint64(line[i:])); odd != 0 {
			i += bits.TrailingZeros64(odd) / 8
			if line[i] == '>' {
				return i
			}
			break
		}
		i += 8
	}
	for i < len(line) && nqClass[line[i]]&nqIRI != 0 {
		i++
	}
	return i
}

// nqOdd sets the high bit of each of eight bytes that cannot be part of an IRI,
// and of some that can but seldom are: '!', '~', DEL and all beyond ASCII. Above
// one of the last kind its bits mean nothing.
func nqOdd(w uint64) uint64 {
	const each, high = 0x0101010101010101, 0x8080808080808080
	odd := w
	odd |= ('"'+0x80)*each - w // up to '"'
	odd |= w + (0x80-'{')*each // from '{'
	v := w | 2*each
	odd |= high - (v ^ '>'*each) // < and >
	odd |= high - (v ^ '^'*each) // \ and ^
	odd |= high - (w ^ '`'*each)
	return odd & high
}

// literal reads a literal with its language tag or datatype, from its first
// quote at p.pos. The grammar has white space between all tokens, so also
// before @ and around ^^.
func (p *nqParser) literal() ([]byte, *Mistake) {
	text, bad := p.quoted()
	if bad != nil {
		return nil, bad
	}
	switch p.skip() {
	case '@':
		start := p.pos
		n := nqLangLen(p.line[start+1:])
		p.pos += 1 + n
		if n == 0 {
			return nil, p.unexpected("a letter after '@', as in @en")
		} else if p.line[p.pos] == '-' {
			p.pos++
			return nil, p.unexpected("a letter or digit after '-', as in @en-GB")
		}
		p.qualifier = p.line[start:p.pos:p.pos]
	case '^':
		if p.pos++; p.line[p.pos] != '^' {
			return nil, p.unexpected("^^ and a datatype")
		}
		if p.pos++; p.skip() != '<' {
			return nil, p.unexpected("the IRI of a datatype in < >")
		}
		datatype, bad := p.iri()
		if bad != nil {
			return nil, bad
		}
		if string(datatype) != "<"+nqXSD+"string" {
			p.qualifier = datatype
		}
	}
	return text, nil
}

// quoted reads a string from its first quote past its second, which is left
// off.
func (p *nqParser) quoted() ([]byte, *Mistake) {
	start := p.pos
	p.pos++
	escaped := false
	var text []byte // from the first escape on
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
			if !escaped {
				return p.line[start : p.pos-1 : p.pos-1], nil
			}
			return p.arena.keep(append(text, rest[:n]...)), nil
		case '\n':
			return nil, p.bad(p.pos, `the line ends inside a literal: want '"' (write a line break as \n)`)
		}
		if !escaped {
			escaped = true
			text = append(p.arena.room(quote-start), '"')
		}
		text = append(text, rest[:n]...)
		if short := strings.IndexByte(nqEscapes, rest[n+1]); short >= 0 {
			text = append(text, nqEscaped[short])
			p.pos += 2
		} else {
			r, size, bad := p.uchar(p.pos, `\t \b \n \r \f \" \' \\ \uXXXX or \UXXXXXXXX`)
			if bad != nil {
				return nil, bad
			}
			text = utf8.AppendRune(text, r)
			p.pos += size
		}
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
