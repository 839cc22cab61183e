package web

import (
	"net/http"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"
	"parley/queries/render"
)

func (s *Server) apiNode(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	if err := only(values, "id", "known-by", "stated-only", "most"); err != nil {
		return err
	}
	id := graph.ID(r.PathValue("id"))
	if id != "" && values.Has("id") {
		return &queries.ArgError{Param: "id", Value: values.Get("id"), Problem: "stands in the path already"}
	}
	if id == "" {
		id = graph.ID(values.Get("id"))
	}
	if id == "" {
		return &queries.ArgError{Param: "id", Problem: "needs a value: the id of a node, such as person/liu-he, or its IRI"}
	}
	day, err := knownBy(r)
	if err != nil {
		return err
	}
	most, err := number(values, "most", apiFacts)
	if err != nil {
		return err
	}
	stated, err := boolean(values, "stated-only")
	if err != nil {
		return err
	}
	if s.unchanged(w, r) {
		return nil
	}
	var told nodeTold
	err = s.history.Look(r.Context(), graph.Options{KnownBy: day, StatedOnly: stated}, func(v *graph.View) error {
		n := v.NodeOf(id)
		if n == 0 {
			return s.unknown(r.Context(), v, id)
		}
		var quote render.Quote
		if s.config.Texts != nil {
			quote = s.config.Texts(v)
		}
		described, err := render.Describe(r.Context(), v, n, min(most, s.config.Limits.Rows), quote)
		if err == nil {
			told = tell(described)
		}
		return err
	})
	if err != nil {
		return err
	}
	return writeJSON(w, told)
}

// nodeTold is what the API tells of a node: what `parley show --format json`
// does, and how much a bound left out.
type nodeTold struct {
	Node  graph.Ref     `json:"node"`
	Facts []render.Fact `json:"facts"`
	Left  []leftOut     `json:"left"`
}

type leftOut struct {
	Relation  string `json:"relation"`
	Predicate string `json:"predicate"`
	Count     int    `json:"count"`
}

func tell(n *render.Node) nodeTold {
	told := nodeTold{Node: n.Ref, Facts: n.Facts, Left: []leftOut{}}
	for _, u := range n.Unsaid {
		told.Left = append(told.Left, leftOut{u.Relation, string(u.Predicate), u.Count})
	}
	return told
}

// match is a node that a search found.
type match struct {
	Node  graph.Ref `json:"node"`
	Class string    `json:"class"`
	Alias *string   `json:"alias"`
}

func (s *Server) apiSearch(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	if err := only(values, "q", "class", "limit", "known-by"); err != nil {
		return err
	}
	if values.Get("q") == "" {
		return &queries.ArgError{Param: "q", Problem: "needs a value: a name, or the beginning of one"}
	}
	day, err := knownBy(r)
	if err != nil {
		return err
	}
	limit, err := number(values, "limit", apiMatches)
	if err != nil {
		return err
	}
	var classes []*vocab.Class
	for folder := range strings.SplitSeq(values.Get("class"), ",") {
		if folder == "" {
			continue
		}
		c := graph.ClassOfFolder(folder)
		if c == nil {
			return &queries.ArgError{Param: "class", Value: folder, Problem: "is no class; write the beginnings of ids, such as person,country"}
		}
		classes = append(classes, c)
	}
	if s.unchanged(w, r) {
		return nil
	}
	matches := []match{}
	err = s.history.Look(r.Context(), graph.Options{KnownBy: day}, func(v *graph.View) error {
		found, err := v.Search(r.Context(), values.Get("q"), min(limit, mostAPIHits), classes...)
		for _, m := range found {
			one := match{Node: m.Ref, Class: strings.ToLower(spaced(m.Class.Name))}
			if m.Alias != "" {
				one.Alias = &m.Alias
			}
			matches = append(matches, one)
		}
		return err
	})
	if err != nil {
		return err
	}
	return writeJSON(w, map[string]any{"matches": matches})
}
