package loader

import (
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
	Name: "gexf", Title: "GEXF",
	Out: &Exporter{
		MediaType: "application/gexf+xml", Extension: ".gexf", Write: exportGEXF,
		Meaning: "GEXF 1.3, for Gephi; like graphml",
	},
})

// exportGEXF writes GEXF 1.3 (https://gexf.net), the format of Gephi. A property
// of which some node has several values is text, and they are joined. An edge's
// predicate is its kind too, so that Gephi keeps edges apart that join the same
// nodes.
func exportGEXF(ctx context.Context, w io.Writer, quads iter.Seq2[quad.Quad, error]) error {
	return exportPropertyGraph(ctx, w, quads, func(out *bufio.Writer, g *propertyGraph) error {
		var b bytes.Buffer
		flush := func() error {
			_, err := b.WriteTo(out)
			return err
		}
		b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3">
 <meta>
  <creator>parley</creator>
 </meta>
 <graph mode="static" defaultedgetype="directed">
  <attributes class="node">
`)
		declare := func(id, title, kind string) {
			b.WriteString("   <attribute")
			attribute(&b, "id", id, appendText)
			attribute(&b, "title", title, appendName)
			attribute(&b, "type", kind, appendText)
			b.WriteString("/>\n")
		}
		declare(propertyClass, propertyClass, "string")
		for i, p := range g.properties {
			declare(strconv.Itoa(i), p.name, p.joinedKind().name())
		}
		b.WriteString("  </attributes>\n  <attributes class=\"edge\">\n")
		declare(propertyType, propertyType, "string")
		declare(propertyReason, propertyReason, "string")
		declare(propertyInferred, propertyInferred, "boolean")
		b.WriteString("  </attributes>\n  <nodes>\n")
		value := func(id, value string, write func(*bytes.Buffer, string)) {
			b.WriteString("     <attvalue")
			attribute(&b, "for", id, appendText)
			attribute(&b, "value", value, write)
			b.WriteString("/>\n")
		}
		err := g.nodes(ctx, func(n *graphNode) error {
			b.WriteString("   <node")
			attribute(&b, "id", n.id, appendName)
			attribute(&b, "label", n.label, appendText)
			b.WriteString(">\n    <attvalues>\n")
			if len(n.classes) > 0 {
				value(propertyClass, strings.Join(n.classes, several), appendName)
			}
			for _, v := range n.values {
				value(strconv.Itoa(g.index(v.name)), strings.Join(v.texts, several), appendText)
			}
			b.WriteString("    </attvalues>\n   </node>\n")
			return flush()
		})
		if err != nil {
			return err
		}
		b.WriteString("  </nodes>\n  <edges>\n")
		err = g.edges(ctx, func(e *graphEdge) error {
			b.WriteString("   <edge")
			attribute(&b, "id", e.id, appendText)
			attribute(&b, "source", e.from, appendName)
			attribute(&b, "target", e.to, appendName)
			attribute(&b, "kind", e.kind, appendName)
			attribute(&b, "label", e.label, appendName)
			b.WriteString(">\n    <attvalues>\n")
			value(propertyType, e.kind, appendName)
			if e.reason != "" {
				value(propertyReason, e.reason, appendName)
			}
			value(propertyInferred, strconv.FormatBool(e.inferred), appendText)
			b.WriteString("    </attvalues>\n   </edge>\n")
			return flush()
		})
		if err != nil {
			return err
		}
		b.WriteString("  </edges>\n </graph>\n</gexf>\n")
		return flush()
	})
}
