package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"
	"parley/queries/render"
)

// TestAPIAnswersAsTheCommandLineDoes compares bytes, in every format.
func TestAPIAnswersAsTheCommandLineDoes(t *testing.T) {
	g := builtIn(t)
	s := server(t, func(c *Config) { c.Graph = g })
	for _, q := range queries.All() {
		texts := example(q)
		texts["limit"] = "7"
		a, err := q.Answer(t.Context(), g, texts)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range formatsOf(q) {
			var want bytes.Buffer
			if err := f.Write(&want, a, render.Options{}); err != nil {
				t.Fatal(err)
			}
			for how, w := range map[string]*httptest.ResponseRecorder{
				"Accept": get(s, address(q, texts), "Accept", f.MediaType),
				"format": get(s, address(q, texts)+"&format="+f.Name, "Accept", "text/html"),
			} {
				if w.Code != http.StatusOK || w.Body.String() != want.String() || !strings.HasPrefix(w.Header().Get("Content-Type"), f.MediaType) {
					t.Errorf("%s as %s by %s: %d, %s, %d bytes, want %d", q.Name, f.Name, how, w.Code, w.Header().Get("Content-Type"), w.Body.Len(), want.Len())
				}
			}
		}
	}
}

func TestAcceptIsNegotiated(t *testing.T) {
	s := server(t, nil)
	for accept, want := range map[string]string{
		"":                                     "application/json",
		"*/*":                                  "application/json",
		"text/*":                               "text/csv; charset=utf-8",
		"text/csv;q=0.4, application/json;q=1": "application/json",
		"application/json;q=0, */*;q=0.1":      "text/csv; charset=utf-8",
		"image/png, image/svg+xml;q=0.9":       "image/png",
		"nonsense, ,,;q=x, text/csv":           "text/csv; charset=utf-8",
		"application/xml":                      problemType,
		"text/csv;q=2":                         problemType,
	} {
		w := get(s, "/api/v1/queries/negotiated-with", "Accept", accept)
		if got := w.Header().Get("Content-Type"); got != want {
			t.Errorf("%q: got %s, want %s", accept, got, want)
		}
		if want == problemType && w.Code != http.StatusNotAcceptable {
			t.Errorf("%q: %d", accept, w.Code)
		}
		if !slices.Contains(w.Header().Values("Vary"), "Accept") && w.Code == http.StatusOK {
			t.Errorf("%q: a cache would take it for the answer to another Accept", accept)
		}
	}
}

func TestProblems(t *testing.T) {
	s := server(t, nil)
	for address, want := range map[string]problem{
		"/api/v1/queries/nothing":                              {Status: 404, Detail: "retaliation-chains"},
		"/api/v1/queries/negotiated-with?aktor=x":              {Status: 400, Parameter: "aktor", Detail: "known-by"},
		"/api/v1/queries/negotiated-with?actor=a&actor=b":      {Status: 400, Parameter: "actor", Detail: "more than once"},
		"/api/v1/queries/negotiated-with?actor=Liu%20Ho%20Hum": {Status: 404, Detail: "nearest"},
		"/api/v1/queries/negotiated-with?status=dreamt":        {Status: 400, Parameter: "status", Detail: "held"},
		"/api/v1/queries/negotiated-with?limit=-1":             {Status: 400, Parameter: "limit", Detail: "whole number"},
		"/api/v1/queries/negotiated-with?known-by=soon":        {Status: 400, Parameter: "known-by", Detail: "EDTF"},
		"/api/v1/queries/negotiated-with?format=xml":           {Status: 400, Parameter: "format", Detail: "csv"},
		"/api/v1/queries/between":                              {Status: 400, Parameter: "actor", Detail: "needs a value"},
		"/api/v1/nodes/person/liu-ho":                          {Status: 404, Detail: "person/liu-ho"},
		"/api/v1/nodes":                                        {Status: 400, Parameter: "id"},
		"/api/v1/nodes/person/liu-he?most=0":                   {Status: 400, Parameter: "most"},
		"/api/v1/nodes/person/liu-he?stated-only=perhaps":      {Status: 400, Parameter: "stated-only"},
		"/api/v1/search?class=dragon":                          {Status: 400, Parameter: "class"},
		"/api/v1/search?q=a&limit=none":                        {Status: 400, Parameter: "limit"},
		"/api/v1/export?format=pdf":                            {Status: 400, Parameter: "format", Detail: "nquads"},
		"/api/v2/":                                             {Status: 404, Detail: "openapi.json"},
	} {
		w := get(s, address)
		var got problem
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Header().Get("Content-Type") != problemType {
			t.Errorf("%s: %s: %.200s", address, w.Header().Get("Content-Type"), w.Body)
			continue
		}
		if w.Code != want.Status || got.Status != want.Status || got.Parameter != want.Parameter || !strings.Contains(got.Detail, want.Detail) {
			t.Errorf("%s: got %d %+v, want %+v", address, w.Code, got, want)
		}
		if w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" || strings.Contains(got.Detail, "--") {
			t.Errorf("%s: %v, %s", address, w.Header(), got.Detail)
		}
	}
}

func TestCorrectionIsTold(t *testing.T) {
	s := server(t, nil)
	w := get(s, "/api/v1/queries/negotiated-with?actor=Robert%20Lighthiser")
	if got := w.Header().Get("Parley-Correction"); w.Code != 200 || got != "Robert%20Lighthiser; id=person/robert-lighthizer" {
		t.Errorf("%d: %q", w.Code, got)
	}
}

