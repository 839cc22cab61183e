package web

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/graph"
)

// metricsOf reads the metrics, as this machine may.
func metricsOf(t *testing.T, s *Server) string {
	t.Helper()
	w := ask(s, func(r *http.Request) { r.URL.Path, r.RemoteAddr = "/metrics", "127.0.0.1:9" })
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestHealth(t *testing.T) {
	g := builtIn(t)
	s := server(t, func(c *Config) { c.Graph = g })
	if got := ok(t, s, "/healthz") + ok(t, s, "/readyz"); got != "alive\nready\n" {
		t.Errorf("%q", got)
	}
	s.Ending()
	if w := get(s, "/readyz"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "about to end") {
		t.Errorf("about to end: %d %s", w.Code, w.Body)
	}
	ok(t, s, "/healthz")

	s = server(t, func(c *Config) { c.Graph = g })
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if w := get(s, "/readyz"); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("without a store: %d %s", w.Code, w.Body)
	}
	ok(t, s, "/healthz")
}

// TestMetrics makes requests and looks whether the metrics tell of them.
func TestMetrics(t *testing.T) {
	g := builtIn(t)
	s := server(t, func(c *Config) { c.Graph, c.Limits.Queries, c.Limits.Rate, c.Limits.Burst = g, 7, 1e-6, 50 })
	ok(t, s, "/api/v1/queries/meetings")
	ok(t, s, "/api/v1/queries/meetings?limit=1")
	ok(t, s, "/queries/timeline")
	get(s, "/api/v1/queries/meetings?limit=x")
	get(s, "/", "Host", "evil.example")
	for s.clients.allow("192.0.2.1:1234") { // as whom httptest asks
	}
	get(s, "/")
	stats, err := g.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v, err := g.View(graph.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	got := metricsOf(t, s)
	for _, line := range []string{
		`parley_request_seconds_count{query="meetings",route="GET /api/v1/queries/{name}",status="200"} 2`,
		`parley_request_seconds_count{query="meetings",route="GET /api/v1/queries/{name}",status="400"} 1`,
		`parley_request_seconds_count{query="timeline",route="GET /queries/{name}",status="200"} 1`,
		`parley_request_seconds_count{query="",route="none",status="421"} 1`,
		`parley_request_seconds_count{query="",route="none",status="429"} 1`,
		`parley_request_seconds_bucket{query="timeline",route="GET /queries/{name}",status="200",le="+Inf"} 1`,
		"parley_requests_limited_total 1",
		"parley_requests_running 1",
		fmt.Sprintf("parley_store_quads %d", stats.Quads),
		fmt.Sprintf("parley_store_terms %d", stats.Terms),
		"parley_snapshots_open 1",
		"parley_questions_running 0",
		"parley_questions_limit 7",
	} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("there is no %s", line)
		}
	}
}

// TestMetricsStayFew asks for much that is not there: no client makes a label.
func TestMetricsStayFew(t *testing.T) {
	s := server(t, nil)
	series := func() []string {
		list := regexp.MustCompile(`(?m)^parley_request_seconds_count\{.*\}`).FindAllString(metricsOf(t, s), -1)
		slices.Sort(list)
		return list
	}
	round := func(i int) {
		for _, path := range []string{"/no-%d", "/queries/no-%d", "/api/v1/queries/no-%d", "/api/v1/nodes/person/no-%d", "/nodes/no/%d", "/api/v1/no-%d", "/static/no-%d", "/search?q=no-%d"} {
			get(s, fmt.Sprintf(path, i))
			ask(s, func(r *http.Request) { r.Method = fmt.Sprintf("NO%d", i) })
		}
	}
	round(0)
	before := series()
	for i := range 20 {
		round(i + 1)
	}
	// Reading them is a request too, and told of from the second time on.
	after := slices.DeleteFunc(series(), func(line string) bool { return strings.Contains(line, "/metrics") })
	if !slices.Equal(before, after) {
		t.Errorf("there are more:\n%s\nthan\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
}

// TestMetricsAreForThisMachine asks from others, also through a proxy here.
func TestMetricsAreForThisMachine(t *testing.T) {
	s := server(t, func(c *Config) { c.Remote, c.Hosts = true, []string{"parley.example"} })
	for _, c := range []struct {
		remote, host string
		status       int
	}{
		{"127.0.0.1:9", "127.0.0.1:8080", 200},
		{"[::1]:9", "localhost", 200},
		{"192.0.2.1:9", "192.0.2.7", 403},
		{"192.0.2.1:9", "localhost", 403},
		{"127.0.0.1:9", "parley.example", 403},
		{"", "localhost", 403},
	} {
		w := ask(s, func(r *http.Request) { r.URL.Path, r.RemoteAddr, r.Host = "/metrics", c.remote, c.host })
		if w.Code != c.status {
			t.Errorf("%+v: %d", c, w.Code)
		}
	}
	// A proxy that asks under our own address tells for whom.
	for _, header := range []string{"X-Forwarded-For", "Forwarded", "Via"} {
		w := ask(s, func(r *http.Request) {
			r.URL.Path, r.RemoteAddr, r.Host = "/metrics", "127.0.0.1:9", "127.0.0.1:8080"
			r.Header.Set(header, "192.0.2.1")
		})
		if w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", header, w.Code)
		}
	}
}
