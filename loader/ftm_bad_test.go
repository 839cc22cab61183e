package loader_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parley/loader"
)

func TestFTMMistakes(t *testing.T) {
	const ann = `{"id":"ann","schema":"Person","properties":{"name":["Ann"]}}`
	for _, c := range []struct{ line, problem string }{
		{`{"id":"ann","schema":"Person"`, "30: no JSON: the line ends within the entity"},
		{`{"id":"ann" "schema":"Person"}`, "13: no JSON: "},
		{`["ann"]`, "1: an entity is an object: {"},
		{`nothing`, "1: an entity is an object: {"},
		{ann + ` {}`, "62: a second value; an entity has a line of its own"},
		{`{"schema":"Person","properties":{}}`, "1: id: is missing; an entity has an id, a schema and properties"},
		{`{"id":"ann","properties":{}}`, "1: schema: is missing"},
		{`{"id":"ann","schema":"Person"}`, "1: properties: is missing"},
		{`{"id":"","schema":"Person","properties":{}}`, "7: id: is empty"},
		{`{"id":"a\u0000","schema":"Person","properties":{}}`, "7: id: has a control character"},
		{`{"id":"` + strings.Repeat("a", 256) + `","schema":"Person","properties":{}}`, "7: id: is longer than 255 bytes"},
		{`{"id":7,"schema":"Person","properties":{}}`, "7: id: is no text; write it in quotes"},
		{`{"id":"ann","schema":"","properties":{}}`, "22: schema: is empty"},
		{`{"id":"ann","schema":"Person","properties":["Ann"]}`, "44: properties: is no object"},
		{`{"id":"ann","schema":"Person","properties":{"name":[1]}}`, "53: properties.name: is no text"},
		{`{"id":"ann","schema":"Person","properties":{"name":null}}`, "52: properties.name: is no text"},
		{`{"id":"ann","schema":"Person","properties":{"name":["Ann",["Ben"]]}}`, "59: properties.name: is no text"},
		{`{"id":"刘","schema":"Person","properties":{"name":[{"id":"x"}]}}`, "51: properties.name: an entity within another; load the form in which each has a line"},
		{`{"id":"ann","id":"ben","schema":"Person","properties":{}}`, "13: id: is there twice; put its values into one list"},
		{`{"id":"ann","schema":"Person","properties":{"name":["Ann"],"name":["Ben"]}}`, "60: properties.name: is there twice"},
		{`{"id":"ann","schema":"Person","properties":{"name":["\ud800"]}}`, "no JSON: "},
		{`{"id":"ann","schema":"Person","properties":{"name":["\u0000"]}}`, "53: properties.name: a NUL character"},
		{"{\"id\":\"ann\",\"schema\":\"Person\",\"properties\":{\"name\":[\"\xff\"]}}", "54: not UTF-8"},
		{`{"id":"ann","schema":"Person","properties":{"wikidataId":["7747"]}}`, "59: properties.wikidataId: \"7747\" is no id of Wikidata; write Q and a number"},
		{`{"id":"a","schema":"Event","properties":{"date":["2019-13-01"]}}`, "50: properties.date: \"2019-13-01\""},
		{`{"id":"a","schema":"Event","properties":{"date":["2019-21"]}}`, "50: properties.date: \"2019-21\" is no date; write YYYY, YYYY-MM or YYYY-MM-DD"},
		{`{"id":"a","schema":"Event","properties":{"date":["0000-00-00"]}}`, "50: properties.date: \"0000-00-00\""},
		{`{"id":"a","schema":"Event","properties":{"date":["99999999"]}}`, "50: properties.date: \"99999999\""},
		{`{"id":"a","schema":"Event","properties":{"date":["May 2019"]}}`, "50: properties.date: \"May 2019\" is no date; write YYYY, YYYY-MM or YYYY-MM-DD"},
		{`{"id":"a","schema":"Event","properties":{"date":["2019/2020"]}}`, "50: properties.date: \"2019/2020\" is no date"},
		{`{"id":"a","schema":"Occupancy","properties":{"startDate":["2019-05"],"endDate":["2018"]}}`, "properties.endDate: 2018 is before the start, 2019-05"},
		{`{"id":"a","schema":"Occupancy","properties":{"holder":[""],"post":["a\nb"]}}`, "68: properties.post: the id has a control character"},
		{`{"id":"parley.person.ann","schema":"Company","properties":{}}`, "7: id: is of a person in parley, and the schema is Company"},
		{`{"id":"a","schema":"Vessel","x":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `,"properties":{}}`, "no JSON: exceeded max depth"},
		{`{"id":"a","schema":"Person","properties":{"name":["` + strings.Repeat("a", 1<<20) + `"]}}`, "the row is longer than 1048576 bytes"},
	} {
		name := filepath.Join(folder(t, "x.ftm", "# a comment\n\n"+c.line+"\n"+ann+"\n"), "x.ftm")
		g := openGraph(t)
		_, err := load(g, []string{name})
		if err == nil || !strings.HasPrefix(err.Error(), name+":3:") || !strings.Contains(err.Error(), c.problem) {
			t.Errorf("%.200s:\n%.300v\nwant %s", c.line, err, c.problem)
		}
		if quads := quadsOf(t, g); quads != nil {
			t.Errorf("%.200s: %d quads were added", c.line, len(quads))
		}
	}
}

// Bad lines are left out with their reasons, and can be loaded once they are
// mended.
func TestFTMRejects(t *testing.T) {
	const good = `{"id":"ann","schema":"Person","properties":{"name":["Ann"]}}` + "\n"
	const bad = `{"id":"ben","schema":"Person","properties":{"name":"Ben","wikidataId":["1"]}}` + "\n"
	var rejects bytes.Buffer
	g := openGraph(t)
	loaded, err := loadAs(context.Background(), g, within(folder(t, "x.ftm", good+bad), "x.ftm"), loader.FindOptions{}, loader.LoadOptions{MaxErrors: 1, Rejects: &rejects})
	if err != nil || loaded[0].Bad != 1 || loaded[0].Rows != 2 {
		t.Fatalf("%+v, %v", loaded, err)
	}
	mended := strings.Replace(rejects.String(), `["1"]`, `["Q1"]`, 1)
	if _, err := load(g, within(folder(t, "rejects.ftm", mended), "rejects.ftm")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"Ann"`, `"Ben"`, "entity/Q1>"} {
		if !strings.Contains(export(t, g, "nquads"), want) {
			t.Errorf("%s is not there after\n%s", want, mended)
		}
	}
}

