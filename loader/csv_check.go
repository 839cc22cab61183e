package loader

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"parley/graph"
	"parley/graph/vocab"
)

// csvLedger notes in bounded memory what only the end of a load can tell. It has
// a line for each node that a row states, with what it says, and for the first
// cells that refer to a node; sorted, all that is known of one node stands
// together.
type csvLedger struct {
	sorted  sorter
	used    map[graph.ID]bool // noted lately
	sources map[string]bool   // added lately
}

// mostLately bounds what is remembered only to save repetition.
const mostLately = 1 << 14

func lately[K comparable](seen map[K]bool, key K) (map[K]bool, bool) {
	if seen == nil || len(seen) == mostLately {
		seen = make(map[K]bool)
	}
	before := seen[key]
	seen[key] = true
	return seen, !before
}

// isNew tells whether a source was not described so lately.
func (c *csvLedger) isNew(s *graph.Source) (isNew bool) {
	key := fmt.Sprint(s.ID, "\x00", s.Title, "\x00", s.Publisher, "\x00", s.Published, "\x00", s.PublishedBasis, "\x00", s.Accessed)
	c.sources, isNew = lately(c.sources, key)
	return isNew
}

// Kinds of lines, in the order in which they stand.
const (
	csvStated byte = 1 + iota
	csvReferred
	csvAnswers
)

// csvPlace is where something was said.
type csvPlace struct {
	file int
	place
	field string
}

// append writes a place so that places sort as they stand.
func (p *csvPlace) append(to []byte) []byte {
	to = binary.BigEndian.AppendUint32(to, uint32(p.file))
	to = binary.BigEndian.AppendUint64(to, uint64(p.line))
	to = binary.BigEndian.AppendUint32(to, uint32(p.column))
	return appendSized(to, p.field)
}

func readPlace(from []byte) (p csvPlace, rest []byte) {
	p.file = int(binary.BigEndian.Uint32(from))
	p.line = int(binary.BigEndian.Uint64(from[4:]))
	p.column = int(binary.BigEndian.Uint32(from[12:]))
	p.field, rest = readText(from[16:])
	return p, rest
}

func appendSized(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}

func readText(from []byte) (string, []byte) {
	n, size := binary.Uvarint(from)
	return string(from[size : size+int(n)]), from[size+int(n):]
}

// placeOf tells where a cell of the row in hand is.
func (r *csvRows) placeOf(cell int) csvPlace {
	return csvPlace{r.number, r.text.place(max(0, cell)), r.header[max(0, cell)]}
}

// note keeps what a good row says, and the names that it gives.
func (r *csvRows) note(one *csvRow) error {
	for _, use := range one.uses {
		var isNew bool
		if r.used, isNew = lately(r.used, use.id); !isNew {
			continue
		}
		at := r.placeOf(use.cell)
		if err := r.sorted.add(func(to []byte) ([]byte, error) {
			to = append(append(to, use.id...), 0, csvReferred)
			return at.append(to), nil
		}); err != nil {
			return err
		}
	}
	for i := range one.facts {
		f := &one.facts[i]
		r.call(f)
		said := make([]csvSaid, 0, len(f.Values))
		for j, v := range f.Values {
			if v.Predicate.Functional {
				said = append(said, csvSaid{v.Predicate, valueText(&v), r.placeOf(one.cells[i][j+1])})
			}
		}
		for j, v := range f.Values {
			if v.Predicate != vocab.RespondsTo || v.Node.Folder() == vocab.Meeting.Folder { // a planned meeting may be answered before its day
				continue
			}
			at := r.placeOf(one.cells[i][j+1])
			if err := r.sorted.add(func(to []byte) ([]byte, error) {
				to = append(append(to, f.ID...), 0, csvAnswers)
				return at.append(append(append(to, v.Node...), 0)), nil
			}); err != nil {
				return err
			}
		}
		if err := r.state(f.ID, f.Passage, r.placeOf(one.cells[i][0]), said); err != nil {
			return err
		}
	}
	return nil
}

