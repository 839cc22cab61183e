package web

import (
	"fmt"
	"net/url"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries/picture"
)

// links writes the addresses of pages, all of one day on which the graph is
// shown.
type links struct{ knownBy graph.Date }

// at adds the day to an address.
func (l links) at(address string) string {
	if l.knownBy.IsZero() {
		return address
	}
	join := "?"
	if strings.Contains(address, "?") {
		join = "&"
	}
	return address + join + "known-by=" + url.QueryEscape(l.knownBy.String())
}

// Node is the page of a node.
func (l links) Node(id graph.ID) string { return l.at(picture.NodePath("/nodes", id)) }

// Graph is the picture of a node and what is around it.
func (l links) Graph(id graph.ID) string {
	return l.at("/graph?" + url.Values{"node": {string(id)}}.Encode())
}

// Page is a page of another path.
func (l links) Page(path string) string { return l.at(path) }

// Query is the page of a query's answer; arguments are names and values in turn.
func (l links) Query(name string, arguments ...string) string {
	return l.at("/queries/" + name + encode(arguments))
}

func encode(arguments []string) string {
	values := url.Values{}
	for i := 0; i+1 < len(arguments); i += 2 {
		values.Set(arguments[i], arguments[i+1])
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// Citation is the page of an article at the passage that is cited.
func (l links) Citation(c graph.Citation) string {
	address := l.Node(c.Article.ID)
	if c.Paragraph > 0 {
		address += "#" + anchor(c)
	}
	return address
}

// anchor names a passage within its article's page.
func anchor(c graph.Citation) string { return fmt.Sprintf("p%d-%d-%d", c.Paragraph, c.Start, c.End) }

// className is what a node is, in a word.
func className(id graph.ID) string {
	if c := graph.ClassOfFolder(id.Folder()); c != nil {
		return spaced(c.Name)
	}
	return "Node"
}

// spaced writes a name in camel case as words: MeasureMove is Measure move.
func spaced(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isActor tells whether a node is one that acts.
func isActor(id graph.ID) bool {
	for _, c := range vocab.Actors() {
		if id.Folder() == c.Folder {
			return true
		}
	}
	return false
}
