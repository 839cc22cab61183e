package loader_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/loader"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const (
	ftmPeople = `{"id":"ann","schema":"Person","properties":{"name":["Ann"],"proof":["report"]}}
{"id":"term","schema":"Occupancy","properties":{"holder":["ann"],"post":["minister"],"proof":["report"]}}
{"id":"ben","schema":"Person","properties":{"name":["Ben"]}}
`
	ftmDocs = `{"id":"report","schema":"Article","properties":{"title":["Report"],"publisher":["The Post"]}}
{"id":"minister","schema":"Position","properties":{"name":["Minister"],"proof":["report"]}}
{"id":"post","schema":"Organization","properties":{"name":["The Post"]}}
{"id":"ben","schema":"Person","properties":{"alias":["Benny"]}}
`
)

// loadedTwice loads files, and once more, which must add nothing. It gives what
// the graph holds after the first time.
func loadedTwice(t interface {
	Fatal(...any)
	Fatalf(string, ...any)
}, files []string,
) (string, []loader.Loaded) {
	g := openGraph(t)
	loaded, err := load(g, files)
	if err != nil {
		t.Fatal(err)
	}
	once := export(t, g, "nquads")
	again, err := load(g, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range again {
		if l.New != 0 {
			t.Fatalf("%s: %d quads are new when it is loaded again; there were\n%s\nand are\n%s", l.File, l.New, once, export(t, g, "nquads"))
		}
	}
	return once, loaded
}

// Entities in several files say what they say in one, whichever is first.
func TestFTMFolder(t *testing.T) {
	dir := folder(t, "case/a-people.ftm", ftmPeople, "case/b-docs.ftm", ftmDocs, "turned/a-docs.ftm", ftmDocs, "turned/b-people.ftm", ftmPeople)
	text, loaded := loadedTwice(t, within(dir, "case"))
	for _, want := range []string{
		"<urn:parley:tenure/ftm-term> <http://www.w3.org/ns/org#member> <urn:parley:person/ftm-ann> <urn:parley:passage/ftm-report> .",
		"<urn:parley:tenure/ftm-term> <http://www.w3.org/ns/org#role> <urn:parley:office/ftm-minister> <urn:parley:passage/ftm-report> .",
		"<urn:parley:person/ftm-ann> <https://schema.org/name> \"Ann\" <urn:parley:passage/ftm-report> .",
		"<urn:parley:article/ftm-report> <https://schema.org/publisher> <urn:parley:organization/ftm-post> ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "<urn:parley:person/ftm-ann> <https://schema.org/name> "); n != 1 {
		t.Errorf("Ann is named for %d reasons", n)
	}
	// Ben, of whom each file has a fragment, has both for a reason, and The Post
	// its own.
	for who, reasons := range map[string]int{"person/ftm-ben> <https://schema.org/name>": 2, "person/ftm-ben> <https://schema.org/alternateName>": 2, "organization/ftm-post> <https://schema.org/name>": 1} {
		if n := strings.Count(text, "<urn:parley:"+who); n != reasons {
			t.Errorf("%s: %d reasons, want %d", who, n, reasons)
		}
	}
	if loaded[0].New != 0 || loaded[1].New == 0 || loaded[0].Notes != nil || fmt.Sprint(loaded[1].Notes) != "[what all 2 files of entities add is counted here, for they are put together]" {
		t.Errorf("%+v", loaded)
	}
	files := strings.NewReplacer("a-docs", "b-docs", "b-people", "a-people")
	if turned, _ := loadedTwice(t, within(dir, "turned")); cmp.Diff(text, files.Replace(turned)) != "" {
		t.Error(cmp.Diff(text, files.Replace(turned)))
	}
}

// Whatever entities there are, the order of their files changes nothing, and
// what is loaded twice is there once.
func TestFTMFilesInAnyOrder(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		texts := make([]string, rapid.IntRange(1, 3).Draw(t, "files"))
		for line := range strings.Lines(someEntities(t)) {
			texts[rapid.IntRange(0, len(texts)-1).Draw(t, "file")] += line
		}
		var files []string
		for i, text := range texts {
			files = append(files, filepath.Join(dir, fmt.Sprint(i, ".ftm")))
			if err := os.WriteFile(files[i], []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, _ := loadedTwice(t, files)
		turned := rapid.Permutation(files).Draw(t, "turned")
		if got, _ := loadedTwice(t, turned); got != want {
			t.Fatalf("in the order %v:\n%s\nin the order %v:\n%s", files, want, turned, got)
		}
	})
}

// Entities refer to what other formats define, in whatever order they are named.
func TestFTMAcrossFormats(t *testing.T) {
	const refers = `{"id":"ann","schema":"Person","properties":{"name":["Ann"]}}
{"id":"of","schema":"Position","properties":{"name":["Minister"],"organization":["parley.country.ala"],"proof":["parley.article.report"]}}
{"id":"t","schema":"Occupancy","properties":{"holder":["ann"],"post":["of"]}}
{"id":"w","schema":"Article","properties":{"publisher":["The Post"]}}
`
	const report = `<urn:parley:article/report> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/NewsArticle> <urn:parley:passage/report> .
<urn:parley:organization/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Organization> <urn:parley:passage/report> .
<urn:parley:organization/a> <https://schema.org/name> "The Post" <urn:parley:passage/report> .
`
	dir := folder(t, "ref.nq", alandQuads+report, "q.ftm", refers, "ref.yaml", aland, "z.ftm",
		`{"id":"x","schema":"Position","properties":{"name":["X"],"organization":["parley.country.ala"],"country":["ax"]}}`)
	for _, c := range []struct {
		files []string
		want  []string
	}{
		{[]string{"q.ftm", "ref.nq"}, []string{
			"<urn:parley:office/ftm-of> <http://www.w3.org/ns/org#postIn> <urn:parley:country/ala> <urn:parley:passage/report> .",
			"<https://schema.org/publisher> <urn:parley:organization/a> ",
		}},
		{[]string{"z.ftm", "ref.yaml"}, []string{"<urn:parley:office/ftm-x> <http://www.w3.org/ns/org#postIn> <urn:parley:country/ala> "}},
	} {
		files := within(dir, c.files...)
		text, loaded := loadedTwice(t, files)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%v: %s is not in\n%s", c.files, want, text)
			}
		}
		if loaded[0].Notes != nil {
			t.Error(loaded[0].Notes)
		}
		if turned, _ := loadedTwice(t, []string{files[1], files[0]}); turned != text {
			t.Errorf("%v (-in this order +turned):\n%s", c.files, cmp.Diff(text, turned))
		}
	}
}

