package loader

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cayleygraph/quad"
	"pgregory.net/rapid"
)

// However quads are spelled, the same are read.
func TestTurtleSpellings(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.OneOf(
		rapid.RuneFrom([]rune("\"\\'tnu\x7f\u0080\uFEFF\uFFFD\uFFFE\uFFFF\U0010FFFF")), rapid.Map(rapid.IntRange(0, ' '), func(i int) rune { return rune(i) }))))
	iri := rapid.OneOf(
		rapid.StringMatching(`[a-z][a-z0-9+.-]{0,3}:[!#-;=?-\[\]_a-z~é-퟿\x{10000}-\x{10FFFF}]{0,9}`),
		rapid.StringMatching(`http://e\.org(/(a/b/|a#)?([a-zé0-9·_-]|[.:~!$&'()*+,;=?@/#]|%4[1-9A-Fa-f]){0,6})?`),
		rapid.StringMatching(`(urn:x:|http://e\.org/)[a-b0.é]{0,2}`))
	for _, trig := range []bool{false, true} {
		read := turtleReader(ReadTurtle)
		if trig {
			read = ReadTriG
		}
		rapid.Check(t, func(t *rapid.T) {
			quads := turtleQuadsOf(t, text, iri, `[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8}){0,2}`, trig)
			spelled := spellTurtle(t, quads, trig, false)
			got, err := turtleQuads(read, spelled)
			if err != nil {
				t.Fatalf("%s\n%v", spelled, err)
			}
			for i := range quads {
				quads[i].Object = lexical(quads[i].Object)
			}
			if len(got) != len(quads) {
				t.Fatalf("%s\n%d quads, want %d", spelled, len(got), len(quads))
			}
			sameGraph(t, got, quads)
		})
	}
}

// Raptor is another reader of both, which normalises IRIs and language tags: so
// here are only such as are normal. Its TriG is older than the Recommendation.
func TestTurtleAsRapper(t *testing.T) {
	large(t)
	rapper, err := exec.LookPath("rapper")
	if err != nil {
		t.Skip("rapper is missing: install raptor2-utils")
	}
	text := rapid.StringMatching(`[ -~\n\t\ré😀]{0,9}`)
	iri := rapid.OneOf(rapid.StringMatching(`http://e\.org/(a#)?[a-z0-9_-]{1,4}`), rapid.StringMatching(`urn:x:[a-b]`))
	for name, read := range map[string]turtleReader{"turtle": ReadTurtle, "trig": ReadTriG} {
		document := rapid.Custom(func(t *rapid.T) string {
			quads := turtleQuadsOf(t, text, iri, `[a-z]{2}(-[a-z]{2})?`, name == "trig")
			for i := range quads {
				if _, blank := quads[i].Label.(quad.BNode); blank {
					quads[i].Label = quad.IRI("urn:x:g")
				}
			}
			return spellTurtle(t, quads, name == "trig", name == "trig")
		})
		for i := range 100 {
			text := document.Example(i)
			cmd := exec.Command(rapper, "-q", "-i", name, "-o", "nquads", "-", "http://base.example/")
			cmd.Stdin = strings.NewReader(text)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%s\n%v: %s", text, err, &stderr)
			}
			want, err := readString(string(out))
			if err != nil {
				t.Fatalf("%s\n%v", out, err)
			}
			got, err := turtleQuads(read, text)
			if err != nil {
				t.Fatalf("%s\n%v", text, err)
			}
			if g, w := unlabelled(got), unlabelled(want); !slices.Equal(g, w) {
				t.Errorf("%s of\n%s\ngot\n%s\nrapper has\n%s", name, text, strings.Join(g, "\n"), strings.Join(w, "\n"))
			}
		}
	}
}

// The documents of testdata/turtle are read as the N-Quads beside them say.
func TestTurtleGolden(t *testing.T) {
	for name, read := range map[string]turtleReader{"visit.ttl": ReadTurtle, "talks.trig": ReadTriG} {
		text, err := os.ReadFile(filepath.Join("testdata", "turtle", name))
		if err != nil {
			t.Fatal(err)
		}
		quads, err := turtleQuads(read, string(text))
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if _, err := WriteNQuads(&got, withNil(quads)); err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", "turtle", strings.TrimSuffix(name, filepath.Ext(name))+".nq")
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != string(want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, &got, want)
		}
	}
}
