package data_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"parley/data"
	"parley/graph"
	"parley/graph/vocab"
	"parley/loader"

	"github.com/cayleygraph/quad"
)

// texts has the articles' texts. They lie beside the repository, not in it.
const texts = "../../shared/articles"

// content is a set as its quads tell it.
type content struct {
	quads []quad.Quad
	class map[graph.ID]*vocab.Class
	said  map[graph.ID]map[*vocab.Predicate][]quad.Quad // by subject
}

// eachSet runs a test for each built-in set.
func eachSet(t *testing.T, test func(*testing.T, data.Set, *content)) {
	for _, set := range data.Sets() {
		t.Run(set.Name, func(t *testing.T) { test(t, set, contentOf(t, set)) })
	}
}

// inArticles runs a test for the set of the five articles.
func inArticles(t *testing.T, test func(*testing.T, *content)) {
	i := slices.IndexFunc(data.Sets(), func(s data.Set) bool { return s.Name == "articles" })
	if i < 0 {
		t.Fatal("there is no set articles")
	}
	test(t, contentOf(t, data.Sets()[i]))
}

func contentOf(t *testing.T, set data.Set) *content {
	t.Helper()
	c := &content{class: map[graph.ID]*vocab.Class{}, said: map[graph.ID]map[*vocab.Predicate][]quad.Quad{}}
	g, err := graph.OpenImage(set.Name, set.Image)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = g.Close() }()
	for q, err := range graph.Stated(g.Quads(t.Context())) {
		if err != nil {
			t.Fatal(err)
		}
		c.quads = append(c.quads, q)
	}
	for _, q := range c.quads {
		id, p := subject(q), predicate(q)
		if c.said[id] == nil {
			c.said[id] = map[*vocab.Predicate][]quad.Quad{}
		}
		c.said[id][p] = append(c.said[id][p], q)
		if p == vocab.Type {
			c.class[id] = vocab.ClassOf(q.Object.(quad.IRI))
		}
	}
	return c
}

func subject(q quad.Quad) graph.ID {
	id, _ := graph.IDOf(q.Subject)
	return id
}

func predicate(q quad.Quad) *vocab.Predicate {
	iri, _ := q.Predicate.(quad.IRI)
	return vocab.PredicateOf(iri)
}

