package loader

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Bounds of what is in memory at once. A value of JSON takes up to 400 bytes
// there once json-gold has expanded it, however few it has in the file.
const (
	jsonldMaxPiece  = 64 << 20 // bytes of text
	jsonldMaxValues = 1 << 18
	jsonldMaxDepth  = 500
)

// jsonldText reads JSON (RFC 8259), strictly and with places. Encoding/json
// would put U+FFFD for what is not UTF-8, and take a key twice.
type jsonldText struct {
	ctx  context.Context
	r    io.Reader
	file string

	err          error  // of r, which comes after buf
	buf          []byte // what was read last
	at           int    // up to where it is done
	offset       int64  // of buf in the file
	known        int    // line and column are those of buf[known]
	line, column int
	scratch      []byte // of the string or number in hand

	heldFrom int64 // offset from which on the text is in memory, as values
	count    jsonldCount
	bad      []*Mistake // what is wrong in it and does not stop the reading
}

// jsonldCount tells how many values are in memory, how many of them are
// contexts, and how many are what was in a @set, which is gone.
type jsonldCount struct{ values, contexts, sets int }

func (c jsonldCount) without(o jsonldCount) jsonldCount {
	return jsonldCount{c.values - o.values, c.contexts - o.contexts, c.sets - o.sets}
}

// begin reads the first bytes, which may tell that the file is no JSON, or be a
// byte order mark.
func (t *jsonldText) begin() error {
	n, err := io.ReadAtLeast(t.r, t.buf[:cap(t.buf)], len("\xfd7zXZ"))
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	t.buf, t.err = t.buf[:n], err
	if problem := foreignTo(t.buf); problem != "" {
		return t.fail("%s", problem)
	}
	if mark := "\uFEFF"; bytes.HasPrefix(t.buf, []byte(mark)) {
		t.at, t.known = len(mark), len(mark)
	}
	return nil
}

// more reads the next bytes, or gives io.EOF.
func (t *jsonldText) more() error {
	t.place()
	t.offset += int64(len(t.buf))
	t.buf, t.at, t.known = t.buf[:0], 0, 0
	if t.held() > jsonldMaxPiece {
		return t.fail("a piece longer than %d MiB: %s", jsonldMaxPiece>>20, jsonldInParts)
	}
	for range nqEmptyReads {
		if err := t.ctx.Err(); err != nil {
			return err
		}
		n := 0
		if t.err == nil {
			n, t.err = t.r.Read(t.buf[:cap(t.buf)])
		}
		switch {
		case n < 0 || n > cap(t.buf):
			return bufio.ErrBadReadCount
		case n > 0:
			t.buf = t.buf[:n]
			return nil
		case errors.Is(t.err, io.EOF):
			return io.EOF
		case t.err != nil:
			return nqReadError(t.file, t.line, t.err)
		}
	}
	return nqReadError(t.file, t.line, io.ErrNoProgress)
}

const jsonldInParts = `write the nodes as the elements of "@graph", after "@context" and "@id", so that they can be read one by one`

// held gives how many bytes of text are in memory, as values.
func (t *jsonldText) held() int64 { return t.offset + int64(t.at) - t.heldFrom }

// release tells that what was read is no longer in memory.
func (t *jsonldText) release() {
	t.heldFrom, t.count = t.offset+int64(t.at), jsonldCount{}
}

// place gives the place of the next byte.
func (t *jsonldText) place() place {
	for _, c := range t.buf[t.known:t.at] {
		if c&0xC0 != 0x80 { // counts characters, also one that two reads share
			t.column++
		}
	}
	t.known = t.at
	return place{t.line, t.column}
}

func (t *jsonldText) mistake(at place, field, format string, args ...any) *Mistake {
	return &Mistake{t.file, at.line, at.column, field, fmt.Sprintf(format, args...)}
}

// fail gives the mistake that the reading ends with, at the next byte.
func (t *jsonldText) fail(format string, args ...any) error {
	return t.mistake(t.place(), "", format, args...)
}

// unexpected tells that something else should be the next byte; err is why
// there is none.
func (t *jsonldText) unexpected(err error, want string) error {
	switch {
	case errors.Is(err, io.EOF):
		return t.fail("the file ends too early: want %s", want)
	case err != nil:
		return err
	}
	at := t.place()
	char := append([]byte(nil), t.buf[t.at:min(t.at+utf8.UTFMax, len(t.buf))]...)
	for !utf8.FullRune(char) {
		t.at = len(t.buf)
		if t.more() != nil {
			break
		}
		char = append(char, t.buf[0])
		t.at = 1
	}
	r, size := utf8.DecodeRune(char)
	if r == utf8.RuneError && size == 1 {
		return t.mistake(at, "", "unexpected byte 0x%02X: want %s", char[0], want)
	}
	return t.mistake(at, "", "unexpected %q: want %s", r, want)
}

// peek gives the next byte.
func (t *jsonldText) peek() (byte, error) {
	if t.at == len(t.buf) {
		if err := t.more(); err != nil {
			return 0, err
		}
	}
	return t.buf[t.at], nil
}

// skip gives the next byte that is no white space.
func (t *jsonldText) skip() (byte, error) {
	for {
		c, err := t.peek()
		if err != nil {
			return 0, err
		}
		switch c {
		case '\n':
			t.line, t.column, t.known = t.line+1, 1, t.at+1
		case ' ', '\t', '\r':
		default:
			return c, nil
		}
		t.at++
	}
}

