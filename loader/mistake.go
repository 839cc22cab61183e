package loader

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Mistake is one thing that is wrong in a file, and what would be right.
type Mistake struct {
	File string
	// Line and Column count from 1, the column in Unicode characters. Both are
	// 0 where the whole file is meant.
	Line, Column int
	// Field is the key at fault; "" where the file's syntax is.
	Field   string
	Problem string
}

// Error gives "FILE:LINE:COLUMN: FIELD: PROBLEM" without the parts that are
// empty.
func (m *Mistake) Error() string {
	var where []string
	if m.File != "" {
		where = append(where, m.File)
	}
	if m.Line > 0 {
		where = append(where, strconv.Itoa(m.Line))
		if m.Column > 0 {
			where = append(where, strconv.Itoa(m.Column))
		}
	}
	var parts []string
	for _, part := range []string{strings.Join(where, ":"), m.Field, m.Problem} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}

// Mistakes is every mistake found, in the order of file, line and column.
type Mistakes []*Mistake

// Error gives one line a mistake.
func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, one := range m {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the mistakes one by one, for errors.As.
func (m Mistakes) Unwrap() []error {
	errs := make([]error, len(m))
	for i, one := range m {
		errs[i] = one
	}
	return errs
}

// place is where something stands in a file. The zero place is the file.
type place struct{ line, column int }

func (p place) String() string { return fmt.Sprintf("%d:%d", p.line, p.column) }

// maxMistakes bounds what is told of one reading or check. A file with more is
// not a facts file with slips but something else, perhaps made to be slow.
const maxMistakes = 1000

// report collects mistakes.
type report struct {
	list Mistakes
	full bool
}

// add notes a mistake, unless there are too many.
func (r *report) add(file string, at place, field, format string, args ...any) {
	switch {
	case r.full:
	case len(r.list) == maxMistakes:
		r.full = true
		r.list = append(r.list, &Mistake{file, 0, 0, "", fmt.Sprintf("more than %d mistakes; the others are not told", maxMistakes)})
	default:
		r.list = append(r.list, &Mistake{file, at.line, at.column, field, fmt.Sprintf(format, args...)})
	}
}

// err gives the mistakes as an error, nil if there are none.
func (r *report) err() error {
	if len(r.list) == 0 {
		return nil
	}
	slices.SortFunc(r.list, func(a, b *Mistake) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Field, b.Field), cmp.Compare(a.Problem, b.Problem))
	})
	// What one entry says by two passages is wrong twice.
	return slices.CompactFunc(r.list, func(a, b *Mistake) bool { return *a == *b })
}

// near lists the names that a mistyped one may stand for, best first and at
// most three. One letter in three may be wrong, and two of four, for swapped
// letters count as two.
func near(name string, names []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var found []candidate
	for _, n := range names {
		limit := max(2, min(len(n), len(name))/3)
		if min(len(n), len(name)) < 4 {
			limit = 1
		}
		if n == name || len(n) > len(name)+limit || len(name) > len(n)+limit {
			continue // too far without counting, for the counting is slow
		}
		if d := levenshtein.ComputeDistance(name, n); d <= limit {
			found = append(found, candidate{n, d})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name))
	})
	found = slices.Compact(found)
	var best []string
	for _, c := range found[:min(3, len(found))] {
		best = append(best, c.name)
	}
	return best
}

// aOrAn gives a noun its article.
func aOrAn(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// either lists words for a sentence: "a, b or c".
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
