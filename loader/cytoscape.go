package loader

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"iter"

	"github.com/cayleygraph/quad"
)

var _ = registerFormat(&Format{
	Name: "cytoscape", Title: "Cytoscape's JSON",
	Out: &Exporter{
		MediaType: "application/json", Extension: ".cyjs", Write: exportCytoscape,
		Meaning: "elements of Cytoscape.js, in JSON; " + noReasons,
	},
})

// exportCytoscape writes the elements of Cytoscape.js in JSON, one a line. What
// has several classes, or values of a property, has them as an array; what has
// one has it bare, since selectors look into no array.
func exportCytoscape(ctx context.Context, w io.Writer, quads iter.Seq2[quad.Quad, error]) error {
	return exportPropertyGraph(ctx, w, quads, func(out *bufio.Writer, g *propertyGraph) error {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		first := true
		element := func(data map[string]any) error {
			if !first {
				b.WriteString(",")
			}
			b.WriteString("\n  ")
			first = false
			if err := e.Encode(map[string]any{"data": data}); err != nil {
				return err
			}
			b.Truncate(b.Len() - 1) // the line's end
			_, err := b.WriteTo(out)
			return err
		}
		b.WriteString("{\"elements\": {\n \"nodes\": [")
		err := g.nodes(ctx, func(n *graphNode) error {
			data := map[string]any{"id": n.id, propertyLabel: n.label}
			if len(n.classes) > 0 {
				data[propertyClass] = bare(textKind, n.classes)
			}
			for _, v := range n.values {
				data[v.name] = bare(g.properties[g.index(v.name)].kind, v.texts)
			}
			return element(data)
		})
		if err != nil {
			return err
		}
		first = true
		b.WriteString("\n ],\n \"edges\": [")
		err = g.edges(ctx, func(e *graphEdge) error {
			data := map[string]any{
				"id": e.id, "source": e.from, "target": e.to,
				propertyType: e.kind, propertyLabel: e.label, propertyInferred: e.inferred,
			}
			if e.reason != "" {
				data[propertyReason] = e.reason
			}
			return element(data)
		})
		if err != nil {
			return err
		}
		b.WriteString("\n ]\n}}\n")
		_, err = b.WriteTo(out)
		return err
	})
}

// bare is the only one of some values, or all of them.
func bare(kind valueKind, texts []string) any {
	values := make([]any, len(texts))
	for i, text := range texts {
		switch kind {
		case booleanKind:
			values[i] = text == "true"
		case longKind, doubleKind:
			values[i] = json.Number(text)
		default:
			values[i] = text
		}
	}
	if len(values) == 1 {
		return values[0]
	}
	return values
}
