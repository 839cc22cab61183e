package loader

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
	"github.com/piprate/json-gold/ld"
)

// jsonldQuads makes quads of expanded JSON-LD, as
// https://www.w3.org/TR/json-ld11-api/#deserialize-json-ld-to-rdf-algorithm has
// it. Json-gold's own way gives blank nodes other labels in each piece and drops
// what it does not like: IRIs that are no URLs, a blank node as predicate.
type jsonldQuads struct {
	piece *jsonldPiece
	fresh func() quad.BNode
	list  []quad.Quad
}

// nodes makes quads of node objects in a graph.
func (c *jsonldQuads) nodes(v any, label quad.Value) {
	for _, one := range ld.Arrayify(v) {
		if m, ok := one.(map[string]any); ok {
			c.node(m, label)
		} else if one != nil {
			c.piece.wrong("", "%v: want an object", one)
		}
	}
}

func (c *jsonldQuads) add(s quad.Value, p quad.IRI, o, label quad.Value) {
	if s != nil && p != "" && o != nil { // else it is told
		c.list = append(c.list, quad.Quad{Subject: s, Predicate: p, Object: o, Label: label})
	}
}

// node makes the quads of a node object and gives the node.
func (c *jsonldQuads) node(m map[string]any, label quad.Value) quad.Value {
	var node quad.Value
	if id, ok := m["@id"].(string); ok {
		node = c.name("@id", id)
	} else {
		node = c.fresh()
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		switch v := m[key]; key {
		case "@id", "@index":
		case "@type":
			for _, class := range ld.Arrayify(v) {
				if id, ok := class.(string); ok {
					c.add(node, vocab.Type.IRI, c.name(key, id), label)
				}
			}
		case "@graph":
			c.nodes(v, node)
		case "@included":
			c.nodes(v, label)
		case "@reverse":
			reverse, _ := v.(map[string]any)
			for _, key := range slices.Sorted(maps.Keys(reverse)) {
				predicate := c.predicate(key)
				for _, one := range ld.Arrayify(reverse[key]) {
					if from, ok := one.(map[string]any); ok {
						c.add(c.node(from, label), predicate, node, label)
					}
				}
			}
		default:
			predicate := c.predicate(key)
			for _, one := range ld.Arrayify(v) {
				c.add(node, predicate, c.object(key, one, label), label)
			}
		}
	}
	return node
}

func (c *jsonldQuads) predicate(key string) quad.IRI {
	switch {
	case strings.HasPrefix(key, "_:"):
		c.piece.wrong(key, "a predicate cannot be a blank node: give it an IRI")
	case strings.HasPrefix(key, "@"):
		c.piece.wrong(key, "the keyword has no meaning here")
	case !nqAbsolute([]byte(key)):
		c.piece.wrong(key, "a predicate with a relative IRI: want one with a scheme")
	default:
		return quad.IRI(key)
	}
	return ""
}

// name gives the node with an id, nil where none can have it.
func (c *jsonldQuads) name(field, id string) quad.Value {
	base := c.piece.scope.base
	switch label, blank := strings.CutPrefix(id, "_:"); {
	case blank:
		return jsonldRenamed(label)
	case nqAbsolute([]byte(id)):
		return quad.IRI(id)
	case base != nil:
		return quad.IRI(base.resolve(id))
	}
	c.piece.wrong(field, "relative IRI %q: want one with a scheme, a term of the context, or \"@base\" in the context", jsonldShort(id))
	return nil
}

// jsonldFresh begins the labels of nodes without one.
const jsonldFresh = "jsonld-"

var jsonldFreshLike = regexp.MustCompile("^" + jsonldFresh + "x*[0-9]+$")

// jsonldRenamed gives the node with a label of the file: that, but for labels
// like those of nodes without one, which get an x each.
func jsonldRenamed(label string) quad.BNode {
	if jsonldFreshLike.MatchString(label) {
		label = jsonldFresh + "x" + label[len(jsonldFresh):]
	}
	return quad.BNode(label)
}

// object makes the quads of an object and gives it, nil where it is wrong.
func (c *jsonldQuads) object(key string, v any, label quad.Value) quad.Value {
	m, _ := v.(map[string]any)
	if value, ok := m["@value"]; ok {
		return c.literal(key, m, value)
	}
	if list, ok := m["@list"]; ok {
		return c.items(key, ld.Arrayify(list), label)
	}
	if m == nil {
		c.piece.wrong(key, "what is in it cannot be read")
		return nil
	}
	return c.node(m, label)
}

