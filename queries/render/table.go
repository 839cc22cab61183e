package render

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"parley/queries"

	"github.com/jedib0t/go-pretty/v6/table"
	gotext "github.com/jedib0t/go-pretty/v6/text"
)

// Table writes columns for a screen. Columns that are empty in every row are
// left out; long texts are folded to the width. On a screen too narrow for the
// columns, each row is a record of a few lines.
var Table = register(&Format{
	Name: "table", Meaning: "columns for a screen, with numbered sources", MediaType: "text/plain", Extension: ".txt",
	Write: func(w io.Writer, a *queries.Answer, o Options) error {
		var b bytes.Buffer
		width := o.Width
		title := a.Query.Title
		if line := asked(a); line != "" {
			title += "  (" + Clean(line) + ")"
		}
		b.WriteString(bulleted("", title, width) + "\n")
		var n notes
		if len(a.Rows) > 0 {
			rows(&b, a, &n, width)
		}
		footer(&b, a, &n, manner{safe: Clean, bullet: "  ", width: width})
		_, err := w.Write(b.Bytes())
		return err
	},
})

// sheet is an answer's cells in words, without the columns that are empty.
type sheet struct {
	columns []queries.Column
	header  []string
	cells   [][]string
}

func rows(b *bytes.Buffer, a *queries.Answer, n *notes, width int) {
	var s sheet
	s.cells = make([][]string, len(a.Rows))
	columns := shown(a)
	for _, c := range columns {
		s.columns = append(s.columns, a.Query.Columns[c])
		s.header = append(s.header, strings.ReplaceAll(a.Query.Columns[c].Name, "_", " "))
	}
	for i, row := range a.Rows {
		for _, c := range columns {
			s.cells[i] = append(s.cells[i], Clean(column(a.Query.Columns[c], row[c], n.cite)))
		}
	}
	if widths, ok := s.fit(width); ok {
		s.grid(b, widths)
	} else {
		s.records(b, width)
	}
}

// apart tells whether a row begins a new chain or path.
func (s *sheet) apart(i int) bool {
	return i > 0 && s.columns[0].Kind == queries.CountColumn && s.cells[i][0] != s.cells[i-1][0]
}

func (s *sheet) grid(b *bytes.Buffer, widths []int) {
	t := newTable()
	configs := make([]table.ColumnConfig, len(widths))
	for i := range widths {
		configs[i] = table.ColumnConfig{Number: i + 1, WidthMax: widths[i], WidthMaxEnforcer: gotext.WrapSoft}
	}
	t.SetColumnConfigs(configs)
	t.AppendHeader(line(s.header))
	for i, row := range s.cells {
		if s.apart(i) {
			t.AppendSeparator()
		}
		t.AppendRow(line(row))
	}
	drawn(b, t)
}

func newTable() table.Writer {
	t := table.NewWriter()
	style := table.StyleLight
	style.Options.DrawBorder = false
	style.Options.SeparateColumns = false
	style.Format.Header = gotext.FormatDefault
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	t.SetStyle(style)
	return t
}

func drawn(b *bytes.Buffer, t table.Writer) {
	for l := range strings.Lines(t.Render()) {
		b.WriteString(strings.TrimRight(l, " \n") + "\n")
	}
}

// Columns writes cells under their headers, each column as wide as it needs.
func Columns(w io.Writer, header []string, cells [][]string) error {
	t := newTable()
	t.AppendHeader(line(header))
	for _, row := range cells {
		clean := make([]string, len(row))
		for i, cell := range row {
			clean[i] = Clean(cell)
		}
		t.AppendRow(line(clean))
	}
	var b bytes.Buffer
	drawn(&b, t)
	_, err := w.Write(b.Bytes())
	return err
}

func line(cells []string) table.Row {
	row := make(table.Row, len(cells))
	for i, c := range cells {
		row[i] = c
	}
	return row
}

