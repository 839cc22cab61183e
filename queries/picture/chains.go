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
	p := b.p
	p.lay, p.sort = layLanes, "act"
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
			m := Mark{ID: ref.ID, Name: short(ref.Name), Date: date, URL: b.node(ref.ID), State: at[string](row, phase)}
			m.Group = p.group(b.side(at[[]graph.Ref](row, agent)))
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
			t.Words = p.Marks[i].Name + " answers: " + p.Marks[before].Name + " (stated)"
			if t.Inferred {
				t.Words = p.Marks[i].Name + " answers: " + p.Marks[before].Name + " (inferred by the rule " + at[string](row, rule) + ")"
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
			return short(side.Name)
		}
	}
	if len(agents) > 0 {
		return short(agents[0].Name)
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
	}
	if slices.Contains(onlyMeant, phase) {
		return "threat"
	}
	return "move"
}

// Measures of the lanes.
const (
	laneHead  = 168.0
	actBox    = 204.0
	actPad    = 9.0
	actGap    = 16.0
	laneAxis  = 1150.0 // about how long the axis may be
	pauseRoom = 92.0
)

// act is where a mark is.
type act struct {
	name    []string
	x, y, h float64
	row     int
}

// layLanes lays the lanes out over a common axis of time.
func layLanes(p *Picture) *scene {
	s := &scene{}
	acts := make([]act, len(p.Marks))
	for i, m := range p.Marks {
		acts[i].name = wrap(m.Name, 13, true, actBox-2*actPad, 4)
		acts[i].h = float64(len(acts[i].name))*lineTall + float64(len(m.Lines))*15 + 2*actPad
	}
	axis, undated := p.spread(acts)
	s.width = max(undated.to, laneHead+actBox) + mapMargin*2
	if len(p.Marks) == 0 {
		s.width = 700
	}
	y := s.heading(p)
	rows := p.rows(acts)
	top := y
	tops := make([]float64, len(p.Groups))
	var heights []float64
	for lane := range p.Groups {
		height := 2 * actGap
		for _, h := range rows[lane] {
			height += h + actGap
		}
		heights = append(heights, height-actGap)
		tops[lane] = y
		y += heights[lane] + 10
	}
	for lane, name := range p.Groups {
		s.rect("lane", mapMargin, tops[lane], s.width-2*mapMargin, heights[lane], 10)
		for n, line := range wrap(name, 15, true, 116, 3) {
			s.write("head", line, mapMargin+12, tops[lane]+30+float64(n)*20, start)
		}
	}
	p.placeRows(acts, rows, tops)
	if len(axis) > 0 {
		p.drawAxis(s, axis, undated, top, y+6)
	}
	p.drawAnswers(s, acts)
	for i := range p.Marks {
		p.drawAct(s, i, acts[i])
	}
	s.height = p.laneLegend(s, y+58) + mapMargin
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
	room := laneAxis - float64(len(axis))*(actBox+pauseRoom)
	perDay := min(max(max(room, 300)/float64(max(days, 1)), .4), 24)
	x := mapMargin + laneHead
	for i := range axis {
		if i > 0 {
			x += pauseRoom
		}
		axis[i].from, axis[i].to = x, x+perDay*float64(axis[i].last-axis[i].first)
		x = axis[i].to + actBox + actGap
	}
	undated = stretch{from: x, to: x}
	for i, m := range p.Marks {
		if m.Date.IsZero() {
			if undated.to == undated.from {
				undated.from += actGap
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
		row := slices.IndexFunc(ends[lane], func(end float64) bool { return end+actGap <= acts[i].x })
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

func (p *Picture) placeRows(acts []act, rows [][]float64, tops []float64) {
	for i := range acts {
		lane := p.Marks[i].Group
		acts[i].y = tops[lane] + actGap
		for _, h := range rows[lane][:acts[i].row] {
			acts[i].y += h + actGap
		}
	}
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

// drawAxis draws the axis under the lanes, and a break where years pass.
func (p *Picture) drawAxis(s *scene, axis []stretch, undated stretch, top, y float64) {
	for i, a := range axis {
		edge := a.to + actBox
		s.line("axis", a.from, y, edge, y)
		if i > 0 {
			from := axis[i-1].to + actBox
			x := (from + a.from) / 2
			s.line("axis", from, y, x-9, y)
			s.path("axis", moveTo(x-9, y), lineTo(x-6, y-7), lineTo(x, y+7), lineTo(x+6, y-7), lineTo(x+9, y))
			s.line("axis", x+9, y, a.from, y)
			for n, line := range []string{a.pause, "without a move"} {
				s.write("small", line, x, y+22+float64(n)*13-6, middle)
			}
		}
		// What is beyond the last day has no days of its own.
		for _, tick := range a.ticks(78) {
			x := dayAt(axis[i:i+1], tick.day)
			s.line("leader", x, top, x, y+5)
			s.write("small", tick.name, x+3, y+17, start)
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
		{"statement", "words"},
	} {
		if slices.ContainsFunc(p.Marks, func(m Mark) bool { return m.Look == l.look }) {
			samples = append(samples, sample{box: l.look, words: l.words})
		}
	}
	if slices.ContainsFunc(p.Ties, func(t Tie) bool { return !t.Inferred }) {
		samples = append(samples, sample{class: "stated", tip: "tip", words: "answers, as a source states"})
	}
	if slices.ContainsFunc(p.Ties, func(t Tie) bool { return t.Inferred }) {
		samples = append(samples, sample{class: "inferred", tip: "guess", words: "answers, as a rule infers"})
	}
	return s.legend(samples, y)
}
