package picture

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"
)

// chains makes the picture of what answered what: each act once, in the lane of
// the side that did it, and a tie from each answer to its cause.
func (b *builder) chains() {
	chain, action := b.column("chain", queries.CountColumn), b.column("action", queries.NodeColumn)
	agent, when := b.column("agent", queries.NodesColumn), b.column("date", queries.DateColumn)
	kind, phase := b.column("kind", queries.WordColumn), b.column("phase", queries.WordColumn)
	rate, value := b.column("rate", queries.RateColumn), b.column("value", queries.MoneyColumn)
	basis, rule := b.column("basis", queries.WordColumn), b.column("rule", queries.TextColumn)
	link := b.column("link", queries.WordColumn)
	p := b.p
	p.lay = layLanes
	marks := map[graph.ID]int{}
	ties := map[[2]int]bool{}
	number, before := 0, -1
	drawn, skipped := 0, false
	var dates []graph.Date
	for _, row := range b.answer.Rows {
		if n := at[int](row, chain); n != number {
			number, before = n, -1
			skipped = len(p.Marks) >= mostActs
			if !skipped {
				drawn++
			}
		}
		if skipped {
			continue
		}
		ref, date := at[graph.Ref](row, action), at[graph.Date](row, when)
		i, ok := marks[ref.ID]
		if !ok {
			i = len(p.Marks)
			marks[ref.ID] = i
			m := Mark{ID: ref.ID, Name: b.name(ref), Date: date, URL: b.node(ref.ID), State: at[string](row, phase)}
			lane := b.side(at[[]graph.Ref](row, agent))
			if ref.ID.Folder() == vocab.Agreement.Folder {
				lane = "Agreements" // of several sides
			}
			m.Group = p.group(lane)
			m.Look = actLook(ref.ID, m.State)
			m.Lines = append(m.Lines, join(strings.ReplaceAll(at[string](row, kind), "-", " "), strings.ReplaceAll(m.State, "-", " "), ", "))
			var size string
			if r, ok := row[rate].(graph.Rate); ok {
				size = r.String()
			}
			if v, ok := row[value].(graph.Money); ok {
				size = join(size, v.String(), " on ")
			}
			if size != "" {
				m.Lines = append(m.Lines, size)
			}
			if date.IsZero() {
				m.Lines = append(m.Lines, "on a day not told")
			} else {
				m.Lines = append(m.Lines, date.Words())
			}
			p.Marks = append(p.Marks, m)
			dates = append(dates, date)
		}
		if before >= 0 && !ties[[2]int{i, before}] {
			ties[[2]int{i, before}] = true
			t := Tie{From: i, To: before, Inferred: at[string](row, basis) == "inferred"}
			how := p.Marks[i].Name + " " + strings.ReplaceAll(cmp.Or(at[string](row, link), "answers"), "-", " ") + ": " + p.Marks[before].Name
			t.Words = how + " (stated)"
			if t.Inferred {
				t.Words = how + " (inferred by the rule " + at[string](row, rule) + ")"
			}
			p.Ties = append(p.Ties, t)
		}
		before = i
	}
	if drawn < number || b.answer.Truncated {
		p.Left = fmt.Sprintf("Drawn are %d chains; there are more.", drawn)
	}
	p.Description = count(len(p.Marks), "act", "acts") + " in " + count(drawn, "chain", "chains")
	if over := span(dates); over != "" {
		p.Description += ", " + over
	}
}

// side names the lane of who acted: the country or bloc, else the actor.
func (b *builder) side(agents []graph.Ref) string {
	for _, agent := range agents {
		if side, ok := b.answer.Sides[agent.ID]; ok {
			return b.name(side)
		}
	}
	if len(agents) > 0 {
		return b.name(agents[0])
	}
	return "By whom is not told"
}

// onlyMeant are the phases in which a measure is not in force.
var onlyMeant = []string{"considered", "threatened", "postponed"}

// actLook is how an act is drawn: what was only threatened never looks like
// what was done.
func actLook(id graph.ID, phase string) string {
	switch id.Folder() {
	case vocab.StatusChange.Folder:
		return "change"
	case vocab.Statement.Folder:
		return "statement"
	case vocab.Agreement.Folder:
		return "agreement"
	}
	if slices.Contains(onlyMeant, phase) {
		return "threat"
	}
	return "move"
}

