package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"
	"parley/queries/render"
)

const (
	exportPath  = "/api/v1/export"
	apiRows     = 1000 // of an answer, unless the request says how many
	apiFacts    = 200  // of one relation of a node
	apiMatches  = 20   // of a search
	mostAPIHits = 200
)

// apiRoutes adds the routes for programs.
func (s *Server) apiRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/v1/queries", s.programs(s.apiQueries))
	mux.HandleFunc("GET /api/v1/queries/{name}", s.programs(s.apiQuery))
	mux.HandleFunc("GET /api/v1/nodes", s.programs(s.apiNode))
	mux.HandleFunc("GET /api/v1/nodes/{id...}", s.programs(s.apiNode))
	mux.HandleFunc("GET /api/v1/search", s.programs(s.apiSearch))
	mux.HandleFunc("GET "+exportPath, s.programs(s.apiExport))
	mux.HandleFunc("GET /openapi.json", s.programs(s.openAPI))
	mux.HandleFunc("GET /api/", s.programs(func(_ http.ResponseWriter, r *http.Request) error {
		return notFound("the API has no " + strconv.Quote(r.URL.Path) + "; /openapi.json tells what it has")
	}))
	s.healthRoutes(mux)
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
	for name, list := range values {
		if !slices.Contains(names, name) {
			return &queries.ArgError{Param: name, Value: list[0], Problem: "there is no such parameter here; there is " + strings.Join(names, ", ")}
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

// queryTold is what the API tells of a query.
type queryTold struct {
	Name       string         `json:"name"`
	Title      string         `json:"title"`
	Row        string         `json:"row"`
	Left       string         `json:"left"`
	URL        string         `json:"url"`
	Example    string         `json:"example"`
	Parameters queries.Schema `json:"parameters"`
	Columns    []columnTold   `json:"columns"`
	Formats    []string       `json:"formats"`
	Picture    *string        `json:"picture"`
}

type columnTold struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Meaning string `json:"meaning"`
}

func (s *Server) apiQueries(w http.ResponseWriter, r *http.Request) error {
	if err := only(r.URL.Query()); err != nil {
		return err
	}
	if s.unchanged(w, r) {
		return nil
	}
	list := []queryTold{}
	for _, q := range s.config.Registry.All() {
		address := "/api/v1/queries/" + q.Name
		told := queryTold{
			Name: q.Name, Title: q.Title, Row: q.Row, Left: q.Left, URL: address,
			Example: address + encode(exampleOf(q)), Parameters: q.JSONSchema(), Formats: formatNames(q),
		}
		if q.Picture != nil {
			told.Picture = &q.Picture.Name
		}
		for _, c := range q.Columns {
			told.Columns = append(told.Columns, columnTold{c.Name, c.Kind.String(), c.Meaning})
		}
		list = append(list, told)
	}
	return writeJSON(w, map[string]any{"queries": list})
}

// formatsOf are the formats that the API writes a query's answers in: those for
// a screen are none.
func formatsOf(q *queries.Query) []*render.Format {
	return slices.DeleteFunc(render.For(q), func(f *render.Format) bool { return f.MediaType == "text/plain" })
}

func formatNames(q *queries.Query) []string {
	var names []string
	for _, f := range formatsOf(q) {
		names = append(names, f.Name)
	}
	return names
}

func (s *Server) apiQuery(w http.ResponseWriter, r *http.Request) error {
	q := s.config.Registry.Lookup(r.PathValue("name"))
	if q == nil {
		return notFound("there is no query " + strconv.Quote(r.PathValue("name")) + "; there is " + strings.Join(s.config.Registry.Names(), ", "))
	}
	values := r.URL.Query()
	names := []string{"format"}
	for _, p := range q.AllParams() {
		names = append(names, p.Name)
	}
	if err := only(values, names...); err != nil {
		return err
	}
	format, err := negotiate(r, q)
	if err != nil {
		return err
	}
	if s.unchanged(w, r) {
		return nil
	}
	texts := map[string]string{}
	for name := range values {
		if name != "format" {
			texts[name] = values.Get(name)
		}
	}
	if texts["limit"] == "" && values.Get("limit") == "" && !values.Has("limit") {
		texts["limit"] = strconv.Itoa(apiRows)
	}
	a, err := s.answer(r.Context(), q, texts)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := format.Write(&b, a, render.Options{Explorer: s.config.Explorer}); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Parley-Total", strconv.Itoa(a.Total))
	for _, c := range a.Corrections {
		h.Add("Parley-Correction", url.PathEscape(c.Text)+"; id="+string(c.Node.ID))
	}
	pages(h, r, a)
	h.Set("Content-Type", withCharset(format.MediaType))
	if format != render.JSON {
		h.Set("Content-Disposition", fmt.Sprintf("%s; filename=%q", disposition(format), q.Name+format.Extension))
	}
	_, _ = b.WriteTo(w)
	return nil
}

// disposition keeps spreadsheets and streams from being opened as pages.
func disposition(f *render.Format) string {
	if f == render.SVG || f == render.PNG {
		return "inline"
	}
	return "attachment"
}

func withCharset(mediaType string) string {
	if strings.HasPrefix(mediaType, "text/") {
		return mediaType + "; charset=utf-8"
	}
	return mediaType
}

// pages tells where the rows before and after are (RFC 8288).
func pages(h http.Header, r *http.Request, a *queries.Answer) {
	count := func(name string) int {
		for _, p := range a.Parameters {
			if n, ok := p.Value.(int); ok && p.Name == name {
				return n
			}
		}
		return 0
	}
	offset, limit := count("offset"), count("limit")
	link := func(offset int, relation string) {
		values := r.URL.Query()
		values.Set("offset", strconv.Itoa(offset))
		if offset == 0 {
			values.Del("offset")
		}
		address := r.URL.EscapedPath()
		if len(values) > 0 {
			address += "?" + values.Encode()
		}
		h.Add("Link", fmt.Sprintf("<%s>; rel=%q", address, relation))
	}
	if offset > 0 {
		link(0, "first")
		link(max(0, offset-limit), "prev")
	}
	if next := offset + len(a.Rows); next < a.Total && len(a.Rows) > 0 {
		link(next, "next")
	}
}

func (s *Server) apiNode(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	if err := only(values, "id", "known-by", "stated-only", "most"); err != nil {
		return err
	}
	id := graph.ID(r.PathValue("id"))
	if id == "" {
		id = graph.ID(values.Get("id"))
	}
	if id == "" {
		return &queries.ArgError{Param: "id", Problem: "needs a value: the id of a node, such as person/liu-he, or its IRI"}
	}
	day, err := knownBy(r)
	if err != nil {
		return err
	}
	most, err := number(values, "most", apiFacts)
	if err != nil {
		return err
	}
	stated, err := flag(values, "stated-only")
	if err != nil {
		return err
	}
	if s.unchanged(w, r) {
		return nil
	}
	var described *render.Node
	err = s.look(r.Context(), graph.Options{KnownBy: day, StatedOnly: stated}, func(v *graph.View) error {
		n := v.NodeOf(id)
		if n == 0 {
			return s.unknown(r.Context(), v, id)
		}
		var quote render.Quote
		if s.config.Texts != nil {
			quote = s.config.Texts(v)
		}
		var err error
		described, err = render.Describe(r.Context(), v, n, min(most, s.config.Limits.Rows), quote)
		return err
	})
	if err != nil {
		return err
	}
	left := []map[string]any{}
	for _, u := range described.Unsaid {
		left = append(left, map[string]any{"relation": u.Relation, "predicate": string(u.Predicate), "count": u.Count})
	}
	return writeJSON(w, map[string]any{"node": described.Ref, "facts": described.Facts, "left": left})
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

func flag(values url.Values, name string) (bool, error) {
	if !values.Has(name) {
		return false, nil
	}
	b, err := strconv.ParseBool(values.Get(name))
	if err != nil {
		return false, &queries.ArgError{Param: name, Value: values.Get(name), Problem: "write true or false"}
	}
	return b, nil
}

// match is a node that a search found.
type match struct {
	Node  graph.Ref `json:"node"`
	Class string    `json:"class"`
	Alias *string   `json:"alias"`
}

func (s *Server) apiSearch(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	if err := only(values, "q", "class", "limit", "known-by"); err != nil {
		return err
	}
	day, err := knownBy(r)
	if err != nil {
		return err
	}
	limit, err := number(values, "limit", apiMatches)
	if err != nil {
		return err
	}
	var classes []*vocab.Class
	for folder := range strings.SplitSeq(values.Get("class"), ",") {
		if folder == "" {
			continue
		}
		c := graph.ClassOfFolder(folder)
		if c == nil {
			return &queries.ArgError{Param: "class", Value: folder, Problem: "is no class; write the beginnings of ids, such as person,country"}
		}
		classes = append(classes, c)
	}
	if s.unchanged(w, r) {
		return nil
	}
	matches := []match{}
	err = s.look(r.Context(), graph.Options{KnownBy: day}, func(v *graph.View) error {
		found, err := v.Search(r.Context(), values.Get("q"), min(limit, mostAPIHits), classes...)
		for _, m := range found {
			one := match{Node: m.Ref, Class: strings.ToLower(spaced(m.Class.Name))}
			if m.Alias != "" {
				one.Alias = &m.Alias
			}
			matches = append(matches, one)
		}
		return err
	})
	if err != nil {
		return err
	}
	return writeJSON(w, map[string]any{"matches": matches})
}

// apiExport streams the whole graph. An answer that ends early is cut off, so
// that nobody takes it for whole.
func (s *Server) apiExport(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	if err := only(values, "format", "stated-only"); err != nil {
		return err
	}
	stated, err := flag(values, "stated-only")
	if err != nil {
		return err
	}
	var names []string
	for _, e := range s.config.Exports {
		names = append(names, e.Name)
	}
	name := values.Get("format")
	if name == "" && len(names) > 0 {
		name = names[0]
	}
	i := slices.Index(names, name)
	if i < 0 {
		return &queries.ArgError{Param: "format", Value: name, Problem: "write one of " + strings.Join(names, ", ")}
	}
	e := s.config.Exports[i]
	end, err := s.turn(r.Context())
	if err != nil {
		return err
	}
	defer end()
	w.Header().Set("Content-Type", e.MediaType)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "parley"+e.Extension))
	w.Header().Set("Cache-Control", "no-store")
	if r.Method == http.MethodHead {
		return nil
	}
	out := &patient{ResponseWriter: w, control: http.NewResponseController(w), patience: s.config.Limits.Timeout}
	if err := e.Write(r.Context(), out, s.config.Graph, stated); err != nil {
		if r.Context().Err() == nil {
			s.config.Log.Error("an export ended early", "error", err)
		}
		panic(http.ErrAbortHandler)
	}
	return nil
}

// patient gives a client time for each piece that it reads, and no longer.
type patient struct {
	http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
	next     time.Time
}

func (p *patient) Write(b []byte) (int, error) {
	if now := time.Now(); now.After(p.next) {
		// Where there is no connection there is no deadline either.
		_ = p.control.SetWriteDeadline(now.Add(p.patience))
		p.next = now.Add(p.patience / 4)
	}
	return p.ResponseWriter.Write(b)
}

// Export is a format in which the whole graph is given.
type Export struct {
	Name, MediaType, Extension string
	Write                      func(ctx context.Context, w io.Writer, g *graph.Graph, statedOnly bool) error
}
