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
	"time"

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
	if err := loader.Exporters["jsonld"](context.Background(), &b, func(yield func(quad.Quad, error) bool) {
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
	file, err := os.Open("../data/articles.nq")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var quads []quad.Quad
	if err := loader.ReadNQuads(context.Background(), file, "articles.nq", func(q quad.Quad) error {
		quads = append(quads, q)
		return nil
	}); err != nil {
		t.Fatal(err)
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

// TestHostileJSONLD gives documents that would take json-gold, or the memory,
// long: each ends with a word on what is wrong.
func TestHostileJSONLD(t *testing.T) {
	many := func(n int, format string) string { // % is the number, + the next one
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.NewReplacer("%", fmt.Sprint(i), "+", fmt.Sprint(i+1)).Replace(format))
		}
		return strings.TrimSuffix(b.String(), ",")
	}
	long := strings.Repeat("x", 1<<20)
	for name, c := range map[string]struct{ text, want string }{
		"deep":               {strings.Repeat("[", 1<<20), "nested more than 500 deep"},
		"deep objects":       {strings.Repeat(`{"@graph":[`, 1<<18), "nested more than 500 deep"},
		"values":             {`{"a:p":[` + many(1<<21, "1,") + `]}`, "more than 1048576 values"},
		"one text":           {`["` + strings.Repeat(long, 70), "longer than 64 MiB"},
		"terms":              {`{"@context":{` + many(1<<15, `"t%":"a:b",`) + `}}`, "more than 16384 terms"},
		"contexts":           {`{"@context":{` + many(1<<13, `"t%":"a:b",`) + `},"a:p":[` + many(1<<14, `{"@context":{}},`) + `]}`, "take too long"},
		"long prefix":        {`{"@context":{"p":"http://x.example/` + long + `/"},"a:p":{` + many(1<<12, `"p:%":1,`) + `}}`, "too much memory"},
		"chain of prefixes":  {`{"@context":{"t0":"a:b",` + many(1<<12, `"t+":"t%:x",`) + `},"a:p":1}`, "more than 64 deep"},
		"chain of datatypes": {`{"@context":{` + many(1<<14-10, `"t%":{"@id":"a:b","@type":"t+"},`) + `},"a:p":1}`, "invalid type mapping"},
		"prefix of itself":   {`{"@context":{"a":"b:x","b":"a:x"}}`, "or on themselves"},
	} {
		start := time.Now()
		_, err := readJSONLD(strings.NewReader(c.text))
		t.Logf("%-18s %v", name, time.Since(start).Round(time.Millisecond))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %.300v, want %q in it", name, err, c.want)
		}
	}
}

func FuzzReadJSONLD(f *testing.F) {
	files, _ := filepath.Glob("testdata/jsonld/*.jsonld")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		lines, err := readJSONLD(bytes.NewReader(text))
		again, err2 := readJSONLD(&slowly{text})
		if fmt.Sprint(err) != fmt.Sprint(err2) || !slices.Equal(lines, again) {
			t.Fatalf("at once %v\n%q\nbyte by byte %v\n%q", err, lines, err2, again)
		}
		if err != nil {
			var m *loader.Mistake
			if !errors.As(err, &m) || m.Line < 1 || m.Line > 1+bytes.Count(text, []byte("\n")) || m.Column < 1 || m.Problem == "" {
				t.Fatalf("a mistake without a place: %v", err)
			}
			return
		}
		var quads []quad.Quad
		if err := loader.ReadNQuads(context.Background(), strings.NewReader(strings.Join(lines, "\n")), "x.nq", func(q quad.Quad) error {
			quads = append(quads, q)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		_ = quads
	})
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
