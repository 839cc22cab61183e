package queries

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// WriteCatalogue writes what every query is, as Markdown: queries/README.md.
func (r *Registry) WriteCatalogue(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("# The predefined queries\n\nMade from the registrations by `make docs`; do not edit.\n\n")
	b.WriteString("Every query takes `--known-by DATE` (answer from what was published by that day) `--limit N` and `--offset N`; on the command line also `--format`, `--data FILE|DIR` and `--set NAME`. Dates are EDTF: `2018`, `2018-09`, `2018-09-21`. Actors are named by name, alias, id or title.\n\n| query | answers |\n| --- | --- |\n")
	for _, q := range r.All() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s |\n", q.Name, q.Name, q.Title)
	}
	for _, q := range r.All() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n%s\n", q.Name, q.Title, q.Row)
		if q.Left != "" {
			fmt.Fprintf(&b, "\n%s\n", q.Left)
		}
		fmt.Fprintf(&b, "\n```sh\nparley query %s\n```\n\n", Shell(append([]string{q.Name}, q.Example...)))
		if len(q.Params) > 0 {
			b.WriteString("| parameter | takes | meaning |\n| --- | --- | --- |\n")
			for _, p := range q.Params {
				takes := p.Kind.String()
				if p.Kind == WordParam {
					takes = "`" + strings.Join(p.Words, "`, `") + "`"
				}
				meaning := p.Meaning
				if p.Required {
					meaning += "; required"
				}
				if p.Default != "" {
					meaning += "; default `" + p.Default + "`"
				}
				fmt.Fprintf(&b, "| `--%s` | %s | %s |\n", p.Name, takes, meaning)
			}
			b.WriteString("\n")
		}
		b.WriteString("| column | holds | meaning |\n| --- | --- | --- |\n")
		for _, c := range q.Columns {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.Name, c.Kind, c.Meaning)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Shell writes arguments as a shell reads them.
func Shell(args []string) string {
	parts := make([]string, len(args))
	for i, arg := range args {
		parts[i] = arg
		if arg == "" || strings.ContainsAny(arg, " \"'$\\`*?;&|<>()") {
			parts[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
	}
	return strings.Join(parts, " ")
}
