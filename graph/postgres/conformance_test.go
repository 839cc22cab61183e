package postgres_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	cayley "github.com/cayleygraph/cayley/graph"
	cayleytest "github.com/cayleygraph/cayley/graph/graphtest"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/postgres"
)

func TestStore(t *testing.T) {
	graphtest.TestStore(t, func(t *testing.T) *graph.Graph { return graph.New(create(t, fresh(t))) })
}

// The same, but what is done with many quads is done with few: new tables for a
// first load, COPY, several statements for one change.
func TestStoreInParts(t *testing.T) {
	lower(t)
	graphtest.TestStore(t, func(t *testing.T) *graph.Graph {
		s, err := postgres.Create(t.Context(), fresh(t), postgres.Options{Memory: 1})
		if err != nil {
			t.Fatal(err)
		}
		return graph.New(s)
	})
}

// Cayley's own suite, whole, with the queries over its film data. It looks for
// its files from where it runs.
func TestCayley(t *testing.T) {
	server(t)
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/cayleygraph/cayley").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(strings.TrimSpace(string(out)), "graph", "graphtest"))
	cayleytest.TestAll(t, func(t testing.TB) (cayley.QuadStore, cayley.Options, func()) {
		url := fresh(t)
		if err := cayley.InitQuadStore(postgres.Name, url, nil); err != nil {
			t.Fatal(err)
		}
		qs, err := cayley.NewQuadStore(postgres.Name, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		return qs, nil, func() {
			if err := qs.Close(); err != nil {
				t.Error(err)
			}
		}
	}, &cayleytest.Config{AlwaysRunIntegration: true})
}
