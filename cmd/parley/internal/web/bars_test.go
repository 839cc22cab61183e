package web

import (
	"regexp"
	"testing"

	"parley/graph"
	"parley/loader"
	"parley/queries"
)

// manySteps is a measure with a step of each kind.
const manySteps = `
references:
  - {id: reference/r, title: A page, url: "https://example.org/a"}
facts:
  - {measure: measure/z, at: reference/r, name: Duties on Z, instrument: tariff}
  - {move: move/a, at: reference/r, name: Threat, measure: measure/z, phase: threatened, date: "2019-01-01", rate: "30%"}
  - {move: move/b, at: reference/r, name: Announcement, measure: measure/z, phase: announced, date: "2019-02-01", rate: "10%"}
  - {move: move/c, at: reference/r, name: Begin, measure: measure/z, phase: in-force, date: "2019-03-01"}
  - {move: move/d, at: reference/r, name: Raise, measure: measure/z, phase: raised, date: "2019-05-01/2019-05-09"}
  - {move: move/e, at: reference/r, name: Second raise, measure: measure/z, phase: raised, date: "2019-07-01", rate: "up to 25%"}
  - {move: move/f, at: reference/r, name: Third raise, measure: measure/z, phase: announced, date: "2019-08-01", effective: "2019-10-15", rate: "40%"}
  - {move: move/g, at: reference/r, name: Delay, measure: measure/z, phase: postponed, date: "2019-10-11", effective: "2019-12-15"}
  - {move: move/h, at: reference/r, name: End, measure: measure/z, phase: removed, date: "2020-02-01"}
`

// written is a graph of the built-in facts and of a facts file.
func written(t *testing.T, text string) *graph.Graph {
	t.Helper()
	f, err := loader.ReadFacts("written.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	g := builtIn(t)
	if _, err := g.Add(t.Context(), f.Document.Quads()); err != nil {
		t.Fatal(err)
	}
	return g
}

// TestRateOverTimeAgreesWithInForce holds the chart of each measure against what
// the query in-force answers, on each day on which the chart changes and the day
// before.
func TestRateOverTimeAgreesWithInForce(t *testing.T) {
	g := written(t, manySteps)
	answer := func(q *queries.Query, texts map[string]string) *queries.Answer {
		t.Helper()
		a, err := q.Answer(t.Context(), g, texts)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	inForce := func(measure graph.ID, day graph.Day) string {
		a := answer(queries.InForce, map[string]string{"on": day.String()})
		for _, row := range a.Rows {
			if row[0].(graph.Ref).ID != measure {
				continue
			}
			if rate, told := row[a.Query.ColumnOf(queries.Column{Name: "rate", Kind: queries.RateColumn})].(graph.Rate); told {
				return rate.String()
			}
			return "rate not told"
		}
		return ""
	}
	for measure, want := range map[graph.ID]int{
		"measure/usa-tariff-steel-2018": 2, "measure/usa-tariff-200-billion-2018": 2, "measure/z": 8,
	} {
		steps := stepsOf(answer(queries.TariffMoves, map[string]string{"measure": string(measure)}), links{})
		if len(steps) != want {
			t.Errorf("%s: %d steps, want %d", measure, len(steps), want)
		}
		for _, changed := range steps {
			for _, day := range []graph.Day{changed.day() - 1, changed.day()} {
				drawn := ""
				for _, s := range steps {
					if s.applied && s.day() <= day {
						drawn = s.label()
					}
				}
				if drawn == "removed" {
					drawn = ""
				}
				if got := inForce(measure, day); got != drawn {
					t.Errorf("%s on %s: drawn %q, in force %q", measure, day, drawn, got)
				}
			}
		}
	}
}

// TestRateOverTimeIsLabelled tells in words what the chart shows.
func TestRateOverTimeIsLabelled(t *testing.T) {
	s := server(t, func(c *Config) { c.Graph = written(t, manySteps) })
	for address, wants := range map[string][]string{
		"/nodes/measure/usa-tariff-steel-2018": {
			`class="only"[^>]*/><title>Ross[^<]*: 25%, announced 2018-05-31<`, `class="applied"[^>]*/><title>US duties[^<]*: 25%, in-force by 2018-06-02, at the rate announced<`,
			`class="tick"[^>]*>2018-06-02<`,
		},
		"/nodes/measure/usa-tariff-200-billion-2018": {
			`class="rate"[^>]*>up to 10%<`, `announced by 2018-09-18, in force from 2018-09-24<`, `class="rate"[^>]*>rate not told<`,
			`<path class="untold"[^>]* H740`, `class="tick"[^>]*>2019-05-12<`,
		},
		"/nodes/measure/z": {
			`Third raise: 40%, announced 2019-08-01, in force from 2019-10-15, postponed<`, `Delay: 40%, postponed to 2019-12-15<`,
			`class="rate"[^>]*>removed<`, `class="tick"[^>]*>2020-02-01<`,
		},
	} {
		body := ok(t, s, address)
		for _, want := range wants {
			if !regexp.MustCompile(want).MatchString(body) {
				t.Errorf("%s: nothing fits %s", address, want)
			}
		}
	}
}
