package loader_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/graph/vocab"
	"parley/loader"

	"github.com/cayleygraph/quad"
	"pgregory.net/rapid"
)

// readJSONLD gives the lines of what it reads, in canonical N-Quads.
func readJSONLD(r io.Reader) (lines []string, err error) {
	err = loader.ReadJSONLD(context.Background(), r, "x.jsonld", func(q quad.Quad) error {
		line, err := loader.FormatQuad(q)
		lines = append(lines, line)
		return err
	})
	return lines, err
}

// TestReadJSONLD reads each document of testdata/jsonld: beside it is what it
// means, in N-Quads, or what is wrong with it.
func TestReadJSONLD(t *testing.T) {
	files, err := filepath.Glob("testdata/jsonld/*.jsonld")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d documents, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".jsonld"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			base := strings.TrimSuffix(file, ".jsonld")
			want, noQuads := os.ReadFile(base + ".nq")
			problems, noWant := os.ReadFile(base + ".want")
			if (noQuads == nil) == (noWant == nil) {
				t.Fatal("want either a .nq or a .want beside it")
			}
			for name, r := range map[string]io.Reader{"at once": bytes.NewReader(text), "byte by byte": &slowly{text}} {
				lines, err := readJSONLD(r)
				if noQuads != nil {
					if err == nil || err.Error()+"\n" != string(problems) {
						t.Errorf("%s: wrong is\n%v\nwant\n%s", name, err, problems)
					}
					continue
				}
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if got := strings.Join(append(lines, ""), "\n"); got != string(want) {
					t.Errorf("%s: means\n%s\nwant\n%s", name, got, want)
				}
			}
		})
	}
}

// slowly reads byte by byte.
type slowly struct{ rest []byte }

