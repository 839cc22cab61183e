package loader_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/vocab"
	"parley/loader"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"
)

// fact is a fact to be written as YAML and as a row.
type fact struct {
	class  *vocab.Class
	id     string
	fields []graph.Field
	values map[string][]string
}

// prose are the keys whose text may have semicolons, of which a row has one.
var prose = []string{"summary", "outcome"}

// drawFacts draws one fact of each class, which refer to each other by id.
func drawFacts(t *rapid.T) (facts []fact) {
	for _, class := range vocab.Classes() {
		if class.Key == "" {
			continue
		}
		f := fact{class, class.Folder + "/x", graph.Fields(class), map[string][]string{}}
		for _, field := range f.fields {
			p := field.Predicate
			// What a node must have is always there.
			most := 1
			if field.Many && !slices.Contains(prose, field.Key) {
				most = 3
			}
			least := 1
			if !slices.Contains([]string{"name", "date", "measure", "phase", "meeting", "status", "stance", "instrument", "person", "office", "agent", "under", "promises"}, field.Key) {
				least = 0
			}
			for range rapid.IntRange(least, most).Draw(t, field.Key) {
				if text := drawValue(t, class, p); text != "" && !slices.Contains(f.values[field.Key], text) {
					f.values[field.Key] = append(f.values[field.Key], text)
				}
			}
		}
		facts = append(facts, f)
	}
	return facts
}

func drawValue(t *rapid.T, class *vocab.Class, p *vocab.Predicate) string {
	var folders []string
	for _, c := range p.Range {
		if c.Key != "" && c != class {
			folders = append(folders, c.Folder+"/x")
		}
	}
	date := rapid.SampledFrom([]string{"2018", "2018-06-02", "2018-06-02/2018-06-03", "2018-09~", "/2018", "[2018-06-02,2018-06-03]"})
	switch {
	case p == vocab.HasParticipation:
		return rapid.SampledFrom([]string{"person/x", "country/x", "organization/x", "actor/x"}).Draw(t, "actor")
	case p == vocab.HasRate:
		return rapid.SampledFrom([]string{"10%", "5–10%", "up to 2.5%"}).Draw(t, "rate")
	case p == vocab.Value:
		return rapid.SampledFrom([]string{"200 billion USD", "7 EUR"}).Draw(t, "money")
	case p == vocab.SameAs:
		return "http://www.wikidata.org/entity/Q" + rapid.StringMatching(`[1-9]`).Draw(t, "entity")
	case p == vocab.RespondsTo: // nothing may be answered before it happened
		return ""
	case p.Range != nil && folders == nil:
		return ""
	case p.Range != nil:
		return rapid.SampledFrom(folders).Draw(t, "node")
	case p.Literal == vocab.EDTF:
		return date.Draw(t, "date")
	case p.Words != nil:
		return rapid.SampledFrom(p.Words.List).Draw(t, "word")
	case p == vocab.HSCode:
		return rapid.StringMatching(`[0-9]{4}`).Draw(t, "code")
	case p == vocab.Description || p == vocab.Outcome:
		return strings.TrimSpace("A" + rapid.StringMatching("[a-z;,\"'#\n: åß会\t-]{0,12}").Draw(t, "text") + ".")
	}
	return strings.TrimSpace("A" + rapid.StringMatching("[a-z,\"'#\n: åß会-]{0,12}").Draw(t, "text") + ".")
}

// asYAML writes facts that a reference states.
func asYAML(facts []fact) string {
	var b strings.Builder
	b.WriteString("references:\n  - {id: reference/r, url: \"http://r.example/\", title: R}\nfacts:\n")
	for _, f := range facts {
		fmt.Fprintf(&b, "  - %s: %s\n    at: reference/r\n", f.class.Key, f.id)
		for _, field := range f.fields {
			if values := f.values[field.Key]; len(values) > 0 {
				quoted := make([]string, len(values))
				for i, v := range values {
					quoted[i] = fmt.Sprintf("%q", v)
				}
				text := quoted[0]
				if field.Many {
					text = "[" + strings.Join(quoted, ", ") + "]"
				}
				fmt.Fprintf(&b, "    %s: %s\n", field.Key, text)
			}
		}
	}
	return b.String()
}

