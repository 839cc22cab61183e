package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"parley/graph"
	"parley/queries/render"
)

// ask passes a request of any form to a server.
func ask(s http.Handler, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/api/v1/queries", nil)
	r.Host = "localhost:8080"
	change(r)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// TestOtherNamesAreRefused is the guard against pages of other sites that give
// themselves our address.
func TestOtherNamesAreRefused(t *testing.T) {
	local := []string{"localhost", "localhost:8080", "LOCALHOST:1", "localhost.", "127.0.0.1", "127.0.0.1:8080", "127.9.9.9", "[::1]", "[::1]:8080", "[::ffff:127.0.0.1]:80"}
	named := []string{"parley.example", "parley.example:443", "Parley.Example.", "PARLEY.EXAMPLE.:443", "[2001:db8::5]:80", "192.0.2.7:80"}
	addresses := []string{"192.0.2.1", "192.0.2.1:8080", "[2001:db8::1]:8080", "0.0.0.0:8080", "10.1.2.3"}
	others := []string{"", ".", "evil.example", "evil.example:8080", "localhost.evil.example", "evil-localhost", "127.0.0.1.evil.example", "127.0.0.1.nip.io:8080", "parley.example.evil.example", "xparley.example", "localhost@evil.example", "2130706433", "0x7f.1", "[::1].evil.example"}
	s := builtIn(t)
	for _, c := range []struct {
		what   string
		config func(*Config)
		known  [][]string
		not    [][]string
	}{
		{"by itself", func(*Config) {}, [][]string{local}, [][]string{named, addresses, others}},
		{"named", func(c *Config) { c.Hosts = []string{"parley.example.", "2001:db8::5", "192.0.2.7:9000"} }, [][]string{local, named}, [][]string{addresses, others}},
		{"remote", func(c *Config) { c.Remote = true }, [][]string{local, addresses}, [][]string{named[:4], others}},
		{"any", func(c *Config) { c.Hosts = []string{"*"} }, [][]string{local, named, addresses, others}, nil},
	} {
		site := server(t, func(config *Config) { config.Graph = s; c.config(config) })
		hold := func(lists [][]string, status int) {
			for _, list := range lists {
				for _, host := range list {
					for _, path := range []string{"/api/v1/queries", "/", "/static/explorer.css", "/healthz"} {
						w := get(site, path, "Host", host)
						if (w.Code == http.StatusMisdirectedRequest) != (status == http.StatusMisdirectedRequest) {
							t.Errorf("%s: %s of %q: %d", c.what, path, host, w.Code)
						}
					}
				}
			}
		}
		hold(c.known, http.StatusOK)
		hold(c.not, http.StatusMisdirectedRequest)
	}
}

// TestEveryAnswerIsSecured asks for an answer of each kind.
func TestEveryAnswerIsSecured(t *testing.T) {
	g := builtIn(t)
	s := server(t, func(c *Config) {
		c.Graph, c.Limits.Rate, c.Limits.Burst = g, 1e-6, 100
		c.Texts = func(*graph.View) render.Quote { panic("a mistake in the program") }
	})
	tag := get(s, "/").Header().Get("ETag")
	for what, c := range map[string]struct {
		status int
		ask    func(*http.Request)
	}{
		"a page":                   {200, func(r *http.Request) { r.URL.Path = "/" }},
		"a page that is unchanged": {304, func(r *http.Request) { r.URL.Path, r.RequestURI = "/", "/"; r.Header.Set("If-None-Match", tag) }},
		"no page":                  {404, func(r *http.Request) { r.URL.Path = "/nothing" }},
		"another page":             {303, func(r *http.Request) { r.URL.Path = "/known-by" }},
		"a path that is not clean": {307, func(r *http.Request) { r.URL.Path = "/api//v1" }},
		"a file":                   {200, func(r *http.Request) { r.URL.Path = "/static/picture.css" }},
		"no file":                  {404, func(r *http.Request) { r.URL.Path = "/static/none.css" }},
		"JSON":                     {200, func(r *http.Request) { r.URL.Path = "/api/v1/queries/meetings" }},
		"a picture": {200, func(r *http.Request) {
			r.URL.Path, r.URL.RawQuery = "/api/v1/queries/timeline", "format=svg"
		}},
		"an export":             {200, func(r *http.Request) { r.URL.Path = "/api/v1/export" }},
		"the document":          {200, func(r *http.Request) { r.URL.Path = "/openapi.json" }},
		"health":                {200, func(r *http.Request) { r.URL.Path = "/healthz" }},
		"readiness":             {200, func(r *http.Request) { r.URL.Path = "/readyz" }},
		"metrics for others":    {403, func(r *http.Request) { r.URL.Path = "/metrics" }},
		"metrics":               {200, func(r *http.Request) { r.URL.Path, r.RemoteAddr = "/metrics", "127.0.0.1:9" }},
		"an argument":           {400, func(r *http.Request) { r.URL.RawQuery = "x=1" }},
		"a query string":        {400, func(r *http.Request) { r.URL.RawQuery = "x=%zz" }},
		"a semicolon":           {400, func(r *http.Request) { r.URL.RawQuery = "x=1;y=2" }},
		"no node":               {404, func(r *http.Request) { r.URL.Path = "/api/v1/nodes/person/nobody" }},
		"no format":             {406, func(r *http.Request) { r.URL.Path = "/api/v1/queries/meetings"; r.Header.Set("Accept", "x/y") }},
		"another method":        {405, func(r *http.Request) { r.Method = http.MethodPost }},
		"a method of the page":  {405, func(r *http.Request) { r.Method, r.URL.Path = http.MethodDelete, "/" }},
		"options":               {405, func(r *http.Request) { r.Method = http.MethodOptions }},
		"a body":                {413, func(r *http.Request) { r.ContentLength = 1 }},
		"a body of any length":  {413, func(r *http.Request) { r.ContentLength = -1 }},
		"a long address":        {414, func(r *http.Request) { r.RequestURI = "/?q=" + strings.Repeat("a", mostURL) }},
		"another name":          {421, func(r *http.Request) { r.Host = "evil.example" }},
		"a mistake in the API":  {500, func(r *http.Request) { r.URL.Path = "/api/v1/nodes/person/liu-he" }},
		"a mistake in the page": {500, func(r *http.Request) { r.URL.Path = "/nodes/article/000_5968a405b1adab4b" }},
		"too many questions": {429, func(r *http.Request) {
			r.RemoteAddr = "203.0.113.5:1"
			for s.clients.allow(r.RemoteAddr) {
			}
		}},
	} {
		w := ask(s, c.ask)
		if w.Code != c.status {
			t.Errorf("%s: %d, want %d: %.200s", what, w.Code, c.status, w.Body)
		}
		h := w.Header()
		csp := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; script-src 'self';") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") || strings.Contains(csp, "*") {
			t.Errorf("%s: the policy is %q", what, csp)
		}
		if len(h.Values("Content-Security-Policy")) != 1 || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cross-Origin-Resource-Policy") != "same-origin" {
			t.Errorf("%s: %v", what, h)
		}
		if h.Get("Access-Control-Allow-Origin") != "" || h.Get("Set-Cookie") != "" {
			t.Errorf("%s: lets others in: %v", what, h)
		}
		if w.Code >= 400 && strings.HasPrefix(h.Get("Content-Type"), "application/") {
			var p problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || h.Get("Content-Type") != problemType || p.Status != c.status || p.Title != http.StatusText(c.status) || p.Type != "about:blank" || p.Detail == "" || !strings.HasPrefix(p.Instance, "/") {
				t.Errorf("%s: is no problem: %s, %v", what, w.Body, err)
			}
		}
		if w.Code == http.StatusMethodNotAllowed && h.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: does not say which methods there are", what)
		}
		if w.Code == http.StatusTooManyRequests && h.Get("Retry-After") == "" {
			t.Errorf("%s: does not say when to come again", what)
		}
		if w.Code >= 400 && (h.Get("ETag") != "" || h.Get("Cache-Control") == "private, no-cache") {
			t.Errorf("%s: may be kept: %v", what, h)
		}
	}
}

