package loader

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The W3C suites for Turtle and TriG come with a Go module, which is needed for
// nothing else.
const w3cModule = "github.com/geoknoesis/rdf-go@v0.1.0"

// The names of the suites' files say what is to become of them: -bad- is to be
// refused; what has a file of N-Triples or N-Quads beside it is to be that.
func TestTurtleW3C(t *testing.T) {
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Skip("no go command: ", err)
	}
	suites := filepath.Join(strings.TrimSpace(string(cache)), filepath.FromSlash(w3cModule), "w3c-tests", "rdf-tests", "rdf", "rdf11")
	if _, err := os.Stat(suites); err != nil {
		t.Skip("the W3C suites are missing: go mod download " + w3cModule)
	}
	for _, suite := range []struct {
		name, ending, result string
		files, results       int
		read                 turtleReader
	}{
		{"rdf-turtle", ".ttl", ".nt", 315, 111, ReadTurtle},
		{"rdf-trig", ".trig", ".nq", 357, 108, ReadTriG},
	} {
		files, err := filepath.Glob(filepath.Join(suites, suite.name, "*"+suite.ending))
		if err != nil {
			t.Fatal(err)
		}
		// No manifest lists test-38: its escapes are halves of surrogate pairs.
		files = slices.DeleteFunc(files, func(file string) bool {
			return slices.Contains([]string{"manifest.ttl", "test-38.ttl"}, filepath.Base(file))
		})
		results := 0
		for _, file := range files {
			name := filepath.Base(file)
			t.Run(name, func(t *testing.T) {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				// The base of each file is its address.
				quads, err := turtleQuads(suite.read, "@base <https://w3c.github.io/rdf-tests/rdf/rdf11/"+suite.name+"/"+name+"> . "+string(text))
				if strings.Contains(name, "-bad-") {
					var m *Mistake
					if !errors.As(err, &m) {
						t.Fatalf("%v, accepted:\n%s", err, text)
					}
					t.Log(err)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if again := rewrite(t, quads); !slices.Equal(again, quads) {
					t.Fatalf("written and read again: %v, want %v", again, quads)
				}
				expected, err := os.ReadFile(strings.TrimSuffix(file, suite.ending) + suite.result)
				if os.IsNotExist(err) {
					return
				} else if err != nil {
					t.Fatal(err)
				}
				results++
				want, err := readString(string(expected))
				if err != nil {
					t.Fatal(err)
				}
				sameGraph(t, quads, want)
			})
		}
		if len(files) != suite.files || results != suite.results {
			t.Errorf("%s has %d files and %d results, want %d and %d", suite.name, len(files), results, suite.files, suite.results)
		}
	}
}
