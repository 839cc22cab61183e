package queries_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"parley/queries"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compiled compiles a schema with the definitions that it refers to.
func compiled(t *testing.T, s queries.Schema) *jsonschema.Schema {
	t.Helper()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["$defs"] = queries.Definitions("#/$defs/")
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func instance(t *testing.T, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestAnswersFitTheirSchema holds the answers from the built-in facts against
// the schema of each query; the schema refuses what has a key more or less.
func TestAnswersFitTheirSchema(t *testing.T) {
	g := builtIn(t)
	for _, q := range queries.All() {
		schema := compiled(t, q.AnswerSchema("#/$defs/"))
		for _, args := range []map[string]string{example(q), {}} {
			a, err := q.Answer(t.Context(), g, args)
			if err != nil {
				if len(args) > 0 {
					t.Fatal(err)
				}
				continue
			}
			text := written(t, a)
			if err := schema.Validate(instance(t, text)); err != nil {
				t.Errorf("%s: %v", q.Name, err)
			}
			for spoiled, with := range map[string]string{`"truncated"`: `"cut"`, `"columns": [`: `"columns": [1,`, `"id"`: `"ID"`} {
				if bad := strings.Replace(string(text), spoiled, with, 1); bad != string(text) && schema.Validate(instance(t, []byte(bad))) == nil {
					t.Errorf("%s: an answer with %s for %s fits", q.Name, with, spoiled)
				}
			}
		}
	}
}

// TestArgumentsFitTheirSchema takes arguments as a program gives them.
func TestArgumentsFitTheirSchema(t *testing.T) {
	for name, c := range map[string]struct{ good, bad []string }{
		"negotiated-with": {
			good: []string{`{}`, `{"actor":"Liu He","status":"any","limit":3}`},
			bad:  []string{`{"actor":""}`, `{"status":"dreamt"}`, `{"limit":-1}`, `{"limit":"3"}`, `{"nobody":1}`, `[]`},
		},
		"between":            {good: []string{`{"actor":"a","with":"b","stated-only":true}`}, bad: []string{`{}`, `{"actor":"a"}`, `{"actor":"a","with":"b","stated-only":"yes"}`}},
		"in-force":           {good: []string{`{"on":"2018-10-01","goods":"soybeans"}`}, bad: []string{`{"on":"2018-10-01","goods":""}`, `{"on":"2018-10-01","goods":1}`}},
		"retaliation-chains": {good: []string{`{"depth":2}`}, bad: []string{`{"direction":"up"}`}},
	} {
		schema := compiled(t, queries.Lookup(name).JSONSchema())
		for _, text := range c.good {
			if err := schema.Validate(instance(t, []byte(text))); err != nil {
				t.Errorf("%s %s: %v", name, text, err)
			}
		}
		for _, text := range c.bad {
			if schema.Validate(instance(t, []byte(text))) == nil {
				t.Errorf("%s %s fits", name, text)
			}
		}
	}
}
