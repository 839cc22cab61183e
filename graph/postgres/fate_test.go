package postgres_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"parley/graph/postgres"
)

// What a wire does when a client says COMMIT.
const (
	passCommit = iota
	cutBefore
	cutAfter
)

// wire is a way to a server that can be cut just when a change is committed.
type wire struct {
	to   string
	mode atomic.Int32
	cuts atomic.Int32
}

// wireTo returns a wire to the shared server and a URL that goes through it.
func wireTo(t *testing.T, url string) (*wire, string) {
	t.Helper()
	here := fmt.Sprintf("127.0.0.1:%d", server(t).Port())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	w := &wire{to: here}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(client)
		}
	}()
	return w, with(strings.Replace(url, here, l.Addr().String(), 1), "sslmode", "disable")
}

// carry carries messages to and fro until one side ends.
func (w *wire) carry(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	var mute atomic.Bool
	go func() {
		defer func() { _ = client.Close() }()
		b := make([]byte, 1<<16)
		for {
			n, err := server.Read(b)
			if err != nil || mute.Load() {
				return // that the server answers says that it has committed
			}
			if _, err := client.Write(b[:n]); err != nil {
				return
			}
		}
	}()
	in := bufio.NewReader(client)
	commits := map[string]bool{} // statements by their names
	for first := true; ; first = false {
		kind, message, err := readMessage(in, first)
		if err != nil {
			return
		}
		switch body := message[min(len(message), 5):]; kind {
		case 'P':
			name, rest, _ := bytes.Cut(body, []byte{0})
			sql, _, _ := bytes.Cut(rest, []byte{0})
			commits[string(name)] = string(sql) == "COMMIT"
		case 'B':
			_, rest, _ := bytes.Cut(body, []byte{0})
			name, _, _ := bytes.Cut(rest, []byte{0})
			if mode := w.mode.Load(); commits[string(name)] && mode != passCommit {
				w.cuts.Add(1)
				if mode == cutBefore {
					return
				}
				mute.Store(true)
			}
		}
		if _, err := server.Write(message); err != nil {
			return
		}
	}
}

// readMessage reads a message of a client; the first has no kind.
func readMessage(in *bufio.Reader, first bool) (kind byte, message []byte, err error) {
	head := make([]byte, 5)
	if first {
		head = head[:4]
	}
	if _, err := io.ReadFull(in, head); err != nil {
		return 0, nil, err
	}
	length := int(binary.BigEndian.Uint32(head[len(head)-4:])) - 4
	message = make([]byte, len(head)+length)
	copy(message, head)
	if _, err := io.ReadFull(in, message[len(head):]); err != nil {
		return 0, nil, err
	}
	if !first {
		kind = head[0]
	}
	return kind, message, nil
}

// Of a change whose connection is lost in its commit the server tells what became.
func TestLostInCommit(t *testing.T) {
	url := fresh(t)
	create(t, url)
	w, through := wireTo(t, url)
	s := open(t, through)
	mustAdd(t, s, numbered("a", 20))

	w.mode.Store(cutAfter)
	if got := mustAdd(t, s, numbered("b", 20)); got.New != 20 {
		t.Errorf("a change that was kept, and whose client did not hear of it: %+v", got)
	}
	w.mode.Store(cutBefore)
	_, err := add(t.Context(), s, numbered("c", 20))
	says(t, err, "nothing of the change was kept")
	if errors.Is(err, postgres.ErrUnknown) {
		t.Errorf("%v, though the server can tell", err)
	}
	if got := w.cuts.Load(); got != 2 {
		t.Errorf("the connection was cut in %d commits", got)
	}
	w.mode.Store(passCommit)
	mustAdd(t, s, numbered("d", 20))
	holds(t, url, append(append(numbered("a", 20), numbered("b", 20)...), numbered("d", 20)...))
}
