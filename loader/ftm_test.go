package loader_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/vocab"
	"parley/loader"

	"github.com/cayleygraph/quad"
	"pgregory.net/rapid"
)

// loadFTM loads entities into a new graph, from a file in a folder, and gives the
// graph.
func loadFTM(t interface{ Fatal(...any) }, dir, text string) (*graph.Graph, loader.Loaded) {
	g := openGraph(t)
	name := filepath.Join(dir, "case.ftm")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	loaded, err := load(g, []string{name})
	if err != nil {
		t.Fatal(err)
	}
	return g, loaded[0]
}

// someEntities draws lines of FollowTheMoney in which few ids meet: entities in
// fragments, references to what is there, is not, or is of another schema.
func someEntities(t *rapid.T) string {
	ids := []string{"ann", "Q7747", "a.b-0123456789abcdef", "刘鹤", "parley.person.liu-he", "parley.country.usa", "parley.meeting.aX5fb", "x/y", "X/y", "NK-1", "nk-1", "gone"}
	texts := []string{"Ann", "Ann Other", "刘鹤", "\"<&>\\\u2028", "Post", " "}
	dates := []string{"2018", "2018-05", "2018-05-07", "2017-01-31T10:00:00", "2019-12"}
	of := map[string][]string{
		"name": texts, "title": texts, "alias": texts, "weakAlias": texts, "previousName": texts, "summary": texts, "description": texts, "notes": texts,
		"wikidataId": {"Q7747", "Q1"}, "country": {"us", "cn", "CH", "eu", "suhh", "xk"}, "jurisdiction": {"gb", "us"},
		"sourceUrl": {"http://x.example/", "http://y.example/?a=b&c"}, "location": {"Bern", "Beijing, China"},
		"publisher": texts, "keywords": {"parley:Meeting", "parley:Statement", "trade"}, "status": {"current", "ended"},
		"startDate": {"2017", "2018-05", "2016-02-01"}, "endDate": {"2019", "2020-12-31"}, "date": dates, "publishedAt": dates, "retrievedAt": dates,
		"proof": ids, "parent": ids, "organization": ids, "holder": ids, "post": ids, "organizer": ids, "involved": ids,
		"birthDate": dates, "topics": {"sanction"},
	}
	schemata := []string{"Person", "Organization", "Company", "PublicBody", "LegalEntity", "Position", "Occupancy", "Event", "Article", "Document", "HyperText", "Vessel", "Wessel"}
	own := map[string]string{"parley.person.liu-he": "Person", "parley.country.usa": "PublicBody", "parley.meeting.aX5fb": "Event"}
	properties := rapid.MapOfN(rapid.SampledFrom(slices.Sorted(maps.Keys(of))), rapid.Just(0), 0, 8)
	var lines strings.Builder
	for range rapid.IntRange(1, 12).Draw(t, "entities") {
		id := rapid.SampledFrom(ids[:len(ids)-1]).Draw(t, "id")
		schema := own[id]
		if schema == "" {
			schema = rapid.SampledFrom(schemata).Draw(t, "schema")
		}
		values := map[string][]string{}
		for _, property := range slices.Sorted(maps.Keys(properties.Draw(t, "properties"))) {
			values[property] = rapid.SliceOfN(rapid.SampledFrom(of[property]), 1, 3).Draw(t, property)
		}
		entity := map[string]any{"id": id, "schema": schema, "properties": values}
		if rapid.Bool().Draw(t, "in data sets") {
			entity["datasets"] = rapid.SliceOfN(rapid.SampledFrom([]string{"peps", "A list"}), 1, 2).Draw(t, "datasets")
		}
		line, err := json.Marshal(entity)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&lines, "%s\n", line)
	}
	return lines.String()
}

// What entities say here comes out again, and is the same when it is read back.
func TestFTMRoundTrip(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		g, _ := loadFTM(t, dir, someEntities(t))
		exported := export(t, g, "ftm")
		back, loaded := loadFTM(t, dir, exported)
		if want, got := export(t, g, "nquads"), export(t, back, "nquads"); got != want {
			t.Fatalf("exported:\n%s\nread back:\n%s\nwant:\n%s", exported, got, want)
		}
		if loaded.Notes != nil {
			t.Fatalf("exported:\n%s\nread back: %q", exported, loaded.Notes)
		}
	})
}

