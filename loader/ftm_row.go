package loader

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/go-json-experiment/json/jsontext"
)

// ftmRow reads lines, each of one entity or a fragment of one.
type ftmRow struct {
	*ftmLoad
	*ftmFile
	dec      *jsontext.Decoder
	line     []byte
	id       string
	schema   string
	at       map[string]int // where the values of these keys stand
	datasets []string
	values   []ftmRaw
	other    []string // keys that are not kept
}

// ftmRaw is a value with its place.
type ftmRaw struct {
	property, text string
	at             int
}

// row keeps a line for the merging of fragments, or counts it if nothing is
// made of it.
func (r *ftmRow) row(b *batch, line []byte) error {
	r.line, r.id, r.schema = line, "", ""
	r.datasets, r.values, r.other = r.datasets[:0], r.values[:0], r.other[:0]
	clear(r.at)
	if r.dec == nil {
		r.dec, r.at = new(jsontext.Decoder), make(map[string]int)
	}
	r.dec.Reset(bytes.NewBuffer(line))
	if err := r.entity(); err != nil {
		return r.syntax(err)
	}
	for _, key := range []string{"id", "schema", "properties"} {
		if _, ok := r.at[key]; !ok {
			return r.bad(0, key, "is missing; an entity has an id, a schema and properties")
		}
	}
	if bad := ftmBadID(r.id); bad != "" {
		return r.bad(r.at["id"], "id", "%s", bad)
	}
	if r.schema == "" {
		return r.bad(r.at["schema"], "schema", "is empty; write one such as Person")
	}
	return r.keep(b.line)
}

