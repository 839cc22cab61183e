package loader

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/cayleygraph/quad"
	"github.com/cayleygraph/quad/nquads"
)

// w3cSuite is the W3C RDF 1.1 N-Quads syntax suite. It lies beside the
// repository, not in it.
const w3cSuite = "../../shared/peer-data/w3c-nquads"

// Each entry of the manifest names its kind first and its file in mf:action.
var w3cEntry = regexp.MustCompile(`(?s)<#[^>]+> a rdft:TestNQuads(Positive|Negative)Syntax ;.*?mf:action\s+<([^>]+)>`)

func TestNQuadsW3C(t *testing.T) {
	manifest, err := os.ReadFile(filepath.Join(w3cSuite, "manifest.ttl"))
	if os.IsNotExist(err) {
		t.Skip("the W3C suite is missing: " + w3cSuite)
	} else if err != nil {
		t.Fatal(err)
	}
	entries := w3cEntry.FindAllStringSubmatch(string(manifest), -1)
	listed := regexp.MustCompile(`(?m)^ +<#[^>]+>$`).FindAll(manifest, -1)
	if len(entries) != 87 || len(listed) != 87 {
		t.Fatalf("the manifest describes %d tests and lists %d, want 87", len(entries), len(listed))
	}
	passed := 0
	for _, entry := range entries {
		kind, file := entry[1], entry[2]
		ok := t.Run(file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(w3cSuite, file))
			if err != nil {
				t.Fatal(err)
			}
			quads, err := readString(string(text))
			switch {
			case kind == "Negative" && err == nil:
				t.Fatalf("accepted:\n%s", text)
			case kind == "Negative":
				t.Log(err)
				return
			case err != nil:
				t.Fatal(err)
			}
			if again := rewrite(t, quads); !slices.Equal(again, quads) {
				t.Fatalf("written and read again: %v, want %v", again, quads)
			}
		})
		if ok {
			passed++
		}
	}
	t.Logf("%d of %d passed", passed, len(entries))
}

// The values of some files, which the suite itself does not state.
func TestNQuadsW3CValues(t *testing.T) {
	if _, err := os.Stat(w3cSuite); err != nil {
		t.Skip("the W3C suite is missing: " + w3cSuite)
	}
	for file, want := range map[string]quad.Value{
		"literal_all_controls.nq":         quad.String("\x00\x01\x02\x03\x04\x05\x06\a\b\t\v\f\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"),
		"literal_ascii_boundaries.nq":     quad.String("\x00\t\v\f\x0e&([]\x7f"),
		"literal_with_numeric_escape4.nq": quad.String("o"),
		"literal_with_numeric_escape8.nq": quad.String("o"),
		"langtagged_string.nq":            quad.LangString{Value: "chat", Lang: "en"},
		"lantag_with_subtag.nq":           quad.LangString{Value: "Cheers", Lang: "en-UK"},
		"nt-syntax-datatypes-01.nq":       quad.TypedString{Value: "123", Type: nqXSD + "byte"},
		"nq-syntax-bnode-06.nq":           quad.String("o"),
	} {
		text, err := os.ReadFile(filepath.Join(w3cSuite, file))
		if err != nil {
			t.Fatal(err)
		}
		quads, err := readString(string(bytes.TrimSpace(text)))
		if err != nil || len(quads) != 1 || quads[0].Object != want {
			t.Errorf("%s: %v, %v, want object %#v", file, quads, err, want)
		}
	}
}

// Why this package does not use Cayley's own reader: it takes what is not
// N-Quads, refuses what is, and changes values.
func TestCayleyReaderIsLax(t *testing.T) {
	if q, err := nquads.Parse(`<s> "p" <o> .`); err != nil || q.Predicate != quad.String("p") {
		t.Errorf("relative IRIs and a literal predicate: %v, %v", q, err)
	}
	if q, err := nquads.Parse(`<a:s><a:p><a:o>.`); err == nil {
		t.Errorf("no white space: %v", q)
	}
	if q, err := nquads.Parse(`<a:\u00e9> <a:p> "1"^^<xsd:integer> .`); err != nil || q.Subject != quad.IRI(`a:\u00e9`) || q.Object != quad.Int(1) {
		t.Errorf("escape kept in an IRI, another datatype than written: %v, %v", q, err)
	}
	for _, text := range []string{`<s> "p" <o> .`, `<a:\u00e9> <a:p> "1"^^<xsd:integer> .`, `<a:s><a:p><a:o>.`} {
		quads, err := readString(text)
		if bad := text[1] == 's'; bad != (err != nil) || !bad && quads[0].Object == quad.Int(1) {
			t.Errorf("%s: %v, %v", text, quads, err)
		}
	}
}