// TestPanicIsAnAnswer panics in the middle of an answer, while a view is open.
func TestPanicIsAnAnswer(t *testing.T) {
	var log bytes.Buffer
	g := builtIn(t)
	s := server(t, func(c *Config) {
		c.Graph, c.Log, c.Limits.Queries = g, logger(&log), 1
		c.Texts = func(*graph.View) render.Quote { panic("a mistake in the program") }
	})
	for range 3 { // none of them keeps its turn
		w := get(s, "/api/v1/nodes/person/liu-he")
		if w.Code != http.StatusInternalServerError || w.Header().Get("Content-Type") != problemType || strings.Contains(w.Body.String(), "a mistake") {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if !strings.Contains(log.String(), "a mistake in the program") || !strings.Contains(log.String(), "guard_test.go") {
		t.Errorf("the log does not tell what and where: %s", log.String())
	}
	if n := g.Views(); n != 0 {
		t.Errorf("%d views stay open", n)
	}
	ok(t, s, "/api/v1/queries/meetings")
}

// TestClientsAreLimited lets a client make two requests and no third; others are
// not concerned.
func TestClientsAreLimited(t *testing.T) {
	s := server(t, func(c *Config) { c.Limits.Rate, c.Limits.Burst = 1e-6, 2 })
	from := func(remote string) int {
		return ask(s, func(r *http.Request) { r.RemoteAddr = remote }).Code
	}
	for _, c := range []struct{ first, second, third, other string }{
		{"192.0.2.1:1", "192.0.2.1:2", "192.0.2.1:3", "192.0.2.2:1"},
		{"[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8::ffff:ffff:ffff:ffff]:1", "[2001:db8:0:1::1]:1"},
		{"198.51.100.1:1", "[::ffff:198.51.100.1]:1", "198.51.100.1:3", "198.51.100.2:1"},
	} {
		if a, b, third, other := from(c.first), from(c.second), from(c.third), from(c.other); a != 200 || b != 200 || third != 429 || other != 200 {
			t.Errorf("%v: %d %d %d, and another %d", c, a, b, third, other)
		}
	}
}

// TestClientsAreForgotten keeps an attacker with many addresses from filling the
// memory.
func TestClientsAreForgotten(t *testing.T) {
	c := clients{every: 1e-6, burst: 1}
	for i := range mostClients + 10 {
		c.allow("10." + strconv.Itoa(i>>16) + "." + strconv.Itoa(i>>8&255) + "." + strconv.Itoa(i&255) + ":1")
	}
	if n := len(c.known); n > mostClients {
		t.Errorf("%d clients are remembered", n)
	}
}

// TestAnswersAreCompressed reads what is sent with and without compression.
func TestAnswersAreCompressed(t *testing.T) {
	s := server(t, nil)
	for _, address := range []string{"/", "/queries/timeline", "/api/v1/queries/timeline", "/api/v1/queries/timeline?format=csv", "/api/v1/queries/timeline?format=ndjson", "/api/v1/queries/timeline?format=svg", "/openapi.json", "/api/v1/export", "/static/explorer.css"} {
		plain, packed := get(s, address), get(s, address, "Accept-Encoding", "gzip")
		if packed.Header().Get("Content-Encoding") != "gzip" || packed.Body.Len() >= plain.Body.Len() {
			t.Errorf("%s: %d bytes as %q, %d plain", address, packed.Body.Len(), packed.Header().Get("Content-Encoding"), plain.Body.Len())
			continue
		}
		z, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		// An export comes in no order of its own.
		if b, err := io.ReadAll(z); err != nil || len(b) != plain.Body.Len() || address != "/api/v1/export" && string(b) != plain.Body.String() {
			t.Errorf("%s: unpacked it is another answer: %d bytes, %v", address, len(b), err)
		}
		for _, w := range []*httptest.ResponseRecorder{plain, packed} {
			if !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Accept-Encoding") {
				t.Errorf("%s: a cache would take it for the answer to another Accept-Encoding", address)
			}
		}
		if again := get(s, address, "Accept-Encoding", "gzip", "If-None-Match", packed.Header().Get("ETag")); packed.Header().Get("ETag") != "" && again.Code != http.StatusNotModified {
			t.Errorf("%s: %d for the tag of the packed answer", address, again.Code)
		}
	}
	for address, encoding := range map[string]string{"/api/v1/queries/timeline?format=png": "gzip", "/api/v1/queries/timeline": "gzip;q=0", "/healthz": "gzip"} {
		if w := get(s, address, "Accept-Encoding", encoding); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: is compressed, for nothing or unwanted", address)
		}
	}
}

