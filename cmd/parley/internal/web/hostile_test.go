package web

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"
	"parley/queries/render"

	"github.com/cayleygraph/quad"
)

// hostile are names that have broken other programs.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `=HYPERLINK("http://evil.example")`, `+1`, `-1`, `@SUM(A1)`,
	"\u202ereversed\u202c", "tab\tand\nline", "nul\x00\x01", strings.Repeat("long ", 2000), "javascript:alert(1)", "{{.}}", "</title></svg>", "' or 1=1 --",
	"\t=1", "\n=1", "\r\nSet-Cookie: a=b", "<![CDATA[", "]]>", "<!-- ", "\xff\xfe", "＝1", "'><b onclick=alert(1)>",
}

// hostileIRI is a term of another vocabulary that wants to be run.
const hostileIRI = `javascript:alert("<b>")`

// hostileGraph is a graph in which everything has such a name. Facts files may
// say no such thing; a store that another program filled may.
func hostileGraph(t testing.TB) *graph.Graph {
	t.Helper()
	source := graph.Source{
		ID: "reference/r", Class: vocab.Reference, Title: hostile[0], URL: hostileIRI, Publisher: "organization/a",
		Published: day(t, "2018-06-05"), Passages: []graph.Passage{{ID: graph.WholeID("reference/r")}},
	}
	doc := &graph.Document{Sources: []graph.Source{source}}
	fact := func(c *vocab.Class, slug string, values ...graph.Value) {
		doc.Facts = append(doc.Facts, graph.Fact{Class: c, ID: graph.ID(c.Folder + "/" + slug), Passage: graph.WholeID(source.ID), Values: values})
	}
	say := func(p *vocab.Predicate, text string) graph.Value {
		return graph.Value{Predicate: p, Literal: graph.Literal(p, text)}
	}
	link := func(p *vocab.Predicate, id graph.ID) graph.Value { return graph.Value{Predicate: p, Node: id} }
	for i, name := range hostile {
		slug := string(rune('a' + i))
		named := []graph.Value{say(vocab.Name, name), say(vocab.Description, name)}
		for _, c := range []*vocab.Class{vocab.Person, vocab.Country, vocab.Organization, vocab.Office, vocab.Place} {
			fact(c, slug, append(named, say(vocab.Alias, name+"!"), graph.Value{Predicate: vocab.SameAs, Literal: quad.IRI(hostileIRI)})...)
		}
		fact(vocab.Measure, slug, append(named, say(vocab.Instrument, "tariff"))...)
		move := slices.Concat(named, []graph.Value{
			link(vocab.OnMeasure, graph.ID("measure/"+slug)), say(vocab.Phase, "raised"), say(vocab.Goods, name), say(vocab.LegalBasis, name),
			link(vocab.Agent, graph.ID("country/"+slug)), link(vocab.Target, "country/a"), link(vocab.SpokenBy, graph.ID("person/"+slug)), say(vocab.Announced, "2018-06-01"),
			{Predicate: vocab.HasRate, Rate: graph.Rate{Max: "10"}},
		})
		if i > 0 {
			move = append(move, link(vocab.RespondsTo, "move/a"))
		}
		fact(vocab.MeasureMove, slug, move...)
		fact(vocab.Statement, slug, append(named, say(vocab.Stance, "threaten"), link(vocab.Agent, graph.ID("country/"+slug)), say(vocab.Date, "2018-06-03"),
			link(vocab.RespondsTo, graph.ID("move/"+slug)), say(vocab.Condition, name))...)
		fact(vocab.Meeting, slug, append(named, say(vocab.Kind, "talks"), say(vocab.Status, "held"), say(vocab.Date, "2018-06-02"), link(vocab.Location, graph.ID("place/"+slug)), say(vocab.Outcome, name),
			graph.Value{Predicate: vocab.HasParticipation, Participation: graph.Participation{Actor: graph.ID("country/" + slug), Role: "lead"}},
			graph.Value{Predicate: vocab.HasParticipation, Participation: graph.Participation{Actor: "country/b", Role: "host"}})...)
		fact(vocab.StatusChange, slug, append(named, link(vocab.Changes, graph.ID("meeting/"+slug)), say(vocab.Status, "held"), say(vocab.Reason, name),
			link(vocab.Agent, graph.ID("country/"+slug)), say(vocab.Date, "2018-06-04"))...)
	}
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	quads := append(doc.Quads(), quad.Quad{
		Subject: quad.IRI(hostileIRI), Predicate: quad.IRI(`http://p.example/<b>`), Object: quad.String(hostile[1]), Label: graph.WholeID(source.ID).Value(),
	})
	if _, err := g.Add(t.Context(), quads); err != nil {
		t.Fatal(err)
	}
	if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
		t.Fatal(err)
	}
	return g
}

