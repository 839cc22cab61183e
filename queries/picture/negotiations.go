package picture

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"
)

// negotiations makes the map of who faced whom: the two sides left and right, a
// tie for each pair, status and mode.
func (b *builder) negotiations() {
	actor, with := b.column("actor", queries.NodeColumn), b.column("counterpart", queries.NodeColumn)
	meeting, when := b.column("meeting", queries.NodeColumn), b.column("date", queries.DateColumn)
	status, mode := b.column("status", queries.WordColumn), b.column("mode", queries.WordColumn)
	type key struct {
		left, right  graph.ID
		status, mode string
	}
	ties := map[key]int{}
	marks := [2]map[graph.ID]int{{}, {}}
	meetings := map[graph.ID]bool{}
	var dates []graph.Date
	p, skipped := b.p, 0
	p.lay = layMap
	mark := func(ref graph.Ref, right int) int {
		i, ok := marks[right][ref.ID]
		if !ok {
			i = len(p.Marks)
			marks[right][ref.ID] = i
			side := "Of no known side"
			if s, ok := b.answer.Sides[ref.ID]; ok {
				side = b.name(s)
			}
			p.Marks = append(p.Marks, Mark{
				ID: ref.ID, Name: b.name(ref), Group: p.group(side),
				Look: "actor", URL: b.node(ref.ID), right: right == 1,
			})
		}
		return i
	}
	for _, row := range b.answer.Rows {
		left, right := at[graph.Ref](row, actor), at[graph.Ref](row, with)
		k := key{left.ID, right.ID, at[string](row, status), at[string](row, mode)}
		what, date := at[graph.Ref](row, meeting), at[graph.Date](row, when)
		i, ok := ties[k]
		if !ok {
			if len(p.Ties) == mostTies {
				skipped++
				continue
			}
			i = len(p.Ties)
			ties[k] = i
			p.Ties = append(p.Ties, Tie{From: mark(left, 0), To: mark(right, 1), Status: k.status, Mode: k.mode, URL: b.node(what.ID)})
		}
		tie := &p.Ties[i]
		if tie.Count++; tie.Count == 2 {
			tie.URL = b.page("actor", string(left.ID), "with", string(right.ID), "status", cmp.Or(k.status, "any"))
		}
		if tie.Count <= 5 {
			tie.Words = join(tie.Words, b.name(what)+dated(date), "; ")
		} else if tie.Count == 6 {
			tie.Words += "; …"
		}
		meetings[what.ID] = true
		dates = append(dates, date)
	}
	for i := range p.Ties {
		t := &p.Ties[i]
		t.Words = fmt.Sprintf("%s and %s: %d, %s, %s: %s", p.Marks[t.From].Name, p.Marks[t.To].Name, t.Count,
			cmp.Or(t.Status, "merely mentioned"), cmp.Or(t.Mode, "how is not told"), t.Words)
	}
	if b.answer.Truncated || skipped > 0 {
		p.Left = fmt.Sprintf("Drawn are %d of %d pairs of actors in a meeting.", len(b.answer.Rows)-skipped, b.answer.Total)
	}
	p.Description = count(len(meetings), "negotiation", "negotiations")
	if over := span(dates); over != "" {
		p.Description += ", " + over
	}
}

// page is the address of the query's answer to other arguments.
func (b *builder) page(arguments ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(arguments); i += 2 {
		values.Set(arguments[i], arguments[i+1])
	}
	if b.knownBy != "" {
		values.Set("known-by", b.knownBy)
	}
	return b.explorer + "/queries/" + b.answer.Query.Name + "?" + values.Encode()
}

// join puts something between two texts that are both there.
func join(a, b, between string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + between + b
}

func dated(d graph.Date) string {
	if d.IsZero() {
		return ""
	}
	return " (" + d.Words() + ")"
}

// Measures of the map.
const (
	wideMargin   = 24.0
	narrowMargin = 10.0
	narrowWidth  = 356.0 // of what a phone shows
	mapPort      = 17.0  // between ties at one actor
	mapPad       = 9.0
	lineTall     = 17.0 // of a line of a name
)

// mapMeasures are those that a narrow screen has less room for.
type mapMeasures struct {
	margin float64
	box    float64 // width of an actor's box
	gap    float64 // between the sides
	stub   float64 // of a tie, beside no other: for its number and its marks
}

