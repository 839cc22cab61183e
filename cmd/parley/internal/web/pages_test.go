package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

var counted = regexp.MustCompile(`<dt>(?:<a [^>]*>)?([a-z ]+)(?:</a>)?</dt><dd>(\d+)</dd>`)

// TestHomeCountsWhatWasKnown keeps the home page of a day to that day.
func TestHomeCountsWhatWasKnown(t *testing.T) {
	s := server(t, nil)
	count := func(address string) map[string]string {
		all := map[string]string{}
		for _, m := range counted.FindAllStringSubmatch(ok(t, s, address), -1) {
			all[m[1]] = m[2]
		}
		return all
	}
	for range 2 { // worked out, and remembered
		now, then := count("/"), count("/?known-by=2018-06-03")
		if now["articles"] != "5" || then["articles"] != "1" || now["meetings"] == then["meetings"] || now["quads"] == "" || then["quads"] != "" {
			t.Errorf("now %v, then %v", now, then)
		}
	}
}

// TestSliderWithoutScripts leads to the page that the slider was moved on, and
// nowhere else.
func TestSliderWithoutScripts(t *testing.T) {
	s := server(t, nil)
	for _, c := range []struct{ to, stop, want string }{
		{"/queries/meetings?actor=Liu+He", "0", "/queries/meetings?actor=Liu+He&known-by=2018-06-03"},
		{"/queries/meetings?known-by=2019-01-01", "0", "/queries/meetings?known-by=2018-06-03"},
		{"/queries/meetings?known-by=2019-01-01", "999", "/queries/meetings"},
		{"/nodes/person/liu-he", "-1", "/nodes/person/liu-he?known-by=2018-06-02"},
		{"https://evil.example/", "0", "/?known-by=2018-06-03"},
		{"//evil.example/", "0", "/?known-by=2018-06-03"},
		{`/\evil.example/`, "0", "/?known-by=2018-06-03"},
		{"", "0", "/?known-by=2018-06-03"},
	} {
		w := get(s, "/known-by?"+url.Values{"to": {c.to}, "stop": {c.stop}}.Encode())
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != c.want {
			t.Errorf("%q at stop %s: %d, %s, want %s", c.to, c.stop, w.Code, got, c.want)
		}
	}
}

// TestFormsGiveShortAddresses leads an answer that a form asked for to the
// address without what the form left empty.
func TestFormsGiveShortAddresses(t *testing.T) {
	s := server(t, nil)
	w := get(s, "/queries/negotiated-with?actor=Liu+He&with=&since=&status=any")
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != "/queries/negotiated-with?actor=Liu+He&status=any" {
		t.Errorf("%d, %s", w.Code, got)
	}
}

// TestPagesOfRows shows all rows of a long answer, page by page, each once.
func TestPagesOfRows(t *testing.T) {
	s := server(t, nil)
	next := regexp.MustCompile(`<a rel="next" href="([^"]*)"`)
	row := regexp.MustCompile(`(?s)<tr[^>]*><td.*?</tr>`)
	rows, pages := 0, 0
	for address := "/queries/between?actor=China&with=United+States"; address != ""; pages++ {
		body := ok(t, s, strings.ReplaceAll(address, "&amp;", "&"))
		rows += len(row.FindAllString(body, -1))
		address = ""
		if m := next.FindStringSubmatch(body); m != nil {
			address = m[1]
		}
	}
	whole := strings.Count(ok(t, s, "/api/v1/queries/between?actor=China&with=United+States&format=ndjson"), "\n")
	if rows != whole || rows == 0 {
		t.Errorf("%d rows on %d pages, %d in all", rows, pages, whole)
	}
}

