package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"parley/graph/vocab"
)

// Ref is a node as answers show it.
type Ref struct {
	ID   ID     `json:"id"`
	Name string `json:"name"`
}

// Citation is a passage that a reader can look up. Paragraph is 0 for a source
// cited whole; Start and End are Unicode code points into the whole text, the
// end exclusive (the Web Annotation text position selector).
type Citation struct {
	Article   Ref
	Publisher string
	Published Date
	Paragraph int
	Start     int
	End       int
}

// Refs names nodes. A node without a name is called by its id, an article
// without a title by its publisher and day. Names are read past the view's
// day: they are the data's own and give nothing away.
func (v *View) Refs(ctx context.Context, nodes []Node) (map[Node]Ref, error) {
	edges, err := v.expand(ctx, nodes, vocab.Name, Out)
	if err != nil {
		return nil, err
	}
	refs := make(map[Node]Ref, len(nodes))
	for _, e := range edges {
		// Of several names the first in the alphabet, whatever the order of
		// loading.
		if name := v.Text(e.To); refs[e.From].Name == "" || name < refs[e.From].Name {
			refs[e.From] = Ref{v.ID(e.From), name}
		}
	}
	for _, n := range nodes {
		if _, ok := refs[n]; !ok {
			id := v.ID(n)
			refs[n] = Ref{id, string(id)}
		}
	}
	return refs, nil
}

// Ref names one node.
func (v *View) Ref(ctx context.Context, n Node) (Ref, error) {
	refs, err := v.Refs(ctx, []Node{n})
	return refs[n], err
}

// Cite returns the passages behind labels, each once, by day of publication,
// article and place in the text. Labels that are rules, or of other
// vocabularies, cite nothing.
func (v *View) Cite(ctx context.Context, labels []Node) ([]Citation, error) {
	var citations []Citation
	seen := make(map[Node]bool, len(labels))
	for _, label := range labels {
		if label == 0 || seen[label] {
			continue
		}
		seen[label] = true
		c, ok, err := v.citation(ctx, label)
		if err != nil {
			return nil, err
		}
		if ok {
			citations = append(citations, c)
		}
	}
	slices.SortFunc(citations, CompareCitations)
	return slices.Compact(citations), nil
}

// CompareCitations orders citations by day of publication, article and place.
func CompareCitations(a, b Citation) int {
	return cmp.Or(
		a.Published.Compare(b.Published),
		cmp.Compare(a.Article.ID, b.Article.ID),
		cmp.Compare(a.Paragraph, b.Paragraph),
		cmp.Compare(a.Start, b.Start),
		cmp.Compare(a.End, b.End),
	)
}

func (v *View) citation(ctx context.Context, label Node) (Citation, bool, error) {
	if c, ok := v.citations[label]; ok {
		return c, c.Article.ID != "", nil
	}
	c, err := v.readCitation(ctx, label)
	if err != nil {
		return Citation{}, false, err
	}
	v.citations[label] = c
	return c, c.Article.ID != "", nil
}

func (v *View) readCitation(ctx context.Context, label Node) (Citation, error) {
	var c Citation
	edges, err := v.expand(ctx, []Node{label}, nil, Out)
	if err != nil {
		return c, err
	}
	var source Node
	for _, e := range edges {
		switch v.Value(e.Predicate) {
		case vocab.FromSource.IRI:
			source = e.To
		case vocab.Paragraph.IRI:
			c.Paragraph, err = v.integer(e)
		case vocab.Start.IRI:
			c.Start, err = v.integer(e)
		case vocab.End.IRI:
			c.End, err = v.integer(e)
		}
		if err != nil {
			return c, err
		}
	}
	if source == 0 {
		return Citation{}, nil
	}
	facts, err := v.expand(ctx, []Node{source}, nil, Out)
	if err != nil {
		return c, err
	}
	for _, e := range facts {
		switch v.Value(e.Predicate) {
		case vocab.Publisher.IRI:
			publisher, err := v.Ref(ctx, e.To)
			if err != nil {
				return c, err
			}
			c.Publisher = publisher.Name
		case vocab.Published.IRI:
			if c.Published, err = ParseDate(v.Text(e.To)); err != nil {
				return c, fmt.Errorf("%s: date of publication: %w", v.ID(source), err)
			}
		}
	}
	c.Article, err = v.Ref(ctx, source)
	return c, err
}

func (v *View) integer(e Edge) (int, error) {
	n, err := strconv.Atoi(v.Text(e.To))
	if err != nil {
		return 0, fmt.Errorf("%s: %s: %q is not a whole number", v.ID(e.From), v.Text(e.Predicate), v.Text(e.To))
	}
	return n, nil
}

// MarshalJSON writes {"article", "publisher", "published", "paragraph",
// "start", "end"}; what a source cited whole has not is null.
func (c Citation) MarshalJSON() ([]byte, error) {
	var publisher *string
	if c.Publisher != "" {
		publisher = &c.Publisher
	}
	out := struct {
		Article   Ref     `json:"article"`
		Publisher *string `json:"publisher"`
		Published Date    `json:"published"`
		Paragraph *int    `json:"paragraph"`
		Start     *int    `json:"start"`
		End       *int    `json:"end"`
	}{Article: c.Article, Publisher: publisher, Published: c.Published}
	if c.Paragraph > 0 {
		out.Paragraph, out.Start, out.End = &c.Paragraph, &c.Start, &c.End
	}
	return json.Marshal(out)
}
