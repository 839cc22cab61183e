package picture

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"parley/graph"
	"parley/queries"
)

// rates makes the picture of how rates of duty grew: a panel for each side with
// duty on another's goods, a mark for each change.
func (b *builder) rates() {
	when, move := b.column("date", queries.DateColumn), b.column("action", queries.NodeColumn)
	agent, target := b.column("agent", queries.NodeColumn), b.column("target", queries.NodeColumn)
	layer, change := b.column("measure", queries.NodeColumn), b.column("change", queries.WordColumn)
	rate := b.column("rate", queries.RateColumn)
	base, highest := b.column("base", queries.RateColumn), b.column("highest", queries.RateColumn)
	p := b.p
	p.lay = layRates
	entered := b.entered()
	var dates []graph.Date
	var between [][2]graph.ID // of each group
	for _, row := range b.answer.Rows {
		date := at[graph.Date](row, when)
		if len(p.Marks) == mostEvents {
			break
		}
		if date.IsZero() || date.Start() == graph.MinDay {
			continue
		}
		sides := [2]graph.ID{at[graph.Ref](row, agent).ID, at[graph.Ref](row, target).ID}
		slices.Sort(sides[:])
		m := Mark{
			ID: at[graph.Ref](row, move).ID, Name: b.name(at[graph.Ref](row, layer)), Date: date, URL: b.node(at[graph.Ref](row, move).ID), Look: "dot-move",
			Group: p.group(b.name(at[graph.Ref](row, agent)) + " on goods of " + b.name(at[graph.Ref](row, target))),
			low:   upper(at[graph.Rate](row, base)), high: upper(at[graph.Rate](row, highest)),
			entered: entered || at[string](row, change) != "came",
		}
		if m.Group == len(between) {
			between = append(between, sides)
		}
		words := at[string](row, change)
		if r := at[graph.Rate](row, rate); r != (graph.Rate{}) {
			words += " " + r.String()
		}
		m.Lines = []string{words, fmt.Sprintf("all goods %s%%, the highest %s%%", number(m.low), number(m.high))}
		p.Marks = append(p.Marks, m)
		dates = append(dates, date)
	}
	p.busiestFirst(between)
	p.last = b.lastDrawn()
	if len(p.Marks) < b.answer.Total {
		p.Left = fmt.Sprintf("Drawn are %d of %d changes.", len(p.Marks), b.answer.Total)
	}
	for _, m := range p.Marks {
		if m.Date.Start() > p.last {
			p.Left = join(p.Left, "What is set for "+m.Date.Words()+" stands at the end of the axis, which ends before.", " ")
			break
		}
	}
	p.Description = count(len(p.Marks), "change", "changes")
	if over := span(dates); over != "" {
		p.Description += ", " + over
	}
}

// entered tells that the answer begins in the middle: what the rates were before
// its rows they do not tell.
func (b *builder) entered() bool {
	return slices.ContainsFunc(b.answer.Parameters, func(a queries.Argument) bool {
		date, _ := a.Value.(graph.Date)
		rows, _ := a.Value.(int)
		return a.Name == "since" && !date.IsZero() || a.Name == "offset" && rows > 0
	})
}

// busiestFirst puts the groups in order: the two between the sides with the most
// changes first.
func (p *Picture) busiestFirst(between [][2]graph.ID) {
	changes := map[[2]graph.ID]int{}
	for _, m := range p.Marks {
		changes[between[m.Group]]++
	}
	order := make([]int, len(p.Groups))
	for g := range order {
		order[g] = g
	}
	slices.SortStableFunc(order, func(g, h int) int {
		return cmp.Or(changes[between[h]]-changes[between[g]],
			slices.Index(between, between[g])-slices.Index(between, between[h]))
	})
	groups, place := make([]string, len(order)), make([]int, len(order))
	for i, g := range order {
		groups[i], place[g] = p.Groups[g], i
	}
	p.Groups = groups
	for i := range p.Marks {
		p.Marks[i].Group = place[p.Marks[i].Group]
	}
}

// lastDrawn is the day of the last change, or of the one before where the last
// comes more than a year after it and after all that is published: one day in the
// far future would leave little room for what was.
func (b *builder) lastDrawn() graph.Day {
	days := daysOf(b.p.Marks)
	n := len(days) - 1
	if n < 1 || days[n]-days[n-1] <= 366 {
		return graph.MaxDay
	}
	published := graph.MinDay
	sources := b.column("", queries.SourcesColumn)
	for _, row := range b.answer.Rows {
		for _, c := range at[[]graph.Citation](row, sources) {
			if !c.Published.IsZero() {
				published = max(published, c.Published.End())
			}
		}
	}
	if published == graph.MinDay || days[n] <= published {
		return graph.MaxDay
	}
	return days[n-1]
}