func day(t testing.TB, text string) graph.Date {
	t.Helper()
	d, err := graph.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// subjects are the ids of all nodes of which a graph says something.
func subjects(t testing.TB, g *graph.Graph) []graph.ID {
	t.Helper()
	var ids []graph.ID
	for q, err := range g.Quads(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if id, ok := graph.IDOf(q.Subject); ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// TestNamesAreNoMarkup reads every page of a graph whose names are markup.
func TestNamesAreNoMarkup(t *testing.T) {
	g := hostileGraph(t)
	s := server(t, func(c *Config) { c.Graph = g })
	addresses := []string{"/", "/queries", "/nodes/<script>", "/queries/<script>", "/<script>", "/search", "/graph", "/?known-by=<script>"}
	for _, id := range subjects(t, g) {
		addresses = append(addresses, "/nodes?id="+url.QueryEscape(string(id)), "/graph?node="+url.QueryEscape(string(id)))
	}
	for _, c := range vocab.Classes() {
		addresses = append(addresses, "/search?class="+c.Folder)
	}
	for _, q := range queries.All() {
		addresses = append(addresses, strings.TrimPrefix(address(q, example(q)), "/api/v1"), "/queries/"+q.Name)
		for _, p := range q.AllParams() {
			addresses = append(addresses, "/queries/"+q.Name+"?"+p.Name+"="+url.QueryEscape(hostile[1]))
		}
		addresses = append(addresses, "/queries/"+q.Name+"?actor=country/a&on=2018-07-01&with=country/b&filter="+url.QueryEscape(hostile[0]))
	}
	for _, name := range hostile {
		addresses = append(addresses, "/search?q="+url.QueryEscape(name), "/nodes?id="+url.QueryEscape(name), "/graph?node="+url.QueryEscape(name))
	}
	for _, address := range addresses {
		at, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		w := get(s, at.String())
		if w.Code >= http.StatusInternalServerError {
			t.Errorf("%s: %d", address, w.Code)
		}
		switch kind := w.Header().Get("Content-Type"); kind {
		case "text/html; charset=utf-8":
			tame(t, address, w)
		case "text/plain; charset=utf-8", "": // a line of words, or another address
		default:
			t.Errorf("%s: is %s", address, kind)
		}
	}
}

// tame fails where a page has an element that no template and no picture writes,
// runs a script that is no file of the server, or leads to what would be run.
func tame(t *testing.T, address string, w *httptest.ResponseRecorder) {
	t.Helper()
	known := strings.Fields(`html head meta title link script body header nav main footer section article aside h1 h2 h3 h4 p a ul ol li dl dt dd
		table caption thead tbody tfoot tr th td form label input select option optgroup button datalist output fieldset legend details summary span
		div bdi bdo em strong b small abbr time code pre br hr figure figcaption noscript template search blockquote cite q mark
		svg g path rect circle ellipse line polyline polygon text tspan defs marker desc use symbol pattern clipPath`)
	page := w.Body.String()
	if !utf8.ValidString(page) {
		t.Errorf("%s: is no UTF-8", address)
	}
	for _, r := range "\u202a\u202b\u202d\u202e\u2066\u2067\u2068" {
		if strings.ContainsRune(page, r) {
			t.Errorf("%s: has %U, which turns what follows", address, r)
		}
	}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", address, err)
			return
		}
		element, is := token.(xml.StartElement)
		if !is {
			if _, comment := token.(xml.Comment); comment {
				t.Errorf("%s: has a comment", address)
			}
			continue
		}
		if !slices.Contains(known, element.Name.Local) {
			t.Errorf("%s: has an element %s", address, element.Name.Local)
		}
		for _, a := range element.Attr {
			name, value := a.Name.Local, strings.ToLower(strings.TrimSpace(a.Value))
			switch {
			case strings.HasPrefix(name, "on") || name == "style" || name == "srcdoc":
				t.Errorf("%s: %s has %s=%q", address, element.Name.Local, name, a.Value)
			case element.Name.Local == "script" && name == "src" && !strings.HasPrefix(value, "/static/"):
				t.Errorf("%s: a script comes from %s", address, a.Value)
			case (name == "href" || name == "src" || name == "action" || name == "formaction") && strings.Contains(strings.SplitN(value, "/", 2)[0], ":") &&
				!strings.HasPrefix(value, "http://") && !strings.HasPrefix(value, "https://"):
				t.Errorf("%s: %s leads to %.60q", address, element.Name.Local, a.Value)
			}
		}
	}
}

// TestNamesKeepWithinTheirFormats reads every answer of the API.
func TestNamesKeepWithinTheirFormats(t *testing.T) {
	g := hostileGraph(t)
	s := server(t, func(c *Config) { c.Graph = g })
	for _, q := range queries.All() {
		for _, f := range formatsOf(q) {
			at := "/api/v1/queries/" + q.Name + "?" + url.Values{"format": {f.Name}}.Encode()
			for name, value := range map[string]string{"actor": "country/b", "with": "country/d", "on": "2018-07-01"} {
				if slices.ContainsFunc(q.Params, func(p queries.Param) bool { return p.Name == name && p.Required }) {
					at += "&" + name + "=" + url.QueryEscape(value)
				}
			}
			w := get(s, at)
			if w.Code != http.StatusOK {
				t.Errorf("%s: %d %.200s", at, w.Code, w.Body)
				continue
			}
			reads(t, at, f, w.Body.String())
			for name, values := range w.Header() {
				if strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") {
					t.Errorf("%s: the header %s has %q", at, name, values)
				}
			}
		}
	}
	for _, id := range subjects(t, g) {
		if body := ok(t, s, "/api/v1/nodes?id="+url.QueryEscape(string(id))); !json.Valid([]byte(body)) {
			t.Errorf("%s: no JSON", id)
		}
	}
	for _, name := range hostile {
		if body := ok(t, s, "/api/v1/search?q="+url.QueryEscape(name)); !json.Valid([]byte(body)) {
			t.Errorf("%q: no JSON", name)
		}
		w := get(s, "/api/v1/queries/negotiated-with?actor="+url.QueryEscape("no "+name))
		if !json.Valid(w.Body.Bytes()) || w.Header().Get("Content-Type") != problemType {
			t.Errorf("%.40q: %d %.100s", name, w.Code, w.Body)
		}
	}
}