// TestFailuresArePages tells people what went wrong, and what may have been meant.
func TestFailuresArePages(t *testing.T) {
	s := server(t, nil)
	for address, want := range map[string]struct {
		status int
		text   string
	}{
		"/queries/nothing":                             {404, "no query is called"},
		"/nodes/person/liu-hee":                        {404, "no node has the id person/liu-hee"},
		"/nodes/person/liu":                            {404, `href="/nodes/person/liu-he"`},
		"/queries/negotiated-with?actor=nobody+at+all": {404, "no actor is called"},
		"/queries/in-force?on=yesterday":               {400, "yesterday"},
		"/?known-by=yesterday":                         {400, "yesterday"},
		"/queries/timeline?actor=China&known-by=x":     {400, `href="/queries/timeline?actor=China"`},
		"/queries/timeline?actor=China&actor=Liu+He":   {400, "actor &#34;Liu He&#34;: is given more than once"},
		"/queries/timeline?actor=China&from-row=abc":   {400, "from-row &#34;abc&#34;: write a whole number"},
		"/queries/timeline?actor=China&sort-by=zzz":    {400, "sort-by &#34;zzz&#34;: write a column"},
		"/search?q=a&q=b":                              {400, "is given more than once"},
		"/known-by?to=/&stop=3abc":                     {400, "stop &#34;3abc&#34;: write a whole number"},
	} {
		w := get(s, address)
		if w.Code != want.status || !strings.Contains(w.Body.String(), want.text) || !strings.Contains(w.Body.String(), `class="brand"`) {
			t.Errorf("%s: %d, no %q", address, w.Code, want.text)
		}
		// A question that fails keeps its form.
		if strings.HasPrefix(address, "/queries/timeline") && !strings.Contains(address, "known-by") && !strings.Contains(w.Body.String(), `name="actor" value="China"`) {
			t.Errorf("%s: the form has lost what was asked", address)
		}
	}
	// What is near is told once, as links.
	if body := get(s, "/queries/negotiated-with?actor=Liu+Hey+Hey").Body.String(); strings.Contains(body, "nearest:") || strings.Contains(body, "(person/") {
		t.Error("what is near is listed in the text, too")
	}
}

// moves is a facts file of so many moves on one measure.
func moves(n int) string {
	text := strings.Builder{}
	text.WriteString("references:\n  - {id: reference/r, title: A page, url: \"https://example.org/a\"}\nfacts:\n  - {measure: measure/z, at: reference/r, name: Z, instrument: tariff}\n")
	for i := range n {
		fmt.Fprintf(&text, "  - {move: move/m%d, at: reference/r, name: M%[1]d, measure: measure/z, phase: raised, date: \"2019-01-01\"}\n", i)
	}
	return text.String()
}

// TestRowsOfAPage says which rows are shown, and leads only to pages that have
// some.
func TestRowsOfAPage(t *testing.T) {
	g := written(t, moves(130))
	all, few := server(t, func(c *Config) { c.Graph = g }), server(t, func(c *Config) { c.Graph, c.Limits.Rows = g, 110 })
	for _, c := range []struct {
		server             *Server
		arguments, want    string
		further, outOfView bool
	}{
		{all, "", "Rows 1 to 100 of 130", true, false},
		{all, "&from-row=100", "Rows 101 to 130 of 130", false, false},
		{all, "&offset=97", "Rows 98 to 130 of 130", false, false},
		{all, "&limit=5", "Rows 1 to 5 of 130", false, false},
		{all, "&limit=5&offset=20", "Rows 21 to 25 of 130", false, false},
		{all, "&limit=105", "Rows 1 to 100 of 130", true, false},
		{all, "&limit=105&from-row=100", "Rows 101 to 105 of 130", false, false},
		{all, "&offset=500", "No rows from row 501 on, of 130", false, false},
		{few, "", "Rows 1 to 100 of 130", true, true},
		{few, "&from-row=100", "Rows 101 to 110 of 130", false, true},
		{few, "&sort-by=-action&from-row=100", "Rows 101 to 110 of 130", false, true},
		{few, "&filter=M12", "11 rows", false, true},
		{few, "&limit=105", "Rows 1 to 100 of 130", true, false},
		{few, "&limit=120&from-row=100", "Rows 101 to 110 of 130", false, true},
		{few, "&offset=110", "Rows 111 to 130 of 130", false, false},
	} {
		body := ok(t, c.server, "/queries/tariff-moves?measure=measure/z"+c.arguments)
		further, outOfView := strings.Contains(body, `rel="next"`), strings.Contains(body, "these pages reach 110, and sorting and filtering see only those. Ask for less, or go on with offset 110.")
		if !strings.Contains(body, ">"+c.want+"<") || further != c.further || outOfView != c.outOfView {
			t.Errorf("%s: %q, want %q; leads on: %v; tells of what is out of view: %v", c.arguments,
				regexp.MustCompile(`<h2 id="rows"[^>]*>[^<]*`).FindString(body), c.want, further, outOfView)
		}
	}
}