// Measures of the lanes.
const (
	laneWidth = 1200.0 // of the whole, where that is enough
	leastWide = 700.0  // for the heading and the legend
	laneHead  = 148.0
	laneWays  = 40.0 // of that, for arrows
	laneText  = 12.0
	actBox    = 184.0
	actPad    = 9.0
	actGap    = 20.0 // between rows
	laneGap   = 10.0
	rowGap    = 30.0 // between boxes in a row
	pauseRoom = 60.0
	leastDay  = .25 // how long a day is at least along the axis
	mostDay   = 24.0
	tickRoom  = 70.0
	mostLow   = 900.0 // how high lanes are whose days need be named but once
)

// act is where a mark is.
type act struct {
	name    []string
	x, y, h float64
	row     int // in its lane
	band    int // of all rows
}

// layLanes lays the lanes out over a common axis of time.
func layLanes(p *Picture) *scene {
	s := &scene{margin: wideMargin}
	acts := make([]act, len(p.Marks))
	for i, m := range p.Marks {
		acts[i].name = wrap(m.Name, 13, true, actBox-2*actPad, 5)
		acts[i].h = float64(len(acts[i].name))*lineTall + float64(len(m.Lines))*15 + 2*actPad
	}
	axis, undated := p.spread(acts)
	s.width = max(undated.to+actGap+wideMargin, leastWide)
	y := s.heading(p)
	rows := p.rows(acts)
	tops := make([]float64, len(p.Groups))
	high := 0.0
	heights := make([]float64, len(p.Groups))
	for lane := range p.Groups {
		height := 2 * actGap
		for _, h := range rows[lane] {
			height += h + actGap
		}
		heights[lane] = height - actGap
		high += heights[lane] + laneGap
	}
	both := high > mostLow
	if both {
		y += 16
	}
	top := y
	for lane := range p.Groups {
		tops[lane] = y
		y += heights[lane] + laneGap
	}
	for lane, name := range p.Groups {
		s.rect("lane", wideMargin, tops[lane], s.width-2*wideMargin, heights[lane], 10)
		for n, line := range wrap(name, 13, true, laneHead-laneWays-laneText, 3) {
			s.write("name", line, wideMargin+laneText, tops[lane]+32+float64(n)*lineTall, start)
		}
	}
	bands := p.placeRows(acts, rows, tops)
	if len(axis) > 0 {
		p.drawAxis(s, axis, undated, top, top+high+6, both)
	}
	boxes := make([][]room, len(bands))
	for _, a := range acts {
		boxes[a.band] = append(boxes[a.band], room{a.x, a.x + actBox})
	}
	p.drawAnswers(s, acts, newField(bands, boxes, wideMargin+laneHead-laneWays, s.width-wideMargin-wayClear))
	for i := range p.Marks {
		p.drawAct(s, i, acts[i])
	}
	s.height = p.laneLegend(s, y+58) + wideMargin
	return s
}

// spread places acts along the axis: as far apart as the days between them, with
// the pauses cut out. What has no day comes after the end.
func (p *Picture) spread(acts []act) (axis []stretch, undated stretch) {
	axis = stretches(daysOf(p.Marks))
	days := 0
	for _, a := range axis {
		days += int(a.last - a.first)
	}
	used := 2*wideMargin + laneHead + actGap + float64(len(axis))*(actBox+rowGap+pauseRoom) - rowGap - pauseRoom
	perDay := min(max(max(laneWidth-used, 0)/float64(max(days, 1)), leastDay), mostDay)
	x := wideMargin + laneHead
	for i := range axis {
		if i > 0 {
			x += rowGap + pauseRoom
		}
		axis[i].from, axis[i].to = x, x+perDay*float64(axis[i].last-axis[i].first)
		x = axis[i].to + actBox
	}
	undated = stretch{from: x, to: x}
	for i, m := range p.Marks {
		if m.Date.IsZero() {
			if undated.to == undated.from {
				undated.from += rowGap + actGap
				undated.to = undated.from + actBox
			}
			acts[i].x = undated.from
			continue
		}
		acts[i].x = dayAt(axis, m.Date.Start())
	}
	return axis, undated
}

