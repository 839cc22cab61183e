package loader_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"
	"parley/loader"

	"github.com/cayleygraph/quad"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// listed gives quads as a graph does.
func listed(quads []quad.Quad) iter.Seq2[quad.Quad, error] {
	return func(yield func(quad.Quad, error) bool) {
		for _, q := range quads {
			if !yield(q, nil) {
				return
			}
		}
	}
}

// distinct keeps of each quad the first.
func distinct(quads []quad.Quad) (list []quad.Quad) {
	for _, q := range quads {
		if !slices.Contains(list, q) {
			list = append(list, q)
		}
	}
	return list
}

// needsGraphviz skips what only Graphviz can check.
func needsGraphviz(t *testing.T, format string) {
	t.Helper()
	if _, err := exec.LookPath("dot"); err != nil && format == "dot" {
		t.Skip("Graphviz is not installed")
	}
}

// Other readers see the nodes, the edges and the properties that there are,
// whatever is in their texts.
func TestPropertyGraphsAreReadByOthers(t *testing.T) {
	for format, f := range propertyFormats {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			needsGraphviz(t, format)
			rapid.Check(t, func(t *rapid.T) {
				quads := distinct(someQuads("\u0000\u001f\u007f\uFFFE", "]]> &lt; &amp;lt;", "a;b|c,d", "\r\n'", "\\", "\\N", "-0.5").Draw(t, "quads"))
				var b bytes.Buffer
				if err := loader.ExporterOf(format).Write(context.Background(), &b, listed(quads)); err != nil {
					t.Fatal(err)
				}
				got, err := f.read(b.Bytes())
				if err != nil {
					t.Fatalf("%v in\n%s", err, &b)
				}
				want := plainGraph(quads).through(f.text)
				if diff := cmp.Diff(want, got.through(same), cmp.AllowUnexported(readGraph{})); diff != "" {
					t.Fatalf("read (+) is not what is there:\n%s\nin\n%s", diff, &b)
				}
			})
		})
	}
}

// small is a small graph with what formats must take care of: several values,
// two reasons, what a rule inferred, another vocabulary and awkward texts.
func small(t *testing.T) *graph.Graph {
	t.Helper()
	g := openGraph(t)
	for _, d := range graphtest.Documents() {
		if _, err := g.Add(t.Context(), d.Quads()); err != nil {
			t.Fatal(err)
		}
	}
	foreign := quad.IRI("http://x.example/thing")
	if _, err := g.Add(t.Context(), []quad.Quad{
		{Subject: foreign, Predicate: quad.IRI(vocab.RDF + "type"), Object: quad.IRI("http://x.example/Thing")},
		{Subject: foreign, Predicate: quad.IRI("http://x.example/tells"), Object: quad.String("<\"tea\" & \\ cake>\n\u0007; \u001f")},
		{Subject: foreign, Predicate: quad.IRI("http://x.example/of"), Object: quad.BNode("f0123456789abcdef-b0"), Label: quad.IRI("http://x.example/g")},
		{Subject: foreign, Predicate: quad.IRI("http://x.example/of"), Object: graph.ID("country/arl").Value()},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestPropertyGraphGoldens(t *testing.T) {
	g := small(t)
	for format := range propertyFormats {
		t.Run(format, func(t *testing.T) {
			e := loader.ExporterOf(format)
			text := export(t, g, format)
			if format != "neo4j" {
				golden(t, "testdata/export/small"+e.Extension, text)
				return
			}
			z, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range z.File {
				r, err := f.Open()
				if err != nil {
					t.Fatal(err)
				}
				b, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				golden(t, "testdata/export/small-"+f.Name, string(b))
			}
		})
	}
}

// Graphviz draws what is exported.
func TestGraphvizDraws(t *testing.T) {
	needsGraphviz(t, "dot")
	graphviz := exec.Command("dot", "-Tsvg")
	graphviz.Stdin = strings.NewReader(export(t, small(t), "dot"))
	var told bytes.Buffer
	graphviz.Stderr = &told
	out, err := graphviz.Output()
	if err != nil || told.Len() > 0 {
		t.Fatalf("%v: %s", err, &told)
	}
	var svg struct{}
	if err := wellFormed(out, &svg); err != nil {
		t.Error(err)
	}
	for _, want := range []string{">Ada Quill<", ">was done by<", `stroke-dasharray`} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("the picture lacks %s", want)
		}
	}
}

// The names that nodes and edges have in every format are not those of the
// vocabulary, and no two predicates share one, so that nothing is mixed up.
func TestPropertyNamesDiffer(t *testing.T) {
	properties := map[string]bool{"id": true, "label": true, "class": true, "parent": true}
	kinds := map[string]bool{}
	for _, p := range vocab.Predicates() {
		names := kinds
		if p.Literal != "" {
			names = properties
		}
		if names[p.Name] || strings.ContainsAny(p.Name, ":/") {
			t.Errorf("the name of %s means something else too", p.IRI)
		}
		names[p.Name] = true
	}
}

// The names of all properties are kept in memory, so that too many are refused.
func TestTooManyProperties(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	quads := func(yield func(quad.Quad, error) bool) {
		for i := range 20 {
			if !yield(quad.Quad{Subject: quad.IRI("http://x.example/s"), Predicate: quad.IRI(fmt.Sprintf("http://x.example/%d%s", i, long)), Object: quad.String("x")}, nil) {
				return
			}
		}
	}
	var b bytes.Buffer
	err := loader.ExporterOf("graphml").Write(t.Context(), &b, quads)
	if err == nil || !strings.Contains(err.Error(), "nquads") || b.Len() > 0 {
		t.Errorf("%.100v after %d bytes", err, b.Len())
	}
}