// entity reads the line into r.
func (r *ftmRow) entity() error {
	if err := r.begin('{', "", "an entity is an object: {\"id\": …, \"schema\": …, \"properties\": {…}}"); err != nil {
		return err
	}
	for r.dec.PeekKind() != '}' {
		key, at, err := r.text("")
		if err != nil {
			return err
		}
		r.at[key] = at
		switch key {
		case "id":
			r.id, r.at[key], err = r.text(key)
		case "schema":
			r.schema, r.at[key], err = r.text(key)
		case "properties":
			err = r.properties()
		case "dataset", "datasets":
			err = r.list(key, func(text string, at int) error {
				if text, bad := ftmValue(0, text); bad != "" {
					return r.bad(at, key, "%s", bad)
				} else if text != "" {
					r.datasets = append(r.datasets, text)
				}
				return nil
			})
		case "caption": // one of the names
			err = r.dec.SkipValue()
		default:
			r.other = append(r.other, key)
			err = r.dec.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	at := r.next()
	if _, err := r.dec.ReadToken(); err == nil {
		return r.bad(at, "", "a second value; an entity has a line of its own")
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func (r *ftmRow) properties() error {
	const want = "is no object; write {\"name\": [\"…\"]}"
	if err := r.begin('{', "properties", want); err != nil {
		return err
	}
	for r.dec.PeekKind() != '}' {
		property, at, err := r.text("properties")
		if err != nil {
			return err
		}
		field := "properties." + property
		if strings.Contains(property, "\x00") {
			return r.bad(at, "properties", "a NUL character")
		}
		if err := r.list(field, func(text string, at int) error {
			if text != "" {
				r.values = append(r.values, ftmRaw{property, text, at})
			}
			return nil
		}); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// list reads a list of texts, or a text that stands for a list of one.
func (r *ftmRow) list(field string, each func(string, int) error) error {
	if r.dec.PeekKind() != '[' {
		text, at, err := r.text(field)
		if err != nil {
			return err
		}
		return each(text, at)
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for r.dec.PeekKind() != ']' {
		text, at, err := r.text(field)
		if err != nil {
			return err
		}
		if err := each(text, at); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// begin reads the mark that a value begins with.
func (r *ftmRow) begin(kind jsontext.Kind, field, problem string) error {
	at := r.next()
	if k := r.dec.PeekKind(); k != kind && k != 0 {
		return r.bad(at, field, "%s", problem)
	}
	_, err := r.dec.ReadToken()
	return err
}

// text reads a text, and tells where it stands.
func (r *ftmRow) text(field string) (string, int, error) {
	at := r.next()
	switch k := r.dec.PeekKind(); k {
	case '"', 0:
	case '{':
		if strings.HasPrefix(field, "properties.") {
			return "", at, r.bad(at, field, "an entity within another; load the form in which each has a line and is named by its id")
		}
		fallthrough
	default:
		return "", at, r.bad(at, field, "is no text; write it in quotes")
	}
	token, err := r.dec.ReadToken()
	if err != nil {
		return "", at, err
	}
	return token.String(), at, nil
}

// next is where the next token stands in the line, in bytes.
func (r *ftmRow) next() int {
	at := int(r.dec.InputOffset())
	for at < len(r.line) && strings.IndexByte(" \t\r,:", r.line[at]) >= 0 {
		at++
	}
	return at
}

func (r *ftmRow) bad(at int, field, format string, args ...any) *Mistake {
	return &Mistake{Column: utf8.RuneCount(r.line[:min(at, len(r.line))]) + 1, Field: field, Problem: fmt.Sprintf(format, args...)}
}

// syntax makes a mistake of what the decoder says.
func (r *ftmRow) syntax(err error) error {
	var m *Mistake
	if errors.As(err, &m) {
		return m
	}
	const ends = "the line ends within the entity"
	problem, at := ends, len(r.line)
	var s *jsontext.SyntacticError
	switch {
	case errors.As(err, &s):
		at = int(s.ByteOffset)
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return r.bad(at, strings.ReplaceAll(strings.TrimPrefix(string(s.JSONPointer), "/"), "/", "."), "is there twice; put its values into one list")
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			problem = s.Err.Error()
		}
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		problem = err.Error()
	}
	return r.bad(at, "", "no JSON: %s", problem)
}

// keep checks the values and keeps them, with the line that they are from.
func (r *ftmRow) keep(line int) error {
	s := ftmSchemata[r.schema]
	if s == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if slices.Contains(ftmOthers, r.schema) {
			r.count("entities of " + r.schema)
		} else {
			r.count(fmt.Sprintf("entities of %.60q, which is no schema of FollowTheMoney", r.schema))
		}
		return nil
	}
	c := s.classes[0]
	if id, ok := ownFTM(r.id); ok {
		c = graph.ClassOfFolder(id.Folder())
		if !slices.Contains(s.classes, c) {
			return r.bad(r.at["id"], "id", "is of %s in parley, and the schema is %s", aOrAn(strings.ToLower(c.Name)), r.schema)
		}
	}
	var lost []string
	kept := r.values[:0]
	starts, ends := "", ""
	for _, v := range r.values {
		use := ftmUseOf(v.property, c)
		text, bad := ftmValue(use, v.text)
		switch {
		case use == 0:
			lost = append(lost, v.property)
			continue
		case bad != "":
			return r.bad(v.at, "properties."+v.property, "%s", bad)
		case use == ftmStart:
			starts = earlier(starts, text)
		case use == ftmEnd:
			ends = max(ends, text)
		}
		kept = append(kept, ftmRaw{v.property, text, v.at})
	}
	if starts != "" && ends != "" {
		if _, err := graph.ParseDate(starts + "/" + ends); err != nil {
			return r.bad(r.at["properties"], "properties.endDate", "%s is before the start, %s", ends, starts)
		}
	}
	r.values = kept
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, property := range lost {
		r.lost(s, property)
	}
	for _, key := range r.other {
		r.count(fmt.Sprintf("values of %.60q beside the properties", key))
	}
	return r.fragments.add(func(to []byte) ([]byte, error) {
		return append(r.append(to), ftmAt{r.number, line}.pair()...), nil
	})
}

// earlier gives the first of two dates, either of which may be missing, and the
// more exact of two where one holds the other.
func earlier(a, b string) string {
	if a == "" || b != "" && b+"~" < a+"~" { // ~ comes after all that dates have
		return b
	}
	return a
}

// append writes what is kept of a line, but for where it stands, which goes last
// so that fragments are in an order that files do not change. No part has a NUL.
func (r *ftmRow) append(to []byte) []byte {
	to = append(append(to, r.id...), 0)
	to = append(to, r.schema...)
	for _, d := range r.datasets {
		to = append(append(append(to, 0), 0), d...)
	}
	for _, v := range r.values {
		to = append(append(to, 0), v.property...)
		to = append(append(to, 0), v.text...)
	}
	return to
}

// ftmAt is a line of a file.
type ftmAt struct{ file, line int }

// ftmAtKey stands for a property where a line is kept.
const ftmAtKey = "@"

func (a ftmAt) pair() string { return fmt.Sprintf("\x00%s\x00%d:%d", ftmAtKey, a.file, a.line) }

func readFTMAt(text string) (a ftmAt) {
	file, line, _ := strings.Cut(text, ":")
	// As pair wrote them.
	a.file, _ = strconv.Atoi(file)
	a.line, _ = strconv.Atoi(line)
	return a
}

// ftmEntity is an entity of which all fragments are together.
type ftmEntity struct {
	id       string
	schema   *ftmSchema
	class    *vocab.Class
	datasets []string
	values   []ftmRaw
	at       []ftmAt // the first line in each file, in their order
}

// read adds what append wrote, after the id.
func (e *ftmEntity) read(parts []string) {
	for i := 0; i+1 < len(parts); i += 2 {
		switch parts[i] {
		case "":
			e.datasets = append(e.datasets, parts[i+1])
		case ftmAtKey:
			e.stands(readFTMAt(parts[i+1]))
		default:
			e.values = append(e.values, ftmRaw{property: parts[i], text: parts[i+1]})
		}
	}
}

// stands notes a line that the entity is from.
func (e *ftmEntity) stands(at ftmAt) {
	i, there := slices.BinarySearchFunc(e.at, at.file, func(a ftmAt, file int) int { return cmp.Compare(a.file, file) })
	if there {
		e.at[i].line = min(e.at[i].line, at.line)
	} else {
		e.at = slices.Insert(e.at, i, at)
	}
}

// file gives the first file that an entity is from: what is not kept of it is
// told there.
func (r *ftmLoad) file(e *ftmEntity) *ftmFile { return r.files[e.at[0].file] }

// mistake tells of an entity at its first line.
func (r *ftmLoad) mistake(e *ftmEntity, field, format string, args ...any) {
	r.found.add(&Mistake{File: r.file(e).input.Name, Line: e.at[0].line, Field: field, Problem: fmt.Sprintf(format, args...)})
}

// classOf gives the class of an entity, nil where its id and its schema are at
// odds.
func (e *ftmEntity) classOf() *vocab.Class {
	if id, ok := ownFTM(e.id); ok {
		c := graph.ClassOfFolder(id.Folder())
		if !slices.Contains(e.schema.classes, c) {
			return nil
		}
		return c
	}
	c := e.schema.classes[0]
	for _, v := range e.values {
		if marked := ftmEventClass(v.text); marked != nil && ftmUseOf(v.property, c) == ftmKeyword {
			return marked
		}
	}
	return c
}

func (e *ftmEntity) isSource() bool { return e.class == vocab.Article || e.class == vocab.Reference }
