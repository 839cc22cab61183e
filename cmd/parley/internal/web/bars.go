package web

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"parley/graph"
	"parley/queries"
)

// officeBar is one office of an actor on the axis of time, in thousandths of
// it.
type officeBar struct {
	Office  span
	During  string
	X, W    int
	Open    bool // nobody is known to have followed
	Undated bool
}

// officeBars are the offices of an actor over time, and the years at which the
// axis begins and ends.
type officeBars struct {
	Bars        []officeBar
	First, Last string
}

// newOfficeBars takes the offices from an answer to the query actor. Those that
// are held still go on to the latest day that is known.
func newOfficeBars(a *queries.Answer, l links, latest graph.Day) *officeBars {
	fact, node := a.Query.ColumnOf(queries.Column{Name: "fact", Kind: queries.WordColumn}), a.Query.ColumnOf(queries.Column{Kind: queries.NodeColumn})
	when := a.Query.ColumnOf(queries.Column{Kind: queries.DateColumn})
	if fact < 0 || node < 0 || when < 0 {
		return nil
	}
	b := &officeBars{}
	lo, hi := graph.MaxDay, graph.MinDay
	var dates []graph.Date
	for _, row := range a.Rows {
		office, ok := row[node].(graph.Ref)
		if row[fact] != "office" || !ok {
			continue
		}
		date, _ := row[when].(graph.Date)
		if !date.IsZero() {
			lo, hi = min(lo, date.Start()), max(hi, date.Start(), date.End())
		}
		dates = append(dates, date)
		if date.Latest() == graph.MaxDay && !date.IsZero() {
			hi = max(hi, latest)
		}
		b.Bars = append(b.Bars, officeBar{Office: span{Text: office.Name, URL: l.Node(office.ID)}, During: date.Words()})
	}
	if len(b.Bars) == 0 {
		return nil
	}
	const day, year = 1, 366
	length := max(int(hi)-int(lo)+day, year)
	for i, date := range dates {
		bar := &b.Bars[i]
		if date.IsZero() {
			bar.During, bar.Undated = "at a time that no source gives", true
			continue
		}
		end := date.End()
		if date.Latest() == graph.MaxDay {
			end, bar.Open = lo+graph.Day(length-1), true
		}
		bar.X = 1000 * (int(date.Start()) - int(lo)) / length
		bar.W = max(1000*(int(end)-int(date.Start())+1)/length, 4)
	}
	if lo <= hi {
		b.First, b.Last = lo.String()[:4], (lo + graph.Day(length-1)).String()[:4]
	}
	return b
}

// rateStep is a move that gives a rate.
type rateStep struct {
	day     graph.Day
	rate    float64
	words   string
	url     string
	applied bool // whether the rate came into force by it
}

const (
	stepsWidth, stepsHeight             = 760, 220
	stepsLeft, stepsRight, stepsBaseTop = 60, 20, 24
	stepsBase                           = stepsHeight - 36
)

// rateSteps draws the rate of a measure over time, from an answer to the query
// tariff-moves: a line for what came into force, a ring for what was only
// announced or threatened. It is empty where no move gives a rate and a day.
func rateSteps(a *queries.Answer, l links) template.HTML {
	steps := stepsOf(a, l)
	if len(steps) == 0 {
		return ""
	}
	first, last, most := steps[0].day, steps[len(steps)-1].day, 0.0
	for _, s := range steps {
		most = max(most, s.rate)
	}
	length := max(float64(last-first), 60)
	x := func(d graph.Day) float64 {
		return stepsLeft + (stepsWidth-stepsLeft-stepsRight-90)*float64(d-first)/length
	}
	y := func(rate float64) float64 {
		return stepsBase - (stepsBase-stepsBaseTop)*rate/cmp.Or(most, 1)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="steps" role="group" aria-labelledby="steps-title" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d"><title id="steps-title">The rate over time</title>`, stepsWidth, stepsHeight)
	fmt.Fprintf(&b, `<path class="axis" fill="none" d="M%d %d V%d H%d"/>`, stepsLeft, stepsBaseTop-8, stepsBase, stepsWidth-stepsRight)
	for _, tick := range []float64{0, most} {
		fmt.Fprintf(&b, `<text class="tick" x="%d" y="%.0f" text-anchor="end">%s%%</text>`, stepsLeft-8, y(tick)+4, strconv.FormatFloat(tick, 'f', -1, 64))
	}
	b.WriteString(stepLine(steps, x, y))
	for _, s := range steps {
		class := "applied"
		if !s.applied {
			class = "only"
		}
		fmt.Fprintf(&b, `<a href="%s"><circle class="%s" cx="%.1f" cy="%.1f" r="6"/><title>%s</title></a>`,
			template.HTMLEscapeString(s.url), class, x(s.day), y(s.rate), template.HTMLEscapeString(s.words))
	}
	fmt.Fprintf(&b, `<text class="tick" x="%.0f" y="%d">%s</text>`, x(first)-6, stepsBase+20, first)
	if x(last)-x(first) > 160 {
		fmt.Fprintf(&b, `<text class="tick" x="%.0f" y="%d" text-anchor="middle">%s</text>`, x(last), stepsBase+20, last)
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) //nolint:gosec // what is not ours is escaped
}

// stepLine is the line of what came into force; it goes on to the edge.
func stepLine(steps []rateStep, x func(graph.Day) float64, y func(float64) float64) string {
	var path strings.Builder
	for _, s := range steps {
		switch {
		case !s.applied:
		case path.Len() == 0:
			fmt.Fprintf(&path, "M%.1f %d V%.1f", x(s.day), stepsBase, y(s.rate))
		default:
			fmt.Fprintf(&path, " H%.1f V%.1f", x(s.day), y(s.rate))
		}
	}
	if path.Len() == 0 {
		return ""
	}
	return fmt.Sprintf(`<path class="line" fill="none" d="%s H%d"/>`, path.String(), stepsWidth-stepsRight)
}

func stepsOf(a *queries.Answer, l links) []rateStep {
	column := func(name string, kind queries.ColumnKind) int {
		return a.Query.ColumnOf(queries.Column{Name: name, Kind: kind})
	}
	action, phase := column("action", queries.NodeColumn), column("phase", queries.WordColumn)
	rate := column("rate", queries.RateColumn)
	announced, effective := column("announced", queries.DateColumn), column("effective", queries.DateColumn)
	if min(action, phase, rate, announced, effective) < 0 {
		return nil
	}
	var steps []rateStep
	for _, row := range a.Rows {
		r, given := row[rate].(graph.Rate)
		when, _ := row[effective].(graph.Date)
		word, _ := row[phase].(string)
		switch word {
		case "removed", "suspended":
			r, given = graph.Rate{Min: "0", Max: "0"}, true
		}
		if when.IsZero() {
			when, _ = row[announced].(graph.Date)
		}
		ref, named := row[action].(graph.Ref)
		if !given || when.IsZero() || !named {
			continue
		}
		steps = append(steps, rateStep{
			day: when.Start(), rate: decimal(cmp.Or(r.Max, r.Min)), url: l.Node(ref.ID),
			words:   fmt.Sprintf("%s: %s, %s (%s)", when.Words(), r, word, ref.Name),
			applied: !slices.Contains([]string{"considered", "threatened", "postponed", "announced", ""}, word) || word == "announced" && !isZero(row[effective]),
		})
	}
	slices.SortStableFunc(steps, func(a, b rateStep) int { return int(a.day) - int(b.day) })
	return steps
}

func isZero(cell any) bool {
	date, ok := cell.(graph.Date)
	return !ok || date.IsZero()
}