// TestDownloadsHaveAllRows gives a download the rows of the page's question, and
// not those that the API gives unasked.
func TestDownloadsHaveAllRows(t *testing.T) {
	s := server(t, nil)
	for address, want := range map[string][]string{
		"/queries/timeline":         {`/timeline?format=csv&amp;limit=0"`, `/timeline?format=svg"`},
		"/queries/timeline?limit=5": {`/timeline?format=csv&amp;limit=5"`, `/timeline?format=svg&amp;limit=5"`},
	} {
		body := ok(t, s, address)
		for _, link := range want {
			if !strings.Contains(body, link) {
				t.Errorf("%s: no download %s", address, link)
			}
		}
	}
}

// TestNodePagesTellWhatIsNotThere says how much of a table is left, and gives each
// value the passages that say it.
func TestNodePagesTellWhatIsNotThere(t *testing.T) {
	s := server(t, func(c *Config) { c.Graph = written(t, moves(60)) })
	for address, want := range map[string][]string{
		"/nodes/measure/z":   {`The first 50 of 60 rows: <a href="/queries/tariff-moves\?measure=measure%2Fz">`},
		"/nodes/reference/r": {`<p class="told"><a href="https://example.org/a" rel="external noreferrer">`, `<dd><p><a href="https://example.org/a" rel="external noreferrer">`},
		"/nodes/article/000_5968a405b1adab4b": {
			`<p class="told">The Washington Post, 2018-09-21 · <a`, "counted from 0, the end exclusive",
		},
		"/nodes/meeting/2018-09-washington-talks": {
			`(?s)<span class="mark cancelled">cancelled</span> <span class="cites">(?:<a [^>]*><span[^>]*>Source </span>[12]</a> ){2}</span></span>`,
			`(?s)<span class="mark planned">planned</span> <span class="cites">(?:<a [^>]*><span[^>]*>Source </span>[234]</a> ){3}</span></span>`,
		},
		"/?known-by=2018-01-01": {`min="-1"[^>]* value="-1"`, "Names and offices are background"},
		"/":                     {`<output for="stop">everything \(to 2025-10-18\)<`, `<p class="told"><a href="/queries/negotiated-with`},
	} {
		body := ok(t, s, address)
		for _, text := range want {
			if !regexp.MustCompile(text).MatchString(body) {
				t.Errorf("%s: nothing fits %s", address, text)
			}
		}
	}
	for _, address := range []string{"/nodes/reference/r", "/nodes/article/000_5968a405b1adab4b"} {
		_, facts, _ := strings.Cut(ok(t, s, address), `id="facts"`)
		if body := ok(t, s, address); facts == "" || strings.Contains(facts, ">passage/") || strings.Contains(body, `class="told">, `) {
			t.Errorf("%s: lists its passages, or begins with a comma", address)
		}
	}
	if strings.Contains(ok(t, s, "/nodes/reference/r"), "words are not kept") {
		t.Error("a reference is said to have had words")
	}
}

// TestLongArticle shows the first passages of an article in the order of its text,
// in whatever order they were loaded.
func TestLongArticle(t *testing.T) {
	g := builtIn(t)
	const all = mostPassages + 3
	quads := []quad.Quad{{Subject: graph.ID("article/long").Value(), Predicate: vocab.Type.IRI, Object: vocab.Article.IRI}}
	for n := all; n > 0; n-- {
		passage := graph.PassageID("article/long", fmt.Sprint(n)).Value()
		quads = append(quads, quad.Quad{Subject: passage, Predicate: vocab.FromSource.IRI, Object: graph.ID("article/long").Value()})
		for _, number := range []*vocab.Predicate{vocab.Paragraph, vocab.Start, vocab.End} {
			quads = append(quads, quad.Quad{Subject: passage, Predicate: number.IRI, Object: graph.Literal(number, fmt.Sprint(n))})
		}
	}
	for i := range quads {
		quads[i].Label = graph.WholeID("article/long").Value()
	}
	if _, err := g.Add(t.Context(), quads); err != nil {
		t.Fatal(err)
	}
	body := ok(t, server(t, func(c *Config) { c.Graph = g }), "/nodes/article/long")
	places := regexp.MustCompile(`<span id="p(\d+)">`).FindAllStringSubmatch(body, -1)
	if len(places) != mostPassages || !strings.Contains(body, "3 more passages are not shown") {
		t.Fatalf("%d of %d passages are shown", len(places), all)
	}
	for i, place := range places {
		if place[1] != fmt.Sprint(i+1) {
			t.Fatalf("passage %d is of paragraph %s", i+1, place[1])
		}
	}
}
