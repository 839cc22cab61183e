package dgraph

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/graph/store"
)

// Dgraph leaves what a user may not read out of its answers, without a word. So
// that no answer is short and nobody takes it for whole, a user who signs in is
// asked for first: whether he may read each predicate of the store, which Dgraph
// tells by the schema, where it leaves out the same.

// rights remember when a user could read what.
type rights struct {
	mu    sync.Mutex
	since time.Time
	known int // predicates of the graph
}

// recheck is after how long rights are looked at again, since they may be taken
// away. A variable, so that tests need not wait.
var recheck = time.Minute

// mayRead is an error where the user may not read all of the store, of which some
// predicates of the graph are known.
func (s *Store) mayRead(ctx context.Context, predicates []store.Node) error {
	if s.client.user == "" {
		return nil
	}
	s.rights.mu.Lock()
	defer s.rights.mu.Unlock()
	if time.Since(s.rights.since) < recheck && len(predicates) <= s.rights.known {
		return nil
	}
	lacking := make([]string, 0, len(predicates)+6)
	for _, name := range []string{"is", "state", "counts", "predicate", "key", "stated"} {
		lacking = append(lacking, s.pred(name))
	}
	for _, p := range predicates {
		lacking = append(lacking, s.along(p))
	}
	asked := time.Now()
	b, err := s.client.query(ctx, "rights", "schema(pred: ["+strings.Join(lacking, ", ")+"]) { type }")
	if err != nil {
		return err
	}
	readable := map[string]bool{}
	err = answer(b, func(sc *scan, _ string) {
		sc.rows(func() {}, func(name []byte) {
			if string(name) != "predicate" {
				sc.skip()
				return
			}
			readable[string(sc.text())] = true
		}, func() {})
	})
	if err != nil {
		return fmt.Errorf("see what may be read: %w", err)
	}
	lacking = slices.DeleteFunc(lacking, func(name string) bool { return readable[name] })
	if len(lacking) > 0 {
		return fmt.Errorf("%s: the cluster does not permit %s to read %s, and would leave it out of its answers: let the user read all predicates that begin with %s", s.client.address, s.client.user, some(lacking), s.pred(""))
	}
	s.rights.since, s.rights.known = asked, len(predicates)
	return nil
}

// some names the first few.
func some(names []string) string {
	const few = 3
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more predicates", strings.Join(names[:few], ", "), len(names)-few)
}