// asCSV writes facts with a page as their source: one sheet of all, or one of
// each class.
func asCSV(facts []fact, comma rune, together bool) (namesAndTexts []string) {
	sheet := func(name string, facts []fact, first ...string) {
		columns := first
		for _, f := range facts {
			for _, field := range f.fields {
				if !slices.Contains(columns, field.Key) {
					columns = append(columns, field.Key)
				}
			}
		}
		columns = append(columns, "source", "title")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = comma
		_ = w.Write(columns)
		for _, f := range facts {
			row := make([]string, len(columns))
			for i, column := range columns {
				row[i] = strings.Join(f.values[column], " ; ")
				switch {
				case i == 0 && len(first) == 2:
					row[i] = f.class.Key
				case i == len(first)-1:
					row[i] = f.id
				case column == "source":
					row[i] = "http://r.example/"
				case column == "title":
					row[i] = "R"
				}
			}
			_ = w.Write(row)
		}
		w.Flush()
		namesAndTexts = append(namesAndTexts, name, b.String())
	}
	if together {
		sheet("all.csv", facts, "class", "id")
		return namesAndTexts
	}
	for _, f := range facts {
		sheet(f.class.Key+".csv", []fact{f}, f.class.Key)
	}
	return namesAndTexts
}

// Facts come to the same quads from YAML and from spreadsheets, but for the id
// of their source.
func TestCSVIsTheSameAsYAML(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		facts := drawFacts(rt)
		yaml := asYAML(facts)
		sheets := asCSV(facts, rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(rt, "delimiter"), rapid.Bool().Draw(rt, "together"))
		want, got := outcome(t, []string{"x.yaml", yaml}), outcome(t, sheets)
		slug := loader.ReferenceID("http://r.example/").Slug()
		got = strings.ReplaceAll(got, slug, "r")
		// They are in the order of their lines, in which the id counts.
		sorted := func(lines string) string {
			all := slices.Sorted(strings.Lines(lines))
			return strings.Join(all, "")
		}
		if sorted(got) != sorted(want) {
			rt.Fatalf("%s\n%s\ncome to\n%s\nand\n%s", yaml, sheets, want, got)
		}
	})
}

// FuzzCSV sees that any text is read or refused: nothing panics, what is loaded
// twice is there once, and rejected rows are as many rows again.
func FuzzCSV(f *testing.F) {
	archives, _ := filepath.Glob("testdata/csv/*.txtar")
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".csv") {
				f.Add(file.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := folder(t, "a.csv", string(text))
		find := loader.FindOptions{Format: loader.FormatNamed("csv")}
		g := openGraph(t)
		source := folder(t, "r.yaml", "references:\n  - {id: reference/r, url: \"http://r.example/\", title: R}\nfacts:\n  - {person: person/ann, at: reference/r, name: Ann}\n")
		if _, err := load(g, within(source, "r.yaml")); err != nil {
			t.Fatal(err)
		}
		var rejects bytes.Buffer
		const many = 1 << 20
		loaded, err := loadAs(context.Background(), g, within(dir, "a.csv"), find, loader.LoadOptions{MaxErrors: many, Rejects: &rejects})
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		for _, q := range quadsOf(t, g) {
			if err := graph.Fit(q); err != nil {
				t.Errorf("%v: %v", q, err)
			}
		}
		first := loaded[0]
		again, err := loadAs(context.Background(), g, within(dir, "a.csv"), find, loader.LoadOptions{MaxErrors: many})
		if err != nil || again[0].New > 0 || again[0].Rows != first.Rows {
			t.Errorf("again: %+v, %v, first %+v", again, err, first)
		}
		if first.Bad == 0 {
			return
		}
		back := folder(t, "rejects.csv", rejects.String())
		again, err = loadAs(context.Background(), g, within(back, "rejects.csv"), find, loader.LoadOptions{MaxErrors: many})
		if err == nil && again[0].Rows != first.Bad {
			t.Errorf("%d rows were rejected, and %+v of them are there\n%s", first.Bad, again, rejects.String())
		}
	})
}

func BenchmarkCSV(b *testing.B) {
	var text strings.Builder
	text.WriteString("meeting,name,kind,status,date,participants,summary,source,title,published\n")
	const rows = 20_000
	for i := range rows {
		fmt.Fprintf(&text, "meeting/2018-%d,Talks number %d on the pier,talks,held,2018-06-%02d,person/ann (lead); Bo,\"Both came, and one of them went home early\",https://p.example/%d,Page %d,2018-07\n", i, i, i%30+1, i/5, i/5)
	}
	const actors = "person,name,source\nperson/ann,Ann,reference/r\nperson/bo,Bo,reference/r\n"
	dir := folder(b, "r.yaml", "references:\n  - {id: reference/r, url: \"http://r.example/\", title: R}\n", "a.csv", actors, "m.csv", text.String())
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		loaded, err := load(openGraph(b), within(dir, "r.yaml", "a.csv", "m.csv"))
		if err != nil || loaded[2].Rows != rows {
			b.Fatalf("%+v, %v", loaded, err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
