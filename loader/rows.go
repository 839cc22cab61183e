package loader

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"unicode/utf8"

	"parley/graph/store"
)

const (
	rowBlock   = 1 << 20 // bytes of a block of rows, unless one row is longer
	mostInRow  = 1 << 20 // bytes of a row
	rowsToLook = 256     // rows between two looks at the context
)

// A rowReader reads the rows of a format of one row a line. One goroutine uses
// it.
type rowReader interface {
	// row appends the statements of a row. A *Mistake without a line makes the
	// row a bad one; another error ends the reading.
	row(b *batch, line []byte) error
}

// rows are how a format of one row a line is read.
type rows struct {
	format string
	header []byte // goes before the rejects, nil where there is none
	// skip is how many lines, the header's, were read before.
	skip int
	// reader makes a reader for one goroutine.
	reader func() rowReader
}

// readRows reads rows on all processors, and counts them. Blank lines, and those
// that begin with #, are passed over: in a file of rejects they say what is
// wrong.
func (in *reading) readRows(ctx context.Context, r rows) error {
	add, concurrent := in.addStatements(ctx)
	workers := 1
	if concurrent {
		workers = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	run := &rowRun{rows: r, in: in, cancel: cancel, waiting: make(map[int]rowResult)}
	blocks := make(chan rowsBlock)
	free := make(chan []byte, workers+2)
	for range cap(free) {
		free <- nil
	}
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			w := rowWorker{rowRun: run, reader: r.reader(), batch: batch{emit: add}}
			for b := range blocks {
				run.done(b.number, w.read(ctx, b))
				free <- b.text
			}
		})
	}
	err := run.cut(ctx, blocks, free)
	close(blocks)
	group.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// rowRun is one reading of rows.
type rowRun struct {
	rows
	in     *reading
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	next    int // number of the block whose bad rows are told next
	waiting map[int]rowResult
}

// rowsBlock is some whole lines, with the number of the first.
type rowsBlock struct {
	number, line int
	text         []byte
}

// rowResult is what came of a block.
type rowResult struct {
	rows int
	bad  []badRow
}

type badRow struct {
	*Mistake
	text []byte
}

// done notes what came of a block, and tells of bad rows in their order.
func (r *rowRun) done(number int, result rowResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting[number] = result
	for {
		result, ok := r.waiting[r.next]
		if !ok {
			return
		}
		delete(r.waiting, r.next)
		r.next++
		r.in.loaded.Rows += result.rows
		for _, b := range result.bad {
			if err := r.in.bad.add(b.Mistake, r.format, r.header, b.text); err != nil {
				r.cancel(err)
				return
			}
		}
	}
}

