package data_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"parley/data"
	"parley/graph"
	"parley/queries"
)

// Imports of 2017 in billion dollars, by which PIIE's page of February 2020
// counts: 335 is 66.4 percent of the American ones from China, 90 is 58.3
// percent of the Chinese ones from the United States.
var imports = map[graph.ID]float64{"country/usa": 505, "country/chn": 154}

// published are PIIE's average tariffs in percent, at six dates.
var published = []struct {
	day, dated       string
	american, chinas string // "" where no page that was seen tells
}{
	{"2018-10-01", "from 25 September 2018", "12.0", "18.3"},
	{"2019-08-01", "in May 2019; of China, June 2019", "18.3", "16.5"},
	{"2019-12-01", "in December 2019", "21.0", "21.1"},
	{"2020-03-01", "from 14 February 2020", "19.3", "20.3"},
	{"2025-04-15", "in April 2025", "124.1", ""},
	{"2025-06-01", "from 14 May 2025", "51.1", "32.6"},
}

// weighted adds up what a side has in force against another on a day, in
// percent of all that it imports from it; listed is how many lists have a
// value, of how many.
func weighted(t *testing.T, g *graph.Graph, day string, agent, target graph.ID) (percent float64, valued, lists int) {
	a := answer(t, g, queries.InForce, map[string]string{"on": day})
	is := func(refs []graph.Ref, id graph.ID) bool {
		for _, ref := range refs {
			if ref.ID == id {
				return true
			}
		}
		return false
	}
	for _, row := range a.Rows {
		rate := cell[graph.Rate](a, row, "rate")
		if cell[string](a, row, "instrument") != "tariff" || rate.Max == "" || !is(cell[[]graph.Ref](a, row, "agent"), agent) || !is(cell[[]graph.Ref](a, row, "target"), target) {
			continue
		}
		most, _ := strconv.ParseFloat(rate.Max, 64)
		least, err := strconv.ParseFloat(rate.Min, 64)
		if err != nil {
			least = most
		}
		share := 1.0
		if cell[string](a, row, "coverage") != "across-the-board" {
			lists++
			value, _ := strconv.ParseFloat(cell[graph.Money](a, row, "value").Amount, 64)
			if share = value / 1e9 / imports[agent]; value > 0 {
				valued++
			}
		}
		percent += (least + most) / 2 * share
	}
	return percent, valued, lists
}

// TestWeightedStory keeps README's table to what the set has; UPDATE_WANT=1
// writes it anew. What is added up must come within sight of what was published.
func TestWeightedStory(t *testing.T) {
	g := open(t, data.All())
	var table strings.Builder
	table.WriteString("| day | added by the United States | PIIE | added by China | PIIE | PIIE's are |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, p := range published {
		fmt.Fprintf(&table, "| %s ", p.day)
		for _, side := range []struct {
			agent, target graph.ID
			published     string
			before        float64 // the average before 2018
		}{{"country/usa", "country/chn", p.american, 3.1}, {"country/chn", "country/usa", p.chinas, 8}} {
			added, valued, lists := weighted(t, g, p.day, side.agent, side.target)
			told := "not told"
			if side.published != "" {
				told = side.published + "%"
				average, err := strconv.ParseFloat(side.published, 64)
				if err != nil {
					t.Fatal(err)
				}
				if ratio := (average - side.before) / added; ratio < .5 || ratio > 2 {
					t.Errorf("%s: %s adds %.1f percent, and PIIE tells of %.1f more than before", p.day, side.agent, added, average-side.before)
				}
			}
			fmt.Fprintf(&table, "| %.1f%% (%d of %d lists have a value) | %s ", added, valued, lists, told)
		}
		fmt.Fprintf(&table, "| %s |\n", p.dated)
	}
	inReadme(t, "../README.md", "weighted", table.String())
}

// inReadme keeps what stands between two marks of a document to a text;
// UPDATE_WANT=1 writes it anew.
func inReadme(t *testing.T, file, mark, text string) {
	t.Helper()
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(readme), "<!-- "+mark+" -->\n")
	_, after, ok2 := strings.Cut(rest, "<!-- /"+mark+" -->")
	if !ok || !ok2 {
		t.Fatalf("%s has no place for %s", file, mark)
	}
	want := before + "<!-- " + mark + " -->\n" + text + "<!-- /" + mark + " -->" + after
	if string(readme) == want {
		return
	}
	if os.Getenv("UPDATE_WANT") == "" {
		t.Fatalf("%s is stale: run UPDATE_WANT=1 go test ./data; it should be\n%s", file, text)
	}
	if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}
