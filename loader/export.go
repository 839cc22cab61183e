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
	Name string
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

// Exporters are the formats, the usual one first.
var Exporters = []*Exporter{
	{
		Name: "nquads", MediaType: "application/n-quads", Extension: ".nq", Write: exportNQuads,
		Meaning: "canonical N-Quads (RDF 1.1), which parley load reads",
	},
	{
		Name: "jsonld", MediaType: "application/ld+json", Extension: ".jsonld", Write: exportJSONLD,
		Meaning: "JSON-LD 1.1, a named graph for each reason",
	},
	{
		Name: "graphml", MediaType: "application/graphml+xml", Extension: ".graphml", Write: exportGraphML,
		Meaning: "GraphML 1.0, for yEd, igraph or NetworkX; " + noReasons + "; several values of a property are joined by \"" + several + "\", and control characters are replaced",
	},
	{
		Name: "gexf", MediaType: "application/gexf+xml", Extension: ".gexf", Write: exportGEXF,
		Meaning: "GEXF 1.3, for Gephi; like graphml",
	},
	{
		Name: "neo4j", MediaType: "application/zip", Extension: ".zip", Binary: true, Write: exportNeo4j,
		Meaning: "nodes.csv and relationships.csv in a zip archive, for neo4j-admin database import with --array-delimiter=U+001F and --multiline-fields=true; " + noReasons,
	},
	{
		Name: "cytoscape", MediaType: "application/json", Extension: ".cyjs", Write: exportCytoscape,
		Meaning: "elements of Cytoscape.js, in JSON; " + noReasons,
	},
	{
		Name: "dot", MediaType: "text/vnd.graphviz", Extension: ".dot", Write: exportDOT,
		Meaning: "DOT, for Graphviz to draw; like graphml",
	},
}

// ExportFormats lists the names of the formats.
func ExportFormats() []string {
	names := make([]string, len(Exporters))
	for i, e := range Exporters {
		names[i] = e.Name
	}
	return names
}

// ExporterOf returns the exporter of a format, nil where there is none.
func ExporterOf(format string) *Exporter {
	i := slices.IndexFunc(Exporters, func(e *Exporter) bool { return e.Name == format })
	if i < 0 {
		return nil
	}
	return Exporters[i]
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