// values gives what is said of a node along a predicate, each once, sorted.
func (c *content) values(id graph.ID, p *vocab.Predicate) (values []string) {
	for _, q := range c.said[id][p] {
		values = append(values, graph.Text(q.Object))
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// subjects gives the nodes of which a predicate says a value.
func (c *content) subjects(p *vocab.Predicate, value string) (ids []graph.ID) {
	for id := range c.said {
		if slices.Contains(c.values(id, p), value) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// sources gives the sources of quads, each once, sorted.
func (c *content) sources(quads []quad.Quad) (ids []string) {
	for _, q := range quads {
		ids = append(ids, c.values(graph.ID(graph.Text(q.Label)), vocab.FromSource)...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// foldersOf are those of a set and of the sets that it holds.
func foldersOf(set data.Set) (folders []string) {
	for _, s := range data.Sets() {
		folders = append(folders, s.Name)
		if s.Name == set.Name {
			break
		}
	}
	return folders
}

// readFacts reads the facts that a set is made of.
func readFacts(t *testing.T, set data.Set) (facts []*loader.Facts) {
	t.Helper()
	in, err := loader.Find(t.Context(), foldersOf(set), loader.FindOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, input := range in.All {
		src, err := os.ReadFile(input.Name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := loader.ReadFacts(input.Name, src)
		if err != nil {
			t.Fatal(err)
		}
		facts = append(facts, f)
	}
	return facts
}

// An image has what the facts say and the rules conclude, byte for byte.
func TestImagesAreOfTheFacts(t *testing.T) {
	for _, set := range data.Sets() {
		t.Run(set.Name, func(t *testing.T) {
			facts := readFacts(t, set)
			if err := loader.Check(nil, facts...); err != nil {
				t.Fatal(err)
			}
			var quads []quad.Quad
			for _, f := range facts {
				quads = append(quads, f.Document.Quads()...)
			}
			g, err := graph.Open(t.Context(), "memory:")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = g.Close() }()
			if _, err := g.Add(t.Context(), quads); err != nil {
				t.Fatal(err)
			}
			if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
				t.Fatal(err)
			}
			var image bytes.Buffer
			if err := g.WriteImage(t.Context(), &image); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(image.Bytes(), set.Image) {
				t.Errorf("%s.image is not what the facts say and the rules conclude: run make data", set.Name)
			}
		})
	}
}

func TestQuadsFitTheVocabulary(t *testing.T) {
	eachSet(t, func(t *testing.T, _ data.Set, c *content) {
		for _, q := range c.quads {
			p := predicate(q)
			if p == nil {
				t.Errorf("%v: no predicate of the vocabulary", q)
				continue
			}
			if err := graph.Fit(q); err != nil {
				t.Errorf("%v: %v", q, err)
			}
			object, isNode := graph.IDOf(q.Object)
			if c.class[subject(q)] == nil || isNode && p.Range != nil && c.class[object] == nil {
				t.Errorf("%v: the class of an end is not said", q)
			} else if err := graph.FitClasses(p, c.class[subject(q)], c.class[object]); err != nil {
				t.Errorf("%v: %v", q, err)
			}
			label := graph.ID(graph.Text(q.Label))
			sources := c.values(label, vocab.FromSource)
			if c.class[label] != vocab.Passage || len(sources) != 1 || c.class[graph.ID(sources[0])] == nil {
				t.Errorf("%v: the label is no passage of a source that is there", q)
			}
		}
	})
}

func TestActionsAreWhole(t *testing.T) {
	eachSet(t, func(t *testing.T, _ data.Set, c *content) {
		for id, class := range c.class {
			if !slices.Contains(vocab.Actions(), class) {
				continue
			}
			if _, dated := c.when(id); !dated || len(c.values(id, vocab.Name)) != 1 || len(c.sources(c.said[id][vocab.Type])) == 0 {
				t.Errorf("%s needs a date, one name and a passage", id)
			}
			if class == vocab.MeasureMove && (len(c.values(id, vocab.OnMeasure)) != 1 || len(c.values(id, vocab.Phase)) == 0) {
				t.Errorf("%s needs one measure and a phase", id)
			}
		}
	})
}

// when gives the first and last day of an action.
func (c *content) when(id graph.ID) (date graph.Date, dated bool) {
	for _, p := range graph.WhenDone {
		for _, text := range c.values(id, p) {
			if d, err := graph.ParseDate(text); err == nil && (!dated || date.Contains(d)) {
				date, dated = d, true
			}
		}
		if dated {
			break
		}
	}
	return date, dated
}

func TestAnswersComeAfterTheirCauses(t *testing.T) {
	eachSet(t, func(t *testing.T, _ data.Set, c *content) {
		for _, q := range c.quads {
			if p := predicate(q); p == vocab.RespondsTo || p == vocab.CarriesOut || p == vocab.Ends || p == vocab.Extends {
				cause, _ := graph.IDOf(q.Object)
				before, _ := c.when(cause)
				after, _ := c.when(subject(q))
				if after.Before(before) {
					t.Errorf("%s (%s) %s %s (%s)", subject(q), after, p.Name, cause, before)
				}
			}
		}
	})
}

// The passages stand where the files say, in the texts that were read.
func TestPassagesStandInTheTexts(t *testing.T) {
	eachSet(t, func(t *testing.T, set data.Set, _ *content) {
		for _, f := range readFacts(t, set) {
			article := f.Article()
			if article == nil {
				continue
			}
			t.Run(article.ID.Slug(), func(t *testing.T) {
				src, err := os.ReadFile(filepath.Join(texts, article.ID.Slug()+".txt"))
				if os.IsNotExist(err) {
					t.Skipf("%s: the text is not here: %v", t.Name(), err)
				}
				text, err := loader.NewText(src)
				if err != nil {
					t.Fatal(err)
				}
				if err := loader.CheckSpans(f, text); err != nil {
					t.Error(err)
				}
				characters := []rune(string(src))
				paragraphs := slices.DeleteFunc(slices.Collect(strings.Lines(string(src))), func(line string) bool { return strings.TrimSpace(line) == "" })
				for _, p := range article.Passages {
					if p.Start < 0 || p.End > len(characters) || p.Start >= p.End || p.Paragraph < 1 || p.Paragraph > len(paragraphs) {
						t.Errorf("%s is not in the text", p.ID)
						continue
					}
					words := string(characters[p.Start:p.End])
					paragraph := strings.TrimSpace(paragraphs[p.Paragraph-1])
					whole := !strings.Contains(filepath.Base(string(p.ID)), "s")
					if !strings.Contains(paragraph, words) || whole && words != paragraph {
						t.Errorf("%s: %q does not stand in paragraph %d, or is not all of it", p.ID, words, p.Paragraph)
					}
				}
			})
		}
	})
}

// longestRun is how many words in a row the facts may have in common with an
// article: they paraphrase. No name is longer.
const longestRun = 7

var addresses = regexp.MustCompile(`https?://\S+`)

func words(text string) []string {
	text = strings.NewReplacer(".", "", "'", "", "’", "").Replace(strings.ToLower(addresses.ReplaceAllString(text, " ; ")))
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func runs(text string) map[string]bool {
	all := map[string]bool{}
	for w := words(text); len(w) > longestRun; w = w[1:] {
		all[strings.Join(w[:longestRun+1], " ")] = true
	}
	return all
}

func TestNothingIsCopied(t *testing.T) {
	articles, err := filepath.Glob(filepath.Join(texts, "*.txt"))
	if err != nil || len(articles) == 0 {
		t.Skipf("%s: the articles' texts are not here: %s", t.Name(), texts)
	}
	var files []string
	for _, pattern := range []string{"*/*.yaml", "*.md", "../*.md", "../*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	of := map[string]string{}
	for _, article := range articles {
		text, err := os.ReadFile(article)
		if err != nil {
			t.Fatal(err)
		}
		for run := range runs(string(text)) {
			of[run] = filepath.Base(article)
		}
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for run := range runs(string(text)) {
			if of[run] != "" {
				t.Errorf("%s has these words of %s: %s", file, of[run], run)
			}
		}
	}
}

func TestNegotiatorsHaveOfficesAndAliases(t *testing.T) {
	inArticles(t, func(t *testing.T, c *content) {
		for _, name := range []string{
			"Donald Trump", "Xi Jinping", "Liu He", "Steven Mnuchin", "Robert Lighthizer", "Wilbur Ross", "Scott Bessent", "He Lifeng",
		} {
			people := c.subjects(vocab.Name, name)
			if len(people) != 1 || c.class[people[0]] != vocab.Person || len(c.values(people[0], vocab.Alias)) == 0 {
				t.Errorf("%s: %v; one person with aliases should be", name, people)
				continue
			}
			tenures := c.subjects(vocab.HeldBy, string(people[0]))
			if len(tenures) == 0 {
				t.Errorf("%s holds no office", name)
			}
			for _, id := range tenures {
				if len(c.values(id, vocab.HeldOffice)) != 1 || len(c.values(id, vocab.During)) == 0 {
					t.Errorf("%s needs one office, and from when until when", id)
				}
			}
		}
	})
}

// What is easily read wrongly in the five articles.
func TestTraps(t *testing.T) {
	inArticles(t, func(t *testing.T, c *content) {
		const first, second, fourth = "article/000_5968a405b1adab4b", "article/001_ae67294a044cbe9f", "article/003_6e648b36004b0260"
		onDay := c.subjects(vocab.Date, "2017-11-09")
		if len(onDay) != 1 || !slices.Equal(c.sources(c.said[onDay[0]][vocab.Type]), []string{first, fourth}) ||
			!slices.Equal(c.values(onDay[0], vocab.Kind), []string{"ceremony"}) {
			t.Errorf("the ceremony of 9 November 2017 is one node that two articles tell of, not %v", onDay)
		}

		var of []string
		for _, move := range c.subjects(vocab.OnMeasure, "measure/usa-tariff-200-billion-2018") {
			of = append(of, c.sources(c.said[move][vocab.OnMeasure])...)
		}
		if slices.Sort(of); !slices.Equal(slices.Compact(of), []string{first, fourth}) {
			t.Errorf("two articles tell of moves on the $200 billion measure, not %v", of)
		}

		for _, p := range []*vocab.Predicate{vocab.MinValue, vocab.MaxValue} {
			if rates := c.subjects(p, "130"); len(rates) > 0 {
				t.Errorf("130%% counts a threat in and is no rate: %v", rates)
			}
		}
		moves := c.subjects(vocab.HasRate, string(graph.Rate{Min: "100", Max: "100"}.ID()))
		if len(moves) == 0 {
			t.Error("nobody holds out 100%")
		}
		for _, move := range moves {
			if !slices.Equal(c.values(move, vocab.Phase), []string{"threatened"}) || !slices.Equal(c.sources(c.said[move][vocab.HasRate]), []string{second}) {
				t.Errorf("%s: 100%% is threatened, not %v", move, c.values(move, vocab.Phase))
			}
		}

		september, err := graph.ParseDate("2018-09")
		planned := 0
		for id, class := range c.class {
			date, _ := c.when(id)
			if class != vocab.Meeting || !date.Overlaps(september.Start(), september.End()) {
				continue
			}
			planned++
			if slices.Contains(c.values(id, vocab.Status), "held") {
				t.Errorf("%s was called off, not held", id)
			}
		}
		if planned == 0 || err != nil {
			t.Error("the talks of September 2018 are missing")
		}
		if dinner := c.values("meeting/2018-06-02-ross-liu-dinner", vocab.Status); !slices.Equal(dinner, []string{"planned"}) {
			t.Errorf("Ross and Liu's dinner was planned, not %v", dinner)
		}
	})
}