// records writes each row in a few lines: numbers and names first, then the
// other columns, each with its name.
func (s *sheet) records(b *bytes.Buffer, width int) {
	for i, row := range s.cells {
		if s.apart(i) {
			b.WriteByte('\n')
		}
		var head, rest []string
		for j, c := range s.columns {
			switch leading := len(rest) == 0; {
			case row[j] == "":
			case leading && c.Kind == queries.CountColumn:
				head = append(head, s.header[j]+" "+row[j])
			case leading && (c.Kind == queries.NodeColumn || c.Kind == queries.DateColumn && j == 0):
				head = append(head, row[j])
			case c.Kind == queries.SourcesColumn:
				rest = append(rest, row[j])
			default:
				rest = append(rest, s.header[j]+": "+row[j])
			}
		}
		b.WriteString(hang(strings.Join(head, " · "), width, 0))
		b.WriteString(hang(strings.Join(rest, " · "), width, 4))
	}
}

// hang folds a text to the width; every line but the first of an unindented
// text is indented.
func hang(s string, width, indent int) string {
	if s == "" {
		return ""
	}
	const deeper = 4
	wrapped := folded(s, max(width-indent-deeper, 20))
	for i := range wrapped {
		pad := indent
		if i > 0 {
			pad += deeper
		}
		wrapped[i] = strings.Repeat(" ", pad) + strings.TrimRight(wrapped[i], " ")
	}
	return strings.Join(wrapped, "\n") + "\n"
}

// folded breaks a text into lines of a width.
func folded(s string, width int) []string {
	return trimmed(strings.Split(gotext.WrapSoft(s, width), "\n"))
}

// bulleted writes an item of a list, folded to the width if it has a bound.
func bulleted(bullet, text string, width int) string {
	if width <= 0 {
		return bullet + text + "\n"
	}
	return hang(text, width, len(bullet)) // on a screen a bullet is spaces
}

// fit shares the width of a screen among columns: narrow ones get what they
// need, the widest give way. It is false where columns would get too narrow to
// read. A width of 0 has no bound.
func (s *sheet) fit(width int) (widths []int, ok bool) {
	const gap, least = 2, 16
	widths = make([]int, len(s.header))
	total, leastTotal := 0, 0
	for i := range widths {
		widths[i] = gotext.StringWidthWithoutEscSequences(s.header[i])
		for _, row := range s.cells {
			widths[i] = max(widths[i], gotext.StringWidthWithoutEscSequences(row[i]))
		}
		total += widths[i] + gap
		leastTotal += min(widths[i], least) + gap
	}
	if width <= 0 {
		return widths, true
	}
	if leastTotal > width {
		return nil, false
	}
	for ; total > width; total-- {
		widest := 0
		for i := range widths {
			if widths[i] > widths[widest] {
				widest = i
			}
		}
		widths[widest]--
	}
	return widths, true
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

// manner is how a footer is written.
type manner struct {
	safe   func(string) string // makes a text be read as text
	bullet string
	width  int
	linked bool // titles lead to pages, so that addresses need no line
}

// footer tells how many rows there are, what was left out and what the rows
// rest on.
func footer(b *bytes.Buffer, a *queries.Answer, n *notes, m manner) {
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
			line := m.safe(e.Node.Name) + ": " + m.safe(e.Reason)
			if note := n.cite(e.Sources); note != "" {
				line += " " + m.safe(note)
			}
			b.WriteString(bulleted(m.bullet, line, m.width))
		}
	}
	if len(n.list) > 0 {
		b.WriteString("\nSources:\n")
	}
	for _, source := range n.bySource() {
		b.WriteString(bulleted(m.bullet, m.source(source), m.width))
		for _, c := range source {
			where := cmp.Or(place(c.Citation), page(c.Citation), "cited whole")
			if m.linked {
				where = cmp.Or(place(c.Citation), "cited whole")
			}
			fmt.Fprintf(b, "  %s%s %s\n", m.bullet, m.safe(fmt.Sprintf("[%d]", c.number)), where)
		}
	}
}

// source writes the source of some passages.
func (m manner) source(passages []numbered) string {
	first := passages[0].Citation
	for _, c := range passages {
		if address := page(c.Citation); m.linked && address != "" {
			return m.safe(from(first)) + link("“"+first.Article.Name+"”", address)
		}
	}
	return m.safe(Source(first))
}

// trimmed takes the spaces off the ends of lines.
func trimmed(lines []string) []string {
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}
