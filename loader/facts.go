package loader

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/goccy/go-yaml/ast"
)

// Facts is a facts file that was read: what it says, and where it says it.
type Facts struct {
	File     string
	Document *graph.Document

	sources []sourcePlaces // of Document.Sources
	facts   []factPlaces   // of Document.Facts
}

type sourcePlaces struct {
	at       map[string]place // by key
	keys     []string         // of Passages: p4, p4s2
	passages []place
}

type factPlaces struct {
	id, at place
	source graph.ID     // that `at` names
	values []valuePlace // of Values; shared by the facts of one entry
}

type valuePlace struct {
	place
	field string
}

// ReadFacts reads a facts file: YAML with the keys article, references, facts
// and passages, each at the start of a line. file names it in errors.
//
// The error is Mistakes: all that is wrong in the file, not the first thing
// only, and nothing is read of a file that has any. What takes more than one
// file to tell, such as an id that nothing defines, is for Check.
func ReadFacts(file string, src []byte) (*Facts, error) {
	facts, err := readFacts(file, src)
	if err != nil {
		return nil, err
	}
	return facts, nil
}

// readFacts gives what could be read besides the mistakes, so that it can be
// checked for more of them.
func readFacts(file string, src []byte) (*Facts, error) {
	y := newFactsReader(file)
	y.read(src)
	return y.facts, y.err()
}

// factsReader reads one facts file.
type factsReader struct {
	yamlReader
	facts *Facts

	// spansToCome is set where `parley spans` is about to write what it writes:
	// the passages and the article's sha256 may be missing or wrong.
	spansToCome bool

	sections []section
	article  *section         // nil if the file has none
	header   []entry          // of the article
	flow     place            // of its brace, if it has one
	spans    map[string]*span // by key
	cited    []reason         // the paragraphs and sentences that state facts
}

// span is an entry of passages.
type span struct {
	at   place
	used bool
	passageKey
	bounds [2]int // the zero value where they cannot be read
}

// reason is what states a fact: a passage of the article, or a reference.
type reason struct {
	key             string // of the passage
	passage, source graph.ID
	at              place
}

func newFactsReader(file string) *factsReader {
	return &factsReader{
		yamlReader: yamlReader{file: file},
		facts:      &Facts{File: file, Document: new(graph.Document)},
		spans:      make(map[string]*span),
	}
}

// factsKeys are the keys of a facts file in the order in which they are read:
// a fact needs the article and the passages, wherever they stand.
var factsKeys = []string{"article", "references", "passages", "facts"}

func (y *factsReader) read(src []byte) {
	if at, problem := notText(src); problem != "" {
		y.bad(at, "", "%s", problem)
		return
	}
	y.sections = y.split(string(src))
	if len(y.sections) == 0 && len(y.list) == 0 {
		y.bad(place{}, "", "nothing in it; a facts file has the keys %s", either(factsKeys))
	}
	first := make(map[string]place)
	for _, s := range y.sections {
		if at, twice := first[s.key]; twice {
			y.bad(s.at, s.key, "given twice; first at %s", at)
		} else if first[s.key] = s.at; !slices.Contains(factsKeys, s.key) {
			y.unknown(entry{key: s.key, at: s.at}, "", "a facts file", factsKeys)
		}
	}
	for _, key := range factsKeys {
		for i := range y.sections {
			if y.sections[i].key == key {
				y.section(&y.sections[i])
			}
		}
	}
	y.nested()
	for _, key := range slices.Sorted(maps.Keys(y.spans)) {
		if s := y.spans[key]; !s.used {
			y.bad(s.at, "passages."+key, "no fact is stated by it; take it out, or run %s", y.spansCommand())
		}
	}
}

// spansCommand is what writes the spans of the file.
func (y *factsReader) spansCommand() string {
	return fmt.Sprintf("`parley spans %s --texts DIR`", y.file)
}

// unknown tells that a key is none of those that may stand there.
func (y *factsReader) unknown(e entry, under, of string, keys []string) {
	if others := near(e.key, keys); len(others) > 0 {
		y.bad(e.at, under+e.key, "not a key of %s; did you mean %s?", of, either(others))
	} else {
		y.bad(e.at, under+e.key, "not a key of %s; it may have %s", of, either(keys))
	}
}

func (y *factsReader) section(s *section) {
	switch {
	case s.key == "passages" && y.spansToCome, s.key == "article" && y.article != nil:
		return
	case s.key == "article":
		y.article = s
		y.facts.Document.Sources = append(y.facts.Document.Sources, graph.Source{Class: vocab.Article})
		y.facts.sources = append(y.facts.sources, sourcePlaces{})
	}
	if len(s.items) == 0 || s.key == "article" {
		if whole, ok := y.parse(s.part).(*ast.MappingNode); ok {
			y.take(s.key, whole.Values[0].Value)
		}
		return
	}
	for _, item := range s.items {
		if y.full {
			return // for each takes time
		}
		if n := y.parse(item); n != nil {
			y.take(s.key, n)
		}
	}
}

