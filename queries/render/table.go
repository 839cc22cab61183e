package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"parley/queries"

	"github.com/jedib0t/go-pretty/v6/table"
	gotext "github.com/jedib0t/go-pretty/v6/text"
)

// Table writes columns for a screen. Columns that are empty in every row are
// left out; long texts are folded to the width.
var Table = register(&Format{
	Name: "table", Meaning: "columns for a screen, with numbered sources", MediaType: "text/plain",
	Write: func(w io.Writer, a *queries.Answer, width int) error {
		var b bytes.Buffer
		b.WriteString(a.Query.Title)
		if line := asked(a); line != "" {
			b.WriteString("  (" + clean(line) + ")")
		}
		b.WriteString("\n\n")
		var n notes
		if len(a.Rows) > 0 {
			grid(&b, a, &n, width)
		}
		footer(&b, a, &n, clean, "  ")
		_, err := w.Write(b.Bytes())
		return err
	},
})

func grid(b *bytes.Buffer, a *queries.Answer, n *notes, width int) {
	columns := shown(a)
	t := table.NewWriter()
	style := table.StyleLight
	style.Options.DrawBorder = false
	style.Options.SeparateColumns = false
	style.Format.Header = gotext.FormatDefault
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	t.SetStyle(style)
	var header table.Row
	cells := make([][]string, len(a.Rows))
	for _, c := range columns {
		header = append(header, strings.ReplaceAll(a.Query.Columns[c].Name, "_", " "))
	}
	for i, row := range a.Rows {
		for _, c := range columns {
			cells[i] = append(cells[i], clean(text(row[c], n.cite)))
		}
	}
	widths := fit(header, cells, width)
	configs := make([]table.ColumnConfig, len(columns))
	for i := range columns {
		configs[i] = table.ColumnConfig{Number: i + 1, WidthMax: widths[i], WidthMaxEnforcer: gotext.WrapSoft}
	}
	t.SetColumnConfigs(configs)
	t.AppendHeader(header)
	var previous string
	for i, row := range cells {
		line := make(table.Row, len(row))
		for j := range row {
			line[j] = row[j]
		}
		// A chain, or a path, is set off from the one before.
		if first := a.Query.Columns[columns[0]]; first.Kind == queries.CountColumn && i > 0 && row[0] != previous {
			t.AppendSeparator()
		}
		previous = row[0]
		t.AppendRow(line)
	}
	for line := range strings.Lines(t.Render()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

// fit shares the width of a screen among columns: narrow ones get what they
// need, wide ones the rest in proportion.
func fit(header []any, cells [][]string, width int) []int {
	const gap, least = 2, 8
	need := make([]int, len(header))
	total := 0
	for i := range need {
		need[i] = gotext.StringWidthWithoutEscSequences(fmt.Sprint(header[i]))
		for _, row := range cells {
			need[i] = max(need[i], gotext.StringWidthWithoutEscSequences(row[i]))
		}
		total += need[i] + gap
	}
	if width <= 0 {
		return need
	}
	for total > width {
		widest := 0
		for i := range need {
			if need[i] > need[widest] {
				widest = i
			}
		}
		if need[widest] <= least {
			break
		}
		need[widest]--
		total--
	}
	return need
}

// shown returns the columns that have something in some row.
func shown(a *queries.Answer) []int {
	var columns []int
	for c := range a.Query.Columns {
		for _, row := range a.Rows {
			if text(row[c], (&notes{}).cite) != "" {
				columns = append(columns, c)
				break
			}
		}
	}
	if columns == nil {
		for c := range a.Query.Columns {
			columns = append(columns, c)
		}
	}
	return columns
}

// footer tells how many rows there are, what was left out and what the rows
// rest on.
func footer(b *bytes.Buffer, a *queries.Answer, n *notes, safe func(string) string, bullet string) {
	if len(a.Rows) > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(count(len(a.Rows), "row"))
	if a.Truncated {
		b.WriteString("; cut off at the limit: there are more")
	}
	b.WriteString("\n")
	if len(a.Excluded) > 0 {
		b.WriteString("\nLeft out:\n")
		for _, e := range a.Excluded {
			line := safe(e.Node.Name) + ": " + safe(e.Reason)
			if note := n.cite(e.Sources); note != "" {
				line += " " + safe(note)
			}
			fmt.Fprintf(b, "%s%s\n", bullet, line)
		}
	}
	if len(n.list) > 0 {
		b.WriteString("\nSources:\n")
		for i, c := range n.list {
			fmt.Fprintf(b, "%s%s %s\n", bullet, safe(fmt.Sprintf("[%d]", i+1)), safe(citation(c)))
		}
	}
}
