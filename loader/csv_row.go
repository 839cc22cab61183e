package loader

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
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
		for _, remark := range r.text.remarks {
			r.loaded.Rows++
			m := &Mistake{File: r.file(), Line: remark.line, Column: 1, Problem: "a line that begins with # is a remark; put quotes around the cell if it is a row, or a space after the # if it is none"}
			if err := r.bad.add(m, "csv", r.head, remark.text); err != nil {
				return err
			}
		}
		m := r.text.syntax(err)
		if m == nil && err != nil {
			return errors.Join(r.text.ended(r.file(), err, ""), r.flush(ctx))
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
		m.File = r.file()
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
		if p.Literal == vocab.EDTF {
			return "an EDTF date such as 2018-09 or 2018-06-02/2018-06-03"
		}
		return want(p)
	case len(p.Range) == len(vocab.Classes()):
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
