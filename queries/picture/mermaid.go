package picture

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"parley/queries"
)

// Mermaid writes marks and ties as a flowchart of Mermaid, for documents that
// draw those.
func (p *Picture) Mermaid(w io.Writer) error {
	var b bytes.Buffer
	// The title is read as YAML, and its signs stand for themselves.
	fmt.Fprintf(&b, "---\ntitle: %q\n---\nflowchart %s\n", strings.NewReplacer(`"`, "'", `\`, "/").Replace(queries.Clean(p.Title+" · "+p.summary())), p.direction())
	group := func(title string, marks []int, n int) {
		if len(marks) == 0 {
			return
		}
		if title != "" {
			fmt.Fprintf(&b, "  subgraph g%d[\"%s\"]\n", n, mermaidText(title))
		}
		for _, i := range marks {
			m := p.Marks[i]
			label := []string{m.Name}
			if m.Look != "actor" {
				label = append(label, m.Lines...)
			}
			if p.kind == queries.TimelinePicture && !m.Date.IsZero() {
				label = append([]string{m.Date.Words()}, label...)
			}
			for k := range label {
				label[k] = mermaidText(label[k])
			}
			fmt.Fprintf(&b, "    n%d[\"%s\"]\n", i, strings.Join(label, "<br>"))
		}
		if title != "" {
			b.WriteString("  end\n")
		}
	}
	n := 0
	for g, name := range p.Groups {
		for _, right := range []bool{false, true} {
			var marks []int
			for i, m := range p.Marks {
				if m.Group == g && m.right == right {
					marks = append(marks, i)
				}
			}
			group(name, marks, n)
			n++
		}
	}
	if len(p.Groups) == 0 {
		marks := make([]int, len(p.Marks))
		for i := range marks {
			marks[i] = i
		}
		group("", marks, 0)
	}
	for i := 1; i < len(p.Marks) && p.kind == queries.TimelinePicture; i++ {
		fmt.Fprintf(&b, "  n%d --- n%d\n", i-1, i)
	}
	for _, t := range p.Ties {
		switch {
		case p.kind == queries.NegotiationMap:
			line := "-.-"
			if t.Status == "held" {
				line = "---"
			}
			label := mermaidText(fmt.Sprintf("%d× %s", t.Count, join(cmp.Or(t.Status, "mentioned"), t.Mode, ", ")))
			fmt.Fprintf(&b, "  n%d %s|\"%s\"| n%d\n", t.From, line, label, t.To)
		case t.Inferred:
			fmt.Fprintf(&b, "  n%d -.->|\"inferred\"| n%d\n", t.From, t.To)
		default:
			fmt.Fprintf(&b, "  n%d --> n%d\n", t.From, t.To)
		}
	}
	for i, m := range p.Marks {
		if m.URL != "" {
			fmt.Fprintf(&b, "  click n%d href \"%s\"\n", i, strings.ReplaceAll(m.URL, `"`, "%22"))
		}
	}
	_, err := b.WriteTo(w)
	return err
}

// mermaidText writes what Mermaid would take for signs of its own, or for
// markup, as the numbers of the characters.
func mermaidText(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(queries.Clean(s), "�") {
		switch r {
		case '"', '#', ';', '<', '>', '&', '`', '\\', '[', ']', '{', '}', '(', ')', '|', '*', '_', '~', '@', '$', '%', ':':
			fmt.Fprintf(&b, "#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
