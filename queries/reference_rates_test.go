package queries_test

import (
	"fmt"
	"slices"
	"testing"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"

	"pgregory.net/rapid"
)

// duties are random tariffs of Alba's on what comes from Brava and Corda, of
// which each has companies that moves may be aimed at by themselves.
type duties struct {
	measures []duty
	moves    []dutyMove
}

type duty struct {
	coverage string
	apart    int // the measure it is not due together with, -1 for none
}

type dutyMove struct {
	measure   int
	phase     string
	targets   []string
	announced string // a day, or "" for as effective
	effective string // a day or a month of 2018, or ""
	rate      int    // per cent, 0 where it is not told
}

var (
	dutySides   = map[string]string{"country/brava": "country/brava", "organization/b1": "country/brava", "organization/b2": "country/brava", "country/corda": "country/corda"}
	dutyTargets = []string{"country/brava", "organization/b1", "organization/b2", "country/corda"}
)

// drawDuties draws them. Where exact is true each move has the day it takes
// effect, on which it was announced too.
func drawDuties(t *rapid.T, exact bool) *duties {
	var d duties
	for range rapid.IntRange(1, 4).Draw(t, "measures") {
		d.measures = append(d.measures, duty{
			rapid.SampledFrom([]string{"across-the-board", "listed", "listed", ""}).Draw(t, "coverage"),
			rapid.IntRange(-1, len(d.measures)-1).Draw(t, "apart"),
		})
	}
	day := rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprintf("2018-%02d-%02d", rapid.IntRange(1, 4).Draw(t, "month"), rapid.SampledFrom([]int{1, 2, 28}).Draw(t, "day"))
	})
	phases := []string{"in-force", "raised", "lowered", "suspended", "removed"}
	if !exact {
		phases = append(phases, "announced", "postponed", "threatened")
	}
	for range rapid.IntRange(1, 9).Draw(t, "moves") {
		m := dutyMove{
			measure: rapid.IntRange(0, len(d.measures)-1).Draw(t, "measure"),
			phase:   rapid.SampledFrom(phases).Draw(t, "phase"),
			targets: rapid.SliceOfNDistinct(rapid.SampledFrom(dutyTargets), 1, 3, rapid.ID).Draw(t, "targets"),
			rate:    rapid.IntRange(0, 5).Draw(t, "rate"),
		}
		m.effective = day.Draw(t, "effective")
		if !exact {
			switch rapid.IntRange(0, 3).Draw(t, "how") {
			case 0:
				m.effective = m.effective[:7]
			case 1:
				m.announced, m.effective = m.effective, ""
			case 2:
				if a := day.Draw(t, "announced"); a < m.effective {
					m.announced = a
				}
			}
		}
		if m.phase == "postponed" { // never to an earlier day
			m.announced = day.Draw(t, "put off on")
			m.effective = rapid.SampledFrom([]string{"", "2018-04-28"}).Draw(t, "put off to")
		}
		d.moves = append(d.moves, m)
	}
	return &d
}

func (d *duties) facts() []graph.Fact {
	facts := []graph.Fact{
		node(vocab.Country, "country/alba"), node(vocab.Country, "country/brava"), node(vocab.Country, "country/corda"),
		node(vocab.Organization, "organization/b1", link(vocab.InCountry, "country/brava")),
		node(vocab.Organization, "organization/b2", link(vocab.InCountry, "country/brava")),
	}
	id := func(i int) graph.ID { return graph.ID(fmt.Sprintf("measure/m%d", i)) }
	for i, m := range d.measures {
		values := []graph.Value{text(vocab.Instrument, "tariff")}
		if m.coverage != "" {
			values = append(values, text(vocab.Coverage, m.coverage))
		}
		if m.apart >= 0 {
			values = append(values, link(vocab.NotWith, id(m.apart)))
		}
		facts = append(facts, node(vocab.Measure, id(i), values...))
	}
	for i, m := range d.moves {
		values := []graph.Value{link(vocab.OnMeasure, id(m.measure)), text(vocab.Phase, m.phase), link(vocab.Agent, "country/alba")}
		for _, target := range m.targets {
			values = append(values, link(vocab.Target, graph.ID(target)))
		}
		if m.announced != "" {
			values = append(values, text(vocab.Announced, m.announced))
		}
		if m.effective != "" {
			values = append(values, text(vocab.Effective, m.effective))
		}
		if m.rate > 0 {
			values = append(values, text(vocab.HasRate, fmt.Sprintf("%d%%", m.rate)))
		}
		facts = append(facts, node(vocab.MeasureMove, act(i), values...))
	}
	return facts
}