var (
	wideMap   = mapMeasures{margin: wideMargin, box: 230, gap: 400, stub: 52}
	narrowMap = mapMeasures{margin: narrowMargin, box: 108, gap: narrowWidth - 2*(narrowMargin+108), stub: 42}
)

// place of an actor on the map.
type actorBox struct {
	mark   int
	lines  []string
	x, y   float64
	h      float64
	ports  []int // ties, from the top
	weight float64
}

// layMap lays the map out.
func layMap(p *Picture) *scene {
	m := wideMap
	if p.narrow {
		m = narrowMap
	}
	s := &scene{width: 2*(m.margin+m.box) + m.gap, margin: m.margin}
	y := s.heading(p)
	var sides [2][]*actorBox
	boxes := make([]*actorBox, len(p.Marks))
	for i, mark := range p.Marks {
		box := &actorBox{mark: i, lines: wrap(mark.Name, 13, true, m.box-2*mapPad, 4)}
		boxes[i] = box
		sides[right(mark)] = append(sides[right(mark)], box)
	}
	for i, t := range p.Ties {
		boxes[t.From].ports = append(boxes[t.From].ports, i)
		boxes[t.To].ports = append(boxes[t.To].ports, i)
	}
	p.untangle(sides, boxes)
	bottom := y
	for side, list := range sides {
		bottom = max(bottom, p.column(s, m, list, side, y))
	}
	for _, box := range boxes {
		p.sortPorts(box, boxes)
	}
	for i := range p.Ties {
		p.drawTie(s, m, i, boxes)
	}
	for i, box := range boxes {
		mark := p.Marks[i]
		s.link(mark.URL, mark.Name, func() {
			s.rect("actor", box.x, box.y, m.box, box.h, 8)
			for n, line := range box.lines {
				s.write("name", line, box.x+m.box/2, box.y+box.h/2+lineTall*(float64(n)-float64(len(box.lines)-1)/2)+4.5, middle)
			}
		})
	}
	s.height = p.mapLegend(s, bottom+20) + wideMargin
	return s
}

func right(m Mark) int {
	if m.right {
		return 1
	}
	return 0
}

// untangle orders the actors of each side so that few ties cross: within a
// group by where their counterparts are.
func (p *Picture) untangle(sides [2][]*actorBox, boxes []*actorBox) {
	order := func(list []*actorBox) {
		groups := map[int]float64{}
		sizes := map[int]float64{}
		for _, b := range list {
			groups[p.Marks[b.mark].Group] += b.weight
			sizes[p.Marks[b.mark].Group]++
		}
		slices.SortStableFunc(list, func(a, b *actorBox) int {
			g, h := p.Marks[a.mark].Group, p.Marks[b.mark].Group
			if g != h {
				return cmp.Or(cmp.Compare(groups[g]/sizes[g], groups[h]/sizes[h]), cmp.Compare(g, h))
			}
			return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(a.mark, b.mark))
		})
	}
	const rounds = 8
	for round := range rounds {
		at := make([]float64, len(boxes))
		for _, list := range sides {
			for i, b := range list {
				at[b.mark] = float64(i) / float64(len(list))
			}
		}
		side := sides[round%2]
		for _, b := range side {
			b.weight = 0
			for _, t := range b.ports {
				b.weight += at[p.Ties[t].From+p.Ties[t].To-b.mark] / float64(len(b.ports))
			}
		}
		order(side)
	}
}

// column places the actors of a side under the names of their groups.
func (p *Picture) column(s *scene, m mapMeasures, list []*actorBox, side int, y float64) float64 {
	x := m.margin
	if side == 1 {
		x += m.box + m.gap
	}
	group := -1
	for _, b := range list {
		if mark := p.Marks[b.mark]; mark.Group != group {
			if group >= 0 {
				y += 14
			}
			group = mark.Group
			for _, line := range wrap(p.Groups[group], 15, true, m.box, 3) {
				y += 20
				s.write("head", line, x+m.box/2, y, middle)
			}
			y += 12
		}
		b.x, b.y = x, y
		b.h = max(float64(len(b.lines))*lineTall, float64(len(b.ports))*mapPort) + 2*mapPad
		y += b.h + 12
	}
	return y
}

