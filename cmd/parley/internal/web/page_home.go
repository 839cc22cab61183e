package web

import (
	"context"
	"errors"
	"html/template"
	"slices"
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
	// homeRows bounds what the home page shows of an answer: the latest rows.
	homeRows = 300
	// homePatience is how long the home page waits for an answer, so that it
	// comes at once over a graph too large to be shown whole.
	homePatience = 2 * time.Second
	mostHomes    = 16 // days whose home pages are remembered
	// homeAgain is after how long what took too long is tried again.
	homeAgain = time.Minute
)

type homePage struct {
	homeShown
	Queries []*queries.Query
}

// homeShown is what is worked out once for each day, until the graph changes.
type homeShown struct {
	Headlines []headline
	Classes   []classCount
	Quads     int64 // 0 as of an earlier day, of which they are not counted
	// until is when it is to be worked out again, since something took too long
	// this time; the zero time for never.
	until time.Time
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
	Told    string // of what is not drawn
	TooMuch bool   // the graph is too large for an answer at once
}

// homes remembers what the home page showed of each day, until the graph
// changes.
type homes struct {
	one     chan struct{} // has room for the one that works it out
	mu      sync.Mutex
	version uint64
	days    map[string]homeShown
}

func (s *Server) home(ctx context.Context, p *page) error {
	p.Name, p.Title, p.Wide = "home", "Who negotiated with whom, and who hit back", true
	shown, err := s.homeOf(ctx, p)
	p.Body, p.passing = &homePage{shown, s.config.Registry.All()}, !shown.until.IsZero()
	return err
}

// homeOf is what the home page shows of the page's day. One request works it out,
// the others wait for that.
func (s *Server) homeOf(ctx context.Context, p *page) (homeShown, error) {
	version, day := s.config.Graph.Version(), p.knownBy.String()
	if shown, known := s.homes.of(version, day); known {
		return shown, nil
	}
	select {
	case s.homes.one <- struct{}{}:
		defer func() { <-s.homes.one }()
	case <-ctx.Done():
		return homeShown{}, ctx.Err()
	}
	if shown, known := s.homes.of(version, day); known { // worked out while this one waited
		return shown, nil
	}
	shown, err := s.headlines(ctx, p)
	if err == nil {
		err = s.census(ctx, p, &shown)
	}
	if err == nil {
		s.homes.keep(version, day, shown)
	}
	return shown, err
}

// of returns what was shown of a day, and forgets what was of another version.
func (h *homes) of(version uint64, day string) (shown homeShown, known bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if version > h.version || h.days == nil {
		h.version, h.days = version, map[string]homeShown{}
	}
	if version < h.version {
		return shown, false
	}
	shown, known = h.days[day]
	return shown, known && (shown.until.IsZero() || time.Now().Before(shown.until))
}

func (h *homes) keep(version uint64, day string, shown homeShown) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.version != version {
		return
	}
	for other := range h.days {
		if len(h.days) < mostHomes {
			break
		}
		if other != "" { // everything is asked for most
			delete(h.days, other)
		}
	}
	h.days[day] = shown
}

// census counts what is in the graph as it was known on the page's day. A graph
// that is too large to be counted as of an earlier day at once is not.
func (s *Server) census(ctx context.Context, p *page, shown *homeShown) error {
	count := func(class *vocab.Class, nodes int) {
		if listed[class] != "" && nodes > 0 {
			shown.Classes = append(shown.Classes, classCount{listed[class], nodes, p.Page("/search?class=" + class.Folder)})
		}
	}
	if p.knownBy.IsZero() {
		census, err := s.config.Graph.Census(ctx)
		if err != nil {
			return err
		}
		shown.Quads = census.Quads
		for _, c := range census.Classes {
			count(vocab.ClassOf(c.IRI), c.Nodes)
		}
		return nil
	}
	soon, cancel := context.WithTimeout(ctx, homePatience)
	defer cancel()
	err := s.history.Look(soon, graph.Options{KnownBy: p.knownBy}, func(v *graph.View) error {
		for _, class := range vocab.Classes() {
			nodes, err := v.Instances(soon, class)
			if err != nil {
				return err
			}
			count(class, len(nodes))
		}
		return nil
	})
	if soon.Err() != nil && ctx.Err() == nil {
		shown.Classes, shown.until = nil, time.Now().Add(homeAgain)
		return nil
	}
	return err
}

// headlines asks the two questions.
func (s *Server) headlines(ctx context.Context, p *page) (shown homeShown, err error) {
	for _, h := range headlines {
		q := s.config.Registry.Lookup(h.query)
		if q == nil {
			continue
		}
		texts := map[string]string{}
		var arguments []string
		for name, text := range h.arguments {
			texts[name] = text
			arguments = append(arguments, name, text)
		}
		if !p.knownBy.IsZero() {
			texts["known-by"] = p.knownBy.String()
		}
		one := headline{Title: h.title, Query: q, URL: p.Query(q.Name, arguments...)}
		soon, cancel := context.WithTimeout(ctx, homePatience)
		a, err := s.latest(soon, q, texts)
		cancel()
		switch {
		case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
			one.TooMuch, shown.until = true, time.Now().Add(homeAgain)
		case err != nil:
			return shown, err
		default:
			one.Told = told(a)
			if one.Picture, err = drawn(a, "picture-"+q.Name); err != nil {
				return shown, err
			}
		}
		shown.Headlines = append(shown.Headlines, one)
	}
	return shown, nil
}

// latest answers with the last rows that the home page has room for: what is new
// is looked for first. A chain is shown from its beginning, or not.
func (s *Server) latest(ctx context.Context, q *queries.Query, texts map[string]string) (*queries.Answer, error) {
	most := min(homeRows, s.config.Limits.Rows)
	texts["limit"] = strconv.Itoa(most)
	a, err := s.answer(ctx, q, texts)
	if err != nil || a.Total <= most {
		return a, err
	}
	texts["offset"] = strconv.Itoa(a.Total - most)
	if a, err = s.answer(ctx, q, texts); err != nil {
		return nil, err
	}
	if step := q.ColumnOf(queries.Column{Name: "step", Kind: queries.CountColumn}); step >= 0 {
		if first := slices.IndexFunc(a.Rows, func(row []any) bool { return row[step] == 0 }); first > 0 {
			a.Rows = a.Rows[first:]
		}
	}
	a.Truncated = true
	return a, nil
}

// told says what of an answer is not drawn, "" where all is: how much is drawn the
// picture tells itself.
func told(a *queries.Answer) string {
	switch {
	case len(a.Rows) == 0:
		return "Nothing known"
	case len(a.Rows) < a.Total:
		return "Drawn from the latest " + strconv.Itoa(len(a.Rows)) + " of " + plural(a.Total, "row") + "; earlier ones are left out"
	}
	return ""
}
