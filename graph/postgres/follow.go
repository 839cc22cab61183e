package postgres

import (
	"context"
	"fmt"
	"strings"

	"parley/graph/remote"
	"parley/graph/store"

	"github.com/jackc/pgx/v5"
)

// pattern is a tree of steps as one statement. The parts of step i are
//
//	r<i>  where it repeats: the nodes that it begins from and those that it leads
//	      to, and after how many hops where these are bounded; UNION drops what was
//	      there before, so a cycle ends
//	e<i>  the edges
//	n<i>  where something comes next: what that begins from, the distinct far ends
//	w<i>  the same for Why, the distinct labels
//
// then e has all edges, and the last part reads the keys of all ends and labels.
type pattern struct {
	steps []planned
	args  []any
}

// planned is a step of a pattern in its place.
type planned struct {
	*store.Step
	parent int // -1 for the first ones
	why    bool
}

// plan lays a pattern out, every step after the one that leads to it.
func plan(from []store.Node, version int32, steps []store.Step) *pattern {
	p := &pattern{args: []any{from, version}}
	p.add(steps, -1, false)
	return p
}

func (p *pattern) add(steps []store.Step, parent int, why bool) {
	for i := range steps {
		s := planned{&steps[i], parent, why}
		here := len(p.steps)
		p.steps = append(p.steps, s)
		switch kindOf(s) {
		case all:
		case one:
			p.args = append(p.args, s.Predicates[0])
		default:
			p.args = append(p.args, s.Predicates)
		}
		if s.bounded() {
			p.args = append(p.args, s.Depth)
		}
		p.add(s.Next, here, false)
		p.add(s.Why, here, true)
	}
}

func (s planned) bounded() bool { return s.Repeat && s.Depth > 0 }

// How the predicates of a step are told to the server.
const (
	all = iota
	one
	some
	// Of many the index is not asked for each: what leads from a node is little, so
	// all of it is looked through. What leads to one may be very much.
	many
)

func kindOf(s planned) int {
	switch n := len(s.Predicates); {
	case n > 3 && s.Direction == store.Out:
		return many
	case n > 1:
		return some
	case n == 1:
		return one
	}
	return all
}

// shape tells patterns apart that need different statements.
func (p *pattern) shape() string {
	var b strings.Builder
	for _, s := range p.steps {
		fmt.Fprintf(&b, "%d%t%t%t%t%d%t ", s.parent, s.why, s.Direction, s.Repeat, s.bounded(), kindOf(s), s.Bare)
	}
	return b.String()
}

// write writes the statement.
func (p *pattern) write(q *queries) string {
	var b strings.Builder
	b.WriteString("WITH RECURSIVE f(n) AS MATERIALIZED (SELECT unnest($1::int4[]))")
	args, written := 2, map[string]bool{"f": true}
	arg := func() string {
		args++
		return fmt.Sprintf("$%d", args)
	}
	// from names the part that has the nodes that a step begins from.
	from := func(s planned) string {
		var name string
		switch {
		case s.parent < 0:
			return "f"
		case s.why:
			name = fmt.Sprintf("w%d", s.parent)
		default:
			name = fmt.Sprintf("n%d", s.parent)
		}
		if !written[name] {
			written[name] = true
			source := fmt.Sprintf("SELECT DISTINCT b FROM e%d", s.parent)
			switch {
			case s.why:
				source = fmt.Sprintf("SELECT DISTINCT l FROM e%d WHERE l <> 0", s.parent)
			case p.steps[s.parent].Repeat:
				source = fmt.Sprintf("SELECT DISTINCT n FROM r%d", s.parent)
			}
			fmt.Fprintf(&b, ", %s(n) AS MATERIALIZED (%s)", name, source)
		}
		return name
	}
	for i, s := range p.steps {
		end, start, along := ends[index01(s.Direction)], from(s), ""
		switch kindOf(s) {
		case one:
			along = " AND p = " + arg()
		case some:
			along = " AND p = ANY(" + arg() + "::int4[])"
		case many:
			along = " AND p + 0 = ANY(" + arg() + "::int4[])"
		}
		further := fmt.Sprintf("CROSS JOIN LATERAL (SELECT %s FROM {quad} WHERE %s = f.n%s AND {visible} OFFSET 0) q", end.far, end.near, along)
		switch {
		case s.bounded():
			depth := arg()
			fmt.Fprintf(&b, ", r%d(n, d) AS (SELECT n, 0 FROM %s UNION SELECT q.%s, f.d + 1 FROM (SELECT n, d FROM r%[1]d WHERE d < %[4]s::int4) f %[5]s)", i, start, end.far, depth, further)
			start = fmt.Sprintf("r%d WHERE d < %s::int4", i, depth)
		case s.Repeat:
			fmt.Fprintf(&b, ", r%d(n) AS (SELECT n FROM %s UNION SELECT q.%s FROM r%[1]d f %[4]s)", i, start, end.far, further)
			start = fmt.Sprintf("r%d", i)
		}
		fmt.Fprintf(&b, ", e%d(a, b, l, p) AS MATERIALIZED (SELECT %s, %s, l, p FROM {quad} WHERE %[2]s = ANY(ARRAY(SELECT n FROM %[4]s))%s AND {visible} LIMIT %d)", i, end.near, end.far, start, along, remote.MostFollowed+1)
	}
	b.WriteString(", e AS MATERIALIZED (")
	for i := range p.steps {
		if i > 0 {
			b.WriteString(" UNION ALL ")
		}
		fmt.Fprintf(&b, "SELECT %d, a, b, l, p FROM e%d", i, i)
	}
	b.WriteString(") SELECT e.*, NULL FROM e")
	var ends []string
	for i, s := range p.steps {
		if !s.Bare {
			ends = append(ends, fmt.Sprintf("SELECT b FROM e%d UNION SELECT l FROM e%[1]d", i))
		}
	}
	if len(ends) > 0 {
		fmt.Fprintf(&b, " UNION ALL SELECT -1, id, 0, 0, 0, key FROM {node} WHERE id = ANY(ARRAY(%s))", strings.Join(ends, " UNION "))
	}
	return q.sql(b.String())
}

