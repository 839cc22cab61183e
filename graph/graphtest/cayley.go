package graphtest

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/graphtest"
)

// TestCayley runs cayley's own suite, whole, with the queries over its film data,
// on stores that are registered with cayley under a name. at gives the place or URL
// of one that is not there yet.
func TestCayley(t *testing.T, name string, at func(t testing.TB) string) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/cayleygraph/cayley").Output()
	if err != nil {
		t.Fatal(err)
	}
	// It looks for its files from where it runs.
	t.Chdir(filepath.Join(strings.TrimSpace(string(out)), "graph", "graphtest"))
	graphtest.TestAll(t, func(t testing.TB) (graph.QuadStore, graph.Options, func()) {
		place := at(t)
		if err := graph.InitQuadStore(name, place, nil); err != nil {
			t.Fatal(err)
		}
		qs, err := graph.NewQuadStore(name, place, nil)
		if err != nil {
			t.Fatal(err)
		}
		return qs, nil, func() {
			if err := qs.Close(); err != nil {
				t.Error(err)
			}
		}
	}, &graphtest.Config{AlwaysRunIntegration: true})
}
