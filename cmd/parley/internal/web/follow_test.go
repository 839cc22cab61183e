package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parley/graph"
)

// loadEnv names the store into which a test binary that is started as another
// process loads the built-in facts.
const loadEnv = "PARLEY_TEST_LOAD"

// loadAsAnotherProcess does what such a process is for.
func loadAsAnotherProcess(ctx context.Context, store string) error {
	g, err := graph.Open(ctx, store)
	if err != nil {
		return err
	}
	if _, err := g.Add(ctx, builtInQuads()); err != nil {
		return err
	}
	if _, err := graph.Infer(ctx, g, graph.Date{}); err != nil {
		return err
	}
	return g.Close()
}

// TestFollowsAnotherProcess asks before and after another process has loaded into
// the store.
func TestFollowsAnotherProcess(t *testing.T) {
	store := "file:" + filepath.ToSlash(filepath.Join(t.TempDir(), "graph"))
	made, err := graph.Create(t.Context(), store, graph.StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := made.Add(t.Context(), builtInQuads()[:200]); err != nil {
		t.Fatal(err)
	}
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	g, err := graph.Open(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	s := listen(t, func(c *Config) { c.Graph = g })
	addresses := []string{"/", "/queries/meetings", "/api/v1/queries/meetings", "/api/v1/search?q=wilbur", "/api/v1/queries/meetings?known-by=2018-09-30", "/queries/timeline?known-by=2018-09-30"}
	before := map[string]*httptest.ResponseRecorder{}
	for _, address := range addresses {
		before[address] = get(s, address)
	}
	quads := fmt.Sprintf("parley_store_quads %d\n", 200)
	if got := metricsOf(t, s.Server); !strings.Contains(got, quads) {
		t.Errorf("the metrics lack %q", quads)
	}

	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), loadEnv+"="+store)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, address := range addresses {
		w := get(s, address, "If-None-Match", before[address].Header().Get("ETag"))
		if w.Code != http.StatusOK || before[address].Code != http.StatusOK || w.Body.String() == before[address].Body.String() {
			t.Errorf("%s: it is as before: %d", address, w.Code)
		}
	}
	// What is served now is what a server that begins now serves.
	fresh := server(t, nil)
	for _, address := range addresses[2:5] {
		if got, want := ok(t, s, address), ok(t, fresh, address); got != want {
			t.Errorf("%s: got %d bytes, want %d", address, len(got), len(want))
		}
	}
	if got := metricsOf(t, s.Server); strings.Contains(got, quads) || !strings.Contains(got, "parley_store_quads ") {
		t.Error("the metrics tell of the store as it was")
	}
}
