package loader

import (
	"bufio"
	"context"
	"errors"
	"io"
	"iter"
	"slices"

	"parley/graph"

	"github.com/cayleygraph/quad"
)

// An Exporter writes a graph in one format.
type Exporter struct {
	Name string // the format's
	// MediaType is the format's Internet media type.
	MediaType string
	// Extension is that of a file's name, with its dot.
	Extension string
	// Meaning says what the format is, for whom, and what it cannot carry.
	Meaning string
	// Binary tells that it is nothing for a screen.
	Binary bool
	// Write writes quads that come once each. One content gives one text,
	// whatever the order of the quads, of which all are read before anything is
	// written. Memory is bounded: what is more is sorted in files that are gone
	// in the end.
	Write func(ctx context.Context, w io.Writer, quads graph.Quads) error
}

// noReasons is what formats of property graphs cannot carry.
const noReasons = "without the reasons, languages and datatypes of literals"

// Exporters lists how graphs are written, the usual format first, then by name.
func Exporters() []*Exporter {
	var all []*Exporter
	for _, f := range formats {
		switch {
		case f.Out == nil:
		case f.Name == "nquads":
			all = slices.Insert(all, 0, f.Out)
		default:
			all = append(all, f.Out)
		}
	}
	return all
}

// ExportFormats lists the names of the formats.
func ExportFormats() []string {
	var names []string
	for _, e := range Exporters() {
		names = append(names, e.Name)
	}
	return names
}

// ExporterOf returns the exporter of a format, nil where there is none.
func ExporterOf(format string) *Exporter {
	for _, f := range formats {
		if f.Name == format {
			return f.Out
		}
	}
	return nil
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
