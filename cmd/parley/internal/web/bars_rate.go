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

// rateStep is a move on the axis of time, as the query in-force takes it.
type rateStep struct {
	rate    graph.Rate // the zero Rate where none is told
	since   graph.Date
	phase   string
	words   string // of the phase and its days
	name    string
	url     string
	applied bool // whether it came into force
}

// day is from when on the step counts for certain.
func (s rateStep) day() graph.Day { return s.since.End() }

func (s rateStep) known() bool { return s.rate != graph.Rate{} }

func (s rateStep) label() string {
	switch {
	case s.applied && (s.phase == "removed" || s.phase == "suspended"):
		return s.phase
	case !s.known():
		return "rate not told"
	}
	return s.rate.String()
}

// stepsOf takes the moves from an answer to the query tariff-moves, by the day on
// which they came into force; of what did not, only that which gives a rate. It is
// empty where no move gives one.
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
	var held graph.Rate // what was announced last
	for _, row := range a.Rows {
		ref, _ := row[action].(graph.Ref)
		s := rateStep{name: ref.Name, url: l.Node(ref.ID)}
		s.rate, _ = row[rate].(graph.Rate)
		s.phase, _ = row[phase].(string)
		s.since, _ = row[effective].(graph.Date)
		public, _ := row[announced].(graph.Date)
		s.applied = !s.since.IsZero()
		s.words = s.phase + " " + cmp.Or(s.since, public).Words()
		switch s.phase {
		case "considered", "threatened":
			s.applied = false
		case "announced":
			s.words = "announced " + public.Words()
			if s.applied {
				s.words = strings.TrimSpace(s.words) + ", in force from " + s.since.Words()
			}
			if s.known() {
				held = s.rate
			}
		case "in-force":
			if !s.known() && held != (graph.Rate{}) {
				s.rate, s.words = held, s.words+", at the rate announced"
			}
		case "postponed":
			steps = s.postpone(steps, public)
			continue
		case "removed", "suspended":
			s.rate = graph.Rate{Min: "0", Max: "0"}
			// What was to begin later never did.
			for i := range steps {
				steps[i].applied = steps[i].applied && (!s.applied || steps[i].day() <= s.day())
			}
		}
		if !s.applied {
			s.since = cmp.Or(public, s.since)
		}
		if !s.since.IsZero() && (s.applied || s.known()) {
			steps = append(steps, s)
		}
	}
	if !slices.ContainsFunc(steps, func(s rateStep) bool { return s.known() && s.rate.Max != "0" }) {
		return nil
	}
	slices.SortStableFunc(steps, func(a, b rateStep) int { return cmp.Compare(a.day(), b.day()) })
	return steps
}

// postpone puts off what had not come into force when it was made public that it
// was put off.
func (s rateStep) postpone(steps []rateStep, public graph.Date) []rateStep {
	for i := len(steps) - 1; i >= 0; i-- {
		put := &steps[i]
		if !put.applied || put.phase == "removed" || put.phase == "suspended" {
			continue
		}
		if put.since.Start() <= cmp.Or(public, s.since).Start() {
			break
		}
		put.applied = false
		put.words += ", postponed"
		if s.applied {
			s.rate, s.words = put.rate, "postponed to "+s.since.Words()
			steps = append(steps, s)
		}
		break
	}
	return steps
}

const (
	stepsWidth, stepsHeight             = 760, 240
	stepsLeft, stepsRight, stepsBaseTop = 60, 20, 36
	stepsBase                           = stepsHeight - 52
	stepsAfter                          = 100 // what follows the last day
)

// rateChart is the drawing of steps.
type rateChart struct {
	b     strings.Builder
	steps []rateStep
	most  float64
}

func (c *rateChart) add(format string, values ...any) { fmt.Fprintf(&c.b, format, values...) }

