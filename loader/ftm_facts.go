package loader

import (
	"slices"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// ftmFacts says what one entity says.
type ftmFacts struct {
	*ftmLoad
	*ftmFile // where what is not kept is told
	*ftmEntity
	answers map[string]ftmAnswer
	node    graph.ID
	s       []byte // its key
}

// of gives the values of one use.
func (f *ftmFacts) of(use ftmUse) []ftmRaw {
	var of []ftmRaw
	for _, v := range f.values {
		if ftmUseOf(v.property, f.class) == use {
			of = append(of, v)
		}
	}
	return of
}

// leads gives the nodes of some classes that values of one use lead to, each
// once, and passes those that lead elsewhere to other.
func (f *ftmFacts) leads(use ftmUse, other func(v ftmRaw, answered bool), classes ...*vocab.Class) []graph.ID {
	var ids []graph.ID
	for _, v := range f.of(use) {
		a, ok := f.answers[ftmByID+v.text]
		if ok && slices.Contains(classes, graph.ClassOfFolder(a.id.Folder())) && a.id != f.node {
			ids = append(ids, a.id)
		} else {
			other(v, ok)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// led is leads, and notes what leads elsewhere.
func (f *ftmFacts) led(use ftmUse, classes ...*vocab.Class) []graph.ID {
	return f.leads(use, func(v ftmRaw, answered bool) {
		if v.text == f.id { // which FollowTheMoney forbids
			f.count("references of " + f.schema.name + "." + v.property + " to the entity itself")
		} else {
			f.dangling(f.ftmEntity, v, answered)
		}
	}, classes...)
}

func (f *ftmFacts) add(p *vocab.Predicate, ids ...graph.ID) {
	for _, id := range ids {
		f.say.add(f.s, p, nodeKey(id))
	}
}

func (f *ftmFacts) text(p *vocab.Predicate, text string) { f.say.text(f.s, p, text) }

func (f *ftmFacts) lose(values ...ftmRaw) {
	for _, v := range values {
		f.lost(f.schema, v.property)
	}
}

// all says everything.
func (f *ftmFacts) all() {
	f.say.class(f.s, f.class)
	if _, own := ownFTM(f.id); !own && slices.Contains(vocab.Identifier.Domain, f.class) {
		f.text(vocab.Identifier, ftmIdentifier+f.id)
	}
	for _, v := range f.values {
		if ftmUseOf(v.property, f.class) == 0 { // as fragments of a broader schema may have
			f.lose(v)
		}
	}
	f.names()
	for _, v := range f.of(ftmText) {
		f.text(vocab.Description, v.text)
	}
	for _, v := range f.of(ftmWikidata) {
		f.say.add(f.s, vocab.SameAs, iriKey(wikidata+quad.IRI(v.text)))
	}
	f.add(vocab.PartOf, f.led(ftmParent, vocab.Organization)...)
	switch f.class {
	case vocab.Organization, vocab.Actor, vocab.Country:
		f.inCountry()
	case vocab.Office:
		f.office()
	case vocab.Tenure:
		f.tenure()
	case vocab.Article, vocab.Reference:
		f.source()
	case vocab.Person:
	default:
		f.event()
	}
}

// names takes the first name for the one by which a node is called, where it
// may have others besides.
func (f *ftmFacts) names() {
	names := f.of(ftmName)
	for i, v := range names {
		if i == 0 || !slices.Contains(vocab.Alias.Domain, f.class) {
			f.text(vocab.Name, v.text)
		} else if v.text != names[0].text {
			f.text(vocab.Alias, v.text)
		}
	}
	for _, v := range f.of(ftmAlias) {
		if len(names) == 0 || v.text != names[0].text {
			f.text(vocab.Alias, v.text)
		}
	}
}

// country gives the country of a code, and notes its first use.
func (f *ftmFacts) country(v ftmRaw) (graph.ID, bool) {
	id, name, ok := countryOf(v.text)
	if !ok {
		f.count("values of " + f.schema.name + "." + v.property + " outside ISO 3166-1")
		return "", false
	}
	if _, used := f.say.first[id]; !used {
		if f.say.first == nil {
			f.say.first = make(map[graph.ID]ftmCountryUse)
		}
		f.say.first[id] = ftmCountryUse{name, f.say.labels[0]}
	}
	return id, true
}

func (f *ftmFacts) inCountry() {
	for _, v := range f.of(ftmCountry) {
		switch id, ok := f.country(v); {
		case !ok || id == f.node:
		case f.class == vocab.Country:
			f.lose(v)
		default:
			f.add(vocab.InCountry, id)
		}
	}
}

// office says where a post is: in its organization, else in its country.
func (f *ftmFacts) office() {
	in := f.led(ftmOrganization, vocab.PostIn.Range...)
	f.add(vocab.PostIn, in...)
	for _, v := range f.of(ftmCountry) {
		switch id, ok := f.country(v); {
		case !ok || slices.Contains(in, id):
		case len(in) > 0:
			f.lose(v)
		default:
			f.add(vocab.PostIn, id)
		}
	}
}

func (f *ftmFacts) tenure() {
	f.add(vocab.HeldBy, f.led(ftmHolder, vocab.Person)...)
	f.add(vocab.HeldOffice, f.led(ftmPost, vocab.Office)...)
	end := ""
	for _, v := range f.of(ftmStatus) {
		if v.text == ftmCurrent {
			end = ".."
		} else {
			f.lose(v)
		}
	}
	if during := f.interval(end); during != "" {
		f.text(vocab.During, during)
	}
}

// interval gives the time from the first start to the last end, as
// FollowTheMoney reckons where there are several; "" where neither is known.
func (f *ftmFacts) interval(open string) string {
	start, end := "", ""
	for _, v := range f.of(ftmStart) {
		start = earlier(start, v.text)
	}
	for _, v := range f.of(ftmEnd) {
		end = max(end, v.text)
	}
	if start == "" && end == "" {
		return ""
	}
	if end == "" {
		end = open
	}
	text := start + "/" + end
	if _, err := graph.ParseDate(text); err != nil {
		f.count("dates of entities of " + f.schema.name + " with the end before the start")
		return ""
	}
	return text
}

// earliest gives the first of the dates of one use, and notes the others.
func (f *ftmFacts) earliest(use ftmUse) string {
	first := ""
	for _, v := range f.of(use) {
		first = earlier(first, v.text)
	}
	for _, v := range f.of(use) {
		if v.text != first {
			f.lose(v)
		}
	}
	return first
}

func (f *ftmFacts) source() {
	for _, v := range f.of(ftmURL) {
		f.text(vocab.URL, v.text)
	}
	for use, p := range map[ftmUse]*vocab.Predicate{ftmPublished: vocab.Published, ftmRetrieved: vocab.Accessed} {
		if date := f.earliest(use); date != "" {
			f.text(p, date)
		}
	}
	for _, v := range f.of(ftmPublisher) {
		a, ok := f.answers[ftmByName+v.text]
		if !ok {
			a.id = ftmPublisherID(v.text)
			f.say.class(nodeKey(a.id), vocab.Organization)
			f.say.text(nodeKey(a.id), vocab.Name, v.text)
		}
		f.add(vocab.Publisher, a.id)
	}
}

// event says what an act or a meeting is. Who is involved in an act of another
// sort may be anyone whom it is about; in ours it is whom the act is aimed at.
func (f *ftmFacts) event() {
	for _, v := range f.of(ftmKeyword) {
		if ftmEventClass(v.text) != f.class {
			f.lose(v)
		}
	}
	when := f.interval("")
	if when == "" {
		when = f.earliest(ftmDate)
	} else {
		f.lose(f.of(ftmDate)...)
	}
	if when != "" {
		f.text(vocab.Date, when)
	}
	for _, v := range f.of(ftmLocation) {
		place := nodeKey(ftmPlace(v.text))
		f.say.class(place, vocab.Place)
		f.say.text(place, vocab.Name, v.text)
		f.say.add(f.s, vocab.Location, place)
	}
	organizers, involved := f.led(ftmOrganizer, vocab.Actors()...), f.led(ftmInvolved, vocab.Actors()...)
	switch f.class {
	case vocab.Meeting:
		f.meeting(organizers, involved)
	case vocab.Action:
		f.add(vocab.Agent, organizers...)
		f.add(vocab.About, involved...)
	default:
		f.add(vocab.Agent, organizers...)
		f.add(vocab.Target, involved...)
	}
}

// meetingHost is the role of those who organize a meeting.
const meetingHost = "host"

func (f *ftmFacts) meeting(hosts, others []graph.ID) {
	part := func(actor graph.ID) []byte {
		p := nodeKey(graph.ParticipationID(f.node, actor))
		f.say.add(f.s, vocab.HasParticipation, p)
		f.say.class(p, vocab.Participation)
		f.say.add(p, vocab.Participant, nodeKey(actor))
		return p
	}
	for _, actor := range hosts {
		f.say.text(part(actor), vocab.Role, meetingHost)
	}
	for _, actor := range others {
		part(actor)
	}
}
