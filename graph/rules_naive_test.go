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
	carries          string // an agreement that a passage says it carries out
	responds         string // what a passage says it responds to
	stance           string
	condition        string // the act that it is conditional on
}

func (d deed) move() bool { return d.phase != "" }

func (d deed) hostile() bool {
	return d.phased("threatened", "announced", "in-force", "raised") ||
		slices.Contains([]string{"cancelled", "postponed", "stalled"}, d.status)
}

// phased tells whether d brings a measure that is no exclusion to one of some
// phases.
func (d deed) phased(phases ...string) bool {
	return d.measure != relief && slices.Contains(phases, d.phase)
}

// like tells whether d and m were made by one side against one, m surely before.
func (d deed) like(m deed) bool {
	both := func(a, b []string) bool {
		return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
	}
	return both(d.agents, m.agents) && both(d.targets, m.targets) && d.dated && m.dated && m.last < d.first
}

const (
	relief = "measure/relief" // an exclusion from a measure
	pane   = "measure/pane"   // part of glass
	glass  = "measure/glass"
)

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
				d.about != "" && (d.about == m.measure || d.about == string(m.id))
		}},
		{"within-days", func(d, m deed) bool { return d.hostile() && m.hostile() && d.first-m.last <= 14 }},
	}
	var lines []string
	for _, d := range deeds {
		if d.stated {
			continue
		}
		if agreed := agreements(d, deeds); len(agreed) > 0 {
			lines = append(lines, agreed...)
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
		if d.agreement && !d.stated {
			lines = append(lines, relentedOn(d, deeds)...)
		}
		if d.phased("announced", "in-force", "raised") && d.carries == "" {
			lines = append(lines, carriedOut(d, deeds)...)
		}
		if d.move() && d.hostile() && d.carries == "" && d.stated {
			lines = append(lines, warned(d, deeds)...)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// agreements are those that d is about, of the sides that it is between.
func agreements(d deed, deeds []deed) (lines []string) {
	for _, e := range deeds {
		if !e.agreement || d.about != string(e.id) || !d.dated || !e.dated || e.last >= d.first {
			continue
		}
		for _, a := range d.agents {
			for _, b := range d.targets {
				if a != b && slices.Contains(e.agents, a) && slices.Contains(e.agents, b) {
					lines = append(lines, fmt.Sprintf("%s -> %s on-measure", d.id.Slug(), e.id.Slug()))
				}
			}
		}
	}
	return lines
}

// relentedOn are the latest hostile moves on what those relent on who carry an
// agreement out.
func relentedOn(d deed, deeds []deed) (lines []string) {
	for _, c := range deeds {
		if c.carries != string(d.id) || c.measure == "" || !c.counts() || !c.phased("lowered", "suspended", "postponed", "removed") {
			continue
		}
		for _, a := range c.agents {
			for _, b := range c.targets {
				lines = append(lines, latestOf(d, deeds, "agreement-answers", func(m deed) bool {
					return m.hostile() && m.measure == c.measure && slices.Contains(m.agents, a) && slices.Contains(m.targets, b) && d.dated && m.dated && m.last < d.first
				})...)
			}
		}
	}
	return lines
}

// counts tells whether something is surely before or after d, as the rules
// require of all that they look at.
func (d deed) counts() bool { return d.dated && (d.first > graph.MinDay || d.last < graph.MaxDay) }

// carriedOut are the latest threats that a move carries out.
func carriedOut(d deed, deeds []deed) []string {
	return latestOf(d, deeds, "carries-out-threat", func(m deed) bool {
		on := m.measure == d.measure || d.measure == pane && m.measure == glass
		if d.measure == "" || !on || !m.phased("considered", "threatened") || !d.like(m) {
			return false
		}
		// Between some agent and some target of both, nothing lies between.
		for _, a := range d.agents {
			for _, b := range d.targets {
				by := func(e deed) bool { return slices.Contains(e.agents, a) && slices.Contains(e.targets, b) }
				if by(m) && !slices.ContainsFunc(deeds, func(e deed) bool {
					return e.measure == d.measure && e.phased("announced", "in-force", "raised") && by(e) && e.dated && e.last < d.first && e.last > m.last
				}) {
					return true
				}
			}
		}
		return false
	})
}

// warned are the statements that threatened what a move now does.
func warned(d deed, deeds []deed) (lines []string) {
	for _, m := range deeds {
		if m.stance == "threaten" && d.like(m) && (m.stated && m.responds == d.responds || m.condition == d.responds) {
			lines = append(lines, fmt.Sprintf("%s -> %s carries-out-threat", d.id.Slug(), m.id.Slug()))
		}
	}
	return lines
}

// latestOf are the latest of the deeds that fit.
func latestOf(d deed, deeds []deed, rule string, fits func(deed) bool) (lines []string) {
	latest := graph.MinDay
	for _, m := range deeds {
		if m.move() && fits(m) {
			latest = max(latest, m.last)
		}
	}
	for _, m := range deeds {
		if m.move() && fits(m) && m.last == latest {
			lines = append(lines, fmt.Sprintf("%s -> %s %s", d.id.Slug(), m.id.Slug(), rule))
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
			stated: rapid.IntRange(0, 3).Draw(t, "stated") == 0, responds: pick("responds", "move/long-ago", "move/last-year"),
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
			d.phase = pick("phase", "raised", "considered", "threatened", "announced", "in-force", "lowered", "removed")
			d.measure = pick("measure", "", glass, pane, "measure/wine", relief)
			d.about = pick("move about", "", "", "", "agreement/d0", "agreement/d1", glass)
			d.carries = pick("carries", "", "", "agreement/d0", "agreement/d1", "agreement/d2")
		case "change":
			d.id = graph.ID(fmt.Sprintf("change/d%d", i))
			d.status = pick("status", "cancelled", "postponed", "stalled", "planned")
		case "agreement":
			d.id, d.agreement, d.targets = graph.ID(fmt.Sprintf("agreement/d%d", i)), true, nil
		case "statement":
			d.id, d.statement = graph.ID(fmt.Sprintf("statement/d%d", i)), true
			d.stance = pick("stance", "threaten", "threaten", "reject")
			d.condition = pick("condition", "", "move/long-ago", "move/last-year")
			d.about = pick("about", glass, "measure/wine", "move/d0", "move/d1", "agreement/d0", "agreement/d1")
		}
		deeds[i] = d
	}
	return deeds
}

func (d deed) fact() graph.Fact {
	var values []string
	for key, text := range map[string]string{"stance": d.stance, "conditional-on": d.condition, "carries-out": d.carries, "date": d.date, "measure": d.measure, "about": d.about, "phase": d.phase, "status": d.status} {
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
		values = append(values, "responds-to: "+d.responds)
	}
	return act(d.id, values...)
}

func TestInferIsWhatTheRulesSay(t *testing.T) {
	concluded := 0
	rapid.Check(t, func(t *rapid.T) {
		deeds := someDeeds(t)
		facts := []graph.Fact{
			act(glass, "instrument: tariff"), act(pane, "instrument: tariff", "part-of: "+glass), act(relief, "instrument: exclusion"),
		}
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
	if concluded == 0 && !testing.Short() {
		t.Error("the acts drawn let no rule conclude anything")
	}
}
