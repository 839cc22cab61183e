package web

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"parley/graph"
	"parley/graph/reference"
	"parley/graph/store"
)

// patience ends a test that would wait for ever. No test that passes waits so
// long.
const patience = 30 * time.Second

// heldStore lets walks wait within it, until they are let go or their context
// ends.
type heldStore struct {
	store.Store
	reached chan struct{} // a walk has come
	stopped chan error    // a walk's context has ended
	release chan struct{} // closed to let all go
}

func (s *heldStore) Snapshot(ctx context.Context) (store.Snapshot, error) {
	in, err := s.Store.Snapshot(ctx)
	return &heldSnapshot{in, s}, err
}

type heldSnapshot struct {
	store.Snapshot
	store *heldStore
}

func (s *heldSnapshot) Expand(ctx context.Context, edges []store.Edge, nodes []store.Node, predicate store.Node, d store.Direction) ([]store.Edge, error) {
	select {
	case s.store.reached <- struct{}{}:
	default:
	}
	select {
	case <-s.store.release:
		return s.Snapshot.Expand(ctx, edges, nodes, predicate, d)
	case <-ctx.Done():
		select {
		case s.store.stopped <- ctx.Err():
		default:
		}
		return nil, ctx.Err()
	}
}

// held is a graph of the built-in facts whose walks wait.
func held(t *testing.T) (*graph.Graph, *heldStore) {
	t.Helper()
	in := reference.New()
	if _, err := graph.New(in).Add(t.Context(), builtInQuads()); err != nil {
		t.Fatal(err)
	}
	s := &heldStore{in, make(chan struct{}, 1), make(chan error, 1), make(chan struct{})}
	g := graph.New(s)
	t.Cleanup(func() { _ = g.Close() })
	return g, s
}

// await returns what a channel gives.
func await[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatal("never came: " + what)
		panic("unreachable")
	}
}

// listening is a server at a port of this machine.
type listening struct {
	*Server
	address string
	stop    context.CancelFunc
	ended   chan error // what Serve returned
}

// smallListener has connections that hold little that nobody reads.
type smallListener struct{ net.Listener }

func (l smallListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, is := c.(*net.TCPConn); is {
		err = errors.Join(err, tcp.SetWriteBuffer(4096))
	}
	return c, err
}

func listen(t *testing.T, change func(*Config)) *listening {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	s := &listening{server(t, change), l.Addr().String(), cancel, make(chan error, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.ended <- s.Serve(ctx, smallListener{l})
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return s
}

// caller is a client that keeps no connection, so that none is left after a test.
func caller(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// fetched is an answer that was read to its end, or the error of reading it.
type fetched struct {
	status int
	body   []byte
	err    error
}

func (s *listening) fetch(ctx context.Context, c *http.Client, address string) fetched {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+address, nil)
	if err != nil {
		return fetched{err: err}
	}
	w, err := c.Do(r)
	if err != nil {
		return fetched{err: err}
	}
	defer func() { _ = w.Body.Close() }()
	b, err := io.ReadAll(w.Body)
	return fetched{w.StatusCode, b, err}
}

func (s *listening) fetching(ctx context.Context, c *http.Client, address string) <-chan fetched {
	got := make(chan fetched, 1)
	go func() { got <- s.fetch(ctx, c, address) }()
	return got
}

// dial connects as a client that reads little.
func (s *listening) dial(t *testing.T) *net.TCPConn {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	tcp, _ := c.(*net.TCPConn)
	if err := tcp.SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	return tcp
}
