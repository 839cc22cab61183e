package loader

import (
	"bufio"
	"bytes"
	"context"
	"io"
)

// nqForeignText looks at the first block of a file.
func nqForeignText(file string, block []byte) error {
	if problem := foreignTo(block); problem != "" {
		return &Mistake{file, 1, 1, nqSubject, problem}
	}
	return nil
}

// nqEmptyReads is how often r may give nothing before it counts as stuck.
const nqEmptyReads = 100

// nqBlocks cuts what it reads from r into blocks of whole lines.
type nqBlocks struct {
	ctx     context.Context
	r       io.Reader
	size    int    // bytes of a block, unless one line is longer
	prompt  bool   // a block need not be full: what a Read gave is not held back
	carry   []byte // the beginning of a line that the last block had no room for
	ended   bool   // nothing more is read
	err     error  // of r or ctx, which ended it before the end of the file
	empty   int    // reads in a row that gave nothing
	afterCR bool   // an LF that comes now belongs to the CR before it
	rest    bool   // the last line was over the limit and its rest is to be skipped
}

// next puts the next block into buf, or into a larger buffer in its place. All
// lines of a block have their ends, also the last of the file, but for one that
// is over the limit: of that a block of its own has the first nqMaxLine+1
// bytes. A block without lines is the end of the file. For an error of r or ctx
// the line in hand, perhaps cut short, is dropped.
func (b *nqBlocks) next(buf []byte) ([]byte, error) {
	if cap(buf) == 0 {
		buf = make([]byte, 0, b.size)
	}
	buf = append(buf[:0], b.carry...)
	b.carry = b.carry[:0]
	for known := 0; ; buf = b.read(buf) { // up to known there is no line end
		buf = b.skip(buf)
		full := len(buf) >= cap(buf)-1 // one byte is left for a line end
		if !full && !b.prompt && !b.ended {
			continue
		}
		end := nqLastEnd(buf, known)
		known = len(buf)
		switch {
		case b.ended && b.err == nil && end < len(buf):
			return append(buf, '\n'), nil
		case end > 0:
			b.afterCR = end == len(buf) && buf[end-1] == '\r'
			b.carry = append(b.carry, buf[end:]...)
			return buf[:end], nil
		case len(buf) > nqMaxLine:
			b.rest = true
			return buf[:nqMaxLine+1], nil
		case b.ended:
			return nil, b.err
		case full:
			buf = append(make([]byte, 0, min(2*cap(buf)+64, nqMaxLine+2)), buf...)
		}
	}
}

// read reads once. It looks at ctx each time, for a line that never ends.
func (b *nqBlocks) read(buf []byte) []byte {
	if b.err = b.ctx.Err(); b.err != nil {
		b.ended = true
		return buf
	}
	room := buf[len(buf) : cap(buf)-1]
	n, err := b.r.Read(room)
	b.ended = err != nil
	if err != io.EOF {
		b.err = err
	}
	b.empty++
	switch {
	case n < 0 || n > len(room):
		b.ended, b.err = true, bufio.ErrBadReadCount
		return buf
	case n > 0:
		b.empty = 0
	case b.empty > nqEmptyReads && !b.ended:
		b.ended, b.err = true, io.ErrNoProgress
	}
	return buf[:len(buf)+n]
}

// skip drops from the head of a block what belongs to the line before.
func (b *nqBlocks) skip(buf []byte) []byte {
	if b.rest {
		end := nqLineEnd(buf)
		if end == len(buf) {
			return buf[:0]
		}
		b.rest, b.afterCR = false, buf[end] == '\r'
		buf = buf[:copy(buf, buf[end+1:])]
	}
	if b.afterCR && len(buf) > 0 {
		b.afterCR = false
		if buf[0] == '\n' {
			buf = buf[:copy(buf, buf[1:])]
		}
	}
	return buf
}

// nqLastEnd gives the offset after the last line end that is not before known,
// or 0.
func nqLastEnd(b []byte, known int) int {
	for i := len(b); i > known; i-- {
		if c := b[i-1]; c == '\n' || c == '\r' {
			return i
		}
	}
	return 0
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

// nqArena is where terms are put together that do not stand in the text as
// they are. They stay where they are until it is emptied.
type nqArena []byte

// room gives an empty slice for a term of n bytes or, with append, of more.
func (a *nqArena) room(n int) []byte {
	if cap(*a)-len(*a) < n {
		*a = make([]byte, 0, max(2*cap(*a), n, 4<<10))
	}
	return (*a)[len(*a):]
}

// keep takes a term that was begun with the last room.
func (a *nqArena) keep(term []byte) []byte {
	if cap(term) == cap(*a)-len(*a) {
		*a = (*a)[:len(*a)+len(term)]
	} else { // append moved it
		*a = term
	}
	return term[:len(term):len(term)]
}
