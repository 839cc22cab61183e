package queries_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"parley/graph"
	"parley/queries"
)

func TestAllIsSortedAndFound(t *testing.T) {
	all := queries.All()
	if !slices.IsSortedFunc(all, func(a, b *queries.Query) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("queries are not sorted by name")
	}
	for _, q := range all {
		if queries.Lookup(q.Name) != q {
			t.Errorf("%s is not found by its name", q.Name)
		}
	}
	if queries.Lookup("no-such-query") != nil {
		t.Error("found a query that there is not")
	}
}

func TestArgumentErrors(t *testing.T) {
	g := builtIn(t)
	for _, c := range []struct {
		query string
		args  map[string]string
		want  queries.ArgError
	}{
		{"meetings", map[string]string{"colour": "red"}, queries.ArgError{Param: "colour", Problem: "query meetings has no such parameter"}},
		{"meetings", map[string]string{"status": "done"}, queries.ArgError{Param: "status", Value: "done", Problem: "write one of planned, held, cancelled, postponed, stalled"}},
		{"meetings", map[string]string{"since": "21/09/2018"}, queries.ArgError{Param: "since", Value: "21/09/2018", Problem: `"21" is not an EDTF date; write YYYY, YYYY-MM or YYYY-MM-DD, with ~ after it if approximate`}},
		{"meetings", map[string]string{"since": ""}, queries.ArgError{Param: "since", Problem: "needs a value: from this day on"}},
		{"meetings", map[string]string{"actor": ""}, queries.ArgError{Param: "actor", Problem: "needs a value: only with this person, government or organization among the participants"}},
		{"meetings", map[string]string{"since": "2019", "until": "2018-12-31"}, queries.ArgError{Param: "since", Value: "2019", Problem: "is after --until 2018-12-31"}},
		{"meetings", map[string]string{"limit": "-1"}, queries.ArgError{Param: "limit", Value: "-1", Problem: "write a whole number from 0"}},
		{"meetings", map[string]string{"limit": "1.5"}, queries.ArgError{Param: "limit", Value: "1.5", Problem: "write a whole number from 0"}},
		{"meetings", map[string]string{"limit": "99999999999999999999"}, queries.ArgError{Param: "limit", Value: "99999999999999999999", Problem: "write a whole number from 0"}},
		{"tariff-moves", map[string]string{"stated-only": "maybe"}, queries.ArgError{Param: "stated-only", Value: "maybe", Problem: "write true or false"}},
		{"in-force", nil, queries.ArgError{Param: "on", Problem: "needs a value: the day"}},
		{"in-force", map[string]string{"on": ""}, queries.ArgError{Param: "on", Problem: "needs a value: the day"}},
		{"in-force", map[string]string{"on": "2019-01-01", "goods": " "}, queries.ArgError{Param: "goods", Value: " ", Problem: "write a word, or a part of one"}},
		{"actor", map[string]string{}, queries.ArgError{Param: "actor", Problem: "needs a value: the person, country or organization"}},
	} {
		_, err := queries.Lookup(c.query).Answer(t.Context(), g, c.args)
		var got *queries.ArgError
		if !errors.As(err, &got) || *got != c.want {
			t.Errorf("%s %v: got %v, want %v", c.query, c.args, err, &c.want)
		}
	}
}

// TestDayOfBothBounds allows one day as both ends, however it is written.
func TestDayOfBothBounds(t *testing.T) {
	g := builtIn(t)
	for _, args := range []map[string]string{
		{"since": "2018-09-21", "until": "2018-09-21"},
		{"since": "2018-09-21", "until": "2018"},
		{"since": "2018", "until": "2018-01-01"},
	} {
		if _, err := queries.Meetings.Answer(t.Context(), g, args); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestNamesThatFitNoneOrSeveral(t *testing.T) {
	g := load(t, cast)
	for _, c := range []struct {
		name string
		err  error
		near graph.ID
	}{
		{"Xyzzyx", graph.ErrUnknown, ""},
		{"Ann Alduss of Alba", graph.ErrUnknown, "person/ann"},
		{"Annie", graph.ErrAmbiguous, "person/bea"},
		{"place/portum", graph.ErrUnknown, ""}, // no actor
	} {
		_, err := queries.Timeline.Answer(t.Context(), g, map[string]string{"actor": c.name})
		var name *graph.NameError
		if !errors.Is(err, c.err) || !errors.As(err, &name) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.err)
			continue
		}
		if c.near != "" && !slices.ContainsFunc(name.Near, func(r graph.Ref) bool { return r.ID == c.near }) {
			t.Errorf("%s: %v does not offer %s", c.name, err, c.near)
		}
		if !strings.HasPrefix(err.Error(), "--actor: ") {
			t.Errorf("%v does not name the parameter", err)
		}
	}
}

