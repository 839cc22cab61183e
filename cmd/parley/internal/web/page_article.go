package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries/render"
)

const (
	mostPassages = 400
	mostRests    = 60  // on one passage
	mostRule     = 200 // on one rule
)

// articlePage is a source: its passages in order, with what rests on each.
type articlePage struct {
	From     string // publisher and day
	URL      string
	Passages []passageView
	More     int
	Wordless bool // an article whose words are not at hand
}

type passageView struct {
	Anchor    string
	Paragraph int
	Place     string
	Words     string
	Rests     []statement
	More      int
}

// statement is what is said of one node.
type statement struct {
	Subject span
	Said    []clause
}

// clause is what a quad says of its subject.
type clause struct {
	Relation string
	Object   []span
}

// article reads a source's passages.
func (s *Server) article(ctx context.Context, v *graph.View, p *page, n graph.Node) (*articlePage, error) {
	passages, err := v.Neighbours(ctx, []graph.Node{n}, vocab.FromSource, graph.In)
	if err != nil {
		return nil, err
	}
	type placed struct {
		graph.Citation
		node graph.Node
	}
	a := &articlePage{Wordless: s.config.Texts == nil && v.ID(n).Folder() == vocab.Article.Folder}
	var list []placed
	for _, node := range passages {
		citations, err := v.Cite(ctx, []graph.Node{node})
		if err != nil {
			return nil, err
		}
		for _, c := range citations {
			list = append(list, placed{c, node})
		}
	}
	slices.SortFunc(list, func(a, b placed) int {
		return cmp.Or(graph.CompareCitations(a.Citation, b.Citation), cmp.Compare(v.ID(a.node), v.ID(b.node)))
	})
	if len(list) > 0 {
		whole := list[0].Citation
		whole.Paragraph = 0
		if whole.Publisher != "" || !whole.Published.IsZero() {
			a.From = passageLabel(whole)
		}
	}
	if len(list) > mostPassages {
		list, a.More = list[:mostPassages], len(list)-mostPassages
	}
	var quote render.Quote
	if s.config.Texts != nil {
		quote = s.config.Texts(v)
	}
	for _, l := range list {
		view := passageView{Paragraph: l.Paragraph}
		if l.Paragraph > 0 {
			view.Anchor, view.Place = anchor(l.Citation), placeWords(l.Citation)
		}
		if quote != nil && l.Paragraph > 0 {
			if view.Words, err = quote(ctx, l.Citation); err != nil {
				return nil, err
			}
		}
		if view.Rests, view.More, err = p.rests(ctx, v, l.node, mostRests); err != nil {
			return nil, err
		}
		a.Passages = append(a.Passages, view)
	}
	addresses, err := v.Neighbours(ctx, []graph.Node{n}, vocab.URL, graph.Out)
	if err != nil {
		return nil, err
	}
	for _, address := range addresses {
		a.URL = outside(v.Text(address))
	}
	return a, nil
}

func placeWords(c graph.Citation) string {
	_, where, _ := strings.Cut(render.Citation(c), "¶")
	return "¶" + where
}

// rests writes what rests on a label: what it says of nodes that are shown, in
// the order of subjects.
func (p *page) rests(ctx context.Context, v *graph.View, label graph.Node, most int) (list []statement, more int, err error) {
	edges, err := v.Labelled(ctx, []graph.Node{label})
	if err != nil {
		return nil, 0, err
	}
	edges = slices.DeleteFunc(edges, func(e graph.Edge) bool {
		predicate := v.Predicate(e.Predicate)
		switch v.ID(e.From).Folder() {
		// What these say they say of what they join.
		case vocab.Participation.Folder, vocab.Rate.Folder, vocab.Money.Folder, vocab.Passage.Folder, vocab.Rule.Folder:
			return true
		}
		if v.ID(e.From).Folder() == vocab.Tenure.Folder {
			return predicate != vocab.HeldOffice
		}
		return predicate == nil || predicate == vocab.Type || predicate == vocab.Name && v.ID(e.From).Folder() != vocab.Office.Folder
	})
	slices.SortStableFunc(edges, func(a, b graph.Edge) int {
		return cmp.Or(strings.Compare(string(v.ID(a.From)), string(v.ID(b.From))), cmp.Compare(a.Predicate, b.Predicate))
	})
	if len(edges) > most {
		edges, more = edges[:most], len(edges)-most
	}
	for _, e := range edges {
		subject, said, err := p.clause(ctx, v, e)
		if err != nil {
			return nil, 0, err
		}
		if len(list) == 0 || list[len(list)-1].Subject != subject {
			list = append(list, statement{Subject: subject})
		}
		last := &list[len(list)-1]
		last.Said = append(last.Said, said)
	}
	return list, more, v.Err()
}

