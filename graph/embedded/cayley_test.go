package embedded_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/graphtest"

	"parley/graph/embedded"
)

// Cayley's own suite, whole, with the queries over its film data. It looks for
// its files from where it runs.
func TestCayley(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/cayleygraph/cayley").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(strings.TrimSpace(string(out)), "graph", "graphtest"))
	graphtest.TestAll(t, func(t testing.TB) (graph.QuadStore, graph.Options, func()) {
		dir := filepath.Join(t.TempDir(), "store")
		if err := graph.InitQuadStore(embedded.Name, dir, nil); err != nil {
			t.Fatal(err)
		}
		qs, err := graph.NewQuadStore(embedded.Name, dir, nil)
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