// rateOf reads a cell, which is nil where no source tells the rate.
func rateOf(cell any) graph.Rate {
	rate, _ := cell.(graph.Rate)
	return rate
}

// What is in force on a day is what the history had come to by then: the same
// layers, rates and sums.
func TestHistoryComesToWhatIsInForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDuties(t, false)
		g := open(t, quads(d.facts()))
		history := ask(t, queries.RateHistory, g, nil)
		for _, on := range []string{"2018-01-01", "2018-01-15", "2018-02-02", "2018-02-28", "2018-03-10", "2018-05-01"} {
			day, err := graph.ParseDate(on)
			if err != nil {
				t.Fatal(err)
			}
			rates, highest := map[string]string{}, map[string]graph.Rate{}
			for _, row := range history.Rows {
				if row[0].(graph.Date).End() > day.End() {
					continue
				}
				target, measure := string(row[2].(graph.Ref).ID), string(row[3].(graph.Ref).ID)
				key := target + " " + measure
				delete(rates, key)
				if change := row[9].(string); change != "went" {
					rates[key] = rateOf(row[8]).String()
				}
				highest[target] = rateOf(row[11])
			}
			layers, totals := map[string]graph.Rate{}, map[string]graph.Rate{}
			for _, row := range ask(t, queries.InForce, g, map[string]string{"on": on}).Rows {
				for _, target := range row[2].([]graph.Ref) {
					side := dutySides[string(target.ID)]
					key := side + " " + string(row[0].(graph.Ref).ID)
					if rate, ok := layers[key]; !ok || rateOf(row[6]).Compare(rate) > 0 {
						layers[key] = rateOf(row[6])
					}
					if total := rateOf(row[7]); len(row[2].([]graph.Ref)) == 1 && total.Compare(totals[side]) > 0 {
						totals[side] = total
					}
				}
			}
			var got, want []string
			for key, rate := range rates {
				got = append(got, key+" "+rate)
			}
			for key, rate := range layers {
				want = append(want, key+" "+rate.String())
			}
			same(t, on, got, want)
			for side, total := range totals {
				if total.Compare(highest[side]) > 0 {
					t.Fatalf("%s: goods of %s bear %v in all by in-force, at most %v by rate-history", on, side, total, highest[side])
				}
			}
		}
	})
}

// Where each move took effect on a day, the last of them by a day holds then: for
// each at whom it is aimed, unless it ends the measure.
func TestTheLastMoveHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDuties(t, true)
		// Two moves of one day have no order.
		seen := map[string]bool{}
		d.moves = slices.DeleteFunc(d.moves, func(m dutyMove) bool {
			key := fmt.Sprint(m.measure, m.effective)
			defer func() { seen[key] = true }()
			return seen[key]
		})
		g := open(t, quads(d.facts()))
		for _, on := range []string{"2018-01-01", "2018-02-27", "2018-02-28", "2018-06-01"} {
			var got, want []string
			for _, row := range ask(t, queries.InForce, g, map[string]string{"on": on}).Rows {
				for _, target := range row[2].([]graph.Ref) {
					got = append(got, fmt.Sprint(row[0].(graph.Ref).ID, " ", target.ID, " since ", row[9]))
				}
			}
			for i := range d.measures {
				for _, target := range dutyTargets {
					var last *dutyMove
					for j := range d.moves {
						m := &d.moves[j]
						if m.measure == i && m.effective <= on && slices.Contains(m.targets, target) && (last == nil || m.effective > last.effective) {
							last = m
						}
					}
					if last != nil && last.phase != "suspended" && last.phase != "removed" {
						want = append(want, fmt.Sprintf("measure/m%d %s since %s", i, target, last.effective))
					}
				}
			}
			same(t, on, got, want)
		}
	})
}