// What is wrong names the file and line that it is in.
func TestFTMMistakeOfOneFile(t *testing.T) {
	dir := folder(t, "a.ftm", ftmPeople, "b.ftm", "\n"+ftmMany("x", 2000, 60), "c.ftm", ftmDocs+ftmMany("y", 2000, 60))
	_, err := load(openGraph(t), within(dir, "a.ftm", "b.ftm", "c.ftm"))
	if err == nil {
		t.Fatal("no mistake")
	}
	for _, want := range []string{filepath.Join(dir, "b.ftm") + ":2: properties: the entity \"x\" has 2000 values and 60 sources", filepath.Join(dir, "c.ftm") + ":5: properties: the entity \"y\" has"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not in\n%v", want, err)
		}
	}
}

// ftmMany is an entity of many aliases and sources.
func ftmMany(id string, aliases, sources int) string {
	list := func(n int, text string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprintf("%q", fmt.Sprint(text, i))
		}
		return "[" + strings.Join(all, ",") + "]"
	}
	return fmt.Sprintf(`{"id":%q,"schema":"Person","properties":{"alias":%s,"sourceUrl":%s}}`+"\n", id, list(aliases, "a"), list(sources, "http://x.example/"))
}

// Values and reasons are bounded together: their product is what is added.
func TestFTMBound(t *testing.T) {
	for _, c := range []struct {
		text string
		want string
	}{
		{ftmMany("a", 1000, 100), ""},
		{ftmMany("a", 1001, 100), ":1: properties: the entity \"a\" has 1001 values and 100 sources, each a reason for each, and at most 100000 in all can be kept; name only the sources that state it, at most 99, or"},
		{ftmMany("a", 60000, 2), ":1: properties: the entity \"a\" has 60000 values and 2 sources"},
		{ftmMany("a", 60000, 1), ""},
		{strings.Repeat(ftmMany("a", 900, 100), 3), ""}, // the same again is no more
		{ftmMany("b", 3, 2) + ftmMany("a", 1000, 50) + strings.ReplaceAll(ftmMany("a", 1200, 100), `"a1`, `"c1`), ":2: properties: the entity \"a\" has "},
	} {
		dir := folder(t, "x.ftm", c.text)
		g := openGraph(t)
		_, err := load(g, within(dir, "x.ftm"))
		var m *loader.Mistake
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%.80s: %v", c.text, err)
		case c.want != "" && (!errors.As(err, &m) || !strings.HasPrefix(err.Error(), filepath.Join(dir, "x.ftm")+c.want)):
			t.Errorf("%.80s: %v\nwant %s", c.text, err, c.want)
		case c.want != "" && quadsOf(t, g) != nil:
			t.Errorf("%.80s: quads were added", c.text)
		}
	}
}