// rateSteps draws the rate of a measure over time, from an answer to the query
// tariff-moves: a line for what came into force, dashed where no source gives the
// rate, and a ring for what was only announced or threatened. It is empty where no
// move gives a rate and a day.
func rateSteps(a *queries.Answer, l links) template.HTML {
	c := rateChart{steps: stepsOf(a, l)}
	if len(c.steps) == 0 {
		return ""
	}
	for _, s := range c.steps {
		c.most = max(c.most, decimal(s.rate.Max))
	}
	c.add(`<svg class="steps" role="group" aria-labelledby="steps-title" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d"><title id="steps-title">The rate over time</title>`, stepsWidth, stepsHeight)
	c.add(`<path class="axis" fill="none" d="M%d %d V%d H%d"/>`, stepsLeft, stepsBaseTop-20, stepsBase, stepsWidth-stepsRight)
	for _, tick := range []float64{0, c.most} {
		c.text(stepsLeft-8, c.y(tick)+4, "tick end", strconv.FormatFloat(tick, 'f', -1, 64)+"%")
	}
	c.line()
	c.marks()
	c.days()
	c.b.WriteString("</svg>")
	return template.HTML(c.b.String()) //nolint:gosec // what is not ours is escaped
}

func (c *rateChart) x(d graph.Day) float64 {
	first, last := c.steps[0].day(), c.steps[len(c.steps)-1].day()
	return stepsLeft + (stepsWidth-stepsLeft-stepsRight-stepsAfter)*float64(d-first)/max(float64(last-first), 60)
}

func (c *rateChart) y(rate float64) float64 {
	return stepsBase - (stepsBase-stepsBaseTop)*rate/cmp.Or(c.most, 1)
}

func (c *rateChart) text(x, y float64, class, words string) {
	c.add(`<text class="%s" x="%.1f" y="%.1f">%s</text>`, class, x, y, template.HTMLEscapeString(words))
}

// line is the line of what came into force; it goes on to the edge. Where the rate
// is not told it is dashed, at the height at which it was last known.
func (c *rateChart) line() {
	at, class := float64(stepsBase), ""
	var path strings.Builder
	draw := func(to float64) {
		if class != "" {
			c.add(`<path class="%s" fill="none" d="%s H%.1f"/>`, class, path.String(), to)
		}
	}
	for _, s := range c.steps {
		if !s.applied {
			continue
		}
		x := c.x(s.day())
		draw(x)
		path.Reset()
		fmt.Fprintf(&path, "M%.1f %.1f", x, at)
		class = "untold"
		if s.known() {
			class, at = "line", c.y(decimal(s.rate.Max))
			fmt.Fprintf(&path, " V%.1f", at)
		}
	}
	draw(stepsWidth - stepsRight)
}

// marks are the moves: those whose rate is not told stand on the axis.
func (c *rateChart) marks() {
	told := [][2]float64{} // where labels begin
	for _, s := range c.steps {
		x, y, class := c.x(s.day()), float64(stepsBase), "untold"
		if s.known() {
			y, class = c.y(decimal(s.rate.Max)), "only"
			if s.applied {
				class = "applied"
			}
		}
		c.add(`<a href="%s"><circle class="%s" cx="%.1f" cy="%.1f" r="6"/><title>%s</title></a>`,
			template.HTMLEscapeString(s.url), class, x, y, template.HTMLEscapeString(s.name+": "+s.label()+", "+s.words))
		crowded := slices.ContainsFunc(told, func(other [2]float64) bool { return x-other[0] < 90 && y-other[1] < 16 && other[1]-y < 16 })
		if !crowded {
			c.text(x+4, y-11, "rate", s.label())
			told = append(told, [2]float64{x, y})
		}
	}
}

// days labels the axis with the first day, the last, and of the others those that
// there is room for, in two rows.
func (c *rateChart) days() {
	var taken [2][]float64
	for n := range c.steps {
		// The last is the second, so that it has a place.
		i := n
		switch {
		case n == 1:
			i = len(c.steps) - 1
		case n > 1:
			i = n - 1
		}
		day := c.steps[i].day()
		x := c.x(day) - 6
		for row := range taken {
			if !slices.ContainsFunc(taken[row], func(other float64) bool { return x-other < 84 && other-x < 84 }) {
				taken[row] = append(taken[row], x)
				c.text(x, float64(stepsBase+20+16*row), "tick", day.String())
				break
			}
			if slices.Contains(taken[row], x) {
				break // the same day
			}
		}
	}
}
