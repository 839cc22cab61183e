package postgres_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"parley/graph/postgres"
	"parley/graph/postgres/pgtest"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
	"go.uber.org/goleak"
)

// shared is the server that most tests share, each with schemas of its own. Those
// that stop or kill one start another.
var shared = struct {
	once   sync.Once
	server *pgtest.Server
	err    error
}{}

var schemas atomic.Int64

func TestMain(m *testing.M) {
	if run := children[os.Getenv(childEnv)]; run != nil {
		if err := run(os.Args[1:]); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	// Each case of a random test takes a store of its own, on a server.
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		n := "60"
		if testing.Short() {
			n = "15"
		}
		_ = f.Value.Set(n)
	}
	code := m.Run()
	if shared.server != nil {
		if err := shared.server.Close(); err != nil {
			fmt.Println(err)
			code = 1
		}
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Println(err)
			code = 1
		}
	}
	os.Exit(code)
}

// server is the shared server.
func server(t testing.TB) *pgtest.Server {
	t.Helper()
	shared.once.Do(func() { shared.server, shared.err = pgtest.Launch(pgtest.Options{}) })
	if shared.err != nil {
		pgtest.Missing(t, shared.err)
	}
	return shared.server
}

// fresh is the URL of a store that is not there yet.
func fresh(t testing.TB) string {
	t.Helper()
	return with(server(t).URL(), "schema", fmt.Sprintf("s%d", schemas.Add(1)))
}

// with sets a parameter of a URL.
func with(raw, name, value string) string {
	join := "?"
	if strings.Contains(raw, "?") {
		join = "&"
	}
	return raw + join + name + "=" + url.QueryEscape(value)
}

// lower lowers sizes until the test ends, after its stores are closed.
func lower(t testing.TB) {
	t.Helper()
	t.Cleanup(postgres.Lower())
}

func create(t testing.TB, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Create(t.Context(), url, postgres.Options{})
	return closed(t, s, err)
}

func open(t testing.TB, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url, postgres.Options{})
	return closed(t, s, err)
}

// closed has a store closed when the test ends, if it is not before.
func closed(t testing.TB, s *postgres.Store, err error) *postgres.Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// numbered makes quads that differ between names and numbers and share terms.
func numbered(name string, n int) []quad.Quad {
	all := make([]quad.Quad, n)
	for i := range all {
		all[i] = quad.Quad{
			Subject: quad.IRI(fmt.Sprintf("x:%s/%d", name, i/4)), Predicate: quad.IRI(fmt.Sprintf("x:p%d", i%7)),
			Object: quad.String(strings.Repeat("v", i%5) + fmt.Sprint(i)), Label: quad.IRI("x:label/" + name),
		}
	}
	return all
}

func add(ctx context.Context, s store.Store, quads []quad.Quad) (store.Tally, error) {
	return s.Update(ctx, func(tx store.Tx) error { return tx.Add(ctx, quads) })
}

func mustAdd(t testing.TB, s store.Store, quads []quad.Quad) store.Tally {
	t.Helper()
	tally, err := add(t.Context(), s, quads)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

func mustRemove(t testing.TB, s store.Store, quads []quad.Quad) {
	t.Helper()
	if _, err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Remove(t.Context(), quads) }); err != nil {
		t.Fatal(err)
	}
}

// snapshot takes a snapshot that the test closes.
func snapshot(t testing.TB, s store.Store) store.Snapshot {
	t.Helper()
	now, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(now.Close)
	return now
}

// shows compares what a snapshot holds with some quads, each there once.
func shows(t testing.TB, now store.Snapshot, want []quad.Quad) {
	t.Helper()
	left := make(map[quad.Quad]bool, len(want))
	for _, q := range want {
		left[q] = true
	}
	all := len(left)
	for q, err := range now.Quads(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if !left[q] {
			t.Fatalf("%v is there, once too often", q)
		}
		delete(left, q)
	}
	for q := range left {
		t.Fatalf("%d of %d quads are not there, such as %v", len(left), all, q)
	}
	stats, err := now.Stats(t.Context())
	if err != nil || stats.Quads != int64(all) {
		t.Fatalf("counted %+v, %v; there are %d quads", stats, err, all)
	}
}

// holds compares what the store at a URL holds with some quads, and looks whether
// anything is wrong with it.
func holds(t testing.TB, url string, want []quad.Quad) {
	t.Helper()
	shows(t, snapshot(t, open(t, url)), want)
	if err := postgres.Verify(t.Context(), url); err != nil {
		t.Fatal(err)
	}
}

// childEnv names what a test binary that is started as a child does.
const childEnv = "POSTGRES_TEST_CHILD"

var children = map[string]func(args []string) error{}
