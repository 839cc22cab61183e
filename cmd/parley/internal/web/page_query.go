package web

import (
	"cmp"
	"context"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parley/graph"
	"parley/queries"
	"parley/queries/render"
)

const (
	pageRows    = 100  // rows that a page shows at once
	pictureRows = 1000 // rows that a picture is drawn from
	mostLeftOut = 200  // of what was excluded
)

// What a page itself is told, beside a query's arguments.
const (
	sortArgument   = "sort-by"
	filterArgument = "filter"
	fromArgument   = "from-row"
)

// queryPage is a query's form and, where its arguments suffice, its answer.
type queryPage struct {
	Query   *queries.Query
	Fields  []field
	Example string // the address of the example
	Asked   bool
	Command string // that gives the same answer

	Given       []span // the arguments of the answer
	Answer      *queries.Answer
	Sheet       sheet
	Picture     template.HTML
	Excluded    []exclusion
	MoreLeftOut int
	Corrections []graph.Correction
	Filter      string
	Shown       string // which rows are shown, in words
	Previous    string
	Next        string
	Permalink   string
	Downloads   []span
	Failure     string // why the arguments give no answer
	Near        []span
}

// field is a control of a form, made from a parameter.
type field struct {
	queries.Param
	Value   string
	Checked bool
	Search  string // the address that completes a name
}

// Control is the kind of a parameter's control.
func (f field) Control() string { return f.Kind.String() }

type exclusion struct {
	Node    span
	Reason  string
	Sources []source
}

func (s *Server) queryList(_ context.Context, p *page) error {
	p.Name, p.Title, p.Body = "queries", "What the graph answers", s.config.Registry.All()
	return nil
}

func (s *Server) query(ctx context.Context, p *page) error {
	q := s.config.Registry.Lookup(p.request.PathValue("name"))
	if q == nil {
		return notFound("no query is called " + strconv.Quote(p.request.PathValue("name")))
	}
	values := p.request.URL.Query()
	texts, address, clean := arguments(values)
	if !clean {
		return redirect(p.request.URL.EscapedPath() + address)
	}
	body := &queryPage{Query: q, Fields: fields(q, texts), Filter: values.Get(filterArgument)}
	p.Name, p.Title, p.Body, p.Wide = "query", q.Title, body, true
	body.Example = p.Query(q.Name, exampleOf(q)...)
	for _, f := range body.Fields {
		if f.Required && texts[f.Name] == "" {
			return nil // only the form
		}
	}
	body.Asked = true
	err := s.fillAnswer(ctx, p, body, q, texts)
	if f := fail(err); err != nil && f.status < 500 && f.status != statusGone {
		p.status, body.Failure = f.status, f.detail
		for _, ref := range f.near {
			body.Near = append(body.Near, span{Text: ref.Name, URL: p.Node(ref.ID), Note: className(ref.ID)})
		}
		return nil
	}
	return err
}

// arguments splits an address's arguments into a query's and the page's own. It
// is not clean where a form gave empty ones, which a query would not take.
func arguments(values url.Values) (texts map[string]string, address string, clean bool) {
	texts, clean = map[string]string{}, true
	for name, list := range values {
		switch {
		case strings.TrimSpace(list[0]) == "":
			clean = false
			values.Del(name)
		case name != sortArgument && name != filterArgument && name != fromArgument:
			texts[name] = list[0]
		}
	}
	if len(values) > 0 {
		address = "?" + values.Encode()
	}
	return texts, address, clean
}

func fields(q *queries.Query, texts map[string]string) []field {
	var list []field
	for _, p := range q.Params {
		f := field{Param: p, Value: texts[p.Name]}
		switch p.Kind {
		case queries.FlagParam:
			f.Checked, _ = strconv.ParseBool(f.Value)
		case queries.NodeParam:
			var folders []string
			for _, c := range p.Classes {
				folders = append(folders, c.Folder)
			}
			f.Search = "/api/v1/search?" + url.Values{"class": {strings.Join(folders, ",")}}.Encode()
		case queries.WordParam:
			f.Value = cmp.Or(f.Value, p.Default)
		}
		list = append(list, f)
	}
	return list
}

// exampleOf turns the example of a query, as it is typed, into names and values.
func exampleOf(q *queries.Query) []string {
	var list []string
	for i := 0; i < len(q.Example); i++ {
		name, ok := strings.CutPrefix(q.Example[i], "--")
		if !ok {
			continue
		}
		value := "true"
		if i+1 < len(q.Example) && !strings.HasPrefix(q.Example[i+1], "--") {
			i++
			value = q.Example[i]
		}
		list = append(list, name, value)
	}
	return list
}

