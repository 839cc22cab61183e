package graph_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley/graph"
)

// deed is an action as the sentences of the rules speak of it.
type deed struct {
	id               graph.ID
	agents, targets  []string
	date             string
	measure, about   string
	phase, status    string
	stated           bool // a passage states its cause
	first, last      graph.Day
	statement, dated bool
	agreement        bool
}

func (d deed) move() bool { return d.phase != "" }

func (d deed) hostile() bool {
	return slices.Contains([]string{"threatened", "announced", "in-force", "raised"}, d.phase) ||
		slices.Contains([]string{"cancelled", "postponed", "stalled"}, d.status)
}

// against tells whether d is by one side against another that made m against
// it surely before.
func (d deed) against(m deed) bool {
	for _, a := range d.agents {
		for _, b := range d.targets {
			if a != b && slices.Contains(m.agents, b) && slices.Contains(m.targets, a) {
				return d.dated && m.dated && m.last < d.first
			}
		}
	}
	return false
}

// naively reads the rules as their Meaning tells them, each pair of deeds in
// turn.
func naively(deeds []deed) []string {
	rules := []struct {
		name string
		fits func(later, earlier deed) bool
	}{
		{"on-measure", func(d, m deed) bool {
			return d.move() && d.measure != "" && d.measure == m.measure ||
				d.statement && d.about != "" && (d.about == m.measure || d.about == string(m.id))
		}},
		{"within-days", func(d, m deed) bool { return d.hostile() && m.hostile() && d.first-m.last <= 14 }},
	}
	var lines []string
	for _, d := range deeds {
		if d.stated {
			continue
		}
		for _, r := range rules {
			var causes []deed
			for _, m := range deeds {
				if m.move() && d.against(m) && r.fits(d, m) {
					causes = append(causes, m)
				}
			}
			for _, m := range causes {
				if !slices.ContainsFunc(causes, func(other deed) bool { return other.last > m.last }) {
					lines = append(lines, fmt.Sprintf("%s -> %s %s", d.id.Slug(), m.id.Slug(), r.name))
				}
			}
			if len(causes) > 0 {
				break
			}
		}
	}
	for _, d := range deeds {
		if d.agreement && !d.stated && d.dated {
			lines = append(lines, settled(d, deeds)...)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// settled reads what an agreement answers: for each two of its parties the
// latest hostile moves of the one against the other since they last agreed.
func settled(d deed, deeds []deed) []string {
	var lines []string
	for _, a := range d.agents {
		for _, b := range d.agents {
			since, latest := graph.MinDay, graph.MinDay
			for _, e := range deeds {
				if e.agreement && e.dated && e.last < d.first && a != b && slices.Contains(e.agents, a) && slices.Contains(e.agents, b) {
					since = max(since, e.last+1)
				}
			}
			var found []deed
			for _, m := range deeds {
				if a != b && m.move() && m.hostile() && m.dated && m.last < d.first && m.last >= since && slices.Contains(m.agents, a) && slices.Contains(m.targets, b) {
					found, latest = append(found, m), max(latest, m.last)
				}
			}
			for _, m := range found {
				if m.last == latest {
					lines = append(lines, fmt.Sprintf("%s -> %s agreement-answers", d.id.Slug(), m.id.Slug()))
				}
			}
		}
	}
	return lines
}

func someDeeds(t *rapid.T) []deed {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	countries := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{arl, bru, cor}), 1, 2, rapid.ID)
	deeds := make([]deed, rapid.IntRange(2, 9).Draw(t, "deeds"))
	for i := range deeds {
		d := deed{
			agents: countries.Draw(t, "agents"), targets: countries.Draw(t, "targets"),
			stated: rapid.IntRange(0, 9).Draw(t, "stated") == 0,
		}
		day := func(label string) string { return fmt.Sprintf("2031-03-%02d", rapid.IntRange(1, 31).Draw(t, label)) }
		switch pick("form of date", "day", "day", "day", "day", "month", "open start", "open end", "several", "none") {
		case "day":
			d.date = day("day")
		case "month":
			d.date = pick("month", "2031-02", "2031-03", "2031-04")
		case "open start":
			d.date = "/" + day("until")
		case "open end":
			d.date = day("from") + "/.."
		case "several":
			d.date = "[" + day("one") + "," + day("other") + "]"
		}
		if d.dated = d.date != ""; d.dated {
			date := edtf(t, d.date)
			d.first, d.last = date.Earliest(), date.Latest()
		}
		switch pick("class", "move", "move", "move", "move", "change", "statement", "agreement", "agreement") {
		case "move":
			d.id = graph.ID(fmt.Sprintf("move/d%d", i))
			d.phase = pick("phase", "raised", "threatened", "announced", "in-force", "lowered", "removed")
			d.measure = pick("measure", "", "measure/glass", "measure/wine")
		case "change":
			d.id = graph.ID(fmt.Sprintf("change/d%d", i))
			d.status = pick("status", "cancelled", "postponed", "stalled", "planned")
		case "agreement":
			d.id, d.agreement, d.targets = graph.ID(fmt.Sprintf("agreement/d%d", i)), true, nil
		case "statement":
			d.id, d.statement = graph.ID(fmt.Sprintf("statement/d%d", i)), true
			d.about = pick("about", "measure/glass", "measure/wine", "move/d0", "move/d1")
		}
		deeds[i] = d
	}
	return deeds
}

func (d deed) fact() graph.Fact {
	var values []string
	for key, text := range map[string]string{"date": d.date, "measure": d.measure, "about": d.about, "phase": d.phase, "status": d.status} {
		if text != "" {
			values = append(values, key+": "+text)
		}
	}
	for _, a := range d.agents {
		values = append(values, "agent: "+a)
	}
	for _, a := range d.targets {
		values = append(values, "target: "+a)
	}
	if d.stated {
		values = append(values, "responds-to: move/long-ago")
	}
	return act(d.id, values...)
}

func TestInferIsWhatTheRulesSay(t *testing.T) {
	concluded := 0
	rapid.Check(t, func(t *rapid.T) {
		deeds := someDeeds(t)
		var facts []graph.Fact
		for _, d := range deeds {
			facts = append(facts, d.fact())
		}
		g, err := graph.Open(t.Context(), "memory:")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.Add(t.Context(), told(facts...).Quads()); err != nil {
			t.Fatal(err)
		}
		if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
			t.Fatal(err)
		}
		got, want := ruleEdges(t.Context(), func(args ...any) { t.Fatal(args...) }, g), naively(deeds)
		if !slices.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
		concluded += len(got)
	})
	if concluded == 0 {
		t.Error("the acts drawn let no rule conclude anything")
	}
}
