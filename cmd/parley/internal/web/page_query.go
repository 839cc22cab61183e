package web

import (
	"cmp"
	"context"
	"errors"
	"html/template"
	"maps"
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
	OutOfReach  string // which rows no page shows, in words
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
	err := once(values)
	if err == nil {
		if slices.ContainsFunc(body.Fields, func(f field) bool { return f.Required && texts[f.Name] == "" }) {
			return nil // only the form
		}
		err = s.fillAnswer(ctx, p, body, q, texts)
	}
	if err == nil {
		return nil
	}
	f := fail(err)
	if f.status >= 500 || f.status == statusGone {
		return err
	}
	p.status, body.Failure = f.status, withoutNear(err, f.detail)
	for _, ref := range f.near {
		body.Near = append(body.Near, span{Text: ref.Name, URL: p.Node(ref.ID), Note: className(ref.ID)})
	}
	return nil
}

// withoutNear tells of a name without the list of what is near, which a page
// gives as links.
func withoutNear(err error, detail string) string {
	var name *graph.NameError
	if !errors.As(err, &name) {
		return detail
	}
	bare := *name
	bare.Near = nil
	return strings.Replace(detail, name.Error(), bare.Error(), 1)
}

// once refuses arguments that are given more than once: which of them is meant
// nobody can tell.
func once(values url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if list := values[name]; len(list) > 1 {
			return &queries.ArgError{Param: name, Value: list[1], Problem: "is given more than once"}
		}
	}
	return nil
}

// arguments splits an address's arguments into a query's and the page's own. It
// is not clean where a form gave empty ones, which a query would not take.
func arguments(values url.Values) (texts map[string]string, address string, clean bool) {
	texts, clean = map[string]string{}, true
	for name, list := range values {
		switch {
		case len(list) == 1 && strings.TrimSpace(list[0]) == "":
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

// exampleOf has the arguments of a query's example: names and values in turn.
func exampleOf(q *queries.Query) (list []string) {
	for name, text := range q.ExampleTexts() {
		list = append(list, name, text)
	}
	return list
}

// fillAnswer asks the query and lays the answer out.
func (s *Server) fillAnswer(ctx context.Context, p *page, body *queryPage, q *queries.Query, texts map[string]string) error {
	rows, err := s.readRows(q, p.request.URL.Query(), texts)
	if err != nil {
		return err
	}
	asked := maps.Clone(texts)
	asked["limit"] = strconv.Itoa(rows.most)
	a, err := s.answer(ctx, q, asked)
	if err != nil {
		return err
	}
	body.Answer, body.Corrections = a, a.Corrections
	for _, argument := range a.Parameters {
		if _, asked := texts[argument.Name]; asked && argument.Name != "known-by" {
			value := argument.Value
			if argument.Name == "limit" {
				value = texts["limit"] // not what the page itself asked for
			}
			body.Given = append(body.Given, span{Text: render.Text(value), Note: argument.Name})
		}
	}
	drawable := *a
	drawable.Rows = a.Rows[:a.WholeChains(a.Rows, pictureRows)]
	drawable.Truncated = a.Truncated || len(drawable.Rows) < len(a.Rows)
	if body.Picture, err = drawn(&drawable, "picture"); err != nil {
		return err
	}
	body.Sheet = newSheet(a, rows.choose(a), &p.cited, "")
	body.paginate(p, rows)
	body.OutOfReach = rows.outOfReach(a)
	for _, e := range a.Excluded[:min(len(a.Excluded), mostLeftOut)] {
		body.Excluded = append(body.Excluded, exclusion{span{Text: e.Node.Name, URL: p.Node(e.Node.ID)}, e.Reason, p.cited.sources(e.Sources)})
	}
	body.MoreLeftOut = len(a.Excluded) - len(body.Excluded)
	body.offer(q, texts)
	return nil
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
	limit := values.Get("limit")
	for _, f := range render.For(q) {
		if strings.HasPrefix(f.MediaType, "text/plain") {
			continue
		}
		values.Set("format", f.Name)
		values.Set("limit", cmp.Or(limit, "0")) // or the API gives fewer than there are
		if limit == "" && strings.HasPrefix(f.MediaType, "image/") {
			values.Del("limit")
		}
		b.Downloads = append(b.Downloads, span{Text: f.Name, URL: "/api/v1/queries/" + q.Name + "?" + values.Encode(), Note: f.Meaning})
	}
}
