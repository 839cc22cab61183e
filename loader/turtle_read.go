package loader

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// This file gives the parser of Turtle its text: a window into the file that
// moves on with it, and the places in it.

const (
	ttlWindow    = 64 << 10
	ttlMaxWindow = nqMaxLine + 16 // a token, what tells its end, and half a character
)

// ttlText is the part of a file that is in memory. It begins at the token in
// hand, whose offsets hold while more is read.
type ttlText struct {
	file   string
	in     nqBlocks // only its reading is used: Turtle has no lines
	window []byte
	pos    int    // of the token in hand
	end    int    // up to here the window is UTF-8 and whole characters
	bad    bool   // what follows is not UTF-8
	ascii  bool   // the window is
	line   int    // of pos, from 1
	start  int    // offset of that line in the window, negative where it has left it
	wide   int    // bytes from start to pos that begin no character
	cr     bool   // that line came after a CR
	field  string // what a mistake is about
}

// rest is what there is in memory from the token in hand on.
func (t *ttlText) rest() []byte { return t.window[t.pos:t.end] }

// more reads on. If it is false, nothing has changed, for the file or the room
// for a token is at its end; else what was had of the window is to be had anew.
// What there is of the token at least doubles, so that to scan it again from
// its beginning stays linear.
func (t *ttlText) more() bool {
	if t.in.ended || t.bad || t.pos == 0 && t.full() && cap(t.window) >= ttlMaxWindow {
		return false
	}
	if t.pos > 0 {
		t.start -= t.pos
		t.window = t.window[:copy(t.window, t.window[t.pos:])]
		t.end -= t.pos
		t.pos = 0
		t.ascii = utf8.RuneCount(t.window[:t.end]) == t.end
	}
	for enough := max(1, 2*t.end); t.end < enough && !t.in.ended && !t.bad; t.sound() {
		if t.full() {
			if cap(t.window) >= ttlMaxWindow {
				break
			}
			t.window = append(make([]byte, 0, min(2*cap(t.window), ttlMaxWindow)), t.window...)
		}
		t.window = t.in.read(t.window)
	}
	return true
}

// full tells whether the window has no room; nqBlocks leaves one byte.
func (t *ttlText) full() bool { return len(t.window) >= cap(t.window)-1 }

// sound moves t.end over whole characters of UTF-8.
func (t *ttlText) sound() {
	fresh := t.window[t.end:]
	if !t.in.ended || t.in.err != nil { // what a character lacks may come, or would have
		for n := 1; n < utf8.UTFMax && n <= len(fresh); n++ {
			if cut := fresh[len(fresh)-n:]; utf8.RuneStart(cut[0]) {
				if !utf8.FullRune(cut) {
					fresh = fresh[:len(fresh)-n]
				}
				break
			}
		}
	}
	if !utf8.Valid(fresh) {
		t.bad = true
		at := 0
		for r, size := utf8.DecodeRune(fresh); r != utf8.RuneError || size != 1; r, size = utf8.DecodeRune(fresh[at:]) {
			at += size
		}
		fresh = fresh[:at]
	}
	t.ascii = t.ascii && utf8.RuneCount(fresh) == len(fresh)
	t.end += len(fresh)
}

// skip passes over white space and comments and gives the byte after them, -1
// at the end.
func (t *ttlText) skip() int {
	for {
		for i := t.pos; i < t.end; i++ {
			switch c := t.window[i]; c {
			case ' ', '\t':
			case '\n', '\r':
				t.newLine(c, i+1)
			case '#':
				t.pos = i
				t.comment()
				i = t.pos - 1
			default:
				t.pos = i
				return int(c)
			}
		}
		t.pos = t.end
		if !t.more() {
			return -1
		}
	}
}

// newLine notes that c ended a line before the offset next. CR and LF are one
// end.
func (t *ttlText) newLine(c byte, next int) {
	if c == '\r' || !t.cr || t.start != next-1 {
		t.line++
	}
	t.start, t.wide, t.cr = next, 0, c == '\r'
}

