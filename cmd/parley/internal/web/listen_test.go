package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/graph"
)

// TestWhoeverGoesAwayStopsTheQuery goes away while queries of each kind run, and
// while one waits for its turn.
func TestWhoeverGoesAwayStopsTheQuery(t *testing.T) {
	const names = "/api/v1/search?q=liu"
	for _, address := range []string{"/api/v1/queries/timeline", "/queries/timeline", "/api/v1/nodes/person/liu-he", names, "/graph?node=person/liu-he"} {
		g, held := held(t)
		s := listen(t, func(c *Config) { c.Graph, c.Limits.Queries = g, 1 })
		ctx, cancel := context.WithCancel(t.Context())
		got := s.fetching(ctx, caller(t), address)
		await(t, held.reached, "the query")
		cancel()
		// Names are read once for all who search, so that reading goes on.
		if address != names {
			if err := await(t, held.stopped, "the end of the query"); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: it ended with %v", address, err)
			}
		}
		if f := await(t, got, "the client's end"); f.err == nil {
			t.Errorf("%s: was answered: %d", address, f.status)
		}
		s.running.Wait()
		if n := len(s.turns); n != 0 || g.Views() != 0 {
			t.Errorf("%s: %d turns stay taken, %d views open", address, n, g.Views())
		}
	}
	s := server(t, func(c *Config) { c.Limits.Queries = 1 })
	end, err := s.turn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		ask(s, func(r *http.Request) {
			r.URL.Path = "/api/v1/queries/timeline"
			*r = *r.WithContext(ctx)
		})
	}()
	cancel()
	await(t, gone, "the end of the one that waits")
	end()
	ok(t, s, "/api/v1/queries/timeline")
}

func TestTimeIsLimited(t *testing.T) {
	g, held := held(t)
	s := server(t, func(c *Config) { c.Graph, c.Limits.Timeout = g, 100*time.Millisecond })
	for _, address := range []string{"/api/v1/queries/timeline", "/queries/timeline"} {
		w := get(s, address)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %v %s", address, w.Code, w.Header(), w.Body)
		}
		if err := await(t, held.stopped, "the end of the query"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: the query ended with %v", address, err)
		}
	}
}

// TestOthersWaitForTheirTurn runs one query of as many as may run; the next waits,
// and comes to its turn.
func TestOthersWaitForTheirTurn(t *testing.T) {
	g, held := held(t)
	s := listen(t, func(c *Config) { c.Graph, c.Limits.Queries = g, 1 })
	c := caller(t)
	first := s.fetching(t.Context(), c, "/api/v1/queries/timeline")
	await(t, held.reached, "the first query")
	second := s.fetching(t.Context(), c, "/api/v1/queries/timeline")
	// Neither a list nor whether the server lives need a turn.
	for _, address := range []string{"/api/v1/queries", "/healthz", "/readyz", "/openapi.json"} {
		if f := s.fetch(t.Context(), c, address); f.status != http.StatusOK {
			t.Errorf("%s: %d %v", address, f.status, f.err)
		}
	}
	if n := g.Views(); n > 1 {
		t.Errorf("%d queries run", n)
	}
	close(held.release)
	for _, got := range []<-chan fetched{first, second} {
		if f := await(t, got, "an answer"); f.status != http.StatusOK || f.err != nil {
			t.Errorf("%d %v", f.status, f.err)
		}
	}
}

// TestEndIsGraceful ends a server in the middle of a query.
func TestEndIsGraceful(t *testing.T) {
	g, held := held(t)
	s := listen(t, func(c *Config) { c.Graph, c.Limits.Grace = g, patience })
	got := s.fetching(t.Context(), caller(t), "/api/v1/queries/timeline")
	await(t, held.reached, "the query")
	s.stop()
	refused(t, s)
	if w := get(s, "/readyz"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("it says that it is ready: %d", w.Code)
	}
	close(held.release)
	f := await(t, got, "the answer")
	var answer struct{ Rows []any }
	if err := json.Unmarshal(f.body, &answer); f.status != http.StatusOK || f.err != nil || err != nil || len(answer.Rows) < 50 {
		t.Errorf("%d with %d rows: %v, %v", f.status, len(answer.Rows), f.err, err)
	}
	if err := await(t, s.ended, "the end"); err != nil {
		t.Error(err)
	}
}

