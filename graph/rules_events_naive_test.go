package graph_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// telling is an action as the rule same-event speaks of it.
type telling struct {
	id               graph.ID
	report           bool
	words            map[string]string // by the key of a facts file
	agents, speakers []string
	targets          []string // nil for a meeting, whose participants are agents
	date, place      string
	first, last      graph.Day
	part             bool // of another meeting
}

func (d telling) meeting() bool { return d.id.Folder() == "meeting" }

func (d telling) negotiates() bool {
	return slices.Contains([]string{"talks", "call", "summit"}, d.words["kind"])
}

// world is what is known of the actors and places of the test.
var world = []graph.Fact{
	graphtest.Fact("passage/world", arl), graphtest.Fact("passage/world", bru),
	graphtest.Fact("passage/world", "place/town", "country: "+bru),
	graphtest.Fact("passage/world", "place/hall", "in: place/town"),
	graphtest.Fact("passage/world", "place/quay", "country: "+arl),
	graphtest.Fact("passage/world", "office/envoy", "in: "+arl),
	graphtest.Fact("passage/world", "office/clerk", "in: "+bru),
	graphtest.Fact("passage/world", "tenure/ann-envoy", "person: person/ann", "office: office/envoy", "during: 2030/2031-03-05"),
	graphtest.Fact("passage/world", "tenure/ann-clerk", "person: person/ann", "office: office/clerk", "during: 2031-03-06/.."),
	graphtest.Fact("passage/world", "tenure/bea-clerk", "person: person/bea", "office: office/clerk"),
}

var wider = map[string][]string{
	"place/town": {bru}, "place/hall": {"place/town", bru}, "place/quay": {arl},
}

// sideIn is for whom an actor acts at the beginning of an event.
func sideIn(actor string, e telling) string {
	switch {
	case actor == "person/bea":
		return bru
	case actor == "person/ann" && e.first <= day("2031-03-05"):
		return arl
	case actor == "person/ann":
		return bru
	}
	return actor
}

