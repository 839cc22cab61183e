package loader

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
	"github.com/neurosnap/sentences"
	"github.com/neurosnap/sentences/english"
)

// passageKey is a paragraph, a sentence of it, or its sentences from first to
// last.
type passageKey struct{ paragraph, first, last int }

var passagePattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^p([1-9][0-9]{0,5})(?:s([1-9][0-9]{0,5})(?:-([1-9][0-9]{0,5}))?)?$`)
})

const passageForms = "p4 for a paragraph, p4s2 for a sentence of it, p4s2-3 for several"

// parsePassage reads p4, p4s2 or p4s2-3.
func parsePassage(key string) (k passageKey, err error) {
	m := passagePattern().FindStringSubmatch(key)
	if m != nil {
		k.paragraph, _ = strconv.Atoi(m[1])
		k.first, _ = strconv.Atoi(m[2])
		k.last, _ = strconv.Atoi(m[3])
	}
	if m == nil || k.last != 0 && k.last <= k.first {
		return k, fmt.Errorf("%.80q is not a passage: write %s", key, passageForms)
	}
	k.last = max(k.first, k.last)
	return k, nil
}

// Text is an article's text cut into paragraphs, its non-blank lines. It may
// be used concurrently.
type Text struct {
	sha256     string
	characters []rune
	paragraphs [][2]int // start and end, without white space around
}

// NewText cuts a text.
func NewText(src []byte) (*Text, error) {
	if !utf8.Valid(src) {
		return nil, errors.New("the text is not UTF-8; save it as UTF-8")
	}
	t := &Text{sha256: hashOf(src), characters: []rune(string(src))}
	for start := 0; start < len(t.characters); {
		end := start
		for end < len(t.characters) && t.characters[end] != '\n' && t.characters[end] != '\r' {
			end++
		}
		if s, e := t.trim(start, end); s < e {
			t.paragraphs = append(t.paragraphs, [2]int{s, e})
		}
		start = end + 1
	}
	return t, nil
}

// trim gives a span without the white space around it.
func (t *Text) trim(start, end int) (int, int) {
	for start < end && unicode.IsSpace(t.characters[start]) {
		start++
	}
	for start < end && unicode.IsSpace(t.characters[end-1]) {
		end--
	}
	return start, end
}

// SHA256 gives the hash of the text as it was read, in hexadecimal.
func (t *Text) SHA256() string { return t.sha256 }

// Paragraphs gives the number of paragraphs.
func (t *Text) Paragraphs() int { return len(t.paragraphs) }

// Span gives where a passage stands: p3 is the third paragraph, p3s2 its second
// sentence and p3s2-3 its second and third. start and end count Unicode code
// points of the whole text from 0, end exclusive.
func (t *Text) Span(key string) (paragraph, start, end int, err error) {
	k, err := parsePassage(key)
	if err != nil {
		return 0, 0, 0, err
	}
	if k.paragraph > len(t.paragraphs) {
		return 0, 0, 0, fmt.Errorf("%s is not in the text, which has %s", key, count(len(t.paragraphs), "paragraph"))
	}
	p := t.paragraphs[k.paragraph-1]
	if k.first == 0 {
		return k.paragraph, p[0], p[1], nil
	}
	found := t.sentences(p)
	if k.last > len(found) {
		return 0, 0, 0, fmt.Errorf("%s is not in the text: its paragraph %d has %s", key, k.paragraph, count(len(found), "sentence"))
	}
	return k.paragraph, found[k.first-1][0], found[k.last-1][1], nil
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Cut gives the characters from start to end.
func (t *Text) Cut(start, end int) (string, error) {
	if start < 0 || start > end || end > len(t.characters) {
		return "", fmt.Errorf("[%d, %d] is not in the text, which has %s", start, end, count(len(t.characters), "character"))
	}
	return string(t.characters[start:end]), nil
}

// splitter takes 10 ms to build: only who asks for a sentence pays for it.
var splitter = sync.OnceValue(func() *sentences.DefaultSentenceTokenizer {
	s, err := english.NewSentenceTokenizer(nil)
	if err != nil {
		panic(err) // its training data is compiled in
	}
	return s
})

// afterNumber finds a sentence that ends in a number, where the splitter sees
// an ordinal: "on Feb. 21. Then". A number that starts a sentence is one.
var afterNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:[^.!?:\s]|\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|No)\.)\s` +
		`[$€£]?[0-9][0-9.,:%–-]*\.(\s+)["'“‘(]?\p{Lu}`)
})