// upper is the upper end of a rate, in percent.
func upper(r graph.Rate) float64 {
	n, _ := strconv.ParseFloat(r.Max, 64)
	return n
}

func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// Measures of the panels.
const (
	rateWide    = 1000.0
	ratePanel   = 190.0 // height of a panel's field
	rateLeft    = 58.0  // for the numbers of the axis, beside the margin
	rateBetween = 74.0  // from panel to panel
)

// layRates lays the panels out one below the other, over one axis of time
// without breaks, so that how long a rate stood is seen.
func layRates(p *Picture) *scene {
	s := &scene{width: rateWide, margin: wideMargin}
	if p.narrow {
		s.width, s.margin = narrowWidth, narrowMargin
	}
	y := s.heading(p) + 20
	days := daysOf(p.Marks)
	if len(days) == 0 {
		s.height = y + wideMargin
		return s
	}
	left, right := s.margin+rateLeft, s.width-s.margin-8
	// The last rates stand on for a while, else the last change would not be seen.
	first, last := days[0], min(days[len(days)-1], p.last)
	last += max(30, (last-first)/25)
	axis := stretch{first: first, last: last, from: left, to: right}
	for g, name := range p.Groups {
		var marks []int
		for i, m := range p.Marks {
			if m.Group == g {
				marks = append(marks, i)
			}
		}
		slices.SortStableFunc(marks, func(i, j int) int { return cmp.Compare(p.Marks[i].Date.Start(), p.Marks[j].Date.Start()) })
		for _, line := range wrap(name, 15, true, s.width-2*s.margin, 2) {
			s.write("head", line, s.margin, y+4, start)
			y += 18
		}
		p.panel(s, axis, marks, y)
		y += ratePanel
		for _, t := range axis.ticks(days, 84) {
			x := dayAt([]stretch{axis}, t.day)
			s.line("axis", x, y, x, y+5)
			if x+width(t.name, 11, false)/2 < s.width-s.margin {
				s.write("small", t.name, x, y+19, middle)
			}
		}
		y += rateBetween - 18
	}
	s.height = s.legend([]sample{
		{class: "rate-base", words: "what all goods bear"},
		{class: "rate-high", words: "with the list that adds most"},
		{dot: "dot-move", words: "a layer came, changed or went"},
	}, y) + wideMargin
	return s
}

// panel draws one field with its axis of percents.
func (p *Picture) panel(s *scene, axis stretch, marks []int, y float64) {
	top := 0.0
	for _, i := range marks {
		top = max(top, p.Marks[i].high, p.Marks[i].low)
	}
	by := stepOf(top)
	top = max(math.Ceil(top/by), 1) * by
	up := func(rate float64) float64 { return y + ratePanel - rate/top*ratePanel }
	s.rect("lane", axis.from, y, axis.to-axis.from, ratePanel, 0)
	for rate := 0.0; rate <= top; rate += by {
		s.line("leader", axis.from, up(rate), axis.to, up(rate))
		s.write("small", number(rate)+"%", axis.from-8, up(rate)+4, end)
	}
	x := func(i int) float64 { return dayAt([]stretch{axis}, p.Marks[i].Date.Start()) }
	for _, l := range []struct {
		class string
		rate  func(Mark) float64
	}{{"rate-high", func(m Mark) float64 { return m.high }}, {"rate-base", func(m Mark) float64 { return m.low }}} {
		path, before := []segment{moveTo(axis.from, up(0))}, 0.0
		if m := p.Marks[marks[0]]; m.entered {
			before = l.rate(m)
			path = []segment{moveTo(x(marks[0]), up(before))}
		}
		for _, i := range marks {
			path = append(path, lineTo(x(i), up(before)))
			before = l.rate(p.Marks[i])
			path = append(path, lineTo(x(i), up(before)))
		}
		s.path(l.class, append(path, lineTo(axis.to, up(before)))...)
	}
	for _, i := range marks {
		m := p.Marks[i]
		s.link(m.URL, m.Date.Words()+": "+m.Name+" "+join(m.Lines[0], m.Lines[1], "; "), func() {
			s.circle("dot-move", x(i), up(m.high), 3.5)
		})
	}
}

// stepOf is a round distance between the lines of an axis that reaches so high.
func stepOf(top float64) float64 {
	for _, by := range []float64{1, 2, 5, 10, 20, 25, 50, 100, 200, 500} {
		if top/by <= 6 {
			return by
		}
	}
	return math.Pow(10, math.Ceil(math.Log10(top/6)))
}
