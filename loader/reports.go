package loader

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"strings"
	"sync"

	"parley/graph"
	"parley/graph/store"
	"parley/graph/vocab"
)

// A dataSet is a collection of reports of events, each of which names a source
// that was not read itself. What it calls actors and places is labelled by the
// whole data set: were it by each report, the name of a country would have as
// many reasons as there are reports.
type dataSet struct {
	name       string // begins identifiers and ids
	title, url string
	reference  graph.ID
}

var (
	gdelt = &dataSet{"gdelt", "GDELT event database, of the Global Database of Events, Language and Tone", "https://www.gdeltproject.org/", "reference/gdelt"}
	icews = &dataSet{"icews", "ICEWS coded event data, of the Integrated Crisis Early Warning System", "https://dataverse.harvard.edu/dataverse/icews", "reference/icews"}

	dataSets = []*dataSet{gdelt, icews}
)

// An event is what a report says happened. Its texts are good while its row is
// read.
type event struct {
	number        string
	code          string
	cameo         *cameoCode
	date          string // in EDTF, one day
	agent, target actorText
	place         placeText
	source        source
}

// actorText is how a row names an actor: all of it, by which it is found again,
// and a function that reads it, called once.
type actorText struct {
	all  string // "" where none is named
	read func(*known, string) who
}

// placeText is the same for a place.
type placeText struct {
	all  string
	read func(string) where
}

// A source is the article that a report is taken from.
type source struct {
	all            string // with published what is told of it: equal ones are of one source
	slug           string
	title, url     string
	publisher      string // a name, "" where none is told
	published      string // in EDTF
	publishedBasis string
	sentence       string // the number of the passage, "" where it is the whole
}

// reports is one reading of a file of reports. Its goroutines share it.
type reports struct {
	set   *dataSet
	knows *known
	whole []byte // the key of the passage that is the data set

	mu          sync.Mutex
	found, kept map[uint64]struct{} // hashes of actors' ids
	seed        maphash.Seed
	numbers     *rowNumbers
	file        int // its number among the files of the data set
}

// mostTold is how many actors are counted.
const mostTold = 1 << 20

// readReports reads the rows of a data set. The reader of a row makes an event
// of it, or a mistake.
func (in *reading) readReports(ctx context.Context, set *dataSet, r rows, field string, read func(line string, e *event) error) error {
	knows, err := in.known(ctx)
	if err != nil {
		return err
	}
	all := &reports{
		set: set, knows: knows, whole: keyOfNode(graph.WholeID(set.reference)),
		found: make(map[uint64]struct{}), kept: make(map[uint64]struct{}), seed: maphash.MakeSeed(),
		numbers: in.rowNumbers(set, field),
	}
	all.file = all.numbers.begin(in.file())
	if err := in.tx.Add(ctx, (&graph.Document{Sources: []graph.Source{{
		ID: set.reference, Class: vocab.Reference, Title: set.title, URL: set.url,
	}}}).Quads()); err != nil {
		return err
	}
	r.reader = func() rowReader { return &reporter{reports: all, read: read, countries: make(map[graph.ID]*named)} }
	if err := in.readRows(ctx, r); err != nil {
		return err
	}
	in.note("%s matched with people, countries and organizations, %s kept as they are named", counted(len(all.found), "actor"), counted(len(all.kept), "actor"))
	return nil
}

