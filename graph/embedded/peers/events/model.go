package events

import (
	"strconv"

	"parley/graph/vocab"
)

// ids begins the IRI of every node of parley's own model.
const ids = vocab.Base

const (
	countries = 40
	// moves is how many moves a measure has, on average.
	moves = 20
)

// model says the same in the vocabulary of parley, so that its predefined queries
// have something to answer: negotiations and agreements are meetings of two
// actors, measures and sanctions are moves on measures, statements statements.
// The first actors are countries, and each of the others holds an office of one.
type model struct {
	b []byte
	// classes are those of the events so far, to call what is responded to.
	classes []*vocab.Class
	actors  int
	// source is the last one, published on a day.
	source, day int
}

var modelClass = map[string]*vocab.Class{
	"Negotiation": vocab.Meeting, "Agreement": vocab.Meeting,
	"Measure": vocab.MeasureMove, "Sanction": vocab.MeasureMove, "Statement": vocab.Statement,
}

// modelPhase is what a status is of a move.
var modelPhase = map[string]string{
	"planned": "threatened", "held": "in-force", "cancelled": "removed", "postponed": "postponed", "stalled": "announced",
}

func (m *model) actor(n int) (folder string, number int) {
	if n < min(countries, m.actors) {
		return vocab.Country.Folder, n
	}
	return vocab.Person.Folder, n
}

// quad appends a quad of which the object is written already.
func (m *model) quad(subject, object []byte, p *vocab.Predicate, label []byte) {
	m.b = append(append(m.b, subject...), " <"...)
	m.b = append(append(m.b, string(p.IRI)...), "> "...)
	m.b = append(append(m.b, object...), ' ')
	m.b = append(append(m.b, label...), " .\n"...)
}

func node(folder string, numbers ...int) []byte {
	b := append([]byte("<"+ids), folder...)
	for _, n := range numbers {
		b = strconv.AppendInt(append(b, '/'), int64(n), 10)
	}
	return append(b, '>')
}

func class(c *vocab.Class) []byte { return []byte("<" + string(c.IRI) + ">") }

func text(s string) []byte { return []byte(`"` + s + `"`) }

func edtf(s string) []byte { return []byte(`"` + s + `"^^<` + string(vocab.EDTF) + ">") }

func number(n int) []byte {
	return []byte(`"` + strconv.Itoa(n) + `"^^<http://www.w3.org/2001/XMLSchema#integer>`)
}

// begin says who the actors are, all cited from one directory.
func (m *model) begin(b []byte, n int) []byte {
	m.b, m.actors = b, Actors(n)
	directory := node(vocab.Passage.Folder+"/directory", 0)
	reference := node(vocab.Reference.Folder, 0)
	m.quad(directory, class(vocab.Passage), vocab.Type, directory)
	m.quad(directory, reference, vocab.FromSource, directory)
	m.quad(reference, class(vocab.Reference), vocab.Type, directory)
	m.quad(reference, text("Directory of actors"), vocab.Name, directory)
	for i := range m.actors {
		folder, _ := m.actor(i)
		a := node(folder, i)
		if folder == vocab.Country.Folder {
			office := node(vocab.Office.Folder, i)
			m.quad(a, class(vocab.Country), vocab.Type, directory)
			m.quad(a, text("Land "+strconv.Itoa(i)), vocab.Name, directory)
			m.quad(office, class(vocab.Office), vocab.Type, directory)
			m.quad(office, text("Envoy of Land "+strconv.Itoa(i)), vocab.Name, directory)
			m.quad(office, a, vocab.PostIn, directory)
			continue
		}
		tenure := node(vocab.Tenure.Folder, i)
		m.quad(a, class(vocab.Person), vocab.Type, directory)
		m.quad(a, text("Envoy "+strconv.Itoa(i)), vocab.Name, directory)
		m.quad(tenure, class(vocab.Tenure), vocab.Type, directory)
		m.quad(tenure, a, vocab.HeldBy, directory)
		m.quad(tenure, node(vocab.Office.Folder, i%countries), vocab.HeldOffice, directory)
		m.quad(tenure, edtf(Date(0)+"/"+Date(Days-1)), vocab.During, directory)
	}
	return m.b
}

