package queries

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestRegisterRefusesTheUnfit registers queries that each lack something.
func TestRegisterRefusesTheUnfit(t *testing.T) {
	fit := func() *Query {
		return &Query{
			Name: "of-a-test", Title: "What?", Row: "One row is one thing.",
			Columns: []Column{{"thing", TextColumn, "it"}, sourcesColumn},
			walk:    func(context.Context, *run) error { return nil },
		}
	}
	if problem := Predefined.unfit(fit()); problem != "" {
		t.Fatal(problem)
	}
	for want, spoil := range map[string]func(*Query){
		"needs a name":              func(q *Query) { q.Name = "" },
		"kebab-case":                func(q *Query) { q.Name = "OfATest" },
		"is registered already":     func(q *Query) { q.Name = Meetings.Name },
		"needs a title":             func(q *Query) { q.Title = "" },
		"what one row is":           func(q *Query) { q.Row = "" },
		"and a walk":                func(q *Query) { q.walk = nil },
		"needs columns":             func(q *Query) { q.Columns = nil },
		"one of them its sources":   func(q *Query) { q.Columns = q.Columns[:1] },
		`column "thing"`:            func(q *Query) { q.Columns[0].Meaning = "" },
		`parameter "since"`:         func(q *Query) { q.Params = []Param{{Name: "since", Kind: DateParam}} },
		`parameter "until" needs a`: func(q *Query) { q.Params = []Param{until, until} },
		"a faces, needs a column of kind date": func(q *Query) {
			q.Columns = append(q.Columns, Column{"actor", NodeColumn, "who"})
			q.Picture = &Picture{Name: "faces", Sides: q.Columns[2:]}
		},
		`parameter "limit"`: func(q *Query) { q.Params = []Param{{Name: "limit", Kind: CountParam, Meaning: "another"}} },
	} {
		q := fit()
		spoil(q)
		before := len(Predefined.byName)
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			}()
			register(q)
		}()
		if len(Predefined.byName) != before {
			t.Errorf("a query that %s is registered", want)
		}
	}
}

// TestEmitRefusesMissingCells keeps a walk from giving half a row.
func TestEmitRefusesMissingCells(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a row of one cell passed for a row of the meetings")
		}
	}()
	(&run{query: Meetings}).emit(place{}, "one cell")
}