// sentences cuts a paragraph.
func (t *Text) sentences(p [2]int) (found [][2]int) {
	text := string(t.characters[p[0]:p[1]])
	var ends []int // byte offsets
	for _, s := range splitter().Tokenize(text) {
		ends = append(ends, s.End)
	}
	for _, m := range afterNumber().FindAllStringSubmatchIndex(text, -1) {
		ends = append(ends, m[2])
	}
	slices.Sort(ends)
	start, last := p[0], 0
	for _, end := range ends {
		next := start + utf8.RuneCountInString(text[last:end])
		if s, e := t.trim(start, next); s < e {
			found = append(found, [2]int{s, e})
		}
		start, last = next, end
	}
	return found
}

// FindText finds in a folder the text that an article was read from: by its
// hash, or where that is not known yet by the article's name.
func FindText(dir string, article graph.ID, sha256 string) (*Text, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the text of %s: %w", article, err)
	}
	isNamed := func(e os.DirEntry) bool {
		name := e.Name()
		return strings.EqualFold(strings.TrimSuffix(name, filepath.Ext(name)), article.Slug())
	}
	slices.SortStableFunc(entries, func(a, b os.DirEntry) int { // as a rule one file is enough to read
		switch {
		case isNamed(a) == isNamed(b):
			return 0
		case isNamed(a):
			return -1
		}
		return 1
	})
	var others []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() > maxFactsFile || sha256 == "" && !isNamed(e) {
			continue
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("the text of %s: %w", article, err)
		}
		sum := hashOf(src)
		if sha256 == "" || sum == sha256 {
			t, err := NewText(src)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			return t, nil
		}
		if isNamed(e) {
			others = append(others, fmt.Sprintf("%s has the article's name, but SHA-256 %s", path, sum))
		}
	}
	if sha256 == "" {
		return nil, fmt.Errorf("the text of %s: no file in %s is named %s.txt", article, dir, article.Slug())
	}
	return nil, errors.New(strings.Join(append([]string{
		fmt.Sprintf("the text of %s: no file in %s has SHA-256 %s", article, dir, sha256),
	}, others...), "; "))
}

func hashOf(src []byte) string {
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:])
}

// CheckSpans compares a file's passages and its article's sha256 with the text.
// The error is Mistakes.
func CheckSpans(f *Facts, text *Text) error {
	var r report
	if len(f.sources) == 0 || f.Document.Sources[0].Class != vocab.Article {
		r.add(f.File, place{}, "article", noArticle)
		return r.err()
	}
	article, places := &f.Document.Sources[0], &f.sources[0]
	if article.SHA256 != text.sha256 {
		r.add(f.File, places.at["sha256"], "article.sha256", otherText, text.sha256)
	}
	for i, p := range article.Passages {
		key := places.keys[i]
		_, start, end, err := text.Span(key)
		if err != nil {
			r.add(f.File, places.passages[i], "passages."+key, "%s", err)
		} else if start != p.Start || end != p.End {
			r.add(f.File, places.passages[i], "passages."+key, "[%d, %d], but it stands at [%d, %d] in the text; run `parley spans %s --texts DIR`", p.Start, p.End, start, end, f.File)
		}
	}
	return r.err()
}

const (
	noArticle = "missing; spans are of an article's text"
	otherText = "the text has %s: look for the text that the facts were taken from, or take them anew from this one"
)

