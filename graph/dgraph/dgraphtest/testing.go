package dgraphtest

import (
	"context"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// Wanted is the variable with which tests of clusters run: they take minutes, and
// a server that has to be built.
const Wanted = "PARLEY_STORES"

// Need skips a test of a cluster unless such tests are wanted; then it fails where
// dgraph is not built.
func Need(t testing.TB) {
	t.Helper()
	if os.Getenv(Wanted) == "" {
		t.Skipf("a test of a Dgraph cluster: make test-dgraph runs it, with %s=1", Wanted)
	}
	if _, err := Binary(); err != nil {
		t.Fatal(err)
	}
}

// New starts a cluster that ends with the test.
func New(t testing.TB, shape Shape) *Cluster {
	t.Helper()
	Need(t)
	c, err := Start(t.Context(), t.TempDir(), shape)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Kill(); err != nil {
			t.Error(err)
		}
	})
	return c
}

var shared struct {
	sync.Mutex
	cluster *Cluster
	names   atomic.Int64
}

// Shared returns a cluster of one zero and one alpha for all tests of a program,
// which calls EndShared when it is done.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	Need(t)
	shared.Lock()
	defer shared.Unlock()
	if shared.cluster == nil {
		dir, err := os.MkdirTemp("", "dgraph")
		if err != nil {
			t.Fatal(err)
		}
		c, err := Start(context.Background(), dir, Shape{})
		if err != nil {
			t.Fatal(err)
		}
		shared.cluster = c
	}
	return shared.cluster
}

// EndShared ends the cluster that Shared returned, if any.
func EndShared() {
	shared.Lock()
	defer shared.Unlock()
	if c := shared.cluster; c != nil {
		shared.cluster = nil
		_ = c.Kill()
		_ = os.RemoveAll(c.Dir)
	}
}

// Name returns a name that no other test gives its store.
func Name() string { return "t" + strconv.FormatInt(shared.names.Add(1), 36) }
