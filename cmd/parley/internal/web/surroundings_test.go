package web

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"
)

// pictureOf cuts the picture out of a page.
func pictureOf(t testing.TB, body string) string {
	t.Helper()
	from := strings.Index(body, `<svg class="net-picture"`)
	to := strings.LastIndex(body, "</svg>\n</figure>")
	if from < 0 || to < 0 {
		t.Fatalf("no picture in %.500s", body)
	}
	return body[from : to+len("</svg>")]
}

var (
	nodeInPicture = regexp.MustCompile(`<g(?: id="at")? class="net-node ([^"]*)" data-n="(\d+)" data-id="([^"]*)".*?class="net-box" href="([^"#]*)#at".*?class="net-page" href="([^"]*)"`)
	lineInPicture = regexp.MustCompile(`<g class="net-line([^"]*)" data-a="(\d+)" data-b="(\d+)".*?<title>([^<]*)</title>`)
	anyAddress    = regexp.MustCompile(`href="(/[^"#]*)`)
)

type pictured struct{ looks, number, id, toggle, page string }

func picturedNodes(t testing.TB, body string) map[string]pictured {
	t.Helper()
	nodes := map[string]pictured{}
	for _, m := range nodeInPicture.FindAllStringSubmatch(pictureOf(t, body), -1) {
		n := pictured{m[1], m[2], html.UnescapeString(m[3]), html.UnescapeString(m[4]), html.UnescapeString(m[5])}
		if _, twice := nodes[n.id]; twice {
			t.Errorf("%s is drawn twice", n.id)
		}
		nodes[n.id] = n
	}
	return nodes
}

func (n pictured) open() bool { return slices.Contains(strings.Fields(n.looks), "open") }

func TestGraphBegins(t *testing.T) {
	nodes := picturedNodes(t, ok(t, server(t, nil), "/graph"))
	if len(nodes) != mostAround+1 || !nodes["country/usa"].open() {
		t.Errorf("%d nodes, the United States open: %v", len(nodes), nodes["country/usa"].open())
	}
}

func TestGraphOpensAndFolds(t *testing.T) {
	s := server(t, nil)
	before := picturedNodes(t, ok(t, s, "/graph?node=country/usa"))
	const talks = "meeting/2018-06-beijing-talks"
	if before[talks].open() || !before["country/usa"].open() {
		t.Fatal("only what is asked for is open")
	}
	body := ok(t, s, before[talks].toggle)
	opened := picturedNodes(t, body)
	if !opened[talks].open() || !opened["country/usa"].open() || opened["person/wilbur-ross"].id == "" {
		t.Errorf("%s: not opened", before[talks].toggle)
	}
	if folded := picturedNodes(t, ok(t, s, opened[talks].toggle)); folded[talks].open() || len(folded) != len(before) {
		t.Errorf("%s: not folded", opened[talks].toggle)
	}
	// A part in a meeting and a tenure of an office are lines.
	for id := range opened {
		if folder := graph.ID(id).Folder(); groupOf(graph.ID(id)) < 0 {
			t.Errorf("%s is drawn, a %s", id, folder)
		}
	}
	var said []string
	for _, m := range lineInPicture.FindAllStringSubmatch(pictureOf(t, body), -1) {
		said = append(said, strings.Split(html.UnescapeString(m[4]), "\n")...)
	}
	for _, want := range []string{
		"Wilbur Ross took part in Talks between the US and China in Beijing, June 2018",
		"White House is of United States",
	} {
		if !slices.Contains(said, want) {
			t.Errorf("no line tells %q", want)
		}
	}
}

