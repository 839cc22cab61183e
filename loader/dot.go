package loader

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"iter"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/cayleygraph/quad"
)

var _ = registerFormat(&Format{
	Name: "dot", Title: "Graphviz DOT",
	Out: &Exporter{
		MediaType: "text/vnd.graphviz", Extension: ".dot", Write: exportDOT,
		Meaning: "DOT, for Graphviz to draw; like graphml",
	},
})

// exportDOT writes a graph in the language of Graphviz: properties are
// attributes of their nodes, which Graphviz passes over, and several values are
// joined. What a rule inferred is dashed.
func exportDOT(ctx context.Context, w io.Writer, quads iter.Seq2[quad.Quad, error]) error {
	return exportPropertyGraph(ctx, w, quads, func(out *bufio.Writer, g *propertyGraph) error {
		var b bytes.Buffer
		attribute := func(name, value string) { b.WriteString(", " + dotQuote(name) + "=" + dotQuote(value)) }
		flush := func() error {
			_, err := b.WriteTo(out)
			return err
		}
		b.WriteString("digraph parley {\n")
		err := g.nodes(ctx, func(n *graphNode) error {
			b.WriteString(" " + dotQuote(n.id) + " [label=" + dotLabel(n.label))
			if len(n.classes) > 0 {
				attribute(propertyClass, strings.Join(n.classes, several))
			}
			for _, v := range n.values {
				attribute(v.name, strings.Join(v.texts, several))
			}
			b.WriteString("];\n")
			return flush()
		})
		if err != nil {
			return err
		}
		err = g.edges(ctx, func(e *graphEdge) error {
			b.WriteString(" " + dotQuote(e.from) + " -> " + dotQuote(e.to) + " [label=" + dotLabel(e.label))
			attribute(propertyType, e.kind)
			if e.reason != "" {
				attribute(propertyReason, e.reason)
			}
			attribute(propertyInferred, strconv.FormatBool(e.inferred))
			if e.inferred {
				attribute("style", "dashed")
			}
			b.WriteString("];\n")
			return flush()
		})
		if err != nil {
			return err
		}
		b.WriteString("}\n")
		return flush()
	})
}

var (
	dotEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)
	dotEntity  = regexp.MustCompile(`&(#?[0-9A-Za-z]+;)`)
)

// dotQuote writes a string of DOT. A backslash would begin an escape of its own,
// and a line end another line of the file. Graphviz ends a text at a NUL, and
// pictures cannot have other control characters: instead of each stands U+FFFD.
func dotQuote(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' || r == '\uFFFE' || r == '\uFFFF' {
			return '\uFFFD'
		}
		return r
	}, s)
	return `"` + dotEscapes.Replace(s) + `"`
}

// dotLabel is dotQuote for a text that is drawn, of which Graphviz reads the
// entities of HTML.
func dotLabel(s string) string { return dotQuote(dotEntity.ReplaceAllString(s, "&amp;$1")) }
