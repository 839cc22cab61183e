package command

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	_ "parley/graph/dgraph"
	"parley/graph/dgraph/dgraphtest"
	_ "parley/graph/postgres"
	"parley/graph/postgres/pgtest"
	"parley/queries"

	"github.com/google/go-cmp/cmp"
)

// asked runs a command, and returns what it prints.
func asked(t *testing.T, args ...string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	if code := run(context.Background(), args, streams{strings.NewReader(""), &out, &errOut}); code != done {
		t.Fatalf("parley %s: exit code %d: %s", strings.Join(args, " "), code, errOut.String())
	}
	return out.String()
}

// demo are the questions of `make demo`.
var demo = [][]string{
	{"query", "negotiated-with", "--actor", "He Lifeng", "--since", "2025-05", "--until", "2025-06"},
	{"query", "retaliation-chains", "--from", "move/2018-03-22-usa-threatens-tariff-50-billion", "--to", "agreement/2025-11-01-busan", "--paths", "shortest", "--format", "tree"},
}

// Copied to a server and back, the built-in facts answer as they do from the
// program: every query, row by row, and whatever else reads a store.
func TestStoresAnswerAlike(t *testing.T) {
	questions := demo
	for _, q := range queries.All() {
		questions = append(questions, append([]string{"query", q.Name, "--format", "json"}, q.Example...))
	}
	questions = append(questions,
		[]string{"query", "negotiated-with", "--format", "json", "--status", "any", "--known-by", "2019-12-31"},
		[]string{"show", "Liu He"},
		[]string{"gizmo", `g.V("<country/china>").In("<agent>").Count()`},
	)
	var want []string
	for _, q := range questions {
		want = append(want, asked(t, q...))
	}
	dir := t.TempDir()
	folder, file := filepath.Join(dir, "graph"), filepath.Join(dir, "all.nq")
	asked(t, "export", "-o", file)
	asked(t, "load", file, "--set", "none", "--db", folder)
	exported := asked(t, "export", "--db", folder)
	for name, url := range map[string]func(t *testing.T) string{
		"postgres": func(t *testing.T) string { return pgtest.Start(t, pgtest.Options{}).URL() },
		"dgraph": func(t *testing.T) string {
			return dgraphtest.New(t, dgraphtest.Shape{}).URL("parley")
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := url(t)
			copied := asked(t, "copy", "--from", folder, "--to", db)
			if strings.Contains(copied, pgtest.Password) {
				t.Errorf("the password is told: %s", copied)
			}
			for i, q := range questions {
				if diff := cmp.Diff(want[i], asked(t, append(q, "--db", db)...)); diff != "" {
					t.Errorf("parley %s: otherwise from %s (-built in +%[2]s):\n%s", strings.Join(q, " "), name, diff)
				}
			}
			if asked(t, "export", "--db", db) != exported {
				t.Error("another export than from a folder")
			}
			asked(t, "verify", "--db", db)
			asked(t, "stats", "--db", db)
			back := filepath.Join(t.TempDir(), "back")
			asked(t, "copy", "--from", db, "--to", back)
			if asked(t, "export", "--db", back) != exported {
				t.Error("another export when copied back")
			}
		})
	}
}