// comment passes over a comment, of any length.
func (t *ttlText) comment() {
	for {
		text := t.rest()
		n := nqLineEnd(text)
		t.take(n)
		if n < len(text) || !t.more() {
			return
		}
	}
}

// take passes over n bytes that have no line end.
func (t *ttlText) take(n int) {
	if !t.ascii {
		t.wide += n - utf8.RuneCount(t.window[t.pos:t.pos+n])
	}
	t.pos += n
}

// takeLines passes over n bytes.
func (t *ttlText) takeLines(n int) {
	end := t.pos + n
	for t.pos < end {
		line := nqLineEnd(t.window[t.pos:end])
		t.take(line)
		if t.pos < end {
			t.pos++
			t.newLine(t.window[t.pos-1], t.pos)
		}
	}
}

// here is the place of the token in hand.
func (t *ttlText) here() place { return place{t.line, t.pos - t.start - t.wide + 1} }

// wrong makes the error for a byte offset of the token in hand, or after it.
func (t *ttlText) wrong(at int, format string, args ...any) error {
	there := *t // so that a token may be read again
	there.takeLines(at)
	return there.mistake(there.here(), format, args...)
}

func (t *ttlText) mistake(at place, format string, args ...any) error {
	return &Mistake{t.file, at.line, at.column, t.field, fmt.Sprintf(format, args...)}
}

// cut tells whether something else than the end of the file ends the text.
func (t *ttlText) cut() bool { return t.bad || t.in.err != nil || !t.in.ended }

// broken tells why there is no more of the token in hand, which wants some.
func (t *ttlText) broken(format string, args ...any) error {
	n := t.end - t.pos
	switch {
	case t.bad:
		return t.wrong(n, "byte 0x%02X is not UTF-8: convert the text to UTF-8 (or is the file binary?)", t.window[t.end])
	case t.in.err != nil:
		there := *t
		there.takeLines(n)
		return nqReadError(t.file, there.line, t.in.err)
	case !t.in.ended:
		return t.wrong(0, "a token longer than %d bytes begins here: split it, or is its end missing?", nqMaxLine)
	}
	return t.wrong(n, "the file ends "+format, args...)
}

// unexpected says what stands at an offset of the token in hand in place of
// want.
func (t *ttlText) unexpected(at int, want string) error {
	for t.end-t.pos <= at {
		if !t.more() {
			return t.broken("here: want %s", want)
		}
	}
	switch r, _ := utf8.DecodeRune(t.rest()[at:]); r {
	case 0:
		return t.wrong(at, "NUL byte: want %s (is the file binary?)", want)
	case '\uFEFF':
		return t.wrong(at, "byte order mark U+FEFF: remove it; only the beginning of a file may have one")
	default:
		return t.wrong(at, "want %s, not %q", want, r)
	}
}

// begin reads the beginning of the file and passes over a byte order mark.
func (t *ttlText) begin() error {
	t.line, t.ascii = 1, true
	t.window = make([]byte, 0, ttlWindow)
	for len(t.window) < 6 && !t.in.ended { // the longest of nqForeign
		t.window = t.in.read(t.window)
	}
	t.sound()
	if err := nqForeignText(t.file, t.window); err != nil {
		return err
	}
	if bytes.HasPrefix(t.rest(), []byte("\uFEFF")) {
		t.pos += len("\uFEFF")
		t.start = t.pos
	}
	return nil
}

// placed gives a mistake that someone else found its place. It is nil for
// another error.
func (t *ttlText) placed(err error, at place) *Mistake {
	var m *Mistake
	if !errors.As(err, &m) || m.Line != 0 {
		return nil
	}
	placed := *m
	placed.File, placed.Line, placed.Column = t.file, at.line, at.column
	return &placed
}
