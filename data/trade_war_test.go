package data_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/data"
	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"

	"github.com/cayleygraph/quad"
)

// open opens a set.
func open(t *testing.T, set data.Set) *graph.Graph {
	t.Helper()
	g, err := graph.OpenImage(set.Name, set.Image)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

func answer(t *testing.T, g *graph.Graph, q *queries.Query, args map[string]string) *queries.Answer {
	t.Helper()
	a, err := q.Answer(t.Context(), g, args)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// cell returns what stands in a column of a row.
func cell[T any](a *queries.Answer, row []any, column string) T {
	i := slices.IndexFunc(a.Query.Columns, func(c queries.Column) bool { return c.Name == column })
	v, _ := row[i].(T)
	return v
}

// background are the classes of which a page without a day may tell.
var background = []*vocab.Class{
	vocab.Person, vocab.Country, vocab.Organization, vocab.Office, vocab.Tenure, vocab.Place,
	vocab.Reference, vocab.Passage,
}

func TestSourcesAreDated(t *testing.T) {
	c := contentOf(t, data.All())
	for _, q := range c.quads {
		if slices.Contains(background, c.class[subject(q)]) {
			continue
		}
		for _, source := range c.sources([]quad.Quad{q}) {
			if id := graph.ID(source); len(c.values(id, vocab.Published)) == 0 {
				t.Errorf("%s tells of %s and has no day of publication", source, subject(q))
			}
		}
	}
	for id, class := range c.class {
		if class == vocab.Reference && (len(c.values(id, vocab.URL)) != 1 || len(c.values(id, vocab.Publisher)) != 1 || len(c.values(id, vocab.Accessed)) != 1) {
			t.Errorf("%s needs an address, a publisher, and the day it was looked up", id)
		}
	}
}

// publishers are those of the sources of quads.
func (c *content) publishers(quads []quad.Quad) (ids []string) {
	for _, source := range c.sources(quads) {
		ids = append(ids, c.values(graph.ID(source), vocab.Publisher)...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// onPages tells whether quads rest on pages of the set, not on an article.
func (c *content) onPages(quads []quad.Quad) bool {
	return slices.ContainsFunc(c.sources(quads), func(s string) bool { return graph.ID(s).Folder() == vocab.Reference.Folder })
}

func TestTariffFiguresHaveTwoSources(t *testing.T) {
	c := contentOf(t, data.All())
	figures := 0
	for id, class := range c.class {
		if class != vocab.MeasureMove {
			continue
		}
		measures := c.values(id, vocab.OnMeasure)
		if len(measures) != 1 || !slices.Contains(c.values(graph.ID(measures[0]), vocab.Instrument), "tariff") {
			continue
		}
		for _, p := range []*vocab.Predicate{vocab.HasRate, vocab.Value, vocab.Date, vocab.Announced, vocab.Effective} {
			of := c.said[id][p]
			if len(of) == 0 || !c.onPages(of) {
				continue
			}
			figures++
			if publishers := c.publishers(of); len(publishers) < 2 {
				t.Errorf("%s: %s %v rests on %v alone", id, p.Name, c.values(id, p), publishers)
			}
		}
	}
	if figures < 500 {
		t.Errorf("there are %d figures only", figures)
	}
}

// What the set is to hold at the least.
func TestTradeWarIsLarge(t *testing.T) {
	g := open(t, data.All())
	negotiations := answer(t, g, queries.Meetings, map[string]string{"status": "held"})
	held := 0
	for _, row := range negotiations.Rows {
		if slices.Contains(vocab.Negotiations, cell[string](negotiations, row, "kind")) {
			held++
		}
	}
	c := contentOf(t, data.All())
	answers, people := map[string]bool{}, map[string]bool{}
	moves := 0
	for _, q := range c.quads {
		switch predicate(q) {
		case vocab.RespondsTo:
			answers[fmt.Sprint(q.Subject, q.Object)] = true
		case vocab.HeldBy:
			people[fmt.Sprint(q.Object)] = true
		}
	}
	for _, class := range c.class {
		if class == vocab.MeasureMove {
			moves++
		}
	}
	for _, n := range []struct {
		what       string
		has, least int
	}{{"negotiations held", held, 40}, {"moves", moves, 120}, {"stated answers", len(answers), 60}, {"people with offices", len(people), 40}} {
		if n.has < n.least {
			t.Errorf("%d %s, and there should be %d", n.has, n.what, n.least)
		}
	}
	inReadme(t, "README.md", "counts", counts(c, held, len(answers), len(people)))
}

// counts is README's table of what the set holds.
func counts(c *content, held, answers, people int) string {
	of := map[*vocab.Class]int{}
	for _, class := range c.class {
		of[class]++
	}
	var b strings.Builder
	b.WriteString("| of the set `trade-war`, with the articles | |\n| --- | --- |\n")
	for _, n := range []struct {
		what string
		n    int
	}{
		{"sources", of[vocab.Reference] + of[vocab.Article]},
		{"stated quads", len(c.quads)},
		{"negotiations held (talks, calls, summits)", held},
		{"meetings in all", of[vocab.Meeting]},
		{"moves on measures", of[vocab.MeasureMove]},
		{"measures", of[vocab.Measure]},
		{"stated answers", answers},
		{"agreements", of[vocab.Agreement]},
		{"commitments", of[vocab.Commitment]},
		{"statements", of[vocab.Statement]},
		{"people with offices", people},
		{"offices", of[vocab.Office]},
	} {
		fmt.Fprintf(&b, "| %s | %d |\n", n.what, n.n)
	}
	return b.String()
}

func TestEveryNodeIsNamed(t *testing.T) {
	g := open(t, data.All())
	v, err := g.View(graph.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	for id, class := range contentOf(t, data.All()).class {
		if slices.Contains([]*vocab.Class{vocab.Passage, vocab.Tenure, vocab.Participation}, class) {
			continue
		}
		n, err := v.ResolveAny(t.Context(), string(id), graph.Date{})
		if err != nil || v.ID(n) != id {
			t.Errorf("%s leads to %s, %v", id, v.ID(n), err)
			continue
		}
		if ref, err := v.Ref(t.Context(), n); err != nil || ref.Name == "" || ref.Name == string(id) {
			t.Errorf("%s is called %q, %v", id, ref.Name, err)
		}
	}
}

// inPrivate are those who negotiated and held no office then, as sources say.
var inPrivate = map[string]string{
	"meeting/2025-01-17-trump-xi-call person/donald-trump": "as president-elect, three days before he took office",
}

func TestNegotiatorsHeldOffice(t *testing.T) {
	c := contentOf(t, data.All())
	during := map[string][]graph.Date{}
	for id, class := range c.class {
		if class != vocab.Tenure {
			continue
		}
		for _, person := range c.values(id, vocab.HeldBy) {
			times := c.values(id, vocab.During)
			if len(times) == 0 {
				during[person] = append(during[person], graph.Date{}) // some time
			}
			for _, text := range times {
				d, err := graph.ParseDate(text)
				if err != nil {
					t.Fatal(err)
				}
				during[person] = append(during[person], d)
			}
		}
	}
	g := open(t, data.All())
	a := answer(t, g, queries.Meetings, nil)
	for _, row := range a.Rows {
		if !slices.Contains(vocab.Negotiations, cell[string](a, row, "kind")) || cell[string](a, row, "status") != "held" {
			continue
		}
		meeting, date := cell[graph.Ref](a, row, "meeting"), cell[graph.Date](a, row, "date")
		for _, p := range cell[[]queries.Participant](a, row, "participants") {
			if p.Node.ID.Folder() != vocab.Person.Folder {
				continue
			}
			holds := slices.ContainsFunc(during[string(p.Node.ID)], func(d graph.Date) bool {
				return d.IsZero() || d.Overlaps(date.Start(), date.End())
			})
			key := string(meeting.ID) + " " + string(p.Node.ID)
			if _, known := inPrivate[key]; !holds && !known {
				t.Errorf("%s negotiated in %s (%s) and held no office then", p.Node.ID, meeting.ID, date)
			}
		}
	}
}

func TestNothingIsInForceAfterItWasRemoved(t *testing.T) {
	c := contentOf(t, data.All())
	g := open(t, data.All())
	looked := 0
	for id, class := range c.class {
		phases := c.values(id, vocab.Phase)
		if class != vocab.MeasureMove || !slices.Contains(phases, "removed") || len(phases) != 1 {
			continue
		}
		measure := c.values(id, vocab.OnMeasure)[0]
		removed, _ := c.when(id)
		if days := c.values(id, vocab.Effective); len(days) > 0 {
			removed = graph.Date{}
			for _, text := range days {
				day, err := graph.ParseDate(text)
				if err != nil {
					t.Fatal(err)
				}
				if removed.IsZero() || day.End() > removed.End() {
					removed = day
				}
			}
		}
		// Until another move on the measure takes effect it stays out of force.
		until := graph.Day(0)
		for _, other := range c.subjects(vocab.OnMeasure, measure) {
			for _, text := range append(c.values(other, vocab.Effective), c.values(other, vocab.Date)...) {
				if day, err := graph.ParseDate(text); other != id && err == nil && day.End() >= removed.Start() && (until == 0 || day.Start()-1 < until) {
					until = day.Start() - 1
				}
			}
		}
		days := []graph.Day{removed.End(), until}
		switch {
		case until == 0:
			days[1] = removed.End() + 400
		case until < removed.End():
			continue
		}
		for _, day := range days {
			looked++
			a := answer(t, g, queries.InForce, map[string]string{"on": day.String()})
			for _, row := range a.Rows {
				if string(cell[graph.Ref](a, row, "measure").ID) != measure {
					continue
				}
				targets := c.values(id, vocab.Target)
				if len(targets) == 0 || slices.ContainsFunc(cell[[]graph.Ref](a, row, "target"), func(r graph.Ref) bool { return slices.Contains(targets, string(r.ID)) }) {
					t.Errorf("%s is in force on %s, when %s removed it", measure, day, id)
				}
			}
		}
	}
	if looked < 40 {
		t.Errorf("only %d days were looked at", looked)
	}
}

// openThreats are those of which no source told, by the day the set was last
// brought up to date, what became of them; README.md lists them.
var openThreats = []string{
	"move/2018-06-18-usa-threatens-tariff-further-200-billion",
	"move/2025-10-10-usa-threatens-software-control",
	"move/2025-10-14-usa-threatens-cooking-oil",
	"statement/2018-01-17-trump-big-fine",
	"statement/2018-09-18-trump-retaliation-for-farmers",
	"statement/2018-11-17-pence-no-change-of-course",
	"statement/2018-11-28-lighthizer-tariffs-on-cars",
	"statement/2019-05-29-peoples-daily-rare-earths",
	"statement/2019-08-01-trump-25-percent",
	"statement/2019-10-08-chn-foreign-ministry-entity-list",
	"statement/2020-04-21-trump-threatens-termination",
	"statement/2020-05-01-trump-tariffs-option",
	"statement/2020-05-03-trump-threatens-termination",
	"statement/2020-05-15-global-times-unreliable-entities",
	"statement/2020-05-17-chn-commerce-ministry-huawei",
	"statement/2020-07-28-chn-commerce-ministry-11-entities",
	"statement/2020-09-19-chn-commerce-ministry-apps",
	"statement/2020-12-chn-commerce-ministry-smic",
	"statement/2023-04-04-chn-warns-japan",
	"statement/2025-04-07-trump-ends-talks",
	"statement/2025-04-21-chn-warns-third-countries",
	"statement/2025-05-21-chn-threatens-ascend-enforcers",
	"statement/2025-10-trump-hints-further-levies",
}

func TestThreatsHaveOutcomes(t *testing.T) {
	a := answer(t, open(t, data.All()), queries.Threats, nil)
	var without []string
	for _, row := range a.Rows {
		if cell[string](a, row, "outcome") == "" {
			without = append(without, string(cell[graph.Ref](a, row, "action").ID))
		}
	}
	slices.Sort(without)
	if !slices.Equal(without, openThreats) {
		t.Errorf("%d threats have no outcome:\n%s", len(without), strings.Join(without, "\n"))
	}
}

// openPlans are the meetings of which no source tells what became of them.
var openPlans = []string{
	"meeting/2018-05-30-beijing-working-talks",
	"meeting/2019-04-11-liu-mnuchin-call",
	"meeting/2019-04-15-liu-mnuchin-call",
	"meeting/2019-08-29-talk-at-another-level",
	"meeting/2019-08-later-deputies-call",
	"meeting/2019-08-trump-xi-call",
	"meeting/2026-05-13-seoul-talks",
	"meeting/2026-07-07-ustr-forced-labor-hearing",
	"meeting/2026-xi-washington-visit",
}

func TestPlansHaveOutcomes(t *testing.T) {
	a := answer(t, open(t, data.All()), queries.Meetings, map[string]string{"status": "planned"})
	var without []string
	for _, row := range a.Rows {
		without = append(without, string(cell[graph.Ref](a, row, "meeting").ID))
	}
	slices.Sort(without)
	if !slices.Equal(without, openPlans) {
		t.Errorf("%d meetings are planned for ever:\n%s", len(without), strings.Join(without, "\n"))
	}
}

func TestChainsRunThrough(t *testing.T) {
	g := open(t, data.All())
	back := answer(t, g, queries.RetaliationChains, map[string]string{
		"from": "move/2025-10-usa-threatens-tariff-additional-100-percent", "direction": "back", "paths": "shortest",
	})
	if len(back.Rows) == 0 || !strings.HasPrefix(cell[graph.Date](back, back.Rows[0], "date").String(), "2018") {
		t.Error("what led to the threat of October 2025 does not lead back to 2018")
	}
	if len(back.Excluded) == 0 {
		t.Error("where it leads no further back is not told")
	}
	a := answer(t, g, queries.RetaliationChains, map[string]string{"from": "move/2018-03-22-usa-threatens-tariff-50-billion", "to": "agreement/2025-11-01-busan", "paths": "shortest"})
	if len(a.Rows) == 0 {
		t.Fatal("no chain leads from the list of March 2018 to the truce of November 2025")
	}
	bases := map[string]int{}
	for _, row := range a.Rows {
		bases[cell[string](a, row, "basis")]++
	}
	if bases["stated"] == 0 || bases["inferred"] == 0 {
		t.Errorf("the steps are told apart as %v", bases)
	}
}