// rows gives each act the first row of its lane in which it has room, and
// returns how high the rows are.
func (p *Picture) rows(acts []act) [][]float64 {
	order := make([]int, len(acts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(acts[i].x, acts[j].x), cmp.Compare(i, j))
	})
	ends := make([][]float64, len(p.Groups))
	heights := make([][]float64, len(p.Groups))
	for _, i := range order {
		lane := p.Marks[i].Group
		row := slices.IndexFunc(ends[lane], func(end float64) bool { return end+rowGap <= acts[i].x })
		if row < 0 {
			row = len(ends[lane])
			ends[lane] = append(ends[lane], 0)
			heights[lane] = append(heights[lane], 0)
		}
		acts[i].row = row
		ends[lane][row] = acts[i].x + actBox
		heights[lane][row] = max(heights[lane][row], acts[i].h)
	}
	return heights
}

// placeRows places acts in their rows, and returns these as bands, from the top.
func (p *Picture) placeRows(acts []act, rows [][]float64, tops []float64) []band {
	var bands []band
	first := make([]int, len(rows))
	for lane := range rows {
		first[lane] = len(bands)
		y := tops[lane] + actGap
		for _, h := range rows[lane] {
			bands = append(bands, band{top: y, low: y + h})
			y += h + actGap
		}
	}
	for i := range acts {
		acts[i].band = first[p.Marks[i].Group] + acts[i].row
		acts[i].y = bands[acts[i].band].top
	}
	return bands
}

func (p *Picture) drawAct(s *scene, i int, a act) {
	m := p.Marks[i]
	title := m.Name + ": " + strings.Join(m.Lines, ", ")
	s.link(m.URL, title, func() {
		s.rect(m.Look, a.x, a.y, actBox, a.h, 6)
		y := a.y + actPad
		for _, line := range a.name {
			y += lineTall
			s.write("name", line, a.x+actPad, y-4, start)
		}
		for n, line := range m.Lines {
			y += 15
			class := "word"
			if n == len(m.Lines)-1 {
				class = "small"
			}
			for _, fitted := range wrap(line, 12, false, actBox-2*actPad, 1) {
				s.write(class, fitted, a.x+actPad, y-3, start)
			}
		}
	})
}

// drawAxis draws the axis under the lanes, and a break where years pass. It
// names the days below and, if asked to, above them too.
func (p *Picture) drawAxis(s *scene, axis []stretch, undated stretch, top, y float64, both bool) {
	days := daysOf(p.Marks)
	for i, a := range axis {
		edge := a.to + actBox
		s.line("axis", a.from, y, a.to, y)
		s.line("leader", a.to, y, edge, y) // what is beyond the last day has no days of its own
		if i > 0 {
			from := axis[i-1].to + actBox
			x := (from + a.from) / 2
			s.line("leader", from, y, x-9, y)
			s.path("axis", moveTo(x-9, y), lineTo(x-6, y-7), lineTo(x, y+7), lineTo(x+6, y-7), lineTo(x+9, y))
			s.line("leader", x+9, y, a.from, y)
			for n, line := range []string{a.pause, "without a move"} {
				s.write("small", line, x, y+22+float64(n)*13-6, middle)
			}
		}
		for _, tick := range a.ticks(days, tickRoom) {
			x := dayAt(axis[i:i+1], tick.day)
			s.line("leader", x, top, x, y)
			s.line("axis", x, y-5, x, y+5)
			s.write("small", tick.name, x+3, y+17, start)
			if both {
				s.write("small", tick.name, x+3, top-4, start)
			}
		}
	}
	if undated.to > undated.from {
		s.write("small", "on a day not told", undated.from, y+17, start)
	}
}

// laneLegend tells what the boxes and arrows that are there mean.
func (p *Picture) laneLegend(s *scene, y float64) float64 {
	var samples []sample
	for _, l := range []struct{ look, words string }{
		{"move", "a move on a measure"},
		{"threat", "only considered, threatened or put off"},
		{"change", "a meeting changed"},
		{"agreement", "an agreement"},
		{"statement", "words"},
	} {
		if slices.ContainsFunc(p.Marks, func(m Mark) bool { return m.Look == l.look }) {
			samples = append(samples, sample{box: l.look, words: l.words})
		}
	}
	if slices.ContainsFunc(p.Ties, func(t Tie) bool { return !t.Inferred }) {
		samples = append(samples, sample{class: "stated", tip: "tip", words: "answers or follows from, as a source states"})
	}
	if slices.ContainsFunc(p.Ties, func(t Tie) bool { return t.Inferred }) {
		samples = append(samples, sample{class: "inferred", tip: "guess", words: "answers or follows from, as a rule infers"})
	}
	if len(p.Marks) > 0 {
		samples = append(samples, sample{words: "The left edge of a box stands at its day."})
	}
	return s.legend(samples, y)
}
