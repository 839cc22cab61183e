package loader

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// mostInEntity bounds what the fragments of one entity come to, in bytes.
const mostInEntity = 16 << 20

// Keys under which entities are asked for: their id, or an organization's name.
const ftmByID, ftmByName = "e", "n"

// join puts the entities together and looks up what they refer to, of which
// there may be more than memory holds.
//
// Each entity with references waits in joined, under its own id. In asks, which
// is in the order of what is asked for, stand the entities that answer and,
// after each, those that ask; the answers go to joined too, where they come
// before the entity that waits for them.
func (r *ftmReading) join() error {
	// What has been read of a sorter is let go before the next one fills.
	for _, step := range []struct {
		do   func() error
		done *sorter
	}{{r.merge, &r.fragments}, {r.answer, &r.asks}, {r.resolve, &r.joined}} {
		if err := errors.Join(step.do(), step.done.close()); err != nil {
			return err
		}
		*step.done = sorter{}
	}
	return r.countries()
}

func (r *ftmReading) close(err error) error {
	return errors.Join(err, r.fragments.close(), r.asks.close(), r.joined.close())
}

// each gives the lines of a sorter in parts.
func (r *ftmReading) each(s *sorter, use func(parts []string) error) error {
	n := 0
	return s.all(func(line []byte) error {
		if n++; n%lookAtContext == 1 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		return use(strings.Split(string(line), "\x00"))
	})
}

// put adds a line of some parts to a sorter.
func putLine(s *sorter, parts ...string) error {
	return s.add(func(to []byte) ([]byte, error) {
		for i, part := range parts {
			if i > 0 {
				to = append(to, 0)
			}
			to = append(to, part...)
		}
		return to, nil
	})
}

// merge puts fragments together. What refers to nothing is added at once.
func (r *ftmReading) merge() error {
	var e *ftmEntity
	size := 0
	end := func() error {
		if e == nil || e.schema == nil {
			return nil
		}
		return r.entity(e)
	}
	err := r.each(&r.fragments, func(parts []string) error {
		id, s := parts[0], ftmSchemata[parts[1]]
		if e == nil || e.id != id {
			if err := end(); err != nil {
				return err
			}
			e, size = &ftmEntity{id: id, schema: s}, 0
		} else if e.schema != nil {
			if e.schema = e.schema.common(s); e.schema == nil {
				r.count("entities with fragments of two schemata that do not go together")
			}
		}
		for _, part := range parts {
			size += len(part) + 1
		}
		if size > mostInEntity {
			return &Mistake{File: r.file(), Field: "id", Problem: fmt.Sprintf("the lines with the id %q come to more than %d bytes: is it one entity?", id, mostInEntity)}
		}
		if e.schema != nil {
			e.read(parts[2:])
		}
		return nil
	})
	return cmp.Or(err, end())
}

// entity takes an entity whose fragments are together.
func (r *ftmReading) entity(e *ftmEntity) error {
	if e.class = e.classOf(); e.class == nil {
		r.count("entities with an id of another class than the schema")
		return nil
	}
	node := ftmNode(e.class, e.id)
	answer := []string{ftmByID + e.id, "1", string(node)}
	var refs []string
	for _, v := range e.values {
		switch use := ftmUseOf(v.property, e.class); {
		case use.refers():
			refs = append(refs, ftmByID+v.text)
		case use == ftmPublisher:
			refs = append(refs, ftmByName+v.text)
		case use == ftmURL && e.isSource():
			answer = append(answer, v.text)
		case use == ftmName && e.class == vocab.Organization:
			if err := putLine(&r.asks, ftmByName+v.text, "1", string(node)); err != nil {
				return err
			}
		}
	}
	if ftmSchemaOf[e.class] != "Event" && e.class != vocab.Tenure {
		if err := putLine(&r.asks, answer...); err != nil {
			return err
		}
	}
	if refs == nil {
		return r.add(e, nil)
	}
	slices.Sort(refs)
	for _, ref := range slices.Compact(refs) {
		if err := putLine(&r.asks, ref, "2", e.id); err != nil {
			return err
		}
	}
	waiting := []string{e.id, "2", e.schema.name}
	for _, d := range e.datasets {
		waiting = append(waiting, "", d)
	}
	for _, v := range e.values {
		waiting = append(waiting, v.property, v.text)
	}
	return putLine(&r.joined, waiting...)
}

// answer finds what is asked for, in the file or else in the graph.
func (r *ftmReading) answer() (err error) {
	if err := r.say.end(); err != nil {
		return err
	}
	var known *inGraph
	defer func() {
		if known != nil {
			err = cmp.Or(err, known.err, known.v.Err())
			known.v.Close()
		}
	}()
	var found []string // what answers, and the key before
	key := ""
	return r.each(&r.asks, func(parts []string) error {
		if parts[0] != key {
			key, found = parts[0], nil
			if parts[1] == "2" {
				if known == nil {
					v, err := r.tx.View(r.ctx, graph.Options{})
					if err != nil {
						return err
					}
					known = &inGraph{r.ctx, v, nil}
				}
				found = known.ftm(key)
			}
		}
		if parts[1] == "1" {
			if found == nil { // of several organizations of a name the first by id
				found = parts[2:]
			}
			return nil
		}
		if found == nil {
			return nil
		}
		return putLine(&r.joined, append([]string{parts[2], "1", key}, found...)...)
	})
}

// ftm finds in a graph what entities refer to: its id, and the addresses of a
// source. It is nil where the graph lacks it.
func (g *inGraph) ftm(key string) []string {
	var found graph.ID
	switch text := key[1:]; key[:1] {
	case ftmByName:
		found = g.first(quad.String(text), vocab.Name, vocab.Organization)
	default:
		if own, ok := ownFTM(text); ok {
			if g.class(own) != nil {
				found = own
			}
			break
		}
		found = g.first(quad.String(ftmIdentifier+text), vocab.Identifier, nil)
		for _, c := range []*vocab.Class{vocab.Article, vocab.Reference} { // which have no identifier
			if id := ftmNode(c, text); found == "" && g.class(id) == c {
				found = id
			}
		}
	}
	if found == "" || ftmSchemaOf[graph.ClassOfFolder(found.Folder())] == "" {
		return nil
	}
	answer := []string{string(found)}
	urls, err := g.v.Expand(g.ctx, []graph.Node{g.v.NodeOf(found)}, vocab.URL, graph.Out)
	g.err = cmp.Or(g.err, err)
	for _, e := range urls {
		answer = append(answer, g.v.Text(e.To))
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
		if id.Folder() != "" && (c == nil || c.Folder == id.Folder()) && (first == "" || id < first) {
			first = id
		}
	}
	return first
}

// resolve adds the entities that waited, with what they refer to.
func (r *ftmReading) resolve() error {
	answers := make(map[string]ftmAnswer)
	return r.each(&r.joined, func(parts []string) error {
		if parts[1] == "1" {
			answers[parts[2]] = ftmAnswer{graph.ID(parts[3]), parts[4:]}
			return nil
		}
		e := &ftmEntity{id: parts[0], schema: ftmSchemata[parts[2]]}
		e.read(parts[3:])
		e.class = e.classOf()
		err := r.add(e, answers)
		clear(answers)
		return err
	})
}

// ftmAnswer is what an entity refers to.
type ftmAnswer struct {
	id   graph.ID
	urls []string // of a source
}
