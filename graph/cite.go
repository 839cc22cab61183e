package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parley/graph/vocab"
)

// Ref is a node as answers show it.
type Ref struct {
	ID   ID     `json:"id"`
	Name string `json:"name"`
}

// Citation is a passage that a reader can look up. Paragraph is 0 for a source
// cited whole; Start and End are Unicode code points into the whole text, the
// end exclusive (the Web Annotation text position selector). URL is the web
// address of the source, "" where there is none.
type Citation struct {
	Article   Ref
	Publisher string
	Published Date
	Paragraph int
	Start     int
	End       int
	URL       string
}

// Refs names nodes. A node without a name is called by its id, an article
// without a title too. Names are read past the view's day, so that
// whatever shows can be called by its name.
func (v *View) Refs(ctx context.Context, nodes []Node) (map[Node]Ref, error) {
	refs := make(map[Node]Ref, len(nodes))
	var unknown []Node
	for _, n := range nodes {
		if r, ok := v.memo.refs.get(n); ok {
			refs[n] = r
		} else {
			unknown = append(unknown, n)
		}
	}
	if len(unknown) == 0 {
		return refs, cmp.Or(v.Err(), ctx.Err())
	}
	edges, err := v.expand(ctx, unknown, vocab.Name, Out)
	if err != nil {
		return nil, err
	}
	for _, e := range edges {
		// Of several names the first in the alphabet, whatever the order of
		// loading.
		if name := v.Text(e.To); refs[e.From].Name == "" || name < refs[e.From].Name {
			refs[e.From] = Ref{v.ID(e.From), name}
		}
	}
	for _, n := range unknown {
		if _, ok := refs[n]; !ok {
			id := v.ID(n)
			refs[n] = Ref{id, string(id)}
		}
	}
	if err := v.Err(); err != nil {
		return nil, err
	}
	for _, n := range unknown {
		v.memo.refs.put(n, refs[n])
	}
	return refs, nil
}

// Ref names one node.
func (v *View) Ref(ctx context.Context, n Node) (Ref, error) {
	if r, ok := v.memo.refs.get(n); ok {
		return r, cmp.Or(v.Err(), ctx.Err())
	}
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
	if err := v.Err(); err != nil {
		return nil, err
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
	if c, ok := v.memo.citations.get(label); ok {
		return c, c.Article.ID != "", nil
	}
	c, err := v.readCitation(ctx, label)
	if err = cmp.Or(v.Err(), err); err != nil {
		return Citation{}, false, err
	}
	v.memo.citations.put(label, c)
	return c, c.Article.ID != "", nil
}

func (v *View) readCitation(ctx context.Context, label Node) (Citation, error) {
	source, err := v.one(ctx, label, vocab.FromSource)
	if err != nil || source == 0 {
		return Citation{}, err
	}
	var c Citation
	for _, f := range []struct {
		number    *int
		predicate *vocab.Predicate
	}{{&c.Paragraph, vocab.Paragraph}, {&c.Start, vocab.Start}, {&c.End, vocab.End}} {
		text, err := v.textOf(ctx, label, f.predicate)
		if err != nil {
			return Citation{}, err
		}
		// Passages of other vocabularies may carry any text as a number, and
		// their sources any text as a date; what cannot be read is none.
		*f.number, _ = strconv.Atoi(text)
	}
	published, err := v.textOf(ctx, source, vocab.Published)
	if err != nil {
		return Citation{}, err
	}
	c.Published, _ = ParseDate(published)
	publisher, err := v.one(ctx, source, vocab.Publisher)
	if err != nil {
		return Citation{}, err
	}
	if publisher != 0 {
		named, err := v.Ref(ctx, publisher)
		if err != nil {
			return Citation{}, err
		}
		c.Publisher = named.Name
	}
	address, err := v.textOf(ctx, source, vocab.URL)
	if err != nil {
		return Citation{}, err
	}
	if isWeb(address) {
		c.URL = address
	}
	c.Article, err = v.Ref(ctx, source)
	return c, err
}

// isWeb tells whether a text is the address of a page. Sources of other
// vocabularies may have any text as one, and following it do anything.
func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" &&
		!strings.ContainsFunc(address, func(c rune) bool { return c <= ' ' || strings.ContainsRune("<>\"{}|^`\\", c) })
}

// textOf returns the text of the object along a predicate, "" where there is
// none.
func (v *View) textOf(ctx context.Context, n Node, p *vocab.Predicate) (string, error) {
	to, err := v.one(ctx, n, p)
	return v.Text(to), err
}

// MarshalJSON writes {"article", "publisher", "published", "paragraph",
// "start", "end", "url"}; what a source cited whole has not is null, and so is
// an address that is not known.
func (c Citation) MarshalJSON() ([]byte, error) {
	var publisher, address *string
	if c.Publisher != "" {
		publisher = &c.Publisher
	}
	if c.URL != "" {
		address = &c.URL
	}
	out := struct {
		Article   Ref     `json:"article"`
		Publisher *string `json:"publisher"`
		Published Date    `json:"published"`
		Paragraph *int    `json:"paragraph"`
		Start     *int    `json:"start"`
		End       *int    `json:"end"`
		URL       *string `json:"url"`
	}{Article: c.Article, Publisher: publisher, Published: c.Published, URL: address}
	if c.Paragraph > 0 {
		out.Paragraph, out.Start, out.End = &c.Paragraph, &c.Start, &c.End
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(out)
	return bytes.TrimSpace(b.Bytes()), err
}
