package postgres_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"parley/graph/postgres"
	"parley/graph/remote"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// as is a URL with another user.
func as(t *testing.T, raw, user string) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(user, "hunter2")
	return u.String()
}

// roles makes an owner of a schema, one who loads and one who reads, with just the
// rights that the README names.
func roles(t *testing.T) (owner, loader, reader string) {
	t.Helper()
	raw := fresh(t)
	schema := raw[strings.LastIndex(raw, "=")+1:]
	statements := []string{
		"CREATE ROLE owner_{s} LOGIN PASSWORD 'hunter2'", "CREATE ROLE loader_{s} LOGIN PASSWORD 'hunter2'", "CREATE ROLE reader_{s} LOGIN PASSWORD 'hunter2'",
		"CREATE SCHEMA {s} AUTHORIZATION owner_{s}",
		"GRANT USAGE ON SCHEMA {s} TO loader_{s}, reader_{s}",
		"ALTER DEFAULT PRIVILEGES FOR ROLE owner_{s} IN SCHEMA {s} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO loader_{s}",
		"ALTER DEFAULT PRIVILEGES FOR ROLE owner_{s} IN SCHEMA {s} GRANT SELECT ON TABLES TO reader_{s}",
	}
	for i := range statements {
		statements[i] = strings.ReplaceAll(statements[i], "{s}", schema)
	}
	server(t).Exec(t, statements...)
	return as(t, raw, "owner_"+schema), as(t, raw, "loader_"+schema), as(t, raw, "reader_"+schema)
}

// reads does all that a reader may want.
func reads(t *testing.T, url string, want []quad.Quad) {
	t.Helper()
	s := open(t, url)
	now := snapshot(t, s)
	shows(t, now, want)
	q := want[0]
	from, along := now.Node(q.Subject), now.Node(q.Predicate)
	edges, err := now.Expand(t.Context(), nil, []store.Node{from}, 0, store.Out)
	if err != nil || len(edges) == 0 {
		t.Errorf("expand: %v, %v", edges, err)
	}
	if err := now.(store.Prefetcher).Prefetch(t.Context(), []store.Node{from}, []store.Step{{Predicates: []store.Node{along}, Repeat: true}}); err != nil {
		t.Errorf("prefetch: %v", err)
	}
	if edges, err := now.Labelled(t.Context(), nil, []store.Node{now.Node(q.Label)}); err != nil || len(edges) == 0 {
		t.Errorf("labelled: %v, %v", edges, err)
	}
	if d, err := s.Describe(t.Context()); err != nil || d.Quads != int64(len(want)) {
		t.Errorf("describe: %+v, %v", d, err)
	}
	if err := postgres.Verify(t.Context(), url); err != nil {
		t.Errorf("verify: %v", err)
	}
	qs := remote.NewQuadStore(s)
	if qs.ValueOf(q.Subject) == nil || qs.Err() != nil {
		t.Errorf("cayley finds %v not: %v", q.Subject, qs.Err())
	}
}

func TestRoles(t *testing.T) {
	for name, load := range map[string]func(t testing.TB){"at once": func(testing.TB) {}, "into new tables": lower} {
		t.Run(name, func(t *testing.T) {
			load(t)
			owner, loader, reader := roles(t)
			made := create(t, owner)
			shows(t, snapshot(t, open(t, reader)), nil)
			a, b := numbered("a", 50), numbered("b", 50)
			mustAdd(t, made, a)
			reads(t, reader, a)
			mustAdd(t, open(t, loader), b)
			mustRemove(t, open(t, loader), a)
			reads(t, reader, b)
			if err := open(t, loader).Compact(t.Context()); err != nil {
				t.Errorf("compact by one who loads: %v", err)
			}
			_, err := add(t.Context(), open(t, reader), a)
			says(t, err, "GRANT", "INSERT", "reader_")
			shows(t, snapshot(t, made), b)
		})
	}
}

// One who loads and owns nothing fills the tables as they are.
func TestFirstLoadByAnother(t *testing.T) {
	lower(t)
	owner, loader, reader := roles(t)
	create(t, owner)
	mustAdd(t, open(t, loader), numbered("a", 50))
	reads(t, reader, numbered("a", 50))
}

// Grants that were made on the tables go over to those that take their place, and
// so does the owner.
func TestFirstLoadKeepsGrants(t *testing.T) {
	lower(t)
	raw := fresh(t)
	schema := raw[strings.LastIndex(raw, "=")+1:]
	s := create(t, raw)
	server(t).Exec(
		t, "CREATE ROLE late_"+schema+" LOGIN PASSWORD 'hunter2'", "CREATE ROLE holder_"+schema,
		"GRANT CREATE ON SCHEMA "+schema+" TO holder_"+schema,
		"GRANT USAGE ON SCHEMA "+schema+" TO late_"+schema, "GRANT SELECT ON ALL TABLES IN SCHEMA "+schema+" TO late_"+schema+" WITH GRANT OPTION",
		"ALTER TABLE "+schema+".quad OWNER TO holder_"+schema,
	)
	mustAdd(t, s, numbered("a", 50))
	reads(t, as(t, raw, "late_"+schema), numbered("a", 50))
	var owners string
	err := server(t).Connect(t).QueryRow(t.Context(), "SELECT string_agg(tablename || ' ' || (tableowner = 'holder_' || $1), ', ' ORDER BY tablename) FROM pg_tables WHERE schemaname = $1", schema).Scan(&owners)
	if want := "meta false, node false, quad true, version false"; err != nil || owners != want {
		t.Errorf("tables of the other role: %s, %v; want %s", owners, err, want)
	}
}

// Tables on which somebody has hung something are not replaced.
func TestFirstLoadKeepsViews(t *testing.T) {
	lower(t)
	raw := fresh(t)
	schema := raw[strings.LastIndex(raw, "=")+1:]
	s := create(t, raw)
	server(t).Exec(t, fmt.Sprintf("CREATE VIEW %s.seen AS SELECT count(*) AS n FROM %[1]s.quad", schema))
	mustAdd(t, s, numbered("a", 50))
	var n int
	if err := server(t).Connect(t).QueryRow(t.Context(), "SELECT n FROM "+schema+".seen").Scan(&n); err != nil || n != 50 {
		t.Errorf("the view counts %d, %v", n, err)
	}
}

func TestNoRights(t *testing.T) {
	owner, _, _ := roles(t)
	create(t, owner)
	raw := owner
	server(t).Exec(t, "DROP ROLE IF EXISTS stranger", "CREATE ROLE stranger LOGIN PASSWORD 'hunter2'")
	_, err := postgres.Open(t.Context(), as(t, raw, "stranger"), postgres.Options{})
	says(t, err, "GRANT USAGE", "SELECT", "stranger")
	if errors.Is(err, store.ErrNoStore) {
		t.Errorf("%v is told as an empty place", err)
	}
	u, _ := url.Parse(raw)
	u.RawQuery = "schema=new_one"
	_, err = postgres.Create(t.Context(), as(t, u.String(), "stranger"), postgres.Options{})
	says(t, err, "stranger", "may not")
}
