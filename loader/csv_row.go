package loader

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"parley/graph"
	"parley/graph/vocab"

	"golang.org/x/text/unicode/norm"
)

// rowsAtOnce is how many rows are added in one call.
const rowsAtOnce = 256

// csvRows reads the rows of one file.
type csvRows struct {
	*reading
	*csvLoad
	*sheet
	text   *csvText
	number int    // of the file
	head   []byte // the line of headers

	cells []string // of the row in hand
	doc   graph.Document
}

// badCell is a mistake in a cell of the row in hand.
type badCell struct {
	cell    int // -1 where it is of the whole row
	problem string
}

func (e *badCell) Error() string { return e.problem }

func bad(cell int, format string, args ...any) error {
	return &badCell{cell, fmt.Sprintf(format, args...)}
}

func (r *csvRows) read(ctx context.Context) error {
	for n := 0; ; n++ {
		if n%rowsAtOnce == 0 {
			if err := r.flush(ctx); err != nil {
				return err
			}
		}
		cells, err := r.text.next()
		m := r.text.syntax(err)
		if m == nil && err != nil {
			return errors.Join(r.text.ended(r.reading.file(), err, ""), r.flush(ctx))
		}
		if blank(cells) && m == nil {
			continue
		}
		r.loaded.Rows++
		if notText := r.text.notText(); notText != nil {
			m = notText
		}
		if m == nil {
			if m, err = r.row(ctx, cells); err != nil {
				return err
			}
		}
		if m == nil {
			continue
		}
		m.File = r.reading.file()
		if err := r.bad.add(m, "csv", r.head, r.text.raw()); err != nil {
			return err
		}
	}
}

// blank tells whether a row has nothing in it, as the last ones of a
// spreadsheet may.
func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// flush adds the rows that were read.
func (r *csvRows) flush(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := r.tx.Add(ctx, r.doc.Quads())
	r.doc.Sources, r.doc.Facts = r.doc.Sources[:0], r.doc.Facts[:0]
	return err
}

