package loader

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
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
func (r *ftmLoad) join() error {
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

// each gives the lines of a sorter in parts.
func (r *ftmLoad) each(s *sorter, use func(parts []string) error) error {
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
func (r *ftmLoad) merge() error {
	var e *ftmEntity
	size, several := 0, false
	end := func() error {
		switch {
		case e == nil:
			return nil
		case size > mostInEntity:
			r.mistake(e, "id", "the lines with the id %q come to more than %d bytes: is it one entity?", e.id, mostInEntity)
			return nil
		case several:
			r.file(e).count("entities with fragments of two schemata that do not go together")
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
			e, size, several = &ftmEntity{id: id, schema: s}, 0, false
		} else if !several {
			common := e.schema.common(s)
			if several = common == nil; !several {
				e.schema = common
			}
		}
		for _, part := range parts {
			size += len(part) + 1
		}
		if several || size > mostInEntity { // none of it is added, and its lines are told
			parts, e.values, e.datasets = parts[len(parts)-2:], nil, nil
			e.read(parts)
			return nil
		}
		e.read(parts[2:])
		return nil
	})
	return cmp.Or(err, end())
}

// entity takes an entity whose fragments are together.
func (r *ftmLoad) entity(e *ftmEntity) error {
	if e.class = e.classOf(); e.class == nil {
		r.file(e).count("entities with an id of another class than the schema")
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
			if len(answer) < 3+mostReasons { // all that refer to it get a copy
				answer = append(answer, v.text)
			}
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
	for _, at := range e.at {
		waiting = append(waiting, strings.Split(at.pair(), "\x00")[1:]...)
	}
	return putLine(&r.joined, waiting...)
}

// answer finds what is asked for, in the files or else in the graph.
func (r *ftmLoad) answer() (err error) {
	if err := r.say.end(); err != nil {
		return err
	}
	known, err := r.known()
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, known.close()) }()
	var found []string // what answers, and the key before
	key := ""
	return r.each(&r.asks, func(parts []string) error {
		if parts[0] != key {
			key, found = parts[0], nil
			if parts[1] == "2" {
				found = known.answer(key)
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

// resolve adds the entities that waited, with what they refer to.
func (r *ftmLoad) resolve() error {
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
