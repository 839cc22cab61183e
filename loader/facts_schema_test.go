package loader_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/loader"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

// factsSchema compiles the schema; that it is one is checked too.
func factsSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := loader.FactsSchema()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("facts.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("facts.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// valid judges a facts file by the schema, as an editor does.
func valid(t interface{ Fatal(...any) }, s *jsonschema.Schema, facts string) error {
	text, err := yaml.YAMLToJSON([]byte(facts))
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(document)
}

func TestFactsSchema(t *testing.T) {
	text, err := loader.FactsSchema()
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/facts.schema.json"
	if os.Getenv("UPDATE_WANT") != "" {
		if err := os.WriteFile(golden, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What can be read fits the schema: the built-in facts, the file to start from,
// and whatever facts are drawn.
func TestFactsSchemaTakes(t *testing.T) {
	s := factsSchema(t)
	files, err := filepath.Glob("../data/articles/*.yaml")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range append(files, "templates/facts.yaml", "testdata/facts/good.yaml") {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(t, s, string(src)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		src := asYAML(drawFacts(rt))
		if _, err := loader.ReadFacts("x.yaml", []byte(src)); err != nil {
			rt.Fatal(err)
		}
		if err := valid(rt, s, src); err != nil {
			rt.Fatalf("%s\n%v", src, err)
		}
	})
}

// Each mistake is one to the reader too.
func TestFactsSchemaRefuses(t *testing.T) {
	s := factsSchema(t)
	const good = `references:
  - {id: reference/r, url: "http://r.example/", title: R, published: 2018}
facts:
  - {person: person/a, at: reference/r, name: A, same-as: "http://x.example/a"}
  - {measure: measure/m, at: reference/r, name: M, instrument: tariff}
  - {move: move/m, at: reference/r, name: M, measure: measure/m, phase: raised, date: 2018-06, rate: 5%, value: 2 billion USD, hs: [1201, "02"]}
  - meeting: meeting/m
    at: [reference/r]
    name: M
    date: "2018-06-02/2018-06-03"
    participants: [person/a, {actor: country/usa, role: lead}]
`
	if err := valid(t, s, good); err != nil {
		t.Fatal(err)
	}
	if _, err := loader.ReadFacts("x.yaml", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to string }{
		{"facts:", "fatcs:"},
		{"name: A", "names: A"},
		{"name: A", "kind: talks"},
		{"name: A", "name: null"},
		{"name: A", `name: " "`},
		{"name: A", "name: [A, B]"},
		{"person: person/a", "person: country/a"},
		{"person: person/a", "person: person/A"},
		{"person: person/a", "preson: person/a"},
		{"at: reference/r, name: A", "name: A"},
		{"at: reference/r, name: A", "at: paragraph 4, name: A"},
		{"at: [reference/r]", "at: []"},
		{"same-as: \"http://x.example/a\"", "same-as: a"},
		{"instrument: tariff", "instrument: tarif"},
		{"phase: raised", "phase: up"},
		{"date: 2018-06,", "date: June 2018,"},
		{"date: 2018-06,", "date: 2018-06-02-03,"},
		{"2018-06-02/2018-06-03", "2018-06-02/ 2018-06-03"},
		{"rate: 5%", "rate: 5"},
		{"rate: 5%", "rate: five%"},
		{"value: 2 billion USD", "value: 2bn USD"},
		{"value: 2 billion USD", "value: 2 billion dollars"},
		{"\"02\"", "\"021\""},
		{"role: lead", "role: leader"},
		{"actor: country/usa, ", ""},
		{"actor: country/usa", "actor: place/usa"},
		{"title: R, ", ""},
		{"url: \"http://r.example/\"", "url: r.example"},
		{"published: 2018", "published: yesterday"},
		{"published: 2018", "sha256: 00"},
	} {
		bad := strings.Replace(good, c.from, c.to, 1)
		if bad == good {
			t.Fatalf("%q is not there", c.from)
		}
		if err := valid(t, s, bad); err == nil {
			t.Errorf("%q for %q is taken", c.to, c.from)
		}
		if _, err := loader.ReadFacts("x.yaml", []byte(bad)); err == nil {
			t.Errorf("%q for %q is read", c.to, c.from)
		}
	}
}