// clause writes an edge in words. A part in a meeting is written as who took it,
// a tenure as the office that its holder held.
func (p *page) clause(ctx context.Context, v *graph.View, e graph.Edge) (subject span, said clause, err error) {
	predicate := v.Predicate(e.Predicate)
	said.Relation = predicate.Label
	from, ends := e.From, []graph.Node{e.To}
	if v.ID(from).Folder() == vocab.Tenure.Folder {
		holders, err := v.Neighbours(ctx, []graph.Node{from}, vocab.HeldBy, graph.Out)
		if err != nil {
			return subject, said, err
		}
		if len(holders) > 0 {
			from, said.Relation = holders[0], "held the office"
		}
	}
	if v.ID(e.To).Folder() == vocab.Participation.Folder {
		if ends, err = v.Neighbours(ctx, ends, vocab.Participant, graph.Out); err != nil {
			return subject, said, err
		}
	}
	ref, err := v.Ref(ctx, from)
	if err != nil {
		return subject, said, err
	}
	subject = span{Text: ref.Name, URL: p.Node(ref.ID)}
	for _, end := range ends {
		if id := v.ID(end); id != "" {
			ref, err := v.Ref(ctx, end)
			if err != nil {
				return subject, said, err
			}
			said.Object = append(said.Object, span{Text: ref.Name, URL: p.Node(id)})
			continue
		}
		text := v.Text(end)
		fact := render.Fact{Predicate: string(predicate.IRI), Text: &text}
		said.Object = append(said.Object, span{Text: fact.Spoken()})
	}
	return subject, said, nil
}

// conclusions reads what rests on a rule.
func (b *nodePage) conclusions(ctx context.Context, v *graph.View, p *page, n graph.Node) error {
	var err error
	b.Rests, b.RestMore, err = p.rests(ctx, v, n, mostRule)
	return err
}

// versions are what each source said of a meeting, in the order in which they
// came out: what was planned against what happened.
type versions struct {
	Heads []string
	Rows  []versionRow
}

type versionRow struct {
	Published string
	Source    span
	Cells     []versionCell
}

// versionCell is what a source said, each with the passages that say so.
type versionCell struct {
	Head   string
	Values []factView
}

// told of a meeting, in the order of the columns.
var versionColumns = []struct {
	head      string
	predicate *vocab.Predicate
}{{"status", vocab.Status}, {"date", vocab.Date}, {"place", vocab.Location}, {"mode", vocab.Mode}, {"kind", vocab.Kind}}

func newVersions(d *render.Node, p *page) *versions {
	type version struct {
		article graph.Citation
		cells   [5]versionCell
	}
	byArticle := map[graph.ID]*version{}
	var order []*version
	for i := range d.Facts {
		f := &d.Facts[i]
		column := -1
		for j, c := range versionColumns {
			if f.Predicate == string(c.predicate.IRI) && !f.Reverse {
				column = j
			}
		}
		if column < 0 {
			continue
		}
		view := p.fact(f)
		// Sources come article by article.
		for rest := f.Sources; len(rest) > 0; {
			id, n := rest[0].Article.ID, 1
			for n < len(rest) && rest[n].Article.ID == id {
				n++
			}
			citations := rest[:n]
			rest = rest[n:]
			if byArticle[id] == nil {
				byArticle[id] = &version{article: citations[0]}
				order = append(order, byArticle[id])
			}
			cell := &byArticle[id].cells[column]
			cell.Values = append(cell.Values, factView{Spans: view.Spans, Sources: p.cited.sources(citations)})
		}
	}
	if len(order) == 0 {
		return nil
	}
	slices.SortFunc(order, func(a, b *version) int {
		return cmp.Or(a.article.Published.Compare(b.article.Published), strings.Compare(string(a.article.Article.ID), string(b.article.Article.ID)))
	})
	t := &versions{}
	var used []int
	for j, c := range versionColumns {
		if slices.ContainsFunc(order, func(v *version) bool { return len(v.cells[j].Values) > 0 }) {
			used = append(used, j)
			t.Heads = append(t.Heads, c.head)
		}
	}
	for _, v := range order {
		row := versionRow{Source: span{Text: cmp.Or(v.article.Publisher, v.article.Article.Name), URL: p.Node(v.article.Article.ID)}}
		if !v.article.Published.IsZero() {
			row.Published = v.article.Published.PublishedWords()
		}
		for _, j := range used {
			cell := v.cells[j]
			cell.Head = versionColumns[j].head
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