func TestGraphTellsWhatIsInferred(t *testing.T) {
	body := ok(t, server(t, nil), "/graph?node=move/2019-05-chn-cuts-pork-orders")
	inferred, stated := 0, 0
	for _, m := range lineInPicture.FindAllStringSubmatch(pictureOf(t, body), -1) {
		if strings.Contains(m[1], "inferred") {
			inferred++
			if !strings.Contains(m[4], "(inferred)") {
				t.Errorf("%q does not say that it is inferred", m[4])
			}
		} else {
			stated++
		}
	}
	if inferred == 0 || stated == 0 {
		t.Errorf("%d lines are inferred, %d stated", inferred, stated)
	}
}

func TestGraphLinksKeepTheDay(t *testing.T) {
	s := server(t, nil)
	const day = "2018-09-30"
	body := ok(t, s, "/graph?node=country/chn&node=country/usa&known-by="+day)
	v := graphtest.View(t, s.config.Graph, graph.Options{KnownBy: mustDay(t, day)})
	nodes := picturedNodes(t, body)
	for id, n := range nodes {
		if known, err := v.Known(t.Context(), v.NodeOf(graph.ID(id))); err != nil || !known {
			t.Errorf("%s was not known by %s: %v", id, day, err)
		}
		for _, address := range []string{n.toggle, n.page} {
			if u, err := url.Parse(address); err != nil || u.Query().Get("known-by") != day {
				t.Errorf("%s: %s forgets the day", id, address)
			}
		}
	}
	if all := picturedNodes(t, ok(t, s, "/graph?node=country/chn&node=country/usa")); len(all) <= len(nodes) {
		t.Errorf("%d nodes were known by %s, %d are now", len(nodes), day, len(all))
	}
}

func mustDay(t *testing.T, s string) graph.Date {
	t.Helper()
	d, err := graph.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestGraphLinksLeadSomewhere(t *testing.T) {
	s := server(t, nil)
	seen := map[string]bool{}
	for _, m := range anyAddress.FindAllStringSubmatch(ok(t, s, "/graph?node=meeting/2018-06-beijing-talks&node=person/wilbur-ross"), -1) {
		address := html.UnescapeString(m[1])
		if seen[address] {
			continue
		}
		seen[address] = true
		if w := get(s, address); w.Code != http.StatusOK {
			t.Errorf("%s: %d", address, w.Code)
		}
	}
}

func TestGraphAdds(t *testing.T) {
	s := server(t, nil)
	w := get(s, "/graph?node=country/usa&add=wilbur+ross")
	if want := "/graph?node=country%2Fusa&node=person%2Fwilbur-ross#at"; w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
		t.Errorf("%d %s, not %s", w.Code, w.Header().Get("Location"), want)
	}
	if body := ok(t, s, "/graph?node=country/usa&add=nobody+of+that+name"); !strings.Contains(body, `role="alert"`) || len(picturedNodes(t, body)) == 0 {
		t.Error("an unknown name is not told, or the picture is lost")
	}
	if w := get(s, "/graph?node=person/nobody"); w.Code != http.StatusNotFound {
		t.Errorf("an unknown node: %d", w.Code)
	}
	if body := ok(t, s, "/graph?node=person/nobody&node=country/usa"); !strings.Contains(body, "person/nobody") {
		t.Error("an unknown node among known ones is not told")
	}
}

// hub is a graph in which one country has so many moves, each on a measure of
// its own.
func hub(t testing.TB, moves int) *graph.Graph {
	t.Helper()
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	doc := &graph.Document{Sources: []graph.Source{graphtest.Source("article/hub", "2031-03-05", 1)}}
	at := graph.PassageID("article/hub", "p1")
	doc.Facts = append(doc.Facts, graphtest.Fact(at, "country/hub", "name: Hub"), graphtest.Fact(at, "meeting/talks", "name: Talks", "participants: country/hub"))
	for i := range moves {
		measure := graph.ID(fmt.Sprintf("measure/m%d", i))
		doc.Facts = append(doc.Facts,
			graphtest.Fact(at, measure, fmt.Sprintf("name: Measure %d", i)),
			graphtest.Fact(at, graph.ID(fmt.Sprintf("move/m%d", i)), fmt.Sprintf("name: Move %d", i), "measure: "+string(measure), "agent: country/hub"))
	}
	graphtest.Load(t, g, doc)
	return g
}