// items makes a list, from its end.
func (c *jsonldQuads) items(key string, list []any, label quad.Value) quad.Value {
	var rest quad.Value = quad.IRI(vocab.RDF + "nil")
	for _, one := range slices.Backward(list) {
		node := c.fresh()
		c.add(node, vocab.RDF+"first", c.object(key, one, label), label)
		c.add(node, vocab.RDF+"rest", rest, label)
		rest = node
	}
	return rest
}

func (c *jsonldQuads) literal(key string, m map[string]any, v any) quad.Value {
	datatype, _ := m["@type"].(string)
	if datatype == "@json" {
		return c.json(key, v)
	}
	var text string
	switch v := v.(type) {
	case string:
		text = v
	case bool:
		text = strconv.FormatBool(v)
		if datatype == "" {
			datatype = vocab.XSD + "boolean"
		}
	case json.Number:
		var ok bool
		if text, datatype, ok = jsonldNumber(string(v), datatype); !ok {
			c.piece.wrong(key, "%s is too large for an xsd:double: give it another type", jsonldShort(string(v)))
			return nil
		}
	default:
		c.piece.wrong(key, "%T as the value of a literal: want a text, a number, true or false", v)
		return nil
	}
	if tag, ok := m["@language"].(string); ok {
		return quad.LangString{Value: quad.String(text), Lang: c.piece.language(tag)}
	}
	if datatype == "" || datatype == vocab.XSD+"string" {
		return quad.String(text)
	}
	return quad.TypedString{Value: quad.String(text), Type: quad.IRI(datatype)}
}

// jsonldNumber gives a number as JSON-LD does, but does not go by way of a
// float64 where that would lose digits: without a fraction it is an integer of
// any length, and what is typed keeps its digits. With a fraction and no type it
// is an xsd:double.
func jsonldNumber(text, datatype string) (lexical, withType string, ok bool) {
	double := datatype == vocab.XSD+"double"
	if !double && !strings.ContainsAny(text, "eE") {
		whole, fraction, _ := strings.Cut(text, ".")
		integer := strings.Trim(fraction, "0") == ""
		switch {
		case integer && whole == "-0":
			whole = "0"
		case !integer && datatype != "":
			return text, datatype, true
		}
		if integer && datatype == "" {
			datatype = string(vocab.Integer)
		}
		if integer {
			return whole, datatype, true
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return "", "", false
	}
	if !double && f == math.Trunc(f) && math.Abs(f) < 1e21 {
		if datatype == "" {
			datatype = string(vocab.Integer)
		}
		return strconv.FormatFloat(f, 'f', 0, 64), datatype, true
	}
	if datatype == "" {
		datatype = vocab.XSD + "double"
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'E', -1, 64), "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, _ := strconv.Atoi(exponent)
	return fmt.Sprintf("%sE%d", mantissa, n), datatype, true
}

// json makes a JSON literal. Json-gold writes it in its canonical form (RFC
// 8785), though only objects, so it gets one.
func (c *jsonldQuads) json(key string, v any) quad.Value {
	const before, after = `{"v":`, `}`
	input := []any{map[string]any{"@id": "urn:x", "urn:x": []any{
		map[string]any{"@type": "@json", "@value": map[string]any{"v": jsonldUnmasked(v)}},
	}}}
	dataset, err := ld.NewJsonLdApi().ToRDF(input, ld.NewJsonLdOptions(""))
	if err == nil && len(dataset.Graphs["@default"]) == 1 {
		literal, ok := dataset.Graphs["@default"][0].Object.(*ld.Literal)
		if ok && strings.HasPrefix(literal.Value, before) {
			text := strings.TrimSuffix(strings.TrimPrefix(literal.Value, before), after)
			return quad.TypedString{Value: quad.String(text), Type: vocab.RDF + "JSON"}
		}
	}
	c.piece.wrong(key, "the JSON literal has no canonical form: is a number too large?")
	return nil
}

// jsonldUnmasked gives a JSON literal as it was before its language tags were
// masked.
func jsonldUnmasked(v any) any {
	switch v := v.(type) {
	case []any:
		for i, one := range v {
			v[i] = jsonldUnmasked(one)
		}
	case map[string]any:
		for key, one := range v {
			if tag, ok := one.(string); ok && key == "@language" {
				v[key], _ = jsonldUnmask(tag)
			} else {
				v[key] = jsonldUnmasked(one)
			}
		}
	}
	return v
}