// refused waits until a server takes no more connections.
func refused(t *testing.T, s *listening) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < patience; {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.address)
		if err != nil {
			return
		}
		_ = c.Close()
	}
	t.Fatal("new connections are taken")
}

// TestGraceEnds cuts off a query that does not come to its end.
func TestGraceEnds(t *testing.T) {
	g, held := held(t)
	s := listen(t, func(c *Config) { c.Graph, c.Limits.Grace = g, time.Millisecond })
	got := s.fetching(t.Context(), caller(t), "/api/v1/queries/timeline")
	await(t, held.reached, "the query")
	s.stop()
	if err := await(t, s.ended, "the end"); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("it ended with %v", err)
	}
	if f := await(t, got, "the client's end"); f.err == nil {
		t.Errorf("it was answered: %d", f.status)
	}
	if err := await(t, held.stopped, "the end of the query"); !errors.Is(err, context.Canceled) {
		t.Errorf("the query ended with %v", err)
	}
}

// TestSlowAskersAreCutOff sends a request byte by byte, and one that stops in the
// middle.
func TestSlowAskersAreCutOff(t *testing.T) {
	s := listen(t, func(c *Config) { c.Limits.Header = 100 * time.Millisecond })
	request := "GET /api/v1/queries HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + strings.Repeat("a", 1<<14)
	for _, step := range []int{0, 1} { // bytes at a time, after the first ten
		c := s.dial(t)
		if _, err := io.WriteString(c, request[:10]); err != nil {
			t.Fatal(err)
		}
		begin, answer := time.Now(), make([]byte, 100)
		for at := 10; ; at += step {
			if time.Since(begin) > patience || at+step > len(request) {
				t.Fatal("it may go on")
			}
			if _, err := io.WriteString(c, request[at:at+step]); err != nil {
				break
			}
			// Waiting for the end is the slowness.
			if err := c.SetReadDeadline(time.Now().Add(5 * time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			n, err := c.Read(answer)
			if n > 0 && !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 400 ") {
				t.Fatalf("it is answered: %s", answer[:n])
			}
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
		}
		if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("its connection stays")
		}
	}
}

// TestSlowReadersAreCutOff asks for much and reads no more than the beginning.
func TestSlowReadersAreCutOff(t *testing.T) {
	cut := make(chan error, 1)
	endless := Export{Name: "endless", MediaType: "text/plain", Write: func(_ context.Context, w io.Writer, _ graph.Quads) error {
		for {
			if _, err := w.Write(make([]byte, 1<<12)); err != nil {
				cut <- err
				return err
			}
		}
	}}
	g := hostileGraph(t)
	s := listen(t, func(c *Config) {
		c.Graph, c.Exports = g, []Export{endless}
		c.Limits.Timeout, c.Limits.Reading = 2*time.Second, 100*time.Millisecond
	})
	c := s.dial(t)
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", exportPath); err != nil {
		t.Fatal(err)
	}
	if err := await(t, cut, "the end of the export"); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the export ended with %v", err)
	}

	c = s.dial(t)
	if _, err := io.WriteString(c, "GET /api/v1/queries/timeline HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReaderSize(c, 16)
	if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "200") {
		t.Fatalf("%q, %v", line, err)
	}
	s.running.Wait()
	whole := len(ok(t, s, "/api/v1/queries/timeline"))
	if n, _ := io.Copy(io.Discard, reader); n >= int64(whole) {
		t.Errorf("it was sent whole: %d bytes of %d", n, whole)
	}
}