// sortPorts orders the ties at an actor by where they lead.
func (p *Picture) sortPorts(b *actorBox, boxes []*actorBox) {
	slices.SortStableFunc(b.ports, func(i, j int) int {
		x, y := boxes[p.Ties[i].From+p.Ties[i].To-b.mark], boxes[p.Ties[j].From+p.Ties[j].To-b.mark]
		return cmp.Or(cmp.Compare(x.y, y.y), cmp.Compare(i, j))
	})
}

// port is the height at which a tie meets an actor's box.
func (b *actorBox) port(tie int) float64 {
	i := slices.Index(b.ports, tie)
	return b.y + b.h/2 + mapPort*(float64(i)-float64(len(b.ports)-1)/2)
}

// drawTie draws a tie, its width by how many negotiations it stands for.
func (p *Picture) drawTie(s *scene, m mapMeasures, i int, boxes []*actorBox) {
	t := p.Ties[i]
	a, b := boxes[t.From], boxes[t.To]
	x1, y1, x2, y2 := a.x+m.box, a.port(i), b.x, b.port(i)
	s.link(t.URL, t.Words, func() {
		class := fmt.Sprintf("%s w%g dash-%s", cmp.Or(t.Mode, "unknown"), p.tieWidth(t.Count), t.Status)
		from, to := x1+m.stub, x2-m.stub
		bend := (to - from) * .45
		first := []segment{moveTo(x1, y1), lineTo(from, y1)}
		if t.Count > 1 {
			number := fmt.Sprintf("%d×", t.Count)
			s.line(class, x1, y1, x1+6, y1)
			s.write("small", number, x1+9, y1+4, start)
			first = []segment{moveTo(x1+12+width(number, 11, false), y1), lineTo(from, y1)}
		}
		s.path(class, append(first, curveTo(from+bend, y1, to-bend, y2, to, y2), lineTo(x2, y2))...)
		s.mode(t.Mode, from-8, y1, max(5.5, p.tieWidth(t.Count)/2+2.5))
		if t.Status == "cancelled" {
			s.cross("crossed", x2-m.stub/2, y2, 6)
		}
	})
}

// mode draws the shape of a mode: a disc in person, a square by video, a
// diamond by phone; nothing where it is not told.
func (s *scene) mode(mode string, x, y, r float64) {
	class := "mark-" + mode
	switch mode {
	case "in-person":
		s.circle(class, x, y, r)
	case "video":
		s.rect(class, x-r, y-r, 2*r, 2*r, 0)
	case "phone":
		r += 1.5
		s.path(class, moveTo(x-r, y), lineTo(x, y-r), lineTo(x+r, y), lineTo(x, y+r), segment{verb: 'Z'})
	}
}

// tieWidth is wide enough to tell one from many, and never wider than the room
// between two ties.
func (p *Picture) tieWidth(n int) float64 {
	most := 1
	for _, t := range p.Ties {
		most = max(most, t.Count)
	}
	if most <= 6 {
		return 1 + 1.5*float64(n)
	}
	return 2 + 10*float64(n)/float64(most)
}

// mapLegend tells what the ties that are there look like.
func (p *Picture) mapLegend(s *scene, y float64) float64 {
	if len(p.Ties) == 0 {
		return s.legend(nil, y)
	}
	samples := []sample{{words: "What became of it:"}}
	for _, status := range append(slices.Clone(vocab.Statuses.List), "") {
		if slices.ContainsFunc(p.Ties, func(t Tie) bool { return t.Status == status }) {
			samples = append(samples, sample{class: "unknown w2.5 dash-" + status, words: cmp.Or(status, "merely mentioned"), crossed: status == "cancelled"})
		}
	}
	samples = append(samples, sample{words: "How they met:", begins: true})
	for _, mode := range append(slices.Clone(vocab.Modes.List), "") {
		if slices.ContainsFunc(p.Ties, func(t Tie) bool { return t.Mode == mode }) {
			samples = append(samples, sample{class: cmp.Or(mode, "unknown") + " w2.5", mode: mode, words: cmp.Or(strings.ReplaceAll(mode, "-", " "), "how is not told")})
		}
	}
	samples = append(samples, sample{words: "The wider, the more often; a number where it is more than once.", begins: true})
	return s.legend(samples, y)
}
