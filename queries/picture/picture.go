package picture

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"parley/graph"
	"parley/queries"
)

// Options say what a picture is for.
type Options struct {
	// Explorer is the address of the explorer in which nodes have their pages,
	// such as http://127.0.0.1:8080; "" for pages of the same server.
	Explorer string
	// Image tells that texts are drawn with the font of the program, which has
	// Latin, Greek and Cyrillic letters: whoever is called otherwise stands
	// there by the id.
	Image bool
}

// Picture is an answer, ready to be drawn.
type Picture struct {
	Title       string
	Description string
	Groups      []string // sides or lanes, in order
	Marks       []Mark
	Ties        []Tie
	// Left says what the picture leaves out, "" for nothing.
	Left string

	last   graph.Day // of the axis of rates
	narrow bool
	kind   *queries.Picture
	lay    func(*Picture) *scene
}

// Narrow is the same picture laid out for a screen as narrow as a phone's; nil for
// chains, whose lanes need the width.
func (p *Picture) Narrow() *Picture {
	if p.kind == queries.ChainPicture {
		return nil
	}
	n := *p
	n.narrow = true
	return &n
}

// Mark is an actor, an act or an event.
type Mark struct {
	ID    graph.ID
	Name  string
	Lines []string // what more is said of it
	Date  graph.Date
	Group int    // in Groups
	Look  string // the class that it is drawn as
	State string // planned, held, threatened …, "" where nothing is said
	URL   string
	right bool
	// low and high are the rates after a change, in percent; entered tells that
	// those before it the answer does not have.
	low, high float64
	entered   bool
}

// Tie joins two marks: those who negotiated, or an answer with its cause.
type Tie struct {
	From, To int // in Marks
	Count    int
	Status   string
	Mode     string
	Inferred bool
	Words    string // all that is said of it
	URL      string
}

// Bounds of what one picture shows; what is more is told in words.
const (
	mostTies   = 200 // of a map
	mostActs   = 150 // of chains
	mostEvents = 300 // of a timeline
	mostName   = 160 // characters of a name
)

// Of makes the picture of an answer. The error says that its query has none.
func Of(a *queries.Answer, o Options) (*Picture, error) {
	b := &builder{answer: a, image: o.Image, explorer: strings.TrimSuffix(o.Explorer, "/"), p: &Picture{Title: a.Query.Title, kind: a.Query.Picture}}
	for _, argument := range a.Parameters {
		if date, ok := argument.Value.(graph.Date); ok && argument.Name == "known-by" && !date.IsZero() {
			b.knownBy = date.String()
			b.p.Title += " As known by " + date.Words()
		}
	}
	switch a.Query.Picture {
	case queries.NegotiationMap:
		b.negotiations()
	case queries.ChainPicture:
		b.chains()
	case queries.TimelinePicture:
		b.events()
	case queries.RatePicture:
		b.rates()
	default:
		return nil, fmt.Errorf("the query %s has no picture", a.Query.Name)
	}
	if len(b.p.Marks) == 0 {
		b.p.Description = "Nothing is known that could be drawn."
	}
	b.p.Description = join(b.asked(), b.p.Description, " · ")
	if b.renamed {
		b.p.Left = join(b.p.Left, "Names in letters that the image cannot show stand as ids.", " ")
	}
	return b.p, nil
}

// builder makes a picture of an answer.
type builder struct {
	answer   *queries.Answer
	explorer string
	knownBy  string
	image    bool
	renamed  bool // somebody stands as an id
	p        *Picture
}

// name is what a node is called in the picture.
func (b *builder) name(ref graph.Ref) string {
	if name := short(ref.Name); !b.image || drawable(name) {
		return name
	}
	b.renamed = true
	return b.word(string(ref.ID))
}

// word is a text that is no name, its letters as escapes where an image cannot
// show them.
func (b *builder) word(s string) string {
	s = short(s)
	if !b.image || drawable(s) {
		return s
	}
	return strings.Trim(strconv.QuoteToASCII(s), `"`)
}

// asked tells what the query was asked, but for the day, which the title tells.
func (b *builder) asked() string {
	var parts []string
	for _, argument := range b.answer.Parameters {
		if argument.Name == "limit" || argument.Name == "offset" { // Left tells what they do
			continue
		}
		value := ""
		switch v := argument.Value.(type) {
		case graph.Ref:
			value = b.name(v)
		case graph.Date:
			if argument.Name != "known-by" {
				value = v.Words()
			}
		case string:
			value = b.word(v)
		case bool:
			if v {
				value = "yes"
			}
		case int:
			if v > 0 {
				value = strconv.Itoa(v)
			}
		}
		if value != "" {
			parts = append(parts, strings.ReplaceAll(argument.Name, "-", " ")+": "+value)
		}
	}
	return strings.Join(parts, ", ")
}

// column finds a column of the answer, by name or by kind.
func (b *builder) column(name string, kind queries.ColumnKind) int {
	return b.answer.Query.ColumnOf(queries.Column{Name: name, Kind: kind})
}

// at returns the cell of a row; the zero value where it is empty or there is no
// such column.
func at[T any](row []any, column int) T {
	var none T
	if column < 0 {
		return none
	}
	if cell, ok := row[column].(T); ok {
		return cell
	}
	return none
}

// node is the address of a node's page. An id of ours is a path; what is an IRI
// is an argument, since a path has no double slashes.
func (b *builder) node(id graph.ID) string {
	address := NodePath("/nodes", id)
	if b.knownBy != "" {
		join := "?"
		if strings.Contains(address, "?") {
			join = "&"
		}
		address += join + "known-by=" + url.QueryEscape(b.knownBy)
	}
	return b.explorer + address
}

// NodePath is the path of a node's page in the explorer, under a prefix.
func NodePath(prefix string, id graph.ID) string {
	if id.Folder() == "" {
		return prefix + "?" + url.Values{"id": {string(id)}}.Encode()
	}
	parts := strings.Split(string(id), "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return prefix + "/" + strings.Join(parts, "/")
}

// group returns the index of a group, which it adds where it is new.
func (p *Picture) group(name string) int {
	for i, g := range p.Groups {
		if g == name {
			return i
		}
	}
	p.Groups = append(p.Groups, name)
	return len(p.Groups) - 1
}

// short bounds a name, which may be of any length.
func short(name string) string {
	name = queries.Clean(name)
	if runes := []rune(name); len(runes) > mostName {
		return string(runes[:mostName-1]) + "…"
	}
	return name
}

// span says from which month to which something lies, "" where nothing is dated.
func span(dates []graph.Date) string {
	var first, last graph.Date
	for _, d := range dates {
		if d.IsZero() {
			continue
		}
		if first.IsZero() || d.Compare(first) < 0 {
			first = d
		}
		if last.IsZero() || d.End() > last.End() {
			last = d
		}
	}
	if first.IsZero() {
		return ""
	}
	from, to := first.Start().String()[:7], last.End().String()[:7]
	if from == to {
		return from
	}
	return from + " to " + to
}

func count(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + several
}
