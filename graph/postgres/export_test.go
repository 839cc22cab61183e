package postgres

import (
	"testing"
	"time"

	"parley/graph/remote"
	"parley/graph/store"

	"github.com/jackc/pgx/v5"
)

// Lower lowers the sizes from which on something is done another way, so that few
// quads get there, until it is undone.
func Lower() (undo func()) {
	fill, once, least, compare := fillFrom, atOnce, leastMemory, compareFrom
	fillFrom, atOnce, leastMemory, compareFrom = 1, 3, 1, 1
	return func() { fillFrom, atOnce, leastMemory, compareFrom = fill, once, least, compare }
}

// Keep sets for how long what was removed can be read, until it is undone.
func Keep(d time.Duration) (undo func()) {
	before, more := kept, slack
	kept, slack = d, 0
	return func() { kept, slack = before, more }
}

// Format is what this program writes.
var Format = format

// Plans are those of the statements that walk a hop or a pattern.
func Plans(t testing.TB, s *Store, r remote.Reader) map[string]string {
	t.Helper()
	steps := []store.Step{
		{Predicates: []store.Node{1}, Repeat: true, Next: []store.Step{{Direction: store.In, Predicates: []store.Node{1, 2}}}},
		{Predicates: []store.Node{1}, Repeat: true, Depth: 3, Why: []store.Step{{}}},
	}
	at := r.(*reader)
	pattern := plan([]store.Node{1}, at.version, steps)
	asked := map[string][]any{
		at.expand[0]: {[]store.Node{1}, at.version, 1}, at.expand[1]: {[]store.Node{1}, at.version, 1},
		at.expandAll[0]: {[]store.Node{1}, at.version}, at.expandAll[1]: {[]store.Node{1}, at.version},
		at.pattern(pattern): pattern.args,
	}
	plans := map[string]string{}
	for sql, args := range asked {
		err := s.ask(t.Context(), "explain", "EXPLAIN "+sql, args, func(rows pgx.Rows) error {
			for rows.Next() {
				plans[sql] += string(rows.RawValues()[0]) + "\n"
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return plans
}
