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

// events makes the timeline of an answer: the first node of each row at its
// first date.
func (b *builder) events() {
	node := b.column("", queries.NodeColumn)
	agents, parts := b.column("agent", queries.NodesColumn), b.column("", queries.ParticipantsColumn)
	p := b.p
	p.lay = layTimeline
	var dates []graph.Date
	for _, row := range b.answer.Rows {
		ref := at[graph.Ref](row, node)
		if ref.ID == "" {
			continue
		}
		if len(p.Marks) == mostEvents {
			break
		}
		m := Mark{ID: ref.ID, Name: b.name(ref), URL: b.node(ref.ID), Look: eventLook(ref.ID)}
		var words []string
		for i, c := range b.answer.Query.Columns {
			switch c.Kind {
			case queries.DateColumn:
				if m.Date.IsZero() {
					m.Date = at[graph.Date](row, i)
				}
			case queries.WordColumn:
				if word := at[string](row, i); word != "" {
					words = append(words, strings.ReplaceAll(word, "-", " "))
					if m.State == "" && (slices.Contains(onlyMeant, word) || vocab.Statuses.Has(word)) {
						m.State = word
					}
				}
			}
		}
		var who []string
		for _, ref := range at[[]graph.Ref](row, agents) {
			who = append(who, b.name(ref))
		}
		for _, part := range at[[]queries.Participant](row, parts) {
			who = append(who, b.name(part.Node))
		}
		m.Lines = []string{join(strings.Join(words, ", "), strings.Join(who, ", "), " · ")}
		p.Marks = append(p.Marks, m)
		dates = append(dates, m.Date)
	}
	if len(p.Marks) < b.answer.Total {
		p.Left = fmt.Sprintf("Drawn are %d of %d.", len(p.Marks), b.answer.Total)
	}
	p.Description = count(len(p.Marks), "event", "events")
	if over := span(dates); over != "" {
		p.Description += ", " + over
	}
}

func eventLook(id graph.ID) string {
	switch id.Folder() {
	case vocab.Meeting.Folder:
		return "dot-meeting"
	case vocab.MeasureMove.Folder:
		return "dot-move"
	case vocab.StatusChange.Folder:
		return "dot-change"
	case vocab.Agreement.Folder:
		return "dot-agreement"
	}
	return "dot-word"
}

// Measures of the timeline.
const (
	perDay    = .9  // of the axis, between events
	mostApart = 70. // that days put between two events
)

// timelineMeasures are those that a narrow screen has less room for: there a date
// stands above its event instead of beside it.
type timelineMeasures struct {
	width, margin float64
	axis          float64 // where the axis stands
	text          float64
	above         bool
}

var (
	wideTimeline   = timelineMeasures{width: 800, margin: wideMargin, axis: 200, text: 226}
	narrowTimeline = timelineMeasures{width: narrowWidth, margin: narrowMargin, axis: 19, text: 38, above: true}
)

// layTimeline lays events out down an axis of time: one below the other, further
// apart the more days lie between them, with a break where it is very many.
func layTimeline(p *Picture) *scene {
	m := wideTimeline
	if p.narrow {
		m = narrowTimeline
	}
	s := &scene{width: m.width, margin: m.margin}
	order := make([]int, len(p.Marks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(p.Marks[i].Date.Compare(p.Marks[j].Date), cmp.Compare(i, j))
	})
	y := s.heading(p) + 14
	before := -1
	for _, i := range order {
		mark := p.Marks[i]
		if before >= 0 {
			y = p.pause(s, m, p.Marks[before].Date, mark.Date, y)
		}
		room := m.width - m.text - m.margin
		text := [2][]string{wrap(mark.Name, 13, true, room, 4), wrap(strings.Join(mark.Lines, " "), 12, false, room, 4)}
		height := float64(len(text[0]))*lineTall + float64(len(text[1]))*15
		var dates []string
		if again := before >= 0 && p.Marks[before].Date == mark.Date; !again && m.above {
			dates = wrap(mark.Date.Words(), 12, false, room, 3)
			height += float64(len(dates)) * 15
		} else if !again {
			dates = wrap(mark.Date.Words(), 12, false, m.axis-m.margin-20, 3)
			height = max(height, float64(len(dates))*15+2)
		}
		height += 12
		s.line("axis", m.axis, y, m.axis, y+height)
		p.drawEvent(s, m, i, text, dates, y)
		y += height
		before = i
	}
	s.height = p.eventLegend(s, y+30) + wideMargin
	return s
}

// pause lets days pass along the axis, and returns where the next event stands.
func (p *Picture) pause(s *scene, m timelineMeasures, from, to graph.Date, y float64) float64 {
	if to.IsZero() {
		if !from.IsZero() {
			s.write("head", "On a day not told", m.text, y+34, start)
			return y + 48
		}
		return y
	}
	days := int(to.Start() - from.Start())
	if days <= longPause {
		next := y + min(float64(max(days, 0))*perDay, mostApart)
		s.line("axis", m.axis, y, m.axis, next)
		return next
	}
	at := y + 26
	s.path("axis", moveTo(m.axis, y), lineTo(m.axis, at-10), lineTo(m.axis-7, at-6), lineTo(m.axis+7, at), lineTo(m.axis-7, at+6), lineTo(m.axis, at+10), lineTo(m.axis, at+26))
	s.write("small", pauseWords(days)+" without an event", m.text, at+4, start)
	return at + 26
}

// drawEvent draws an event at y: its dot on the axis, its date before it.
func (p *Picture) drawEvent(s *scene, m timelineMeasures, i int, text [2][]string, dates []string, y float64) {
	mark := p.Marks[i]
	s.link(mark.URL, join(join(mark.Name, strings.Join(mark.Lines, ", "), ": "), mark.Date.Words(), ", "), func() {
		s.dot(mark.Look, mark.only(), mark.State == "cancelled", m.axis, y+10)
		at := y - 1
		for _, line := range dates {
			at += 15
			if m.above {
				s.write("word", line, m.text, at, start)
			} else {
				s.write("word", line, m.axis-16, at, end)
			}
		}
		if !m.above {
			at = y - 1
		}
		at -= 2
		for _, line := range text[0] {
			at += lineTall
			s.write("name", line, m.text, at, start)
		}
		for _, line := range text[1] {
			at += 15
			s.write("word", line, m.text, at, start)
		}
	})
}

// only tells whether an event did not take place, as far as is told.
func (m Mark) only() bool {
	return slices.Contains(onlyMeant, m.State) || vocab.Statuses.Has(m.State) && m.State != "held"
}

func (p *Picture) eventLegend(s *scene, y float64) float64 {
	var samples []sample
	for _, l := range []struct{ look, words string }{
		{"dot-meeting", "a meeting"}, {"dot-move", "a move on a measure"}, {"dot-change", "a meeting changed"}, {"dot-agreement", "an agreement"}, {"dot-word", "words"},
	} {
		if slices.ContainsFunc(p.Marks, func(m Mark) bool { return m.Look == l.look }) {
			samples = append(samples, sample{dot: l.look, words: l.words})
		}
	}
	if slices.ContainsFunc(p.Marks, Mark.only) {
		samples = append(samples, sample{dot: "dot-word", open: true, words: "only planned, considered, threatened or put off"})
	}
	if slices.ContainsFunc(p.Marks, func(m Mark) bool { return m.State == "cancelled" }) {
		samples = append(samples, sample{dot: "dot-word", open: true, crossed: true, words: "cancelled"})
	}
	return s.legend(samples, y)
}
