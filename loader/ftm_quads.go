package loader

import (
	"cmp"
	"path/filepath"
	"slices"

	"parley/graph"
	"parley/graph/store"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// mostReasons bounds the sources of one entity: each of them is a reason for all
// that the entity says.
const mostReasons = 100

// ftmQuads adds statements, each under every one of some labels. Their keys are
// made anew each time, so that they outlast a flush of the batch.
type ftmQuads struct {
	batch
	failed error // the first of a flush
	labels [][]byte
	told   map[graph.ID]bool // references that were added lately
	first  map[graph.ID]ftmCountryUse
}

// ftmCountryUse is the first use of a country's code.
type ftmCountryUse struct {
	name  string
	label []byte
}

func nodeKey(id graph.ID) []byte { return []byte("<" + vocab.Base + string(id)) }

func iriKey(iri quad.IRI) []byte { return []byte("<" + string(iri)) }

func literalKey(p *vocab.Predicate, text string) []byte {
	if p.Literal == vocab.Text {
		return []byte("\"" + text)
	}
	return []byte("^" + string(p.Literal) + "\x00" + text)
}

var predicateKeys = func() map[*vocab.Predicate][]byte {
	m := make(map[*vocab.Predicate][]byte)
	for _, p := range vocab.Predicates() {
		m[p] = iriKey(p.IRI)
	}
	return m
}()

func (q *ftmQuads) add(s []byte, p *vocab.Predicate, o []byte) {
	for _, label := range q.labels {
		q.statements = append(q.statements, store.Statement{Subject: s, Predicate: predicateKeys[p], Object: o, Label: label})
	}
	if len(q.statements) >= quadsAtOnce {
		q.failed = cmp.Or(q.failed, q.flush())
	}
}

func (q *ftmQuads) text(s []byte, p *vocab.Predicate, text string) { q.add(s, p, literalKey(p, text)) }

func (q *ftmQuads) class(s []byte, c *vocab.Class) { q.add(s, vocab.Type, iriKey(c.IRI)) }

// end gives what was collected to the change.
func (q *ftmQuads) end() error { return cmp.Or(q.failed, q.flush()) }

// whole says that a passage is a whole source, as the source itself.
func (q *ftmQuads) whole(id graph.ID) {
	passage := nodeKey(graph.WholeID(id))
	q.labels = append(q.labels[:0], passage)
	q.class(passage, vocab.Passage)
	q.add(passage, vocab.FromSource, nodeKey(id))
}

// reference adds a reference that entities only name, of which p is known.
func (q *ftmQuads) reference(id graph.ID, p *vocab.Predicate, text string) {
	if q.told[id] {
		return
	}
	if len(q.told) >= 1<<12 || q.told == nil {
		q.told = make(map[graph.ID]bool)
	}
	q.told[id] = true
	q.whole(id)
	q.class(nodeKey(id), vocab.Reference)
	q.text(nodeKey(id), p, text)
}

// reasons makes the labels of an entity's statements: the documents that it
// names, the addresses, else its data sets, else its files. Not told is which of
// them states what, so that each is a reason for all.
func (r *ftmLoad) reasons(e *ftmEntity, answers map[string]ftmAnswer) error {
	var sources []graph.ID
	proved := make(map[string]bool)
	for _, v := range e.values {
		if ftmUseOf(v.property, e.class) != ftmProof {
			continue
		}
		a, ok := answers[ftmByID+v.text]
		if c := graph.ClassOfFolder(a.id.Folder()); !ok || c != vocab.Article && c != vocab.Reference {
			r.dangling(e, v, ok)
			continue
		}
		sources = append(sources, a.id)
		for _, url := range a.urls {
			proved[url] = true
		}
	}
	// Fragments may name the same.
	slices.Sort(sources)
	sources = slices.Compact(sources)
	for _, v := range e.values {
		if ftmUseOf(v.property, e.class) == ftmURL && !proved[v.text] {
			proved[v.text] = true
			if len(sources) >= mostReasons {
				r.file(e).lost(e.schema, v.property)
				continue
			}
			id := ftmReference("url", shortHash(v.text))
			r.say.reference(id, vocab.URL, v.text)
			sources = append(sources, id)
		}
	}
	if sources == nil {
		slices.Sort(e.datasets)
		datasets := slices.Compact(e.datasets)
		for _, d := range datasets[:min(len(datasets), mostReasons)] {
			id := ftmReference("dataset", cleanSlug(d))
			r.say.reference(id, vocab.Name, d)
			sources = append(sources, id)
		}
	}
	if sources == nil {
		for _, at := range e.at[:min(len(e.at), mostReasons)] {
			file := r.files[at.file]
			scope, err := file.scope()
			if err != nil {
				return err
			}
			id := ftmReference("file", scope)
			r.say.reference(id, vocab.Name, filepath.Base(file.input.Name))
			sources = append(sources, id)
		}
	}
	slices.Sort(sources)
	r.say.labels = r.say.labels[:0]
	for i, id := range slices.Compact(sources) {
		if i >= mostReasons {
			r.file(e).lost(e.schema, "proof")
			continue
		}
		r.say.labels = append(r.say.labels, nodeKey(graph.WholeID(id)))
	}
	return nil
}

// dangling notes a reference that is not kept: nothing answers it, or something
// of another class than its property leads to.
func (r *ftmLoad) dangling(e *ftmEntity, v ftmRaw, answered bool) {
	if answered {
		r.file(e).count("references of " + e.schema.name + "." + v.property + " to entities of another schema than it leads to")
	} else {
		r.file(e).count("references to entities that neither the files nor the graph has")
	}
}

// add says what an entity says.
func (r *ftmLoad) add(e *ftmEntity, answers map[string]ftmAnswer) error {
	f := &ftmFacts{ftmLoad: r, ftmFile: r.file(e), ftmEntity: e, answers: answers, node: ftmNode(e.class, e.id)}
	f.s = nodeKey(f.node)
	pass := func(ftmRaw, bool) {}
	if e.class == vocab.Tenure && (f.leads(ftmHolder, pass, vocab.Person) == nil || f.leads(ftmPost, pass, vocab.Office) == nil) {
		f.count("entities of Occupancy without a holder or post that is known")
		return nil
	}
	if e.isSource() {
		r.say.whole(f.node) // which is the reason for what is known of the source
	} else if err := r.reasons(e, answers); err != nil {
		return err
	}
	if !f.bounded() {
		return nil
	}
	f.all()
	return r.say.failed
}

// mostSaid bounds what the values of an entity come to, each under each of its
// reasons: a short line could become more than memory and disks hold.
const mostSaid = 100_000

// bounded tells whether the values of an entity are not too many for its
// reasons. With one reason they come to no more than its lines.
func (f *ftmFacts) bounded() bool {
	reasons := len(f.say.labels)
	if reasons == 1 || len(f.values)*reasons <= mostSaid {
		return true
	}
	seen := make(map[ftmRaw]bool)
	said := 0
	f.values = slices.DeleteFunc(f.values, func(v ftmRaw) bool { // fragments may repeat them
		before := seen[v]
		seen[v] = true
		switch use := ftmUseOf(v.property, f.class); {
		case before, use == 0, use == ftmProof, use == ftmURL: // a reason is not said under reasons
		default:
			said++
		}
		return before
	})
	if said*reasons <= mostSaid {
		return true
	}
	f.mistake(f.ftmEntity, "properties", "the entity %q has %d values and %d sources, each a reason for each, and at most %d in all can be kept; name only the sources that state it, at most %d, or give what they state to entities of their own",
		f.id, said, reasons, mostSaid, max(1, mostSaid/said))
	return false
}

// countries says of each country that came by its code, and that the graph does
// not know, what it is.
func (r *ftmLoad) countries() error {
	if err := r.say.end(); err != nil || len(r.say.first) == 0 {
		return err
	}
	known, err := r.known()
	if err != nil {
		return err
	}
	for id, use := range r.say.first {
		if known.has(id) {
			continue
		}
		r.say.labels = append(r.say.labels[:0], use.label)
		// So few that they do not fill a batch, which would not do while the view
		// is open.
		r.say.class(nodeKey(id), vocab.Country)
		r.say.text(nodeKey(id), vocab.Name, use.name)
	}
	if err := known.close(); err != nil {
		return err
	}
	return r.say.end()
}
