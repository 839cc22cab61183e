package picture

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"parley/graph"
	"parley/queries"

	"pgregory.net/rapid"
)

var drawnQueries = []*queries.Query{queries.NegotiatedWith, queries.RetaliationChains, queries.Timeline, queries.RateHistory}

// names that have broken other programs' pictures.
var names = []string{
	"Liu He", "美国贸易代表办公室", "<script>alert(1)</script>", `"quoted" & 'so'`, "=1+1", "a; b: #c; [d] {e} |f|",
	"\u202egnp.exe", "nul\x00 in it", "bad \xff utf8", strings.Repeat("long ", 2000), strings.Repeat("W", 10_000), "e\u0301",
	"end", "click me", "Ministry of Commerce of the People's Republic of China", "",
}

func date(t interface{ Fatal(...any) }, s string) graph.Date {
	if s == "" {
		return graph.Date{}
	}
	d, err := graph.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// made draws up an answer of so many rows among so many nodes.
func made(t *rapid.T, q *queries.Query, rows, nodes int) *queries.Answer {
	ref := func(folder, of string) graph.Ref {
		n := rapid.IntRange(0, nodes-1).Draw(t, of)
		name := fmt.Sprintf("%s %d", names[n%len(names)], n)
		return graph.Ref{ID: graph.ID(fmt.Sprintf("%s/%s-%d", folder, folder, n)), Name: name}
	}
	dates := []string{"", "2018-05", "2018-05-31", "/2018-06-02", "2018-06-02/2018-06-03", "2019-02-1X", "2025-10-12", "1999", "0001-01-01", "9999-12-31", "2018-05-31~"}
	a := &queries.Answer{Query: q, Total: rows, Sides: map[graph.ID]graph.Ref{}}
	chain, step := 1, 0
	for range rows {
		row := make([]any, len(q.Columns))
		for i, c := range q.Columns {
			switch c.Kind {
			case queries.NodeColumn:
				folder := "person"
				if c.Name == "action" || c.Name == "meeting" {
					folder = rapid.SampledFrom([]string{"move", "change", "statement", "meeting"}).Draw(t, "folder")
				}
				row[i] = ref(folder, c.Name)
			case queries.NodesColumn:
				agent := ref("organization", c.Name)
				row[i] = []graph.Ref{agent}
				if rapid.Bool().Draw(t, "sided") {
					a.Sides[agent.ID] = ref("country", "side")
				}
			case queries.DateColumn:
				if d := rapid.SampledFrom(dates).Draw(t, "date"); d != "" {
					row[i] = date(t, d)
				}
			case queries.CountColumn:
				if c.Name == "chain" {
					if step > 0 && rapid.IntRange(0, 2).Draw(t, "new chain") == 0 {
						chain, step = chain+1, 0
					}
					row[i] = chain
				} else {
					row[i] = step
					step++
				}
			case queries.WordColumn:
				words := map[string][]string{
					"status": {"held", "planned", "cancelled", "postponed", "stalled", ""}, "mode": {"in-person", "video", "phone", ""},
					"basis": {"stated", "inferred"}, "phase": {"announced", "threatened", "in-force", ""},
				}[c.Name]
				if words == nil {
					words = []string{"tariff", "talks"}
				}
				if w := rapid.SampledFrom(words).Draw(t, c.Name); w != "" {
					row[i] = w
				}
			case queries.RateColumn:
				if rapid.Bool().Draw(t, "rated") {
					row[i] = graph.Rate{Max: "10"}
				}
			}
		}
		a.Rows = append(a.Rows, row)
	}
	return a
}

// checkScene holds a scene against what a reader needs: no text over another,
// none outside, no arrow over a box, no number that is none.
func checkScene(t interface{ Errorf(string, ...any) }, s *scene) {
	type box struct {
		x1, y1, x2, y2 float64
		text           string
	}
	var boxes, acts []box
	depth := 0
	for _, i := range s.items {
		if i.kind == rectItem && i.class != "lane" {
			acts = append(acts, box{i.x, i.y, i.x + i.w, i.y + i.h, ""})
		}
	}
	for _, i := range s.items {
		switch i.kind {
		case openItem:
			depth++
			if i.title == "" {
				t.Errorf("what leads to %q has no title", i.url)
			}
		case closeItem:
			depth--
		case textItem:
			x1, y1, x2, y2 := i.box()
			if x1 < 0 || y1 < 0 || x2 > s.width || y2 > s.height {
				t.Errorf("%.40q lies at %.0f–%.0f, %.0f–%.0f, outside %.0f by %.0f", i.text, x1, x2, y1, y2, s.width, s.height)
			}
			boxes = append(boxes, box{x1, y1, x2, y2, i.text})
		}
		if i.class == "stated" || i.class == "inferred" {
			for n := 1; n < len(i.path); n++ {
				p, q := i.path[n-1].points[0], i.path[n].points[0]
				for _, a := range acts {
					if min(p.x, q.x) < a.x2 && max(p.x, q.x) > a.x1 && min(p.y, q.y) < a.y2 && max(p.y, q.y) > a.y1 {
						t.Errorf("an arrow at %.0f, %.0f runs over a box at %.0f–%.0f, %.0f–%.0f", p.x, p.y, a.x1, a.x2, a.y1, a.y2)
						return
					}
				}
			}
		}
		if f := i.x + i.y + i.w + i.h; f != f {
			t.Errorf("a shape of class %q has no place", i.class)
		}
	}
	if depth != 0 {
		t.Errorf("%d links are not closed", depth)
	}
	for n, a := range boxes {
		for _, b := range boxes[:n] {
			if a.x1 < b.x2-.5 && b.x1 < a.x2-.5 && a.y1 < b.y2-.5 && b.y1 < a.y2-.5 {
				t.Errorf("%.40q lies over %.40q", a.text, b.text)
				return
			}
		}
	}
}

func TestTextsNeverOverlap(t *testing.T) {
	for _, q := range drawnQueries {
		t.Run(q.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				a := made(t, q, rapid.IntRange(0, 60).Draw(t, "rows"), rapid.IntRange(1, 30).Draw(t, "nodes"))
				p, err := Of(a, Options{})
				if err != nil {
					t.Fatal(err)
				}
				checkScene(t, p.scene())
				if narrow := p.Narrow(); narrow != nil {
					checkScene(t, narrow.scene())
				}
			})
		})
	}
}