// take reads the value of a key of the file, or an item of it.
func (y *factsReader) take(key string, n ast.Node) {
	list, isList := n.(*ast.SequenceNode)
	switch {
	case key == "article":
		y.source(n, &y.facts.Document.Sources[0], &y.facts.sources[0])
	case key == "passages":
		y.passages(n)
	case !isList:
		y.unexpected(n, key, "a list of "+key)
	case key == "facts":
		for _, n := range list.Values {
			y.fact(n)
		}
	default:
		for _, n := range list.Values {
			s, places := graph.Source{Class: vocab.Reference}, sourcePlaces{}
			y.source(n, &s, &places)
			y.facts.Document.Sources = append(y.facts.Document.Sources, s)
			y.facts.sources = append(y.facts.sources, places)
		}
	}
}

// A sourceField is a key that an article or a reference may have.
type sourceField struct {
	key, want    string
	in, required []*vocab.Class
	set          func(*graph.Source, string) error
}

var (
	ofArticle   = []*vocab.Class{vocab.Article}
	ofReference = []*vocab.Class{vocab.Reference}
	ofBoth      = []*vocab.Class{vocab.Article, vocab.Reference}

	sourceFields = []sourceField{
		{"id", "an id", ofBoth, ofBoth, func(s *graph.Source, text string) (err error) {
			s.ID, err = idWithin(text, s.Class)
			return err
		}},
		{"title", "a text", ofBoth, ofReference, setText(func(s *graph.Source) *string { return &s.Title })},
		{"publisher", "the id of an organization", ofBoth, nil, func(s *graph.Source, text string) (err error) {
			s.Publisher, err = idWithin(text, vocab.Publisher.Range...)
			return err
		}},
		{"publisher-basis", "a text", ofArticle, nil, setText(func(s *graph.Source) *string { return &s.PublisherBasis })},
		{"published", wantDate, ofBoth, ofArticle, setDate(func(s *graph.Source) *graph.Date { return &s.Published })},
		{"published-basis", "a text", ofBoth, nil, setText(func(s *graph.Source) *string { return &s.PublishedBasis })},
		{"accessed", wantDate, ofReference, nil, setDate(func(s *graph.Source) *graph.Date { return &s.Accessed })},
		{"sha256", wantHash, ofArticle, ofArticle, func(s *graph.Source, text string) error {
			if s.SHA256 = text; len(text) != 64 || strings.Trim(text, "0123456789abcdef") != "" {
				return fmt.Errorf("%.80q is not a SHA-256: write %s", text, wantHash)
			}
			return nil
		}},
		{"url", "an address", ofBoth, ofReference, func(s *graph.Source, text string) error {
			s.URL = text
			return checkURL(text)
		}},
	}
)

func setText(field func(*graph.Source) *string) func(*graph.Source, string) error {
	return func(s *graph.Source, text string) error {
		*field(s) = text
		return nil
	}
}

func setDate(field func(*graph.Source) *graph.Date) func(*graph.Source, string) error {
	return func(s *graph.Source, text string) (err error) {
		*field(s), err = graph.ParseDate(text)
		return err
	}
}

// source reads the article or one reference.
func (y *factsReader) source(n ast.Node, s *graph.Source, places *sourcePlaces) {
	name := s.Class.Folder
	var keys []string
	for _, f := range sourceFields {
		if slices.Contains(f.in, s.Class) {
			keys = append(keys, f.key)
		}
	}
	entries, ok := y.mapping(n, name, "a mapping with the keys "+either(keys))
	if !ok {
		return
	}
	if s.Class == vocab.Article {
		y.header = entries
		if m, ok := n.(*ast.MappingNode); ok && m.IsFlowStyle {
			y.flow = y.place(n)
		}
	}
	places.at = make(map[string]place)
	for _, e := range entries {
		if !slices.Contains(keys, e.key) {
			y.unknown(e, name+".", aOrAn(name), keys)
			continue
		}
		at := y.place(e.value)
		places.at[e.key] = at
		if e.key == "sha256" && y.spansToCome && isEmpty(e.value) {
			continue
		}
		f := sourceFields[slices.IndexFunc(sourceFields, func(f sourceField) bool { return f.key == e.key })]
		if text, ok := y.text(e.value, name+"."+e.key, f.want); ok {
			if err := f.set(s, text); err != nil {
				y.bad(at, name+"."+e.key, "%s", err)
			}
		}
	}
	for _, f := range sourceFields {
		if _, given := places.at[f.key]; given || !slices.Contains(f.required, s.Class) {
			continue
		}
		if f.key != "sha256" {
			y.bad(y.place(n), name+"."+f.key, "missing; write %s", f.want)
		} else if !y.spansToCome {
			y.bad(y.place(n), name+"."+f.key, "missing; run %s, which writes it", y.spansCommand())
		}
	}
}

// isEmpty tells whether a value is yet to be written.
func isEmpty(n ast.Node) bool {
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value == ""
	}
	_, null := n.(*ast.NullNode)
	return null
}

