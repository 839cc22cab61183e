package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parley/graph"
	"parley/queries"
	"parley/queries/render"
)

// sheet is an answer's rows as a page shows them, without the columns that are
// empty in all of them.
type sheet struct {
	Columns []sheetColumn
	Rows    []sheetRow
	// Apart tells that a row's first number begins a new chain or path.
	Apart bool
}

type sheetColumn struct {
	Name    string // of the query's column
	Head    string
	Meaning string
	Kind    string
	Sort    string // "ascending", "descending" or "none"
	URL     string // of the page sorted by the column
	index   int
}

type sheetRow struct {
	Cells []sheetCell
	First bool // the first of its chain
}

// sheetCell is a cell: spans for names and texts, sources for passages.
type sheetCell struct {
	Head    string
	Kind    string
	Spans   []span
	Sources []source
}

// span is a piece of text, perhaps a link.
type span struct {
	Text string
	URL  string
	Note string // said after it, such as a role
	Mark string // a class for its looks: held, stated …
	// Outside tells that the link leads to another site.
	Outside bool
}

// source is a passage as a page shows it.
type source struct {
	Number int // among those of the page
	URL    string
	Label  string // publisher, day and place
	Title  string // of the article
	of     graph.Citation
}

// citedArticle is an article with those of its passages that a page cites.
type citedArticle struct {
	Title    string
	URL      string
	Label    string // publisher and day
	Page     string // its address elsewhere, where it is cited whole
	Host     string // of Page
	Passages []source
}

// Place is where in its article a passage stands, "" for one cited whole.
func (s source) Place() string {
	if s.of.Paragraph == 0 {
		return ""
	}
	return "¶" + strconv.Itoa(s.of.Paragraph)
}

// articles groups the passages of a page by article, in the order in which they
// are first shown.
func (c *cited) articles() []citedArticle {
	var list []citedArticle
	at := map[graph.ID]int{}
	for _, s := range c.list {
		i, known := at[s.of.Article.ID]
		if !known {
			i = len(list)
			at[s.of.Article.ID] = i
			whole := s.of
			whole.Paragraph = 0
			list = append(list, citedArticle{Title: s.Title, URL: c.Citation(whole), Label: passageLabel(whole)})
		}
		list[i].Passages = append(list[i].Passages, s)
		if s.of.Paragraph == 0 {
			list[i].Page, list[i].Host = elsewhere(s.of.URL)
		}
	}
	return list
}

// elsewhere returns the address of a page that a source names and whose it is,
// both "" where following it might do anything but show a page.
func elsewhere(address string) (page, host string) {
	u, err := url.Parse(outside(address))
	if err != nil || u.Host == "" {
		return "", ""
	}
	return address, strings.TrimPrefix(u.Hostname(), "www.")
}

// mainNodes are the columns whose names are long: they say what happened.
var mainNodes = map[string]struct{}{"meeting": {}, "action": {}, "measure": {}, "article": {}}

// marked are the words that pages show as badges.
var marked = map[string]bool{
	"held": true, "planned": true, "cancelled": true, "postponed": true, "stalled": true,
	"stated": true, "inferred": true, "threatened": true, "in-force": true,
}

// cited numbers the passages of a page in the order in which they are first
// shown.
type cited struct {
	links
	numbers map[graph.Citation]int
	list    []source
}

func (c *cited) sources(citations []graph.Citation) []source {
	if c.numbers == nil {
		c.numbers = map[graph.Citation]int{}
	}
	list := make([]source, 0, len(citations))
	for _, citation := range citations {
		if c.numbers[citation] == 0 {
			c.list = append(c.list, source{
				Number: len(c.list) + 1, URL: c.Citation(citation),
				Label: passageLabel(citation), Title: citation.Article.Name, of: citation,
			})
			c.numbers[citation] = len(c.list)
		}
		list = append(list, c.list[c.numbers[citation]-1])
	}
	slices.SortFunc(list, func(a, b source) int { return a.Number - b.Number })
	return list
}

// passageLabel writes where a passage stands: publisher, day, paragraph.
func passageLabel(c graph.Citation) string {
	var parts []string
	if c.Publisher != "" {
		parts = append(parts, c.Publisher)
	}
	if !c.Published.IsZero() {
		parts = append(parts, c.Published.PublishedWords())
	}
	if c.Paragraph > 0 {
		parts = append(parts, "¶"+strconv.Itoa(c.Paragraph))
	}
	if len(parts) == 0 {
		return c.Article.Name
	}
	return strings.Join(parts, ", ")
}

