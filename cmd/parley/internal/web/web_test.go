package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"

	"parley/data"
	"parley/graph"
	"parley/loader"
	"parley/queries"

	"github.com/cayleygraph/quad"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if store := os.Getenv(loadEnv); store != "" {
		if err := loadAsAnotherProcess(context.Background(), store); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// builtInQuads are those that the five articles state.
var builtInQuads = sync.OnceValue(func() []quad.Quad {
	set := data.Sets()[0]
	g, err := graph.OpenImage(set.Name, set.Image)
	if err != nil {
		panic(err)
	}
	defer func() { _ = g.Close() }()
	var quads []quad.Quad
	for q, err := range graph.Stated(g.Quads(context.Background())) {
		if err != nil {
			panic(err)
		}
		quads = append(quads, q)
	}
	return quads
})

// builtIn is a graph of the five articles.
func builtIn(t testing.TB) *graph.Graph {
	t.Helper()
	return ofSet(t, data.Sets()[0])
}

// ofSet is a graph of a built-in set.
func ofSet(t testing.TB, set data.Set) *graph.Graph {
	t.Helper()
	g, err := graph.OpenImage(set.Name, set.Image)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

// server serves the built-in facts, as a test changes it.
func server(t testing.TB, change func(*Config)) *Server {
	t.Helper()
	c := Config{Registry: queries.Predefined, Version: "of a test", Limits: Limits{Rate: -1}}
	for _, e := range loader.Exporters() {
		c.Exports = append(c.Exports, Export{Name: e.Name, MediaType: e.MediaType, Extension: e.Extension, Meaning: e.Meaning, Binary: e.Binary, Write: e.Write})
	}
	if change != nil {
		change(&c)
	}
	if c.Graph == nil {
		c.Graph = builtIn(t)
	}
	s := New(c)
	t.Cleanup(s.Close)
	return s
}

// get asks a server for an address, with headers: names and values in turn.
func get(s http.Handler, address string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r.Host = "localhost:8080"
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// ok is get for what must be answered.
func ok(t testing.TB, s http.Handler, address string, headers ...string) string {
	t.Helper()
	w := get(s, address, headers...)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d: %.300s", address, w.Code, w.Body)
	}
	return w.Body.String()
}

func example(q *queries.Query) map[string]string { return q.ExampleTexts() }

func address(q *queries.Query, texts map[string]string) string {
	var list []string
	for name, text := range texts {
		list = append(list, name, text)
	}
	return "/api/v1/queries/" + q.Name + encode(list)
}

// broken is an export that fails after its first words.
func broken(_ context.Context, w io.Writer, _ graph.Quads) error {
	_, _ = io.WriteString(w, "the beginning")
	return io.ErrUnexpectedEOF
}

// logger writes a log to a buffer.
func logger(b *bytes.Buffer) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }
