package loader

import (
	"bufio"
	"bytes"
	"container/heap"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
)

// sortAtOnce is how many bytes are sorted in memory.
const sortAtOnce = 32 << 20

// sorter sorts lines of any number in bounded memory: what is full is sorted
// and put aside in a file, and in the end the files are merged.
type sorter struct {
	atOnce int // sortAtOnce if 0
	text   []byte
	lines  []extent
	dir    string // "" until something is put aside
	runs   []*os.File
}

// extent is where a line stands in a text.
type extent struct{ from, to uint32 }

func (s *sorter) line(e extent) []byte { return s.text[e.from:e.to] }

// add takes a line that write appends to what it is given.
func (s *sorter) add(write func([]byte) ([]byte, error)) error {
	from := len(s.text)
	text, err := write(s.text)
	if err != nil {
		return err
	}
	s.text = text
	s.lines = append(s.lines, extent{uint32(from), uint32(len(text))})
	atOnce := s.atOnce
	if atOnce == 0 {
		atOnce = sortAtOnce
	}
	if len(text) < atOnce {
		return nil
	}
	return s.putAside()
}

func (s *sorter) sort() {
	slices.SortFunc(s.lines, func(a, b extent) int { return bytes.Compare(s.line(a), s.line(b)) })
}

// putAside writes what is in memory to a file, each line after its length.
func (s *sorter) putAside() (err error) {
	s.sort()
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp("", "parley-sort-*"); err != nil {
			return err
		}
	}
	f, err := os.CreateTemp(s.dir, "run-*")
	if err != nil {
		return err
	}
	s.runs = append(s.runs, f)
	w := bufio.NewWriterSize(f, 1<<20)
	for _, e := range s.lines {
		_, _ = w.Write(binary.AppendUvarint(w.AvailableBuffer(), uint64(e.to-e.from)))
		_, _ = w.Write(s.line(e)) // w remembers its first error
	}
	if err := w.Flush(); err != nil {
		return err
	}
	s.text, s.lines = s.text[:0], s.lines[:0]
	return nil
}

// all gives the lines in order, each as often as it was added. A line is good
// until the next. It may be called again, but nothing added in between.
func (s *sorter) all(yield func([]byte) error) error {
	if len(s.runs) == 0 {
		s.sort()
		for _, e := range s.lines {
			if err := yield(s.line(e)); err != nil {
				return err
			}
		}
		return nil
	}
	if len(s.lines) > 0 {
		if err := s.putAside(); err != nil {
			return err
		}
	}
	s.text, s.lines = nil, nil
	var heads sortHeads
	for _, f := range s.runs {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		h := &sortHead{r: bufio.NewReaderSize(f, 1<<16)}
		if more, err := h.next(); err != nil {
			return err
		} else if more {
			heads = append(heads, h)
		}
	}
	heap.Init(&heads)
	for len(heads) > 0 {
		if err := yield(heads[0].line); err != nil {
			return err
		}
		more, err := heads[0].next()
		switch {
		case err != nil:
			return err
		case more:
			heap.Fix(&heads, 0)
		default:
			heap.Pop(&heads)
		}
	}
	return nil
}

// close removes the files.
func (s *sorter) close() error {
	var failed []error
	for _, f := range s.runs {
		failed = append(failed, f.Close())
	}
	if s.dir != "" {
		failed = append(failed, os.RemoveAll(s.dir))
	}
	return errors.Join(failed...)
}

// sortHead is the next line of a file.
type sortHead struct {
	r    *bufio.Reader
	line []byte
}

func (h *sortHead) next() (more bool, err error) {
	n, err := binary.ReadUvarint(h.r)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	h.line = slices.Grow(h.line[:0], int(n))[:n]
	_, err = io.ReadFull(h.r, h.line)
	return true, err
}

type sortHeads []*sortHead

func (h sortHeads) Len() int           { return len(h) }
func (h sortHeads) Less(i, j int) bool { return bytes.Compare(h[i].line, h[j].line) < 0 }
func (h sortHeads) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push is never called: heads only go.
func (h *sortHeads) Push(any) {}

// Pop takes the last.
func (h *sortHeads) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
