package loader

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/goccy/go-yaml/ast"
)

// factKeys are the keys that name the node of a fact.
var factKeys = func() map[string]*vocab.Class {
	keys := make(map[string]*vocab.Class)
	for _, c := range vocab.Classes() {
		if c.Key != "" {
			keys[c.Key] = c
		}
	}
	return keys
}()

// fact reads one entry of facts: a graph.Fact for each passage that states it.
func (y *factsReader) fact(n ast.Node) {
	entries, ok := y.mapping(n, "facts", "a fact such as {person: person/x, at: p4, name: …}")
	if !ok {
		return
	}
	class := y.class(y.place(n), entries)
	if class == nil {
		return
	}
	f := graph.Fact{Class: class}
	var places factPlaces
	var reasons []reason
	stated := false
	for _, e := range entries {
		switch e.key {
		case class.Key:
			places.id = y.place(e.value)
			if text, ok := y.text(e.value, e.key, "an id such as "+class.Folder+"/x"); ok {
				var err error
				if f.ID, err = idWithin(text, class); err != nil {
					y.bad(places.id, e.key, "%s", err)
				}
			}
		case "at":
			stated = true
			reasons = y.reasons(e.value)
		default:
			y.values(&f, &places, e)
		}
	}
	if !stated {
		y.bad(y.place(n), "at", "missing; write the passage that states it: p4 for a paragraph, p4s2 for a sentence of it, or a reference's id")
	}
	for _, r := range reasons {
		f.Passage, places.source, places.at = r.passage, r.source, r.at
		y.facts.Document.Facts = append(y.facts.Document.Facts, f)
		y.facts.facts = append(y.facts.facts, places)
	}
}

// class finds the one key of a fact that names its node. Some are fields of
// another class too: a change of a meeting has both keys.
func (y *factsReader) class(at place, entries []entry) *vocab.Class {
	var found []*vocab.Class
	var keys []string
	for _, e := range entries {
		if c := factKeys[e.key]; c != nil {
			found, keys = append(found, c), append(keys, e.key)
		}
	}
	for _, c := range found {
		if classSlip(entries) == nil && !slices.ContainsFunc(keys, func(key string) bool { return key != c.Key && fieldOf(c, key) == nil }) {
			return c
		}
	}
	if slip := classSlip(entries); slip != nil {
		y.bad(entries[0].at, entries[0].key, "not a class; did you mean %s?", either(slip))
		return nil
	}
	if len(found) > 0 {
		y.bad(at, keys[0], "more than one node: %s; write a fact for each", strings.Join(keys, ", "))
		return nil
	}
	y.bad(at, "facts", "names no node; write one of the keys %s, with an id", either(classKeys()))
	return nil
}

// classSlip lists what the first key of a fact may be meant for, where it is a
// class with a slip, as in mvoe. Without it the fact would be taken for one of
// another class, that its next key happens to name.
func classSlip(entries []entry) []string {
	if len(entries) == 0 || entries[0].key == "at" || factKeys[entries[0].key] != nil {
		return nil
	}
	for _, c := range vocab.Classes() {
		if fieldOf(c, entries[0].key) != nil {
			return nil
		}
	}
	return near(entries[0].key, classKeys())
}

// classKeys lists the keys that name a node.
func classKeys() []string {
	var all []string
	for _, c := range vocab.Classes() {
		if c.Key != "" {
			all = append(all, c.Key)
		}
	}
	return all
}

// fieldOf returns the field of a class with a key, or nil.
func fieldOf(c *vocab.Class, key string) *graph.Field {
	fields := graph.Fields(c)
	if i := slices.IndexFunc(fields, func(f graph.Field) bool { return f.Key == key }); i >= 0 {
		return &fields[i]
	}
	return nil
}

// What a value should be, in messages.
const (
	wantDate = `an EDTF date such as 2018-09, or in quotes "[2018-06-02,2018-06-03]"`
	wantHash = "64 hexadecimal digits, letters in lower case"
)

// want says what the value of a field should be.
func want(p *vocab.Predicate) string {
	switch {
	case p == vocab.HasRate:
		return `a rate such as 10%, 5–10% or up to 10%`
	case p == vocab.Value:
		return "an amount such as 200 billion USD"
	case p == vocab.HasParticipation:
		return "an actor's id, or a mapping such as {actor: country/x, role: lead}"
	case p == vocab.SameAs:
		return "an address"
	case p.Range != nil:
		return "an id that starts with " + either(folders(p.Range))
	case p.Literal == vocab.EDTF:
		return wantDate
	case p.Words != nil:
		return either(p.Words.List)
	case p == vocab.HSCode:
		return "2, 4, 6, 8 or 10 digits"
	}
	return "a text"
}

func folders(classes []*vocab.Class) []string {
	var all []string
	for _, c := range classes {
		all = append(all, c.Folder+"/")
	}
	return all
}

