package queries_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"

	"github.com/cayleygraph/quad"
	"pgregory.net/rapid"
)

// The walks are compared with references that try every sequence of nodes and
// keep what the documentation of the query says, on small random graphs.

var passage = graph.PassageID("article/a", "p1")

// node states of one node by one passage.
func node(c *vocab.Class, id graph.ID, values ...graph.Value) graph.Fact {
	return graph.Fact{Class: c, ID: id, Passage: passage, Values: values}
}

func text(p *vocab.Predicate, s string) graph.Value {
	return graph.Value{Predicate: p, Literal: graph.Literal(p, s)}
}

func link(p *vocab.Predicate, id graph.ID) graph.Value { return graph.Value{Predicate: p, Node: id} }

// quads are those of the facts, all stated by one article.
func quads(facts []graph.Fact) []quad.Quad {
	d := graph.Document{Facts: facts, Sources: []graph.Source{{
		ID: "article/a", Class: vocab.Article, Passages: []graph.Passage{{ID: passage, Paragraph: 1, End: 9}},
	}}}
	return d.Quads()
}

func open(t *rapid.T, quads []quad.Quad) *graph.Graph {
	g, err := graph.Open(context.Background(), "memory:")
	if err == nil {
		_, err = g.Add(context.Background(), quads)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func ask(t *rapid.T, q *queries.Query, g *graph.Graph, args map[string]string) *queries.Answer {
	a, err := q.Answer(context.Background(), g, args)
	if err != nil {
		t.Fatalf("%s %v: %v", q.Name, args, err)
	}
	return a
}

// same compares what a walk found with the reference, whatever the order.
func same(t *rapid.T, what string, got, want []string) {
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("%s\ngot\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// paths puts numbered rows together: each path is one text. The first column
// is the path's number, the second the step's, from a first one.
func paths(t *rapid.T, a *queries.Answer, first int, step func(row []any) string) []string {
	var all []string
	for _, row := range a.Rows {
		number, n := row[0].(int), row[1].(int)
		if n == first {
			all = append(all, "")
		}
		if number != len(all) {
			t.Fatalf("path %d where %d is next", number, len(all))
		}
		all[number-1] += fmt.Sprintf("%d:%s ", n, step(row))
	}
	return all
}

// sequences calls visit with every sequence of distinct nodes, of 0 to n-1.
func sequences(n int, visit func([]int)) {
	var grow func(s []int)
	grow = func(s []int) {
		visit(s)
		for i := range n {
			if !slices.Contains(s, i) {
				grow(append(s[:len(s):len(s)], i))
			}
		}
	}
	grow(nil)
}

// conflict is acts of two countries, and which answers which.
type conflict struct {
	n        int
	agents   []graph.ID
	measures []graph.ID
	dates    []string // "" for none
	// stated and ruled hold [2]int{later, earlier}; how tells by which relation
	// what is stated follows.
	stated, ruled map[[2]int]bool
	how           map[[2]int]*vocab.Predicate
}

// hows are the relations by which an act follows from another, and their words.
var hows = map[*vocab.Predicate]string{
	vocab.RespondsTo: "answers", vocab.CarriesOut: "carries-out", vocab.Ends: "ends", vocab.Extends: "extends",
}

func act(i int) graph.ID { return graph.ID(fmt.Sprintf("move/m%d", i)) }

func drawConflict(t *rapid.T) *conflict {
	n := rapid.IntRange(1, 6).Draw(t, "acts")
	c := &conflict{n: n, stated: map[[2]int]bool{}, ruled: map[[2]int]bool{}, how: map[[2]int]*vocab.Predicate{}}
	for range n {
		c.agents = append(c.agents, rapid.SampledFrom([]graph.ID{"country/alba", "country/brava"}).Draw(t, "agent"))
		c.measures = append(c.measures, rapid.SampledFrom([]graph.ID{"measure/x", "measure/y"}).Draw(t, "measure"))
		c.dates = append(c.dates, rapid.SampledFrom([]string{"", "2018-01", "2018-02-03", "2018-02-03", "2019"}).Draw(t, "date"))
	}
	for range rapid.IntRange(0, 2*n).Draw(t, "answers") {
		pair := [2]int{rapid.IntRange(0, n-1).Draw(t, "later"), rapid.IntRange(0, n-1).Draw(t, "earlier")}
		if pair[0] != pair[1] {
			rapid.SampledFrom([]map[[2]int]bool{c.stated, c.ruled}).Draw(t, "basis")[pair] = true
			c.how[pair] = rapid.SampledFrom([]*vocab.Predicate{vocab.RespondsTo, vocab.RespondsTo, vocab.CarriesOut, vocab.Ends, vocab.Extends}).Draw(t, "how")
		}
	}
	return c
}

func (c *conflict) quads() []quad.Quad {
	facts := []graph.Fact{
		node(vocab.Country, "country/alba"), node(vocab.Country, "country/brava"),
		node(vocab.Measure, "measure/x"), node(vocab.Measure, "measure/y"),
	}
	for i := range c.n {
		f := node(vocab.MeasureMove, act(i), link(vocab.Agent, c.agents[i]), link(vocab.OnMeasure, c.measures[i]))
		if c.dates[i] != "" {
			f.Values = append(f.Values, text(vocab.Date, c.dates[i]))
		}
		for pair := range c.stated {
			if pair[0] == i {
				f.Values = append(f.Values, link(c.how[pair], act(pair[1])))
			}
		}
		facts = append(facts, f)
	}
	all := quads(facts)
	for pair := range c.ruled {
		all = append(all, quad.Quad{
			Subject: act(pair[0]).Value(), Predicate: vocab.RespondsTo.IRI, Object: act(pair[1]).Value(),
			Label: graph.ID("rule/some").Value(),
		})
	}
	return all
}

// roots are the acts that answer nothing, and of each ring of acts that
// nothing outside it causes the earliest.
func (c *conflict) roots(answers func(later, earlier int) bool) []int {
	reaches := make([][]bool, c.n) // from an act to what answers it, at last
	for i := range reaches {
		reaches[i] = make([]bool, c.n)
	}
	sequences(c.n, func(s []int) {
		for i := 1; i < len(s); i++ {
			if !answers(s[i], s[i-1]) {
				return
			}
		}
		if len(s) > 1 {
			reaches[s[0]][s[len(s)-1]] = true
		}
	})
	before := func(i, j int) bool {
		var x, y graph.Date
		_ = x.UnmarshalText([]byte(c.dates[i]))
		_ = y.UnmarshalText([]byte(c.dates[j]))
		return x.Compare(y) < 0 || x == y && i < j
	}
	var roots []int
	for i := range c.n {
		first := true
		for j := range c.n {
			if reaches[j][i] && (!reaches[i][j] || before(j, i)) {
				first = false
			}
		}
		if first {
			roots = append(roots, i)
		}
	}
	return roots
}

// chains are the whole simple paths that the arguments ask for.
func (c *conflict) chains(args map[string]string, depth int) []string {
	answers := func(later, earlier int) bool {
		pair := [2]int{later, earlier}
		return c.stated[pair] || c.ruled[pair] && args["stated-only"] == ""
	}
	back := args["direction"] == "back"
	starts := c.roots(answers)
	if from := args["from"]; from != "" {
		starts = nil
		for i := range c.n {
			if string(act(i)) == from || string(c.measures[i]) == from {
				starts = append(starts, i)
			}
		}
	} else {
		back = false // from where would it lead back?
	}
	ends := func(i int) bool { return args["to"] == string(act(i)) || args["to"] == string(c.measures[i]) }
	var all []string
	sequences(c.n, func(s []int) {
		if len(s) < 2 || depth > 0 && len(s)-1 > depth {
			return
		}
		if args["to"] != "" && (!ends(s[len(s)-1]) || slices.ContainsFunc(s[:len(s)-1], ends)) {
			return
		}
		start, end, goesOn := s[0], s[len(s)-1], answers
		if back {
			start, end = end, start
			goesOn = func(next, last int) bool { return answers(last, next) }
		}
		if !slices.Contains(starts, start) {
			return
		}
		for next := range c.n {
			if args["to"] == "" && len(s)-1 != depth && !slices.Contains(s, next) && goesOn(next, end) {
				return // the path is not whole
			}
		}
		chain, fits := "", false
		for i, n := range s {
			basis := "<nil> <nil>"
			if i > 0 {
				if !answers(n, s[i-1]) {
					return
				}
				// That it answers comes before any other relation.
				pair := [2]int{n, s[i-1]}
				basis = "inferred answers"
				if answered := c.ruled[pair] && args["stated-only"] == ""; c.stated[pair] && (!answered || c.how[pair] == vocab.RespondsTo) {
					basis = "stated " + hows[c.how[pair]]
				}
			}
			fits = fits || args["agent"] == "" || args["agent"] == string(c.agents[n])
			chain += fmt.Sprintf("%d:%s %s ", i, act(n), basis)
		}
		if fits {
			all = append(all, chain)
		}
	})
	return all
}

// drawChainArgs draws what is asked of the chains.
func (c *conflict) drawArgs(t *rapid.T) (args map[string]string, depth int) {
	args = map[string]string{}
	known := slices.Concat(c.measures[:c.n], []graph.ID{act(0), act(c.n - 1)})
	node := func(label string) string {
		id := rapid.SampledFrom([]graph.ID{"", "measure/x", act(0), act(c.n - 1)}).Draw(t, label)
		if !slices.Contains(known, id) {
			return ""
		}
		return string(id)
	}
	if from := node("from"); from != "" {
		args["from"] = from
	}
	if args["from"] != "" && rapid.Bool().Draw(t, "back") {
		args["direction"] = "back"
	} else if to := node("to"); to != "" {
		args["to"] = to
	}
	if rapid.Bool().Draw(t, "stated only") {
		args["stated-only"] = "true"
	}
	if rapid.Bool().Draw(t, "agent asked for") {
		args["agent"] = "country/alba"
	}
	depth = rapid.IntRange(0, 3).Draw(t, "depth")
	args["depth"] = fmt.Sprint(depth)
	return args, depth
}

// chainsOf asks for chains, one of some paths.
func chainsOf(t *rapid.T, g *graph.Graph, args map[string]string, of string) []string {
	asked := maps.Clone(args)
	asked["paths"] = of
	a := ask(t, queries.RetaliationChains, g, asked)
	return paths(t, a, 0, func(row []any) string { return fmt.Sprintf("%s %v %v", row[2].(graph.Ref).ID, row[11], row[13]) })
}

func TestChainsAreAllWholeSimplePaths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawConflict(t)
		g := open(t, c.quads())
		args, depth := c.drawArgs(t)
		same(t, fmt.Sprintf("chains of %v\nstated %v ruled %v dates %v", args, c.stated, c.ruled, c.dates), chainsOf(t, g, args, "all"), c.chains(args, depth))
	})
}

// links are the steps of chains, each with what it follows from.
func links(chains []string) map[string]bool {
	all := map[string]bool{}
	for _, chain := range chains {
		words := strings.Fields(chain)
		for i := 3; i+3 <= len(words); i += 3 {
			_, before, _ := strings.Cut(words[i-3], ":")
			_, here, _ := strings.Cut(words[i], ":")
			all[before+" "+here] = true
		}
	}
	return all
}

// Fewer chains than all are some of them, each once; where nothing leads back to
// itself, every step is in one, or each end is reached by a shortest.
func TestFewerChainsLeaveNothingOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawConflict(t)
		ring := false
		for _, of := range []map[[2]int]bool{c.stated, c.ruled} {
			for pair := range of {
				ring = ring || pair[0] < pair[1] // so no chain of answers leads back
			}
		}
		g := open(t, c.quads())
		args, depth := c.drawArgs(t)
		delete(args, "agent") // which chooses chains, not steps
		all := chainsOf(t, g, args, "all")
		for _, of := range []string{"steps", "shortest"} {
			got := chainsOf(t, g, args, of)
			for i, chain := range got {
				if !slices.Contains(all, chain) || slices.Contains(got[:i], chain) {
					t.Fatalf("%s of %v gives %s, once more or not a chain of\n%s", of, args, chain, strings.Join(all, "\n"))
				}
			}
			if ring {
				continue
			}
			switch want := links(all); of {
			case "steps":
				if given := links(got); depth == 0 && !maps.Equal(given, want) {
					t.Fatalf("%v: the steps are %v, want %v", args, given, want)
				}
			case "shortest":
				if a, b := shortestEnds(got), shortestEnds(all); depth == 0 && (!maps.Equal(a, b) || len(got) != len(a)) {
					t.Fatalf("%v: the shortest are %v in %d chains, want %v", args, a, len(got), b)
				}
			}
		}
	})
}

