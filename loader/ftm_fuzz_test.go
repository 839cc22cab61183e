package loader_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/graph"
	"parley/loader"
)

// FuzzFTM has anything read as entities. What is read fits the vocabulary, has
// reasons, and comes back from an export.
func FuzzFTM(f *testing.F) {
	f.Add([]byte(loader.FormatNamed("ftm").Template))
	text, err := os.ReadFile("testdata/ftm/case.ftm")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	for line := range bytes.Lines(text) {
		f.Add(line)
	}
	f.Add([]byte(`{"id":"parley.meeting.a","schema":"Event","properties":{"date":"2018","involved":["b","parley.country.usa"]}}` + "\n" + `{"id":"b","schema":"LegalEntity","properties":{}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		name := filepath.Join(dir, "x.ftm")
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
		g := openGraph(t)
		if _, err := loadAs(context.Background(), g, []string{name}, loader.FindOptions{Format: loader.FormatNamed("ftm")}, loader.LoadOptions{MaxErrors: 1 << 20}); err != nil {
			return
		}
		for _, q := range quadsOf(t, g) {
			if err := graph.Fit(q); err != nil || q.Label == nil {
				t.Fatalf("%v: %v", q, err)
			}
			if _, err := loader.FormatQuad(q); err != nil {
				t.Fatal(err)
			}
		}
		// A line of an export may be longer than one that is read, as it has an
		// entity's fragments.
		exported := export(t, g, "ftm")
		if len(exported) > 1<<20 {
			return
		}
		back, _ := loadFTM(t, dir, exported)
		if want, got := export(t, g, "nquads"), export(t, back, "nquads"); got != want {
			t.Fatalf("exported:\n%s\nread back:\n%s\nwant:\n%s", exported, got, want)
		}
	})
}

// benchmarkEntities has people, their offices, tenures and what else a list of
// politicians has, about 40 MB.
func benchmarkEntities() string {
	var b strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&b, `{"id":"NK-%08d","caption":"Person Number %d","schema":"Person","referents":["gb-%d"],"datasets":["peps","wikidata"],"properties":{"name":["Person Number %d","P. Number %d"],"alias":["Number %d"],"birthDate":["1960-01-%02d"],"nationality":["gb"],"topics":["role.pep"],"wikidataId":["Q%d"],"sourceUrl":["https://list.example/people/%d"],"notes":["somebody of whom a few words are said in a language of the world"]},"first_seen":"2023-04-20T10:14:51","last_seen":"2026-04-20T10:14:51","target":true}`+"\n",
			i, i, i, i, i, i, i%28+1, i+1, i/4)
		fmt.Fprintf(&b, `{"id":"NK-post-%d","schema":"Position","datasets":["peps"],"properties":{"name":["Member %d of the council"],"country":["gb"],"topics":["gov.national"]}}`+"\n", i/8, i/8)
		fmt.Fprintf(&b, `{"id":"NK-%040x","schema":"Occupancy","datasets":["peps"],"properties":{"holder":["NK-%08d"],"post":["NK-post-%d"],"startDate":["%d-05"],"endDate":["%d"],"status":["ended"]}}`+"\n",
			i, i, i*7919%5000, 1990+i%10, 2001+i%20)
	}
	return b.String()
}

func BenchmarkFTM(b *testing.B) {
	text := benchmarkEntities()
	dir := folder(b, "x.ftm", text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := load(openGraph(b), within(dir, "x.ftm")); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(strings.Count(text, "\n")*b.N)/b.Elapsed().Seconds(), "entities/s")
}

func BenchmarkExportFTM(b *testing.B) {
	g := openGraph(b)
	if _, err := load(g, within(folder(b, "x.ftm", benchmarkEntities()), "x.ftm")); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(export(b, g, "ftm"))))
	for b.Loop() {
		export(b, g, "ftm")
	}
}
