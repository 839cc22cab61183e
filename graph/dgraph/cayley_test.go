package dgraph

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/graphtest"

	"parley/graph/dgraph/dgraphtest"
)

// Cayley's own suite, whole, with the queries over its film data. It looks for
// its files from where it runs.
func TestCayley(t *testing.T) {
	dgraphtest.Need(t)
	c := dgraphtest.Shared(t)
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/cayleygraph/cayley").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(strings.TrimSpace(string(out)), "graph", "graphtest"))
	graphtest.TestAll(t, func(t testing.TB) (graph.QuadStore, graph.Options, func()) {
		url := c.URL(dgraphtest.Name())
		if strings.HasSuffix(t.Name(), "/integration") {
			if err := graph.InitQuadStore(Name, url, nil); err != nil {
				t.Fatal(err)
			}
		} else { // whose few quads are soon removed again
			s := stores.empty(t)
			url = urlOf(t, s)
			must(t, s.Close())
		}
		qs, err := graph.NewQuadStore(Name, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		return qs, nil, func() {
			if err := qs.Close(); err != nil {
				t.Error(err)
			}
		}
	}, &graphtest.Config{AlwaysRunIntegration: !testing.Short()})
}