// someGraph draws quads that fit the vocabulary, and that passages of sources
// state.
func someGraph(t *rapid.T) []quad.Quad {
	slugs := []string{"a", "a_b", "a/b", "2018-05", "usa", "ftm-ann", "É-."}
	id := func(classes ...*vocab.Class) graph.ID {
		c := rapid.SampledFrom(classes).Draw(t, "class")
		slug := rapid.SampledFrom(slugs).Draw(t, "slug")
		if c == vocab.Reference { // two sources never share a slug, or they would share passages
			slug = "r" + slug
		}
		return graph.ID(c.Folder + "/" + slug)
	}
	texts := []string{"Ann", "Ben", "刘鹤", "", "http://x.example/", "ftm:ann", "a\x00b"}
	dates := []string{"2018", "2018-05-07~", "2018-05/2019", "2018-0X", "201X", "2018-21", "../2019-01-02", "2018/", "2018-05/..", "[2018-01,2018-02]", "2018-1X-XX/2019?"}
	literal := func(p *vocab.Predicate) quad.Value {
		switch {
		case p.Words != nil:
			return quad.String(rapid.SampledFrom(p.Words.List).Draw(t, "word"))
		case p.Literal == vocab.EDTF:
			return graph.Literal(p, rapid.SampledFrom(dates).Draw(t, "date"))
		case p.Literal == vocab.Text:
			return quad.String(rapid.SampledFrom(texts).Draw(t, "text"))
		}
		return graph.Literal(p, "1")
	}
	var quads []quad.Quad
	add := func(s graph.ID, p *vocab.Predicate, o, label quad.Value) {
		quads = append(quads, quad.Quad{Subject: s.Value(), Predicate: p.IRI, Object: o, Label: label})
	}
	var labels []quad.Value
	for range rapid.IntRange(1, 3).Draw(t, "sources") {
		source := id(vocab.Article, vocab.Reference)
		passage := graph.WholeID(source)
		if rapid.Bool().Draw(t, "a part") {
			passage = graph.PassageID(source, "p1")
		}
		label := passage.Value()
		add(source, vocab.Type, graph.ClassOfFolder(source.Folder()).IRI, label)
		add(passage, vocab.FromSource, source.Value(), label)
		labels = append(labels, label)
	}
	label := rapid.SampledFrom(labels)
	for range rapid.IntRange(0, 25).Draw(t, "statements") {
		p := rapid.SampledFrom(vocab.Predicates()).Draw(t, "predicate")
		s := id(p.Domain...)
		if s.Folder() == vocab.Passage.Folder || s.Folder() == vocab.Rule.Folder {
			continue
		}
		if rapid.IntRange(0, 4).Draw(t, "typed") > 0 {
			add(s, vocab.Type, graph.ClassOfFolder(s.Folder()).IRI, label.Draw(t, "label"))
		}
		switch {
		case p == vocab.Type:
		case p == vocab.SameAs:
			add(s, p, quad.IRI(rapid.SampledFrom([]string{"http://www.wikidata.org/entity/Q42", "https://x.example/Q42"}).Draw(t, "same")), label.Draw(t, "label"))
		case p.Range == nil:
			add(s, p, literal(p), label.Draw(t, "label"))
		default:
			o := id(p.Range...)
			add(o, vocab.Type, graph.ClassOfFolder(o.Folder()).IRI, label.Draw(t, "label"))
			add(s, p, o.Value(), label.Draw(t, "label"))
		}
	}
	return quads
}

// What FollowTheMoney has a place for is the same however often it goes out and
// in.
func TestFTMExportAgain(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		g := openGraph(t)
		if _, err := g.Add(context.Background(), someGraph(t)); err != nil {
			t.Fatal(err)
		}
		once := export(t, g, "ftm")
		back, _ := loadFTM(t, dir, once)
		if again := export(t, back, "ftm"); again != once {
			t.Fatalf("exported:\n%s\nand again:\n%s", once, again)
		}
	})
}
