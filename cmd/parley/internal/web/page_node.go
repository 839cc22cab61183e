package web

import (
	"context"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"
	"parley/queries/render"
)

const (
	sectionRows = 50 // of one answer on a node's page
	mostFacts   = 60 // of one relation on a node's page
)

// nodePage is what a page tells of one node.
type nodePage struct {
	graph.Ref
	Class    string
	Meaning  string // what a node of the class is
	Aliases  []string
	Same     []span // the node in other places
	Told     []string
	Offices  *officeBars
	Rate     template.HTML // over time
	Versions *versions
	Sections []section
	Ask      []span
	Facts    []relation
	Article  *articlePage
	Rests    []statement // on a rule
	RestMore int
}

// section is an answer to a query about the node.
type section struct {
	Title   string
	Query   *queries.Query
	URL     string
	Picture template.HTML
	Sheet   sheet
	Told    string // of what is not drawn
	Of      int    // rows there are, 0 where the table has them all
}

// relation are the facts of one relation.
type relation struct {
	Name  string
	Facts []factView
	More  int
}

type factView struct {
	Before  string // a word before it, such as the relation of a part
	Spans   []span
	Parts   []factView // what a node joins that only joins others
	Rules   []span
	Sources []source
	Labels  []graph.ID
}

func (s *Server) node(ctx context.Context, p *page) error {
	if err := once(p.request.URL.Query()); err != nil {
		return err
	}
	id := graph.ID(p.request.PathValue("id"))
	if id == "" {
		id = graph.ID(p.request.URL.Query().Get("id"))
	}
	body := &nodePage{}
	p.Name, p.Body, p.Wide = "node", body, true
	var described *render.Node
	err := s.history.Look(ctx, graph.Options{KnownBy: p.knownBy}, func(v *graph.View) error {
		n := v.NodeOf(id)
		if n == 0 {
			return s.unknown(ctx, v, id)
		}
		if id.Folder() == vocab.Passage.Folder {
			return p.passage(ctx, v, n)
		}
		var err error
		if described, err = render.Describe(ctx, v, n, mostFacts, nil); err != nil {
			return err
		}
		switch id.Folder() {
		case vocab.Article.Folder, vocab.Reference.Folder:
			body.Article, err = s.article(ctx, v, p, n)
		case vocab.Rule.Folder:
			err = body.conclusions(ctx, v, p, n)
		}
		return err
	})
	if err != nil {
		return err
	}
	body.Ref, p.Title = described.Ref, described.Name
	body.Class = className(id)
	if c := graph.ClassOfFolder(id.Folder()); c != nil {
		body.Meaning = c.Meaning
	}
	if len(described.Facts) == 0 {
		p.status = 404
		return nil
	}
	// Passages are numbered in the order of the page: the sections come first.
	if err := s.sections(ctx, p, body, described); err != nil {
		return err
	}
	body.facts(p, described)
	return nil
}

// unknown is the failure of an id that no node has.
func (s *Server) unknown(ctx context.Context, v *graph.View, id graph.ID) error {
	found, err := v.Search(ctx, strings.NewReplacer("-", " ", "_", " ").Replace(id.Slug()), 5)
	if err != nil {
		return err
	}
	f := failure{status: 404, title: "No such node", detail: "no node has the id " + string(id)}
	for _, m := range found {
		f.near = append(f.near, m.Ref)
	}
	return f
}

// passage leads to the place of a passage in its article's page.
func (p *page) passage(ctx context.Context, v *graph.View, n graph.Node) error {
	citations, err := v.Cite(ctx, []graph.Node{n})
	if err != nil {
		return err
	}
	if len(citations) == 0 {
		return notFound("the passage is of no source")
	}
	return redirect(p.Citation(citations[0]))
}

// facts groups what is said by relation.
func (b *nodePage) facts(p *page, d *render.Node) {
	for i := range d.Facts {
		f := &d.Facts[i]
		if b.ownPassages(f) {
			continue
		}
		if d.ID.Folder() == vocab.Rule.Folder {
			f.Rules = nil // a rule is told by itself
		}
		switch predicate := vocab.PredicateOf(f.Predicate); {
		case f.Reverse:
		case predicate == vocab.Alias:
			b.Aliases = append(b.Aliases, *f.Text)
		case predicate == vocab.Description && f.Text != nil:
			b.Told = append(b.Told, *f.Text)
		case predicate == vocab.SameAs && f.Node != nil:
			b.Same = append(b.Same, span{Text: string(f.Node.ID), URL: outside(string(f.Node.ID))})
		}
		if len(b.Facts) == 0 || b.Facts[len(b.Facts)-1].Name != f.Relation {
			b.Facts = append(b.Facts, relation{Name: f.Relation})
		}
		last := &b.Facts[len(b.Facts)-1]
		last.Facts = append(last.Facts, p.fact(f))
	}
	for _, u := range d.Unsaid {
		if i := slices.IndexFunc(b.Facts, func(r relation) bool { return r.Name == u.Relation }); i >= 0 {
			b.Facts[i].More = u.Count
		}
	}
}

