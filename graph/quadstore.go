package graph

import (
	"fmt"

	"parley/graph/embedded"
	"parley/graph/remote"

	cayley "github.com/cayleygraph/cayley/graph"
)

// QuadStore is what cayley reads. Err is the first failure that cayley's interface
// has no room for: whoever made an answer must ask.
type QuadStore interface {
	cayley.QuadStore
	Err() error
}

// QuadStore shows what the view's snapshot holds to cayley, to read; whatever
// the view hides it shows too. It is good until the view is closed.
func (v *View) QuadStore() (QuadStore, error) {
	if v.release == nil {
		return nil, fmt.Errorf("query: %w", ErrClosed)
	}
	if s, ok := v.memo.Snapshot.(*remote.Snapshot); ok {
		return remote.OfSnapshot(s), nil
	}
	return embedded.OfSnapshot(v.memo.Snapshot)
}
