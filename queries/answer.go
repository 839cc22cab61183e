package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"parley/graph"
)

// Answer is what a query gives. Cells have the Go types of their columns'
// kinds, or are nil.
type Answer struct {
	Query      *Query
	Parameters []Argument
	Rows       [][]any
	Excluded   []Exclusion
	Truncated  bool // the limit cut rows off
	// Total is how many rows there are without --offset and --limit; where the
	// walk itself stopped at a bound, at least so many.
	Total int
	// Sides are the countries or blocs that actors in the rows act for, where
	// the query's picture shows sides; an actor of no known side is missing.
	Sides map[graph.ID]graph.Ref
	// Corrections are small misspellings and parts of names among the arguments
	// that were read.
	Corrections []graph.Correction
}

// Exclusion is something that the query left out, and why.
type Exclusion struct {
	Node    graph.Ref
	Reason  string
	Sources []graph.Citation
}

// reasons are the labels behind a row: its sources, once they are looked up.
type reasons []graph.Node

// place orders rows: by date, then numbers, then text.
type place struct {
	date    graph.Date
	numbers [2]int
	text    string
}

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.numbers[0], q.numbers[0]), cmp.Compare(p.numbers[1], q.numbers[1]),
		p.date.Compare(q.date), cmp.Compare(p.text, q.text))
}

type row struct {
	place place
	cells []any
}

type exclusion struct {
	date   graph.Date
	node   graph.Node
	reason string
	labels []graph.Node
}

// run is one running of a query.
type run struct {
	*args
	query    *Query
	view     *graph.View
	rows     []row
	excluded []exclusion
	cut      bool         // the walk itself stopped at a bound
	looked   map[list]any // what was looked up, since rows share their lists
}

// list is one of nodes or of reasons, by where it lies.
type list struct {
	first   *graph.Node
	count   int
	reasons bool
}

// emit gives a row: a cell a column, with graph.Node for a node and reasons for
// sources.
func (r *run) emit(p place, cells ...any) {
	if len(cells) != len(r.query.Columns) {
		panic(fmt.Sprintf("query %s: %d cells for %d columns", r.query.Name, len(cells), len(r.query.Columns)))
	}
	r.rows = append(r.rows, row{p, cells})
}

// exclude says that a node was left out.
func (r *run) exclude(n graph.Node, date graph.Date, reason string, edges ...graph.Edge) {
	r.excluded = append(r.excluded, exclusion{date, n, reason, graph.Labels(edges)})
}

// Answer runs the query over a graph. texts has arguments by parameter, as a
// user wrote them. The error is an *ArgError for an argument of the wrong form,
// wraps a *graph.NameError for a name that fits none or several, and is
// ctx.Err() where the context ended first.
func (q *Query) Answer(ctx context.Context, g *graph.Graph, texts map[string]string) (*Answer, error) {
	a, err := q.parse(texts)
	if err != nil {
		return nil, err
	}
	v, err := g.View(graph.Options{KnownBy: a.date("known-by"), StatedOnly: a.flag("stated-only"), NoMerge: a.flag("no-merge")})
	if err != nil {
		return nil, err
	}
	defer v.Close()
	answer, err := q.run(ctx, v, texts, a)
	// A walk over a store that failed can have met any error, or none.
	if err = cmp.Or(v.Err(), err, ctx.Err()); err != nil {
		return nil, err
	}
	return answer, nil
}

func (q *Query) run(ctx context.Context, v *graph.View, texts map[string]string, a *args) (*Answer, error) {
	if err := q.resolve(ctx, v, texts, a); err != nil {
		return nil, err
	}
	r := &run{args: a, query: q, view: v}
	if err := q.walk(ctx, r); err != nil {
		return nil, err
	}
	return r.answer(ctx)
}

