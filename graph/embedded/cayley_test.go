package embedded_test

import (
	"path/filepath"
	"testing"

	"parley/graph/embedded"
	"parley/graph/graphtest"
)

func TestCayley(t *testing.T) {
	graphtest.TestCayley(t, embedded.Name, func(t testing.TB) string { return filepath.Join(t.TempDir(), "store") })
}
