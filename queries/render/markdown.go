package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"parley/queries"
)

// Markdown writes a table as GitHub reads it, with numbered sources.
var Markdown = register(&Format{
	Name: "markdown", Meaning: "a table for documents, with numbered sources", MediaType: "text/markdown", Extension: ".md",
	Write: func(w io.Writer, a *queries.Answer, _ Options) error {
		var b bytes.Buffer
		fmt.Fprintf(&b, "**%s**", escape(a.Query.Title))
		if line := asked(a); line != "" {
			fmt.Fprintf(&b, " (%s)", escape(line))
		}
		b.WriteString("\n\n")
		var n notes
		columns := shown(a)
		for _, c := range columns {
			fmt.Fprintf(&b, "| %s ", a.Query.Columns[c].Name)
		}
		b.WriteString("|\n" + strings.Repeat("| --- ", len(columns)) + "|\n")
		for _, row := range a.Rows {
			for _, c := range columns {
				fmt.Fprintf(&b, "| %s ", escape(column(a.Query.Columns[c], row[c], n.cite)))
			}
			b.WriteString("|\n")
		}
		footer(&b, a, &n, manner{safe: escape, bullet: "- ", linked: true})
		_, err := w.Write(b.Bytes())
		return err
	},
})

// link writes a text that leads to a page.
func link(s, page string) string {
	return "[" + escape(s) + "](<" + strings.ReplaceAll(page, "&", "&amp;") + ">)"
}

// escape keeps a text from being read as Markdown or HTML.
func escape(s string) string { return escapes.Replace(Clean(s)) }

var escapes = strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`)
