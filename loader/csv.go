package loader

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"slices"
	"strings"
	"sync"

	"parley/graph"
	"parley/graph/vocab"
)

// CSV is RFC 4180's, with a line of headers: each column is a field of the
// facts, each row states one node by one source.
//
//   - csv_text.go cuts the rows, keeping the text of each.
//   - csv_row.go makes facts of a row; csv_names.go finds what a cell names.
//   - csv_check.go tells in the end what no row tells by itself: what nothing
//     defines, what a node lacks, and two values by one source.
var _ = registerFormat(&Format{
	Name: "csv", Title: "spreadsheets", Endings: []string{".csv", ".tsv"}, Rows: true,
	Meaning: "actors, meetings, moves or statements with their source, one a row, in the columns that data/README.md describes",
	tells:   csvLike,
	turn:    csvTurn,
	sheets: []sheetTemplate{
		{"actors", "a spreadsheet of people, countries, organizations, offices, places and measures", actorsTemplate},
		{"meetings", "a spreadsheet of meetings", meetingsTemplate},
		{"moves", "a spreadsheet of moves on measures", movesTemplate},
		{"statements", "a spreadsheet of statements", statementsTemplate},
	},
	read: readCSV,
})

// Columns that are no fields of the facts.
const (
	csvClass  = "class"  // of the row's node, where one sheet has several
	csvID     = "id"     // of the row's node, beside csvClass
	csvSource = "source" // what states the row
	csvOffice = "office" // that a person held
	csvDuring = "during" // when
)

// sheet is what the columns of a file hold.
type sheet struct {
	comma  rune
	class  *vocab.Class // of all rows, nil where csvClass tells it
	header []string     // the columns
	at     map[string]int
	id     int // the column of the node's id, -1 where there is none
	fields map[*vocab.Class][]*graph.Field
}

// csvDelimiters are what may stand between cells.
var csvDelimiters = []rune{',', ';', '\t'}

// splitHeader reads a line of headers; its delimiter is the one that gives the
// most columns that are documented.
func splitHeader(line []byte) (names []string, comma rune) {
	most := -1
	comma = ','
	for _, delimiter := range csvDelimiters {
		r := csv.NewReader(bytes.NewReader(line))
		r.Comma = delimiter
		cells, err := r.Read()
		if err != nil {
			continue
		}
		known := 0
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
			if slices.Contains(everyColumn(), cells[i]) {
				known++
			}
		}
		if known > most {
			most, names, comma = known, cells, delimiter
		}
	}
	return names, comma
}

// mostColumns bounds the columns of a sheet; twice as many are not documented.
const mostColumns = 128

// newSheet reads the names of the columns. bad is told of each mistake with
// the number of its column, -1 for the whole.
func newSheet(names []string, comma rune, bad func(column int, format string, args ...any)) *sheet {
	s := &sheet{comma: comma, header: names, at: make(map[string]int), id: -1, fields: make(map[*vocab.Class][]*graph.Field)}
	if len(names) > mostColumns {
		bad(-1, "%d columns; a sheet has at most %d", len(names), mostColumns)
		return nil
	}
	for i, name := range names {
		first, twice := s.at[name]
		switch {
		case name == "":
			bad(i, "a column without a name; give it one, or take it out")
		case twice:
			bad(i, "the column is there twice; first as number %d", first+1)
		case strings.ContainsAny(name, "\r\n"):
			bad(i, "a line break within a name; end lines with a line feed")
			return nil
		default:
			s.at[name] = i
		}
	}
	classes := s.classes()
	switch _, mixed := s.at[csvClass]; {
	case mixed:
		s.id = s.column(csvID)
	case len(classes) == 0:
		bad(-1, "no column tells what a row is; name the one with the ids %s, or have the columns class and id", either(classKeys()))
	case len(classes) > 1:
		keys := make([]string, len(classes))
		for i, c := range classes {
			keys[i] = c.Key
		}
		bad(-1, "the columns %s would each tell what a row is; make a file of each, or one with the columns class and id", strings.Join(keys, ", "))
		return nil
	default:
		s.class = classes[0]
		s.id = s.column(s.class.Key)
	}
	if s.column(csvSource) < 0 {
		bad(-1, "no column source; each row needs what states it, the address of a page or the id of a source")
	}
	for _, c := range classes {
		fields := make([]*graph.Field, len(names))
		for i, name := range names {
			fields[i] = fieldOf(c, name)
		}
		s.fields[c] = fields
	}
	if len(classes) > 0 {
		s.unknown(classes, bad)
	}
	return s
}

// column gives the number of a column, -1 where it is not there.
func (s *sheet) column(name string) int {
	if i, ok := s.at[name]; ok {
		return i
	}
	return -1
}

// classes lists the classes that rows may have: all where csvClass tells them,
// else those whose own key is a column. Where one of these is a field of
// another, as is the meeting of a change, the other is meant.
func (s *sheet) classes() (found []*vocab.Class) {
	_, mixed := s.at[csvClass]
	for _, c := range vocab.Classes() {
		if _, ok := s.at[c.Key]; c.Key != "" && (ok || mixed) {
			found = append(found, c)
		}
	}
	if mixed {
		return found
	}
	for _, c := range found {
		if !slices.ContainsFunc(found, func(other *vocab.Class) bool { return other != c && !columnOf(c, other.Key) }) {
			return []*vocab.Class{c}
		}
	}
	return found
}

