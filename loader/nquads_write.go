package loader

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cayleygraph/quad"
)

// nqXSD begins the IRIs of the XML Schema datatypes. Cayley's own constants are
// the short form "xsd:...", which outside Cayley is another IRI.
const nqXSD = "http://www.w3.org/2001/XMLSchema#"

// WriteNQuads writes quads to w in canonical N-Quads
// (https://www.w3.org/TR/rdf-canon/#canonical-quads), one a line, in the order
// given and without removing duplicates. It stops at the first error: of
// quads, of AppendQuad (see there; with the number of the quad, from 1) or of
// w. n counts the quads that w took; with an error of the first two kinds
// those are all the quads before it.
func WriteNQuads(w io.Writer, quads iter.Seq2[quad.Quad, error]) (n int, err error) {
	const full = 64 << 10
	buf := make([]byte, 0, full+4<<10)
	held := 0
	flush := func() error {
		if held == 0 {
			return nil
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
		n += held
		buf, held = buf[:0], 0
		return nil
	}
	for q, err := range quads {
		if err == nil {
			if buf, err = AppendQuad(buf, q); err != nil {
				err = fmt.Errorf("quad %d: %w", n+held+1, err)
			}
		}
		if err != nil {
			if werr := flush(); werr != nil {
				err = errors.Join(err, werr)
			}
			return n, err
		}
		buf = append(buf, '\n')
		held++
		if len(buf) >= full {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	err = flush()
	return n, err
}

// FormatQuad gives q as AppendQuad writes it.
func FormatQuad(q quad.Quad) (string, error) {
	b, err := AppendQuad(nil, q)
	return string(b), err
}

// AppendQuad appends q to dst as one statement of canonical N-Quads, without a
// line end. Cayley's native values (quad.Int, quad.Float, quad.Bool, quad.Time)
// become literals with the full IRI of their XML Schema datatype. Language tags
// keep their case.
//
// What RDF 1.1 cannot carry is an error, and dst comes back unchanged: a
// missing term, a subject or label that is a literal, a predicate that is not
// an IRI, a relative IRI or one with forbidden characters, a blank node label
// or language tag outside the grammar, invalid UTF-8. So ReadNQuads reads all
// that AppendQuad writes, if the line is within its limit.
func AppendQuad(dst []byte, q quad.Quad) ([]byte, error) {
	b := dst
	for _, t := range []struct {
		field string
		value quad.Value
	}{{nqSubject, q.Subject}, {nqPredicate, q.Predicate}, {nqObject, q.Object}, {nqLabel, q.Label}} {
		if t.value == nil && t.field == nqLabel {
			continue
		}
		var err error
		if b, err = nqAppendTerm(b, t.field, t.value); err != nil {
			return dst, fmt.Errorf("%s: %w", t.field, err)
		}
		b = append(b, ' ')
	}
	return append(b, '.'), nil
}

func nqAppendTerm(dst []byte, field string, v quad.Value) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return nil, errors.New("missing")
	case quad.IRI:
		return nqAppendIRI(dst, v)
	case quad.BNode:
		if field == nqPredicate {
			return nil, fmt.Errorf("blank node %s: only an IRI can be here", v)
		}
		if !utf8.ValidString(string(v)) || v == "" || nqLabelLen([]byte(v)) != len(v) {
			return nil, fmt.Errorf("blank node label %q breaks the grammar", string(v))
		}
		return append(append(dst, "_:"...), v...), nil
	}
	if field != nqObject {
		return nil, fmt.Errorf("literal %s cannot be here", v)
	}
	switch v := v.(type) {
	case quad.String:
		return nqAppendString(dst, string(v))
	case quad.LangString:
		if v.Lang == "" || nqLangLen([]byte(v.Lang)) != len(v.Lang) {
			return nil, fmt.Errorf("language tag %q breaks the grammar", v.Lang)
		}
		dst, err := nqAppendString(dst, string(v.Value))
		return append(append(dst, '@'), v.Lang...), err
	case quad.TypedString:
		return nqAppendTyped(dst, string(v.Value), v.Type)
	case quad.Int:
		return nqAppendTyped(dst, strconv.FormatInt(int64(v), 10), nqXSD+"integer")
	case quad.Bool: // Cayley itself writes "True", which is not in xsd:boolean
		return nqAppendTyped(dst, strconv.FormatBool(bool(v)), nqXSD+"boolean")
	case quad.Float:
		text := strconv.FormatFloat(float64(v), 'E', -1, 64)
		if math.IsInf(float64(v), 0) { // "+Inf" in Go
			text = map[bool]string{true: "INF", false: "-INF"}[v > 0]
		}
		return nqAppendTyped(dst, text, nqXSD+"double")
	case quad.Time: // Cayley itself drops fractions of a second
		return nqAppendTyped(dst, time.Time(v).UTC().Format(time.RFC3339Nano), nqXSD+"dateTime")
	}
	return nil, fmt.Errorf("values of type %T have no form in RDF", v)
}

func nqAppendTyped(dst []byte, text string, datatype quad.IRI) ([]byte, error) {
	dst, err := nqAppendString(dst, text)
	if err != nil || datatype == nqXSD+"string" {
		return dst, err
	}
	return nqAppendIRI(append(dst, "^^"...), datatype)
}

func nqAppendIRI(dst []byte, iri quad.IRI) ([]byte, error) {
	if !utf8.ValidString(string(iri)) {
		return nil, fmt.Errorf("IRI %q is not UTF-8", string(iri))
	}
	for i := range len(iri) {
		if nqClass[iri[i]]&nqIRI == 0 {
			return nil, fmt.Errorf("IRI %q contains %q", string(iri), iri[i])
		}
	}
	start := len(dst) + 1
	dst = append(append(dst, '<'), iri...)
	if !nqAbsolute(dst[start:]) {
		return nil, fmt.Errorf("IRI %q is relative: want one with a scheme", string(iri))
	}
	return append(dst, '>'), nil
}

// nqAppendString quotes s. The canonical form escapes control characters,
// quote, backslash and the two characters that XML 1.1 does not know, no others.
func nqAppendString(dst []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, fmt.Errorf("literal %q is not UTF-8", s)
	}
	dst = append(dst, '"')
	done := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if nqClass[c]&nqEscape == 0 {
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		short := strings.IndexByte(nqEscaped, c)
		switch {
		case size > 1 && r != 0xFFFE && r != 0xFFFF: // only shares its first byte with those
		case short >= 0:
			dst = append(append(dst, s[done:i]...), '\\', nqEscapes[short])
			done = i + 1
		default:
			dst = fmt.Appendf(append(dst, s[done:i]...), `\u%04X`, r)
			done = i + size
		}
	}
	return append(append(dst, s[done:]...), '"'), nil
}