func day(s string) graph.Day {
	d, err := graph.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// done is what was done, "" where it is not told.
func (d telling) done() string {
	w := d.words
	switch d.id.Folder() {
	case "meeting":
		if w["status"] == "" {
			return ""
		}
		sort := w["kind"]
		if sort == "" {
			sort = "no kind" + w["mode"]
		}
		if slices.Contains([]string{"talks", "summit", "visit"}, sort) {
			sort = cmp.Or(w["mode"], "in-person")
		}
		return "meeting " + sort + " " + w["status"]
	case "move":
		byPhase := map[string]string{"": "", "considered": "", "threatened": "threaten", "raised": "sanction", "announced": "sanction", "removed": "retreat"}
		if typ := cmp.Or(w["plover"], byPhase[w["phase"]]); typ != "" {
			return "move " + typ
		}
		return ""
	}
	if word := w["stance"] + w["status"] + w["plover"]; word != "" {
		return d.id.Folder() + " " + word
	}
	return ""
}

func placesAgree(a, b string) bool {
	return a == "" || b == "" || a == b || slices.Contains(wider[a], b) || slices.Contains(wider[b], a)
}

// joinsArticle reads what the rule says of a report and an article's action.
func joinsArticle(r, e telling) bool {
	if r.done() != e.done() || e.date == "" || e.last-e.first > 6 || r.first < e.first-1 || r.first > e.last+1 || !placesAgree(r.place, e.place) {
		return false
	}
	if e.meeting() && e.words["status"] == "planned" {
		return false
	}
	sides := func(actors []string) (sides []string) {
		for _, a := range actors {
			sides = append(sides, sideIn(a, e))
		}
		return sides
	}
	doers := slices.Concat(e.agents, e.speakers)
	for _, a := range r.agents {
		if !slices.Contains(doers, a) && !slices.Contains(sides(doers), a) {
			return false
		}
	}
	for _, a := range r.targets {
		if !slices.Contains(e.targets, a) && !slices.Contains(sides(e.targets), a) {
			return false
		}
	}
	if !e.meeting() {
		return true
	}
	for _, side := range sides(e.agents) {
		if !slices.Contains(sides(r.agents), side) {
			return false
		}
	}
	person := func(a string) bool { return strings.HasPrefix(a, "person/") }
	if slices.ContainsFunc(e.agents, person) {
		return slices.ContainsFunc(r.agents, func(a string) bool { return person(a) && slices.Contains(e.agents, a) })
	}
	return true
}

// joinNaively reads the rule as its Meaning tells it.
func joinNaively(told []telling) []string {
	var lines []string
	join := func(report, event telling) { lines = append(lines, string(report.id+" of "+event.id)) }
	var reports []telling
	for _, d := range told {
		whole := len(d.agents) > 0 && len(d.targets) > 0 || d.meeting() && len(d.agents) > 1
		if d.report && whole && d.done() != "" && (d.first == d.last || strings.HasSuffix(d.done(), " planned") && d.first > graph.MinDay) {
			reports = append(reports, d)
		}
	}
	order := func(a, b telling) int {
		return cmp.Or(cmp.Compare(a.first, b.first), strings.Compare(string(a.id), string(b.id)))
	}
	slices.SortFunc(reports, func(a, b telling) int {
		placed := func(d telling) int { return min(len(d.place), 1) }
		return cmp.Or(cmp.Compare(a.first, b.first), placed(b)-placed(a), order(a, b))
	})
	negotiating := func(a, b telling) int {
		switch {
		case a.negotiates() == b.negotiates():
			return 0
		case a.negotiates():
			return -1
		}
		return 1
	}
	type gathered struct {
		place   string
		members []telling
	}
	var events []*gathered
report:
	for _, r := range reports {
		var articles []telling
		for _, e := range told {
			if !e.report && joinsArticle(r, e) {
				articles = append(articles, e)
			}
		}
		if len(articles) > 0 {
			parts := func(e telling) int {
				if e.part {
					return 1
				}
				return 0
			}
			away := func(e telling) graph.Day { return max(e.first-r.first, r.first-e.last, 0) }
			join(r, slices.MinFunc(articles, func(a, b telling) int {
				return cmp.Or(cmp.Compare(away(a), away(b)), parts(a)-parts(b), negotiating(a, b), order(a, b))
			}))
			continue
		}
		for _, e := range events {
			one := e.members[0]
			if r.done() == one.done() && slices.Equal(r.agents, one.agents) && slices.Equal(r.targets, one.targets) &&
				r.first-one.first <= 1 && placesAgree(r.place, e.place) {
				if e.place == "" || slices.Contains(wider[r.place], e.place) {
					e.place = r.place
				}
				e.members = append(e.members, r)
				continue report
			}
		}
		events = append(events, &gathered{r.place, []telling{r}})
	}
	for _, e := range events {
		event := slices.MinFunc(e.members, func(a, b telling) int { return cmp.Or(negotiating(a, b), order(a, b)) })
		for _, m := range e.members {
			if m.id != event.id {
				join(m, event)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// someTellings draws actions that are much alike, or hardly two would agree.
func someTellings(t *rapid.T) []telling {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	some := func(label string, from ...string) []string {
		list := rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, 2, rapid.ID).Draw(t, label)
		slices.Sort(list)
		return list
	}
	rarely := func(label string) bool { return rapid.SampledFrom([]int{0, 1, 2, 3, 4, 5, 6}).Draw(t, label) == 6 }
	words := map[string]map[string][]string{
		"meeting":   {"kind": {"visit", "talks", "visit", "summit", "call"}, "status": {"held", "held", "held", "planned"}, "mode": {"", "", "in-person", "in-person", "phone"}},
		"move":      {"phase": {"raised", "announced", "raised", "threatened", "removed", "considered"}, "plover": {"", "", "sanction", "threaten"}},
		"statement": {"stance": {"accuse", "accuse", "reject"}},
		"change":    {"status": {"cancelled", "cancelled", "stalled"}},
		"action":    {"plover": {"aid", "aid", "protest"}},
	}
	folder := pick("class", "meeting", "meeting", "move", "statement", "change", "action")
	actors := [][]string{{arl, bru}, {arl, bru}, {bru, "person/ann"}, {"person/ann", "person/bea"}}
	if folder != "meeting" {
		actors = [][]string{{arl}, {arl}, {"person/ann"}, {bru}, {bru, "person/bea"}}
	}
	told := make([]telling, rapid.IntRange(4, 14).Draw(t, "actions"))
	for i := range told {
		d := telling{id: graph.ID(fmt.Sprintf("%s/d%d", folder, i)), report: !rarely("article"), words: map[string]string{}}
		for key, from := range words[folder] {
			if w := pick(key, from...); w != "" && !rarely("untold") && (d.report || folder != "move" || key != "plover") {
				d.words[key] = w
			}
		}
		d.agents = rapid.SampledFrom(actors).Draw(t, "agents")
		if !d.report || rarely("others") {
			d.agents = some("agents", "person/ann", "person/bea", arl, bru)
		}
		if !d.meeting() {
			d.targets = rapid.SampledFrom([][]string{{bru}, {bru}, {"person/bea"}, nil}).Draw(t, "targets")
			if !d.report {
				d.speakers = rapid.SampledFrom([][]string{nil, {"person/ann"}}).Draw(t, "speakers")
			}
		}
		d.date = fmt.Sprintf("2031-03-%02d", rapid.SampledFrom([]int{4, 5, 6, 7, 8}).Draw(t, "day"))
		switch {
		case rarely("span"):
			d.date += "/2031-03-" + pick("until", "09", "10", "11")
		case rarely("month"):
			d.date = "2031-03"
		case rarely("undated"):
			d.date = ""
		}
		date := edtf(t, d.date)
		d.first, d.last = date.Earliest(), date.Latest()
		d.place = pick("place", "", "place/town", "place/town", "place/hall", "place/quay", bru)
		d.part = d.meeting() && pick("part", "", "", "part") != ""
		told[i] = d
	}
	return told
}

func (d telling) fact() graph.Fact {
	var values []string
	for key, w := range d.words {
		if key != "plover" || d.id.Folder() == "action" {
			values = append(values, key+": "+w)
		}
	}
	for key, list := range map[string][]string{"agent": d.agents, "spoken-by": d.speakers, "target": d.targets} {
		if key == "agent" && d.meeting() {
			key = "participants"
		}
		for _, a := range list {
			values = append(values, key+": "+a)
		}
	}
	for key, text := range map[string]string{"date": d.date, "place": d.place} {
		if text != "" {
			values = append(values, key+": "+text)
		}
	}
	if d.part {
		values = append(values, "part-of: meeting/congress")
	}
	f := act(d.id, values...)
	for p, text := range map[*vocab.Predicate]string{vocab.PLOVER: d.words["plover"], vocab.CAMEO: "042"} {
		if text != "" && (p == vocab.CAMEO && d.report || p == vocab.PLOVER && d.id.Folder() == "move") {
			f.Values = append(f.Values, graph.Value{Predicate: p, Literal: graph.Literal(p, text)})
		}
	}
	return f
}

// joined lists what reports tell of, as "report of event".
func joined(ctx context.Context, fatal func(...any), g *graph.Graph) []string {
	var lines []string
	for q, err := range g.Quads(ctx) {
		if err != nil {
			fatal(err)
		}
		if q.Predicate == vocab.ReportOf.IRI {
			from, _ := graph.IDOf(q.Subject)
			to, _ := graph.IDOf(q.Object)
			lines = append(lines, string(from+" of "+to))
		}
	}
	slices.Sort(lines)
	return lines
}

func TestReportsJoinAsTheRuleSays(t *testing.T) {
	toReport, toArticle := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		told := someTellings(t)
		facts := slices.Clone(world)
		for _, d := range told {
			facts = append(facts, d.fact())
		}
		quads := tell(facts...)
		want := joinNaively(told)
		for seed := range uint64(2) {
			rand.New(rand.NewPCG(seed, 0)).Shuffle(len(quads), func(i, j int) { quads[i], quads[j] = quads[j], quads[i] })
			g, err := graph.Open(t.Context(), "memory:")
			if err != nil {
				t.Fatal(err)
			}
			for part := range slices.Chunk(quads, 20) { // which gives terms another order
				if _, err := g.Add(t.Context(), part); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
				t.Fatal(err)
			}
			if got := joined(t.Context(), func(args ...any) { t.Fatal(args...) }, g); !slices.Equal(got, want) {
				t.Fatalf("%q, want %q", got, want)
			}
		}
		for _, line := range want {
			_, event, _ := strings.Cut(line, " of ")
			if slices.ContainsFunc(told, func(d telling) bool { return string(d.id) == event && d.report }) {
				toReport++
			} else {
				toArticle++
			}
		}
	})
	if !testing.Short() && (toReport == 0 || toArticle == 0) { // few are drawn then
		t.Errorf("%d joins to reports and %d to articles: what was drawn hardly agrees", toReport, toArticle)
	}
}

// tell is the quads of article/a, and of background, that state facts.
func tell(facts ...graph.Fact) []quad.Quad {
	d := told(facts...)
	d.Sources = append(d.Sources, graph.Source{ID: "reference/world", Class: vocab.Reference})
	return d.Quads()
}
