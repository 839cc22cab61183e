package postgres_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/graph/postgres"
	"parley/graph/remote"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

func TestVersion(t *testing.T) {
	address := fresh(t)
	s, other := create(t, address), open(t, address)
	first := s.Version()
	mustAdd(t, s, numbered("a", 10))
	second := s.Version()
	if second <= first {
		t.Errorf("version %d after a change, %d before", second, first)
	}
	if got := other.Version(); got != second {
		t.Errorf("another store is at version %d, not %d", got, second)
	}
	for name, change := range map[string]func(tx store.Tx) error{
		"nothing":          func(store.Tx) error { return nil },
		"what is there":    func(tx store.Tx) error { return tx.Add(t.Context(), numbered("a", 10)) },
		"without the rest": func(tx store.Tx) error { return tx.Remove(t.Context(), numbered("b", 10)) },
		"a look": func(tx store.Tx) error {
			now, err := tx.Snapshot(t.Context())
			if err == nil {
				now.Close()
			}
			return err
		},
	} {
		if _, err := s.Update(t.Context(), change); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := s.Version(); got != second {
			t.Errorf("%s made version %d of %d", name, got, second)
		}
	}
	mustAdd(t, other, numbered("b", 10))
	if s.Version() <= second {
		t.Error("what another store did is not seen")
	}
}

// Whoever has seen a change sees it in each version that is asked for after.
func TestVersionAtOnce(t *testing.T) {
	s := create(t, fresh(t))
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := range 5 {
				before := s.Version()
				if _, err := add(t.Context(), s, numbered(fmt.Sprintf("%d-%d", i, n), 1)); err != nil {
					t.Error(err)
				}
				if after := s.Version(); after <= before {
					t.Errorf("version %d after a change, %d before", after, before)
				}
			}
		})
	}
	all.Wait()
}

// A change that panics leaves nothing, and no lock.
func TestPanic(t *testing.T) {
	address := fresh(t)
	s := create(t, address)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is gone")
			}
		}()
		_, _ = s.Update(t.Context(), func(tx store.Tx) error {
			if err := tx.Add(t.Context(), numbered("a", 10)); err != nil {
				return err
			}
			if _, err := tx.Tally(t.Context()); err != nil {
				return err
			}
			panic("a bug")
		})
	}()
	mustAdd(t, open(t, address), numbered("b", 10))
	holds(t, address, numbered("b", 10))
}