// Follow walks a pattern.
func (r *reader) Follow(ctx context.Context, from []store.Node, steps []store.Step, found func(remote.Found)) error {
	p := plan(from, r.version, steps)
	if len(p.steps) == 0 || len(from) == 0 {
		return ctx.Err()
	}
	var edges [][]store.Edge
	var terms map[store.Node]string
	var tooMuch bool
	err := r.ask(ctx, "follow", r.pattern(p), p.args, func(rows pgx.Rows) error {
		edges, terms, tooMuch = make([][]store.Edge, len(p.steps)), map[store.Node]string{}, false
		for rows.Next() {
			v := rows.RawValues()
			step := int32(number(v[0]))
			if step < 0 {
				terms[number(v[1])] = string(v[5])
				continue
			}
			if tooMuch = tooMuch || len(edges[step]) == remote.MostFollowed; tooMuch {
				continue
			}
			edges[step] = append(edges[step], store.Edge{From: number(v[1]), To: number(v[2]), Label: number(v[3]), Predicate: number(v[4])})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if tooMuch {
		return remote.ErrTooMuch
	}
	p.tell(from, edges, found)
	found(remote.Found{Terms: terms})
	return nil
}

// tell works out from the edges where each step began.
func (p *pattern) tell(from []store.Node, edges [][]store.Edge, found func(remote.Found)) {
	reached := make([][]store.Node, len(p.steps))
	labels := make([][]store.Node, len(p.steps))
	for i, s := range p.steps {
		start := from
		switch {
		case s.parent >= 0 && s.why:
			start = labels[s.parent]
		case s.parent >= 0:
			start = reached[s.parent]
		}
		reached[i] = distinct(nil, edges[i], to)
		if s.Repeat {
			reached[i] = distinct(start, edges[i], to)
		}
		if s.Why != nil {
			labels[i] = distinct(nil, edges[i], label)
		}
		switch {
		case s.bounded():
			start = within(start, edges[i], s.Depth)
		case s.Repeat:
			start = reached[i]
		}
		found(remote.Found{Step: s.Step, From: start, Edges: edges[i]})
	}
}

func to(e store.Edge) store.Node { return e.To }

func label(e store.Edge) store.Node { return e.Label }

// distinct returns some nodes and an end of each edge, each once, without 0.
func distinct(nodes []store.Node, edges []store.Edge, end func(store.Edge) store.Node) []store.Node {
	seen := make(map[store.Node]bool, len(nodes)+len(edges))
	found := make([]store.Node, 0, len(nodes)+len(edges))
	add := func(n store.Node) {
		if n != 0 && !seen[n] {
			seen[n] = true
			found = append(found, n)
		}
	}
	for _, n := range nodes {
		add(n)
	}
	for _, e := range edges {
		add(end(e))
	}
	return found
}

// within returns the nodes that are fewer hops than depth away from some.
func within(from []store.Node, edges []store.Edge, depth int) []store.Node {
	next := make(map[store.Node][]store.Node, len(edges))
	for _, e := range edges {
		next[e.From] = append(next[e.From], e.To)
	}
	seen := make(map[store.Node]bool, len(from)+len(edges))
	var found []store.Node
	frontier := from
	for hops := 0; hops < depth && len(frontier) > 0; hops++ {
		var further []store.Node
		for _, n := range frontier {
			if !seen[n] {
				seen[n] = true
				found = append(found, n)
				further = append(further, next[n]...)
			}
		}
		frontier = further
	}
	return found
}

// mostPatterns bounds how many statements are remembered.
const mostPatterns = 256

// pattern returns the statement of a pattern, which it remembers by its shape.
func (q *queries) pattern(p *pattern) string {
	shape := p.shape()
	if sql, ok := q.patterns.Load(shape); ok {
		return sql.(string)
	}
	sql := p.write(q)
	if q.written.Add(1) > mostPatterns {
		q.patterns.Clear()
		q.written.Store(1)
	}
	q.patterns.Store(shape, sql)
	return sql
}