// What a file refers to may have come with another, and is found by its id there.
func TestFTMAcrossFiles(t *testing.T) {
	const people = `{"id":"Ann!","schema":"Person","properties":{"name":["Ann"],"proof":["report"]}}
{"id":"report","schema":"Article","properties":{"title":["Report"],"sourceUrl":["http://post.example/1"]}}
{"id":"post","schema":"Organization","properties":{"name":["The Post"]}}
`
	const terms = `{"id":"t","schema":"Occupancy","properties":{"holder":["Ann!"],"post":["minister"],"proof":["report"],"sourceUrl":["http://post.example/1"]}}
{"id":"minister","schema":"Position","properties":{"name":["Minister"],"organization":["parley.country.ala","parley.country.bel"]}}
{"id":"other","schema":"Article","properties":{"publisher":["The Post"]}}
`
	dir := folder(t, "aland.nq", alandQuads, "people.ftm", people, "terms.ftm", terms)
	g := openGraph(t)
	if _, err := load(g, within(dir, "aland.nq", "people.ftm")); err != nil {
		t.Fatal(err)
	}
	loaded, err := load(g, within(dir, "terms.ftm"))
	if err != nil || fmt.Sprint(loaded[0].Notes) != "[not kept: 1 reference to entities that neither the files nor the graph has]" {
		t.Fatalf("%+v, %v", loaded, err)
	}
	text := export(t, g, "nquads")
	person := regexp.MustCompile(`<urn:parley:person/ftm-ann-[0-9a-f]+>`).FindString(text)
	for _, want := range []string{
		"<urn:parley:tenure/ftm-t> <http://www.w3.org/ns/org#member> " + person + " <urn:parley:passage/ftm-report> .",
		"<urn:parley:office/ftm-minister> <http://www.w3.org/ns/org#postIn> <urn:parley:country/ala> ",
		"<urn:parley:article/ftm-other> <https://schema.org/publisher> <urn:parley:organization/ftm-post> ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "ftm-url_") {
		t.Error("the address of the article that proves it became another source")
	}

	// In one change, too, and as often as one likes.
	both := openGraph(t)
	if _, err := load(both, within(dir, "aland.nq", "people.ftm", "terms.ftm")); err != nil {
		t.Fatal(err)
	}
	if got := export(t, both, "nquads"); got != text {
		t.Errorf("loaded at once:\n%s\none after the other:\n%s", got, text)
	}
	again, err := load(both, within(dir, "people.ftm", "terms.ftm"))
	if err != nil || again[0].New+again[1].New != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
}