// What a change has seen it sees no more when it is over.
func TestSnapshotOfEndedChange(t *testing.T) {
	s := create(t, fresh(t))
	var now store.Snapshot
	_, err := s.Update(t.Context(), func(tx store.Tx) (err error) {
		if err := tx.Add(t.Context(), numbered("a", 10)); err != nil {
			return err
		}
		now, err = tx.Snapshot(t.Context())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer now.Close()
	if _, err := now.Expand(t.Context(), nil, []store.Node{1}, 0, store.Out); err == nil {
		t.Error("an answer from a change that is over")
	}
}

// Handles that a failed change has given are given again, to other terms.
func TestHandlesOfFailedChange(t *testing.T) {
	s := create(t, fresh(t))
	for i := range 3 {
		quads := numbered(fmt.Sprint(i), 4)
		_, err := s.Update(t.Context(), func(tx store.Tx) error {
			if err := tx.Add(t.Context(), quads); err != nil {
				return err
			}
			now, err := tx.Snapshot(t.Context())
			if err != nil {
				return err
			}
			defer now.Close()
			shows(t, now, quads)
			if i < 2 {
				return fmt.Errorf("change %d fails", i)
			}
			return nil
		})
		if (err == nil) != (i == 2) {
			t.Fatal(err)
		}
	}
	shows(t, snapshot(t, s), numbered("2", 4))
}

func TestDescribe(t *testing.T) {
	s := create(t, fresh(t))
	all := numbered("a", 50)
	mustAdd(t, s, all)
	mustRemove(t, s, all[:10])
	want := map[quad.Value]int64{}
	terms := map[quad.Value]bool{}
	for _, q := range all[10:] {
		want[q.Predicate]++
		terms[q.Subject], terms[q.Predicate], terms[q.Object], terms[q.Label] = true, true, true, true
	}
	d, err := s.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d.Quads != 40 || d.Terms != int64(len(terms)) || len(d.Predicates) != len(want) {
		t.Errorf("%+v; want 40 quads, %d terms, %d predicates", d, len(terms), len(want))
	}
	for i, c := range d.Predicates {
		if c.Quads != want[c.Term] || i > 0 && c.Quads > d.Predicates[i-1].Quads {
			t.Errorf("%v has %d quads, not %d, or is out of order", c.Term, c.Quads, want[c.Term])
		}
	}
	files := map[string]store.File{}
	for _, f := range d.Files {
		if f.Bytes <= 0 {
			t.Errorf("%s takes %d bytes", f.Name, f.Bytes)
		}
		files[f.Name] = f
	}
	if f := files["quad"]; f.Quads != 40 || f.Removed != 10 {
		t.Errorf("table quad: %+v", f)
	}
	if files["node"].Terms != d.Terms || files["quad_spol"].Bytes == 0 {
		t.Errorf("files: %+v", d.Files)
	}
}

// What was removed goes when nobody can ask for it any more, and not before.
func TestCompact(t *testing.T) {
	address := fresh(t)
	s := create(t, address)
	a, b := numbered("a", 40), numbered("b", 40)
	mustAdd(t, s, append(a, b...))
	old := snapshot(t, s)
	mustRemove(t, s, b)
	newest := snapshot(t, s)
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	shows(t, old, append(a, b...))
	undo := postgres.Keep(0)
	t.Cleanup(undo)
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, err := range old.Quads(t.Context()) {
		says(t, err, "snapshot", "take another")
		break
	}
	shows(t, newest, a)
	holds(t, address, a)
	d, err := s.Describe(t.Context())
	if err != nil || d.Quads != 40 || d.Files[0].Removed+d.Files[1].Removed != 0 {
		t.Errorf("after compacting: %+v, %v", d, err)
	}
	var rows int
	schema := address[strings.LastIndex(address, "=")+1:]
	conn := server(t).Connect(t)
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM "+schema+".node WHERE NOT live").Scan(&rows); err != nil || rows != 0 {
		t.Errorf("%d terms that nothing uses, %v", rows, err)
	}
	// Handles are not given to other terms.
	mustAdd(t, s, b)
	holds(t, address, append(a, b...))
}

// Verify finds whatever was done to a store behind its back.
func TestVerify(t *testing.T) {
	t.Run("by counting", testVerify)
	conn := server(t).Connect(t)
	var has bool
	if err := conn.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'amcheck')").Scan(&has); err != nil {
		t.Fatal(err)
	}
	if !has {
		t.Skip("this PostgreSQL comes without the extension amcheck")
	}
	server(t).Exec(t, "CREATE EXTENSION amcheck")
	t.Cleanup(func() { server(t).Exec(t, "DROP EXTENSION amcheck") })
	t.Run("by amcheck", testVerify)
}

