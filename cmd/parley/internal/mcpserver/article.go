package mcpserver

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries/render"
)

const (
	mostPassages = 100 // on one page of an article
	mostSays     = 60  // of one passage
)

// articlePage is a source: its passages in order, with what each states.
type articlePage struct {
	Article   graph.Ref  `json:"article"`
	Publisher *string    `json:"publisher"`
	Published graph.Date `json:"published"`
	URL       *string    `json:"url"`
	Passages  []passage  `json:"passages"`
	Total     int        `json:"total"` // passages on all pages
	Next      *string    `json:"next"`  // the address of the next page
}

// passage is a part of a source. Paragraph, Start and End are null where the
// source is cited whole.
type passage struct {
	ID        graph.ID `json:"id"`
	Paragraph *int     `json:"paragraph"`
	Start     *int     `json:"start"`
	End       *int     `json:"end"`
	Words     string   `json:"words,omitempty"`
	Says      []says   `json:"says"`
	More      int      `json:"more"` // how much else it says
}

// says is one thing that a passage states: node for what is a node, text for a
// literal.
type says struct {
	Subject  graph.Ref  `json:"subject"`
	Relation string     `json:"relation"`
	Node     *graph.Ref `json:"node"`
	Text     *string    `json:"text"`
}

// readArticle reads an article's page.
func (s *server) readArticle(ctx context.Context, uri string) (content []byte, err error) {
	err = s.history.Look(ctx, graph.Options{}, func(v *graph.View) error {
		written, offset := strings.TrimPrefix(uri, articlePrefix), 0
		n := nodeAt(v, written)
		if n == 0 {
			written, offset = offsetOf(written)
			n = nodeAt(v, written)
		}
		page, err := s.article(ctx, v, n, offset)
		content = encoded(page)
		return err
	})
	return content, err
}

// article reads the passages of a source from an offset on, as many as fit.
func (s *server) article(ctx context.Context, v *graph.View, n graph.Node, offset int) (*articlePage, error) {
	if folder := v.ID(n).Folder(); folder != vocab.Article.Folder && folder != vocab.Reference.Folder {
		return nil, errMissing
	}
	places, err := placesIn(ctx, v, n)
	if err != nil {
		return nil, err
	}
	if len(places) == 0 {
		return nil, errMissing
	}
	about := places[0].Citation
	page := &articlePage{Article: about.Article, Published: about.Published, Passages: []passage{}, Total: len(places)}
	if about.Publisher != "" {
		page.Publisher = &about.Publisher
	}
	addresses, err := v.Neighbours(ctx, []graph.Node{n}, vocab.URL, graph.Out)
	if err != nil {
		return nil, err
	}
	if len(addresses) > 0 {
		address := v.Text(addresses[0])
		page.URL = &address
	}
	var quote render.Quote
	if s.config.Texts != nil {
		quote = s.config.Texts(v)
	}
	size, end := len(encoded(page)), min(offset, len(places))
	for _, p := range places[end:] {
		one, err := p.read(ctx, v, quote)
		if err != nil {
			return nil, err
		}
		size += len(encoded(one))
		if len(page.Passages) > 0 && (size > s.config.Limits.Bytes || len(page.Passages) == mostPassages) {
			break
		}
		page.Passages = append(page.Passages, one)
		end++
	}
	if end < len(places) {
		next := uriOf(articlePrefix, v.ID(n)) + "?offset=" + strconv.Itoa(end)
		page.Next = &next
	}
	return page, nil
}

// place is where a passage is.
type place struct {
	graph.Citation
	node graph.Node
}

// placesIn finds the passages of a source in the order of its text.
func placesIn(ctx context.Context, v *graph.View, source graph.Node) ([]place, error) {
	nodes, err := v.Neighbours(ctx, []graph.Node{source}, vocab.FromSource, graph.In)
	if err != nil {
		return nil, err
	}
	var places []place
	for _, n := range nodes {
		citations, err := v.Cite(ctx, []graph.Node{n})
		if err != nil {
			return nil, err
		}
		for _, c := range citations {
			places = append(places, place{c, n})
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(graph.CompareCitations(a.Citation, b.Citation), cmp.Compare(v.ID(a.node), v.ID(b.node)))
	})
	return places, nil
}

// read reads what a passage states.
func (p *place) read(ctx context.Context, v *graph.View, quote render.Quote) (passage, error) {
	one := passage{ID: v.ID(p.node), Says: []says{}}
	if p.Paragraph > 0 {
		one.Paragraph, one.Start, one.End = &p.Paragraph, &p.Start, &p.End
		if quote != nil {
			var err error
			if one.Words, err = quote(ctx, p.Citation); err != nil {
				return one, err
			}
		}
	}
	edges, err := v.Labelled(ctx, []graph.Node{p.node})
	if err != nil {
		return one, err
	}
	edges = slices.DeleteFunc(edges, func(e graph.Edge) bool { return !telling(v, e) })
	slices.SortStableFunc(edges, func(a, b graph.Edge) int {
		return cmp.Or(cmp.Compare(v.ID(a.From), v.ID(b.From)), cmp.Compare(v.Text(a.Predicate), v.Text(b.Predicate)), cmp.Compare(v.Text(a.To), v.Text(b.To)))
	})
	if len(edges) > mostSays {
		edges, one.More = edges[:mostSays], len(edges)-mostSays
	}
	for _, e := range edges {
		said, err := sayingOf(ctx, v, e)
		if err != nil {
			return one, err
		}
		one.Says = append(one.Says, said...)
	}
	return one, v.Err()
}

// telling tells whether a quad is worth telling of: not what only joins others,
// which is told of what it joins, and not what a thing is called or is.
func telling(v *graph.View, e graph.Edge) bool {
	p := v.Predicate(e.Predicate)
	switch v.ID(e.From).Folder() {
	case vocab.Participation.Folder, vocab.Rate.Folder, vocab.Money.Folder, vocab.Passage.Folder, vocab.Rule.Folder:
		return false
	case vocab.Tenure.Folder:
		return p == vocab.HeldOffice
	case vocab.Office.Folder:
		return p != vocab.Type
	}
	return p != vocab.Type && p != vocab.Name
}

// sayingOf writes a quad: a part in a meeting as who took it, and a tenure as the
// office that its holder held.
func sayingOf(ctx context.Context, v *graph.View, e graph.Edge) ([]says, error) {
	from, ends := e.From, []graph.Node{e.To}
	relation := v.Text(e.Predicate)
	if p := v.Predicate(e.Predicate); p != nil {
		relation = p.Label
	}
	if v.ID(from).Folder() == vocab.Tenure.Folder {
		holders, err := v.Neighbours(ctx, []graph.Node{from}, vocab.HeldBy, graph.Out)
		if err != nil {
			return nil, err
		}
		if len(holders) > 0 {
			from, relation = holders[0], "held the office"
		}
	}
	if v.ID(e.To).Folder() == vocab.Participation.Folder {
		var err error
		if ends, err = v.Neighbours(ctx, ends, vocab.Participant, graph.Out); err != nil {
			return nil, err
		}
	}
	subject, err := v.Ref(ctx, from)
	if err != nil {
		return nil, err
	}
	list := make([]says, 0, len(ends))
	for _, end := range ends {
		said := says{Subject: subject, Relation: relation}
		if v.ID(end) == "" {
			literal := v.Text(end)
			said.Text = &literal
		} else {
			ref, err := v.Ref(ctx, end)
			if err != nil {
				return nil, err
			}
			said.Node = &ref
		}
		list = append(list, said)
	}
	return list, nil
}
