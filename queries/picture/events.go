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
	p.lay, p.sort = layTimeline, "event"
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
	}
	return "dot-word"
}

// Measures of the timeline.
const (
	eventWidth = 800.0
	eventAxis  = 200.0 // where the axis stands
	eventText  = 226.0
	perDay     = .9  // of the axis, between events
	mostApart  = 70. // that days put between two events
)

// layTimeline lays events out down an axis of time: one below the other, further
// apart the more days lie between them, with a break where it is very many.
func layTimeline(p *Picture) *scene {
	s := &scene{width: eventWidth}
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
		m := p.Marks[i]
		if before >= 0 {
			y = p.pause(s, p.Marks[before].Date, m.Date, y)
		}
		text := [2][]string{
			wrap(m.Name, 13, true, eventWidth-eventText-mapMargin, 3),
			wrap(strings.Join(m.Lines, " "), 12, false, eventWidth-eventText-mapMargin, 3),
		}
		dates := wrap(m.Date.Words(), 12, false, eventAxis-mapMargin-20, 3)
		if before >= 0 && p.Marks[before].Date == m.Date {
			dates = nil
		}
		height := max(float64(len(text[0]))*lineTall+float64(len(text[1]))*15, float64(len(dates))*15+2) + 12
		s.line("axis", eventAxis, y, eventAxis, y+height)
		p.drawEvent(s, i, text, dates, y)
		y += height
		before = i
	}
	s.height = p.eventLegend(s, y+30) + mapMargin
	return s
}

// pause lets days pass along the axis, and returns where the next event stands.
func (p *Picture) pause(s *scene, from, to graph.Date, y float64) float64 {
	if to.IsZero() {
		if !from.IsZero() {
			s.write("head", "On a day not told", eventText, y+34, start)
			return y + 48
		}
		return y
	}
	days := int(to.Start() - from.Start())
	if days <= longPause {
		next := y + min(float64(max(days, 0))*perDay, mostApart)
		s.line("axis", eventAxis, y, eventAxis, next)
		return next
	}
	at := y + 26
	s.path("axis", moveTo(eventAxis, y), lineTo(eventAxis, at-10), lineTo(eventAxis-7, at-6), lineTo(eventAxis+7, at), lineTo(eventAxis-7, at+6), lineTo(eventAxis, at+10), lineTo(eventAxis, at+26))
	s.write("small", pauseWords(days)+" without an event", eventText, at+4, start)
	return at + 26
}

// drawEvent draws an event at y: its dot on the axis, its date before it.
func (p *Picture) drawEvent(s *scene, i int, text [2][]string, dates []string, y float64) {
	m := p.Marks[i]
	s.link(m.URL, join(join(m.Name, strings.Join(m.Lines, ", "), ": "), m.Date.Words(), ", "), func() {
		s.dot(m.Look, m.only(), m.State == "cancelled", eventAxis, y+10)
		at := y - 3
		for _, line := range text[0] {
			at += lineTall
			s.write("name", line, eventText, at, start)
		}
		for _, line := range text[1] {
			at += 15
			s.write("word", line, eventText, at, start)
		}
		at = y - 1
		for _, line := range dates {
			at += 15
			s.write("word", line, eventAxis-16, at, end)
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
		{"dot-meeting", "a meeting"}, {"dot-move", "a move on a measure"}, {"dot-change", "a meeting changed"}, {"dot-word", "words"},
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