// TestPatientReadersGetTheWhole reads an export for longer than a request may
// take.
func TestPatientReadersGetTheWhole(t *testing.T) {
	const pieces = 8
	next := make(chan struct{})
	var late sync.WaitGroup
	slow := Export{Name: "slow", MediaType: "text/plain", Write: func(ctx context.Context, w io.Writer, _ graph.Quads) error {
		for range pieces {
			<-next
			if _, err := w.Write([]byte(strings.Repeat("piece ", 1000))); err != nil {
				return err
			}
		}
		return ctx.Err()
	}}
	s := listen(t, func(c *Config) {
		c.Exports = []Export{slow}
		c.Limits.Timeout, c.Limits.Reading = 25*time.Millisecond, 200*time.Millisecond
	})
	late.Go(func() {
		ticks := time.NewTicker(50 * time.Millisecond)
		defer ticks.Stop()
		for range pieces {
			<-ticks.C
			next <- struct{}{}
		}
	})
	f := s.fetch(t.Context(), caller(t), exportPath)
	late.Wait()
	if f.err != nil || f.status != http.StatusOK || len(f.body) != 6000*pieces {
		t.Errorf("%d with %d bytes, %v", f.status, len(f.body), f.err)
	}
}

// TestFailedExportIsCutOff keeps a client from taking a part for the whole, packed
// or not.
func TestFailedExportIsCutOff(t *testing.T) {
	s := listen(t, func(c *Config) { c.Exports = []Export{{Name: "broken", MediaType: "text/plain", Write: broken}} })
	for _, plain := range []bool{true, false} {
		c := caller(t)
		transport, _ := c.Transport.(*http.Transport)
		transport.DisableCompression = plain
		if f := s.fetch(t.Context(), c, exportPath); f.err == nil {
			t.Errorf("plain %v: it looks whole: %d %q", plain, f.status, f.body)
		}
	}
	if f := s.fetch(t.Context(), caller(t), "/healthz"); f.status != http.StatusOK {
		t.Errorf("it lives no more: %d %v", f.status, f.err)
	}
}

// TestLargeHeadersAreRefused sends more than any browser does.
func TestLargeHeadersAreRefused(t *testing.T) {
	s := listen(t, nil)
	for request, status := range map[string]int{
		"GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: " + strings.Repeat("a", 2*mostHeader) + "\r\n\r\n":  431,
		"GET /?q=" + strings.Repeat("a", mostURL+1) + " HTTP/1.1\r\nHost: localhost\r\n\r\n":               414,
		"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n":                          413,
		"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n":                          413,
		"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n": 405,
		"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n":                                                    405,
		"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n":                                                     421,
		"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n":                                     421,
		"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n":                                  400,
		"GET / HTTP/1.1\r\n\r\n": 400,
		"GET / HTTP/1.0\r\n\r\n": 421,
	} {
		c := s.dial(t)
		go func() { _, _ = io.WriteString(c, request) }()
		w, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Errorf("%.60q: %v", request, err)
			continue
		}
		_ = w.Body.Close()
		if w.StatusCode != status {
			t.Errorf("%.60q: %d, want %d", request, w.StatusCode, status)
		}
	}
}

// TestExportsTakeNoTurns runs one export, of one that may run: another does not
// come to its turn, and queries do.
func TestExportsTakeNoTurns(t *testing.T) {
	begun, end := make(chan struct{}, 2), make(chan struct{})
	waits := Export{Name: "waits", MediaType: "text/plain", Write: func(context.Context, io.Writer, graph.Quads) error {
		begun <- struct{}{}
		<-end
		return nil
	}}
	s := listen(t, func(c *Config) {
		c.Exports, c.Limits.Exports, c.Limits.Queries, c.Limits.Timeout = []Export{waits}, 1, 1, time.Second
	})
	c := caller(t)
	got := s.fetching(t.Context(), c, exportPath)
	await(t, begun, "the export")
	if f := s.fetch(t.Context(), c, exportPath); f.status != http.StatusServiceUnavailable {
		t.Errorf("another export: %d %v", f.status, f.err)
	}
	if f := s.fetch(t.Context(), c, "/api/v1/queries/meetings?limit=1"); f.status != http.StatusOK {
		t.Errorf("a query: %d %v", f.status, f.err)
	}
	close(end)
	if f := await(t, got, "the end of the export"); f.status != http.StatusOK || f.err != nil {
		t.Errorf("the export: %d %v", f.status, f.err)
	}
}
