package queries

import (
	"context"
	"slices"

	"parley/graph"
	"parley/graph/vocab"
)

// Sources answers what the answers rest on.
var Sources = register(&Query{
	Name:    "sources",
	Title:   "What does the graph rest on?",
	Row:     "One row is one article, with what rests on its passages; with --kind, a page cited whole.",
	Example: []string{},
	Params: []Param{
		{Name: "kind", Kind: WordParam, Words: []string{"article", "reference", "any"}, Default: "article", Meaning: "articles that were read, pages cited whole as references, or both"},
	},
	Columns: []Column{
		{"article", NodeColumn, "the article, or the page cited whole"},
		{"publisher", TextColumn, "who published it"},
		{"published", DateColumn, "the day of publication; empty for a page that is background"},
		{"published_basis", TextColumn, "how that day is known"},
		{"passages", CountColumn, "passages that state something"},
		{"quads", CountColumn, "quads they state"},
		{"actions", CountColumn, "moves, changes and statements they tell of"},
		{"meetings", CountColumn, "meetings they tell of"},
		sourcesColumn,
	},
	walk: walkSources,
})

func walkSources(ctx context.Context, r *run) error {
	classes := map[string][]*vocab.Class{
		"article": {vocab.Article}, "reference": {vocab.Reference}, "any": {vocab.Article, vocab.Reference},
	}
	nodes, err := r.view.Instances(ctx, classes[r.word("kind")]...)
	if err != nil {
		return err
	}
	records, err := r.view.Records(ctx, nodes)
	if err != nil {
		return err
	}
	for _, n := range nodes {
		if err := r.source(ctx, n, records[n]); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) source(ctx context.Context, n graph.Node, record graph.Record) error {
	from, err := r.view.Expand(ctx, []graph.Node{n}, vocab.FromSource, graph.In)
	if err != nil {
		return err
	}
	passages := graph.Targets(from)
	edges, err := r.view.Labelled(ctx, passages)
	if err != nil {
		return err
	}
	var actions, meetings []graph.Node
	stating := map[graph.Node]bool{}
	for _, e := range edges {
		if r.view.ID(e.Label) != graph.WholeID(r.view.ID(n)) {
			stating[e.Label] = true
		}
		switch c := r.view.Class(e.To); {
		case c == vocab.Meeting:
			meetings = append(meetings, e.From)
		case slices.Contains(vocab.Actions(), c):
			actions = append(actions, e.From)
		}
	}
	for _, told := range []*[]graph.Node{&actions, &meetings} {
		slices.Sort(*told)
		if *told, err = r.events(ctx, slices.Compact(*told)); err != nil {
			return err
		}
	}
	published, err := r.view.Best(ctx, record.Of(vocab.Published))
	if err != nil {
		return err
	}
	date, err := r.view.Date(published)
	if err != nil {
		return err
	}
	publisher, err := r.nameAll(ctx, record.Nodes(vocab.Publisher))
	if err != nil {
		return err
	}
	whole := reasons{r.view.NodeOf(graph.WholeID(r.view.ID(n)))}
	r.emit(place{date: date, text: string(r.view.ID(n))},
		n, publisher, date, r.texts(record, vocab.DateBasis), len(stating), len(edges), len(actions), len(meetings), whole)
	return nil
}
