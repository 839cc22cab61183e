package graph

import (
	"slices"
	"strconv"

	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// A Document is what one facts file says: its sources and what each passage of
// them states.
type Document struct {
	Sources []Source
	Facts   []Fact
}

// A Source is an article whose text was read, or a public page cited whole.
type Source struct {
	ID             ID
	Class          *vocab.Class // vocab.Article or vocab.Reference
	Title          string
	Publisher      ID     // "" where it is not known
	PublisherBasis string // how it is known where the text does not print it
	Published      Date
	PublishedBasis string
	Accessed       Date
	SHA256         string // of an article's text, in hexadecimal
	URL            string
	Passages       []Passage
}

// A Passage is a part of a source that states facts.
type Passage struct {
	ID        ID
	Paragraph int // from 1 over the non-blank lines; 0 for a whole source
	Start     int // Unicode code points into the text, from 0
	End       int // exclusive
}

// WholeID names the passage that is a whole source: the reason to believe what
// is known of the source itself.
func WholeID(source ID) ID { return ID("passage/" + source.Slug()) }

// PassageID names a part of an article by its key, such as p3 or p3s2.
func PassageID(source ID, key string) ID { return ID("passage/" + source.Slug() + "/" + key) }

// A Fact is what one passage states of one node.
type Fact struct {
	Class   *vocab.Class
	ID      ID
	Passage ID
	Values  []Value
}

// A Value is one thing stated of a fact's node. Exactly one of the fields
// beside Predicate is set.
type Value struct {
	Predicate     *vocab.Predicate
	Node          ID
	Literal       quad.Value
	Rate          Rate
	Money         Money
	Participation Participation
}

// A Participation is one actor's part in a meeting. Role may be "".
type Participation struct {
	Actor ID
	Role  string
}

// A Field is a key of a fact in a facts file.
type Field struct {
	Key       string
	Predicate *vocab.Predicate
	Many      bool // may be a list
}

// Fields lists the keys that a fact of a class may have, in the order in which
// they are best written, besides the class's own key and `at`.
func Fields(c *vocab.Class) []Field { return fields[c] }

var (
	namedFields       = []Field{{"name", vocab.Name, false}}
	wellKnownFields   = append(namedFields[:1:1], Field{"aliases", vocab.Alias, true}, Field{"same-as", vocab.SameAs, true})
	placedFields      = []Field{{"place", vocab.Location, false}}
	describedFields   = []Field{{"summary", vocab.Description, true}}
	datedFields       = []Field{{"date", vocab.Date, false}, {"date-basis", vocab.DateBasis, false}}
	reportedFields    = []Field{{"reported-by", vocab.AttributedTo, true}, {"reported-as", vocab.AttributedAs, false}}
	actingFields      = []Field{{"agent", vocab.Agent, true}, {"spoken-by", vocab.SpokenBy, true}, {"target", vocab.Target, true}}
	answeringFields   = []Field{{"responds-to", vocab.RespondsTo, true}, {"ends", vocab.Ends, true}}
	threateningFields = []Field{
		{"threatens", vocab.Threatens, false},
		{"condition", vocab.Condition, false},
		{"conditional-on", vocab.ConditionalOn, true},
		{"carries-out", vocab.CarriesOut, true},
	}

	fields = map[*vocab.Class][]Field{
		vocab.Person:       slices.Concat(wellKnownFields, describedFields),
		vocab.Country:      slices.Concat(wellKnownFields, []Field{{"part-of", vocab.PartOf, true}}, describedFields),
		vocab.Organization: slices.Concat(wellKnownFields, []Field{{"country", vocab.InCountry, false}, {"part-of", vocab.PartOf, true}}, describedFields),
		vocab.Actor:        slices.Concat(wellKnownFields, []Field{{"country", vocab.InCountry, false}}, describedFields),
		vocab.Office:       slices.Concat(wellKnownFields, []Field{{"in", vocab.PostIn, false}}, describedFields),
		vocab.Place:        slices.Concat(wellKnownFields, []Field{{"in", vocab.ContainedIn, false}, {"country", vocab.InCountry, false}}, describedFields),
		vocab.Tenure:       {{"person", vocab.HeldBy, false}, {"office", vocab.HeldOffice, false}, {"during", vocab.During, false}},
		vocab.Measure:      slices.Concat(wellKnownFields, []Field{{"instrument", vocab.Instrument, false}, {"coverage", vocab.Coverage, false}, {"not-with", vocab.NotWith, true}, {"part-of", vocab.PartOfMeasure, false}}, describedFields),
		vocab.Commitment: slices.Concat(namedFields,
			[]Field{
				{"under", vocab.Under, false},
				{"agent", vocab.Agent, true},
				{"target", vocab.Target, true},
				{"promises", vocab.Promises, false},
				{"due", vocab.Due, false},
				{"value", vocab.Value, false},
				{"fulfilment", vocab.Fulfilment, false},
				{"outcome", vocab.Outcome, true},
			}, describedFields),
		vocab.Agreement: slices.Concat(namedFields, actingFields, datedFields, placedFields,
			[]Field{
				{"reached-in", vocab.ReachedIn, false},
				{"until", vocab.Until, false},
				{"extends", vocab.Extends, true},
				{"legal-basis", vocab.LegalBasis, true},
			}, answeringFields, []Field{{"outcome", vocab.Outcome, true}}, reportedFields, describedFields),
		vocab.Meeting: slices.Concat(namedFields,
			[]Field{{"kind", vocab.Kind, false}, {"status", vocab.Status, false}}, datedFields,
			[]Field{
				{"mode", vocab.Mode, false},
				{"place", vocab.Location, false},
				{"part-of", vocab.PartOfMeeting, false},
				{"participants", vocab.HasParticipation, true},
				{"outcome", vocab.Outcome, true},
			}, reportedFields, describedFields),
		vocab.StatusChange: slices.Concat(namedFields,
			[]Field{{"meeting", vocab.Changes, false}, {"status", vocab.Status, false}}, actingFields, datedFields, placedFields,
			[]Field{{"reason", vocab.Reason, false}}, answeringFields, []Field{{"carries-out", vocab.CarriesOut, true}}, reportedFields, describedFields),
		vocab.MeasureMove: slices.Concat(namedFields,
			[]Field{{"measure", vocab.OnMeasure, false}, {"phase", vocab.Phase, false}}, actingFields,
			[]Field{
				{"announced", vocab.Announced, false}, {"effective", vocab.Effective, false},
			}, datedFields, placedFields,
			[]Field{
				{"rate", vocab.HasRate, false},
				{"value", vocab.Value, false},
				{"goods", vocab.Goods, true},
				{"hs", vocab.HSCode, true},
				{"legal-basis", vocab.LegalBasis, true},
				{"about", vocab.About, true},
			}, answeringFields, threateningFields, reportedFields, describedFields),
		vocab.Statement: slices.Concat(namedFields,
			[]Field{{"stance", vocab.Stance, false}}, actingFields, datedFields, placedFields,
			[]Field{{"about", vocab.About, true}}, answeringFields, threateningFields, reportedFields, describedFields),
		vocab.Action: slices.Concat(namedFields,
			[]Field{{"plover", vocab.PLOVER, false}}, actingFields, datedFields, placedFields,
			[]Field{{"about", vocab.About, true}}, answeringFields, []Field{{"carries-out", vocab.CarriesOut, true}}, reportedFields, describedFields),
	}
)

// ParticipationID names an actor's part in a meeting.
func ParticipationID(meeting, actor ID) ID {
	return ID("participation/" + meeting.Slug() + "/" + actor.Folder() + "-" + actor.Slug())
}

// Quads turns a document into quads: the label of each is the passage that
// states it. What is known of a source itself is labelled by the whole source.
func (d *Document) Quads() []quad.Quad {
	w := &quadWriter{}
	for i := range d.Sources {
		w.source(&d.Sources[i])
	}
	for i := range d.Facts {
		w.fact(&d.Facts[i])
	}
	return w.quads
}

type quadWriter struct {
	label quad.Value
	quads []quad.Quad
}

func (w *quadWriter) add(s ID, p *vocab.Predicate, o quad.Value) {
	w.quads = append(w.quads, quad.Quad{Subject: s.Value(), Predicate: p.IRI, Object: o, Label: w.label})
}

// text adds a literal of the predicate's datatype unless it is empty.
func (w *quadWriter) text(s ID, p *vocab.Predicate, text string) {
	if text != "" {
		w.add(s, p, Literal(p, text))
	}
}

func (w *quadWriter) class(s ID, c *vocab.Class) { w.add(s, vocab.Type, c.IRI) }

// Literal returns the literal of a text under a predicate's datatype.
func Literal(p *vocab.Predicate, text string) quad.Value {
	if p.Literal == "" || p.Literal == vocab.Text {
		return quad.String(text)
	}
	return quad.TypedString{Value: quad.String(text), Type: p.Literal}
}

func (w *quadWriter) source(s *Source) {
	whole := WholeID(s.ID)
	w.label = whole.Value()
	w.class(s.ID, s.Class)
	w.text(s.ID, vocab.Name, s.Title)
	if s.Publisher != "" {
		w.add(s.ID, vocab.Publisher, s.Publisher.Value())
	}
	w.text(s.ID, vocab.PublisherBasis, s.PublisherBasis)
	w.text(s.ID, vocab.Published, s.Published.String())
	w.text(s.ID, vocab.DateBasis, s.PublishedBasis)
	w.text(s.ID, vocab.SHA256, s.SHA256)
	w.text(s.ID, vocab.URL, s.URL)
	w.text(s.ID, vocab.Accessed, s.Accessed.String())
	w.class(whole, vocab.Passage)
	w.add(whole, vocab.FromSource, s.ID.Value())
	for _, p := range s.Passages {
		w.class(p.ID, vocab.Passage)
		w.add(p.ID, vocab.FromSource, s.ID.Value())
		w.text(p.ID, vocab.Paragraph, strconv.Itoa(p.Paragraph))
		w.text(p.ID, vocab.Start, strconv.Itoa(p.Start))
		w.text(p.ID, vocab.End, strconv.Itoa(p.End))
	}
}

func (w *quadWriter) fact(f *Fact) {
	w.label = f.Passage.Value()
	w.class(f.ID, f.Class)
	for _, v := range f.Values {
		switch {
		case v.Node != "":
			w.add(f.ID, v.Predicate, v.Node.Value())
		case v.Literal != nil:
			w.add(f.ID, v.Predicate, v.Literal)
		case v.Rate != Rate{}:
			id := v.Rate.ID()
			w.add(f.ID, v.Predicate, id.Value())
			w.class(id, vocab.Rate)
			w.text(id, vocab.Name, v.Rate.String())
			w.text(id, vocab.MinValue, v.Rate.Min)
			w.text(id, vocab.MaxValue, v.Rate.Max)
		case v.Money != Money{}:
			id := v.Money.ID()
			w.add(f.ID, v.Predicate, id.Value())
			w.class(id, vocab.Money)
			w.text(id, vocab.Name, v.Money.String())
			w.text(id, vocab.Amount, v.Money.Amount)
			w.text(id, vocab.Currency, v.Money.Currency)
		default:
			id := ParticipationID(f.ID, v.Participation.Actor)
			w.add(f.ID, v.Predicate, id.Value())
			w.class(id, vocab.Participation)
			w.add(id, vocab.Participant, v.Participation.Actor.Value())
			w.text(id, vocab.Role, v.Participation.Role)
		}
	}
	if f.Class == vocab.StatusChange {
		w.changed(f)
	}
}

// changed asserts the status that an act gives on its meeting too: the passage
// that says the talks were called off is a reason to believe them cancelled.
func (w *quadWriter) changed(f *Fact) {
	var meeting ID
	var status quad.Value
	for _, v := range f.Values {
		switch v.Predicate {
		case vocab.Changes:
			meeting = v.Node
		case vocab.Status:
			status = v.Literal
		}
	}
	if meeting != "" && status != nil {
		w.add(meeting, vocab.Status, status)
	}
}
