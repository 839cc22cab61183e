package loader

import (
	"bufio"
	"context"
	"errors"
	"io"
	"iter"
	"maps"
	"slices"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// Exporters write quads that come once each, by the name of the format. One
// content gives one text, whatever the order of the quads. Memory is bounded:
// what is more is sorted in files that are gone in the end.
var Exporters = map[string]func(context.Context, io.Writer, iter.Seq2[quad.Quad, error]) error{
	"nquads": exportNQuads,
	"jsonld": exportJSONLD,
	"ftm":    exportFTM,
}

// ExportFormats lists the names of the formats.
func ExportFormats() []string { return slices.Sorted(maps.Keys(Exporters)) }

// Stated leaves out rules and what they inferred.
func Stated(quads iter.Seq2[quad.Quad, error]) iter.Seq2[quad.Quad, error] {
	return func(yield func(quad.Quad, error) bool) {
		for q, err := range quads {
			if id, _ := graph.IDOf(q.Label); err == nil && id.Folder() == vocab.Rule.Folder {
				continue
			}
			if !yield(q, err) {
				return
			}
		}
	}
}

// lookAtContext is how many lines are written between two looks at the context.
const lookAtContext = 1 << 12

// exportNQuads writes canonical N-Quads in the order of their lines.
func exportNQuads(ctx context.Context, w io.Writer, quads iter.Seq2[quad.Quad, error]) (err error) {
	s := &sorter{}
	defer func() { err = errors.Join(err, s.close()) }()
	for q, err := range quads {
		if err != nil {
			return err
		}
		if err := s.add(func(to []byte) ([]byte, error) {
			line, err := AppendQuad(to, q)
			return append(line, '\n'), err
		}); err != nil {
			return err
		}
	}
	out := bufio.NewWriterSize(w, 64<<10)
	n := 0
	err = s.all(func(line []byte) error {
		if n++; n%lookAtContext == 1 && ctx.Err() != nil {
			return ctx.Err()
		}
		_, err := out.Write(line)
		return err
	})
	if err != nil {
		return err
	}
	return out.Flush()
}
