package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

const (
	mostMatches = 60
	mostListed  = 1000 // nodes of a class
)

// listed are the classes whose nodes are listed, and what several are called.
var listed = map[*vocab.Class]string{
	vocab.Person: "people", vocab.Country: "countries", vocab.Organization: "organizations", vocab.Office: "offices",
	vocab.Place: "places", vocab.Meeting: "meetings", vocab.MeasureMove: "moves", vocab.StatusChange: "changes of meetings",
	vocab.Statement: "statements", vocab.Agreement: "agreements", vocab.Measure: "measures", vocab.Commitment: "commitments",
	vocab.Article: "articles", vocab.Reference: "references", vocab.Rule: "rules",
}

type searchPage struct {
	Groups []searchGroup
	Total  int
	More   bool
}

type searchGroup struct {
	Class   string
	Matches []span
}

func (s *Server) search(ctx context.Context, p *page) error {
	values := p.request.URL.Query()
	if err := once(values); err != nil {
		return err
	}
	text := values.Get("q")
	body := &searchPage{}
	p.Name, p.Title, p.Body, p.Search = "search", "Search", body, text
	if class := graph.ClassOfFolder(values.Get("class")); strings.TrimSpace(text) == "" && listed[class] != "" {
		return s.list(ctx, p, body, class)
	}
	if strings.TrimSpace(text) == "" {
		return nil
	}
	p.Title = "Search: " + text
	return s.history.Look(ctx, graph.Options{KnownBy: p.knownBy}, func(v *graph.View) error {
		found, err := v.Search(ctx, text, mostMatches+1)
		if err != nil {
			return err
		}
		if len(found) > mostMatches {
			found, body.More = found[:mostMatches], true
		}
		body.Total = len(found)
		for _, class := range vocab.Classes() {
			group := searchGroup{Class: spaced(class.Name)}
			for _, m := range found {
				if m.Class == class {
					group.Matches = append(group.Matches, span{Text: m.Name, URL: p.Node(m.ID), Note: m.Alias})
				}
			}
			if group.Matches != nil {
				body.Groups = append(body.Groups, group)
			}
		}
		return nil
	})
}

// list lists the nodes of a class.
func (s *Server) list(ctx context.Context, p *page, body *searchPage, class *vocab.Class) error {
	p.Title = strings.ToUpper(listed[class][:1]) + listed[class][1:]
	return s.history.Look(ctx, graph.Options{KnownBy: p.knownBy}, func(v *graph.View) error {
		nodes, err := v.Instances(ctx, class)
		if err != nil {
			return err
		}
		body.Total = len(nodes)
		body.More = len(nodes) > mostListed
		refs, err := v.Refs(ctx, nodes[:min(len(nodes), mostListed)])
		if err != nil {
			return err
		}
		group := searchGroup{}
		for _, ref := range refs {
			group.Matches = append(group.Matches, span{Text: ref.Name, URL: p.Node(ref.ID)})
		}
		slices.SortFunc(group.Matches, func(a, b span) int {
			return cmp.Or(strings.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text)), strings.Compare(a.URL, b.URL))
		})
		body.Groups = []searchGroup{group}
		return nil
	})
}