func counted(n int, what string) string {
	switch n {
	case 1:
		return "1 " + what
	case mostTold:
		return fmt.Sprintf("%d %ss or more", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func keyOfNode(id graph.ID) []byte { return keyOfIRI(vocab.Base + string(id)) }

// A reporter turns events into statements, for one goroutine.
type reporter struct {
	*reports
	read func(line string, e *event) error

	actors     recall[*actor]
	places     recall[*named]
	publishers recall[*named]
	countries  map[graph.ID]*named
	event      event
	// The last source, whose statements are made.
	source, published string
}

// named is a node that reports name, with what makes it known: statements of a
// node that the graph knows are none.
type named struct {
	id      graph.ID
	key     []byte
	name    string
	country *named
	told    bool // what makes it known is stated
	known   bool // nothing does
}

// An actor is what a text of one stands for.
type actor struct {
	text    string // how it is named
	as      string // the same where the node has another name
	node    *named // what that is where no office tells better
	part    string // end of the ids of its participations
	offices []graph.ID
	counted bool
	holders map[graph.ID]*actor
}

// row reads a row. Nothing is stated before all of the row is known to be right:
// what it alone would make known would be lost with it.
func (w *reporter) row(b *batch, line []byte) error {
	text := string(line)
	w.event = event{}
	e := &w.event
	if err := w.read(text, e); err != nil {
		return err
	}
	if err := w.numbers.add(e.number, w.file, b.line, line); err != nil {
		return err
	}
	label := w.cite(b, &e.source)
	key := b.key(store.KeyIRI, vocab.Base, e.cameo.class.Folder, "/", w.set.name, "-", e.number)
	agent, target := w.actor(b, e.agent, e.date), w.actor(b, e.target, e.date)
	for _, said := range e.cameo.said {
		b.add(key, said[0], said[1], label)
	}
	b.add(key, keyName, w.nameOf(b, e.cameo, agent, target), label)
	until := ""
	if e.cameo.status == "planned" {
		until = "/.." // the day is that of the plan: what is planned is for then or later
	}
	b.add(key, keyDate, b.key(store.KeyTyped, string(vocab.EDTF), "\x00", e.date, until), label)
	b.add(key, keyIdentifier, b.key(store.KeyString, w.set.name, ":", e.number), label)
	b.add(key, keyCAMEO, b.key(store.KeyString, e.code), label)
	if e.cameo.class == vocab.Meeting {
		role := ""
		if e.cameo.host {
			role = "host"
		}
		w.takesPart(b, key, e.number, agent, role, label)
		if target != nil && (agent == nil || target.node != agent.node) {
			w.takesPart(b, key, e.number, target, "", label)
		}
	} else {
		for _, end := range []struct {
			*actor
			predicate []byte
		}{{agent, keyAgent}, {target, keyTarget}} {
			if end.actor != nil {
				b.add(key, end.predicate, end.node.key, label)
			}
		}
	}
	for _, end := range []struct {
		*actor
		predicate []byte
	}{{agent, keyAgentAs}, {target, keyTargetAs}} {
		if end.actor != nil && end.as != "" {
			b.add(key, end.predicate, b.key(store.KeyString, end.as), label)
		}
	}
	if place := w.place(b, e.place); place != nil {
		b.add(key, keyLocation, place.key, label)
	}
	return nil
}

// nameOf names an event: who, what and whom.
func (w *reporter) nameOf(b *batch, c *cameoCode, agent, target *actor) []byte {
	parts := [5]string{2: c.text}
	if agent != nil {
		parts[0], parts[1] = agent.node.name, ": "
	}
	if target != nil {
		parts[3], parts[4] = " – ", target.node.name
	}
	return b.key(store.KeyString, parts[:]...)
}

func (w *reporter) takesPart(b *batch, meeting []byte, number string, a *actor, role string, label []byte) {
	if a == nil {
		return
	}
	key := b.key(store.KeyIRI, vocab.Base, "participation/", w.set.name, "-", number, "/", a.part)
	b.add(meeting, keyParticipation, key, label)
	b.add(key, keyType, keyIsParticipation, label)
	b.add(key, keyParticipant, a.node.key, label)
	if role != "" {
		b.add(key, keyRole, b.key(store.KeyString, role), label)
	}
}

// cite states what is told of a source and its passage, unless the last row did,
// and returns the passage.
func (w *reporter) cite(b *batch, s *source) []byte {
	whole := b.key(store.KeyIRI, vocab.Base, "passage/", s.slug)
	passage := whole
	if s.sentence != "" {
		passage = b.key(store.KeyIRI, vocab.Base, "passage/", s.slug, "/s", s.sentence)
	}
	if s.all == w.source && s.published == w.published {
		return passage
	}
	w.source, w.published = s.all, s.published
	article := b.key(store.KeyIRI, vocab.Base, "article/", s.slug)
	b.add(article, keyType, keyIsArticle, whole)
	if s.title != "" {
		b.add(article, keyName, b.key(store.KeyString, s.title), whole)
	}
	if s.publisher != "" {
		b.add(article, keyPublisher, w.publisher(b, s.publisher).key, whole)
	}
	b.add(article, keyPublished, b.key(store.KeyTyped, string(vocab.EDTF), "\x00", s.published), whole)
	b.add(article, keyDateBasis, b.key(store.KeyString, s.publishedBasis), whole)
	if s.url != "" {
		b.add(article, keyURL, b.key(store.KeyString, s.url), whole)
	}
	b.add(article, keyDerivedFrom, b.key(store.KeyIRI, vocab.Base, string(w.set.reference)), whole)
	b.add(whole, keyType, keyIsPassage, whole)
	b.add(whole, keyFromSource, article, whole)
	if s.sentence != "" {
		b.add(passage, keyType, keyIsPassage, whole)
		b.add(passage, keyFromSource, article, whole)
		b.add(passage, keySentence, b.key(store.KeyTyped, string(vocab.Integer), "\x00", s.sentence), whole)
	}
	return passage
}

// tell states what makes a node known, once.
func (w *reporter) tell(b *batch, n *named) {
	if n.told || n.known {
		return
	}
	n.told = true
	b.add(n.key, keyType, keyOfIRI(string(graph.ClassOfFolder(n.id.Folder()).IRI)), w.whole)
	b.add(n.key, keyName, keyOfText(n.name), w.whole)
	if n.country != nil {
		w.tell(b, n.country)
		b.add(n.key, keyCountry, n.country.key, w.whole)
	}
}

func (w *reporter) publisher(b *batch, name string) *named {
	n, ok := w.publishers.get(name)
	if !ok {
		if id := w.knows.publisher(name); id != "" {
			n = &named{id: id, known: true}
		} else {
			n = &named{id: w.newID(vocab.Organization, name, ""), name: strings.Clone(name)}
			if isHost(name) {
				n.id = graph.ID("organization/" + n.name)
			}
		}
		n.key = keyOfNode(n.id)
		w.publishers.put(name, n)
	}
	w.tell(b, n)
	return n
}

// countryNode returns the node of a country, nil for none.
func (w *reporter) countryNode(id graph.ID) *named {
	if id == "" {
		return nil
	}
	n := w.countries[id]
	if n == nil {
		n = &named{id: id, key: keyOfNode(id), name: w.knows.label[id]}
		if n.known = n.name != ""; !n.known {
			n.name = allCountries().name[id]
		}
		w.countries[id] = n
	}
	return n
}

// actor returns the actor of a text on a day, nil for none.
func (w *reporter) actor(b *batch, t actorText, date string) *actor {
	if t.all == "" {
		return nil
	}
	a, ok := w.actors.get(t.all)
	if !ok {
		a = w.newActor(t.read(w.knows, t.all))
		w.actors.put(t.all, a)
	}
	for _, office := range a.offices {
		on, err := graph.ParseDay(date)
		if err != nil {
			break
		}
		if id := w.knows.holder(office, on); id != "" {
			if a.holders[id] == nil {
				a.holders[id] = w.actorOf(&named{id: id, name: cmp.Or(w.knows.label[id], string(id)), known: true}, a.text)
			}
			a = a.holders[id]
			break
		}
	}
	if !a.counted {
		a.counted = true
		w.count(a.node)
	}
	w.tell(b, a.node)
	return a
}

func (w *reporter) newActor(who who) *actor {
	who.name, who.code = strings.Clone(who.name), strings.Clone(who.code)
	id, offices := w.knows.match(who)
	if id.Folder() == vocab.Country.Folder {
		return w.actorOf(w.countryNode(id), who.name)
	}
	if id != "" {
		return w.actorOf(&named{id: id, name: cmp.Or(w.knows.label[id], string(id)), known: true}, who.name)
	}
	n := &named{name: cmp.Or(who.name, who.code), country: w.countryNode(who.country)}
	n.id = w.newID(vocab.Actor, n.name, who.code)
	folded := graph.Fold(n.name)
	if (w.knows.anything[folded] || w.knows.countryNamed(folded) != "") && who.code != "" {
		// Whoever asks for what the graph knows must not be asked which is meant.
		n.name += " (" + who.code + ")"
	}
	a := w.actorOf(n, who.name)
	if a.offices = offices; offices != nil {
		a.holders = make(map[graph.ID]*actor)
	}
	return a
}

// actorOf makes an actor of a node and what it is called.
func (w *reporter) actorOf(n *named, as string) *actor {
	n.key = keyOfNode(n.id)
	a := &actor{node: n, text: as, part: n.id.Folder() + "-" + n.id.Slug()}
	if graph.Fold(as) != graph.Fold(n.name) {
		a.as = as // "" where only a code tells
	}
	return a
}

func (w *reporter) count(n *named) {
	w.mu.Lock()
	defer w.mu.Unlock()
	counts := w.found
	if !n.known && n.id.Folder() == vocab.Actor.Folder {
		counts = w.kept
	}
	if len(counts) < mostTold {
		counts[maphash.String(w.seed, string(n.id))] = struct{}{}
	}
}

// place returns the place of a text, nil for none.
func (w *reporter) place(b *batch, t placeText) *named {
	if t.all == "" {
		return nil
	}
	n, ok := w.places.get(t.all)
	if !ok {
		n = w.newPlace(t.read(t.all))
		w.places.put(t.all, n)
	}
	if n != nil {
		w.tell(b, n)
	}
	return n
}

func (w *reporter) newPlace(p where) *named {
	if p.name == "" {
		return nil
	}
	country := w.knows.countryNamed(graph.Fold(p.country))
	var n *named
	switch id := w.knows.place(p, country); {
	case id != "":
		n = &named{id: id, known: true}
	case country != "" && p.city == "" && p.province == "":
		return w.countryNode(country)
	default:
		n = &named{id: w.newID(vocab.Place, p.name, p.code), name: strings.Clone(p.name), country: w.countryNode(country)}
	}
	n.key = keyOfNode(n.id)
	return n
}