// WriteSpans gives a facts file with its passages, worked out anew from the
// text, as its last section, one a line; and with the article's sha256 if it
// had none. Nothing else of the file is changed. What is wrong with the file
// otherwise is an error, which is Mistakes.
func WriteSpans(file string, src []byte, text *Text) ([]byte, error) {
	y := newFactsReader(file)
	y.spansToCome = true
	y.read(src)
	if y.article == nil && len(y.list) == 0 {
		y.bad(place{}, "article", noArticle)
	}
	if err := y.err(); err != nil {
		return nil, err
	}
	e := edits{src: src, newline: "\n"}
	if bytes.Contains(src, []byte("\r\n")) {
		e.newline = "\r\n"
	}
	if sum := y.facts.Document.Sources[0].SHA256; sum == "" {
		e.hash(y, text.sha256)
	} else if sum != text.sha256 {
		y.bad(y.facts.sources[0].at["sha256"], "article.sha256", otherText, text.sha256)
	}
	slices.SortFunc(y.cited, func(a, b reason) int {
		k, _ := parsePassage(a.key)
		l, _ := parsePassage(b.key)
		return cmp.Or(k.paragraph-l.paragraph, k.first-l.first, k.last-l.last)
	})
	var passages strings.Builder
	for _, r := range y.cited {
		_, start, end, err := text.Span(r.key)
		if err != nil {
			y.bad(r.at, "at", "%s", err)
		}
		fmt.Fprintf(&passages, "  %s: [%d, %d]%s", r.key, start, end, e.newline)
	}
	if err := y.err(); err != nil {
		return nil, err
	}
	for _, s := range y.sections {
		if s.key == "passages" {
			e.replace(s.start, s.end, "")
		}
	}
	out := e.apply()
	if passages.Len() > 0 {
		if !bytes.HasSuffix(out, []byte("\n")) {
			out = append(out, e.newline...)
		}
		out = append(out, "passages:"+e.newline+passages.String()...)
	}
	// A file written in a way that the edits did not foresee must not be lost.
	f, err := ReadFacts(file, out)
	if err == nil {
		err = CheckSpans(f, text)
	}
	if err != nil {
		return nil, fmt.Errorf("writing spans: %w", err)
	}
	return out, nil
}

// edits are changes of a file, in the order of their places.
type edits struct {
	src     []byte
	newline string
	list    []edit
}

type edit struct {
	start, end int
	text       string
}

func (e *edits) replace(start, end int, text string) { e.list = append(e.list, edit{start, end, text}) }

func (e *edits) apply() []byte {
	slices.SortStableFunc(e.list, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	var out []byte
	last := 0
	for _, one := range e.list {
		out = append(append(out, e.src[last:one.start]...), one.text...)
		last = one.end
	}
	return append(out, e.src[last:]...)
}

// offset gives the byte at a place.
func (e *edits) offset(p place) int {
	at := 0
	for range p.line - 1 {
		at += bytes.IndexByte(e.src[at:], '\n') + 1
	}
	if at == 0 && bytes.HasPrefix(e.src, []byte(bom)) {
		at = len(bom)
	}
	for range p.column - 1 {
		_, size := utf8.DecodeRune(e.src[at:])
		at += size
	}
	return at
}

// hash writes the sha256 of the article: where its key stands without a value,
// else below the id.
func (e *edits) hash(y *factsReader, sum string) {
	var id entry
	for _, h := range y.header {
		switch null, _ := h.value.(*ast.NullNode); {
		case h.key == "id":
			id = h
		case h.key != "sha256":
		case null != nil && null.Token.Type == token.ImplicitNullType:
			at := e.offset(h.colon) + 1
			e.replace(at, at, " "+sum)
			return
		default: // ~, null or quotes
			at := e.offset(y.facts.sources[0].at["sha256"])
			e.replace(at, at+len(strings.TrimSpace(h.value.GetToken().Origin)), sum)
			return
		}
	}
	if y.flow != (place{}) {
		at := e.offset(y.flow) + 1
		e.replace(at, at, "sha256: "+sum+", ")
		return
	}
	line := strings.Repeat(" ", id.at.column-1) + "sha256: " + sum
	at := e.offset(y.facts.sources[0].at["id"])
	if end := bytes.IndexByte(e.src[at:], '\n'); end >= 0 {
		e.replace(at+end+1, at+end+1, line+e.newline)
	} else {
		e.replace(len(e.src), len(e.src), e.newline+line)
	}
}