// newSheet lays an answer's rows out, without the columns that have nothing but
// one node, of which the page is.
func newSheet(a *queries.Answer, rows [][]any, c *cited, of graph.ID) sheet {
	s := sheet{Apart: a.Query.Columns[0].Kind == queries.CountColumn}
	for i, column := range a.Query.Columns {
		if len(rows) > 0 && !slices.ContainsFunc(rows, func(row []any) bool { return !empty(row[i]) && !isNode(row[i], of) }) {
			continue
		}
		s.Columns = append(s.Columns, sheetColumn{
			Name: column.Name, Head: strings.ReplaceAll(column.Name, "_", " "),
			Meaning: column.Meaning, Kind: column.Kind.String(), Sort: "none", index: i,
		})
	}
	for i, row := range rows {
		r := sheetRow{First: s.Apart && i > 0 && row[0] != rows[i-1][0]}
		for _, column := range s.Columns {
			value := row[column.index]
			cell := c.cell(value)
			if published, ok := value.(graph.Date); ok && column.Name == "published" {
				cell.Spans = []span{{Text: published.PublishedWords()}}
			}
			cell.Head, cell.Kind = column.Head, column.Kind
			if _, action := mainNodes[column.Name]; action {
				cell.Kind += " main"
			}
			r.Cells = append(r.Cells, cell)
		}
		s.Rows = append(s.Rows, r)
	}
	return s
}

func isNode(cell any, id graph.ID) bool {
	ref, ok := cell.(graph.Ref)
	return ok && ref.ID == id
}

func empty(cell any) bool {
	switch cell := cell.(type) {
	case nil:
		return true
	case []graph.Ref:
		return len(cell) == 0
	case []queries.Participant:
		return len(cell) == 0
	case []graph.Citation:
		return len(cell) == 0
	}
	return false
}

// cell lays out one cell.
func (c *cited) cell(value any) sheetCell {
	var cell sheetCell
	switch value := value.(type) {
	case graph.Ref:
		cell.Spans = []span{{Text: value.Name, URL: c.Node(value.ID)}}
	case []graph.Ref:
		for _, ref := range value {
			cell.Spans = append(cell.Spans, span{Text: ref.Name, URL: c.Node(ref.ID)})
		}
	case []queries.Participant:
		for _, p := range value {
			s := span{Text: p.Node.Name, URL: c.Node(p.Node.ID)}
			if p.Role != nil {
				s.Note = *p.Role
			}
			cell.Spans = append(cell.Spans, s)
		}
	case []graph.Citation:
		cell.Sources = c.sources(value)
	case string:
		s := span{Text: value}
		if marked[value] {
			s.Mark = value
		}
		cell.Spans = []span{s}
	case graph.Date:
		// A line breaks between days, never within one.
		cell.Spans = []span{{Text: strings.NewReplacer(" to ", "\nto ", " and ", "\nand ").Replace(value.Words())}}
	default:
		if text := render.Text(value); text != "" {
			cell.Spans = []span{{Text: text}}
		}
	}
	return cell
}

// compareCells orders two cells of one column; what is empty comes last.
func compareCells(a, b any) int {
	if x, y := empty(a), empty(b); x || y {
		return cmp.Compare(boolInt(x), boolInt(y))
	}
	switch x := a.(type) {
	case graph.Date:
		y, _ := b.(graph.Date)
		return x.Compare(y)
	case int:
		y, _ := b.(int)
		return cmp.Compare(x, y)
	case graph.Rate:
		y, _ := b.(graph.Rate)
		return cmp.Compare(decimal(cmp.Or(x.Max, x.Min)), decimal(cmp.Or(y.Max, y.Min)))
	case graph.Money:
		y, _ := b.(graph.Money)
		return cmp.Compare(decimal(x.Amount), decimal(y.Amount))
	}
	return strings.Compare(strings.ToLower(render.Text(a)), strings.ToLower(render.Text(b)))
}

func decimal(s string) float64 {
	f, _ := strconv.ParseFloat(s, 64)
	return f
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
