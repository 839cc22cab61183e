package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"parley/graph/postgres"
	"parley/graph/postgres/pgtest"
	"parley/graph/store"
)

// says looks whether an error tells all that it should, and no password.
func says(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; it should say %q", words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
	for _, secret := range []string{"hunter2", "s3cret", pgtest.Password} {
		if strings.Contains(err.Error(), secret) || strings.Contains(fmt.Sprintf("%+v %#v", err, err), secret) {
			t.Errorf("%q tells a password", err)
		}
	}
}

func TestBadURL(t *testing.T) {
	for url, want := range map[string]string{
		"postgres://ada:hunter2@host:port/db":                            "postgres://USER",
		"postgres://ada:hunter2@ho st/db":                                "postgres://USER",
		"postgres://ada:hunter2%zz@host/db":                              "postgres://USER",
		"postgres://ada:s3cret#hunter2@host/db":                          "postgres://USER",
		"mysql://ada:hunter2@host/db":                                    "postgres://USER",
		"postgres://ada:hunter2@host/db?schema=":                         "schema=",
		"postgres://ada:hunter2@host/db?schema=pg_mine":                  "schema=pg_mine",
		"postgres://ada:hunter2@host/db?a=%zz":                           "question mark",
		"postgres://ada:hunter2@host/db?sslmode=perhaps":                 "sslmode",
		"postgres://ada@host/db?password=hunter2&sslmode=perhaps":        "sslmode",
		"postgres://ada:hunter2@host/db?pool_max_conns=many":             "pool_max_conns",
		"postgres://ada:hunter2@host/db?connect_timeout=soon":            "connect_timeout",
		"postgres://ada:hunter2@host/db?sslrootcert=/none&sslmode=allow": "/none",
	} {
		_, err := postgres.Open(t.Context(), url, postgres.Options{})
		says(t, err, want)
	}
}

func TestNoServer(t *testing.T) {
	s := server(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := taken.Addr().(*net.TCPAddr).Port
	if err := taken.Close(); err != nil {
		t.Fatal(err)
	}
	at := func(userinfo, host, database string) string {
		return fmt.Sprintf("postgres://%s@%s/%s", userinfo, host, database)
	}
	here := fmt.Sprintf("127.0.0.1:%d", s.Port())
	for _, c := range []struct {
		name, url string
		words     []string
	}{
		{"no host", at("ada:hunter2", "no-such-host.invalid", "db"), []string{"no-such-host.invalid", "host in the URL"}},
		{"refused", at("ada:hunter2", fmt.Sprintf("127.0.0.1:%d", port), "db"), []string{fmt.Sprint(port), "start the server"}},
		{"no socket", "postgres://ada:hunter2@/db?host=/no-such-folder", []string{"/no-such-folder", "socket"}},
		{"wrong password", at(pgtest.User+":hunter2", here, pgtest.User), []string{"password", pgtest.User, "pg_hba.conf"}},
		{"no such user", at("nobody:hunter2", here, pgtest.User), []string{`"nobody"`, "pg_hba.conf"}},
		{"no database", at(pgtest.User+":"+pgtest.Password, here, "newsroom"), []string{`"newsroom"`, "createdb"}},
		{"no TLS", with(s.URL(), "sslmode", "require"), []string{"TLS", "ssl = on"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := postgres.Open(t.Context(), c.url, postgres.Options{})
			says(t, err, c.words...)
			if errors.Is(err, store.ErrNoStore) {
				t.Errorf("%v is told as an empty place: a load would go on to make a store", err)
			}
		})
	}
}

// oldServer speaks as a PostgreSQL of a version does, as far as the greeting.
func oldServer(t *testing.T, version string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				b := pgproto3.NewBackend(conn, conn)
				for {
					startup, err := b.ReceiveStartupMessage()
					if err != nil {
						return
					}
					if _, tls := startup.(*pgproto3.SSLRequest); !tls {
						break
					}
					if _, err := conn.Write([]byte("N")); err != nil {
						return
					}
				}
				b.Send(&pgproto3.AuthenticationOk{})
				b.Send(&pgproto3.ParameterStatus{Name: "server_version", Value: version})
				b.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
				if b.Flush() == nil {
					_, _ = b.Receive() // until the client hangs up
				}
			}()
		}
	}()
	return fmt.Sprintf("postgres://ada:hunter2@%s/db", l.Addr())
}

func TestTooOldServer(t *testing.T) {
	for _, version := range []string{"12.22 (Debian 12.22-1)", "9.6.24", "12beta1", "none"} {
		_, err := postgres.Open(t.Context(), oldServer(t, version), postgres.Options{})
		says(t, err, version, "13", "pg_upgrade")
	}
}