func TestGraphOfAHub(t *testing.T) {
	s := server(t, func(c *Config) { c.Graph = hub(t, 3000) })
	for _, day := range []string{"", "&known-by=2032"} {
		body := ok(t, s, "/graph?node=country/hub"+day)
		nodes := picturedNodes(t, body)
		if len(nodes) != mostAround+1 || nodes["meeting/talks"].id == "" {
			t.Errorf("%d nodes are drawn, the meeting among them: %v", len(nodes), nodes["meeting/talks"].id != "")
		}
		if want := "and up to 2,961 more"; !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if nodes := picturedNodes(t, ok(t, s, "/graph?node=country/hub&known-by=2030")); len(nodes) > 0 {
		t.Errorf("%d nodes are drawn of a day on which nothing was known", len(nodes))
	}
}

// wide is the address of a picture that is as full as one may be.
func wide(t testing.TB) (*Server, string) {
	t.Helper()
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	doc := &graph.Document{Sources: []graph.Source{graphtest.Source("article/wide", "2031-03-05", 1)}}
	at := graph.PassageID("article/wide", "p1")
	values := url.Values{}
	for c := range 30 {
		country := fmt.Sprintf("country/c%d", c)
		values.Add("node", country)
		doc.Facts = append(doc.Facts, graphtest.Fact(at, graph.ID(country), fmt.Sprintf("name: The Country of the Number %d", c)))
		for i := range 60 {
			doc.Facts = append(doc.Facts, graphtest.Fact(at, graph.ID(fmt.Sprintf("statement/s%d-%d", c, i)),
				fmt.Sprintf("name: The %d. statement of a country on what another one said of it before", i),
				"agent: "+country, fmt.Sprintf("target: country/c%d", (c+i)%30), fmt.Sprintf("about: country/c%d", (c+3*i)%30)))
		}
	}
	graphtest.Load(t, g, doc)
	return server(t, func(c *Config) { c.Graph = g }), "/graph?" + values.Encode()
}

func TestGraphIsBounded(t *testing.T) {
	s, address := wide(t)
	body := ok(t, s, address)
	nodes := picturedNodes(t, body)
	open := 0
	for _, n := range nodes {
		if n.open() {
			open++
		}
	}
	if len(nodes) != mostNodes || open != mostOpen {
		t.Errorf("%d nodes are drawn and %d open; the most are %d and %d", len(nodes), open, mostNodes, mostOpen)
	}
	for _, want := range []string{"6 more are not", "At most 500 nodes are drawn"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestGraphIsDetermined(t *testing.T) {
	const address = "/graph?node=country/usa&node=country/chn"
	one, other := pictureOf(t, ok(t, server(t, nil), address)), pictureOf(t, ok(t, server(t, nil), address))
	if one != other {
		t.Error("two pictures of one state differ")
	}
}

// illNamed is a graph in which all have names that have broken other programs.
func illNamed(t testing.TB) (*graph.Graph, []string) {
	t.Helper()
	names := []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "\u202ereversed", "nul\x01", strings.Repeat("long ", 2000),
		strings.Repeat("unbroken", 1250), "</title></svg>", "{{.}}", "javascript:alert(1)", `&quot;&#x27;`, "]]>", "\u0627\u0644\u0635\u064a\u0646",
	}
	doc := &graph.Document{Sources: []graph.Source{graphtest.Source("article/ill", "2031-03-05", 1)}}
	at := graph.PassageID("article/ill", "p1")
	for i, name := range names {
		doc.Facts = append(doc.Facts,
			graphtest.Fact(at, graph.ID(fmt.Sprintf("country/c%d", i)), "name: "+name),
			graphtest.Fact(at, graph.ID(fmt.Sprintf("move/m%d", i)), "name: "+name, fmt.Sprintf("agent: country/c%d", i), "target: country/c0"))
	}
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	graphtest.Load(t, g, doc)
	return g, names
}

func TestGraphOfHostileNames(t *testing.T) {
	g, names := illNamed(t)
	s := server(t, func(c *Config) { c.Graph = g })
	for _, address := range []string{"/graph", "/graph?node=country/c0&node=country/c4&node=move/m5", "/graph?add=" + url.QueryEscape(names[0])} {
		body := get(s, address).Body.String()
		for _, harm := range []string{"<script>alert", "<img", " style=", "\u202e", "\x01", " onclick"} {
			if strings.Contains(body, harm) {
				t.Errorf("%s: the page has %q", address, harm)
			}
		}
		if len(body) > 1<<20 {
			t.Errorf("%s: %d bytes", address, len(body))
		}
		d := xml.NewDecoder(strings.NewReader(pictureOf(t, body)))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: the picture is no XML: %v", address, err)
			}
		}
	}
	for _, text := range append(names, "person/"+strings.Repeat("x", 10_000), "\xff\x00") {
		if w := get(s, "/graph?node="+url.QueryEscape(text)); w.Code != http.StatusNotFound && w.Code != http.StatusOK {
			t.Errorf("%.40q: %d", text, w.Code)
		}
	}
}