// TestPagesJoinToTheWhole follows the links from page to page.
func TestPagesJoinToTheWhole(t *testing.T) {
	s := server(t, nil)
	type answer struct {
		Rows      []any
		Truncated bool
	}
	read := func(address string) (answer, http.Header) {
		w := get(s, address)
		var a answer
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		return a, w.Header()
	}
	whole, _ := read("/api/v1/queries/timeline")
	var joined []any
	next := "/api/v1/queries/timeline?limit=7"
	for n := 0; next != ""; n++ {
		a, h := read(next)
		joined = append(joined, a.Rows...)
		if h.Get("Parley-Total") != strconv.Itoa(len(whole.Rows)) {
			t.Fatalf("%s: a total of %s, want %d", next, h.Get("Parley-Total"), len(whole.Rows))
		}
		links := strings.Join(h.Values("Link"), ", ")
		if (n > 0) != strings.Contains(links, `rel="prev"`) {
			t.Fatalf("%s: links %s", next, links)
		}
		before := next
		next = ""
		for link := range strings.SplitSeq(links, ", ") {
			if target, relation, _ := strings.Cut(link, "; "); relation == `rel="next"` {
				next = strings.Trim(target, "<>")
			}
		}
		if a.Truncated != (next != "") || before == next {
			t.Fatalf("%s: truncated %v, next %q", before, a.Truncated, next)
		}
	}
	if got, want := len(joined), len(whole.Rows); got != want {
		t.Errorf("%d rows in pages, %d in one", got, want)
	}
}

func TestRowsAreBounded(t *testing.T) {
	s := server(t, func(c *Config) { c.Limits.Rows = 5 })
	for _, limit := range []string{"", "?limit=0", "?limit=1000000000"} {
		var a struct {
			Rows      []any
			Truncated bool
		}
		if err := json.Unmarshal([]byte(ok(t, s, "/api/v1/queries/timeline"+limit)), &a); err != nil || len(a.Rows) != 5 || !a.Truncated {
			t.Errorf("%s: %d rows, truncated %v, %v", limit, len(a.Rows), a.Truncated, err)
		}
	}
}

func TestUnchangedIsNotSentAgain(t *testing.T) {
	g := builtIn(t)
	s := server(t, func(c *Config) { c.Graph = g })
	for _, address := range []string{"/api/v1/queries/meetings", "/nodes/person/liu-he", "/", "/openapi.json", "/api/v1/search?q=liu", "/queries/timeline"} {
		first := get(s, address)
		tag := first.Header().Get("ETag")
		if again := get(s, address, "If-None-Match", tag); tag == "" || again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s: tag %s, then %d with %d bytes", address, tag, again.Code, again.Body.Len())
		}
		if other := get(s, address, "If-None-Match", `"other", W/"another"`); other.Code != http.StatusOK {
			t.Errorf("%s: another tag gives %d", address, other.Code)
		}
		doc := &graph.Document{Sources: []graph.Source{{ID: graph.ID("reference/of" + strings.ReplaceAll(url.PathEscape(address), "%", "-")), Class: vocab.Reference, Title: "New"}}}
		if _, err := g.Add(t.Context(), doc.Quads()); err != nil {
			t.Fatal(err)
		}
		if changed := get(s, address, "If-None-Match", tag); changed.Code != http.StatusOK || changed.Header().Get("ETag") == tag {
			t.Errorf("%s: after a change it is %d with the tag %s", address, changed.Code, changed.Header().Get("ETag"))
		}
	}
}

// TestFollowsAnotherProcess loads into a store's folder through another handle.
func TestFollowsAnotherProcess(t *testing.T) {
	store := "file:" + t.TempDir() + "/graph"
	writer, err := graph.Create(t.Context(), store, graph.StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = writer.Close() }()
	if _, err := writer.Add(t.Context(), builtInQuads()[:200]); err != nil {
		t.Fatal(err)
	}
	reader, err := graph.Open(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	s := server(t, func(c *Config) { c.Graph = reader })
	before := get(s, "/api/v1/queries/meetings")
	if _, err := writer.Add(t.Context(), builtInQuads()); err != nil {
		t.Fatal(err)
	}
	after := get(s, "/api/v1/queries/meetings", "If-None-Match", before.Header().Get("ETag"))
	if after.Code != http.StatusOK || after.Body.Len() <= before.Body.Len() {
		t.Errorf("%d with %d bytes after %d bytes", after.Code, after.Body.Len(), before.Body.Len())
	}
	if page := ok(t, s, "/nodes/person/liu-he?known-by=2018-09-30"); !strings.Contains(page, "Washington talks") {
		t.Error("a day's page does not show what was loaded")
	}
}

func TestExport(t *testing.T) {
	g := builtIn(t)
	s := server(t, func(c *Config) { c.Graph = g })
	whole, stated := ok(t, s, "/api/v1/export"), ok(t, s, "/api/v1/export?stated-only=true")
	if lines := strings.Count(whole, "\n"); lines < 2500 || strings.Count(stated, "\n") >= lines {
		t.Errorf("%d lines, %d of them stated", strings.Count(whole, "\n"), strings.Count(stated, "\n"))
	}
	// What fails is cut off.
	s = server(t, func(c *Config) { c.Graph = g; c.Exports = []Export{{Name: "broken", Write: broken}} })
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("an export that failed looks whole")
		}
	}()
	get(s, "/api/v1/export")
}

func TestBusy(t *testing.T) {
	s := server(t, func(c *Config) { c.Limits.Queries, c.Limits.Timeout = 1, time.Millisecond })
	end, err := s.turn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	w := get(s, "/api/v1/queries/timeline")
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "no turn") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}
