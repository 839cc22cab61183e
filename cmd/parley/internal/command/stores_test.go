package command

import (
	"bytes"
	"context"
	"net/http"
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

// A server that goes away under the explorer, and comes back, is an error and then
// none: the explorer is not started again.
func TestServeOutlivesItsServer(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	file := filepath.Join(t.TempDir(), "all.nq")
	asked(t, "export", "-o", file)
	asked(t, "load", file, "--set", "none", "--db", server.URL())
	address, end := servingRegistry(t, queries.Predefined, "serve", "--db", server.URL(), "--addr", "127.0.0.1:0")
	defer end()
	const question = "/api/v1/queries/meetings?status=held"
	status, before := fetch(t, address+question, "")
	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, before)
	}
	if _, told := fetch(t, address+"/metrics", ""); !strings.Contains(told, `parley_store_trip_seconds_count{kind="whole"}`) ||
		!strings.Contains(told, `parley_store_connections{state="idle"}`) || !strings.Contains(told, "parley_store_retries_total") {
		t.Errorf("the metrics do not tell of the store: %s", told)
	}
	for range 2 {
		if err := server.Stop(); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{question, "/", "/readyz", "/api/v1/nodes/person/liu-he"} {
			if status, body := fetch(t, address+path, ""); status < 500 || strings.Contains(body, pgtest.Password) {
				t.Errorf("%s while the server is gone: status %d: %s", path, status, body)
			}
		}
		if err := server.Run(); err != nil {
			t.Fatal(err)
		}
		if status, after := fetch(t, address+question, ""); status != http.StatusOK || after != before {
			t.Errorf("once the server is back: status %d: %s", status, after)
		}
	}
}