func (s *slowly) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:1], s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// exported writes quads as JSON-LD, and gives their lines in order, each once.
func exported(t interface{ Fatal(...any) }, quads []quad.Quad) (text string, lines []string) {
	for _, q := range quads {
		line, err := loader.FormatQuad(q)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	var b bytes.Buffer
	if err := loader.ExporterOf("jsonld").Write(context.Background(), &b, func(yield func(quad.Quad, error) bool) {
		seen := map[string]bool{}
		for _, q := range quads {
			if line, _ := loader.FormatQuad(q); !seen[line] {
				seen[line] = true
				if !yield(q, nil) {
					return
				}
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	return b.String(), lines
}

func wantSame(t interface {
	Fatal(...any)
	Fatalf(string, ...any)
}, text string, want []string,
) {
	got, err := readJSONLD(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v\nin\n%.2000s", err, text)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		for _, line := range got {
			if _, ok := slices.BinarySearch(want, line); !ok {
				t.Fatalf("not in what was exported: %s", line)
			}
		}
		t.Fatalf("%d statements of %d", len(got), len(want))
	}
}

// What is exported comes back the same, blank nodes and language tags by the
// letter.
func TestExportedJSONLDIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		quads := someQuads("\u0000\u007f\uFFFE", "=^A", "@id", "_:b0").Draw(t, "quads")
		tag := rapid.StringMatching("[a-zA-Z]{1,3}(-[A-Za-z0-9]{1,3})?")
		text := rapid.String()
		for i := range quads {
			if literal, ok := quads[i].Object.(quad.LangString); ok {
				literal.Lang = tag.Draw(t, "tag")
				quads[i].Object = literal
			}
			if _, ok := quads[i].Object.(quad.String); ok {
				quads[i].Object = quad.String(text.Draw(t, "any text"))
			}
		}
		exported, lines := exported(t, quads)
		wantSame(t, exported, lines)
	})
}

// A file of more than is held in memory means the same as a small one.
func TestManyNodesOfJSONLD(t *testing.T) {
	large(t)
	var quads []quad.Quad
	long := strings.Repeat("long ", 80)
	for i := range 12_000 {
		for _, label := range []quad.Value{nil, quad.IRI("http://x.example/g"), quad.BNode("g")} {
			quads = append(quads, quad.Quad{
				Subject: quad.IRI(fmt.Sprintf("%sthing/%d", vocab.Base, i)), Predicate: vocab.Name.IRI,
				Object: quad.LangString{Value: quad.String(fmt.Sprintf("Thing number %d with a %sname", i, long)), Lang: "en-GB"}, Label: label,
			})
		}
	}
	text, lines := exported(t, quads)
	wantSame(t, text, lines)
}

func TestBuiltinDataAsJSONLD(t *testing.T) {
	g := openGraph(t)
	if _, err := load(g, []string{"../data/articles"}); err != nil {
		t.Fatal(err)
	}
	var quads []quad.Quad
	for q, err := range g.Quads(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		quads = append(quads, q)
	}
	text, lines := exported(t, quads)
	wantSame(t, text, lines)
}

// Nodes without a label get none that is in the file, wherever it stands.
func TestUnnamedNodesOfJSONLD(t *testing.T) {
	lines, err := readJSONLD(strings.NewReader(`[
{"http://x.example/p": [{}, {"@id": "_:jsonld-0"}, {"@id": "_:jsonld-x0"}, {"@id": "_:jsonld-x"}, {"@id": "_:b0"}]},
{"@id": "_:jsonld-0", "http://x.example/p": {"@id": "_:b0"}}]`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"_:jsonld-0 <http://x.example/p> _:jsonld-1 .",
		"_:jsonld-0 <http://x.example/p> _:jsonld-x0 .",
		"_:jsonld-0 <http://x.example/p> _:jsonld-xx0 .",
		"_:jsonld-0 <http://x.example/p> _:jsonld-x .",
		"_:jsonld-0 <http://x.example/p> _:b0 .",
		"_:jsonld-x0 <http://x.example/p> _:b0 .",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("%q, want %q", lines, want)
	}
}

func TestReadJSONLDTellsOfEmit(t *testing.T) {
	const text = `{"@graph": [
 {"@id": "http://x.example/a", "http://x.example/p": 1},
 {"@id": "http://x.example/b", "http://x.example/p": 2},
 {"@id": "http://x.example/c", "http://x.example/p": 3}]}`
	var read []quad.Value
	err := loader.ReadJSONLD(context.Background(), strings.NewReader(text), "x.jsonld", func(q quad.Quad) error {
		if q.Subject == quad.IRI("http://x.example/b") {
			return &loader.Mistake{Field: "subject", Problem: "is not wanted"}
		}
		read = append(read, q.Subject)
		return nil
	})
	if err == nil || err.Error() != "x.jsonld:3:2: subject: is not wanted" || len(read) != 2 {
		t.Errorf("%v after %v", err, read)
	}
	stop := errors.New("stop")
	err = loader.ReadJSONLD(context.Background(), strings.NewReader(text), "x.jsonld", func(quad.Quad) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("%v, want %v", err, stop)
	}
	ctx, cancel := context.WithCancel(context.Background())
	err = loader.ReadJSONLD(ctx, strings.NewReader(text), "x.jsonld", func(quad.Quad) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
	r, w := io.Pipe()
	go func() {
		_, _ = io.WriteString(w, "[\n1")
		_ = w.CloseWithError(stop)
	}()
	if _, err := readJSONLD(r); !errors.Is(err, stop) || !strings.Contains(err.Error(), "x.jsonld:2: ") {
		t.Errorf("%v, want %v in line 2", err, stop)
	}
}

func BenchmarkReadJSONLD(b *testing.B) {
	var quads []quad.Quad
	for i := range 20_000 {
		s, label := quad.IRI(fmt.Sprintf("%smeeting/%d", vocab.Base, i)), quad.IRI(fmt.Sprintf("%spassage/p/%d", vocab.Base, i/8))
		quads = append(quads,
			quad.Quad{Subject: s, Predicate: vocab.Type.IRI, Object: vocab.Meeting.IRI, Label: label},
			quad.Quad{Subject: s, Predicate: vocab.Name.IRI, Object: quad.String(fmt.Sprintf("Talks number %d on the pier", i)), Label: label},
			quad.Quad{Subject: s, Predicate: vocab.Date.IRI, Object: quad.TypedString{Value: "2018-09-24", Type: vocab.EDTF}, Label: label})
	}
	text, _ := exported(b, quads)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		if err := loader.ReadJSONLD(context.Background(), strings.NewReader(text), "x.jsonld", func(quad.Quad) error {
			n++
			return nil
		}); err != nil || n != len(quads) {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(len(quads)*b.N)/b.Elapsed().Seconds(), "quads/s")
}

// A graph of many nodes that tells its name only after them is refused where it
// is too late for that, and read where all of it is in memory.
func TestLateNamesOfJSONLD(t *testing.T) {
	nodes := func(n int) string {
		return strings.TrimSuffix(strings.Repeat(`{"@id":"http://x.example/a","http://x.example/p":"`+strings.Repeat("x", 1000)+"\"},\n", n), ",\n")
	}
	for _, c := range []struct {
		text, want string
		lines      int
	}{
		{`{"@graph":[` + nodes(3000) + `],"@id":"http://x.example/g"}`, "", 3000},
		{
			`{"@graph":[` + nodes(6000) + `],"@id":"http://x.example/g"}`,
			`x.jsonld:6000:1055: @id: the key comes after a "@graph" of more than 4 MiB: write it before`, 6000,
		},
		{`[{"@graph":[` + nodes(6000) + `],"@id":"http://x.example/g"}]`, "", 6000},
		{`[{"@id":"http://x.example/g","@graph":[` + nodes(6000) + `]},` + nodes(1) + `]`, "", 6001},
	} {
		lines, err := readJSONLD(strings.NewReader(c.text))
		if c.want == "" && err != nil || c.want != "" && (err == nil || err.Error() != c.want) || len(lines) != c.lines {
			t.Errorf("%.50s…: %d statements, %v, want %d and %q", c.text, len(lines), err, c.lines, c.want)
			continue
		}
		if named := strings.HasSuffix(lines[0], " <http://x.example/g> ."); named != (c.want == "") {
			t.Errorf("%.50s…: %s", c.text, lines[0])
		}
	}
}

// No name of the built-in context hides a prefix.
func TestPrefixesOfJSONLDContext(t *testing.T) {
	for prefix, namespace := range vocab.Prefixes {
		lines, err := readJSONLD(strings.NewReader(fmt.Sprintf(`{"@context": %q, "id": "%s:x", "name": "X"}`, loader.JSONLDContext, prefix)))
		want := []string{fmt.Sprintf("<%sx> %s \"X\" .", namespace, vocab.Name.IRI)}
		if err != nil || !slices.Equal(lines, want) {
			t.Errorf("%s: %q, %v, want %q", prefix, lines, err, want)
		}
	}
}
