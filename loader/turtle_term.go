package loader

import (
	"bytes"
	"cmp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// This file reads the terms of Turtle. Each is read from the token in hand on,
// past its end.

const (
	ttlMaxPrefixes = 4096
	ttlMaxShared   = 4096 // bytes of the base IRI, and of a prefix with its IRI
)

// What a backslash may stand before in a prefixed name.
const ttlEscapable = "_~.-!$&'()*+,;=/?#@%"

// What a mistake says is wanted where a term is.
const (
	ttlWantIRI     = "an IRI in < > or a prefixed name"
	ttlWantNode    = "an IRI in < >, a prefixed name, a blank node _:name, [ ] or ( )"
	ttlWantVerb    = "an IRI in < >, a prefixed name or the keyword a"
	ttlWantObject  = `an IRI in < >, a prefixed name, a blank node _:name, [ ], ( ), a literal in " ", a number, true or false`
	ttlWantGraph   = "an IRI in < >, a prefixed name, a blank node _:name or []"
	ttlExampleIRI  = "<http://example.org/name>"
	ttlExampleBase = "@base <http://example.org/> ."
)

// ttlTerms makes terms of a text.
type ttlTerms struct {
	ttlText
	base     *ttlBase // nil where there is none
	prefixes map[string]string
	shared   map[string]quad.Value // what IRIs that are likely to come again stand for
	scratch  []byte
	blanks   int // generated so far
}

// likely gives an IRI that is likely to have come before, as nqValues.shared
// does.
func (t *ttlTerms) likely(c int, want string) (quad.Value, error) {
	size, err := t.iriSize(c, want)
	if err != nil {
		return nil, err
	}
	token := t.rest()[:size]
	if value, ok := t.shared[string(token)]; ok {
		t.take(size)
		return value, nil
	}
	iri, err := t.iriOf(size)
	if err != nil {
		return nil, err
	}
	value := quad.Value(iri)
	if size <= nqCachedIRI && len(iri) <= nqCachedIRI {
		if len(t.shared) == nqCacheSize {
			clear(t.shared)
		}
		t.shared[string(token)] = value
	}
	return value, nil
}

// iri reads an IRI, whole or by a prefix, that begins with c.
func (t *ttlTerms) iri(c int, want string) (quad.IRI, error) {
	size, err := t.iriSize(c, want)
	if err != nil {
		return "", err
	}
	return t.iriOf(size)
}

// iriSize measures an IRI.
func (t *ttlTerms) iriSize(c int, want string) (int, error) {
	if c == '<' {
		return t.bracketed()
	}
	if colon, err := t.word(c); err != nil {
		return 0, err
	} else if colon < 0 {
		return 0, t.noTerm(c, want)
	}
	return t.prefixed()
}

// iriOf takes an IRI that was measured.
func (t *ttlTerms) iriOf(size int) (iri quad.IRI, err error) {
	if t.window[t.pos] == '<' {
		iri, err = t.fromBrackets(size)
	} else {
		iri, err = t.fromPrefix(size)
	}
	if err == nil {
		t.take(size)
	}
	return iri, err
}

// bracketed measures an IRIREF.
func (t *ttlTerms) bracketed() (int, error) {
	for i := 1; ; {
		text := t.rest()
		switch i = nqIRIEnd(text, i); {
		case i == len(text):
			if !t.more() {
				return 0, t.broken("inside an IRI: want '>'")
			}
		case text[i] == '>':
			return i + 1, nil
		case text[i] == '\\':
			i++
		case i == 1 && text[i] == '<':
			return 0, t.wrong(0, "want %s; statements about statements in << >> are not RDF 1.1", ttlExampleIRI)
		case text[i] == '\n', text[i] == '\r':
			return 0, t.wrong(i, "the line ends inside an IRI: want '>'")
		default:
			return 0, t.wrong(i, "an IRI cannot contain %q: write %%%02X, or end the IRI with '>'", text[i], text[i])
		}
	}
}

// fromBrackets makes the IRI of an IRIREF of so many bytes.
func (t *ttlTerms) fromBrackets(size int) (quad.IRI, error) {
	text := t.rest()[1 : size-1]
	if bytes.IndexByte(text, '\\') >= 0 {
		whole := t.rest()[:size]
		t.scratch = t.scratch[:0]
		for i := 1; i < size-1; {
			if whole[i] != '\\' {
				t.scratch = append(t.scratch, whole[i])
				i++
				continue
			}
			r, n, err := t.uchar(whole, i, `\uXXXX or \UXXXXXXXX, the only ones in an IRI`)
			if err != nil {
				return "", err
			}
			if r < utf8.RuneSelf && nqClass[r]&nqIRI == 0 {
				return "", t.wrong(i, "an IRI cannot contain %q, not even escaped: write %%%02X", r, r)
			}
			t.scratch = utf8.AppendRune(t.scratch, r)
			i += n
		}
		text = t.scratch
	}
	colon := bytes.IndexByte(text, ':')
	switch {
	case nqAbsolute(text):
		return quad.IRI(text), nil
	case t.base == nil:
		return "", t.wrong(0, "relative IRI: write it whole, as in %s, or write %s above", ttlExampleIRI, ttlExampleBase)
	case colon >= 0 && !bytes.ContainsAny(text[:colon], "/?#"):
		return "", t.wrong(0, "the part of an IRI before ':' is a scheme, such as http; in a relative IRI write ./ before it")
	}
	return quad.IRI(t.base.resolve(string(text))), nil
}

// uchar decodes an escape at offset i of a token.
func (t *ttlTerms) uchar(token []byte, i int, want string) (rune, int, error) {
	p := nqParser{line: token[i:]}
	r, size, bad := p.uchar(0, want)
	if bad != nil { // up to there an escape is ASCII, a byte a column
		return 0, 0, t.wrong(i+bad.Column-1, "%s", bad.Problem)
	}
	return r, size, nil
}

// ttlNameEnd passes over the characters of names (PN_CHARS) and dots.
func ttlNameEnd(b []byte, i int) int {
	for i < len(b) {
		if c := b[i]; c < utf8.RuneSelf {
			if nqClass[c]&nqName == 0 && c != '.' {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if !unicode.Is(nqBase, r) && !unicode.Is(nqCombining, r) {
			return i
		}
		i += size
	}
	return i
}

// word looks at a word that begins with c: a prefix, if a colon ends it, or a
// keyword. It gives the offset of the colon, or -1.
func (t *ttlTerms) word(c int) (colon int, err error) {
	if c == ':' {
		return 0, nil
	}
	if c < 0 {
		return -1, nil
	}
	if r, _ := utf8.DecodeRune(t.rest()); r < utf8.RuneSelf && !nqAlpha(byte(r)) || r >= utf8.RuneSelf && !unicode.Is(nqBase, r) {
		return -1, nil
	}
	for {
		text := t.rest()
		i := ttlNameEnd(text, 0)
		switch {
		case i == len(text):
			if t.more() {
				continue
			}
			if t.cut() {
				return 0, t.broken("inside a word")
			}
			return -1, nil
		case text[i] == ':' && text[i-1] != '.': // which no prefix ends with
			return i, nil
		}
		return -1, nil
	}
}

// keyword gives the keyword that stands there. A dot ends it, for it may end a
// statement.
func (t *ttlTerms) keyword() []byte {
	text := t.rest()
	text = text[:ttlNameEnd(text, 0)]
	if i := bytes.IndexByte(text, '.'); i >= 0 {
		text = text[:i]
	}
	return text
}

// prefixed measures a prefixed name, of which word found the colon.
func (t *ttlTerms) prefixed() (int, error) {
	for {
		text := t.rest()
		end, stop := ttlLocalEnd(text, bytes.IndexByte(text, ':')+1)
		switch {
		case stop == len(text), text[stop] == '\\' && stop+1 == len(text), text[stop] == '%' && stop+2 >= len(text):
			if t.more() {
				continue
			} else if stop < len(text) || t.cut() {
				return 0, t.broken("inside a prefixed name")
			}
		case text[stop] == '%':
			return 0, t.wrong(stop, `want 2 hexadecimal digits after %%, as in %%20; write \%% for the character itself`)
		case text[stop] == '\\':
			return 0, t.wrong(stop, `unknown escape: want \ before one of %s in a prefixed name`, ttlEscapable)
		}
		return end, nil
	}
}

// ttlLocalEnd passes over the local part of a prefixed name (PN_LOCAL) from i
// on, and tells where it stopped: at a % or \ that lacks what it needs, or after
// dots that end a statement.
func ttlLocalEnd(text []byte, i int) (end, stop int) {
	if r, _ := utf8.DecodeRune(text[i:]); r == '.' || r == '-' || unicode.Is(nqCombining, r) {
		return i, i
	}
	end = i
	for {
		i = ttlNameEnd(text, i)
		switch {
		case i == len(text):
		case text[i] == ':':
			i++
			continue
		case text[i] == '%' && i+2 < len(text) && ttlHex(text[i+1]) && ttlHex(text[i+2]):
			i += 3
			end = i
			continue
		case text[i] == '\\' && i+1 < len(text) && strings.IndexByte(ttlEscapable, text[i+1]) >= 0:
			i += 2
			end = i // an escaped dot is no end
			continue
		}
		stop = i
		for i > end && text[i-1] == '.' {
			i--
		}
		return i, stop
	}
}

func ttlHex(c byte) bool { return nqDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// fromPrefix makes the IRI of a prefixed name of so many bytes.
func (t *ttlTerms) fromPrefix(size int) (quad.IRI, error) {
	text := t.rest()[:size]
	colon := bytes.IndexByte(text, ':')
	prefix, ok := t.prefixes[string(text[:colon])]
	if !ok {
		name := ttlShort(text[:colon])
		return "", t.wrong(0, "the prefix %s: is not declared: write @prefix %[1]s: <%s> . above", name, cmp.Or(vocab.Prefixes[name], "http://example.org/"))
	}
	b := t.scratch[:0]
	b = append(b, prefix...)
	for local := text[colon+1:]; ; {
		i := bytes.IndexByte(local, '\\')
		if i < 0 {
			b = append(b, local...)
			break
		}
		b = append(append(b, local[:i]...), local[i+1])
		local = local[i+2:]
	}
	t.scratch = b
	return quad.IRI(b), nil
}

// blank reads a blank node with a label.
func (t *ttlTerms) blank() (quad.Value, error) {
	for {
		text := t.rest()
		if len(text) > 1 && text[1] != ':' {
			return nil, t.unexpected(1, "':' of a blank node _:name")
		}
		n := 0
		if len(text) > 2 {
			n = nqLabelLen(text[2:])
		}
		if i := 2 + n; len(bytes.TrimLeft(text[min(i, len(text)):], ".")) == 0 { // it may go on
			if t.more() {
				continue
			}
			if t.cut() {
				return nil, t.broken("inside a blank node label")
			}
		}
		if n == 0 {
			return nil, t.unexpected(min(2, len(text)), "a letter, digit or '_' after '_:'")
		}
		node := ttlLabel(text[2 : 2+n])
		t.take(2 + n)
		return node, nil
	}
}

// ttlGenerated begins the labels of blank nodes that have none in the file; a
// number follows.
const ttlGenerated = "anon"

// ttlLabel gives the blank node of a label in the file. One that looks as if
// generated gets one more '_' before it, and so does what that could be taken
// for: so two labels stay two, and none is ever generated.
func ttlLabel(label []byte) quad.BNode {
	number, generated := bytes.CutPrefix(bytes.TrimLeft(label, "_"), []byte(ttlGenerated))
	if !generated || len(number) == 0 || len(bytes.TrimLeft(number, "0123456789")) > 0 {
		return quad.BNode(label)
	}
	return "_" + quad.BNode(label)
}

// generate gives a new blank node.
func (t *ttlTerms) generate() quad.BNode {
	t.blanks++
	return quad.BNode(ttlGenerated + strconv.Itoa(t.blanks))
}

// noTerm says why no term of the wanted kind begins with c.
func (t *ttlTerms) noTerm(c int, want string) error {
	switch {
	case c == '"', c == '\'', c == '+', c == '-', '0' <= c && c <= '9':
		return t.wrong(0, "a literal cannot be the %s: want %s", t.field, want)
	case c == '_', c == '[':
		return t.wrong(0, "a blank node cannot be the %s: want %s", t.field, want)
	case c == '(':
		return t.wrong(0, "a collection cannot be the %s: want %s", t.field, want)
	case c == '@':
		return t.wrong(0, "want %s; a directive comes only after the '.' of a statement", want)
	case c >= 0 && nqAlpha(byte(c)):
		return t.wrong(0, "want %s, not the word %q: is its prefix missing?", want, ttlShort(t.keyword()))
	}
	return t.unexpected(0, want)
}

// ttlMaxWord is how much of a word a mistake has, in bytes.
const ttlMaxWord = 60

// ttlShort gives a word for a mistake.
func ttlShort(word []byte) string {
	if len(word) <= ttlMaxWord {
		return string(word)
	}
	end := ttlMaxWord
	for !utf8.RuneStart(word[end]) {
		end--
	}
	return string(word[:end]) + "…"
}