// noteSource keeps what a row says of the page at an address.
func (r *csvRows) noteSource(one *csvRow) error {
	s := &one.source
	var said []csvSaid
	for _, field := range []struct {
		p         *vocab.Predicate
		key, text string
	}{
		{vocab.Name, "title", s.Title},
		{vocab.Publisher, "publisher", string(s.Publisher)},
		{vocab.Published, "published", s.Published.String()},
		{vocab.Accessed, "accessed", s.Accessed.String()},
	} {
		if field.text != "" {
			said = append(said, csvSaid{field.p, field.text, r.placeOf(r.column(field.key))})
		}
	}
	return r.state(s.ID, graph.WholeID(s.ID), r.placeOf(r.column(csvSource)), said)
}

// csvSaid is a functional value of a node.
type csvSaid struct {
	p    *vocab.Predicate
	text string
	csvPlace
}

func (c *csvLedger) state(id, passage graph.ID, at csvPlace, said []csvSaid) error {
	return c.sorted.add(func(to []byte) ([]byte, error) {
		to = append(append(to, id...), 0, csvStated)
		to = append(append(to, passage...), 0)
		to = at.append(to)
		for _, s := range said {
			to = append(to, byte(slices.Index(vocab.Predicates(), s.p)))
			to = appendSized(to, s.text)
			to = s.append(to)
		}
		return to, nil
	})
}

// csvCheck is the reading of the ledger.
type csvCheck struct {
	report
	*csvLoad
	inGraph
	near checker // for its near ids

	id      graph.ID
	isThere bool // a row states it
	first   csvPlace
	has     map[*vocab.Predicate]bool
	passage string
	before  bool                         // it was there before the sheets
	said    map[*vocab.Predicate]csvSaid // by the passage
	differs map[*vocab.Predicate]bool
}

// check tells what the rows of all sheets lack, once all that is loaded is in
// the graph.
func (c *csvLoad) check(ctx context.Context) error {
	v, err := c.load.tx.View(ctx, graph.Options{})
	if err != nil {
		return err
	}
	defer v.Close()
	k := &csvCheck{csvLoad: c, inGraph: inGraph{ctx, v, nil}}
	k.near = checker{known: k.class, offered: k.slugs, asked: make(map[string]bool), named: make(map[string][]string)}
	n := 0
	err = c.sorted.all(func(line []byte) error {
		if n++; n%lookAtContext == 1 && ctx.Err() != nil {
			return ctx.Err()
		}
		k.line(line)
		return cmp.Or(k.inGraph.err, v.Err())
	})
	if err != nil {
		return err
	}
	k.complete()
	if err := cmp.Or(k.inGraph.err, v.Err()); err != nil {
		return err
	}
	k.list = append(k.list, k.near.list...)
	err = k.report.err()
	if n := c.load.bad.count; err != nil && n > 0 {
		err = errors.Join(err, fmt.Errorf("%d bad rows were left out; what is missing may stand in them", n))
	}
	return err
}

func (k *csvCheck) line(line []byte) {
	name, rest, _ := bytes.Cut(line, []byte{0})
	if string(name) != string(k.id) {
		k.complete()
		k.id, k.isThere, k.passage = graph.ID(name), false, ""
		k.has, k.said = make(map[*vocab.Predicate]bool), make(map[*vocab.Predicate]csvSaid)
		k.differs = make(map[*vocab.Predicate]bool)
	}
	kind, rest := rest[0], rest[1:]
	if kind == csvReferred {
		if !k.isThere {
			at, _ := readPlace(rest)
			k.near.file = &Facts{File: k.files[at.file]}
			k.near.exists(k.id, at.place, at.field)
			k.isThere = true // it is told once
			k.first.line = 0
		}
		return
	}
	passage, rest, _ := bytes.Cut(rest, []byte{0})
	if kind == csvAnswers {
		at, _ := readPlace(rest)
		k.answers(graph.ID(passage), at)
		return
	}
	if string(passage) != k.passage {
		k.passage = string(passage)
		k.before = k.view.NodeOf(graph.ID(k.passage)) != 0
		clear(k.said)
	}
	at, rest := readPlace(rest)
	if !k.isThere {
		k.isThere, k.first = true, at
	}
	for len(rest) > 0 {
		s := csvSaid{p: vocab.Predicates()[rest[0]]}
		s.text, rest = readText(rest[1:])
		s.csvPlace, rest = readPlace(rest)
		k.has[s.p] = true
		before, twice := k.said[s.p]
		switch {
		case !twice:
			k.said[s.p] = s
			if k.before && k.id.Folder() != vocab.Reference.Folder { // see source
				k.stored(s)
			}
		case before.text != s.text:
			where := before.String()
			if before.file != s.file {
				where = k.files[before.file] + ":" + where
			}
			k.differs[s.p] = true
			k.add(k.files[s.file], s.place, s.field, "%s, but %s at %s, and both by one source; leave one out", s.text, before.text, where)
		}
	}
}