// values reads one field of a fact.
func (y *factsReader) values(f *graph.Fact, places *factPlaces, e entry) {
	field := fieldOf(f.Class, e.key)
	if field == nil {
		keys := []string{"at"}
		for _, f := range graph.Fields(f.Class) {
			keys = append(keys, f.Key)
		}
		y.unknown(e, "", aOrAn(f.Class.Key), keys)
		return
	}
	nodes := []ast.Node{e.value}
	if field.Many {
		nodes = items(e.value)
	}
	if len(nodes) == 0 {
		y.bad(y.place(e.value), e.key, "an empty list; write %s, or leave it out", want(field.Predicate))
	}
	for _, n := range nodes {
		v := graph.Value{Predicate: field.Predicate}
		if y.value(&v, n, e.key) {
			f.Values = append(f.Values, v)
			places.values = append(places.values, valuePlace{y.place(n), e.key})
		}
	}
}

// value reads one value of a predicate, as the vocabulary tells.
func (y *factsReader) value(v *graph.Value, n ast.Node, field string) bool {
	p := v.Predicate
	if _, mapping := n.(*ast.MappingNode); mapping && p == vocab.HasParticipation {
		return y.participation(v, n, field)
	}
	text, ok := y.text(n, field, want(p))
	if !ok {
		return false
	}
	var err error
	if *v, err = valueOf(p, text); err != nil {
		y.bad(y.place(n), field, "%s", err)
	}
	return err == nil
}

// valueOf reads the text of a value of a predicate.
func valueOf(p *vocab.Predicate, text string) (v graph.Value, err error) {
	v.Predicate = p
	switch {
	case p == vocab.HasRate:
		v.Rate, err = graph.ParseRate(text)
	case p == vocab.Value:
		v.Money, err = graph.ParseMoney(text)
	case p == vocab.HasParticipation:
		v.Participation.Actor, err = idWithin(text, vocab.Participant.Range...)
	case p == vocab.SameAs:
		v.Node = graph.ID(text)
		if !isIRI(text) || strings.HasPrefix(text, vocab.Base) {
			err = fmt.Errorf("%.80q is not the address of a node in another graph: write it whole, as in http://www.wikidata.org/entity/Q1", text)
		}
	case p.Range != nil:
		v.Node, err = idWithin(text, p.Range...)
	case p.Literal == vocab.EDTF:
		v.Literal = graph.Literal(p, text)
		_, err = graph.ParseDate(text)
	default:
		v.Literal = graph.Literal(p, text)
		if p == vocab.HSCode && (len(text) > 10 || len(text)%2 != 0 || strings.Trim(text, "0123456789") != "") {
			err = fmt.Errorf("%.80q is not an HS code: write %s", text, want(p))
		}
		if p.Words != nil {
			err = oneOf(p.Words, text)
		}
	}
	return v, err
}

// participation reads an actor with its role.
func (y *factsReader) participation(v *graph.Value, n ast.Node, field string) bool {
	entries, ok := y.mapping(n, field, want(v.Predicate))
	for _, e := range entries {
		under := field + "." + e.key
		if e.key != "actor" && e.key != "role" {
			y.unknown(e, field+".", "a participant", []string{"actor", "role"})
			continue
		}
		p := vocab.Role
		if e.key == "actor" {
			p = vocab.Participant
		}
		one := graph.Value{Predicate: p}
		switch {
		case !y.value(&one, e.value, under):
			ok = false
		case e.key == "actor":
			v.Participation.Actor = one.Node
		default:
			v.Participation.Role = graph.Text(one.Literal)
		}
	}
	if ok && v.Participation.Actor == "" {
		y.bad(y.place(n), field+".actor", "missing; write the id of the actor who takes part")
		return false
	}
	return ok
}

func oneOf(words *vocab.Words, text string) error {
	if words.Has(text) {
		return nil
	}
	return fmt.Errorf("%.80q is not %s: write %s", text, aOrAn(words.Name), either(words.List))
}

// mostInID bounds the bytes of an id.
const mostInID = 512

// idWithin reads an id of one of some classes.
func idWithin(text string, classes ...*vocab.Class) (graph.ID, error) {
	if len(text) > mostInID {
		return "", fmt.Errorf("%.80q is not an id: it has %d bytes, and at most %d are allowed", text, len(text), mostInID)
	}
	id, err := graph.ParseID(text)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(classes, func(c *vocab.Class) bool { return c.Folder == id.Folder() }) {
		return id, nil
	}
	return "", fmt.Errorf("%.80q has the wrong class: write an id that starts with %s", text, either(folders(classes)))
}

// isIRI tells whether a text is an absolute IRI that N-Quads can write.
func isIRI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs() && len(u.Host)+len(u.Opaque) > 0 &&
		!strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || strings.ContainsRune("<>\"{}|^`\\", c) })
}

func checkURL(s string) error {
	if !isIRI(s) || !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") {
		return fmt.Errorf("%.80q is not an address: write it whole, as in https://example.org/page", s)
	}
	return nil
}
