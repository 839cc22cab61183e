package loader

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted reads a string from its first quote past its second.
func (t *jsonldText) quoted() (string, error) {
	begin := t.place()
	t.at++
	t.scratch = t.scratch[:0]
	for {
		if _, err := t.peek(); err != nil {
			return "", t.unexpected(err, `'"' at the end of the text`)
		}
		rest := t.buf[t.at:]
		n := 0
		for n < len(rest) && rest[n] != '"' && rest[n] != '\\' && rest[n] >= ' ' {
			n++
		}
		t.scratch = append(t.scratch, rest[:n]...)
		t.at += n
		if n == len(rest) {
			continue
		}
		switch rest[n] {
		case '"':
			t.at++
			text := string(t.scratch)
			if !utf8.ValidString(text) {
				t.bad = append(t.bad, t.mistake(begin, "", "%q is not UTF-8: convert the text to UTF-8", jsonldShort(text)))
				text = strings.ToValidUTF8(text, "\uFFFD")
			}
			return text, nil
		case '\\':
			if err := t.escape(); err != nil {
				return "", err
			}
		default:
			return "", t.fail(`control character U+%04X in a text: write \u%04[1]x`, rest[n])
		}
	}
}

// escape reads an escape into scratch.
func (t *jsonldText) escape() error {
	at := t.place()
	t.at++
	c, err := t.peek()
	if err != nil {
		return t.unexpected(err, "the rest of an escape")
	}
	const short, meant = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if i := strings.IndexByte(short, c); i >= 0 {
		t.take(meant[i])
		return nil
	}
	if c != 'u' {
		return t.unexpected(nil, `one of "\/bfnrtu after \`)
	}
	r, err := t.hex()
	if err != nil {
		return err
	}
	for utf16.IsSurrogate(r) {
		var low rune
		if c, err := t.peek(); err == nil && c == '\\' && r < 0xDC00 {
			t.at++
			if c, err = t.peek(); err != nil || c != 'u' {
				return t.unexpected(err, `\u and the other half of the character`)
			}
			if low, err = t.hex(); err != nil {
				return err
			}
		}
		if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
			r = both
			break
		}
		t.bad = append(t.bad, t.mistake(at, "", `\u%04x is half a surrogate pair: write the character itself`, r))
		r = low
		if low == 0 {
			r = utf8.RuneError
		}
	}
	t.scratch = utf8.AppendRune(t.scratch, r)
	return nil
}

// hex reads uXXXX.
func (t *jsonldText) hex() (rune, error) {
	t.at++
	var digits [4]byte
	for i := range digits {
		c, err := t.peek()
		if err != nil || !nqDigit(c) && (c|0x20 < 'a' || 'f' < c|0x20) {
			return 0, t.unexpected(err, `four hexadecimal digits after \u`)
		}
		digits[i] = c
		t.at++
	}
	v, err := strconv.ParseUint(string(digits[:]), 16, 16)
	return rune(v), err
}

// jsonldShort cuts a text for a message.
func jsonldShort(text string) string {
	if len(text) > 60 {
		return text[:60] + "…"
	}
	return text
}

// jsonldMask writes a language tag so that json-gold cannot lose which of its
// letters are capitals: it makes them small ones.
func jsonldMask(tag string) string {
	b := []byte{'='}
	for i := range len(tag) {
		c := tag[i]
		if c == '^' || 'A' <= c && c <= 'Z' {
			b = append(b, '^')
			c |= 0x20
		}
		b = append(b, c)
	}
	return string(b)
}

// jsonldUnmask gives the tag that jsonldMask had.
func jsonldUnmask(masked string) (tag string, ok bool) {
	rest, ok := strings.CutPrefix(masked, "=")
	if !ok {
		return masked, false
	}
	var b []byte
	for i := 0; i < len(rest); i++ {
		c := rest[i]
		if c == '^' && i+1 < len(rest) {
			i++
			c = rest[i] &^ 0x20
		}
		b = append(b, c)
	}
	return string(b), true
}
