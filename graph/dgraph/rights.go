package dgraph

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/graph/store"
)

// Dgraph leaves what a user may not read out of its answers, without a word. So
// that no answer is short and nobody takes it for whole, a user who signs in is
// asked for first: whether he may read each predicate of the store, which Dgraph
// tells by the schema, where it leaves out the same; and each backwards, which it
// takes for another predicate, by counting, where nothing counts 0.

// rights remember when a user could read what.
type rights struct {
	mu    sync.Mutex
	since time.Time
	known int // predicates of the graph
}

// recheck is after how long rights are looked at again, since they may be taken
// away; so long an answer may be short. A variable, so that tests need not wait.
var recheck = 10 * time.Second

func (r *rights) recent(predicates int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.since) < recheck && predicates <= r.known
}

// mayRead is an error where the user may not read all of the store, of which some
// predicates of the graph are known.
func (s *Store) mayRead(ctx context.Context, predicates []store.Node) error {
	if s.client.user == "" || s.rights.recent(len(predicates)) {
		return nil
	}
	asked := time.Now()
	var lacking []string
	for _, name := range []string{"is", "state", "counts", "lock", "beat", "predicate", "key", "stated"} {
		lacking = append(lacking, s.pred(name))
	}
	backwards := []string{"~" + s.pred("stated")}
	for _, p := range predicates {
		lacking, backwards = append(lacking, s.along(p)), append(backwards, "~"+s.along(p))
	}
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
	query := "{ q(func: uid(0x1)) {"
	for i, name := range backwards {
		query += " c" + strconv.Itoa(i) + ": count(" + name + ")"
	}
	if b, err = s.client.query(ctx, "rights", query+" } }"); err != nil {
		return err
	}
	err = answer(b, func(sc *scan, _ string) {
		sc.rows(func() {}, func(name []byte) {
			if i, err := strconv.Atoi(strings.TrimPrefix(string(name), "c")); err == nil && i < len(backwards) {
				readable[backwards[i]] = true
			}
			sc.skip()
		}, func() {})
	})
	if err != nil {
		return fmt.Errorf("see what may be read: %w", err)
	}
	lacking = slices.DeleteFunc(append(lacking, backwards...), func(name string) bool { return readable[name] })
	if len(lacking) > 0 {
		return fmt.Errorf("%s: the cluster does not permit %s to read %s, and would leave it out of its answers: give the user a rule for dgraph.all, or for each predicate that begins with %s or ~%[4]s", s.client.address, s.client.user, some(lacking), s.pred(""))
	}
	s.rights.mu.Lock()
	defer s.rights.mu.Unlock()
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