// shortestEnds are the least numbers of steps from first acts to last ones.
func shortestEnds(chains []string) map[string]int {
	least := map[string]int{}
	for _, chain := range chains {
		words := strings.Fields(chain)
		_, first, _ := strings.Cut(words[0], ":")
		_, last, _ := strings.Cut(words[len(words)-3], ":")
		if n, ok := least[first+" "+last]; !ok || len(words)/3 < n {
			least[first+" "+last] = len(words) / 3
		}
	}
	return least
}

func TestBetweenIsEveryShortestPath(t *testing.T) {
	predicates := []*vocab.Predicate{vocab.Agent, vocab.Target, vocab.SpokenBy, vocab.About, vocab.RespondsTo}
	rapid.Check(t, func(t *rapid.T) {
		var facts []graph.Fact
		people, acts := rapid.IntRange(2, 4).Draw(t, "people"), rapid.IntRange(0, 4).Draw(t, "acts")
		id := func(i int) graph.ID {
			if i < people {
				return graph.ID(fmt.Sprintf("person/p%d", i))
			}
			return graph.ID(fmt.Sprintf("statement/s%d", i))
		}
		for i := range people {
			facts = append(facts, node(vocab.Person, id(i)))
		}
		ways := map[[2]int][]string{} // relations by ends
		for i := people; i < people+acts; i++ {
			f := node(vocab.Statement, id(i))
			for range rapid.IntRange(0, 3).Draw(t, "edges") {
				p := rapid.SampledFrom(predicates).Draw(t, "predicate")
				to := rapid.IntRange(0, people-1).Draw(t, "to")
				if p == vocab.RespondsTo {
					to = rapid.IntRange(people, people+acts-1).Draw(t, "answered")
				}
				if to == i || slices.Contains(ways[[2]int{i, to}], p.Label) {
					continue
				}
				f.Values = append(f.Values, link(p, id(to)))
				ways[[2]int{i, to}] = append(ways[[2]int{i, to}], p.Label)
				ways[[2]int{to, i}] = append(ways[[2]int{to, i}], p.Reverse)
			}
			facts = append(facts, f)
		}
		var want []string
		least := 0
		sequences(people+acts, func(s []int) {
			if len(s) < 2 || s[0] != 0 || s[len(s)-1] != 1 {
				return
			}
			texts := []string{""}
			for i := 1; i < len(s); i++ {
				var longer []string
				for _, relation := range ways[[2]int{s[i-1], s[i]}] {
					for _, text := range texts {
						longer = append(longer, text+fmt.Sprintf("%d:%s %s %s ", i, id(s[i-1]), relation, id(s[i])))
					}
				}
				texts = longer
			}
			switch {
			case len(texts) == 0 || least > 0 && len(s) > least:
			case len(s) == least:
				want = append(want, texts...)
			default:
				least, want = len(s), texts
			}
		})
		a := ask(t, queries.Between, open(t, quads(facts)), map[string]string{"actor": string(id(0)), "with": string(id(1))})
		got := paths(t, a, 1, func(row []any) string {
			return fmt.Sprintf("%s %s %s", row[2].(graph.Ref).ID, row[3], row[4].(graph.Ref).ID)
		})
		same(t, "paths", got, want)
		if (len(want) == 0) != (len(a.Excluded) == 1) {
			t.Fatalf("%d paths, and left out %v", len(want), a.Excluded)
		}
	})
}
