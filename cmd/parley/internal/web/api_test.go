package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	"parley/loader"
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
			if err := f.Write(&want, a, render.Options{Explorer: "http://localhost:8080"}); err != nil {
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
		"/api/v1/search?q=x&class=dragon":                      {Status: 400, Parameter: "class"},
		"/api/v1/search?q=a&limit=none":                        {Status: 400, Parameter: "limit"},
		"/api/v1/export?format=pdf":                            {Status: 400, Parameter: "format", Detail: "nquads"},
		"/api/v1/export?hops=1":                                {Status: 400, Parameter: "hops", Detail: "around"},
		"/api/v1/export?known-by=2018":                         {Status: 400, Parameter: "known-by", Detail: "around"},
		"/api/v1/export?around=":                               {Status: 400, Parameter: "around", Detail: "person/liu-he"},
		"/api/v1/export?around=China&hops=-1":                  {Status: 400, Parameter: "hops", Detail: "from 0 to"},
		"/api/v1/export?around=China&hops=1e9":                 {Status: 400, Parameter: "hops", Detail: "from 0 to"},
		"/api/v1/export?around=China&known-by=soon":            {Status: 400, Parameter: "known-by", Detail: "EDTF"},
		"/api/v1/export?around=China&around=person/nobody":     {Status: 404, Detail: "nearest"},
		"/api/v2/": {Status: 404, Detail: "openapi.json"},
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

// TestNameOfSeveralIsAConflict names those that are meant.
func TestNameOfSeveralIsAConflict(t *testing.T) {
	s := server(t, func(c *Config) { c.Graph = hostileGraph(t) })
	w := get(s, "/api/v1/queries/negotiated-with?actor="+url.QueryEscape(hostile[3]))
	var got problem
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusConflict || len(got.Near) < 2 {
		t.Errorf("%d %.300s", w.Code, w.Body)
	}
}

func TestCorrectionIsTold(t *testing.T) {
	s := server(t, nil)
	w := get(s, "/api/v1/queries/negotiated-with?actor=Robert%20Lighthiser")
	if got := w.Header().Get("Parley-Correction"); w.Code != 200 || got != "Robert%20Lighthiser; id=person/robert-lighthizer" {
		t.Errorf("%d: %q", w.Code, got)
	}
}

// TestPagesJoinToTheWhole follows the links from page to page, of every query and
// of a day too.
func TestPagesJoinToTheWhole(t *testing.T) {
	s := server(t, nil)
	for _, q := range queries.All() {
		for _, more := range []string{"", "2019-06-01"} {
			texts := example(q)
			delete(texts, "limit")
			if more != "" {
				texts["known-by"] = more
			}
			whole, _ := readPage(t, s, address(q, texts))
			texts["limit"] = "3"
			var joined []json.RawMessage
			next := address(q, texts)
			for n := 0; next != ""; n++ {
				a, h := readPage(t, s, next)
				joined = append(joined, a.Rows...)
				if h.Get("Parley-Total") != strconv.Itoa(len(whole.Rows)) {
					t.Fatalf("%s: a total of %s, want %d", next, h.Get("Parley-Total"), len(whole.Rows))
				}
				links := linksOf(h)
				if n > 0 {
					if first, _ := readPage(t, s, links["first"]); string(first.Rows[0]) != string(whole.Rows[0]) {
						t.Errorf("%s: the first page is another", next)
					}
				}
				if (n > 0) != (links["prev"] != "") || (n > 0) != (links["first"] != "") || a.Truncated != (links["next"] != "") || next == links["next"] {
					t.Fatalf("%s: truncated %v, links %v", next, a.Truncated, links)
				}
				next = links["next"]
			}
			if !slices.EqualFunc(joined, whole.Rows, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
				t.Errorf("%s: %d rows in pages, %d in one, or others", q.Name, len(joined), len(whole.Rows))
			}
		}
	}
}

type onePage struct {
	Rows      []json.RawMessage
	Truncated bool
}

func readPage(t *testing.T, s *Server, address string) (onePage, http.Header) {
	t.Helper()
	w := get(s, address)
	var a onePage
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: %d %v", address, w.Code, err)
	}
	return a, w.Header()
}

