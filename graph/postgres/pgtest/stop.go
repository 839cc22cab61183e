package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Stop ends the server as an operator does who does not wait for clients.
func (s *Server) Stop() error { return s.end(syscall.SIGINT) }

// Kill ends the server as a crash does: at the next Run it recovers from its log.
// It waits for the server's other processes, which end when they notice.
func (s *Server) Kill() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	pids, err := s.processes(ctx)
	if err := errors.Join(err, s.end(syscall.SIGKILL)); err != nil {
		return err
	}
	for _, pid := range pids {
		for syscall.Kill(pid, 0) == nil && ctx.Err() == nil {
			pause(ctx)
		}
	}
	return ctx.Err()
}

// processes are those that serve connections, and the like.
func (s *Server) processes(ctx context.Context) (pids []int, err error) {
	conn, err := pgx.Connect(ctx, s.local("postgres"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, "SELECT pid FROM pg_stat_activity")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int])
}

func (s *Server) end(signal os.Signal) error {
	if s.process == nil {
		return nil
	}
	if err := s.process.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-s.exited
	s.process = nil
	return nil
}

// Restart stops the server and starts it again.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := errors.Join(s.Stop(), s.Run()); err != nil {
		t.Fatal(err)
	}
}

// KillBackend kills the process that serves one connection. All others are ended
// by the server, which recovers as from a crash.
func (s *Server) KillBackend(t testing.TB, pid uint32) {
	t.Helper()
	if err := syscall.Kill(int(pid), syscall.SIGKILL); err != nil {
		t.Errorf("kill backend %d: %v", pid, err)
	}
}

// Close stops the server and removes its folder.
func (s *Server) Close() error {
	err := s.Stop()
	if s.release != nil {
		err = errors.Join(err, s.release(), s.guard.Wait())
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// freePort finds a port that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Wait waits until the server answers, as it does not while it recovers.
func (s *Server) Wait(ctx context.Context) error {
	for {
		conn, err := pgx.Connect(ctx, s.local(User))
		if err == nil {
			return conn.Close(ctx)
		}
		if ctx.Err() != nil {
			return errors.Join(ctx.Err(), err)
		}
		pause(ctx)
	}
}
