package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"parley/queries"
)

// FuzzRequest asks for any address: nothing fails within the server, no answer
// lacks its guards, and none leads elsewhere.
func FuzzRequest(f *testing.F) {
	for _, q := range queries.All() {
		f.Add(address(q, example(q)), "")
		f.Add(strings.TrimPrefix(address(q, example(q)), "/api/v1"), "text/html")
		for _, p := range q.AllParams() {
			f.Add("/api/v1/queries/"+q.Name+"?"+p.Name+"=1", "text/csv")
		}
	}
	for _, address := range []string{
		"/", "/?known-by=2018-09", "/queries", "/nodes/person/liu-he", "/nodes?id=_:b", "/api/v1/nodes/person/liu-he?most=2", "/api/v1/nodes?id=http://x.example/", "/search?q=liu&class=person",
		"/api/v1/search?q=%22&class=person,country&limit=3", "/graph?node=person/liu-he", "/graph/layout?node=country/usa&open=country/chn", "/known-by?to=//evil.example&stop=1", "/known-by?to=/queries%3Fa=b&stop=9",
		"/static/explorer.css?v=1", "/openapi.json", "/api/v1/export?format=nquads&stated-only=1", "/healthz", "/readyz", "/metrics", "//evil.example/..", "/\\evil.example", "/%2e%2e/%00", "/api/v1/queries/timeline?offset=9223372036854775807&limit=1",
		"/nodes/article/000_5968a405b1adab4b?known-by=9999", "/queries/timeline?from=-1&filter=%ff",
	} {
		f.Add(address, "*/*")
	}
	s := server(f, nil)
	f.Fuzz(func(t *testing.T, address, accept string) {
		at, err := url.ParseRequestURI(address) // as net/http does
		if err != nil || !strings.HasPrefix(address, "/") {
			return
		}
		r := &http.Request{Method: http.MethodGet, URL: at, RequestURI: address, Host: "localhost", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Accept": {accept}}, RemoteAddr: "127.0.0.1:9"}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r.WithContext(t.Context()))
		h := w.Header()
		if w.Code >= http.StatusInternalServerError {
			t.Errorf("%d: %.300s", w.Code, w.Body)
		}
		if h.Get("Content-Security-Policy") == "" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%d without guards: %v", w.Code, h)
		}
		for name, values := range h {
			if text := strings.Join(values, " "); strings.ContainsAny(text, "\r\n\x00") {
				t.Errorf("%s is %q", name, text)
			}
		}
		if to := h.Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`)) {
			t.Errorf("it leads to %q", to)
		}
		switch kind := h.Get("Content-Type"); {
		case kind == "application/json" || kind == problemType:
			if !json.Valid(w.Body.Bytes()) {
				t.Errorf("no JSON: %.300s", w.Body)
			}
		case kind == "text/html; charset=utf-8" && w.Code != http.StatusMovedPermanently && w.Code != http.StatusTemporaryRedirect:
			if !utf8.Valid(w.Body.Bytes()) {
				t.Error("the page is no UTF-8")
			}
		}
	})
}
