package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
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
		{"/nodes/person/liu-he", "none", "/nodes/person/liu-he"},
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
	} {
		w := get(s, address)
		if w.Code != want.status || !strings.Contains(w.Body.String(), want.text) || !strings.Contains(w.Body.String(), `class="brand"`) {
			t.Errorf("%s: %d, no %q", address, w.Code, want.text)
		}
	}
}