// linksOf are the links of an answer, by what they lead to.
func linksOf(h http.Header) map[string]string {
	links := map[string]string{}
	for link := range strings.SplitSeq(strings.Join(h.Values("Link"), ", "), ", ") {
		if target, relation, found := strings.Cut(link, "; rel="); found {
			links[strings.Trim(relation, `"`)] = strings.Trim(target, "<>")
		}
	}
	return links
}

// TestDrawingTakesATurn holds the only turn: nothing is asked, drawn or written
// beside it, and what is remembered of the home page is not thrown away.
func TestDrawingTakesATurn(t *testing.T) {
	s := server(t, func(c *Config) { c.Limits.Queries, c.Limits.Timeout = 1, 50*time.Millisecond })
	ok(t, s, "/api/v1/queries")
	end, err := s.turn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"/", "/queries/timeline", "/api/v1/queries/timeline?format=png", "/nodes/person/liu-he", "/graph"} {
		if w := get(s, address); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d without a turn", address, w.Code)
		}
	}
	end()
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
	// A client that has anything at all has not what is not there.
	for address, want := range map[string]int{"/queries/nope": 404, "/api/v1/nodes/person/nobody": 404, "/api/v1/queries/meetings": 200} {
		if got := get(s, address, "If-None-Match", "*").Code; got != want {
			t.Errorf("%s: * gives %d", address, got)
		}
	}
	for _, address := range []string{"/api/v1/queries/meetings", "/nodes/person/liu-he", "/", "/openapi.json", "/api/v1/search?q=liu", "/queries/timeline"} {
		first := get(s, address)
		tag := first.Header().Get("ETag")
		if again := get(s, address, "If-None-Match", tag); tag == "" || again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s: tag %s, then %d with %d bytes", address, tag, again.Code, again.Body.Len())
		}
		for _, held := range []string{`"other", ` + tag, strings.TrimPrefix(tag, "W/")} {
			if again := get(s, address, "If-None-Match", held); again.Code != http.StatusNotModified || again.Header().Get("ETag") != tag {
				t.Errorf("%s: %s gives %d", address, held, again.Code)
			}
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

func TestExport(t *testing.T) {
	g := builtIn(t)
	s := server(t, func(c *Config) { c.Graph = g })
	whole, stated := ok(t, s, "/api/v1/export"), ok(t, s, "/api/v1/export?stated-only=true")
	if lines := strings.Count(whole, "\n"); lines < 2500 || strings.Count(stated, "\n") >= lines {
		t.Errorf("%d lines, %d of them stated", strings.Count(whole, "\n"), strings.Count(stated, "\n"))
	}
	// What is around a node is a part of it, and grows with the hops.
	lines := map[string]bool{}
	for line := range strings.Lines(whole) {
		lines[line] = true
	}
	last := 0
	for _, address := range []string{"?around=person/liu-he&hops=0", "?around=Liu+He", "?around=Liu+He&around=China&hops=1", "?around=Liu+He&hops=20"} {
		part := ok(t, s, "/api/v1/export"+address)
		n := strings.Count(part, "\n")
		if n <= last {
			t.Errorf("%s: %d lines after %d", address, n, last)
		}
		last = n
		for line := range strings.Lines(part) {
			if !lines[line] {
				t.Errorf("%s: the whole lacks %s", address, line)
			}
		}
	}
	if part := ok(t, s, "/api/v1/export?around=China&stated-only=1"); strings.Contains(part, "urn:parley:rule/") {
		t.Error("what rules inferred is stated around China")
	}
	if early, late := ok(t, s, "/api/v1/export?around=China&known-by=2018-06-10"), ok(t, s, "/api/v1/export?around=China"); len(early) >= len(late) {
		t.Errorf("%d bytes known early, %d in the end", len(early), len(late))
	}
	if w := get(s, "/api/v1/export?around=Steven+Mnuchen&hops=0"); w.Header().Get("Parley-Correction") != "Steven%20Mnuchen; id=person/steven-mnuchin" {
		t.Errorf("a misspelling is told as %q", w.Header())
	}
	// Every format has its kind and name.
	for _, e := range loader.Exporters() {
		w := get(s, "/api/v1/export?around=Liu+He&format="+e.Name)
		if h := w.Header(); w.Code != http.StatusOK || w.Body.Len() == 0 || h.Get("Content-Type") != e.MediaType || !strings.Contains(h.Get("Content-Disposition"), "parley"+e.Extension) {
			t.Errorf("%s: %d, %v", e.Name, w.Code, h)
		}
	}
	// What fails before it began is told.
	big := func(context.Context, io.Writer, graph.Quads) error { return fmt.Errorf("all: %w", graph.ErrTooMuch) }
	w := get(server(t, func(c *Config) { c.Graph = g; c.Exports = []Export{{Name: "big", MediaType: "text/plain", Write: big}} }), "/api/v1/export?around=China")
	if w.Code != http.StatusUnprocessableEntity || w.Header().Get("Content-Type") != problemType || w.Header().Get("Content-Disposition") != "" || !strings.Contains(w.Body.String(), "fewer hops") {
		t.Errorf("too much is told as %d %v %s", w.Code, w.Header(), w.Body)
	}
	// What fails is cut off.
	s = server(t, func(c *Config) { c.Graph = g; c.Exports = []Export{{Name: "broken", Write: broken}} })
	defer func() {
		if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
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

// TestPicturesLeadBack draws marks that lead to where the picture was asked for.
func TestPicturesLeadBack(t *testing.T) {
	s := server(t, func(c *Config) { c.Hosts = []string{"parley.example"} })
	const address = "/api/v1/queries/timeline?format=svg"
	for want, headers := range map[string][]string{
		"http://localhost:8080":  nil,
		"http://parley.example":  {"Host", "parley.example"},
		"https://parley.example": {"Host", "parley.example", "X-Forwarded-Proto", "https"},
	} {
		if body := ok(t, s, address, headers...); !strings.Contains(body, `<a href="`+want+`/nodes/`) {
			t.Errorf("%v: no mark leads to %s", headers, want)
		}
	}
	tag := get(s, address).Header().Get("ETag")
	if w := get(s, address, "Host", "parley.example", "If-None-Match", tag); w.Code != http.StatusOK {
		t.Errorf("under another name: %d", w.Code)
	}
}

// TestPictureTooLarge tells whoever asks for too large an image what to ask for
// instead.
func TestPictureTooLarge(t *testing.T) {
	var facts strings.Builder
	facts.WriteString("references:\n  - {id: reference/r, title: R, url: \"http://r.example/\", published: \"2026-01-01\"}\nfacts:\n  - {country: country/ala, at: reference/r, name: Aland}\n")
	for i := range 300 {
		fmt.Fprintf(&facts, "  - {statement: statement/s-%d, at: reference/r, name: %q, agent: country/ala, stance: accuse, date: \"%d-01-01\"}\n", i, strings.Repeat("Word on tea ", 12), 1700+i)
	}
	doc, err := loader.ReadFacts("many.yaml", []byte(facts.String()))
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	if _, err := g.Add(t.Context(), doc.Document.Quads()); err != nil {
		t.Fatal(err)
	}
	s := server(t, func(c *Config) { c.Graph = g })
	w := get(s, "/api/v1/queries/timeline?format=png")
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "SVG") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	ok(t, s, "/api/v1/queries/timeline?format=png&limit=20")
}