// ownPassages tells whether a fact is that a source has a passage: the page shows
// those with what rests on each.
func (b *nodePage) ownPassages(f *render.Fact) bool {
	return b.Article != nil && f.Reverse && vocab.PredicateOf(f.Predicate) == vocab.FromSource
}

// outside is the address of a page elsewhere, "" where following it might do
// anything but show a page.
func outside(address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	return ""
}

// fact lays out one fact; one that only joins others as what it joins.
func (p *page) fact(f *render.Fact) factView {
	if len(f.Details) > 0 {
		var joined factView
		for i := range f.Details {
			detail := &f.Details[i]
			part := p.fact(detail)
			if detail.Node == nil {
				part.Before = detail.Relation
			}
			joined.Parts = append(joined.Parts, part)
		}
		return joined
	}
	view := factView{Sources: p.cited.sources(f.Sources), Labels: f.Labels}
	s := span{Text: f.Spoken()}
	if f.Node != nil {
		s.URL = p.Node(f.Node.ID)
		if vocab.ClassOf(f.Node.ID) != nil {
			s.URL = "" // a class has no page
		}
	} else if marked[s.Text] {
		s.Mark = s.Text
	} else if address := outside(s.Text); address != "" && vocab.PredicateOf(f.Predicate) == vocab.URL {
		s.URL, s.Outside = address, true
	}
	view.Spans = []span{s}
	for _, r := range f.Rules {
		view.Rules = append(view.Rules, span{Text: r.Name, URL: p.Node(r.ID)})
	}
	return view
}

// asked are the sections of a node's page: what is asked about a node of each
// kind.
func askedOf(id graph.ID) [][]string {
	switch id.Folder() {
	case vocab.Person.Folder, vocab.Country.Folder, vocab.Organization.Folder:
		return [][]string{
			{"Who faced them", "negotiated-with", "actor", string(id), "status", "any"},
			{"What they did, and what was done to them", "timeline", "actor", string(id)},
		}
	case vocab.Meeting.Folder:
		return [][]string{{"The meeting", "meetings", "meeting", string(id)}}
	case vocab.Measure.Folder:
		return [][]string{
			{"Moves", "tariff-moves", "measure", string(id)},
			{"What the moves set off", "retaliation-chains", "from", string(id)},
		}
	case vocab.Agreement.Folder:
		return [][]string{
			{"What was promised", "truces", "agreement", string(id)},
			{"What it led to", "retaliation-chains", "from", string(id)},
			{"What led to it", "retaliation-chains", "direction", "back", "from", string(id)},
		}
	case vocab.MeasureMove.Folder, vocab.StatusChange.Folder, vocab.Statement.Folder:
		return [][]string{
			{"What it led to", "retaliation-chains", "from", string(id)},
			{"What led to it", "retaliation-chains", "direction", "back", "from", string(id)},
		}
	}
	return nil
}

// sections asks the queries about the node.
func (s *Server) sections(ctx context.Context, p *page, body *nodePage, d *render.Node) error {
	id := d.ID
	if id.Folder() == vocab.Meeting.Folder {
		body.Versions = newVersions(d, p)
	}
	for n, ask := range askedOf(id) {
		q := s.config.Registry.Lookup(ask[1])
		if q == nil {
			continue
		}
		a, err := s.about(ctx, p, q, ask[2:])
		if err != nil {
			return err
		}
		if len(a.Rows) == 0 {
			continue
		}
		sec := section{Title: ask[0], Query: q, URL: p.Query(q.Name, ask[2:]...), Told: told(a)}
		if id.Folder() != vocab.Meeting.Folder {
			if sec.Picture, err = drawn(a, fmt.Sprintf("picture-%d", n)); err != nil {
				return err
			}
		}
		shown := a.Rows[:a.WholeChains(a.Rows, sectionRows)]
		sec.Sheet = newSheet(a, shown, &p.cited, id)
		if len(shown) < a.Total {
			sec.Of = a.Total
		}
		body.Sections = append(body.Sections, sec)
		if q.Name == "tariff-moves" {
			body.Rate = rateSteps(a, p.links)
		}
	}
	if isActor(id) {
		if q := s.config.Registry.Lookup("actor"); q != nil {
			a, err := s.about(ctx, p, q, []string{"actor", string(id)})
			if err != nil {
				return err
			}
			body.Offices = newOfficeBars(a, p.links, p.latest)
		}
	}
	class := graph.ClassOfFolder(id.Folder())
	for _, q := range s.config.Registry.All() {
		for _, param := range q.Params {
			if param.Kind == queries.NodeParam && slices.Contains(param.Classes, class) {
				body.Ask = append(body.Ask, span{Text: q.Title, URL: p.Query(q.Name, param.Name, string(id)), Note: param.Name})
				break
			}
		}
	}
	return nil
}

// about asks a query with arguments: names and values in turn.
func (s *Server) about(ctx context.Context, p *page, q *queries.Query, arguments []string) (*queries.Answer, error) {
	texts := map[string]string{"limit": "300"}
	for i := 0; i+1 < len(arguments); i += 2 {
		texts[arguments[i]] = arguments[i+1]
	}
	if !p.knownBy.IsZero() {
		texts["known-by"] = p.knownBy.String()
	}
	return s.answer(ctx, q, texts)
}
