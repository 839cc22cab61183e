package loader

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

// Patterns of the schema, in the part of ECMA-262 that all dialects share. They
// let a text through that only its reader can judge, such as the 30th of
// February, and nothing stop that is right.
const (
	slugPattern   = `[a-z0-9]([a-z0-9._/-]*[a-z0-9])?`
	rateNumber    = `(0|[1-9][0-9]*)([.][0-9]+)?`
	ratePattern   = `^ *(up to )? *` + rateNumber + ` *([–-] *` + rateNumber + ` *)?% *$`
	moneyPattern  = `^ *` + rateNumber + ` +((thousand|million|billion|trillion) +)?[A-Z]{3} *$`
	onePattern    = `[0-9]{1,4}X{0,3}(-[0-9X]{2}(-[0-9X]{2})?)?[~?%]?`
	datePattern   = `^(` + onePattern + `|(` + onePattern + `|[.][.]|)/(` + onePattern + `|[.][.]|)|\[` + onePattern + `(,` + onePattern + `)+\])$`
	hsPattern     = `^([0-9]{2}){1,5}$`
	webPattern    = `^https?://[^ ]+$`
	anyPattern    = `^[A-Za-z][A-Za-z0-9+.-]*:[^ ]+$`
	atPattern     = `^p[1-9][0-9]{0,5}(s[1-9][0-9]{0,5}(-[1-9][0-9]{0,5})?)?$`
	schemaDialect = "https://json-schema.org/draft/2020-12/schema"
)

// schema is a JSON Schema, or a part of one.
type schema map[string]any