// TestHeadIsGetWithoutTheAnswer asks for the headers alone.
func TestHeadIsGetWithoutTheAnswer(t *testing.T) {
	s := listen(t, nil)
	for _, address := range []string{"/", "/api/v1/queries/meetings?limit=2", "/api/v1/queries/meetings?format=csv", "/api/v1/nodes/person/liu-he", "/api/v1/nodes/person/nobody", "/api/v1/export", "/static/explorer.css", "/readyz"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, "http://"+s.address+address, nil)
		if err != nil {
			t.Fatal(err)
		}
		w, err := caller(t).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = w.Body.Close()
		want := get(s, address, "Host", s.address)
		if w.StatusCode != want.Code {
			t.Errorf("%s: %d, with GET %d", address, w.StatusCode, want.Code)
		}
		for _, name := range []string{"Content-Type", "ETag", "Link", "Parley-Total", "Content-Disposition", "Content-Security-Policy"} {
			if got, want := w.Header.Values(name), want.Header().Values(name); !slices.Equal(got, want) {
				t.Errorf("%s: %s is %q, with GET %q", address, name, got, want)
			}
		}
	}
}

// TestPictureKeepsItsLooks opens a picture by itself: the browser takes the style
// sheet within, and no other.
func TestPictureKeepsItsLooks(t *testing.T) {
	s := server(t, nil)
	w := get(s, "/api/v1/queries/timeline?format=svg")
	_, sheet, _ := strings.Cut(w.Body.String(), "<style>")
	sheet, _, _ = strings.Cut(sheet, "</style>")
	sum := sha256.Sum256([]byte(sheet))
	want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';"
	if got := w.Header().Get("Content-Security-Policy"); sheet == "" || !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}