// reasons reads what a fact is stated by.
func (y *factsReader) reasons(n ast.Node) (all []reason) {
	nodes := items(n)
	if len(nodes) == 0 {
		y.bad(y.place(n), "at", "an empty list; write %s, or a reference's id", passageForms)
	}
	for _, n := range nodes {
		text, ok := y.text(n, "at", "a passage such as p4")
		if !ok {
			continue
		}
		r := reason{key: text, at: y.place(n)}
		switch _, err := parsePassage(text); {
		case strings.HasPrefix(text, vocab.Reference.Folder+"/"):
			if r.source, err = idWithin(text, vocab.Reference); err != nil {
				y.bad(r.at, "at", "%s", err)
				continue
			}
			r.passage = graph.WholeID(r.source)
		case err != nil:
			y.bad(r.at, "at", "%s, or a reference's id", err)
			continue
		case y.article == nil:
			y.bad(r.at, "at", "%s is part of an article, and the file has none; write a reference's id", text)
			continue
		default:
			r.source = y.facts.Document.Sources[0].ID
			r.passage = graph.PassageID(r.source, text)
			y.cite(r)
		}
		if slices.ContainsFunc(all, func(other reason) bool { return other.passage == r.passage }) {
			y.bad(r.at, "at", "%s is given twice", text)
			continue
		}
		all = append(all, r)
	}
	return all
}

// cite notes that a fact is stated by a passage, which must have its span.
func (y *factsReader) cite(r reason) {
	s := y.spans[r.key]
	if s == nil {
		s = new(span)
		y.spans[r.key] = s
		y.cited = append(y.cited, r)
		if !y.spansToCome {
			y.bad(r.at, "at", "%s has no span under passages; run %s", r.key, y.spansCommand())
		}
	}
	s.used = true
}

// passages reads where in the text each passage stands.
func (y *factsReader) passages(n ast.Node) {
	entries, _ := y.mapping(n, "passages", "a mapping such as {p4: [1204, 1433]}")
	for _, e := range entries {
		field := "passages." + e.key
		k, err := parsePassage(e.key)
		if err != nil {
			y.bad(e.at, field, "%s", err)
			continue
		}
		if first := y.spans[e.key]; first != nil {
			y.bad(e.at, field, "given twice; first at %s", first.at)
			continue
		}
		y.spans[e.key] = &span{at: e.at}
		if y.article == nil {
			y.bad(e.at, field, "a part of an article, and the file has none; take it out")
			y.spans[e.key].used = true
			continue
		}
		var bounds [2]int
		list, ok := e.value.(*ast.SequenceNode)
		ok = ok && len(list.Values) == 2
		for i := 0; ok && i < 2; i++ {
			bounds[i], err = strconv.Atoi(list.Values[i].GetToken().Value)
			ok = err == nil
		}
		if !ok || bounds[0] < 0 || bounds[0] >= bounds[1] {
			y.bad(y.place(e.value), field, "not a span; write [start, end] in characters of the whole text, start before end, or run %s", y.spansCommand())
			continue
		}
		article, places := &y.facts.Document.Sources[0], &y.facts.sources[0]
		article.Passages = append(article.Passages, graph.Passage{
			ID: graph.PassageID(article.ID, e.key), Paragraph: k.paragraph, Start: bounds[0], End: bounds[1],
		})
		places.keys, places.passages = append(places.keys, e.key), append(places.passages, e.at)
		y.spans[e.key].passageKey, y.spans[e.key].bounds = k, bounds
	}
}

// nested tells which spans contradict each other: sentences lie within their
// paragraph, and each paragraph begins after those before it end.
func (y *factsReader) nested() {
	keys := slices.DeleteFunc(slices.Collect(maps.Keys(y.spans)), func(key string) bool { return y.spans[key].bounds == [2]int{} })
	slices.SortFunc(keys, func(a, b string) int {
		s, t := y.spans[a], y.spans[b]
		return cmp.Or(s.paragraph-t.paragraph, s.first-t.first, s.last-t.last)
	})
	var whole, before *span // the paragraph of a sentence, if it has a span; what ends last before it
	last := before
	for _, key := range keys {
		s := y.spans[key]
		if last == nil || s.paragraph != last.paragraph {
			before, whole = last, nil
		}
		if s.first == 0 {
			whole = s
		}
		switch {
		case before != nil && s.bounds[0] < before.bounds[1]:
			y.bad(s.at, "passages."+key, "[%d, %d] begins before paragraph %d ends, at %d; run %s", s.bounds[0], s.bounds[1], before.paragraph, before.bounds[1], y.spansCommand())
		case whole != nil && (s.bounds[0] < whole.bounds[0] || s.bounds[1] > whole.bounds[1]):
			y.bad(s.at, "passages."+key, "[%d, %d] is outside its paragraph, p%d: [%d, %d]; run %s", s.bounds[0], s.bounds[1], s.paragraph, whole.bounds[0], whole.bounds[1], y.spansCommand())
		}
		if last == nil || s.bounds[1] > last.bounds[1] || s.paragraph != last.paragraph {
			last = s
		}
	}
}
