package web

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"hash/fnv"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"parley/graph"
	"parley/queries"
	"parley/queries/picture"
)

//go:embed templates static
var files embed.FS

// pageRoutes adds the routes for people.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", s.page(s.home))
	mux.HandleFunc("GET /queries", s.page(s.queryList))
	mux.HandleFunc("GET /queries/{name}", s.page(s.query))
	mux.HandleFunc("GET /nodes", s.page(s.node))
	mux.HandleFunc("GET /nodes/{id...}", s.page(s.node))
	mux.HandleFunc("GET /search", s.page(s.search))
	mux.HandleFunc("GET /graph", s.page(s.surroundings))
	mux.HandleFunc("GET /known-by", s.knownOn)
	mux.HandleFunc("GET /static/{file}", static)
	mux.HandleFunc("GET /", s.page(func(_ context.Context, p *page) error {
		return notFound("no page has the address " + p.request.URL.Path)
	}))
}

// page is what the frame of every page shows, and what is within.
type page struct {
	links
	request *http.Request
	status  int
	passing bool // another answer may stand at the address in a moment

	Name   string // of the template of what is within
	Title  string
	Path   string // of the page, with its arguments and without the day
	Search string // what is in the search box
	Wide   bool   // whether it takes the whole width of the screen
	Days   slider
	latest graph.Day // on which anything that is shown came out
	Body   any
	cited  cited
}

// Sources are the articles that the page cites, with the passages, in order.
func (p *page) Sources() []citedArticle { return p.cited.articles() }

// page makes the handler of a page from what fills it.
func (s *Server) page(fill func(context.Context, *page) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.unchanged(w, r) {
			return
		}
		p := &page{request: r, status: http.StatusOK, Path: plain(r.URL)}
		err := s.inTurn(w, r, func(w http.ResponseWriter, r *http.Request) error {
			err := p.day(r.Context(), s)
			if err == nil {
				err = fill(r.Context(), p)
			}
			if err == nil {
				s.write(w, p)
			}
			return err
		})
		var moved redirect
		switch {
		case errors.As(err, &moved):
			w.Header().Del("ETag")
			http.Redirect(w, r, string(moved), http.StatusSeeOther)
		case err != nil:
			p.failed(s, err)
			s.write(w, p)
		}
	}
}

// redirect is another address at which the answer stands.
type redirect string

func (r redirect) Error() string { return "stands at " + string(r) }

// day reads the day as of which a page is asked for.
func (p *page) day(ctx context.Context, s *Server) error {
	day, err := knownBy(p.request)
	if err != nil {
		return err
	}
	p.knownBy = day
	p.cited.links = p.links
	days, err := s.history.Days(ctx)
	if err != nil {
		return err
	}
	p.Days = newSlider(days, day)
	p.latest = graph.MinDay
	for _, d := range days {
		if day.IsZero() || d <= day.Latest() {
			p.latest = max(p.latest, d)
		}
	}
	return nil
}

// failed makes the page one that tells of an error.
func (p *page) failed(s *Server, err error) {
	f := s.failed(p.Path, err)
	p.status, p.Name, p.Title, p.Wide = f.status, "failure", f.title, false
	near := []span{}
	for _, ref := range f.near {
		near = append(near, span{Text: ref.Name, URL: p.Node(ref.ID), Note: className(ref.ID)})
	}
	p.Body = struct {
		Detail string
		Near   []span
	}{f.detail, near}
}

// write writes a page whole, or what went wrong with it.
func (s *Server) write(w http.ResponseWriter, p *page) {
	var b bytes.Buffer
	if err := templates().ExecuteTemplate(&b, "page.html", p); err != nil {
		s.config.Log.Error("a page cannot be written", "path", p.Path, "error", err)
		http.Error(w, "The page cannot be written; the server's log tells why.", http.StatusInternalServerError)
		return
	}
	if p.status != http.StatusOK {
		refusing(w.Header(), p.status)
	}
	if p.passing {
		w.Header().Del("ETag")
		w.Header().Set("Cache-Control", "no-store")
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(p.status)
	var clean bytes.Buffer
	for line := range strings.Lines(b.String()) {
		text, end := strings.CutSuffix(line, "\n")
		// Whatever a name holds, it turns no text around it and stays UTF-8.
		clean.WriteString(queries.Clean(text))
		if end {
			clean.WriteByte('\n')
		}
	}
	_, _ = clean.WriteTo(w)
}

// plain is an address of this server without the day.
func plain(u *url.URL) string {
	values := u.Query()
	values.Del("known-by")
	if len(values) == 0 {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + values.Encode()
}

// templates are read once, when the first page is asked for.
var templates = sync.OnceValue(func() *template.Template {
	t := template.New("").Funcs(template.FuncMap{
		"static":    staticURL,
		"className": className,
		"words":     func(d graph.Date) string { return d.Words() },
		"title":     func(q *queries.Query) string { return q.Title },
		"add":       func(a, b int) int { return a + b },
		// Parameters are flags on the command line only.
		"unflagged": func(s string) string { return strings.ReplaceAll(s, "--", "") },
		"isActor":   isActor,
	})
	// The body of a page is the template that the page names.
	t.Funcs(template.FuncMap{"within": func(p *page) (template.HTML, error) {
		var b strings.Builder
		err := t.ExecuteTemplate(&b, p.Name+".html", p)
		return template.HTML(b.String()), err //nolint:gosec // a template has written it
	}})
	return template.Must(t.ParseFS(files, "templates/*.html"))
})

// staticTags are the versions of the static files, by name.
var staticTags = sync.OnceValue(func() map[string]string {
	tags := map[string]string{}
	names, err := fs.Glob(files, "static/*")
	if err != nil {
		panic(err) // the pattern is fixed
	}
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			panic(err) // the program holds the file
		}
		tags[path.Base(name)] = tagOf(b)
	}
	tags[pictureCSS] = tagOf([]byte(picture.CSS()))
	return tags
})

