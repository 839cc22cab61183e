package events

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"parley/graph/vocab"
)

// Base begins the IRI of every term.
const Base = "urn:bench:"

// A format writes events to files. Ints and words are appended to a buffer:
// ten million events are to be written in minutes.
type format struct {
	name  string
	files []string
	// append appends what event e has in each file.
	append func(to [][]byte, e *Event)
	// before appends what stands before the events.
	before func(to [][]byte, n int)
}

// formats are new each time: one of them remembers what it has written.
func formats() []format {
	m := &model{}
	return []format{
		{
			name: "model", files: []string{"model.nq"},
			before: func(to [][]byte, n int) { to[0] = m.begin(to[0], n) },
			append: func(to [][]byte, e *Event) { to[0] = m.append(to[0], e) },
		},
		{name: "nq", files: []string{"events.nq"}, append: appendQuads},
		{name: "csv", files: []string{"events.csv"}, append: named.appendRow},
		{name: "numbers", files: []string{"numbers.csv"}, append: bare.appendRow},
		{
			name: "kuzu", files: []string{"kuzu-event.csv", "kuzu-met.csv", "kuzu-response.csv", "kuzu-actor.csv"},
			append: named.appendTables, before: named.appendActors,
		},
		{
			name: "kuzu-numbers", files: []string{"kuzu-numbers-event.csv", "kuzu-numbers-met.csv", "kuzu-numbers-response.csv", "kuzu-numbers-actor.csv"},
			append: bare.appendTables, before: bare.appendActors,
		},
	}
}

// Formats are the names of the formats:
//
//   - model: N-Quads in the vocabulary of parley, for its predefined queries.
//   - nq: N-Quads, for graphs.
//   - csv: a row an event, each term the end of its IRI, such as event/7.
//   - numbers: a row an event, each node its bare number.
//   - kuzu: a file for each table of nodes and of edges.
//   - kuzu-numbers: the same, each node its bare number.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// Write writes n events to the files of a format in folder dir.
func Write(dir, name string, n int, seed uint64) (err error) {
	for _, f := range formats() {
		if f.name == name {
			return f.write(dir, n, seed)
		}
	}
	return fmt.Errorf("%q is no format; write one of %v", name, Formats())
}

func (f format) write(dir string, n int, seed uint64) error {
	const full = 1 << 16
	buffers := make([][]byte, len(f.files))
	writers := make([]*bufio.Writer, len(f.files))
	for i, name := range f.files {
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		writers[i] = bufio.NewWriterSize(file, 2*full)
	}
	flush := func(least int) error {
		for i, b := range buffers {
			if len(b) >= least {
				if _, err := writers[i].Write(b); err != nil {
					return err
				}
				buffers[i] = b[:0]
			}
		}
		return nil
	}
	if f.before != nil {
		f.before(buffers, n)
	}
	for e := range All(n, seed) {
		f.append(buffers, e)
		if err := flush(full); err != nil {
			return err
		}
	}
	if err := flush(0); err != nil {
		return err
	}
	for _, w := range writers {
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func appendName(b []byte, folder string, n int) []byte {
	return strconv.AppendInt(append(append(b, folder...), '/'), int64(n), 10)
}

func appendPassage(b []byte, e *Event) []byte {
	b = append(appendName(b, "passage", e.Source), '/')
	return strconv.AppendInt(b, int64(e.Passage), 10)
}

// style is how tables call nodes.
type style struct {
	node    func(b []byte, folder string, n int) []byte
	passage func(b []byte, e *Event) []byte
}

var (
	named = style{appendName, appendPassage}
	bare  = style{
		func(b []byte, _ string, n int) []byte { return strconv.AppendInt(b, int64(n), 10) },
		func(b []byte, e *Event) []byte { return strconv.AppendInt(b, int64(100*e.Source+e.Passage), 10) },
	}
)

func appendQuads(to [][]byte, e *Event) {
	b := to[0]
	begin := func(predicate string) {
		b = append(appendName(append(b, "<"+Base...), "event", e.ID), "> <"...)
		b = append(append(b, predicate...), "> "...)
	}
	end := func() {
		b = append(appendPassage(append(b, " <"+Base...), e), "> .\n"...)
	}
	node := func(predicate, folder string, n int) {
		begin(Base + predicate)
		b = append(appendName(append(b, "<"+Base...), folder, n), '>')
		end()
	}
	text := func(predicate, s string) {
		begin(Base + predicate)
		b = append(append(append(b, '"'), s...), '"')
		end()
	}
	begin(string(vocab.Type.IRI))
	b = append(append(append(b, "<"+Base...), e.Type...), '>')
	end()
	node("agent", "actor", e.Agent)
	node("target", "actor", e.Target)
	begin(Base + "date")
	b = append(append(append(b, '"'), Date(e.Day)...), "\"^^<"+string(vocab.EDTF)+">"...)
	end()
	text("status", e.Status)
	node("place", "place", e.Place)
	if e.RespondsTo != None {
		node("respondsTo", "event", e.RespondsTo)
	} else {
		text("topic", e.Topic)
	}
	text("kind", e.Kind)
	to[0] = b
}

// appendRow writes an event as one row.
func (s style) appendRow(to [][]byte, e *Event) { to[0] = s.row(to[0], e, true) }

// row appends an event as a row, with what it responds to or without.
func (s style) row(b []byte, e *Event, withResponse bool) []byte {
	b = append(s.node(b, "event", e.ID), ',')
	b = append(append(b, e.Type...), ',')
	b = append(s.node(b, "actor", e.Agent), ',')
	b = append(s.node(b, "actor", e.Target), ',')
	b = append(append(b, Date(e.Day)...), ',')
	b = append(append(b, e.Status...), ',')
	b = append(s.node(b, "place", e.Place), ',')
	if withResponse {
		if e.RespondsTo != None {
			b = s.node(b, "event", e.RespondsTo)
		}
		b = append(b, ',')
	}
	b = append(append(b, e.Kind...), ',')
	b = append(append(b, e.Topic...), ',')
	return append(s.passage(b, e), '\n')
}

// appendTables writes an event as a node, a dated edge from agent to target and
// an edge to what it responds to.
func (s style) appendTables(to [][]byte, e *Event) {
	to[0] = s.row(to[0], e, false)

	b := append(s.node(to[1], "actor", e.Agent), ',')
	b = append(s.node(b, "actor", e.Target), ',')
	to[1] = append(append(b, Date(e.Day)...), '\n')

	if e.RespondsTo != None {
		b = append(s.node(to[2], "event", e.ID), ',')
		to[2] = append(s.node(b, "event", e.RespondsTo), '\n')
	}
}

func (s style) appendActors(to [][]byte, n int) {
	for i := range Actors(n) {
		to[3] = append(s.node(to[3], "actor", i), '\n')
	}
}
