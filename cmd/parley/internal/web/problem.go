package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"parley/graph"
)

// problem is a failure for programs (RFC 9457).
type problem struct {
	Type      string      `json:"type"`
	Title     string      `json:"title"`
	Status    int         `json:"status"`
	Detail    string      `json:"detail"`
	Instance  string      `json:"instance"`
	Parameter string      `json:"parameter,omitempty"`
	Near      []graph.Ref `json:"near,omitempty"`
}

const problemType = "application/problem+json"

// refuse answers with a failure: programs with a problem, people with a line.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	f := s.failed(r.URL.Path, err)
	if f.status == statusGone {
		w.WriteHeader(statusGone) // for the metrics; nobody reads it
		return
	}
	h := w.Header()
	refusing(h, f.status)
	if !forPrograms(r.URL.Path) {
		http.Error(w, f.Error(), f.status)
		return
	}
	h.Set("Content-Type", problemType)
	w.WriteHeader(f.status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	// A problem of no type of its own has the title of its status.
	_ = e.Encode(problem{"about:blank", http.StatusText(f.status), f.status, f.Error(), r.URL.EscapedPath(), f.param, f.near})
}

// refusing sets the headers that go with the status of a failure.
func refusing(h http.Header, status int) {
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	switch status {
	case http.StatusMethodNotAllowed:
		h.Set("Allow", "GET, HEAD")
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
	case http.StatusRequestEntityTooLarge:
		h.Set("Connection", "close") // rather than read it
	}
}

// forPrograms tells whether a path is one of the API.
func forPrograms(path string) bool {
	return strings.HasPrefix(path, "/api/") || path == "/openapi.json" || path == "/readyz" || path == "/metrics"
}
