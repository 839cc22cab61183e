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
	Name: "graphml", Title: "GraphML",
	Out: &Exporter{
		MediaType: "application/graphml+xml", Extension: ".graphml", Write: exportGraphML,
		Meaning: "GraphML 1.0, for yEd, igraph or NetworkX; " + noReasons + "; several values of a property are joined by \"" + several + "\", and control characters are replaced",
	},
})

// exportGraphML writes GraphML 1.0 (http://graphml.graphdrawing.org) with a
// typed key for each property. A property of which some node has several values
// is text, and they are joined. Its schema wants ids of fewer characters than
// ours have; no program is known to mind.
func exportGraphML(ctx context.Context, w io.Writer, quads iter.Seq2[quad.Quad, error]) error {
	return exportPropertyGraph(ctx, w, quads, func(out *bufio.Writer, g *propertyGraph) error {
		var b bytes.Buffer
		flush := func() error {
			_, err := b.WriteTo(out)
			return err
		}
		b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
`)
		key := func(id, of, name, kind string) {
			b.WriteString(" <key")
			attribute(&b, "id", id, appendText)
			attribute(&b, "for", of, appendText)
			attribute(&b, "attr.name", name, appendName)
			attribute(&b, "attr.type", kind, appendText)
			b.WriteString("/>\n")
		}
		key("n-label", "node", propertyLabel, "string")
		key("n-class", "node", propertyClass, "string")
		for i, p := range g.properties {
			key("n"+strconv.Itoa(i), "node", p.name, p.joinedKind().name())
		}
		key("e-type", "edge", propertyType, "string")
		key("e-label", "edge", propertyLabel, "string")
		key("e-reason", "edge", propertyReason, "string")
		key("e-inferred", "edge", propertyInferred, "boolean")
		b.WriteString(` <graph id="parley" edgedefault="directed">` + "\n")
		data := func(key, value string, write func(*bytes.Buffer, string)) {
			b.WriteString(`   <data key="` + key + `">`)
			write(&b, value)
			b.WriteString("</data>\n")
		}
		err := g.nodes(ctx, func(n *graphNode) error {
			b.WriteString("  <node")
			attribute(&b, "id", n.id, appendName)
			b.WriteString(">\n")
			data("n-label", n.label, appendText)
			if len(n.classes) > 0 {
				data("n-class", strings.Join(n.classes, several), appendName)
			}
			for _, v := range n.values {
				data("n"+strconv.Itoa(g.index(v.name)), strings.Join(v.texts, several), appendText)
			}
			b.WriteString("  </node>\n")
			return flush()
		})
		if err != nil {
			return err
		}
		err = g.edges(ctx, func(e *graphEdge) error {
			b.WriteString("  <edge")
			attribute(&b, "id", e.id, appendText)
			attribute(&b, "source", e.from, appendName)
			attribute(&b, "target", e.to, appendName)
			b.WriteString(">\n")
			data("e-type", e.kind, appendName)
			data("e-label", e.label, appendName)
			if e.reason != "" {
				data("e-reason", e.reason, appendName)
			}
			data("e-inferred", strconv.FormatBool(e.inferred), appendText)
			b.WriteString("  </edge>\n")
			return flush()
		})
		if err != nil {
			return err
		}
		b.WriteString(" </graph>\n</graphml>\n")
		return flush()
	})
}
