package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"parley/graph"
	"parley/queries"
)

// errBusy is a request for which no turn came in time.
var errBusy = errors.New("too many questions at once")

// turn waits until a question may be asked, and returns what ends it.
func (s *Server) turn(ctx context.Context) (end func(), err error) { return turnIn(ctx, s.turns) }

func turnIn(ctx context.Context, room chan struct{}) (end func(), err error) {
	select {
	case room <- struct{}{}:
		return func() { <-room }, nil
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, errBusy
		}
		return nil, ctx.Err()
	}
}

// inTurn answers in a turn: asking the graph, drawing and writing, until what is
// written is sent. Whoever reads slowly takes no turn from others.
func (s *Server) inTurn(w http.ResponseWriter, r *http.Request, answer func(http.ResponseWriter, *http.Request) error) error {
	// The graph of a day is made once, for all who ask for it, one at a time: those
	// who wait for it take no turn meanwhile. A day that cannot be read the answer
	// tells of.
	if day, err := knownBy(r); err == nil && !day.IsZero() {
		_, done, err := s.history.On(r.Context(), day)
		if err != nil {
			return err
		}
		defer done()
	}
	end, err := s.turn(r.Context())
	if err != nil {
		return err
	}
	once := sync.OnceFunc(end)
	defer once()
	return answer(&turnWriter{w, once}, r)
}

// turnWriter ends a turn when the body of the answer begins, which is whole by
// then.
type turnWriter struct {
	http.ResponseWriter
	end func()
}

func (w *turnWriter) Write(b []byte) (int, error) {
	w.end()
	return w.ResponseWriter.Write(b)
}

// Unwrap lets a handler set deadlines.
func (w *turnWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// answer runs a query over the graph as it was known on the day that the
// arguments name, with at most as many rows as the limits allow. The caller has a
// turn.
func (s *Server) answer(ctx context.Context, q *queries.Query, texts map[string]string) (*queries.Answer, error) {
	if n, err := strconv.Atoi(cmp.Or(texts["limit"], "0")); err == nil && (n == 0 || n > s.config.Limits.Rows) {
		texts["limit"] = strconv.Itoa(s.config.Limits.Rows)
	}
	// A day that cannot be read the query itself tells of.
	knownBy, _ := graph.ParseDate(texts["known-by"])
	g, done, err := s.history.On(ctx, knownBy)
	if err != nil {
		return nil, err
	}
	defer done()
	return q.Answer(ctx, g, texts)
}

// knownBy reads the day of a request, as which the graph is to be shown.
func knownBy(r *http.Request) (graph.Date, error) {
	text := strings.TrimSpace(r.URL.Query().Get("known-by"))
	if text == "" {
		return graph.Date{}, nil
	}
	date, err := graph.ParseDate(text)
	if err != nil {
		return date, &queries.ArgError{Param: "known-by", Value: text, Problem: strings.TrimPrefix(err.Error(), strconv.Quote(text)+": ")}
	}
	return date, nil
}

// unchanged tells the browser how long what it gets is good, and answers the
// request where it has that already.
func (s *Server) unchanged(w http.ResponseWriter, r *http.Request) bool {
	h := fnv.New128a()
	_, _ = fmt.Fprint(h, s.started, s.config.Graph.Version(), "\x00", askedAt(r), r.URL.String(), "\x00", r.Header.Get("Accept"))
	tag := fmt.Sprintf(`W/"%x"`, h.Sum(nil))
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Add("Vary", "Accept")
	for candidate := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		// Weak tags and strong ones are alike here (RFC 9110, 13.1.2). A * asks
		// whether there is anything, which is not known yet.
		if strings.TrimPrefix(strings.TrimSpace(candidate), "W/") == strings.TrimPrefix(tag, "W/") {
			w.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}