// next goes to the next of a list that ends with end, past a comma. It is false
// at the end.
func (t *jsonldText) next(first bool, end byte) (bool, error) {
	c, err := t.skip()
	switch {
	case err == nil && c == end:
		t.at++
		return false, nil
	case first && err == nil:
		return true, nil
	case err != nil || c != ',':
		return false, t.unexpected(err, fmt.Sprintf("',' or '%c'", end))
	}
	t.at++
	return true, nil
}

// key reads a key and its colon.
func (t *jsonldText) key() (key string, at place, err error) {
	c, err := t.skip()
	if err != nil || c != '"' {
		return "", at, t.unexpected(err, "a key in double quotes")
	}
	at = t.place()
	if key, err = t.quoted(); err != nil {
		return "", at, err
	}
	if c, err = t.skip(); err != nil || c != ':' {
		return "", at, t.unexpected(err, "':' after the key")
	}
	t.at++
	if _, err = t.skip(); err != nil {
		return "", at, t.unexpected(err, "a value")
	}
	return key, at, nil
}

// value reads a value. A JSON literal is verbatim: its keys have no meaning.
func (t *jsonldText) value(depth int, verbatim bool) (any, error) {
	c, err := t.skip()
	if err != nil {
		return nil, t.unexpected(err, "a value")
	}
	if t.count.values++; t.count.values > jsonldMaxValues {
		return nil, t.fail("a piece of more than %d values: %s", jsonldMaxValues, jsonldInParts)
	}
	switch {
	case (c == '{' || c == '[') && depth >= jsonldMaxDepth:
		return nil, t.fail("nested more than %d deep: name the inner nodes and refer to them by \"@id\"", jsonldMaxDepth)
	case c == '{':
		return t.object(depth+1, verbatim)
	case c == '[':
		return t.array(depth+1, verbatim)
	case c == '"':
		return t.quoted()
	case c == '-' || nqDigit(c):
		return t.number()
	}
	for word, v := range map[string]any{"true": true, "false": false, "null": nil} {
		if word[0] == c {
			return v, t.word(word)
		}
	}
	return nil, t.unexpected(nil, "a value")
}

func (t *jsonldText) word(word string) error {
	for i := range len(word) {
		if c, err := t.peek(); err != nil || c != word[i] {
			return t.unexpected(err, word)
		}
		t.at++
	}
	return nil
}

func (t *jsonldText) array(depth int, verbatim bool) ([]any, error) {
	list := []any{}
	t.at++
	for first := true; ; first = false {
		if more, err := t.next(first, ']'); !more || err != nil {
			return list, err
		}
		v, err := t.value(depth, verbatim)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
}

func (t *jsonldText) object(depth int, verbatim bool) (any, error) {
	m := map[string]any{}
	t.at++
	for first := true; ; first = false {
		more, err := t.next(first, '}')
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		if err := t.member(m, depth, verbatim); err != nil {
			return nil, err
		}
	}
	_, indexed := m["@index"]
	if set, ok := m["@set"]; ok && !verbatim && (len(m) == 1 || len(m) == 2 && indexed) {
		t.count.sets++
		return set, nil // json-gold forgets what is wrong inside
	}
	return m, nil
}

// member reads a key and its value into an object.
func (t *jsonldText) member(m map[string]any, depth int, verbatim bool) error {
	key, at, err := t.key()
	if err != nil {
		return err
	}
	v, err := t.value(depth, verbatim || key == "@value")
	if err != nil {
		return err
	}
	t.put(m, key, v, at)
	return nil
}

func (t *jsonldText) put(m map[string]any, key string, v any, at place) {
	if _, twice := m[key]; twice {
		t.bad = append(t.bad, t.mistake(at, key, "the key is there twice in one object: write its values as a list"))
	}
	switch text := v.(type) {
	case string:
		if key == "@language" {
			v = jsonldMask(text)
		}
	case json.Number:
		if key == "@version" { // json-gold compares it with 1.1
			v, _ = text.Float64()
		}
	}
	if key == "@context" {
		t.count.contexts++
	}
	m[key] = v
}

// number reads a number as it is written, for its digits count.
func (t *jsonldText) number() (json.Number, error) {
	t.scratch = t.scratch[:0]
	digits := func(want string) error {
		for n := 0; ; n++ {
			c, err := t.peek()
			switch {
			case err != nil && !errors.Is(err, io.EOF):
				return err
			case err != nil || !nqDigit(c):
				if n == 0 {
					return t.unexpected(err, want)
				}
				return nil
			}
			t.take(c)
		}
	}
	// is takes one of some characters, if it comes.
	is := func(any string) bool {
		c, err := t.peek() // an error comes again
		if err != nil || strings.IndexByte(any, c) < 0 {
			return false
		}
		t.take(c)
		return true
	}
	is("-")
	if !is("0") {
		if err := digits("a digit"); err != nil {
			return "", err
		}
	} else if c, err := t.peek(); err == nil && nqDigit(c) {
		return "", t.fail("a number cannot begin with 0: leave it out, or write a text in double quotes")
	}
	if is(".") {
		if err := digits("a digit after the point"); err != nil {
			return "", err
		}
	}
	if is("eE") {
		is("+-")
		if err := digits("a digit of the exponent"); err != nil {
			return "", err
		}
	}
	return json.Number(t.scratch), nil
}

func (t *jsonldText) take(c byte) {
	t.scratch = append(t.scratch, c)
	t.at++
}
