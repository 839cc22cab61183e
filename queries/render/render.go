package render

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"parley/graph"
	"parley/queries"
)

// Format writes answers in one way.
type Format struct {
	Name    string
	Meaning string
	// MediaType is the format's Internet media type.
	MediaType string
	// Extension is that of a file's name, with its dot.
	Extension string
	// Binary tells that it is nothing for a screen.
	Binary bool
	// Write writes a whole answer.
	Write func(w io.Writer, a *queries.Answer, o Options) error

	// fits tells whether it can write a query's answers; nil for all.
	fits func(*queries.Query) bool
}

// Options say for whom an answer is written.
type Options struct {
	// Width is how many columns of text the reader's screen has, 0 for no
	// bound; only formats for screens heed it.
	Width int
	// Explorer is the address of the explorer to which the marks of pictures
	// lead, such as http://127.0.0.1:8080.
	Explorer string
}

var registry = map[string]*Format{}

func register(f *Format) *Format {
	if registry[f.Name] != nil {
		panic("format " + f.Name + " is registered already")
	}
	registry[f.Name] = f
	return f
}

// Lookup returns the format of a name, or nil.
func Lookup(name string) *Format { return registry[name] }

// For lists the formats that can write a query's answers, by name.
func For(q *queries.Query) []*Format {
	var all []*Format
	for _, f := range registry {
		if f.Fits(q) {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b *Format) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Names lists the names of the formats for a query.
func Names(q *queries.Query) []string {
	var names []string
	for _, f := range For(q) {
		names = append(names, f.Name)
	}
	return names
}

// Fits tells whether a format can write a query's answers.
func (f *Format) Fits(q *queries.Query) bool { return f.fits == nil || f.fits(q) }

// Screen is the format for a terminal of a query's answers: a tree of chains,
// else a table.
func Screen(q *queries.Query) *Format {
	if Tree.Fits(q) {
		return Tree
	}
	return Table
}

// column writes a cell of a column in words, for people.
func column(c queries.Column, cell any, cite func([]graph.Citation) string) string {
	if published, ok := cell.(graph.Date); ok && c.Name == "published" {
		return published.PublishedWords()
	}
	return text(cell, cite)
}

// text writes a cell in words, for people and for CSV. Sources are written by
// cite.
func text(cell any, cite func([]graph.Citation) string) string {
	switch cell := cell.(type) {
	case nil:
		return ""
	case string:
		return cell
	case int:
		return strconv.Itoa(cell)
	case bool:
		return strconv.FormatBool(cell)
	case graph.Ref:
		return cell.Name
	case []graph.Ref:
		var names []string
		for _, r := range cell {
			names = append(names, r.Name)
		}
		return strings.Join(names, ", ")
	case []queries.Participant:
		var list []string
		for _, p := range cell {
			s := p.Node.Name
			if p.Role != nil {
				s += " (" + *p.Role + ")"
			}
			list = append(list, s)
		}
		return strings.Join(list, ", ")
	case []graph.Citation:
		return cite(cell)
	case graph.Date:
		return cell.Words()
	case fmt.Stringer:
		return cell.String()
	}
	return fmt.Sprint(cell)
}

// place writes a citation without its article: ¶3, or nothing for a whole
// page.
func place(c graph.Citation) string {
	if c.Paragraph == 0 {
		return ""
	}
	return fmt.Sprintf("¶%d, characters %d–%d", c.Paragraph, c.Start, c.End)
}

// Citation writes a passage in a line.
func Citation(c graph.Citation) string {
	if p := place(c); p != "" {
		return Source(c) + ", " + p
	}
	return Source(c)
}

// Source writes the source of a passage in a line.
func Source(c graph.Citation) string { return from(c) + "“" + c.Article.Name + "”" }

// from writes who published a source and when, before its title.
func from(c graph.Citation) string {
	var parts []string
	if c.Publisher != "" {
		parts = append(parts, c.Publisher)
	}
	if !c.Published.IsZero() {
		parts = append(parts, c.Published.PublishedWords())
	}
	return strings.Join(append(parts, ""), ", ")
}

// page is the address to which a source that is cited whole leads its reader, in
// ASCII without marks that a terminal or Markdown would heed; "" where it is not
// known, or where a passage is cited.
func page(c graph.Citation) string {
	if c.Paragraph > 0 {
		return ""
	}
	var b strings.Builder
	for _, char := range []byte(c.URL) {
		if char <= ' ' || char > '~' || strings.IndexByte("<>\"\\`|", char) >= 0 {
			fmt.Fprintf(&b, "%%%02X", char)
		} else {
			b.WriteByte(char)
		}
	}
	return b.String()
}

// notes numbers passages in the order in which they are first cited.
type notes struct {
	numbers map[graph.Citation]int
	list    []graph.Citation
	written map[*graph.Citation]written // by the first of the citations
}

// written are citations that rows may share, as they were written.
type written struct {
	count int
	text  string
}

// cite returns the numbers of some passages: [1 2].
func (n *notes) cite(citations []graph.Citation) string {
	if len(citations) == 0 {
		return ""
	}
	if n.numbers == nil {
		n.numbers, n.written = map[graph.Citation]int{}, map[*graph.Citation]written{}
	}
	if w := n.written[&citations[0]]; w.count == len(citations) {
		return w.text
	}
	var numbers []int
	for _, c := range citations {
		if n.numbers[c] == 0 {
			n.list = append(n.list, c)
			n.numbers[c] = len(n.list)
		}
		numbers = append(numbers, n.numbers[c])
	}
	slices.Sort(numbers)
	text := "[" + strings.Trim(fmt.Sprint(numbers), "[]") + "]"
	n.written[&citations[0]] = written{len(citations), text}
	return text
}

// numbered is a passage and its number.
type numbered struct {
	graph.Citation
	number int
}

// bySource groups the passages by source, in the order in which sources are
// first cited.
func (n *notes) bySource() [][]numbered {
	var groups [][]numbered
	for i, c := range n.list {
		g := slices.IndexFunc(groups, func(g []numbered) bool { return g[0].Article == c.Article })
		if g < 0 {
			g = len(groups)
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], numbered{c, i + 1})
	}
	return groups
}

// asked writes the arguments of an answer in a line.
func asked(a *queries.Answer) string {
	var parts []string
	for _, p := range a.Parameters {
		if p.Value == nil || p.Value == false || p.Value == 0 {
			continue
		}
		parts = append(parts, p.Name+": "+text(p.Value, nil))
	}
	return strings.Join(parts, "; ")
}

// count writes a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

// Clean makes a text safe for a terminal or a line of text: control characters
// and marks that turn the direction of writing become visible.
func Clean(s string) string { return queries.Clean(s) }