func TestHundredActors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, q := range drawnQueries {
			a := made(t, q, 300, 100)
			p, err := Of(a, Options{})
			if err != nil {
				t.Fatal(err)
			}
			checkScene(t, p.scene())
			if len(p.Ties) > mostTies && q == queries.NegotiatedWith || len(p.Marks) > mostEvents {
				t.Fatalf("%s: %d marks, %d ties", q.Name, len(p.Marks), len(p.Ties))
			}
		}
	})
}

// TestSVGIsXML reads pictures of anything back as XML, and finds in them only
// what a page with a strict policy may hold.
func TestSVGIsXML(t *testing.T) {
	for _, q := range drawnQueries {
		rapid.Check(t, func(t *rapid.T) {
			p, err := Of(made(t, q, rapid.IntRange(0, 20).Draw(t, "rows"), 16), Options{})
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := p.Inline(&b, "p1"); err != nil {
				t.Fatal(err)
			}
			for d := xml.NewDecoder(&b); ; {
				token, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatal(err)
				}
				element, ok := token.(xml.StartElement)
				if !ok {
					continue
				}
				switch element.Name.Local {
				case "svg", "title", "desc", "a", "g", "rect", "circle", "path", "text":
				default:
					t.Fatalf("an element %s", element.Name.Local)
				}
				for _, attribute := range element.Attr {
					if attribute.Name.Local == "style" || strings.HasPrefix(attribute.Name.Local, "on") ||
						attribute.Name.Local == "href" && !strings.HasPrefix(attribute.Value, "/") {
						t.Fatalf("an attribute %s=%q", attribute.Name.Local, attribute.Value)
					}
				}
			}
		})
	}
}

func TestMarksLeadToTheExplorer(t *testing.T) {
	q := queries.NegotiatedWith
	row := make([]any, len(q.Columns))
	row[0], row[1] = graph.Ref{ID: "person/liu-he", Name: "Liu He"}, graph.Ref{ID: "http://other.example/x y", Name: "Another"}
	row[2], row[4] = graph.Ref{ID: "meeting/talks", Name: "Talks"}, "held"
	a := &queries.Answer{
		Query: q, Rows: [][]any{row}, Total: 1,
		Parameters: []queries.Argument{{Name: "known-by", Value: date(t, "2018-09-30")}},
	}
	p, err := Of(a, Options{Explorer: "http://127.0.0.1:8080/"})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := p.SVG(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`href="http://127.0.0.1:8080/nodes/person/liu-he?known-by=2018-09-30"`,
		`href="http://127.0.0.1:8080/nodes?id=http%3A%2F%2Fother.example%2Fx+y&amp;known-by=2018-09-30"`,
		`href="http://127.0.0.1:8080/nodes/meeting/talks?known-by=2018-09-30"`,
		"<style>", "Liu He and Another: 1, held, how is not told: Talks",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
}

func TestNoPicture(t *testing.T) {
	if _, err := Of(&queries.Answer{Query: queries.Sources}, Options{}); err == nil || !strings.Contains(err.Error(), "sources has no picture") {
		t.Errorf("got %v", err)
	}
}

func TestPNG(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, err := Of(made(t, rapid.SampledFrom(drawnQueries).Draw(t, "query"), 3, 4), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := p.PNG(&b); err != nil {
			t.Fatal(err)
		}
		s := p.scene()
		image, err := png.DecodeConfig(&b)
		if err != nil || float64(image.Width) < 1.9*s.width || float64(image.Height) < 1.9*s.height {
			t.Fatalf("%d by %d for %.0f by %.0f: %v", image.Width, image.Height, s.width, s.height, err)
		}
	})
}

// TestDOTIsRead gives made-up pictures to Graphviz.
func TestDOTIsRead(t *testing.T) {
	dot, err := exec.LookPath("dot")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("dot is not installed")
	} else if err != nil {
		t.Skip("dot is not installed")
	}
	for _, q := range drawnQueries {
		a := rapid.Custom(func(t *rapid.T) *queries.Answer { return made(t, q, 16, 16) }).Example(1)
		p, err := Of(a, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := p.DOT(&b); err != nil {
			t.Fatal(err)
		}
		c := exec.CommandContext(context.Background(), dot, "-Tplain")
		c.Stdin = &b
		out, err := c.CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out[strings.Index(string(out), "graph"):]), "graph ") {
			t.Errorf("%s: %v: %.200s", q.Name, err, out)
		}
	}
}

// TestMermaidLines keeps that nothing in a name begins a line or ends a label.
func TestMermaidLines(t *testing.T) {
	for _, q := range drawnQueries {
		rapid.Check(t, func(t *rapid.T) {
			p, err := Of(made(t, q, 16, 16), Options{})
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			if err := p.Mermaid(&b); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				if n := strings.Count(line, `"`); n != 0 && n != 2 {
					t.Fatalf("%d quotes in %q", n, line)
				}
			}
		})
	}
}
