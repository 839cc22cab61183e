package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parley/graph"
)

// ArgError is an argument that a parameter cannot take.
type ArgError struct {
	Param, Value, Problem string
}

func (e *ArgError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("--%s: %s", e.Param, e.Problem)
	}
	return fmt.Sprintf("--%s %q: %s", e.Param, e.Value, e.Problem)
}

// Argument is a parameter with the value an answer was given for: a
// graph.Ref, graph.Date, int, string or bool, nil where none was given.
type Argument struct {
	Name  string
	Value any
}

// args are parsed arguments by parameter; nodes are kept apart, since they are
// found in the view that dates among the arguments define.
type args struct {
	values map[string]any
	nodes  map[string]graph.Node
}

// parse reads the arguments of all parameters but nodes.
func (q *Query) parse(texts map[string]string) (*args, error) {
	a := &args{values: map[string]any{}, nodes: map[string]graph.Node{}}
	params := q.AllParams()
	for name := range texts {
		if !slices.ContainsFunc(params, func(p Param) bool { return p.Name == name }) {
			return nil, &ArgError{Param: name, Problem: "query " + q.Name + " has no such parameter"}
		}
	}
	for _, p := range params {
		text, given := texts[p.Name]
		if !given {
			text = p.Default
		}
		if p.Kind == FlagParam && !given {
			text = "false"
		}
		if text == "" {
			if p.Required || given && p.Kind != FlagParam {
				return nil, &ArgError{Param: p.Name, Problem: "needs a value: " + p.Meaning}
			}
			continue
		}
		if p.Kind == NodeParam {
			continue
		}
		value, problem := p.parse(text)
		if problem != "" {
			return nil, &ArgError{p.Name, text, problem}
		}
		a.values[p.Name] = value
	}
	if since, until := a.date("since"), a.date("until"); !since.IsZero() && !until.IsZero() && since.Start() > until.End() {
		return nil, &ArgError{"since", since.String(), "is after --until " + until.String()}
	}
	return a, nil
}

func (p Param) parse(text string) (value any, problem string) {
	switch p.Kind {
	case DateParam:
		date, err := graph.ParseDate(text)
		if err != nil {
			return nil, strings.TrimPrefix(err.Error(), strconv.Quote(text)+": ")
		}
		return date, ""
	case CountParam:
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, "write a whole number from 0"
		}
		return n, ""
	case WordParam:
		if !slices.Contains(p.Words, text) {
			return nil, "write one of " + strings.Join(p.Words, ", ")
		}
		return text, ""
	case TextParam:
		if text = strings.TrimSpace(text); text == "" {
			return nil, "write a word, or a part of one"
		}
		return text, ""
	case FlagParam:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, "write true or false"
		}
		return b, ""
	}
	return nil, "has no kind"
}

// resolve finds the nodes that arguments name, on the day the answer is for.
func (q *Query) resolve(ctx context.Context, v *graph.View, texts map[string]string, a *args) error {
	on := v.Options().KnownBy
	for _, p := range q.Params {
		text, given := texts[p.Name]
		if p.Kind != NodeParam || !given {
			continue
		}
		n, err := v.Resolve(ctx, text, p.Want, on, p.Classes...)
		if err != nil {
			return fmt.Errorf("--%s: %w", p.Name, err)
		}
		events, err := v.EventsOf(ctx, []graph.Node{n})
		if err != nil {
			return err
		}
		a.nodes[p.Name] = cmp.Or(events[n], n) // whoever names a report asks for its event
	}
	return nil
}

func (a *args) date(name string) graph.Date {
	d, _ := a.values[name].(graph.Date)
	return d
}

func (a *args) word(name string) string {
	s, _ := a.values[name].(string)
	return s
}

func (a *args) count(name string) int {
	n, _ := a.values[name].(int)
	return n
}

func (a *args) flag(name string) bool {
	b, _ := a.values[name].(bool)
	return b
}

func (a *args) node(name string) graph.Node { return a.nodes[name] }

// window tells whether a date lies in --since to --until. What has no date
// lies in it only where neither is given.
func (a *args) window(d graph.Date) bool {
	since, until := a.date("since"), a.date("until")
	if since.IsZero() && until.IsZero() {
		return true
	}
	if d.IsZero() {
		return false
	}
	first, last := graph.MinDay, graph.MaxDay
	if !since.IsZero() {
		first = since.Start()
	}
	if !until.IsZero() {
		last = until.End()
	}
	return d.Overlaps(first, last)
}

// says tells whether one of some texts contains the text asked for, letter case
// aside, or none is asked for.
func (r *run) says(param string, texts ...string) bool {
	asked := strings.ToLower(r.word(param))
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), asked) })
}

// is tells whether a word is the one asked for, or none is.
func (r *run) is(param, word string) bool {
	return r.word(param) == "" || r.word(param) == word
}