// row reads a row, all of it or nothing.
func (r *csvRows) row(ctx context.Context, cells []string) (*Mistake, error) {
	if len(cells) != len(r.header) {
		at := r.text.place(0)
		return &Mistake{Line: at.line, Column: at.column, Problem: fmt.Sprintf("the row has %d cells, and the header %d columns; put quotes around a cell that has the delimiter %q in it", len(cells), len(r.header), r.comma)}, nil
	}
	r.cells = cells
	one, err := r.facts(ctx)
	if r.failed != nil {
		return nil, r.failed
	}
	if e := (*badCell)(nil); errors.As(err, &e) {
		m := &Mistake{Problem: e.problem}
		at := r.text.place(max(0, e.cell))
		m.Line, m.Column = at.line, at.column
		if e.cell >= 0 {
			m.Field = r.header[e.cell]
		}
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	if one.source.ID != "" && r.isNew(&one.source) {
		r.doc.Sources = append(r.doc.Sources, one.source)
		if err := r.noteSource(one); err != nil {
			return nil, err
		}
	}
	r.doc.Facts = append(r.doc.Facts, one.facts...)
	return nil, r.note(one)
}

// cell gives what is in a column, "" where it is blank or not there.
func (r *csvRows) cell(name string) (text string, at int, err error) {
	if at = r.column(name); at < 0 {
		return "", at, nil
	}
	text, err = r.textAt(at)
	return text, at, err
}

func (r *csvRows) textAt(at int) (string, error) {
	text := strings.TrimSpace(r.cells[at])
	if problem := noText(text); problem != "" {
		return "", bad(at, "%s", problem)
	}
	return text, nil
}

// csvRow is what a row says.
type csvRow struct {
	source graph.Source // at an address; the zero value where an id names it
	uses   []csvUse
	facts  []graph.Fact
	cells  [][]int // the columns of the id of each fact and of its values
}

// csvUse is a node that a cell refers to.
type csvUse struct {
	id   graph.ID
	cell int
}

func (r *csvRows) facts(ctx context.Context) (*csvRow, error) {
	class, err := r.rowClass()
	if err != nil {
		return nil, err
	}
	one := &csvRow{}
	passage, err := r.reason(ctx, one)
	if err != nil {
		return nil, err
	}
	f := graph.Fact{Class: class, Passage: passage}
	if f.ID, err = r.nodeID(class); err != nil {
		return nil, err
	}
	at := []int{max(0, r.id)}
	for i, field := range r.fields[class] {
		if i == r.id {
			continue
		}
		text, err := r.textAt(i)
		if err != nil {
			return nil, err
		}
		switch {
		case text == "":
		case field != nil:
			values, err := r.values(ctx, one, field, text, i)
			if err != nil {
				return nil, err
			}
			for _, v := range values {
				if targetOf(&v) == f.ID {
					return nil, bad(i, "%s names itself; write the id of another node", f.ID)
				}
				f.Values = append(f.Values, v)
				at = append(at, i)
			}
		case r.header[i] != csvClass && (!columnOf(class, r.header[i]) || r.header[i] == class.Key):
			return nil, bad(i, "%s has no %s; leave the cell empty", aOrAn(class.Key), r.header[i])
		}
	}
	one.facts, one.cells = append(one.facts, f), append(one.cells, at)
	if class == vocab.Person {
		err = r.tenure(ctx, one, f)
	}
	return one, err
}

// targetOf returns the node that a value leads to, "" where it leads to none
// of the graph.
func targetOf(v *graph.Value) graph.ID {
	if v.Predicate == vocab.SameAs {
		return ""
	}
	if v.Node != "" {
		return v.Node
	}
	return v.Participation.Actor
}

// rowClass tells the class of the row's node.
func (r *csvRows) rowClass() (*vocab.Class, error) {
	if r.class != nil {
		return r.class, nil
	}
	text, at, err := r.cell(csvClass)
	if err != nil {
		return nil, err
	}
	if c := factKeys[text]; c != nil {
		return c, nil
	}
	if text == "" {
		return nil, bad(at, "missing; write %s", either(classKeys()))
	}
	return nil, bad(at, "%.80q is no class; write %s", text, either(classKeys()))
}

// nodeID reads the id of the row's node, or makes one of its name.
func (r *csvRows) nodeID(class *vocab.Class) (graph.ID, error) {
	if r.id >= 0 {
		text, err := r.textAt(r.id)
		if err != nil {
			return "", err
		}
		if text != "" {
			id, err := idWithin(text, class)
			if err != nil {
				return "", bad(r.id, "%s", err)
			}
			return id, nil
		}
	}
	name, at, err := r.cell("name")
	switch {
	case err != nil:
		return "", err
	case name == "":
		return "", bad(r.id, "missing; write an id such as %s/x, or a name to make one of", class.Folder)
	case class == vocab.Country:
		return "", bad(r.id, "missing; the id of a country has its ISO 3166-1 code of three letters, as in country/chn")
	}
	slug := slugOf(name)
	if slug == "" {
		return "", bad(at, "no id can be made of %.80q; write one, such as %s/x", name, class.Folder)
	}
	// Talks of one name are held again and again: the date tells them apart.
	if slices.Contains(vocab.Actions(), class) {
		for _, p := range graph.WhenDone {
			for _, f := range graph.Fields(class) {
				if f.Predicate != p {
					continue
				}
				if date, _, _ := r.cell(f.Key); slugOf(date) != "" {
					return graph.ID(class.Folder + "/" + slugOf(date) + "-" + slug), nil
				}
			}
		}
	}
	return graph.ID(class.Folder + "/" + slug), nil
}

// mostInSlug bounds the bytes of an id that is made of a name.
const mostInSlug = 120

// slugOf makes the last part of an id of a name: its letters in lower case,
// without marks above or below, its digits, and a dash for all between them. It
// gives "" where a letter is not Latin, and would be lost.
func slugOf(name string) string {
	var b strings.Builder
	gap := false
	for _, c := range norm.NFKD.String(name) {
		switch {
		case unicode.IsMark(c), c == '.', c == '\'', c == '’': // U.S. is us, as names are compared
			continue
		case c < 0x80 && (unicode.IsLetter(c) || unicode.IsDigit(c)):
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(unicode.ToLower(c))
		case unicode.IsLetter(c), unicode.IsDigit(c):
			return ""
		default:
			gap = true
		}
	}
	if b.Len() > mostInSlug {
		return ""
	}
	return b.String()
}

// reason reads what states the row: a page, whose address makes a reference, or
// a source of the graph.
func (r *csvRows) reason(ctx context.Context, one *csvRow) (graph.ID, error) {
	text, at, err := r.cell(csvSource)
	switch {
	case err != nil:
		return "", err
	case text == "":
		return "", bad(at, "missing; write what states the row: the address of a page, as in https://example.org/page, or the id of a source")
	case strings.Contains(text, "://"):
		return r.reference(ctx, one, text, at)
	}
	for i, name := range r.header {
		if csvSourceField(name) != nil && strings.TrimSpace(r.cells[i]) != "" {
			return "", bad(i, "%s is described where it is defined; leave the cell empty, or write the source's address", text)
		}
	}
	id, err := idWithin(text, vocab.Article, vocab.Reference, vocab.Passage)
	if err != nil {
		return "", bad(at, "%.80q is neither the address of a page, as in https://example.org/page, nor the id of a source, as in reference/x", text)
	}
	one.uses = append(one.uses, csvUse{id, at})
	if id.Folder() == vocab.Passage.Folder {
		return id, nil
	}
	return graph.WholeID(id), nil
}

// reference describes the page at an address.
func (r *csvRows) reference(ctx context.Context, one *csvRow, address string, at int) (graph.ID, error) {
	if err := checkURL(address); err != nil {
		return "", bad(at, "%s", err)
	}
	s := graph.Source{Class: vocab.Reference, ID: ReferenceID(address), URL: address}
	for i, name := range r.header {
		f := csvSourceField(name)
		if f == nil {
			continue
		}
		text, err := r.textAt(i)
		if err != nil {
			return "", err
		}
		if text == "" {
			continue
		}
		if name == "publisher" {
			id, err := r.node(ctx, text, vocab.Publisher.Range)
			if err != nil {
				return "", bad(i, "%s", err)
			}
			one.uses = append(one.uses, csvUse{id, i})
			text = string(id)
		}
		if err := f.set(&s, text); err != nil {
			return "", bad(i, "%s", err)
		}
	}
	one.source = s
	return graph.WholeID(s.ID), nil
}

// ReferenceID makes the id of the reference at an address, the same for the
// same address.
func ReferenceID(address string) graph.ID {
	host := ""
	if u, err := url.Parse(address); err == nil {
		host = slugOf(strings.ReplaceAll(strings.TrimPrefix(u.Hostname(), "www."), ".", "-"))
	}
	sum := sha256.Sum256([]byte(address))
	return graph.ID(vocab.Reference.Folder + "/" + strings.TrimPrefix(host+"-"+hex.EncodeToString(sum[:6]), "-"))
}

// tenure reads the office that a person held.
func (r *csvRows) tenure(ctx context.Context, one *csvRow, person graph.Fact) error {
	office, at, err := r.cell(csvOffice)
	if err != nil {
		return err
	}
	during, when, err := r.cell(csvDuring)
	switch {
	case err != nil:
		return err
	case office == "" && during != "":
		return bad(when, "no office was held then; write one, or leave the cell empty")
	case office == "":
		return nil
	}
	f := graph.Fact{Class: vocab.Tenure, Passage: person.Passage, Values: []graph.Value{{Predicate: vocab.HeldBy, Node: person.ID}}}
	values, err := r.values(ctx, one, fieldOf(vocab.Tenure, csvOffice), office, at)
	if err != nil {
		return err
	}
	f.Values = append(f.Values, values...)
	f.ID = graph.ID("tenure/" + person.ID.Slug() + "-" + values[0].Node.Slug())
	cells := []int{at, at, at}
	if during != "" {
		values, err := r.values(ctx, one, fieldOf(vocab.Tenure, csvDuring), during, when)
		if err != nil {
			return err
		}
		f.Values = append(f.Values, values...)
		cells = append(cells, when)
		// Who holds an office again holds it in another tenure.
		if date, err := graph.ParseDate(during); err == nil && date.Earliest() != graph.MinDay {
			f.ID += graph.ID("-" + date.Earliest().String()[:4])
		}
	}
	one.facts, one.cells = append(one.facts, f), append(one.cells, cells)
	return nil
}

// prose are the predicates of whose text a semicolon is part.
var prose = []*vocab.Predicate{vocab.Description, vocab.Outcome}

// isList tells whether a cell of a field may have several values.
func isList(f *graph.Field) bool { return f.Many && !slices.Contains(prose, f.Predicate) }

// values reads a cell, as a list where the field may be one.
func (r *csvRows) values(ctx context.Context, one *csvRow, f *graph.Field, text string, at int) (values []graph.Value, err error) {
	items := []string{text}
	if isList(f) {
		items = strings.Split(text, ";")
	}
	for _, item := range items {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		v, err := r.value(ctx, f.Predicate, item)
		if err != nil {
			return nil, bad(at, "%s", err)
		}
		if slices.ContainsFunc(values, func(other graph.Value) bool { return valueText(&other) == valueText(&v) }) {
			return nil, bad(at, "%s is there twice", item)
		}
		if id := targetOf(&v); id != "" {
			one.uses = append(one.uses, csvUse{id, at})
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return nil, bad(at, "nothing between the semicolons; write %s, or leave the cell empty", wantCell(f.Predicate))
	}
	return values, nil
}

// wantCell says what one value in a cell should be.
func wantCell(p *vocab.Predicate) string {
	switch {
	case p == vocab.HasParticipation:
		return "an actor, with its role in brackets if that is known, as in country/chn (host)"
	case p == vocab.HasRate || p == vocab.Value || p == vocab.SameAs || p.Range == nil:
		return want(p)
	case len(p.Range) > len(vocab.Actors()):
		return "the id or name of any node"
	}
	return "the id or name of " + aOrAn(wanted(p.Range))
}

// value reads one value. What it refers to may be named in place of its id.
func (r *csvRows) value(ctx context.Context, p *vocab.Predicate, text string) (graph.Value, error) {
	role := ""
	classes := p.Range
	switch p {
	case vocab.HasParticipation:
		text, role = cutRole(text)
		classes = vocab.Participant.Range
	case vocab.HasRate, vocab.Value, vocab.SameAs:
		classes = nil
	}
	if classes != nil {
		id, err := r.node(ctx, text, classes)
		if err != nil {
			return graph.Value{}, err
		}
		text = string(id)
	}
	v, err := valueOf(p, text)
	if err == nil && role != "" {
		v.Participation.Role, err = role, oneOf(vocab.Roles, role)
	}
	return v, err
}

// cutRole parts an actor from the role in brackets after it. Brackets with
// anything else are part of a name, but never of an id.
func cutRole(text string) (actor, role string) {
	before, rest, ok := strings.Cut(text, "(")
	for ok && strings.Contains(rest, "(") { // the last
		more, after, _ := strings.Cut(rest, "(")
		before, rest = before+"("+more, after
	}
	inner, closed := strings.CutSuffix(rest, ")")
	actor, inner = strings.TrimSpace(before), strings.TrimSpace(inner)
	_, err := graph.ParseID(actor)
	if ok && closed && actor != "" && (vocab.Roles.Has(inner) || err == nil) {
		return actor, inner
	}
	return text, ""
}
