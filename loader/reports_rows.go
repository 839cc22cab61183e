package loader

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// mostFields is how many fields a row may have.
const mostFields = 64

// fields are those of a row between tabs.
type fields struct {
	line   string
	n      int
	starts [mostFields + 1]int
}

// cut finds the fields of a row; of more than there may be it only counts some.
func (f *fields) cut(line string) {
	f.line, f.n = line, 1
	f.starts[0] = 0
	for at := 0; f.n < mostFields; f.n++ {
		tab := strings.IndexByte(line[at:], '\t')
		if tab < 0 {
			break
		}
		at += tab + 1
		f.starts[f.n] = at
	}
	f.starts[f.n] = len(line) + 1
}

// field returns a field, counted from 0.
func (f *fields) field(n int) string { return f.span(n, n) }

// span returns some fields with the tabs between them.
func (f *fields) span(from, to int) string { return f.line[f.starts[from] : f.starts[to+1]-1] }

// wrong is a mistake in a field.
func (f *fields) wrong(n int, name, format string, args ...any) *Mistake {
	return &Mistake{Column: utf8.RuneCountInString(f.line[:f.starts[n]]) + 1, Field: name, Problem: fmt.Sprintf(format, args...)}
}

// isNumber tells a whole number from 0 that fits in 64 bits, written without
// leading zeros: two spellings would be two nodes.
func isNumber(s string) bool {
	if len(s) == 0 || len(s) > 19 || len(s) > 1 && s[0] == '0' {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// isDay tells a day of the calendar, as in 2018-06-02.
func isDay(s string) bool {
	if len(s) != len("2018-06-02") || s[4] != '-' || s[7] != '-' {
		return false
	}
	number := func(digits string) int {
		n := 0
		for i := range len(digits) {
			if digits[i] < '0' || digits[i] > '9' {
				return -1
			}
			n = 10*n + int(digits[i]-'0')
		}
		return n
	}
	year, month, day := number(s[:4]), number(s[5:7]), number(s[8:])
	if year < 1 || month < 1 || month > 12 || day < 1 {
		return false
	}
	last := 31
	switch month {
	case 4, 6, 9, 11:
		last = 30
	case 2:
		last = 28
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			last = 29
		}
	}
	return day <= last
}

// rowNumbers notes what numbers the rows of a data set bear, in all files of a
// load.
type rowNumbers struct {
	field string // the column
	files []string

	mu     sync.Mutex
	seed   maphash.Seed
	sorted sorter
}

func (l *loading) rowNumbers(set *dataSet, field string) *rowNumbers {
	if l.numbers[set] == nil {
		if l.numbers == nil {
			l.numbers = make(map[*dataSet]*rowNumbers)
		}
		l.numbers[set] = &rowNumbers{field: field, seed: maphash.MakeSeed()}
	}
	return l.numbers[set]
}

// begin takes up a file and gives its number.
func (r *rowNumbers) begin(file string) int {
	r.files = append(r.files, file)
	return len(r.files) - 1
}

// add notes the number of a row and what the row says.
func (r *rowNumbers) add(number string, file, line int, row []byte) error {
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return err // isNumber let it through
	}
	hash := maphash.Bytes(r.seed, row)
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sorted.add(func(to []byte) ([]byte, error) {
		for _, n := range []uint64{n, uint64(file), uint64(line), hash} {
			to = binary.BigEndian.AppendUint64(to, n)
		}
		return to, nil
	})
}

// check finds rows that bear the number of another and say something else:
// which is right nobody can tell, and both would become one event.
func (r *rowNumbers) check(ctx context.Context) error {
	var found nqMistakes
	var first [4]uint64 // of the rows with one number
	n := 0
	err := r.sorted.all(func(entry []byte) error {
		if n++; n%lookAtContext == 1 && ctx.Err() != nil {
			return ctx.Err()
		}
		var row [4]uint64
		for i := range row {
			row[i] = binary.BigEndian.Uint64(entry[8*i:])
		}
		switch {
		case n == 1 || row[0] != first[0]:
			first = row
		case row[3] != first[3]:
			where := fmt.Sprintf("line %d", first[2])
			if first[1] != row[1] {
				where += " of " + r.files[first[1]]
			}
			found.add(&Mistake{File: r.files[row[1]], Line: int(row[2]), Column: 1, Field: r.field, Problem: fmt.Sprintf("%d is the number of %s too, which says something else; leave out the wrong one", row[0], where)})
		}
		return nil
	})
	return found.join(err)
}

// mostRecalled is about how many bytes a recall keeps.
const mostRecalled = 8 << 20

// recall remembers what texts stand for. A full one starts afresh, so that a
// hostile file cannot make it grow.
type recall[V any] struct {
	of   map[string]V
	size int
}

func (r *recall[V]) get(text string) (V, bool) {
	v, ok := r.of[text]
	return v, ok
}

func (r *recall[V]) put(text string, v V) {
	const each = 512 // bytes that an entry takes besides its text, and more
	if r.of == nil || r.size > mostRecalled {
		r.of, r.size = make(map[string]V), 0
	}
	r.of[strings.Clone(text)] = v
	r.size += 4*len(text) + each
}
