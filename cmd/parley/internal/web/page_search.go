package web

import (
	"context"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

const mostMatches = 60

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
	text := values.Get("q")
	body := &searchPage{}
	p.Name, p.Title, p.Body, p.Search = "search", "Search", body, text
	if strings.TrimSpace(text) == "" {
		return nil
	}
	p.Title = "Search: " + text
	return s.look(ctx, graph.Options{KnownBy: p.knownBy}, func(v *graph.View) error {
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
					group.Matches = append(group.Matches, span{Text: m.Ref.Name, URL: p.Node(m.ID), Note: m.Alias})
				}
			}
			if group.Matches != nil {
				body.Groups = append(body.Groups, group)
			}
		}
		return nil
	})
}