// append says what an event is, and, once for each event, what passage of which
// article tells of it.
func (m *model) append(b []byte, e *Event) []byte {
	m.b = b
	c := modelClass[e.Type]
	m.classes = append(m.classes, c)
	article, label := node(vocab.Article.Folder, e.Source), node(vocab.Passage.Folder, e.Source, e.Passage)
	m.cite(article, label, e)

	act, name := node(c.Folder, e.ID), strconv.Itoa(e.ID)
	agentFolder, agent := m.actor(e.Agent)
	targetFolder, target := m.actor(e.Target)
	m.quad(act, class(c), vocab.Type, label)
	switch c {
	case vocab.Meeting:
		m.quad(act, text("Meeting "+name), vocab.Name, label)
		m.quad(act, text("talks"), vocab.Kind, label)
		m.quad(act, text(e.Status), vocab.Status, label)
		m.quad(act, edtf(Date(e.Day)), vocab.Date, label)
		m.quad(act, text("in-person"), vocab.Mode, label)
		for i, p := range [][]byte{node(agentFolder, agent), node(targetFolder, target)} {
			part := node(vocab.Participation.Folder, e.ID, i)
			m.quad(act, part, vocab.HasParticipation, label)
			m.quad(part, class(vocab.Participation), vocab.Type, label)
			m.quad(part, p, vocab.Participant, label)
		}
	case vocab.MeasureMove:
		m.quad(act, text("Move "+name), vocab.Name, label)
		measure := node(vocab.Measure.Folder, e.ID/(2*moves))
		m.quad(measure, class(vocab.Measure), vocab.Type, label)
		m.quad(measure, text("Measure "+strconv.Itoa(e.ID/(2*moves))), vocab.Name, label)
		m.quad(measure, text("tariff"), vocab.Instrument, label)
		m.quad(act, measure, vocab.OnMeasure, label)
		m.quad(act, text(modelPhase[e.Status]), vocab.Phase, label)
		m.quad(act, edtf(Date(e.Day)), vocab.Announced, label)
	default:
		m.quad(act, text("Statement "+name), vocab.Name, label)
		m.quad(act, text("accuse"), vocab.Stance, label)
		m.quad(act, edtf(Date(e.Day)), vocab.Date, label)
	}
	if c != vocab.Meeting {
		m.quad(act, node(agentFolder, agent), vocab.Agent, label)
		m.quad(act, node(targetFolder, target), vocab.Target, label)
	}
	// Only acts answer, and are answered; a meeting is none.
	if e.RespondsTo != None && c != vocab.Meeting && m.classes[e.RespondsTo] != vocab.Meeting {
		m.quad(act, node(m.classes[e.RespondsTo].Folder, e.RespondsTo), vocab.RespondsTo, label)
	}
	return m.b
}

func (m *model) cite(article, label []byte, e *Event) {
	if m.day == 0 || m.source != e.Source {
		m.source, m.day = e.Source, min(Days-1, e.Day+late)
	}
	m.quad(label, class(vocab.Passage), vocab.Type, label)
	m.quad(label, article, vocab.FromSource, label)
	m.quad(label, number(e.Passage), vocab.Paragraph, label)
	m.quad(label, number(100*(e.Passage-1)), vocab.Start, label)
	m.quad(label, number(100*e.Passage-1), vocab.End, label)
	m.quad(article, class(vocab.Article), vocab.Type, label)
	m.quad(article, text("News "+strconv.Itoa(e.Source)), vocab.Name, label)
	m.quad(article, edtf(Date(m.day)), vocab.Published, label)
}
