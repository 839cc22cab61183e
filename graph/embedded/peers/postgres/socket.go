package main

import (
	"context"
	"net"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// connect connects through a socket that blocks the thread: going through Go's
// poller costs as much as the server takes for a short answer.
func connect(ctx context.Context, socket string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig("host=" + socket + " user=bench dbname=postgres")
	if err != nil {
		return nil, err
	}
	config.DialFunc = func(context.Context, string, string) (net.Conn, error) {
		return dial(filepath.Join(socket, ".s.PGSQL.5432"))
	}
	return pgx.ConnectConfig(ctx, config)
}

type blocking struct {
	fd   int
	path string
}

func dial(path string) (net.Conn, error) {
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Connect(fd, &syscall.SockaddrUnix{Name: path}); err != nil {
		_ = syscall.Close(fd)
		return nil, err
	}
	return &blocking{fd, path}, nil
}

func (b *blocking) Read(p []byte) (int, error) {
	n, err := syscall.Read(b.fd, p)
	return max(n, 0), err
}

func (b *blocking) Write(p []byte) (int, error) {
	for done := 0; done < len(p); {
		n, err := syscall.Write(b.fd, p[done:])
		if err != nil {
			return done, err
		}
		done += n
	}
	return len(p), nil
}

func (b *blocking) Close() error                     { return syscall.Close(b.fd) }
func (b *blocking) LocalAddr() net.Addr              { return &net.UnixAddr{Name: b.path, Net: "unix"} }
func (b *blocking) RemoteAddr() net.Addr             { return b.LocalAddr() }
func (b *blocking) SetDeadline(time.Time) error      { return nil }
func (b *blocking) SetReadDeadline(time.Time) error  { return nil }
func (b *blocking) SetWriteDeadline(time.Time) error { return nil }