// stored tells of a value that the same source gave otherwise when it was loaded
// before: the row was mended, and the old one is still there.
func (k *csvCheck) stored(s csvSaid) {
	if !s.p.Functional || s.p == vocab.HasRate || s.p == vocab.Value { // rates and amounts are nodes by their values
		return
	}
	node := []graph.Node{k.v.NodeOf(k.id)}
	if s.p == vocab.Status {
		// What a change makes of a meeting stands beside what was planned.
		changes, err := k.v.Expand(k.ctx, node, vocab.Changes, graph.In)
		if k.inGraph.err = cmp.Or(k.inGraph.err, err); len(changes) > 0 {
			return
		}
	}
	edges, err := k.v.Expand(k.ctx, node, s.p, graph.Out)
	k.inGraph.err = cmp.Or(k.inGraph.err, err)
	label := k.v.NodeOf(graph.ID(k.passage))
	for _, e := range edges {
		if other := k.v.Text(e.To); e.Label == label && other != s.text {
			k.add(k.files[s.file], s.place, s.field, "%s, but the graph has %s by the same source from before; take that back first, with parley retract", s.text, other)
			k.differs[s.p] = true
		}
	}
}

// answers tells of an answer that is surely dated before the act that it
// answers.
func (k *csvCheck) answers(id graph.ID, at csvPlace) {
	answer, cause := k.when(k.id), k.when(id)
	if !answer.IsZero() && !cause.IsZero() && answer.Before(cause) {
		k.add(k.files[at.file], at.place, at.field, "%s is of %s, after this answer of %s; check the dates, or which answers which", id, cause, answer)
	}
}

func (k *csvCheck) when(id graph.ID) graph.Date {
	n := k.v.NodeOf(id)
	records, err := k.v.Records(k.ctx, []graph.Node{n})
	k.inGraph.err = cmp.Or(k.inGraph.err, err)
	date, _, err := k.v.When(k.ctx, records[n])
	k.inGraph.err = cmp.Or(k.inGraph.err, err)
	return date
}

// complete tells what the node in hand lacks, when all of it was read.
func (k *csvCheck) complete() {
	if !k.isThere || k.first.line == 0 {
		return
	}
	class := graph.ClassOfFolder(k.id.Folder())
	if class == vocab.Reference {
		k.source() // without a title its id is shown
		return
	}
	if class != vocab.Tenure {
		k.lacks(class, []*vocab.Predicate{vocab.Name})
	}
	for _, n := range needs {
		if n.class == class {
			k.lacks(class, n.any)
		}
	}
}

// lacks tells that the node has none of some predicates, in rows or the graph.
func (k *csvCheck) lacks(class *vocab.Class, any []*vocab.Predicate) {
	for _, p := range any {
		if k.has[p] || len(k.objects(p)) > 0 {
			return
		}
	}
	var keys []string
	for _, f := range graph.Fields(class) {
		if slices.Contains(any, f.Predicate) {
			keys = append(keys, f.Key)
		}
	}
	k.add(k.files[k.first.file], k.first.place, keys[0], "%s has no %s in any row; give it one", k.id, either(keys))
}

// objects lists what the graph has of the node in hand along a predicate.
func (k *csvCheck) objects(p *vocab.Predicate) []graph.Node {
	edges, err := k.v.Expand(k.ctx, []graph.Node{k.v.NodeOf(k.id)}, p, graph.Out)
	k.inGraph.err = cmp.Or(k.inGraph.err, err)
	return graph.Targets(edges)
}

// source tells of a page that the graph describes in another way.
func (k *csvCheck) source() {
	for _, p := range []*vocab.Predicate{vocab.Name, vocab.Publisher, vocab.Published, vocab.Accessed} {
		s, said := k.said[p]
		if !said || k.differs[p] { // what other rows say is told already
			continue
		}
		for _, n := range k.objects(p) {
			if text := graph.Text(k.v.Value(n)); text != s.text {
				k.add(k.files[s.file], s.place, s.field, "%s is in the graph with %s, not %s; write what the graph has, or cite the source by its id", k.id, text, s.text)
			}
		}
	}
}