// leaving is the context of a client that goes away after so many looks at
// whether it has.
type leaving struct {
	context.Context
	looks int
}

func (l *leaving) Err() error {
	if l.looks--; l.looks < 0 {
		return context.Canceled
	}
	return nil
}

func TestGraphOfWhoeverGoesAway(t *testing.T) {
	s := server(t, nil)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/graph?node=country/usa&node=country/chn", nil)
	stopped := 0
	for looks := 0; ; looks += 7 {
		p := &page{request: request}
		err := s.surroundings(&leaving{t.Context(), looks}, p)
		if err == nil {
			break
		}
		if stopped++; !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d looks: %v", looks, err)
		}
	}
	if stopped < 10 {
		t.Errorf("the client is looked after only %d times", 7*stopped)
	}
}

// TestGraphLinesAreOfTheVocabulary pins which predicates are lines, so that a
// new one is looked at.
func TestGraphLinesAreOfTheVocabulary(t *testing.T) {
	want := []*vocab.Predicate{
		vocab.InCountry, vocab.ContainedIn, vocab.PartOf, vocab.PostIn, vocab.Agent, vocab.SpokenBy, vocab.Target, vocab.AttributedTo,
		vocab.Location, vocab.PartOfMeeting, vocab.Changes, vocab.ReachedIn, vocab.Extends, vocab.Under, vocab.OnMeasure, vocab.NotWith, vocab.PartOfMeasure,
		vocab.RespondsTo, vocab.ConditionalOn, vocab.CarriesOut, vocab.Ends, vocab.About, vocab.ReportOf, vocab.Publisher, vocab.DerivedFrom,
	}
	if !slices.Equal(lines, want) {
		var got []string
		for _, p := range lines {
			got = append(got, p.Name)
		}
		t.Errorf("lines are %v", got)
	}
}

func BenchmarkGraphPage(b *testing.B) {
	most, address := wide(b)
	for _, c := range []struct {
		name, address string
		s             *Server
	}{
		{"50", "/graph?node=meeting/2018-06-beijing-talks&node=country/chn", server(b, nil)},
		{strconv.Itoa(mostNodes), address, most},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				ok(b, c.s, c.address)
			}
		})
	}
}

func BenchmarkGraphOfAHub(b *testing.B) {
	s := server(b, func(c *Config) { c.Graph = hub(b, 100_000); c.Limits.Timeout = time.Minute })
	for b.Loop() {
		ok(b, s, "/graph?node=country/hub")
	}
}