// cut hands out the blocks of the input. A row that is too long, or a character
// that is none, ends it: what follows may be anything.
func (r *rowRun) cut(ctx context.Context, blocks chan<- rowsBlock, free <-chan []byte) error {
	var carry []byte
	line := r.skip + 1
	for number := 0; ; number++ {
		buf := <-free
		buf = append(buf[:0], carry...)
		for {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			from := len(buf)
			buf = append(buf, make([]byte, max(rowBlock-from, 64<<10))...)
			n, ended, err := fill(r.in, buf[from:])
			if err != nil {
				return err
			}
			buf = buf[:from+n]
			end := bytes.LastIndexByte(buf, '\n') + 1
			if ended {
				if len(buf) == 0 {
					return nil
				}
				end = len(buf)
			}
			if end == 0 && len(buf) <= mostInRow {
				continue
			}
			if end == 0 {
				return &Mistake{File: r.in.file(), Line: line, Problem: fmt.Sprintf("the line is longer than %d bytes: is a line break missing?", mostInRow)}
			}
			carry = append(carry[:0], buf[end:]...)
			b := rowsBlock{number, line, buf[:end]}
			line += bytes.Count(b.text, []byte("\n"))
			select {
			case blocks <- b:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			if ended {
				return nil
			}
			break
		}
	}
}

// fill reads until p is full or the input ends.
func fill(r io.Reader, p []byte) (n int, ended bool, err error) {
	n, err = io.ReadFull(r, p)
	return n, err != nil, ignoreEnd(err)
}

// rowWorker reads blocks, one at a time.
type rowWorker struct {
	*rowRun
	reader rowReader
	batch  batch
}

func (w *rowWorker) read(ctx context.Context, b rowsBlock) (result rowResult) {
	number := b.line
	for line := range bytes.Lines(b.text) {
		if number%rowsToLook == 0 && ctx.Err() != nil {
			return result
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(bytes.TrimSpace(line)) > 0 && line[0] != '#' {
			result.rows++
			w.batch.line = number
			if err := w.row(line); err != nil {
				var m *Mistake
				if !errors.As(err, &m) || m.Line != 0 {
					w.cancel(err)
					return result
				}
				placed := *m
				placed.File, placed.Line = w.in.file(), number
				result.bad = append(result.bad, badRow{&placed, bytes.Clone(line)})
			}
		}
		number++
	}
	if err := w.batch.flush(); err != nil {
		w.cancel(err)
	}
	return result
}

// row reads one row, all of it or nothing.
func (w *rowWorker) row(line []byte) error {
	if len(line) > mostInRow {
		return &Mistake{Problem: fmt.Sprintf("the row is longer than %d bytes", mostInRow)}
	}
	if !utf8.Valid(line) {
		return &Mistake{Column: notUTF8(line), Problem: "not UTF-8; save the file as UTF-8 text"}
	}
	if i := bytes.IndexByte(line, 0); i >= 0 {
		return &Mistake{Column: utf8.RuneCount(line[:i]) + 1, Problem: "a NUL byte; is the file binary?"}
	}
	if len(w.batch.statements) >= quadsAtOnce {
		if err := w.batch.flush(); err != nil {
			return err
		}
	}
	before := len(w.batch.statements)
	err := w.reader.row(&w.batch, line)
	if err != nil {
		w.batch.statements = w.batch.statements[:before]
	}
	return err
}

// notUTF8 gives the column of the first byte that is no character.
func notUTF8(line []byte) int {
	column := 1
	for len(line) > 0 {
		r, size := utf8.DecodeRune(line)
		if r == utf8.RuneError && size == 1 {
			break
		}
		line, column = line[size:], column+1
	}
	return column
}

// readHeader reads the first line that readRows would take for a row, and tells
// how many lines there were up to it.
func (in *reading) readHeader() (header []byte, lines int, err error) {
	for {
		line, err := in.ReadSlice('\n')
		for errors.Is(err, bufio.ErrBufferFull) && len(line)+len(header) <= mostInRow {
			header = append(header, line...)
			line, err = in.ReadSlice('\n')
		}
		header = append(header, line...)
		if len(header) > mostInRow {
			return nil, lines, &Mistake{File: in.file(), Line: lines + 1, Problem: fmt.Sprintf("the line is longer than %d bytes: is a line break missing?", mostInRow)}
		}
		if ignoreEnd(err) != nil {
			return nil, lines, err
		}
		if len(header) == 0 {
			return nil, lines, nil
		}
		lines++
		header = bytes.TrimRight(bytes.TrimPrefix(header, []byte(bom)), "\r\n")
		if len(bytes.TrimSpace(header)) > 0 && header[0] != '#' {
			return header, lines, nil
		}
		header = header[:0]
	}
}

// batch collects statements by the keys of their terms (store.AppendKey).
type batch struct {
	line       int // number of the row that is read
	statements []store.Statement
	arena      nqArena
	emit       func([]store.Statement) error
}

// key puts a key together. It is good until the next flush.
func (b *batch) key(kind byte, parts ...string) []byte {
	n := 1
	for _, part := range parts {
		n += len(part)
	}
	key := append(b.arena.room(n), kind)
	for _, part := range parts {
		key = append(key, part...)
	}
	return b.arena.keep(key)
}

// add adds a statement. Keys that are not of the batch must not change before
// it is flushed.
func (b *batch) add(subject, predicate, object, label []byte) {
	b.statements = append(b.statements, store.Statement{Subject: subject, Predicate: predicate, Object: object, Label: label})
}

// flush gives what was collected to emit.
func (b *batch) flush() error {
	if len(b.statements) == 0 {
		return nil
	}
	err := b.emit(b.statements)
	b.statements, b.arena = b.statements[:0], b.arena[:0]
	return err
}
