package web

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parley/queries"
	"parley/queries/render"
)

// pageOfRows is which rows of an answer a page shows.
type pageOfRows struct {
	values url.Values // of the page's address
	sortBy string
	filter string
	offset int // rows that the question itself passes over
	given  int // rows that the question asks for, 0 for all
	bound  int // rows that pages reach
	most   int // rows to ask for
	from   int // the first that is shown, after offset
	shown  int
	reach  int // rows that pages show, after offset
	end    int // the row before which their reach ends, among all
	total  int // rows that there are, with those of offset
}

// readRows reads what a page of rows is asked for. What the query does not take
// for a number it tells itself.
func (s *Server) readRows(q *queries.Query, values url.Values, texts map[string]string) (*pageOfRows, error) {
	r := &pageOfRows{values: values, sortBy: values.Get(sortArgument), filter: values.Get(filterArgument), bound: s.config.Limits.Rows}
	for _, param := range q.AllParams() {
		for name, number := range map[string]*int{"offset": &r.offset, "limit": &r.given} {
			text, given := texts[name]
			if param.Name != name || !given {
				continue
			}
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 {
				return nil, &queries.ArgError{Param: name, Value: text, Problem: "write a whole number from 0"}
			}
			*number = n
		}
	}
	if text := values.Get(fromArgument); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, &queries.ArgError{Param: fromArgument, Value: text, Problem: "write a whole number from 0"}
		}
		r.from = n
	}
	if name := strings.TrimPrefix(r.sortBy, "-"); name != "" && !slices.ContainsFunc(q.Columns, func(c queries.Column) bool { return c.Name == name }) {
		var names []string
		for _, c := range q.Columns {
			names = append(names, c.Name)
		}
		return nil, &queries.ArgError{Param: sortArgument, Value: r.sortBy, Problem: "write a column, with - before it for the last first: " + strings.Join(names, ", ")}
	}
	if r.given > 0 {
		r.bound = min(r.bound, r.given)
	}
	r.most = r.bound
	if r.sortBy == "" && r.filter == "" && r.from+2*pageRows <= pictureRows {
		r.most = min(r.most, pictureRows)
	}
	return r, nil
}

// choose returns the rows of an answer that the page shows.
func (r *pageOfRows) choose(a *queries.Answer) [][]any {
	rows := a.Rows
	r.total = a.Total
	r.reach = min(max(a.Total-r.offset, 0), r.bound)
	if r.most == r.bound {
		r.reach = len(rows) // which ends with a chain
	}
	r.end = r.offset + r.reach
	if r.sortBy != "" {
		rows = sorted(a, rows, r.sortBy)
	}
	if r.filter != "" {
		rows = filtered(rows, r.filter)
		r.reach, r.total = len(rows), len(rows)
	}
	rows = rows[min(r.from, len(rows)):]
	rows = rows[:a.WholeChains(rows, pageRows)]
	r.shown = len(rows)
	return rows
}

// outOfReach tells of the rows that no page shows though the question asks for
// them, "" where there are none.
func (r *pageOfRows) outOfReach(a *queries.Answer) string {
	switch {
	case r.given == r.bound || r.offset > a.Total:
		return ""
	case r.end < a.Total:
		return "Of " + plural(a.Total, "row") + " these pages reach " + strconv.Itoa(r.end-r.offset) + ", and sorting and filtering see only those. Ask for less, or go on with offset " + strconv.Itoa(r.end) + "."
	case a.Truncated && r.offset+len(a.Rows) == a.Total:
		return "There are more rows than the question looked for; sorting and filtering see only these. Ask for less."
	}
	return ""
}

// paginate tells which rows are shown, and how to get to the others.
func (b *queryPage) paginate(p *page, r *pageOfRows) {
	address := func(name, value string) string {
		changed := maps.Clone(r.values)
		if name != fromArgument {
			changed.Del(fromArgument)
		}
		changed.Set(name, value)
		if value == "" || value == "0" && name == fromArgument {
			changed.Del(name)
		}
		return p.request.URL.EscapedPath() + "?" + changed.Encode()
	}
	before := r.from
	if r.filter == "" { // which counts among what it leaves
		before += r.offset
	}
	switch {
	case r.total == 0:
		b.Shown = "No rows"
	case r.shown == r.total:
		b.Shown = plural(r.total, "row")
	case r.shown == 0:
		b.Shown = "No rows from row " + strconv.Itoa(before+1) + " on, of " + strconv.Itoa(r.total)
	default:
		b.Shown = "Rows " + strconv.Itoa(before+1) + " to " + strconv.Itoa(before+r.shown) + " of " + strconv.Itoa(r.total)
	}
	if r.from > 0 {
		b.Previous = address(fromArgument, strconv.Itoa(max(min(r.from, r.reach)-pageRows, 0)))
	}
	if r.from+r.shown < r.reach && r.shown > 0 {
		b.Next = address(fromArgument, strconv.Itoa(r.from+r.shown))
	}
	by, descending := strings.CutPrefix(r.sortBy, "-")
	for i := range b.Sheet.Columns {
		c := &b.Sheet.Columns[i]
		if c.Kind == queries.SourcesColumn.String() {
			continue
		}
		next := c.Name
		if c.Name == by {
			c.Sort, next = "ascending", "-"+c.Name
			if descending {
				c.Sort, next = "descending", ""
			}
		}
		c.URL = address(sortArgument, next)
	}
}

// sorted puts rows in the order of a column; a name that begins with - turns it.
func sorted(a *queries.Answer, rows [][]any, by string) [][]any {
	name, descending := strings.CutPrefix(by, "-")
	i := slices.IndexFunc(a.Query.Columns, func(c queries.Column) bool { return c.Name == name })
	if i < 0 {
		return rows
	}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(x, y []any) int {
		if descending && !empty(x[i]) && !empty(y[i]) {
			return compareCells(y[i], x[i])
		}
		return compareCells(x[i], y[i])
	})
	return rows
}

// filtered keeps the rows that have each word of a text.
func filtered(rows [][]any, text string) [][]any {
	words := strings.Fields(strings.ToLower(text))
	var kept [][]any
	for _, row := range rows {
		var b strings.Builder
		for _, cell := range row {
			b.WriteString(strings.ToLower(render.Text(cell)) + "\n")
		}
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(b.String(), w) }) {
			kept = append(kept, row)
		}
	}
	return kept
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}
