// Command postgres asks the questions of PostgreSQL, one row an event, on a
// server of its own in DB. Debian's package has the server.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/graph/embedded/peers/peer"
)

// server is a running PostgreSQL that listens on a socket alone.
type server struct {
	cmd    *exec.Cmd
	socket string
}

// settings are for one client on a machine of its own.
var settings = []string{
	"listen_addresses=", "shared_buffers=2GB", "maintenance_work_mem=1GB", "work_mem=64MB", "effective_cache_size=8GB",
	"wal_level=minimal", "max_wal_senders=0", "max_wal_size=16GB", "checkpoint_timeout=1h", "autovacuum=off",
	"max_parallel_maintenance_workers=2", "random_page_cost=1.0", "jit=off", "plan_cache_mode=force_generic_plan",
	"enable_seqscan=off", "enable_bitmapscan=off", "max_connections=8", "fsync=on",
}

// program finds a program of the newest server.
func program(name string) (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		return exec.LookPath(name)
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(strings.Split(path, "/")[4])
		return n
	}
	return slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) }), nil
}

// unprivileged makes a command run as the user of Debian's package where this
// process is root, which the server refuses.
func unprivileged(c *exec.Cmd, folders ...string) error {
	c.Stderr = os.Stderr
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return err
	}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	for _, folder := range folders {
		if err := os.Chown(folder, uid, gid); err != nil {
			return err
		}
	}
	return nil
}

// create makes an empty database.
func create(db string) error {
	if err := os.RemoveAll(db); err != nil {
		return err
	}
	if err := os.MkdirAll(db, 0o700); err != nil {
		return err
	}
	initdb, err := program("initdb")
	if err != nil {
		return err
	}
	c := exec.Command(initdb, "--pgdata="+db, "--locale=C", "--encoding=UTF8", "--auth=trust", "--username=bench", "--no-sync")
	if err := unprivileged(c, db); err != nil {
		return err
	}
	if err := c.Run(); err != nil {
		return fmt.Errorf("initdb in %s, which its user must be able to reach: %w", db, err)
	}
	return nil
}

func start(ctx context.Context, db string) (*server, *pgx.Conn, error) {
	postgres, err := program("postgres")
	if err != nil {
		return nil, nil, err
	}
	socket, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, nil, err
	}
	args := []string{"-D", db, "-k", socket}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	s := &server{exec.Command(postgres, args...), socket}
	if err := unprivileged(s.cmd, socket); err != nil {
		return nil, nil, err
	}
	log, err := os.Create(filepath.Join(socket, "log"))
	if err != nil {
		return nil, nil, err
	}
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if s.cmd.SysProcAttr == nil {
		s.cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	s.cmd.SysProcAttr.Pdeathsig = syscall.SIGINT
	if err := s.cmd.Start(); err != nil {
		return nil, nil, err
	}
	for try := 0; ; try++ {
		conn, err := connect(ctx, socket)
		if err == nil {
			return s, conn, nil
		}
		if try == 300 {
			text, _ := os.ReadFile(log.Name())
			s.stop()
			return nil, nil, fmt.Errorf("the server does not answer: %w\n%s", err, text)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGINT)
	_ = s.cmd.Wait()
	_ = os.RemoveAll(s.socket)
}

func main() {
	numbers := flag.Bool("numbers", false, "a node is its number, not its name")
	flag.Parse()
	os.Args = append(os.Args[:1], flag.Args()...)
	d := database{numbers: *numbers}
	peer.Main(peer.Commands{Load: d.load, Query: d.query})
}
