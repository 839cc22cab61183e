package picture

import (
	"slices"
	"testing"

	"parley/graph"
	"parley/queries"
)

// changed is a change of a layer on all goods, as a row has it.
type changed struct {
	day, agent, target, word, rate string
}

// rateAnswer is an answer of changes, published at the end of 2018.
func rateAnswer(t *testing.T, arguments []queries.Argument, changes ...changed) *queries.Answer {
	t.Helper()
	q := queries.RateHistory
	a := &queries.Answer{Query: q, Parameters: arguments, Total: len(changes)}
	for _, c := range changes {
		row := make([]any, len(q.Columns))
		for i, column := range q.Columns {
			switch column.Name {
			case "date":
				row[i] = date(t, c.day)
			case "agent":
				row[i] = graph.Ref{ID: graph.ID("country/" + c.agent), Name: c.agent}
			case "target":
				row[i] = graph.Ref{ID: graph.ID("country/" + c.target), Name: c.target}
			case "action":
				row[i] = graph.Ref{ID: "move/a", Name: "A move"}
			case "measure":
				row[i] = graph.Ref{ID: "measure/a", Name: "A duty"}
			case "change":
				row[i] = c.word
			case "rate", "base", "highest":
				row[i] = graph.Rate{Min: c.rate, Max: c.rate}
			case "sources":
				row[i] = []graph.Citation{{Published: date(t, "2018-12-31")}}
			}
		}
		a.Rows = append(a.Rows, row)
	}
	return a
}

// baseLines are the lines of what all goods bear, a panel each.
func baseLines(t *testing.T, a *queries.Answer) (lines [][]segment, p *Picture) {
	t.Helper()
	p, err := Of(a, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := layRates(p)
	checkScene(t, s)
	for _, i := range s.items {
		if i.class == "rate-base" && len(i.path) > 2 { // the sample of the legend is straight
			lines = append(lines, i.path)
		}
	}
	return lines, p
}

// TestRatesBeginWhereTheyAreKnown keeps that no line rises from 0 to what stood
// before the answer begins.
func TestRatesBeginWhereTheyAreKnown(t *testing.T) {
	since := []queries.Argument{{Name: "since", Value: date(t, "2018")}}
	for name, c := range map[string]struct {
		arguments []queries.Argument
		word      string
		rises     bool
	}{
		"came":        {nil, "came", true},
		"was there":   {nil, "raised", false},
		"since a day": {since, "came", false},
		"first rows":  {[]queries.Argument{{Name: "offset", Value: 1}}, "came", false},
		"no since":    {[]queries.Argument{{Name: "since"}, {Name: "offset", Value: 0}}, "came", true},
	} {
		lines, _ := baseLines(t, rateAnswer(t, c.arguments, changed{"2018-03-01", "alba", "brava", c.word, "10"}))
		if len(lines) != 1 {
			t.Fatalf("%s: %d lines, of a panel with one mark", name, len(lines))
		}
		first, last := lines[0][0].points[0], lines[0][len(lines[0])-1].points[0]
		if rises := first.y > last.y; rises != c.rises {
			t.Errorf("%s: the line rises at its beginning: %v", name, rises)
		}
	}
}

// TestRatesOfTheBusiestPairFirst keeps the order of panels: both of a pair together.
func TestRatesOfTheBusiestPairFirst(t *testing.T) {
	_, p := baseLines(t, rateAnswer(t, nil,
		changed{"2018-01-01", "alba", "corda", "came", "1"},
		changed{"2018-02-01", "alba", "brava", "came", "2"},
		changed{"2018-03-01", "brava", "alba", "came", "3"},
	))
	want := []string{"alba on goods of brava", "brava on goods of alba", "alba on goods of corda"}
	if !slices.Equal(p.Groups, want) {
		t.Errorf("panels %q, want %q", p.Groups, want)
	}
	for _, m := range p.Marks {
		if on := map[float64]string{1: want[2], 2: want[0], 3: want[1]}[m.low]; p.Groups[m.Group] != on {
			t.Errorf("the change to %v%% stands on %q, want %q", m.low, p.Groups[m.Group], on)
		}
	}
}

// TestFarFutureTakesNoRoom keeps that a change set for years to come, and only
// such a one, does not stretch the axis.
func TestFarFutureTakesNoRoom(t *testing.T) {
	for last, cut := range map[string]bool{"2018-12-01": false, "2019-02-01": false, "2024-01-01": true} {
		lines, p := baseLines(t, rateAnswer(t, nil,
			changed{"2018-01-01", "alba", "brava", "came", "10"},
			changed{"2018-06-01", "alba", "brava", "raised", "20"},
			changed{last, "alba", "brava", "went", ""},
		))
		if second := lines[0][4].points[0].x; cut && second < rateWide/2 {
			t.Errorf("%s: the change before stands at %.0f", last, second)
		}
		if (p.Left != "") != cut {
			t.Errorf("%s: left out %q", last, p.Left)
		}
	}
	// What came years later and is past has its place.
	if _, p := baseLines(t, rateAnswer(t, nil, changed{"2014-01-01", "alba", "brava", "came", "10"}, changed{"2018-06-01", "alba", "brava", "went", ""})); p.Left != "" {
		t.Errorf("a change of the past: %q", p.Left)
	}
}
