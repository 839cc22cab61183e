package picture

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"parley/queries"
)

// DOT writes marks and ties in the language of Graphviz, which lays them out
// itself: sides and lanes as clusters.
func (p *Picture) DOT(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "digraph %s {\n  label=%s; labelloc=t; rankdir=%s; compound=true;\n", dotQuote(p.kind.Name), dotQuote(strings.Join(append([]string{p.Title}, wrap(p.summary(), 12, false, 600, 4)...), "\n")), p.direction())
	b.WriteString("  node [shape=box, style=\"rounded,filled\", fillcolor=\"#f4f2ec\", fontname=\"Helvetica\"];\n  edge [fontname=\"Helvetica\", fontsize=10];\n")
	for i, m := range p.Marks {
		if len(p.Groups) == 0 {
			b.WriteString("  " + p.dotMark(i, m))
		}
	}
	for g, name := range p.Groups {
		for _, right := range []bool{false, true} {
			first := true
			for i, m := range p.Marks {
				if m.Group != g || m.right != right {
					continue
				}
				if first {
					fmt.Fprintf(&b, "  subgraph cluster_%d_%t {\n    label=%s; color=\"#d9d6cd\";\n", g, right, dotQuote(name))
					first = false
				}
				b.WriteString("    " + p.dotMark(i, m))
			}
			if !first {
				b.WriteString("  }\n")
			}
		}
	}
	for i := 1; i < len(p.Marks) && p.kind == queries.TimelinePicture; i++ {
		fmt.Fprintf(&b, "  n%d -> n%d [arrowhead=none, color=\"#8b8f94\"];\n", i-1, i)
	}
	for _, t := range p.Ties {
		var attributes []string
		if p.kind == queries.NegotiationMap {
			l := lookOf(cmp.Or(t.Mode, "unknown"))
			label := fmt.Sprintf("%d× %s", t.Count, join(cmp.Or(t.Status, "mentioned"), t.Mode, ", "))
			attributes = []string{"dir=none", "label=" + dotQuote(label), fmt.Sprintf("color=%q", l.stroke), "penwidth=" + num(p.tieWidth(t.Count))}
			switch t.Status {
			case "held":
			case "planned", "cancelled":
				attributes = append(attributes, "style=dashed")
			default:
				attributes = append(attributes, "style=dotted")
			}
		} else if t.Inferred {
			attributes = []string{`style=dashed`, `color="#a8558a"`}
		}
		attributes = append(attributes, "tooltip="+dotQuote(t.Words))
		if t.URL != "" {
			attributes = append(attributes, "URL="+dotQuote(t.URL))
		}
		fmt.Fprintf(&b, "  n%d -> n%d [%s];\n", t.From, t.To, strings.Join(attributes, ", "))
	}
	b.WriteString("}\n")
	_, err := b.WriteTo(w)
	return err
}

// direction is that in which ties lead, for time to run from left to right: an
// answer's leads back to its cause.
func (p *Picture) direction() string {
	if p.kind == queries.ChainPicture {
		return "RL"
	}
	return "LR"
}

func (p *Picture) dotMark(i int, m Mark) string {
	label := m.Name
	if m.Look != "actor" {
		label = strings.Join(append(wrap(m.Name, 13, true, 220, 5), m.Lines...), "\n")
		if p.kind == queries.TimelinePicture {
			label = join(m.Date.Words(), label, "\n")
		}
	}
	l := lookOf(m.Look)
	style := fmt.Sprintf(", color=%q", l.stroke)
	if p.kind != queries.TimelinePicture { // whose dots are too dark for texts
		style += fmt.Sprintf(", fillcolor=%q", l.fill)
	}
	if m.Look == "threat" || m.only() {
		style += `, style="rounded,filled,dashed"`
	}
	return fmt.Sprintf("n%d [label=%s, URL=%s, tooltip=%s%s];\n", i, dotQuote(label), dotQuote(m.URL), dotQuote(m.Name), style)
}

// dotQuote writes a string of DOT. A backslash would begin an escape of its own.
func dotQuote(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", " ", "\x00", "�").Replace(strings.ToValidUTF8(s, "�"))
	return `"` + s + `"`
}
