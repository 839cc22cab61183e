package loader

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/graph"
)

// manyFacts gives facts as they stand in a file, about 360 bytes each.
func manyFacts(n int) string {
	var b strings.Builder
	b.WriteString("references:\n  - {id: reference/r, url: \"http://x.example/\", title: R}\nfacts:\n")
	for i := range n {
		fmt.Fprintf(&b, `  - meeting: meeting/talks-%d
    at: reference/r
    name: Talks number %d on the pier
    kind: talks
    status: planned
    date: 2018-09-24/2018-09-30
    mode: in-person
    participants:
      - {actor: person/ann-quay, role: lead}
      - country/sued
    summary: >-
      both were to come but one of the two did not, and the other
      went home early
`, i, i)
	}
	return b.String()
}

// TestHostileFacts sees that a file made to be slow takes a time in proportion
// to its length, whatever goccy does with each part: see maxPart.
func TestHostileFacts(t *testing.T) {
	large(t)
	const size = 1 << 18
	lines := func(unit string) string { // below 2 KiB each, below 16 KiB in all
		return strings.Repeat("      "+strings.Repeat(unit, 1900/len(unit))+"\n", 8)
	}
	count := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	item := "  - meeting: meeting/x\n    at: reference/r\n    summary:"
	for name, part := range map[string]string{
		"merge keys":       item + "\n" + lines("<"),
		"tabs in quotes":   item + " \"\n" + lines("x"+strings.Repeat("\t", 99)) + "      \"\n",
		"quotes":           item + "\n" + lines(`"" `),
		"lists":            item + " [\n" + lines("[],") + "      ]\n",
		"open lists":       item + " [\n" + lines("[") + "\n",
		"keys in braces":   item + " {\n" + strings.ReplaceAll(count("x%d,", 1500), "00,", "00,\n      ") + "      }\n",
		"empty keys":       item + " x\n" + count("    k%d:\n", 1000),
		"one key":          item + " x\n" + strings.Repeat("    k:\n", 1500),
		"empty items":      item + "\n" + strings.Repeat("      -\n", 1500),
		"dashes":           "  " + strings.Repeat("- ", 900) + "\n",
		"question marks":   item + "\n" + lines("? "),
		"tags":             item + "\n" + lines("!!seq "),
		"anchors":          item + "\n" + lines("&a "),
		"aliases":          item + "\n" + lines("*a "),
		"colons":           item + "\n" + lines(": "),
		"blank lines":      item + " |\n" + lines("x") + strings.Repeat("\n", 32),
		"more blank lines": item + " |\n" + strings.Repeat("      x\n"+strings.Repeat("\n", 31), 200),
		"deeper": "  - a:\n" + func() (s string) {
			for i := range 160 {
				s += strings.Repeat(" ", i+5) + "a:\n"
			}
			return s
		}(),
		"longer lines": item + " " + strings.Repeat("x", 100_000) + "\n",
		"comments":     item + " x\n" + strings.Repeat("    # c\n", 1500),
	} {
		src := []byte("facts:\n" + strings.Repeat(part, size/len(part)))
		start := time.Now()
		_, err := ReadFacts("x.yaml", src)
		took := time.Since(start)
		t.Logf("%-16s %8v for %d KiB, %.100v", name, took.Round(time.Millisecond), len(src)>>10, err)
		if took > 10*time.Second { // the slowest takes half a second
			t.Errorf("%s: %v for %d bytes", name, took, len(src))
		}
	}
}

func FuzzReadFacts(f *testing.F) {
	files, _ := filepath.Glob("testdata/facts/*.yaml")
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Add([]byte(pier + pierPassages))
	f.Add([]byte(manyFacts(1)))
	f.Fuzz(func(t *testing.T, src []byte) {
		facts, err := ReadFacts("x.yaml", src)
		again, err2 := ReadFacts("x.yaml", src)
		if err != nil {
			var mistakes Mistakes
			if !errors.As(err, &mistakes) || len(mistakes) == 0 || facts != nil {
				t.Fatalf("an error that is no list of mistakes: %v", err)
			}
			lines := 1 + strings.Count(string(src), "\n")
			for _, m := range mistakes {
				if m.Problem == "" || m.Line < 0 || m.Line > lines || m.Line > 0 && m.Column < 1 {
					t.Fatalf("a mistake without a place in the file: %v", m)
				}
			}
			if err2 == nil || err2.Error() != err.Error() {
				t.Fatalf("first %v, then %v", err, err2)
			}
			return
		}
		if err2 != nil || !reflect.DeepEqual(facts.Document, again.Document) {
			t.Fatalf("read twice, the documents differ: %v", err2)
		}
		for _, q := range facts.Document.Quads() {
			if q.Subject == nil || q.Predicate == nil || q.Object == nil || q.Label == nil {
				t.Fatalf("half a quad: %v", q)
			}
			if err := graph.Fit(q); err != nil {
				t.Fatalf("%v: %v", q, err)
			}
		}
		_ = Check(nil, facts, again)
	})
}

func FuzzWriteSpans(f *testing.F) {
	f.Add([]byte(pier))
	f.Add([]byte(pier + pierPassages))
	f.Add([]byte("article: {id: article/pier, sha256: , published: 2018}\n"))
	text := newText(f, long)
	f.Fuzz(func(t *testing.T, src []byte) {
		out, err := WriteSpans("x.yaml", src, text)
		if err != nil {
			return
		}
		again, err := WriteSpans("x.yaml", out, text)
		if err != nil || string(again) != string(out) {
			t.Fatalf("not the same again: %v\n%s\n%s", err, out, again)
		}
	})
}

func BenchmarkReadFacts(b *testing.B) {
	src := []byte(manyFacts(400)) // 150 KB, about what is built in
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadFacts("x.yaml", src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	src := manyFacts(400) +
		"  - {person: person/ann-quay, at: reference/r, name: Ann Quay}\n  - {country: country/sued, at: reference/r, name: Süd}\n"
	facts, err := ReadFacts("x.yaml", []byte(src))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := Check(nil, facts); err != nil {
			b.Fatal(err)
		}
	}
}
