package loader

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/cayleygraph/quad"
)

// literal reads a literal that begins with the quote q, with its language tag
// or datatype. As in N-Quads, white space may stand between them.
func (t *ttlTerms) literal(q byte) (quad.Value, error) {
	text, err := t.quoted(q)
	if err != nil {
		return nil, err
	}
	switch t.skip() {
	case '@':
		lang, err := t.language()
		if err != nil {
			return nil, err
		}
		return quad.LangString{Value: text, Lang: lang}, nil
	case '^':
		for len(t.rest()) < 2 && t.more() {
		}
		if rest := t.rest(); len(rest) < 2 || rest[1] != '^' {
			return nil, t.unexpected(1, "^^ and a datatype")
		}
		t.take(2)
		datatype, err := t.likely(t.skip(), "a datatype: "+ttlWantIRI)
		if err != nil {
			return nil, err
		}
		if datatype != quad.IRI(nqXSD+"string") {
			return quad.TypedString{Value: text, Type: datatype.(quad.IRI)}, nil
		}
	case -1:
		if t.cut() { // a tag or datatype may be lost
			return nil, t.broken("")
		}
	}
	return text, nil
}

// quoted reads a string of either form.
func (t *ttlTerms) quoted(q byte) (quad.String, error) {
	for len(t.rest()) < 3 && t.more() {
	}
	size := 1
	if text := t.rest(); len(text) > 1 && text[1] == q {
		if len(text) == 2 || text[2] != q {
			t.take(2)
			return "", nil
		}
		size = 3
	}
	escaped := false
	for i := size; ; {
		text := t.rest()
		for i < len(text) && text[i] != q && text[i] != '\\' && (size == 3 || text[i] != '\n' && text[i] != '\r') {
			i++
		}
		switch {
		case i+size > len(text):
			if !t.more() {
				return "", t.broken("inside a literal: want %s", strings.Repeat(string(q), size))
			}
		case text[i] == '\\':
			escaped = true
			i += 2 // whatever comes now does not end the string
		case text[i] != q:
			return "", t.wrong(i, `the line ends inside a literal: want %c (write a line break as \n, or quote with %s)`, q, strings.Repeat(string(q), 3))
		case size == 3 && (text[i+1] != q || text[i+2] != q):
			i++
		default:
			s, err := t.unquoted(text[:i+1], size, escaped)
			if err != nil {
				return "", err
			}
			if size == 1 {
				t.take(i + 1)
			} else {
				t.takeLines(i + 3)
			}
			return s, nil
		}
	}
}

// unquoted makes the string of a token that has size quotes before it and one
// after it.
func (t *ttlTerms) unquoted(token []byte, size int, escaped bool) (quad.String, error) {
	end := len(token) - 1
	if !escaped {
		return quad.String(token[size:end]), nil
	}
	b := t.scratch[:0]
	for i := size; ; {
		n := bytes.IndexByte(token[i:end], '\\')
		if n < 0 {
			b = append(b, token[i:end]...)
			t.scratch = b
			return quad.String(b), nil
		}
		b = append(b, token[i:i+n]...)
		i += n
		if short := strings.IndexByte(nqEscapes, token[i+1]); short >= 0 {
			b = append(b, nqEscaped[short])
			i += 2
			continue
		}
		r, n, err := t.uchar(token, i, `\t \b \n \r \f \" \' \\ \uXXXX or \UXXXXXXXX`)
		if err != nil {
			return "", err
		}
		b = utf8.AppendRune(b, r)
		i += n
	}
}

// language reads a language tag from its @ on.
func (t *ttlTerms) language() (string, error) {
	for {
		text := t.rest()
		at := 1 + nqLangLen(text[1:])
		dash := at < len(text) && text[at] == '-'
		if at == len(text) || dash && at+1 == len(text) {
			if t.more() {
				continue
			} else if t.cut() {
				return "", t.broken("inside a language tag")
			}
		}
		switch {
		case at == 1:
			return "", t.unexpected(1, "a letter after '@', as in @en")
		case dash:
			return "", t.unexpected(at+1, "a letter or digit after '-', as in @en-GB")
		}
		lang := string(text[1:at])
		t.take(at)
		return lang, nil
	}
}

// number reads a number. Its form tells its datatype.
func (t *ttlTerms) number() (quad.Value, error) {
	for {
		text := t.rest()
		end := 0
		for end < len(text) && (nqDigit(text[end]) || strings.IndexByte("+-.eE", text[end]) >= 0) {
			end++
		}
		if end == len(text) { // it may go on
			if t.more() {
				continue
			} else if t.cut() {
				return nil, t.broken("inside a number")
			}
		}
		n, datatype := ttlNumber(text[:end])
		if n == 0 {
			return nil, t.wrong(0, "want a digit in a number that begins with %q", text[0])
		}
		value := quad.TypedString{Value: quad.String(text[:n]), Type: datatype}
		t.take(n)
		return value, nil
	}
}

// ttlNumber measures the number that b begins with. A dot without digits after
// it ends a statement, unless an exponent follows.
func ttlNumber(b []byte) (n int, datatype quad.IRI) {
	digits := func(i int) int {
		for i < len(b) && nqDigit(b[i]) {
			i++
		}
		return i
	}
	signed := func(i int) int {
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		return i
	}
	first := signed(0)
	at := digits(first)
	some := at > first
	if some {
		n, datatype = at, nqXSD+"integer"
	}
	if at < len(b) && b[at] == '.' {
		dot := at
		if at = digits(dot + 1); at > dot+1 {
			n, datatype, some = at, nqXSD+"decimal", true
		}
	}
	if some && at < len(b) && b[at]|0x20 == 'e' {
		exponent := signed(at + 1)
		if end := digits(exponent); end > exponent {
			n, datatype = end, nqXSD+"double"
		}
	}
	return n, datatype
}
