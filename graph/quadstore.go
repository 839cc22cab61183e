package graph

import (
	"fmt"

	"parley/graph/embedded"
)

// QuadStore shows what the view's snapshot holds to cayley, to read; whatever
// the view hides it shows too. It is good until the view is closed.
func (v *View) QuadStore() (*embedded.QuadStore, error) {
	if v.release == nil {
		return nil, fmt.Errorf("query: %w", ErrClosed)
	}
	return embedded.OfSnapshot(v.memo.Snapshot)
}