// FactsSchema returns the JSON Schema (2020-12) of facts files, for editors
// that complete keys and mark mistakes while one writes. It stands for one file
// by itself: what takes the whole to tell, such as an id that nothing defines,
// is for Check.
func FactsSchema() ([]byte, error) {
	defs := schema{}
	var facts []any
	for _, c := range vocab.Classes() {
		if c.Key == "" {
			continue
		}
		defs[c.Key] = factSchema(c)
		facts = append(facts, refTo(c.Key))
	}
	defs["article"] = sourceSchema(vocab.Article)
	defs["reference"] = sourceSchema(vocab.Reference)
	defs["passage"] = schema{"description": "What states a fact: " + passageForms + "; or the id of a reference.", "anyOf": []any{
		schema{"type": "string", "pattern": atPattern}, idSchema(vocab.Reference),
	}}
	defs["date"] = schema{"description": "When: " + wantDate + ".", "type": []any{"string", "integer"}, "pattern": datePattern, "minimum": 1, "maximum": 9999}
	root := schema{
		"$schema":              schemaDialect,
		"title":                "Facts of parley",
		"description":          "A facts file: an article or pages, and what their passages state.",
		"type":                 "object",
		"additionalProperties": false,
		"minProperties":        1,
		"properties": schema{
			"article":    refTo("article"),
			"references": schema{"description": "Pages that are cited whole.", "type": "array", "items": refTo("reference")},
			"facts":      schema{"description": "What the passages state, a node an entry.", "type": "array", "items": schema{"oneOf": facts}},
			"passages": schema{
				"description":       "Where in the text each passage stands, from and up to which character; parley spans writes it.",
				"type":              "object",
				"patternProperties": schema{atPattern: schema{"type": "array", "prefixItems": []any{schema{"type": "integer", "minimum": 0}, schema{"type": "integer", "minimum": 1}}, "items": false, "minItems": 2}},
				// parley spans writes it, so that it is not completed by hand.
				"additionalProperties": false,
			},
		},
		"$defs": defs,
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(root)
	return b.Bytes(), err
}

func refTo(key string) schema { return schema{"$ref": "#/$defs/" + key} }

// described adds what a value is to its schema.
func described(s schema, meaning string) schema {
	if meaning != "" {
		s["description"] = strings.ToUpper(meaning[:1]) + meaning[1:] + "."
	}
	return s
}

// factSchema is that of the facts of a class.
func factSchema(c *vocab.Class) schema {
	properties := schema{
		c.Key: described(idSchema(c), c.Meaning),
		"at":  oneOrMore(refTo("passage")),
	}
	for _, f := range graph.Fields(c) {
		value := valueSchema(f.Predicate)
		if f.Many {
			value = oneOrMore(value)
		}
		properties[f.Key] = described(value, f.Predicate.Meaning)
	}
	return described(schema{
		"type": "object", "required": []any{c.Key, "at"}, "properties": properties, "additionalProperties": false,
	}, c.Meaning)
}

// oneOrMore lets a list stand for a value.
func oneOrMore(value schema) schema {
	return schema{"anyOf": []any{value, schema{"type": "array", "items": value, "minItems": 1}}}
}

// text is that of a text, which YAML may take for a number where it has no
// quotes.
func text() schema {
	return schema{"type": []any{"string", "number", "boolean"}, "pattern": `[^ \t\r\n]`}
}

func idSchema(classes ...*vocab.Class) schema {
	var folders []string
	for _, c := range classes {
		folders = append(folders, c.Folder)
	}
	slices.Sort(folders)
	return schema{"type": "string", "maxLength": mostInID, "pattern": "^(" + strings.Join(folders, "|") + ")/" + slugPattern + "$"}
}

// valueSchema is that of one value of a predicate, as valueOf reads it.
func valueSchema(p *vocab.Predicate) schema {
	switch {
	case p == vocab.HasRate:
		return schema{"type": "string", "pattern": ratePattern}
	case p == vocab.Value:
		return schema{"type": "string", "pattern": moneyPattern}
	case p == vocab.HasParticipation:
		actor := valueSchema(vocab.Participant)
		return schema{"anyOf": []any{actor, schema{
			"type": "object", "required": []any{"actor"}, "additionalProperties": false,
			"properties": schema{
				"actor": described(actor, vocab.Participant.Meaning),
				"role":  described(valueSchema(vocab.Role), vocab.Role.Meaning),
			},
		}}}
	case p == vocab.SameAs:
		return schema{"type": "string", "pattern": anyPattern}
	case p.Range != nil:
		return idSchema(p.Range...)
	case p.Literal == vocab.EDTF:
		return refTo("date")
	case p.Words != nil:
		return schema{"enum": p.Words.List}
	case p == vocab.HSCode:
		return schema{"type": []any{"string", "integer"}, "pattern": hsPattern, "minimum": 1, "maximum": 9999999999}
	}
	return text()
}

// sourceSchema is that of an article or a reference. The sha256 is for parley
// spans to write, so it may be missing.
func sourceSchema(c *vocab.Class) schema {
	properties, required := schema{}, []any{}
	for _, f := range sourceFields {
		if !slices.Contains(f.in, c) {
			continue
		}
		if slices.Contains(f.required, c) && f.key != "sha256" {
			required = append(required, f.key)
		}
		value, meaning := text(), ""
		switch f.key {
		case "id":
			value, meaning = idSchema(c), c.Meaning
		case "title":
			meaning = vocab.Name.Meaning
		case "publisher":
			value, meaning = idSchema(vocab.Publisher.Range...), vocab.Publisher.Meaning
		case "publisher-basis":
			meaning = vocab.PublisherBasis.Meaning
		case "published":
			value, meaning = refTo("date"), vocab.Published.Meaning
		case "published-basis":
			meaning = vocab.DateBasis.Meaning
		case "accessed":
			value, meaning = refTo("date"), vocab.Accessed.Meaning
		case "sha256":
			value, meaning = schema{"type": []any{"string", "null", "number"}, "pattern": "^([0-9a-f]{64})?$"}, vocab.SHA256.Meaning
		case "url":
			value, meaning = schema{"type": "string", "pattern": webPattern}, vocab.URL.Meaning
		}
		properties[f.key] = described(value, meaning)
	}
	return described(schema{"type": "object", "required": required, "properties": properties, "additionalProperties": false}, c.Meaning)
}
