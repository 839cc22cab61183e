// Package pgtest runs a PostgreSQL server of its own, for tests and for trying
// things out: in a temporary folder, on a private port of 127.0.0.1, as an
// unprivileged user where the program is root. Nothing of it stays.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNotInstalled tells that this machine has no PostgreSQL.
var ErrNotInstalled = errors.New("no PostgreSQL is installed: neither /usr/lib/postgresql/*/bin nor PATH has initdb and postgres; on Debian install the package postgresql")

const (
	// User is the server's superuser, and the name of the database that is made.
	User = "parley"
	// Password is the superuser's, over TCP.
	Password = "sesame"
)

// Options are how a server is to run.
type Options struct {
	// Durable makes it sync what it writes, as tests have no need of: what they
	// kill is processes, not the machine.
	Durable bool
	// Settings go into postgresql.conf, after those that Launch makes.
	Settings []string
	// Port is the one to listen on, 0 for any that is free.
	Port int
}

// Server is a running server.
type Server struct {
	bin, dir string
	port     int
	owner    *syscall.Credential
	process  *exec.Cmd // nil while it is stopped
	exited   chan struct{}
	guard    *exec.Cmd
	release  func() error // lets the guard stop the server
}

// Start starts a server that the test stops. Where none is installed it skips the
// test, but on CI, which has the variable CI set, it fails it.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Launch(o)
	if err != nil {
		Missing(t, err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Missing ends a test that has no server because of an error.
func Missing(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, ErrNotInstalled) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	t.Fatal(err)
}

// Launch starts a server. Close it: it also stops when the program ends in any
// other way.
func Launch(o Options) (_ *Server, err error) {
	s := &Server{port: o.Port}
	if s.bin, err = binaries(); err != nil {
		return nil, err
	}
	if s.owner, err = unprivileged(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "pg"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("start a PostgreSQL server in %s: %w", s.dir, err), s.Close())
		}
	}()
	if err := s.Own(s.dir); err != nil {
		return nil, err
	}
	if s.port == 0 {
		if s.port, err = freePort(); err != nil {
			return nil, err
		}
	}
	if err := s.initialize(o); err != nil {
		return nil, err
	}
	if err := s.watch(); err != nil {
		return nil, err
	}
	if err := s.Run(); err != nil {
		return nil, err
	}
	return s, s.createDatabase()
}

// binaries finds the folder of the newest PostgreSQL.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	newest, version := "", -1
	for _, dir := range found {
		n, err := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		if _, missing := os.Stat(filepath.Join(dir, "initdb")); err == nil && missing == nil && n > version {
			newest, version = dir, n
		}
	}
	if newest != "" {
		return newest, nil
	}
	initdb, err := exec.LookPath("initdb")
	if err != nil {
		return "", ErrNotInstalled
	}
	if initdb, err = filepath.EvalSymlinks(initdb); err != nil {
		return "", err
	}
	return filepath.Dir(initdb), nil
}

// unprivileged returns another user to run as where we are root, which
// PostgreSQL refuses to run as.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}

// command is a program of PostgreSQL's, as the user that the server runs as.
func (s *Server) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.bin, name), args...)
	c.Dir = s.dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner, Setpgid: true} // ^C is for us to hand on
	c.Env = append(os.Environ(), "LC_ALL=C")
	return c
}

func (s *Server) initialize(o Options) error {
	secret := filepath.Join(s.dir, "password")
	if err := s.write(secret, Password+"\n"); err != nil {
		return err
	}
	// The cheapest kind of password: tests open thousands of connections.
	out, err := s.command("initdb", "--pgdata", s.data(), "--username", User, "--pwfile", secret, "--auth-local", "trust",
		"--auth-host", "md5", "--encoding", "UTF8", "--locale", "C", "--no-sync").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	settings := []string{
		"listen_addresses = '127.0.0.1'", fmt.Sprintf("port = %d", s.port), fmt.Sprintf("unix_socket_directories = '%s'", s.dir),
		"max_connections = 100", "shared_buffers = '256MB'", "maintenance_work_mem = '256MB'", "max_wal_size = '4GB'",
	}
	if !o.Durable {
		settings = append(settings, "fsync = off", "full_page_writes = off")
	}
	return s.write(filepath.Join(s.data(), "postgresql.auto.conf"), strings.Join(append(settings, o.Settings...), "\n")+"\n")
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// write writes a file that the server may read.
func (s *Server) write(name, text string) error {
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		return err
	}
	return s.Own(name)
}

// Own gives a file or folder to the user that the server runs as.
func (s *Server) Own(name string) error {
	if s.owner == nil {
		return nil
	}
	return os.Chown(name, int(s.owner.Uid), int(s.owner.Gid))
}

// watch starts a shell that outlives us and stops the server when we end, in
// whatever way: its standard input ends then.
func (s *Server) watch() error {
	s.guard = exec.Command("sh", "-c", `cat >/dev/null; "$1/pg_ctl" -D "$2/data" -m fast -w stop >/dev/null 2>&1; rm -rf "$2"`, "sh", s.bin, s.dir)
	s.guard.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner, Setpgid: true}
	s.guard.Dir = "/"
	in, err := s.guard.StdinPipe()
	if err != nil {
		return err
	}
	s.release = in.Close
	return s.guard.Start()
}

// Run starts a server that was stopped or killed.
func (s *Server) Run() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		err := s.launch(ctx)
		// The processes of a killed server may still be about to end.
		if err == nil || ctx.Err() != nil || !strings.Contains(s.log(), "is still in use") && !strings.Contains(s.log(), "Address already in use") {
			return err
		}
		pause(ctx)
	}
}

// pause waits a little.
func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(20 * time.Millisecond):
	}
}

func (s *Server) launch(ctx context.Context) error {
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	c := s.command("postgres", "-D", s.data())
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	go func() {
		_ = c.Wait()
		close(exited)
	}()
	s.process, s.exited = c, exited
	for {
		conn, err := pgx.Connect(ctx, s.local("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-exited:
			s.process = nil
			return fmt.Errorf("the server ended: %s", s.log())
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		default:
			pause(ctx)
		}
	}
}

// log is what the server has said since it was started.
func (s *Server) log() string {
	b, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return string(b)
}

// local is a URL that goes through the socket in the folder.
func (s *Server) local(database string) string {
	return fmt.Sprintf("postgres://%s@/%s?host=%s&port=%d", User, database, s.dir, s.port)
}

func (s *Server) createDatabase() error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.local("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, "CREATE DATABASE "+User)
	return err
}

// URL is the server's, for a store: with the superuser's name and password.
func (s *Server) URL() string {
	return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s", User, Password, s.port, User)
}

// Port is the one that the server listens on.
func (s *Server) Port() int { return s.port }

// Dir is the server's folder, which its user may write in.
func (s *Server) Dir() string { return s.dir }

// Connect opens a connection that the test closes.
func (s *Server) Connect(t testing.TB) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.local(User))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// Exec runs statements as the superuser.
func (s *Server) Exec(t testing.TB, statements ...string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // also when the test cleans up
	conn, err := pgx.Connect(ctx, s.local(User))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}
