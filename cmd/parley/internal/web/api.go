package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parley/queries"
)

const (
	exportPath  = "/api/v1/export"
	apiRows     = 1000 // of an answer, unless the request says how many
	apiFacts    = 200  // of one relation of a node, likewise
	apiMatches  = 20   // of a search, likewise
	mostAPIHits = 200
)

// apiRoutes adds the routes for programs.
func (s *Server) apiRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/v1/queries", s.programs(s.apiQueries))
	mux.HandleFunc("GET /api/v1/queries/{name}", s.asks(s.apiQuery))
	mux.HandleFunc("GET /api/v1/nodes", s.asks(s.apiNode))
	mux.HandleFunc("GET /api/v1/nodes/{id...}", s.asks(s.apiNode))
	mux.HandleFunc("GET /api/v1/search", s.asks(s.apiSearch))
	mux.HandleFunc("GET "+exportPath, s.programs(s.apiExport))
	mux.HandleFunc("GET /openapi.json", s.programs(s.openAPI))
	lost := s.programs(func(_ http.ResponseWriter, r *http.Request) error {
		return notFound("the API has no " + strconv.Quote(r.URL.Path) + "; /openapi.json tells what it has")
	})
	mux.HandleFunc("GET /api", lost)
	mux.HandleFunc("GET /api/", lost)
	s.healthRoutes(mux)
}

// asks makes the handler of a route that asks the graph from what answers it or
// fails.
func (s *Server) asks(answer func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return s.programs(func(w http.ResponseWriter, r *http.Request) error { return s.inTurn(w, r, answer) })
}

// programs makes the handler of a route from what answers it or fails.
func (s *Server) programs(answer func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := answer(w, r); err != nil {
			s.refuse(w, r, err)
		}
	}
}

// only refuses arguments that a route does not have, and those given twice.
func only(values url.Values, names ...string) error {
	there := "there is " + strings.Join(names, ", ")
	if len(names) == 0 {
		there = "there is none"
	}
	for name, list := range values {
		if !slices.Contains(names, name) {
			return &queries.ArgError{Param: name, Value: list[0], Problem: "there is no such parameter here; " + there}
		}
		if len(list) > 1 {
			return &queries.ArgError{Param: name, Value: list[1], Problem: "is given more than once"}
		}
	}
	return nil
}

func writeJSON(w http.ResponseWriter, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = b.WriteTo(w)
	return nil
}

func number(values url.Values, name string, fallback int) (int, error) {
	if !values.Has(name) {
		return fallback, nil
	}
	n, err := strconv.Atoi(values.Get(name))
	if err != nil || n < 1 {
		return 0, &queries.ArgError{Param: name, Value: values.Get(name), Problem: "write a whole number from 1"}
	}
	return n, nil
}

func boolean(values url.Values, name string) (bool, error) {
	if !values.Has(name) {
		return false, nil
	}
	b, err := strconv.ParseBool(values.Get(name))
	if err != nil {
		return false, &queries.ArgError{Param: name, Value: values.Get(name), Problem: "write true or false"}
	}
	return b, nil
}
