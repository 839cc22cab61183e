package queries_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"parley/data"
	"parley/graph"
	"parley/queries"
	"parley/queries/render"
)

// builtIn opens the facts that the program answers from, inferences and all.
func builtIn(t testing.TB) *graph.Graph {
	t.Helper()
	g, err := graph.OpenImage(data.All().Name, data.All().Image)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

// example is the arguments of a query's own example.
func example(q *queries.Query) map[string]string {
	args := map[string]string{}
	for i := 0; i+1 < len(q.Example); i += 2 {
		args[strings.TrimPrefix(q.Example[i], "--")] = q.Example[i+1]
	}
	return args
}

// contract is the columns that programs rely on. A column may be added; none
// may go, or move before another.
var contract = map[string]string{
	"negotiated-with":    "actor counterpart meeting date status mode place actor_role counterpart_role sources",
	"retaliation-chains": "chain step action agent target spoken_by kind phase date rate value basis rule link sources",
	"tariff-moves":       "action measure agent target spoken_by instrument phase rate value goods announced effective responds_to sources",
	"meetings":           "meeting kind date status mode place participants changed_by change_date reason reports sources",
	"threats":            "action agent target spoken_by date threatened condition outcome sources",
	"in-force":           "measure agent target instrument coverage goods rate total value since sources",
	"rate-history":       "date agent target measure coverage goods value before rate change base highest action sources",
	"truces":             "date agreement parties until by promised value due fulfilment became then sources",
	"negotiator-terms":   "side actor offices first last negotiations counterparts sources",
}

func TestColumnsKeepTheContract(t *testing.T) {
	for name, want := range contract {
		q := queries.Lookup(name)
		if q == nil {
			t.Errorf("no query %s", name)
			continue
		}
		var columns []string
		for _, c := range q.Columns {
			columns = append(columns, c.Name)
		}
		if got := strings.Join(columns, " "); got != want {
			t.Errorf("%s: got columns\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestJSONKeepsTheContract reads the answers of every query to its example,
// and to no arguments, as a program does.
func TestJSONKeepsTheContract(t *testing.T) {
	g := builtIn(t)
	filled := map[string]map[string]bool{}
	for _, q := range queries.All() {
		t.Run(q.Name, func(t *testing.T) {
			filled[q.Name] = map[string]bool{}
			for _, args := range []map[string]string{example(q), {}} {
				a, err := q.Answer(t.Context(), g, args)
				if err != nil && len(args) == 0 {
					continue // an argument is required
				}
				if err != nil {
					t.Fatal(err)
				}
				if len(args) > 0 && len(a.Rows) == 0 {
					t.Errorf("the example %v gives no row", q.Example)
				}
				checkJSON(t, q, written(t, a), filled[q.Name])
			}
		})
	}
	for name := range contract {
		for _, c := range queries.Lookup(name).Columns {
			// The five articles tell of no threat what became of it, and data sets
			// are not built in.
			if !filled[name][c.Name] && (name != "threats" || c.Name != "outcome") && c.Name != "reports" {
				t.Errorf("%s: no row of the built-in facts has %s", name, c.Name)
			}
		}
	}
}

func written(t testing.TB, a *queries.Answer) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := render.JSON.Write(&b, a, render.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// keys fails unless v is an object of just these keys.
func keys(t *testing.T, what string, v any, want ...string) map[string]any {
	t.Helper()
	object, _ := v.(map[string]any)
	if got := slices.Sorted(maps.Keys(object)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Fatalf("%s has the keys %v, want %v: %v", what, got, want, v)
	}
	return object
}

func checkJSON(t *testing.T, q *queries.Query, src []byte, filled map[string]bool) {
	t.Helper()
	var v any
	if err := json.Unmarshal(src, &v); err != nil {
		t.Fatal(err)
	}
	answer := keys(t, "the answer", v, "query", "parameters", "columns", "rows", "excluded", "truncated")
	var columns, params []string
	for _, c := range q.Columns {
		columns = append(columns, c.Name)
	}
	for _, p := range q.AllParams() {
		params = append(params, p.Name)
	}
	keys(t, "parameters", answer["parameters"], params...)
	var named []string
	for _, c := range answer["columns"].([]any) {
		named = append(named, c.(string))
	}
	if answer["query"] != q.Name || answer["truncated"] != false || !slices.Equal(named, columns) {
		t.Fatalf("query %v, truncated %v, columns %v", answer["query"], answer["truncated"], named)
	}
	for _, r := range answer["rows"].([]any) {
		row := keys(t, "a row", r, columns...)
		for _, c := range q.Columns {
			cell := row[c.Name]
			if list, isList := cell.([]any); cell != nil && (!isList || len(list) > 0) {
				filled[c.Name] = true
			}
			checkCell(t, c, cell)
		}
		if step, ok := row["step"]; q.Name == "retaliation-chains" && ok && (step == 0.0) != (row["basis"] == nil) {
			t.Errorf("basis %v at step %v", row["basis"], step)
		}
		if (row["basis"] == "inferred") != (row["rule"] != nil) {
			t.Errorf("basis %v by rule %v", row["basis"], row["rule"])
		}
	}
	for _, e := range answer["excluded"].([]any) {
		left := keys(t, "what is left out", e, "node", "reason", "sources")
		keys(t, "what is left out", left["node"], "id", "name")
		checkCell(t, queries.Column{Name: "sources of what is left out", Kind: queries.SourcesColumn}, left["sources"])
		if left["reason"] == "" {
			t.Errorf("%v is left out for no reason", left["node"])
		}
	}
}

func checkCell(t *testing.T, c queries.Column, cell any) {
	t.Helper()
	list, isList := cell.([]any)
	switch c.Kind {
	case queries.NodesColumn, queries.ParticipantsColumn, queries.SourcesColumn:
		if !isList {
			t.Fatalf("%s is no list: %v", c.Name, cell)
		}
	default:
		if cell == nil {
			return
		}
	}
	ok := true
	switch c.Kind {
	case queries.NodeColumn:
		keys(t, c.Name, cell, "id", "name")
	case queries.NodesColumn:
		for _, n := range list {
			keys(t, c.Name, n, "id", "name")
		}
	case queries.ParticipantsColumn:
		for _, p := range list {
			part := keys(t, c.Name, p, "node", "role", "side")
			keys(t, c.Name, part["node"], "id", "name")
		}
	case queries.SourcesColumn:
		for _, s := range list {
			source := keys(t, c.Name, s, "article", "publisher", "published", "paragraph", "start", "end", "url")
			keys(t, c.Name, source["article"], "id", "name")
		}
	case queries.RateColumn:
		rate := keys(t, c.Name, cell, "min", "max", "unit")
		_, number := rate["max"].(float64)
		ok = number && rate["unit"] == "percent"
	case queries.MoneyColumn:
		_, ok = keys(t, c.Name, cell, "amount", "currency")["amount"].(float64)
	case queries.CountColumn:
		_, ok = cell.(float64)
	case queries.DateColumn:
		_, err := graph.ParseDate(cell.(string))
		ok = err == nil
	default:
		s, isText := cell.(string)
		ok = isText && s != ""
	}
	if !ok {
		t.Fatalf("%s is no %s: %v", c.Name, c.Kind, cell)
	}
}

// TestSameAnswerSideBySide asks one graph from many goroutines.
func TestSameAnswerSideBySide(t *testing.T) {
	g := builtIn(t)
	for _, q := range queries.All() {
		var all [8][]byte
		var wg sync.WaitGroup
		for i := range all {
			wg.Go(func() {
				a, err := q.Answer(t.Context(), g, example(q))
				if err != nil {
					t.Error(err)
					return
				}
				all[i] = written(t, a)
			})
		}
		wg.Wait()
		for _, one := range all {
			if !bytes.Equal(one, all[0]) {
				t.Errorf("%s: two answers differ", q.Name)
			}
		}
	}
}

// TestLimitCutsTheEndOff checks of every query that a limit leaves the rows
// before it alone and says that there are more.
func TestLimitCutsTheEndOff(t *testing.T) {
	g := builtIn(t)
	for _, q := range queries.All() {
		args := example(q)
		maps.DeleteFunc(args, func(name, _ string) bool { // ask for as much as there is
			return !slices.ContainsFunc(q.Params, func(p queries.Param) bool { return p.Name == name && p.Required })
		})
		whole, err := q.Answer(t.Context(), g, args)
		if err != nil {
			t.Fatal(err)
		}
		if len(whole.Rows) < 2 {
			t.Fatalf("%s: %d rows leave nothing to cut off", q.Name, len(whole.Rows))
		}
		for limit, truncated := range map[string]bool{"1": true, "0": false, "100000": false} {
			args["limit"] = limit
			a, err := q.Answer(t.Context(), g, args)
			if err != nil {
				t.Fatal(err)
			}
			want := *whole
			want.Parameters, want.Truncated = a.Parameters, truncated
			if truncated {
				want.Rows = whole.Rows[:1]
			}
			if !bytes.Equal(written(t, a), written(t, &want)) {
				t.Errorf("%s --limit %s: %d of %d rows, truncated %v", q.Name, limit, len(a.Rows), len(whole.Rows), a.Truncated)
			}
		}
	}
}
