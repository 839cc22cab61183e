package loader

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

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
// names, the addresses, else its data sets, else the file. Not told is which of
// them states what, so that each is a reason for all.
func (r *ftmReading) reasons(e *ftmEntity, answers map[string]ftmAnswer) error {
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
	for _, v := range e.values {
		if ftmUseOf(v.property, e.class) == ftmURL && !proved[v.text] {
			if len(sources) >= mostReasons {
				r.lost(e.schema, v.property)
				continue
			}
			id := ftmReference("url", shortHash(v.text))
			r.say.reference(id, vocab.URL, v.text)
			sources = append(sources, id)
		}
	}
	if sources == nil {
		for _, d := range e.datasets[:min(len(e.datasets), mostReasons)] {
			id := ftmReference("dataset", cleanSlug(d))
			r.say.reference(id, vocab.Name, d)
			sources = append(sources, id)
		}
	}
	if sources == nil {
		scope, err := r.fileScope()
		if err != nil {
			return err
		}
		id := ftmReference("file", scope)
		r.say.reference(id, vocab.Name, filepath.Base(r.file()))
		sources = append(sources, id)
	}
	slices.Sort(sources)
	r.say.labels = r.say.labels[:0]
	for i, id := range slices.Compact(sources) {
		if i >= mostReasons {
			r.lost(e.schema, "proof")
			continue
		}
		r.say.labels = append(r.say.labels, nodeKey(graph.WholeID(id)))
	}
	return nil
}

// fileScope names the file by its content, which is read for it once more.
func (r *ftmReading) fileScope() (string, error) {
	if r.scope == "" {
		scope, err := r.input.scope()
		if err != nil {
			return "", err
		}
		r.scope = strings.Trim(scope, "-")
	}
	return r.scope, nil
}

// dangling notes a reference that is not kept: nothing answers it, or something
// of another class than its property leads to.
func (r *ftmReading) dangling(e *ftmEntity, v ftmRaw, answered bool) {
	if answered {
		r.count("references of " + e.schema.name + "." + v.property + " to entities of another schema than it leads to")
	} else {
		r.count("references to entities that neither the file nor the graph has")
	}
}

// add says what an entity says.
func (r *ftmReading) add(e *ftmEntity, answers map[string]ftmAnswer) error {
	f := &ftmFacts{ftmReading: r, ftmEntity: e, answers: answers, node: ftmNode(e.class, e.id)}
	f.s = nodeKey(f.node)
	pass := func(ftmRaw, bool) {}
	if e.class == vocab.Tenure && (f.leads(ftmHolder, pass, vocab.Person) == nil || f.leads(ftmPost, pass, vocab.Office) == nil) {
		r.count("entities of Occupancy without a holder or post that is known")
		return nil
	}
	if e.isSource() {
		r.say.whole(f.node) // which is the reason for what is known of the source
	} else if err := r.reasons(e, answers); err != nil {
		return err
	}
	f.all()
	return r.say.failed
}

// countries says of each country that came by its code, and that the graph does
// not know, what it is.
func (r *ftmReading) countries() error {
	if err := r.say.end(); err != nil || len(r.say.first) == 0 {
		return err
	}
	v, err := r.tx.View(r.ctx, graph.Options{})
	if err != nil {
		return err
	}
	defer v.Close()
	known := inGraph{r.ctx, v, nil}
	for id, use := range r.say.first {
		if known.class(id) != nil {
			continue
		}
		r.say.labels = append(r.say.labels[:0], use.label)
		// So few that they do not fill a batch, which would not do while the view
		// is open.
		r.say.class(nodeKey(id), vocab.Country)
		r.say.text(nodeKey(id), vocab.Name, use.name)
	}
	if known.err != nil {
		return known.err
	}
	if err := v.Err(); err != nil {
		return err
	}
	return r.say.end()
}
