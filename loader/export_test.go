package loader_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/vocab"
	"parley/loader"

	"github.com/cayleygraph/quad"
	"github.com/cayleygraph/quad/nquads"
	"github.com/piprate/json-gold/ld"
	"pgregory.net/rapid"
)

func export(t interface{ Fatal(...any) }, g *graph.Graph, format string) string {
	var b bytes.Buffer
	if err := loader.ExporterOf(format).Write(context.Background(), &b, g.Quads(context.Background())); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// someQuads draws quads of few terms, so that they meet, with literals and IRIs
// that are awkward to write, and more of them.
func someQuads(more ...quad.String) *rapid.Generator[[]quad.Quad] {
	iri := rapid.SampledFrom([]quad.Value{
		quad.IRI("http://x.example/a"), quad.IRI("http://x.example/é?b#c"), quad.IRI(vocab.Base + "person/ann"),
		quad.IRI(vocab.Base + "passage/p/1"), quad.IRI(vocab.Schema + "name"), quad.IRI(vocab.RDF + "type"),
		quad.IRI("schema:name"), quad.IRI("node:x"), quad.IRI("urn:parley:"), quad.IRI("http://x.example/@type"),
		quad.IRI(vocab.RDF + "nil"), quad.IRI(vocab.RDF + "first"), quad.IRI(vocab.RDF + "rest"),
	})
	node := rapid.OneOf(iri, rapid.SampledFrom([]quad.Value{quad.BNode("b0"), quad.BNode("f0123456789abcdef-b0"), quad.BNode("b-1.é")}))
	text := rapid.SampledFrom(append(more, "", "Ann", "刘鹤", "\"quoted\" \\ \t\n\r", "<script>&amp;\u2028", "1", "true"))
	literal := rapid.Custom(func(t *rapid.T) quad.Value {
		switch s := text.Draw(t, "text"); rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			return quad.LangString{Value: s, Lang: rapid.SampledFrom([]string{"en", "zh-hans"}).Draw(t, "language")}
		case 1:
			return quad.TypedString{Value: s, Type: rapid.SampledFrom([]quad.IRI{vocab.EDTF, vocab.Integer, vocab.XSD + "boolean", "http://x.example/t"}).Draw(t, "type")}
		default:
			return s
		}
	})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) quad.Quad {
		q := quad.Quad{Subject: node.Draw(t, "subject"), Predicate: iri.Draw(t, "predicate"), Object: rapid.OneOf(node, literal).Draw(t, "object")}
		if rapid.Bool().Draw(t, "labelled") {
			q.Label = node.Draw(t, "label")
		}
		return q
	}), 0, 12)
}

// canonical gives RDF with its blank nodes named by their places in it, as
// json-gold reads it.
func canonical(t interface{ Fatal(...any) }, input any, format string) string {
	options := ld.NewJsonLdOptions("")
	options.InputFormat, options.Format, options.Algorithm = format, "application/n-quads", ld.AlgorithmURDNA2015
	out, err := ld.NewJsonLdProcessor().Normalize(input, options)
	if err != nil {
		t.Fatal(err)
	}
	return out.(string)
}

// One content gives one text, byte for byte, in whatever order and portions it
// came; read back, it is the same content.
func TestExportIsOneText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		quads := someQuads("\u0000\u007f\uFFFE").Draw(t, "quads")
		one, other := openGraph(t), openGraph(t)
		if _, err := one.Add(context.Background(), quads); err != nil {
			t.Fatal(err)
		}
		for left := rapid.Permutation(quads).Draw(t, "order"); len(left) > 0; {
			n := rapid.IntRange(1, len(left)).Draw(t, "portion")
			if _, err := other.Add(context.Background(), left[:n]); err != nil {
				t.Fatal(err)
			}
			left = left[n:]
		}
		for _, format := range loader.ExportFormats() {
			if a, b := export(t, one, format), export(t, other, format); a != b {
				t.Fatalf("%s:\n%s\nin another order:\n%s", format, a, b)
			}
		}

		text, back := export(t, one, "nquads"), openGraph(t)
		var read []quad.Quad
		if err := loader.ReadNQuads(context.Background(), strings.NewReader(text), "x.nq", func(q quad.Quad) error {
			read = append(read, q)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := back.Add(context.Background(), read); err != nil {
			t.Fatal(err)
		}
		if again := export(t, back, "nquads"); again != text {
			t.Fatalf("exported:\n%s\nread back:\n%s", text, again)
		}
	})
}

// Others read what is exported as it was meant. (Json-gold keeps \u escapes of
// N-Quads as they are written, so here is no text that needs one.)
func TestExportIsReadByOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := openGraph(t)
		if _, err := g.Add(context.Background(), someQuads().Draw(t, "quads")); err != nil {
			t.Fatal(err)
		}
		text := export(t, g, "nquads")
		want := canonical(t, text, "application/n-quads")

		var document any
		if err := json.Unmarshal([]byte(export(t, g, "jsonld")), &document); err != nil {
			t.Fatal(err)
		}
		if got := canonical(t, document, ""); got != want {
			t.Fatalf("JSON-LD means\n%s\nN-Quads mean\n%s", got, want)
		}
		if lines := strings.Count(want, "\n"); lines != strings.Count(text, "\n") {
			t.Fatalf("json-gold reads %d statements of\n%s", lines, text)
		}

		reader := nquads.NewReader(strings.NewReader(text), true)
		var lines []string
		for {
			q, err := reader.ReadQuad()
			if errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			line, err := loader.FormatQuad(q)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line+"\n")
		}
		if slices.Sort(lines); strings.Join(lines, "") != text {
			t.Fatalf("cayley's reader reads\n%s\nof\n%s", lines, text)
		}
	})
}

func TestExportIsStopped(t *testing.T) {
	g := openGraph(t)
	if _, err := g.Add(context.Background(), []quad.Quad{quad.MakeIRI(vocab.Base+"person/ann", vocab.RDF+"type", vocab.Schema+"Person", "")}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, e := range loader.Exporters() {
		format := e.Name
		var b bytes.Buffer
		if err := e.Write(ctx, &b, g.Quads(ctx)); !errors.Is(err, context.Canceled) || b.Len() > 0 {
			t.Errorf("%s: %v after %q", format, err, &b)
		}
		stop := errors.New("stop")
		r, w := io.Pipe()
		_ = r.CloseWithError(stop)
		if err := e.Write(context.Background(), w, g.Quads(context.Background())); !errors.Is(err, stop) {
			t.Errorf("%s into a closed pipe: %v", format, err)
		}
	}
}
