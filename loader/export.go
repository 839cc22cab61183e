package loader

import (
	"bytes"
	"context"
	"io"
	"iter"
	"maps"
	"slices"

	"parley/graph"

	"github.com/cayleygraph/quad"
)

// Exporters write a graph whole, by the name of the format. One content gives
// one text, whatever the order of loading.
var Exporters = map[string]func(context.Context, io.Writer, *graph.Graph) error{
	"nquads": exportNQuads,
	"jsonld": exportJSONLD,
}

// ExportFormats lists the names of the formats.
func ExportFormats() []string { return slices.Sorted(maps.Keys(Exporters)) }

// exportNQuads writes canonical N-Quads in the order of their lines.
func exportNQuads(ctx context.Context, w io.Writer, g *graph.Graph) error {
	sorted, err := sortedQuads(g.Quads(ctx))
	if err != nil {
		return err
	}
	_, err = WriteNQuads(w, func(yield func(quad.Quad, error) bool) {
		for _, q := range sorted {
			if !yield(q.Quad, nil) {
				return
			}
		}
	})
	return err
}

// sortedQuad is a quad and its line of canonical N-Quads.
type sortedQuad struct {
	quad.Quad
	line []byte
}

// sortedQuads reads quads and sorts them by their lines.
func sortedQuads(quads iter.Seq2[quad.Quad, error]) ([]sortedQuad, error) {
	var sorted []sortedQuad
	for q, err := range quads {
		if err != nil {
			return nil, err
		}
		line, err := AppendQuad(nil, q)
		if err != nil {
			return nil, err
		}
		sorted = append(sorted, sortedQuad{q, line})
	}
	slices.SortFunc(sorted, func(a, b sortedQuad) int { return bytes.Compare(a.line, b.line) })
	return sorted, nil
}
