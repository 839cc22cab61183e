package loader

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode"

	"parley/graph"

	"github.com/google/go-cmp/cmp"
)

// harbour is made up for these tests. Its paragraphs have white space around,
// blank lines between, characters of one to four bytes, and end in three ways.
const harbour = "\n  Two harbours quarrel \n\n \t \nThe crane — a big one — broke on Feb. 21. Nobody was hurt. Mr Quay saw it.\r\n" +
	"\u00a0Die Fähre kam 🚢 spät. Why?\rThe end"

func newText(t testing.TB, src string) *Text {
	t.Helper()
	text, err := NewText([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTextSpan(t *testing.T) {
	text := newText(t, harbour)
	if n := text.Paragraphs(); n != 4 {
		t.Errorf("%d paragraphs, want 4", n)
	}
	for _, c := range []struct {
		key       string
		paragraph int
		want      string
	}{
		{"p1", 1, "Two harbours quarrel"},
		{"p1s1", 1, "Two harbours quarrel"},
		{"p2", 2, "The crane — a big one — broke on Feb. 21. Nobody was hurt. Mr Quay saw it."},
		{"p2s1", 2, "The crane — a big one — broke on Feb. 21."},
		{"p2s3", 2, "Mr Quay saw it."},
		{"p2s2-3", 2, "Nobody was hurt. Mr Quay saw it."},
		{"p3s1", 3, "Die Fähre kam 🚢 spät."},
		{"p3s2", 3, "Why?"},
		{"p4", 4, "The end"},
	} {
		paragraph, start, end, err := text.Span(c.key)
		if err != nil {
			t.Errorf("Span(%s): %v", c.key, err)
			continue
		}
		got, err := text.Cut(start, end)
		if err != nil || got != c.want || paragraph != c.paragraph {
			t.Errorf("Span(%s) = paragraph %d, [%d, %d] %q, %v; want paragraph %d %q", c.key, paragraph, start, end, got, err, c.paragraph, c.want)
		}
		if again := string([]rune(harbour)[start:end]); again != c.want {
			t.Errorf("Span(%s) does not count code points of the whole text: %q", c.key, again)
		}
	}
}

func TestTextRefuses(t *testing.T) {
	text := newText(t, harbour)
	for key, want := range map[string]string{
		"p5":      "p5 is not in the text, which has 4 paragraphs",
		"p4s2":    "p4s2 is not in the text: its paragraph 4 has 1 sentence",
		"p2s3-4":  "p2s3-4 is not in the text: its paragraph 2 has 3 sentences",
		"p0":      `"p0" is not a passage: write p4 for a paragraph, p4s2 for a sentence of it, p4s2-3 for several`,
		"p2s3-2":  `"p2s3-2" is not a passage: write p4 for a paragraph, p4s2 for a sentence of it, p4s2-3 for several`,
		"p2s2-2":  `"p2s2-2" is not a passage: write p4 for a paragraph, p4s2 for a sentence of it, p4s2-3 for several`,
		"p01":     `"p01" is not a passage: write p4 for a paragraph, p4s2 for a sentence of it, p4s2-3 for several`,
		"p2-3":    `"p2-3" is not a passage: write p4 for a paragraph, p4s2 for a sentence of it, p4s2-3 for several`,
		"p999999": "p999999 is not in the text, which has 4 paragraphs",
	} {
		if _, _, _, err := text.Span(key); err == nil || err.Error() != want {
			t.Errorf("Span(%s): %v, want %s", key, err, want)
		}
	}
	for _, c := range [][2]int{{-1, 2}, {3, 2}, {0, 1000}} {
		if _, err := text.Cut(c[0], c[1]); err == nil {
			t.Errorf("Cut(%d, %d) gives no error", c[0], c[1])
		}
	}
	if _, err := NewText([]byte("a\xff")); err == nil {
		t.Error("a text that is not UTF-8 was taken")
	}
	empty := newText(t, "")
	if _, _, _, err := empty.Span("p1"); err == nil || empty.Paragraphs() != 0 {
		t.Error("an empty text has paragraphs")
	}
}

// TestSentences pins how sentences are cut where a full stop is not the end.
func TestSentences(t *testing.T) {
	for _, want := range [][]string{
		{"The U.S. Trade Representative met Mr Ross.", "They ate."},
		{"Mr. Quay came with Dr. Pier and Gen. Mole.", "They left at once."},
		{"It began on Feb. 21.", "It ended soon."},
		{"It began on 3 May 2019.", "“No,” said Ann Quay."},
		{"Duties rose to 25%.", "They were 10% before, or 2.5 in all."},
		{"They cover $60 billion.", "A further $1.5 billion is under review."},
		{"“We shall not pay.”", "He left."},
		{"Was it so?", "It was!", "Then came the rain."},
		{"The No. 2 official of Foo Inc. spoke in Washington, D.C. on trade."},
		{"Officials of the U.S. and the U.K. met on Sept. 3 in Oslo.", "None spoke."},
		{"He waited... and waited."},
		{"1. First the crane broke."},
	} {
		text := newText(t, strings.Join(want, " "))
		var got []string
		for _, s := range text.sentences(text.paragraphs[0]) {
			got = append(got, string(text.characters[s[0]:s[1]]))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("sentences (-want +got):\n%s", diff)
		}
	}
}

// tiles tells how the sentences of a text fail to fill its paragraphs in order,
// leaving out white space only.
func tiles(text *Text) error {
	for i, p := range text.paragraphs {
		at := p[0]
		for j, s := range text.sentences(p) {
			between, err := text.Cut(at, s[0])
			if err != nil || strings.TrimFunc(between, unicode.IsSpace) != "" || s[0] >= s[1] {
				return fmt.Errorf("p%ds%d: [%d, %d] after %d", i+1, j+1, s[0], s[1], at)
			}
			at = s[1]
		}
		if at != p[1] {
			return fmt.Errorf("p%d: sentences end at %d, the paragraph at %d", i+1, at, p[1])
		}
	}
	return nil
}

func TestSentencesTile(t *testing.T) {
	if err := tiles(newText(t, harbour)); err != nil {
		t.Error(err)
	}
}

func TestSentencesTileArticles(t *testing.T) {
	files, _ := filepath.Glob("../../shared/articles/*.txt")
	if len(files) == 0 {
		t.Skip("TestSentencesTileArticles: no ../../shared/articles/*.txt here")
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := tiles(newText(t, string(src))); err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
		}
	}
}

func FuzzSentences(f *testing.F) {
	f.Add(harbour)
	f.Add("a. B c.\u2028. “.” ..")
	f.Fuzz(func(t *testing.T, src string) {
		text, err := NewText([]byte(src))
		if err != nil {
			return
		}
		if err := tiles(text); err != nil {
			t.Error(err)
		}
	})
}

func TestTextIsSafeForConcurrentUse(t *testing.T) {
	text := newText(t, harbour)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, _, _, err := text.Span("p2s2"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestFindText(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return hashOf([]byte(text))
	}
	hash := write("other-name.txt", harbour)
	write("000_x.txt", "another text")
	write("001_y.txt", "\xff")
	if err := os.Mkdir(filepath.Join(dir, "folder.txt"), 0o700); err != nil {
		t.Fatal(err)
	}

	if text, err := FindText(dir, "article/000_x", hash); err != nil || text.SHA256() != hash {
		t.Errorf("by its hash under another name: %v", err)
	}
	if text, err := FindText(dir, "article/000_x", ""); err != nil || text.Paragraphs() != 1 {
		t.Errorf("by its name: %v", err)
	}
	none := strings.Repeat("0", 64)
	for _, c := range []struct {
		article graph.ID
		hash    string
		want    string
	}{
		{"article/000_x", none, fmt.Sprintf("the text of article/000_x: no file in %s has SHA-256 %s; %s has the article's name, but SHA-256 %s", dir, none, filepath.Join(dir, "000_x.txt"), hashOf([]byte("another text")))},
		{"article/009_z", none, fmt.Sprintf("the text of article/009_z: no file in %s has SHA-256 %s", dir, none)},
		{"article/009_z", "", fmt.Sprintf("the text of article/009_z: no file in %s is named 009_z.txt", dir)},
		{"article/001_y", "", filepath.Join(dir, "001_y.txt") + ": the text is not UTF-8; save it as UTF-8"},
	} {
		if _, err := FindText(dir, c.article, c.hash); err == nil || err.Error() != c.want {
			t.Errorf("FindText(%s, %.4s):\n got %v\nwant %s", c.article, c.hash, err, c.want)
		}
	}
	if _, err := FindText(filepath.Join(dir, "none"), "article/x", none); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// pier is a facts file but for its sha256, marked HASH, and its passages.
const pier = `article:
  id: article/pier # its id
  HASH
  published: 2018-09-21
facts:
  - place: place/pier # p2 is no key here
    at: [p2s2-3, p1]
    name: "Pier: 9"
  - {place: place/pier, at: [p10, p2, p2s1], aliases: The pier}
`

// long has ten paragraphs, of which the second has three sentences.
const long = "One.\nTwo. Too. To.\n3\n4\n5\n6\n7\n8\n9\nTen"

const pierPassages = `passages:
  p1: [0, 4]
  p2: [5, 18]
  p2s1: [5, 9]
  p2s2-3: [10, 18]
  p10: [33, 36]
`

func TestWriteSpans(t *testing.T) {
	text := newText(t, long)
	hash := "sha256: " + text.SHA256()
	without := strings.Replace(pier, "  HASH\n", "", 1)
	with := strings.Replace(pier, "HASH", hash, 1)
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	_, after, _ := strings.Cut(pier, "facts:")
	facts := "facts:" + after
	for _, c := range []struct{ name, src, want string }{
		{"nothing written yet", without, with + pierPassages},
		{"hash without value", strings.Replace(pier, "HASH", "sha256:", 1), with + pierPassages},
		{"hash with a comment", strings.Replace(pier, "HASH", "sha256:   # to come", 1), strings.Replace(pier, "HASH", hash+"   # to come", 1) + pierPassages},
		{"hash in quotes", strings.Replace(pier, "HASH", `sha256: ""`, 1), with + pierPassages},
		{"hash null", strings.Replace(pier, "HASH", "sha256: ~", 1), with + pierPassages},
		{"passages without value", with + "passages:\n", with + pierPassages},
		{"passages right", with + pierPassages, with + pierPassages},
		{"passages stale", with + "passages: # old\n  p1: [7, 8]\n  p77: [1, 2]\n# end\n", with + "# end\n" + pierPassages},
		{"passages broken", with + "passages:\n  p1: [7, 8\n  p1: \"\n  x: 5\n", with + pierPassages},
		{"passages in a line", with + "passages: {p1: [7, 8]}\n", with + pierPassages},
		{"passages in the middle", strings.Replace(with, "facts:", "passages:\n  p1: [7, 8]\n\n# about facts\nfacts:", 1), strings.Replace(with, "facts:", "\n# about facts\nfacts:", 1) + pierPassages},
		{"no newline at the end", strings.TrimSuffix(with, "\n"), with + pierPassages},
		{"lines end with CRLF", crlf(without), crlf(with + pierPassages)},
		{"byte order mark", bom + without, bom + with + pierPassages},
		{"flow", "article: {id: article/pier, published: 2018}\n" + facts, "article: {" + hash + ", id: article/pier, published: 2018}\n" + facts + pierPassages},
		{"flow, byte order mark", bom + "article: {id: article/pier, published: 2018}\n" + facts, bom + "article: {" + hash + ", id: article/pier, published: 2018}\n" + facts + pierPassages},
		{"flow, hash empty", "article: {id: article/pier, sha256: , published: 2018}\n" + facts, "article: {id: article/pier, " + hash + " , published: 2018}\n" + facts + pierPassages},
		{"article last", facts + "article:\n  published: 2018\n  id: article/pier", facts + "article:\n  published: 2018\n  id: article/pier\n  " + hash + "\n" + pierPassages},
		{"wide characters before", "article:\n  title: 漢字\n  id: article/pier\n  published: 2018\n" + facts, "article:\n  title: 漢字\n  id: article/pier\n  " + hash + "\n  published: 2018\n" + facts + pierPassages},
		{"nothing cited", "article: {id: article/pier, published: 2018, sha256: }\npassages:\n  p1: [0, 4]\n", "article: {id: article/pier, published: 2018, " + hash + " }\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := WriteSpans("pier.yaml", []byte(c.src), text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			again, err := WriteSpans("pier.yaml", got, text)
			if err != nil || string(again) != string(got) {
				t.Errorf("once more gives something else: %v", err)
			}
		})
	}
}

func TestWriteSpansRefuses(t *testing.T) {
	text := newText(t, long)
	other := strings.Repeat("0", 64)
	for _, c := range []struct{ name, src, want string }{
		{
			"no article", "facts:\n  - {place: place/x, at: reference/x, name: X}\n",
			"pier.yaml: article: missing; spans are of an article's text",
		},
		{
			"other mistakes", strings.Replace(pier, "HASH", "titel: x", 1),
			"pier.yaml:3:3: article.titel: not a key of an article; did you mean title?",
		},
		{
			"hash of another text", strings.Replace(pier, "HASH", "sha256: "+other, 1),
			"pier.yaml:3:11: article.sha256: the text has " + text.SHA256() + ": look for the text that the facts were taken from, or take them anew from this one",
		},
		{
			"no such paragraph", strings.Replace(strings.Replace(pier, "  HASH\n", "", 1), "p10", "p11s1", 1),
			"pier.yaml:8:30: at: p11s1 is not in the text, which has 10 paragraphs",
		},
		{
			"no such sentence", strings.Replace(strings.Replace(pier, "  HASH\n", "", 1), "p2s2-3", "p2s2-4", 1),
			"pier.yaml:6:10: at: p2s2-4 is not in the text: its paragraph 2 has 3 sentences",
		},
	} {
		got, err := WriteSpans("pier.yaml", []byte(c.src), text)
		if err == nil || err.Error() != c.want || got != nil {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
		if mistakes := Mistakes(nil); !errors.As(err, &mistakes) {
			t.Errorf("%s: the error is no Mistakes", c.name)
		}
	}
}

func TestCheckSpans(t *testing.T) {
	text := newText(t, long)
	src := strings.Replace(pier, "HASH", "sha256: "+text.SHA256(), 1) + pierPassages
	read := func(src string) *Facts {
		t.Helper()
		f, err := ReadFacts("pier.yaml", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	if err := CheckSpans(read(src), text); err != nil {
		t.Errorf("right spans: %v", err)
	}
	src = strings.NewReplacer("p2s1: [5, 9]", "p2s1: [5, 10]", "p10", "p12").Replace(src)
	changed := newText(t, long+"\n")
	want := `pier.yaml:3:11: article.sha256: the text has ` + changed.SHA256() + `: look for the text that the facts were taken from, or take them anew from this one
pier.yaml:13:3: passages.p2s1: [5, 10], but it stands at [5, 9] in the text; run ` + "`parley spans pier.yaml --texts DIR`" + `
pier.yaml:15:3: passages.p12: p12 is not in the text, which has 10 paragraphs`
	if err := CheckSpans(read(src), changed); err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	none := read("facts:\n  - {place: place/x, at: reference/x, name: X}\n")
	if err := CheckSpans(none, text); err == nil || err.Error() != "pier.yaml: article: missing; spans are of an article's text" {
		t.Errorf("without an article: %v", err)
	}
}