// TestParametersAreToldBack finds what an answer was given for in the answer.
func TestParametersAreToldBack(t *testing.T) {
	a, err := queries.NegotiatedWith.Answer(t.Context(), load(t, cast), map[string]string{"actor": "ann aldous", "since": "2018"})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]any{}
	for _, p := range a.Parameters {
		got[p.Name] = p.Value
	}
	since, _ := graph.ParseDate("2018")
	want := map[string]any{
		"actor": graph.Ref{ID: "person/ann", Name: "Ann Aldous"}, "with": nil, "since": since, "until": nil,
		"level": nil, "status": "held", "known-by": nil, "no-merge": false, "limit": 0, "offset": 0,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestClosedGraphIsAnError(t *testing.T) {
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := queries.Sources.Answer(t.Context(), g, nil); !errors.Is(err, graph.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestEmptyGraphHasEmptyAnswers(t *testing.T) {
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range queries.All() {
		if slices.ContainsFunc(q.Params, func(p queries.Param) bool { return p.Required && p.Kind == queries.NodeParam }) {
			continue
		}
		args := map[string]string{}
		if q == queries.InForce {
			args["on"] = "2018-10-01"
		}
		a, err := q.Answer(t.Context(), g, args)
		if err != nil || len(a.Rows) > 0 || len(a.Excluded) > 0 || a.Truncated {
			t.Errorf("%s: %v, %v", q.Name, a, err)
		}
	}
}

// endingContext ends when it has been asked a number of times whether it has.
type endingContext struct {
	context.Context
	left *atomic.Int64
}

func (c endingContext) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// TestContextThatEndsIsAnError ends the context at more and more later points
// of each query: until it is answered whole, the error is the context's.
func TestContextThatEndsIsAnError(t *testing.T) {
	g := builtIn(t)
	for _, q := range queries.All() {
		args := example(q)
		whole, err := q.Answer(t.Context(), g, args)
		if err != nil {
			t.Fatal(err)
		}
		for asked := int64(0); ; asked += 1 + asked/8 {
			left := new(atomic.Int64)
			left.Store(asked)
			a, err := q.Answer(endingContext{t.Context(), left}, g, args)
			if err == nil {
				if !slices.Equal(written(t, a), written(t, whole)) {
					t.Errorf("%s: a short answer where the context ended", q.Name)
				}
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("%s: got %v", q.Name, err)
			}
		}
	}
}

// Nodes are what the rows name, each once: so much of the graph is an answer.
func TestAnswerNodes(t *testing.T) {
	g := builtIn(t)
	for _, c := range []struct {
		query string
		args  map[string]string
		want  string
	}{
		{"in-force", map[string]string{"on": "2018-10-01", "limit": "1"}, "measure/"},
		{"meetings", map[string]string{"meeting": "meeting/2018-09-washington-talks"}, "meeting/2018-09-washington-talks"},
		{"meetings", map[string]string{"actor": "Liu He"}, "person/liu-he"},
		{"sources", map[string]string{"kind": "article"}, "article/000_5968a405b1adab4b"},
		{"meetings", map[string]string{"until": "1900"}, ""},
	} {
		a, err := queries.Lookup(c.query).Answer(t.Context(), g, c.args)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[graph.ID]bool{}
		found := c.want == "" && len(a.Nodes()) == 0
		for _, id := range a.Nodes() {
			if seen[id] || id == "" {
				t.Errorf("%s %v: %q is there twice, or names nothing", c.query, c.args, id)
			}
			seen[id] = true
			found = found || c.want != "" && strings.HasPrefix(string(id), c.want)
		}
		if !found {
			t.Errorf("%s %v names %v", c.query, c.args, a.Nodes())
		}
	}
}
