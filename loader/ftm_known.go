package loader

import (
	"cmp"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// ftmKnown looks up what entities refer to and no line defines: in the graph and
// in the facts that go there after the entities, so that loading all once more
// finds the same.
type ftmKnown struct {
	inGraph
	classes map[graph.ID]*vocab.Class // of what facts define
	urls    map[graph.ID]string
	called  map[string]graph.ID // the first organization by its name
}

func (r *ftmLoad) known() (*ftmKnown, error) {
	v, err := r.load.tx.View(r.ctx, graph.Options{})
	if err != nil {
		return nil, err
	}
	k := &ftmKnown{
		inGraph: inGraph{r.ctx, v, nil},
		classes: make(map[graph.ID]*vocab.Class), urls: make(map[graph.ID]string), called: make(map[string]graph.ID),
	}
	for _, f := range r.load.facts {
		for i := range f.Document.Sources {
			s := &f.Document.Sources[i]
			k.classes[s.ID] = s.Class
			if s.URL != "" {
				k.urls[s.ID] = s.URL
			}
		}
		for _, fact := range f.Document.Facts {
			k.classes[fact.ID] = fact.Class
			for _, value := range fact.Values {
				if value.Predicate == vocab.Name && fact.Class == vocab.Organization {
					name := graph.Text(value.Literal)
					k.called[name] = earliestID(k.called[name], fact.ID)
				}
			}
		}
	}
	return k, nil
}

// earliestID gives the first of two ids, either of which may be missing.
func earliestID(a, b graph.ID) graph.ID {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

// close ends the looking up, and tells what went wrong with it.
func (k *ftmKnown) close() error {
	err := cmp.Or(k.err, k.v.Err())
	k.v.Close()
	return err
}

func (k *ftmKnown) has(id graph.ID) bool { return k.classOf(id) != nil }

func (k *ftmKnown) classOf(id graph.ID) *vocab.Class {
	if c := k.classes[id]; c != nil {
		return c
	}
	return k.class(id)
}

// answer finds what is asked for by a key: its id, and the addresses of a
// source. It is nil where nothing is known of it.
func (k *ftmKnown) answer(key string) []string {
	var found graph.ID
	switch text := key[1:]; key[:1] {
	case ftmByName:
		// What stood in for the organization in an earlier load does so again.
		if found = ftmPublisherID(text); !k.has(found) {
			found = earliestID(k.called[text], k.first(quad.String(text), vocab.Name, vocab.Organization))
		}
	default:
		if own, ok := ownFTM(text); ok {
			if k.has(own) {
				found = own
			}
			break
		}
		found = k.first(quad.String(ftmIdentifier+text), vocab.Identifier, nil)
		for _, c := range []*vocab.Class{vocab.Article, vocab.Reference} { // which have no identifier
			if id := ftmNode(c, text); found == "" && k.classOf(id) == c {
				found = id
			}
		}
	}
	if found == "" || ftmSchemaOf[graph.ClassOfFolder(found.Folder())] == "" {
		return nil
	}
	answer := []string{string(found)}
	if url := k.urls[found]; url != "" {
		answer = append(answer, url)
	}
	urls, err := k.v.Expand(k.ctx, []graph.Node{k.v.NodeOf(found)}, vocab.URL, graph.Out)
	k.err = cmp.Or(k.err, err)
	for _, e := range urls[:min(len(urls), mostReasons)] {
		answer = append(answer, k.v.Text(e.To))
	}
	return answer
}

// first gives the first id, of a class or any, that a text is said of.
func (g *inGraph) first(text quad.Value, p *vocab.Predicate, c *vocab.Class) (first graph.ID) {
	n := g.v.Node(text)
	if n == 0 {
		return ""
	}
	edges, err := g.v.Expand(g.ctx, []graph.Node{n}, p, graph.In)
	g.err = cmp.Or(g.err, err)
	for _, e := range edges {
		id := g.v.ID(e.To)
		if id.Folder() != "" && (c == nil || c.Folder == id.Folder()) {
			first = earliestID(first, id)
		}
	}
	return first
}