// A country that the graph knows keeps its name.
func TestFTMKnownCountry(t *testing.T) {
	g := openGraph(t)
	dir := folder(t, "a.yaml", aland, "b.ftm", `{"id":"x","schema":"Company","properties":{"name":["X"],"country":["ax","zz","fi"]}}`)
	loaded, err := load(g, within(dir, "a.yaml", "b.ftm"))
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(loaded[1].Notes) != "[not kept: 1 value of Company.country outside ISO 3166-1]" {
		t.Error(loaded[1].Notes)
	}
	text := export(t, g, "nquads")
	if strings.Contains(text, "Åland Islands") {
		t.Error("what the facts name has another name of its code")
	}
	for _, want := range []string{"vocab#country> <urn:parley:country/ala>", "vocab#country> <urn:parley:country/fin>", "<urn:parley:country/fin> <https://schema.org/name> \"Finland\""} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}

	g = openGraph(t)
	for _, name := range []string{"a.yaml", "b.ftm"} {
		if _, err := load(g, within(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if text := export(t, g, "nquads"); !strings.Contains(text, `"Aland"`) || strings.Contains(text, "Åland Islands") {
		t.Error(text)
	}
}

func TestFTMIsStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	g := openGraph(t)
	_, err := loadAs(ctx, g, within(folder(t, "x.ftm", loader.FormatNamed("ftm").Template), "x.ftm"), loader.FindOptions{}, loader.LoadOptions{})
	if !errors.Is(err, context.Canceled) || quadsOf(t, g) != nil {
		t.Error(err)
	}
}

// A line in which each source would be the reason for each value, and an entity of
// endless fragments, end.
func TestFTMHostile(t *testing.T) {
	large(t)
	many := func(property string, n int) string {
		var values []string
		for i := range n {
			values = append(values, fmt.Sprintf("%q", fmt.Sprint("http://x.example/", i)))
		}
		return fmt.Sprintf("%q:[%s]", property, strings.Join(values, ","))
	}
	g, loaded := loadFTM(t, t.TempDir(), `{"id":"a","schema":"Person","properties":{`+many("sourceUrl", 5000)+`,`+many("alias", 1000)+`}}`)
	if got := fmt.Sprint(loaded.Notes); got != "[not kept: 4900 values of Person.sourceUrl]" {
		t.Error(got)
	}
	if n := len(quadsOf(t, g)); n < 100*1000 || n > 110*1000 {
		t.Errorf("%d quads", n)
	}

	fragment := `{"id":"a","schema":"Person","properties":{"notes":["` + strings.Repeat("a", 1<<20-100) + `%03d"]}}` + "\n"
	var text strings.Builder
	for i := range 20 {
		fmt.Fprintf(&text, fragment, i)
	}
	_, err := load(openGraph(t), within(folder(t, "x.ftm", text.String()), "x.ftm"))
	var m *loader.Mistake
	if !errors.As(err, &m) || m.Field != "id" || !strings.Contains(m.Problem, `the lines with the id "a" come to more than 16777216 bytes`) {
		t.Errorf("%.200v", err)
	}
}