// columnOf tells whether rows of a class may fill a column.
func columnOf(c *vocab.Class, name string) bool {
	switch name {
	case c.Key, csvSource:
		return true
	case csvOffice, csvDuring:
		if c == vocab.Person {
			return true
		}
	}
	return csvSourceField(name) != nil || fieldOf(c, name) != nil
}

// unknown tells of columns that no row could fill.
func (s *sheet) unknown(classes []*vocab.Class, bad func(int, string, ...any)) {
	of := "the sheet"
	if s.class != nil {
		of = aOrAn(s.class.Key)
	}
	all := slices.DeleteFunc(csvColumns(), func(name string) bool {
		if s.class != nil {
			return !columnOf(s.class, name)
		}
		isField := slices.ContainsFunc(classes, func(c *vocab.Class) bool { return fieldOf(c, name) != nil })
		return !isField && name != csvClass && name != csvID && name != csvSource && csvSourceField(name) == nil
	})
	for i, name := range s.header {
		if name == "" || slices.Contains(all, name) {
			continue
		}
		if others := near(name, all); len(others) > 0 {
			bad(i, "not a column of %s; did you mean %s?", of, either(others))
		} else {
			bad(i, "not a column of %s; it may have %s", of, either(all))
		}
	}
}

// csvSourceField returns what a column says of the source at an address, nil
// where it says nothing of it.
func csvSourceField(name string) *sourceField {
	for i, f := range sourceFields {
		if f.key == name && f.key != "id" && f.key != "url" && slices.Contains(f.in, vocab.Reference) {
			return &sourceFields[i]
		}
	}
	return nil
}

// csvColumns lists every column there is, each once.
func csvColumns() []string { return slices.Clone(everyColumn()) }

var everyColumn = sync.OnceValue(func() (all []string) {
	add := func(name string) {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	add(csvClass)
	add(csvID)
	for _, key := range classKeys() {
		add(key)
	}
	for _, c := range vocab.Classes() {
		for _, f := range graph.Fields(c) {
			add(f.Key)
		}
	}
	add(csvSource)
	for _, f := range sourceFields {
		if csvSourceField(f.key) != nil {
			add(f.key)
		}
	}
	return all
})

// csvLike knows a sheet by its line of headers.
func csvLike(head []byte) likeness {
	names, comma := splitHeader(firstLine(head))
	mistakes := 0
	s := newSheet(names, comma, func(int, string, ...any) { mistakes++ })
	switch {
	case len(names) > 1 && mistakes == 0:
		return unmatched
	case len(names) > 2 && s != nil && mistakes == 1 && len(s.fields) > 0:
		return alike
	}
	return unlike
}

// csvTurn has what names things read before what refers to them, and both
// after the formats whose nodes they may name.
func csvTurn(in *Input) int {
	turn := 3
	left := in.left
	in.left = nil // it is read anew
	defer func() { in.left = left }()
	// What is wrong with the file is told when it is read.
	_ = in.read(nil, func(r *bufio.Reader) error {
		head, _ := r.Peek(headSize)
		names, comma := splitHeader(firstLine(bytes.TrimPrefix(head, []byte(bom))))
		s := newSheet(names, comma, func(int, string, ...any) {})
		if s != nil && (s.class == nil || !slices.Contains(vocab.Actions(), s.class)) {
			turn = 2
		}
		return nil
	})
	return turn
}

// readCSV reads a sheet into the change, some rows at a time.
func readCSV(ctx context.Context, in *reading) error {
	load, err := in.csvLoad(ctx)
	if err != nil {
		return err
	}
	text := newCSVText(ctx, in.Reader)
	head, err := in.Peek(headSize)
	if ignoreEnd(err) != nil {
		return err
	}
	if problem := foreignTo(head); problem != "" {
		return &Mistake{File: in.file(), Problem: problem}
	}
	text.skipBOM()
	_, text.Comma = splitHeader(firstLine(bytes.TrimPrefix(head, []byte(bom))))
	header, err := text.next()
	if err != nil {
		return text.ended(in.file(), err, "nothing in it; the first line names the columns, as meeting,name,date,source does")
	}
	if m := text.notText(); m != nil {
		m.File = in.file()
		return m
	}
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	names := slices.Clone(header)
	var r report
	s := newSheet(names, text.Comma, func(column int, format string, args ...any) {
		at, field := text.place(max(0, column)), ""
		if column >= 0 {
			field = names[column]
		}
		r.add(in.file(), at, field, format, args...)
	})
	if err := r.err(); err != nil {
		return err
	}
	rows := &csvRows{reading: in, csvLoad: load, sheet: s, text: text, number: load.numbered(in.file()), head: bytes.Clone(text.raw())}
	err = rows.read(ctx)
	if load.full {
		in.note("more than %d names, or names of more than %d bytes: of those beyond, rows of this file need the ids", mostNames, mostInSlug)
	}
	return err
}
