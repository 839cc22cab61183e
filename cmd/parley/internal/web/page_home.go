package web

import (
	"context"
	"errors"
	"html/template"
	"strconv"
	"sync"
	"time"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"
)

// headlines are the two questions that the graph is for, and how the home page
// asks them.
var headlines = []struct {
	query     string
	title     string
	arguments map[string]string
}{
	{"negotiated-with", "Who negotiated with whom", map[string]string{"status": "any"}},
	{"retaliation-chains", "What answered what", map[string]string{}},
}

const (
	// homeRows bounds what the home page shows of an answer.
	homeRows = 300
	// homePatience is how long the home page waits for an answer, so that it
	// comes at once over a graph too large to be shown whole.
	homePatience = 2 * time.Second
	mostHomes    = 16 // days whose home pages are remembered
)

type homePage struct {
	Headlines []headline
	Classes   []classCount
	Quads     int64
	Queries   []*queries.Query
}

// classCount is how many nodes of a class there are, and where they are listed.
type classCount struct {
	Name  string
	Nodes int
	URL   string
}

type headline struct {
	Title   string
	Query   *queries.Query
	URL     string
	Picture template.HTML
	Told    string // how much there is
	TooMuch bool   // the graph is too large for an answer at once
}

// homes remembers what the home page showed of each day, until the graph
// changes.
type homes struct {
	mu      sync.Mutex
	version uint64
	days    map[string][]headline
	census  *graph.Census
}

func (s *Server) home(ctx context.Context, p *page) error {
	body := &homePage{Queries: s.config.Registry.All()}
	p.Name, p.Title, p.Body, p.Wide = "home", "Who negotiated with whom, and who hit back", body, true
	version := s.config.Graph.Version()
	day := p.knownBy.String()
	s.homes.mu.Lock()
	if s.homes.version != version || len(s.homes.days) >= mostHomes {
		s.homes.version, s.homes.days, s.homes.census = version, nil, nil
	}
	known, census := s.homes.days[day], s.homes.census
	s.homes.mu.Unlock()
	var err error
	if known == nil {
		if known, err = s.headlines(ctx, p); err != nil {
			return err
		}
	}
	if census == nil {
		if census, err = s.config.Graph.Census(ctx); err != nil {
			return err
		}
	}
	s.homes.mu.Lock()
	if s.homes.version == version {
		if s.homes.days == nil {
			s.homes.days = map[string][]headline{}
		}
		s.homes.days[day], s.homes.census = known, census
	}
	s.homes.mu.Unlock()
	body.Headlines, body.Quads = known, census.Quads
	for _, c := range census.Classes {
		if class := vocab.ClassOf(c.IRI); listed[class] != "" {
			body.Classes = append(body.Classes, classCount{listed[class], c.Nodes, p.Page("/search?class=" + class.Folder)})
		}
	}
	return nil
}

func (s *Server) headlines(ctx context.Context, p *page) ([]headline, error) {
	list := []headline{}
	for _, h := range headlines {
		q := s.config.Registry.Lookup(h.query)
		if q == nil {
			continue
		}
		texts := map[string]string{"limit": strconv.Itoa(homeRows)}
		var arguments []string
		for name, text := range h.arguments {
			texts[name] = text
			arguments = append(arguments, name, text)
		}
		if !p.knownBy.IsZero() {
			texts["known-by"] = p.knownBy.String()
		}
		shown := headline{Title: h.title, Query: q, URL: p.Query(q.Name, arguments...)}
		soon, cancel := context.WithTimeout(ctx, homePatience)
		a, err := s.answer(soon, q, texts)
		cancel()
		switch {
		case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
			shown.TooMuch = true
		case err != nil:
			return nil, err
		default:
			shown.Told = told(a)
			if shown.Picture, err = drawn(a, "picture-"+q.Name); err != nil {
				return nil, err
			}
		}
		list = append(list, shown)
	}
	return list, nil
}

// told says how much there is of an answer.
func told(a *queries.Answer) string {
	if len(a.Rows) == 0 {
		return "Nothing known"
	}
	text := plural(a.Total, "row")
	if n, ok := a.Rows[len(a.Rows)-1][0].(int); ok && !a.Truncated {
		text = plural(n, "chain")
	}
	if len(a.Rows) < a.Total {
		text += ", of which the first " + plural(len(a.Rows), "row") + " are drawn"
	}
	return text
}