// pictureCSS is the style sheet that pictures have.
const pictureCSS = "picture.css"

func tagOf(b []byte) string {
	h := fnv.New64a()
	_, _ = h.Write(b)
	return fmt.Sprintf("%x", h.Sum64())
}

// staticURL is the address of a static file, another for each of its versions.
func staticURL(name string) string { return "/static/" + name + "?v=" + staticTags()[name] }

var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

// static serves the files that pages use. An address that names the version of
// the file stays good for ever.
func static(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	tag, ok := staticTags()[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", `W/"`+tag+`"`) // it is sent compressed and plain
	w.Header().Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == tag {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if strings.Contains(r.Header.Get("If-None-Match"), `"`+tag+`"`) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	b := []byte(picture.CSS())
	if name != pictureCSS {
		var err error
		if b, err = files.ReadFile("static/" + name); err != nil {
			http.NotFound(w, r)
			return
		}
	}
	w.Header().Set("Content-Type", mediaTypes[path.Ext(name)])
	_, _ = w.Write(b)
}

// mostStops bounds how many days the slider stops at.
const mostStops = 400

// slider is the choice of a day: a stop for each day on which something came
// out, and the last one for all that is known.
type slider struct {
	Stops []string
	At    int // First where nothing was known yet
	First int // -1 where At is before the first stop, which can be chosen then
	Last  int // the stop for everything
	Label string
	All   string // the label of the stop for everything
}

func newSlider(days []graph.Day, at graph.Date) slider {
	for len(days) > mostStops {
		kept := make([]graph.Day, 0, len(days)/2+1)
		for i := len(days) - 1; i >= 0; i -= 2 {
			kept = append(kept, days[i])
		}
		slices.Reverse(kept)
		days = kept
	}
	s := slider{Last: len(days), At: len(days), All: "everything"}
	if len(days) > 0 {
		s.All += " (to " + days[len(days)-1].String() + ")"
	}
	s.Label = s.All
	for _, d := range days {
		s.Stops = append(s.Stops, d.String())
	}
	if !at.IsZero() {
		i, found := slices.BinarySearch(days, at.Latest())
		if !found {
			i--
		}
		s.At, s.First, s.Label = i, min(i, 0), at.Words()
	}
	return s
}

// knownOn leads to a page as of the stop that the slider was moved to, for
// browsers without scripts.
func (s *Server) knownOn(w http.ResponseWriter, r *http.Request) {
	to := r.URL.Query().Get("to")
	target, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, "/") || target.Host != "" || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`) {
		target = &url.URL{Path: "/"}
	}
	days, err := s.history.Days(r.Context())
	text := r.URL.Query().Get("stop")
	stop, problem := strconv.Atoi(text)
	if text == "" {
		stop, problem = len(days), nil
	}
	if err == nil && problem != nil {
		err = &queries.ArgError{Param: "stop", Value: text, Problem: "write a whole number: the stop of the slider"}
	}
	if err == nil {
		err = once(r.URL.Query())
	}
	if err != nil {
		p := &page{request: r, Path: "/"}
		p.failed(s, err)
		s.write(w, p)
		return
	}
	slider := newSlider(days, graph.Date{})
	values := target.Query()
	values.Del("known-by")
	switch {
	case stop < 0 && slider.Last > 0:
		values.Set("known-by", (days[0] - 1).String()) // where the slider was
	case stop >= 0 && stop < slider.Last:
		values.Set("known-by", slider.Stops[stop])
	}
	target.RawQuery = values.Encode()
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, target.RequestURI(), http.StatusSeeOther)
}

// Arguments are what the page was asked with, without the filter and the row
// that it begins with.
func (p *page) Arguments() url.Values {
	values := p.request.URL.Query()
	values.Del(filterArgument)
	values.Del(fromArgument)
	return values
}

// KnownBy is the day as of which the page is shown, the zero Date for now.
func (p *page) KnownBy() graph.Date { return p.knownBy }
