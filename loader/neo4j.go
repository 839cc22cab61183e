package loader

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/cayleygraph/quad"
)

var _ = registerFormat(&Format{
	Name: "neo4j", Title: "Neo4j's CSV",
	Out: &Exporter{
		MediaType: "application/zip", Extension: ".zip", Binary: true, Write: exportNeo4j,
		Meaning: "nodes.csv and relationships.csv in a zip archive, for neo4j-admin database import with --array-delimiter=U+001F and --multiline-fields=true; " + noReasons,
	},
})

// neo4jArrays stands between the values of an array. The importer has no escape
// for it, so it is a character that hardly a text has; one that does has U+FFFD
// instead.
const neo4jArrays = "\x1F"

// exportNeo4j writes a zip archive of nodes.csv and relationships.csv with the
// headers of `neo4j-admin database import`. It needs the options
// --array-delimiter=U+001F and --multiline-fields=true.
func exportNeo4j(ctx context.Context, w io.Writer, quads iter.Seq2[quad.Quad, error]) error {
	return exportPropertyGraph(ctx, w, quads, func(out *bufio.Writer, g *propertyGraph) error {
		z := zip.NewWriter(out)
		if err := neo4jNodes(ctx, z, g); err != nil {
			return err
		}
		if err := neo4jRelationships(ctx, z, g); err != nil {
			return err
		}
		return z.Close()
	})
}

func neo4jNodes(ctx context.Context, z *zip.Writer, g *propertyGraph) error {
	out, err := z.Create("nodes.csv")
	if err != nil {
		return err
	}
	var r csvRecord
	r.field("id:ID")
	r.field(propertyLabel)
	r.field(":LABEL")
	for _, p := range g.properties {
		kind := p.kind.name()
		if p.many {
			kind += "[]"
		}
		r.field(p.name + ":" + kind)
	}
	if err := r.end(out); err != nil {
		return err
	}
	return g.nodes(ctx, func(n *graphNode) error {
		r.field(n.id)
		r.field(n.label)
		r.field(n.classes...)
		at := 0
		for _, v := range n.values {
			for i := g.index(v.name); at < i; at++ {
				r.field()
			}
			r.field(v.texts...)
			at++
		}
		for ; at < len(g.properties); at++ {
			r.field()
		}
		return r.end(out)
	})
}

func neo4jRelationships(ctx context.Context, z *zip.Writer, g *propertyGraph) error {
	out, err := z.Create("relationships.csv")
	if err != nil {
		return err
	}
	var r csvRecord
	for _, name := range []string{":START_ID", ":END_ID", ":TYPE", propertyLabel, propertyReason, propertyInferred + ":boolean"} {
		r.field(name)
	}
	if err := r.end(out); err != nil {
		return err
	}
	return g.edges(ctx, func(e *graphEdge) error {
		r.field(e.from)
		r.field(e.to)
		r.field(e.kind)
		r.field(e.label)
		if e.reason == "" {
			r.field()
		} else {
			r.field(e.reason)
		}
		r.field(strconv.FormatBool(e.inferred))
		return r.end(out)
	})
}

// csvRecord is a line of CSV (RFC 4180). What is there stands in quotes, so that
// an empty text is another thing than none, as it is to Neo4j; encoding/csv
// cannot tell them apart.
type csvRecord struct {
	b     bytes.Buffer
	begun bool
}

// field adds a text, an array, or, of no texts, nothing.
func (r *csvRecord) field(texts ...string) {
	if r.begun {
		r.b.WriteByte(',')
	}
	r.begun = true
	for i, text := range texts {
		r.b.WriteString([]string{`"`, neo4jArrays}[min(i, 1)])
		_, _ = csvEscapes.WriteString(&r.b, text)
	}
	if len(texts) > 0 {
		r.b.WriteByte('"')
	}
}

var csvEscapes = strings.NewReplacer(`"`, `""`, neo4jArrays, "\uFFFD")

func (r *csvRecord) end(out io.Writer) error {
	r.begun = false
	r.b.WriteByte('\n')
	_, err := r.b.WriteTo(out)
	return err
}
