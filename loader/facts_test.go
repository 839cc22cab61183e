package loader

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
	"github.com/google/go-cmp/cmp"
)

// TestFactsMistakes reads each file of testdata/facts that has a .want beside
// it and compares what is told of it: by Check, where it can be read at all.
// UPDATE_WANT=1 writes the .want files anew.
func TestFactsMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/facts/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata/facts/*.yaml", err)
	}
	for _, path := range files {
		name := filepath.Base(path)
		if name == "good.yaml" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			facts, err := ReadFacts(name, src)
			if err == nil {
				err = Check(nil, facts)
			} else if facts != nil {
				t.Error("facts were given in spite of an error")
			}
			if err == nil {
				t.Fatal("nothing is told")
			}
			_, crlf := ReadFacts(name, bytes.ReplaceAll(src, []byte("\n"), []byte("\r\n")))
			if facts == nil && (crlf == nil || crlf.Error() != err.Error()) {
				t.Errorf("with lines that end in CRLF:\n%s", cmp.Diff(err, crlf))
			}
			got := err.Error() + "\n"
			golden := strings.TrimSuffix(path, ".yaml") + ".want"
			if os.Getenv("UPDATE_WANT") != "" {
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestFactsNotText(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"NUL", "facts:\n  - a\x00", "x.yaml:2:6: binary: has the character U+0000; a facts file is text"},
		{"escape", "é\x1b", "x.yaml:1:2: binary: has the character U+001B; a facts file is text"},
		{"not UTF-8", "facts:\n\n  - \xe9", "x.yaml:3:5: not UTF-8; save the file as UTF-8 text"},
		{"UTF-16", "\xff\xfef\x00", "x.yaml:1:1: not UTF-8; save the file as UTF-8 text"},
		{"gzip", "\x1f\x8b\x08", "x.yaml:1:1: binary: has the character U+001F; a facts file is text"},
		{"old Macintosh", "facts:\r  - a", "x.yaml:1:7: a carriage return by itself; end lines with a line feed"},
		{"too long", strings.Repeat("#\n", maxFactsFile/2) + "#", "x.yaml: 16777217 bytes; a facts file has at most 16 MiB: share the facts out among several"},
	} {
		if _, err := ReadFacts("x.yaml", []byte(c.src)); err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
	}
	if _, err := ReadFacts("x.yaml", []byte(bom+"facts:\r\n  - {place: place/a, at: reference/r, name: A}\r\n")); err != nil {
		t.Errorf("a byte order mark and CRLF: %v", err)
	}
}

func TestMistake(t *testing.T) {
	one := &Mistake{"x.yaml", 3, 5, "name", "no value"}
	for want, m := range map[string]*Mistake{
		"x.yaml:3:5: name: no value": one,
		"x.yaml:3: no value":         {File: "x.yaml", Line: 3, Problem: "no value"},
		"x.yaml: name: no value":     {File: "x.yaml", Field: "name", Problem: "no value"},
		"3:5: no value":              {Line: 3, Column: 5, Problem: "no value"},
		"no value":                   {Problem: "no value"},
	} {
		if got := m.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	err := fmt.Errorf("loading: %w", Mistakes{one})
	var m *Mistake
	if !errors.As(err, &m) || m != one {
		t.Error("errors.As does not find the mistake in a list")
	}
}

func readGood(t testing.TB) *Facts {
	t.Helper()
	src, err := os.ReadFile("testdata/facts/good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	facts, err := ReadFacts("good.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// TestGoodFacts compares the document of the file that has every class and
// every field, and tells if one comes to the vocabulary that it has not.
func TestGoodFacts(t *testing.T) {
	facts := readGood(t)
	if err := Check(nil, facts); err != nil {
		t.Error(err)
	}
	date := func(s string) graph.Date {
		d, err := graph.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	const article = "passage/000_harbour-talks/"
	want := []graph.Source{
		{
			ID: "article/000_harbour-talks", Class: vocab.Article, Title: "Two harbours talk about a crane",
			Publisher: "organization/harbour-post", PublisherBasis: "named in the first line",
			Published: date("2018-09-21"), PublishedBasis: "printed",
			SHA256: strings.Repeat("0", 64), URL: "https://example.org/harbour",
			Passages: []graph.Passage{
				{ID: article + "p1", Paragraph: 1, Start: 0, End: 40},
				{ID: article + "p1s1", Paragraph: 1, Start: 0, End: 20},
				{ID: article + "p2", Paragraph: 2, Start: 41, End: 100},
				{ID: article + "p2s1-2", Paragraph: 2, Start: 41, End: 90},
				{ID: article + "p3", Paragraph: 3, Start: 101, End: 180},
			},
		},
		{
			ID: "reference/crane-registry", Class: vocab.Reference, Title: "The register of cranes",
			Publisher: "organization/harbour-post", Published: date("2017"), PublishedBasis: "worked out from its version",
			Accessed: date("2026-11-22"), URL: "https://example.org/cranes",
		},
		{ID: "reference/who", Class: vocab.Reference, Title: "Who is who", URL: "http://example.org/who?a=b#c"},
	}
	same := cmp.Options{
		cmp.Comparer(func(a, b graph.Date) bool { return a == b }),
		cmp.Comparer(func(a, b *vocab.Class) bool { return a == b }),
		cmp.Comparer(func(a, b *vocab.Predicate) bool { return a == b }),
	}
	if diff := cmp.Diff(want, facts.Document.Sources, same); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}

	var got strings.Builder
	for _, f := range facts.Document.Facts {
		fmt.Fprintf(&got, "%s by %s\n", f.ID, f.Passage)
		for _, v := range f.Values {
			var text string
			switch {
			case v.Node != "" && v.Literal == nil:
				text = string(v.Node)
			case v.Literal != nil:
				text = v.Literal.String()
			case v.Rate != graph.Rate{}:
				text = fmt.Sprintf("%+v", v.Rate)
			case v.Money != graph.Money{}:
				text = fmt.Sprintf("%+v", v.Money)
			default:
				text = fmt.Sprintf("%+v", v.Participation)
			}
			fmt.Fprintf(&got, "\t%s %s\n", v.Predicate.Name, text)
		}
	}
	if os.Getenv("UPDATE_WANT") != "" {
		if err := os.WriteFile("testdata/facts/good.want", []byte(got.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile("testdata/facts/good.want")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(golden), got.String()); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}

	has := make(map[*vocab.Class]map[*vocab.Predicate]bool)
	for _, f := range facts.Document.Facts {
		if has[f.Class] == nil {
			has[f.Class] = make(map[*vocab.Predicate]bool)
		}
		for _, v := range f.Values {
			has[f.Class][v.Predicate] = true
		}
	}
	for _, c := range vocab.Classes() {
		for _, f := range graph.Fields(c) {
			if !has[c][f.Predicate] {
				t.Errorf("good.yaml has no %s with %s", c.Key, f.Key)
			}
		}
	}
}

// TestGoodQuads sees that nothing that is read gives a quad beside the
// vocabulary.
func TestGoodQuads(t *testing.T) {
	for _, q := range readGood(t).Document.Quads() {
		iri, _ := q.Predicate.(quad.IRI)
		p := vocab.PredicateOf(iri)
		if p == nil || q.Label == nil {
			t.Errorf("%s: no predicate of the vocabulary, or no label", q)
			continue
		}
		if err := graph.Fit(q); err != nil {
			t.Errorf("%s: %v", q, err)
		}
	}
}

func TestCheckAcrossFiles(t *testing.T) {
	const head = "references:\n  - {id: reference/%s, url: \"http://x.example/\", title: R}\nfacts:\n"
	files := func(bodies ...string) (all []*Facts) {
		t.Helper()
		for i, body := range bodies {
			name := string(rune('a' + i))
			if !strings.HasPrefix(body, "references:") {
				body = fmt.Sprintf(head, name) + body
			}
			f, err := ReadFacts(name, []byte(body))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, f)
		}
		return all
	}
	known := func(id graph.ID) *vocab.Class {
		if id == "statement/known" {
			return vocab.Statement
		}
		return nil
	}
	for _, c := range []struct {
		name  string
		files []*Facts
		want  string
	}{
		{"one node in two files", files(
			"  - {statement: statement/x, at: [reference/a, reference/b], name: X}\n",
			"  - {statement: statement/x, at: reference/b, date: 2018, stance: assess, responds-to: statement/y}\n"+
				"  - {statement: statement/y, at: reference/a, name: Y, date: 2018, stance: assess, responds-to: statement/x}\n",
		), ""},
		{"a node that is known", files(
			"  - {statement: statement/known, at: reference/a, summary: needs no name}\n" +
				"  - {statement: statement/x, at: reference/a, name: X, date: 2018, stance: assess, responds-to: statement/known}\n",
		), ""},
		{"one source in two files", files(
			fmt.Sprintf(head, "z")+"  - {place: place/x, at: reference/z, name: X}\n",
			fmt.Sprintf(head, "z")+"  - {place: place/x, at: reference/z, name: Y}\n",
		), "b:2:10: reference.id: reference/z is given twice; first at a:2:10\n" +
			"b:4:45: name: Y, but X at a:4:45, and both by one passage; leave one out"},
		{"two nodes by two passages", files(
			"  - {place: place/x, at: reference/a, name: X}\n",
			"  - {place: place/x, at: reference/b, name: Y}\n",
		), ""},
		{"near ids of another file", files(
			"  - {place: place/old-port, at: reference/a, name: X}\n",
			"  - {place: place/x, at: reference/b, name: Y, in: place/old-prot}\n",
		), "b:4:52: in: nothing defines place/old-prot; did you mean place/old-port?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if err := Check(known, c.files...); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestTooManyMistakes(t *testing.T) {
	src := "facts:\n" + strings.Repeat("  - {place: place/a, name: A}\n", maxMistakes+5)
	_, err := ReadFacts("x.yaml", []byte(src))
	var mistakes Mistakes
	if !errors.As(err, &mistakes) || len(mistakes) != maxMistakes+1 ||
		mistakes[0].Error() != "x.yaml: more than 1000 mistakes; the others are not told" {
		t.Errorf("%d mistakes, %v", len(mistakes), mistakes[0])
	}
}
