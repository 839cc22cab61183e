package reference_test

import (
	"testing"

	"go.uber.org/goleak"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/reference"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestReference(t *testing.T) {
	graphtest.TestStore(t, func(*testing.T) *graph.Graph { return graph.New(reference.New()) })
}
