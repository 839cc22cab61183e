package render

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"parley/graph"
	"parley/queries"
)

// Tree writes chains as a tree for a screen: what answered an act stands under
// it. An act that answers several stands under each.
var Tree = register(&Format{
	Name: "tree", Meaning: "chains as a tree for a screen, with numbered sources", MediaType: "text/plain", Extension: ".txt",
	fits: func(q *queries.Query) bool { return q.Picture == queries.ChainPicture },
	Write: func(w io.Writer, a *queries.Answer, o Options) error {
		var b bytes.Buffer
		title := a.Query.Title
		if line := asked(a); line != "" {
			title += "  (" + Clean(line) + ")"
		}
		b.WriteString(bulleted("", title, o.Width) + "\n")
		t := treeOf(a)
		for i, root := range t.children {
			if i > 0 {
				b.WriteByte('\n')
			}
			t.write(&b, root, "", "", o.Width)
		}
		footer(&b, a, &t.notes, manner{safe: Clean, bullet: "  ", width: o.Width})
		_, err := w.Write(b.Bytes())
		return err
	},
})

// branch is an act and what answered it.
type branch struct {
	action   graph.Ref
	row      []any
	children []*branch
}

type tree struct {
	branch
	notes notes
	query *queries.Query
}

// treeOf puts chains together that begin alike.
func treeOf(a *queries.Answer) *tree {
	t := &tree{query: a.Query}
	action := a.Query.ColumnOf(queries.Column{Name: "action", Kind: queries.NodeColumn})
	var at *branch
	number := 0
	for _, row := range a.Rows {
		if n, _ := row[0].(int); n != number || at == nil {
			number, at = n, &t.branch
		}
		ref, _ := row[action].(graph.Ref)
		i := slices.IndexFunc(at.children, func(b *branch) bool { return b.action == ref })
		if i < 0 {
			i = len(at.children)
			at.children = append(at.children, &branch{action: ref, row: row})
		}
		at = at.children[i]
	}
	return t
}

// write writes a branch: first comes before its first line, next before the
// others.
func (t *tree) write(b *bytes.Buffer, n *branch, first, next string, width int) {
	cell := func(name string) any {
		i := slices.IndexFunc(t.query.Columns, func(c queries.Column) bool { return c.Name == name })
		return n.row[i]
	}
	var facts []string
	for _, name := range []string{"date", "agent", "kind", "phase", "rate", "value"} {
		if text := text(cell(name), t.notes.cite); text != "" {
			facts = append(facts, Clean(text))
		}
	}
	if how, _ := cell("link").(string); how != "" && how != "answers" {
		facts = append(facts, strings.ReplaceAll(how, "-", " "))
	}
	switch cell("basis") {
	case "inferred":
		facts = append(facts, fmt.Sprintf("inferred by %v", cell("rule")))
	case "stated":
		facts = append(facts, "stated")
	}
	line := Clean(n.action.Name)
	more := strings.Join(facts, " · ") + " " + text(cell("sources"), t.notes.cite)
	stem := next + "  "
	if len(n.children) > 0 {
		stem = next + "│ "
	}
	b.WriteString(limbed(line, first, stem, width))
	b.WriteString(limbed(more, stem+"  ", stem+"    ", width))
	for i, child := range n.children {
		if i < len(n.children)-1 {
			t.write(b, child, next+"├─ ", next+"│  ", width)
		} else {
			t.write(b, child, next+"└─ ", next+"   ", width)
		}
	}
}

// limbed folds a text to the width, each of its lines after what stands before
// it.
func limbed(s, first, next string, width int) string {
	lines := []string{s}
	if width > 0 {
		lines = folded(s, max(width-len([]rune(next)), 20))
	}
	var b strings.Builder
	for i, line := range lines {
		if i == 0 {
			b.WriteString(first + line + "\n")
		} else {
			b.WriteString(next + line + "\n")
		}
	}
	return b.String()
}