// answer sorts, limits, and looks up what the rows that are left name.
func (r *run) answer(ctx context.Context) (*Answer, error) {
	slices.SortStableFunc(r.rows, func(a, b row) int { return a.place.compare(b.place) })
	answer := &Answer{Query: r.query, Truncated: r.cut, Corrections: r.view.Corrections()}
	answer.Total = len(r.rows)
	r.rows = r.rows[min(r.count("offset"), len(r.rows)):]
	if limit := r.count("limit"); limit > 0 && len(r.rows) > limit {
		r.rows, answer.Truncated = r.rows[:r.wholeChains(limit)], true
	}
	if err := r.ahead(ctx); err != nil {
		return nil, err
	}
	if err := r.parameters(ctx, answer); err != nil {
		return nil, err
	}
	var err error
	if answer.Sides, err = r.sides(ctx); err != nil {
		return nil, err
	}
	answer.Rows = make([][]any, len(r.rows))
	for i, row := range r.rows {
		answer.Rows[i] = row.cells
		for j, cell := range row.cells {
			var err error
			if row.cells[j], err = r.look(ctx, cell); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(r.excluded, func(a, b exclusion) int {
		return cmp.Or(a.date.Compare(b.date), cmp.Compare(r.view.ID(a.node), r.view.ID(b.node)), cmp.Compare(a.reason, b.reason))
	})
	for _, e := range r.excluded {
		ref, err := r.view.Ref(ctx, e.node)
		if err != nil {
			return nil, err
		}
		citations, err := r.view.Cite(ctx, e.labels)
		if err != nil {
			return nil, err
		}
		answer.Excluded = append(answer.Excluded, Exclusion{ref, e.reason, citations})
	}
	return answer, nil
}

// wholeChains returns how many rows to keep of at most limit, so that no chain
// or path is cut, unless the first alone is longer.
func (r *run) wholeChains(limit int) int {
	if r.query.Columns[0].Kind != CountColumn {
		return limit
	}
	for n := limit; n > 0; n-- {
		if r.rows[n].cells[0] != r.rows[n-1].cells[0] {
			return n
		}
	}
	return limit
}

func (r *run) parameters(ctx context.Context, answer *Answer) error {
	for _, p := range r.query.AllParams() {
		value := r.values[p.Name]
		if n := r.nodes[p.Name]; n != 0 {
			ref, err := r.view.Ref(ctx, n)
			if err != nil {
				return err
			}
			value = ref
		}
		answer.Parameters = append(answer.Parameters, Argument{p.Name, value})
	}
	return nil
}

// look turns a walk's cell into an answer's.
func (r *run) look(ctx context.Context, cell any) (any, error) {
	switch cell := cell.(type) {
	case graph.Node:
		if cell == 0 {
			return nil, nil
		}
		return r.view.Ref(ctx, cell)
	case []graph.Node:
		return r.lookList(ctx, cell, false)
	case reasons:
		return r.lookList(ctx, cell, true)
	case []part:
		return r.participants(ctx, cell)
	case graph.Date:
		if cell.IsZero() {
			return nil, nil
		}
	case graph.Rate:
		if (cell == graph.Rate{}) {
			return nil, nil
		}
	case graph.Money:
		if (cell == graph.Money{}) {
			return nil, nil
		}
	case string:
		if cell == "" {
			return nil, nil
		}
	}
	return cell, nil
}

// lookList names nodes, or cites reasons, once for all rows that have the list.
func (r *run) lookList(ctx context.Context, nodes []graph.Node, why bool) (any, error) {
	if len(nodes) == 0 {
		if why {
			return []graph.Citation{}, nil
		}
		return []graph.Ref{}, nil
	}
	key := list{&nodes[0], len(nodes), why}
	if looked, ok := r.looked[key]; ok {
		return looked, nil
	}
	var looked any
	if why {
		citations, err := r.view.Cite(ctx, nodes)
		if err != nil {
			return nil, err
		}
		looked = append([]graph.Citation{}, citations...)
	} else {
		of, err := r.view.Refs(ctx, nodes)
		if err != nil {
			return nil, err
		}
		refs := make([]graph.Ref, len(nodes))
		for i, n := range nodes {
			refs[i] = of[n]
		}
		looked = refs
	}
	if r.looked == nil {
		r.looked = map[list]any{}
	}
	r.looked[key] = looked
	return looked, nil
}

// WholeChains is how many of the first rows to show of at most so many, so that no
// chain or path is cut, unless the first alone is longer.
func (a *Answer) WholeChains(rows [][]any, most int) int {
	if len(rows) <= most {
		return len(rows)
	}
	if a.Query.Columns[0].Kind == CountColumn {
		for n := most; n > 0; n-- {
			if rows[n][0] != rows[n-1][0] {
				return n
			}
		}
	}
	return most
}

// Nodes are the nodes that the rows name, each once, in the order of the rows.
func (a *Answer) Nodes() []graph.ID {
	var list []graph.ID
	seen := map[graph.ID]bool{}
	add := func(r graph.Ref) {
		if r.ID != "" && !seen[r.ID] {
			seen[r.ID] = true
			list = append(list, r.ID)
		}
	}
	for _, row := range a.Rows {
		for _, cell := range row {
			switch cell := cell.(type) {
			case graph.Ref:
				add(cell)
			case []graph.Ref:
				for _, r := range cell {
					add(r)
				}
			case []Participant:
				for _, p := range cell {
					add(p.Node)
				}
			}
		}
	}
	return list
}