func testVerify(t *testing.T) {
	for name, c := range map[string]struct {
		statements string
		words      []string
	}{
		"nothing": {"SELECT 1", nil},
		"a quad's term is gone": {
			"DELETE FROM {s}.node WHERE id = 3",
			[]string{"table node", "id=3", "of table quad"},
		},
		"another key":        {"UPDATE {s}.node SET key = '<x:other' WHERE id = 3", []string{"table node", "id=3", "x:other"}},
		"a key of no term":   {"UPDATE {s}.node SET key = '?', h = encode(substring(sha256('?') FOR 16), 'hex')::uuid WHERE id = 3", []string{"table node", "id=3", "no term"}},
		"a span of nothing":  {"UPDATE {s}.quad SET born = died WHERE ctid = '(0,1)'", []string{"table quad", "born="}},
		"a change not kept":  {"UPDATE {s}.quad SET born = 77 WHERE ctid = '(0,1)'", []string{"table quad", "born=77"}},
		"a quad twice":       {"INSERT INTO {s}.quad SELECT s, p, o, l, born, 2 FROM {s}.quad LIMIT 1", []string{"table quad", "twice"}},
		"a wrong flag":       {"UPDATE {s}.node SET live = false WHERE id = 3", []string{"table node", "id=3", "live=f", "terms"}},
		"wrong totals":       {"UPDATE {s}.version SET quads = 5, terms = 6 WHERE v = 2", []string{"table version", "5 quads", "6 terms"}},
		"an id not given":    {"UPDATE {s}.version SET next = 3 WHERE v = 2", []string{"table node", "never given"}},
		"an index is gone":   {"DROP INDEX {s}.quad_p", []string{"quad_p", "CREATE INDEX"}},
		"an index of others": {"DROP INDEX {s}.quad_l; CREATE INDEX quad_l ON {s}.quad (l) WHERE l > 3", []string{"quad_l", "quad"}},
		"a row not in an index": {
			"UPDATE pg_index SET indisready = false WHERE indexrelid = '{s}.quad_l'::regclass; INSERT INTO {s}.quad SELECT s, p, o + 1, l, 1, 2 FROM {s}.quad LIMIT 1; UPDATE pg_index SET indisready = true WHERE indexrelid = '{s}.quad_l'::regclass",
			[]string{"quad_l", "does not agree", "REINDEX"},
		},
		"no version": {"DELETE FROM {s}.version", []string{"version", "restore"}},
	} {
		t.Run(name, func(t *testing.T) {
			address := fresh(t)
			schema := address[strings.LastIndex(address, "=")+1:]
			s := create(t, address)
			mustAdd(t, s, numbered("a", 20))
			mustAdd(t, s, numbered("b", 20))
			server(t).Exec(t, strings.ReplaceAll(c.statements, "{s}", schema))
			err := postgres.Verify(t.Context(), address)
			if c.words != nil {
				says(t, err, c.words...)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// Tables of an older format are migrated by the next change of one who owns them;
// until then they are not read. Newer ones are refused.
func TestFormats(t *testing.T) {
	owner, loader, reader := roles(t)
	u, err := url.Parse(owner)
	if err != nil {
		t.Fatal(err)
	}
	schema := u.Query().Get("schema")
	s := create(t, owner)
	mustAdd(t, s, numbered("a", 20))
	was := open(t, reader)
	server(t).Exec(t, "DROP INDEX "+schema+".quad_p", "UPDATE "+schema+".meta SET format = 0")
	for _, s := range []store.Store{was, open(t, reader)} {
		_, err = s.Snapshot(t.Context())
		says(t, err, "format 0", fmt.Sprint("format ", postgres.Format), "next load", "owns", schema)
	}
	_, err = add(t.Context(), open(t, loader), numbered("a", 20))
	says(t, err, "migrate", "format 0", "only the role that owns the tables may")
	if _, err := postgres.Create(t.Context(), owner, postgres.Options{}); err == nil {
		t.Error("a store that holds quads is made once more")
	}
	_, err = open(t, owner).Update(t.Context(), func(tx store.Tx) error { // which reads the store meanwhile
		shows(t, snapshot(t, s), numbered("a", 20))
		return tx.Add(t.Context(), numbered("a", 20)) // known already
	})
	if err != nil {
		t.Error(err)
	}
	reads(t, reader, numbered("a", 20))
	shows(t, snapshot(t, was), numbered("a", 20))

	server(t).Exec(t, "UPDATE "+schema+".meta SET format = 99")
	_, err = postgres.Open(t.Context(), owner, postgres.Options{})
	says(t, err, "format 99", fmt.Sprint("up to ", postgres.Format), "newer")
	_, err = add(t.Context(), s, numbered("b", 1))
	says(t, err, "format 99")
	err = postgres.Verify(t.Context(), owner)
	says(t, err, "format 99")
}

func TestHealth(t *testing.T) {
	s := create(t, with(fresh(t), "pool_max_conns", "3"))
	mustAdd(t, s, numbered("a", 20))
	now := snapshot(t, s)
	n := now.Node(numbered("a", 1)[0].Subject)
	if _, err := now.Expand(t.Context(), nil, []store.Node{n}, 0, store.Out); err != nil {
		t.Fatal(err)
	}
	shows(t, now, numbered("a", 20))
	h := s.Health()
	if h.Pool.Max != 4 || h.Pool.Open < 1 || h.Pool.Busy != 0 { // one of them writes
		t.Errorf("pool: %+v", h.Pool)
	}
	trips := map[string]store.Trips{}
	for _, trip := range h.Trips {
		trips[trip.Kind] = trip
	}
	for _, kind := range []string{"expand", "find", "keys", "page", "snapshot", "identify", "insert", "commit"} {
		if trip := trips[kind]; trip.Count == 0 || trip.Took <= 0 || trip.Took > time.Minute || trip.Failed != 0 {
			t.Errorf("%s: %+v", kind, trip)
		}
	}
}

// Hops read an index and no table, also where the server knows nothing of the
// tables yet, and however they grow.
func TestPlans(t *testing.T) {
	s := create(t, fresh(t))
	for _, n := range []int{0, 5000} {
		if n > 0 {
			mustAdd(t, s, numbered("a", n))
		}
		r := snapshot(t, s).(*remote.Snapshot).Reader()
		for name, plan := range postgres.Plans(t, s, r) {
			if !strings.Contains(plan, "Index Only Scan using quad_spol") && !strings.Contains(plan, "Index Only Scan using quad_opsl") || strings.Contains(plan, "Seq Scan on quad") || strings.Contains(plan, "quad_p ") {
				t.Errorf("%d quads, %s: %s", n, name, plan)
			}
		}
	}
}