func TestNoStore(t *testing.T) {
	url := fresh(t)
	if _, err := postgres.Open(t.Context(), url, postgres.Options{}); !errors.Is(err, store.ErrNoStore) {
		t.Errorf("no schema: %v", err)
	}
	schema := url[strings.LastIndex(url, "=")+1:]
	server(t).Exec(t, "CREATE SCHEMA "+schema)
	_, err := postgres.Open(t.Context(), url, postgres.Options{})
	if !errors.Is(err, store.ErrNoStore) {
		t.Errorf("a schema without tables: %v", err)
	}
	says(t, err, schema)
	s := create(t, url)
	create(t, url) // an empty one again
	mustAdd(t, s, numbered("a", 1))
	if _, err := postgres.Create(t.Context(), url, postgres.Options{}); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("creating where quads are: %v", err)
	}
	server(t).Exec(t, "DROP SCHEMA "+schema+" CASCADE")
	if _, err := s.Snapshot(t.Context()); !errors.Is(err, store.ErrNoStore) {
		t.Errorf("a snapshot after the schema is gone: %v", err)
	}
}

func TestCreateAtOnce(t *testing.T) {
	url := fresh(t)
	failed := make(chan error)
	for i := range 4 {
		go func() {
			s, err := postgres.Create(t.Context(), url, postgres.Options{})
			if err == nil {
				_, err = add(t.Context(), s, numbered(fmt.Sprint(i), 10))
				err = errors.Join(err, s.Close())
			}
			if errors.Is(err, store.ErrNotEmpty) {
				err = nil // another was so quick that it had added by then
			}
			failed <- err
		}()
	}
	for range 4 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if err := postgres.Verify(t.Context(), url); err != nil {
		t.Error(err)
	}
}

func TestReadOnlyServer(t *testing.T) {
	url := fresh(t)
	mustAdd(t, create(t, url), numbered("a", 10))
	s := open(t, with(url, "options", "-c default_transaction_read_only=on"))
	_, err := add(t.Context(), s, numbered("b", 1))
	says(t, err, "only reads", "primary")
	shows(t, snapshot(t, s), numbered("a", 10))
}

// A small file system for a tablespace: what a full disk does must not depend on
// that of the machine.
func TestDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("a small file system is mounted by root only")
	}
	pg := server(t)
	dir := filepath.Join(pg.Dir(), "small")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no small file system can be mounted here: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	if err := pg.Own(dir); err != nil {
		t.Fatal(err)
	}
	url := fresh(t)
	s := create(t, url)
	mustAdd(t, s, numbered("before", 100))
	schema := url[strings.LastIndex(url, "=")+1:]
	pg.Exec(t, fmt.Sprintf("CREATE TABLESPACE small LOCATION '%s'", dir), "ALTER TABLE "+schema+".quad SET TABLESPACE small")
	t.Cleanup(func() {
		pg.Exec(t, "DROP SCHEMA "+schema+" CASCADE", "DROP TABLESPACE small")
	})
	_, err := add(t.Context(), s, numbered("more", 100_000))
	says(t, err, "disk is full", "nothing of the change was kept")
	holds(t, url, numbered("before", 100))
	if out, err := exec.Command("mount", "-o", "remount,size=64m", dir).CombinedOutput(); err != nil {
		t.Fatalf("make room: %v: %s", err, out)
	}
	more := numbered("more", 1000)
	mustAdd(t, s, more)
	holds(t, url, append(numbered("before", 100), more...))
}

func TestUseAfterClose(t *testing.T) {
	url := fresh(t)
	s := create(t, url)
	mustAdd(t, s, numbered("a", 20))
	now := snapshot(t, s)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if _, err := s.Snapshot(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a snapshot: %v", err)
	}
	if _, err := add(t.Context(), s, numbered("b", 1)); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a change: %v", err)
	}
	if err := s.Compact(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("compacting: %v", err)
	}
	if _, err := s.Describe(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("describing: %v", err)
	}
	shows(t, now, numbered("a", 20)) // open snapshots stay good
}

// What waits for another change stops waiting when its context ends.
func TestCancelledWaiting(t *testing.T) {
	url := fresh(t)
	one, two := create(t, url), open(t, url)
	_, err := one.Update(t.Context(), func(tx store.Tx) error {
		if _, err := tx.Tally(t.Context()); err != nil {
			return err
		}
		if err := tx.Add(t.Context(), numbered("a", 1)); err != nil {
			return err
		}
		if _, err := tx.Tally(t.Context()); err != nil { // now it has the lock
			return err
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		waiting := make(chan error)
		go func() {
			_, err := two.Update(ctx, func(tx store.Tx) error {
				if err := tx.Add(ctx, numbered("b", 1)); err != nil {
					return err
				}
				waiting <- nil
				_, err := tx.Tally(ctx)
				return err
			})
			waiting <- err
		}()
		if err := <-waiting; err != nil {
			return err
		}
		cancel()
		if err := <-waiting; !errors.Is(err, context.Canceled) {
			t.Errorf("a change that gave up waiting: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	mustAdd(t, two, numbered("c", 1))
	holds(t, url, append(numbered("a", 1), numbered("c", 1)...))
}
