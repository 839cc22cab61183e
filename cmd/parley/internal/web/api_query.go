package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parley/graph"
	"parley/queries"
	"parley/queries/render"
)

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

// formatsOf are the formats that the API writes a query's answers in, the one
// that most programs can use first. Those for a screen are none.
func formatsOf(q *queries.Query) []*render.Format {
	formats := []*render.Format{render.JSON, render.CSV, render.NDJSON}
	for _, f := range render.For(q) {
		if f.MediaType != "text/plain" && !slices.Contains(formats, f) {
			formats = append(formats, f)
		}
	}
	return formats
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
	texts := map[string]string{"limit": strconv.Itoa(apiRows)}
	for name := range values {
		if name != "format" {
			texts[name] = values.Get(name)
		}
	}
	if texts["limit"] == "" { // which would be taken for none
		return &queries.ArgError{Param: "limit", Problem: "needs a value: how many rows at most"}
	}
	a, err := s.answer(r.Context(), q, texts)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := format.Write(&b, a, render.Options{Explorer: askedAt(r)}); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Parley-Total", strconv.Itoa(a.Total))
	tellCorrections(h, a.Corrections)
	pages(h, r, a)
	h.Set("Content-Type", withCharset(format.MediaType))
	if format == render.SVG {
		h.Set("Content-Security-Policy", picturePolicy())
	}
	if format != render.JSON {
		h.Set("Content-Disposition", fmt.Sprintf("%s; filename=%q", disposition(format), q.Name+format.Extension))
	}
	_, _ = b.WriteTo(w)
	return nil
}

// askedAt is the address under which the client reached the server, which the
// marks of pictures lead back to. A proxy that adds encryption tells so.
func askedAt(r *http.Request) string {
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// disposition lets a browser show pictures, and save what is none.
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

// tellCorrections says which misspellings and parts of names were read.
func tellCorrections(h http.Header, corrections []graph.Correction) {
	for _, c := range corrections {
		h.Add("Parley-Correction", url.PathEscape(c.Text)+"; id="+strings.ReplaceAll(url.PathEscape(string(c.Node.ID)), "%2F", "/"))
	}
}