// fillAnswer asks the query and lays the answer out.
func (s *Server) fillAnswer(ctx context.Context, p *page, body *queryPage, q *queries.Query, texts map[string]string) error {
	values := p.request.URL.Query()
	from, _ := strconv.Atoi(values.Get(fromArgument))
	from = max(from, 0)
	most := max(pictureRows, from+pageRows)
	sortBy := values.Get(sortArgument)
	if sortBy != "" || body.Filter != "" {
		most = s.config.Limits.Rows
	}
	given := limitOf(texts)
	asked := map[string]string{"limit": strconv.Itoa(most)}
	for name, text := range texts {
		if name != "limit" || given == 0 || given < most {
			if name != "limit" || given > 0 {
				asked[name] = text
			}
		}
	}
	a, err := s.answer(ctx, q, asked)
	if err != nil {
		return err
	}
	body.Answer, body.Corrections = a, a.Corrections
	for _, argument := range a.Parameters {
		if _, asked := texts[argument.Name]; asked && argument.Name != "known-by" {
			body.Given = append(body.Given, span{Text: render.Text(argument.Value), Note: argument.Name})
		}
	}
	if body.Picture, err = drawn(a, "picture"); err != nil {
		return err
	}
	rows := a.Rows
	if sortBy != "" {
		rows = sorted(a, rows, sortBy)
	}
	if body.Filter != "" {
		rows = filtered(rows, body.Filter)
	}
	total := len(rows)
	if given == 0 && body.Filter == "" {
		total = a.Total
	}
	rows = rows[min(from, len(rows)):]
	rows = rows[:wholeChains(rows, pageRows)]
	body.Sheet = newSheet(a, rows, &p.cited, "")
	body.paginate(p, values, from, len(rows), total, sortBy)
	for _, e := range a.Excluded[:min(len(a.Excluded), mostLeftOut)] {
		body.Excluded = append(body.Excluded, exclusion{span{Text: e.Node.Name, URL: p.Node(e.Node.ID)}, e.Reason, p.cited.sources(e.Sources)})
	}
	body.MoreLeftOut = len(a.Excluded) - len(body.Excluded)
	body.offer(q, texts)
	return nil
}

// limitOf is the number of rows asked for, 0 where it cannot be read or none is.
func limitOf(texts map[string]string) int {
	n, _ := strconv.Atoi(texts["limit"])
	return max(n, 0)
}

// wholeChains is how many rows to show of at most so many, so that a chain is
// cut only if it is longer than that.
func wholeChains(rows [][]any, most int) int {
	if len(rows) <= most {
		return len(rows)
	}
	if _, numbered := rows[0][0].(int); numbered {
		for n := most; n > 0; n-- {
			if rows[n][0] != rows[n-1][0] {
				return n
			}
		}
	}
	return most
}

// paginate tells which rows are shown, and how to get to the others.
func (b *queryPage) paginate(p *page, values url.Values, from, shown, total int, sortBy string) {
	address := func(name, value string) string {
		changed := url.Values{}
		for n, v := range values {
			changed[n] = v
		}
		if name != fromArgument {
			changed.Del(fromArgument)
		}
		changed.Set(name, value)
		if value == "" || value == "0" && name == fromArgument {
			changed.Del(name)
		}
		return p.request.URL.EscapedPath() + "?" + changed.Encode()
	}
	switch {
	case total == 0:
		b.Shown = "No rows"
	case shown == total:
		b.Shown = plural(total, "row")
	case shown == 0:
		b.Shown = "No rows from row " + strconv.Itoa(from+1) + " on, of " + strconv.Itoa(total)
	default:
		b.Shown = "Rows " + strconv.Itoa(from+1) + " to " + strconv.Itoa(from+shown) + " of " + strconv.Itoa(total)
	}
	if from > 0 {
		b.Previous = address(fromArgument, strconv.Itoa(max(from-pageRows, 0)))
	}
	if from+shown < total && shown > 0 {
		b.Next = address(fromArgument, strconv.Itoa(from+shown))
	}
	by, descending := strings.CutPrefix(sortBy, "-")
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

// offer gives the addresses and the command of the same answer.
func (b *queryPage) offer(q *queries.Query, texts map[string]string) {
	values := url.Values{}
	command := []string{"parley", "query", q.Name}
	for _, param := range q.AllParams() {
		// A form gives every choice: those that are made anyway go without saying.
		text, given := texts[param.Name]
		if !given || text == param.Default {
			continue
		}
		values.Set(param.Name, text)
		command = append(command, "--"+param.Name)
		if param.Kind != queries.FlagParam {
			command = append(command, text)
		} else if text != "true" {
			command[len(command)-1] += "=" + text
		}
	}
	b.Command = queries.Shell(command)
	b.Permalink = "/queries/" + q.Name
	if len(values) > 0 {
		b.Permalink += "?" + values.Encode()
	}
	for _, f := range render.For(q) {
		if strings.HasPrefix(f.MediaType, "text/plain") {
			continue
		}
		values.Set("format", f.Name)
		b.Downloads = append(b.Downloads, span{Text: f.Name, URL: "/api/v1/queries/" + q.Name + "?" + values.Encode(), Note: f.Meaning})
	}
}

// sorted puts rows in the order of a column; a name that begins with - turns
// it. Of a name that no column has, rows keep their order.
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