// reads fails where a format cannot be read by what reads it.
func reads(t *testing.T, address string, f *render.Format, body string) {
	t.Helper()
	switch f {
	case render.JSON:
		if !json.Valid([]byte(body)) {
			t.Errorf("%s: no JSON", address)
		}
	case render.NDJSON:
		for line := range strings.Lines(body) {
			if !json.Valid([]byte(line)) {
				t.Errorf("%s: no JSON: %.100q", address, line)
			}
		}
	case render.SVG:
		d := xml.NewDecoder(strings.NewReader(body))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Errorf("%s: %v", address, err)
				return
			}
			if e, is := token.(xml.StartElement); is && slices.Contains([]string{"script", "img", "b", "foreignObject"}, e.Name.Local) {
				t.Errorf("%s: has an element %s", address, e.Name.Local)
			}
		}
	case render.CSV:
		records, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil {
			t.Errorf("%s: %v", address, err)
		}
		for _, record := range records {
			for _, cell := range record {
				if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
					t.Errorf("%s: a cell begins as a formula: %.40q", address, cell)
				}
			}
		}
	}
}

// TestHostileNamesAreThere keeps the tests above from reading pages without the
// names.
func TestHostileNamesAreThere(t *testing.T) {
	s := server(t, func(c *Config) { c.Graph = hostileGraph(t) })
	var answer struct{ Rows []map[string]any }
	if err := json.Unmarshal([]byte(ok(t, s, "/api/v1/queries/tariff-moves", "Accept", "application/json")), &answer); err != nil || len(answer.Rows) != len(hostile) {
		t.Fatalf("%d rows, %v", len(answer.Rows), err)
	}
	text := ok(t, s, "/api/v1/queries/tariff-moves")
	for _, name := range hostile {
		told, _ := json.Marshal(name)
		if unescaped := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(told)); !strings.Contains(text, strings.Trim(unescaped, `"`)) {
			t.Errorf("no move is called %.60s", unescaped)
		}
	}
}
