package loader

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// csvText cuts a text into the cells of its rows, and keeps the text of the row
// in hand. Memory is bounded: a row that does not end within mostInRow bytes
// ends the reading.
type csvText struct {
	*csv.Reader
	ctx  context.Context
	from io.Reader

	kept    []byte // what was read from the byte number begin on
	begin   int64
	line    int // of the first byte of what is kept, from 1
	tooLong bool

	remarks   []remark // before the row in hand that may be rows
	record    []byte   // the row in hand, with its end
	firstLine int      // of the row in hand
}

// newCSVText reads r, whose buffer is large enough for csv.Reader to read no
// further ahead than some kilobytes.
func newCSVText(ctx context.Context, r *bufio.Reader) *csvText {
	t := &csvText{ctx: ctx, from: r, line: 1}
	t.Reader = csv.NewReader(t)
	t.FieldsPerRecord = -1 // the number of cells is compared with the header's
	t.ReuseRecord = true
	t.Comment = '#'
	return t
}

// remark is a line that begins with # and no space after it: csv.Reader passes
// over it, and it may be a row that was meant.
type remark struct {
	line int
	text []byte
}

// skipBOM passes over the mark that some programs put before UTF-8.
func (t *csvText) skipBOM() {
	r := t.from.(*bufio.Reader)
	if head, _ := r.Peek(len(bom)); string(head) == bom {
		_, _ = r.Discard(len(bom)) // what was peeked is there
	}
}

// Read gives the text to csv.Reader, and keeps it.
func (t *csvText) Read(p []byte) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, err
	}
	if len(t.kept) > mostInRow {
		t.tooLong = true
		return 0, errors.New("the row is too long")
	}
	n, err := t.from.Read(p)
	t.kept = append(t.kept, p[:n]...)
	return n, err
}

// next reads a row. The cells are good until the next. Whatever the error,
// what was read of the row is raw's.
func (t *csvText) next() ([]string, error) {
	t.forget()
	cells, err := t.Reader.Read()
	end := min(int(t.InputOffset()-t.begin), len(t.kept))
	t.record, t.firstLine, t.remarks = t.kept[:end], t.line, t.remarks[:0]
	// Comments and blank lines before the row are passed over.
	for len(t.record) > 0 {
		line, rest, ended := bytes.Cut(t.record, []byte("\n"))
		if !ended || len(bytes.TrimRight(line, "\r")) > 0 && line[0] != '#' {
			break
		}
		if len(line) > 1 && line[0] == '#' && line[1] != ' ' && line[1] != '\r' {
			t.remarks = append(t.remarks, remark{t.firstLine, bytes.TrimRight(line, "\r")})
		}
		t.record, t.firstLine = rest, t.firstLine+1
	}
	return cells, err
}

// forget drops the row in hand.
func (t *csvText) forget() {
	end := 0
	if t.record != nil {
		end = min(int(t.InputOffset()-t.begin), len(t.kept))
	}
	t.line += bytes.Count(t.kept[:end], []byte("\n"))
	t.kept = append(t.kept[:0], t.kept[end:]...)
	t.begin += int64(end)
}

// raw gives the text of the row in hand without the end of its line.
func (t *csvText) raw() []byte { return bytes.TrimRight(t.record, "\r\n") }

// place tells where a cell of the row in hand begins.
func (t *csvText) place(cell int) place {
	line, column := t.FieldPos(cell)
	return t.at(line, column)
}

// at counts in characters what csv.Reader counts in bytes.
func (t *csvText) at(line, column int) place {
	text := t.record
	for range line - t.firstLine {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	return place{line, utf8.RuneCount(text[:min(max(0, column-1), len(text))]) + 1}
}

// notText tells what of the row in hand is no text, nil where it is.
func (t *csvText) notText() *Mistake {
	bad, problem := -1, ""
	if !utf8.Valid(t.record) {
		problem = "not UTF-8; save the file as UTF-8 text"
		for i := 0; i < len(t.record) && bad < 0; {
			r, size := utf8.DecodeRune(t.record[i:])
			if r == utf8.RuneError && size == 1 {
				bad = i
			}
			i += size
		}
	} else if bad = bytes.IndexByte(t.record, 0); bad >= 0 {
		problem = "a NUL byte; is the file binary?"
	}
	if bad < 0 {
		return nil
	}
	at := t.offset(bad)
	return &Mistake{Line: at.line, Column: at.column, Problem: problem}
}

// offset tells where a byte of the row in hand stands.
func (t *csvText) offset(i int) place {
	before := t.record[:i]
	start := bytes.LastIndexByte(before, '\n') + 1
	return place{t.firstLine + bytes.Count(before, []byte("\n")), utf8.RuneCount(before[start:]) + 1}
}

// openQuote finds the quote of a text that is not closed in it, or gives -1.
func openQuote(text []byte) int {
	open := -1
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] != '"':
		case open < 0:
			open = i
		case i+1 < len(text) && text[i+1] == '"':
			i++
		default:
			open = -1
		}
	}
	return open
}

// syntax tells what is wrong with the quotes of the row in hand; nil of another
// error.
func (t *csvText) syntax(err error) *Mistake {
	var e *csv.ParseError
	if !errors.As(err, &e) {
		return nil
	}
	problem := "a quote within a cell that does not begin with one; put quotes around the whole cell, and write the quote twice"
	at := t.at(e.Line, e.Column)
	if errors.Is(e.Err, csv.ErrQuote) {
		problem = "a quote within a quoted cell; write it twice"
		if open := openQuote(t.record); open >= 0 {
			at, problem = t.offset(open), "a quote that is never closed; write one at the end of the cell"
		}
	}
	return &Mistake{Line: at.line, Column: at.column, Problem: problem}
}

// ended says why there are no more rows: nil at the end of the text, unless
// that is a mistake.
func (t *csvText) ended(file string, err error, nothing string) error {
	switch m := t.syntax(err); {
	case t.tooLong:
		return &Mistake{File: file, Line: t.firstLine, Problem: fmt.Sprintf("no row ends within %d bytes: is a quote not closed, or a line break missing?", mostInRow)}
	case m != nil:
		m.File = file
		return m
	case errors.Is(err, io.EOF) && nothing != "":
		return &Mistake{File: file, Problem: nothing}
	case errors.Is(err, io.EOF):
		return nil
	}
	return err
}
