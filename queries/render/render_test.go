package render_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"parley/graph"
	"parley/queries"
	"parley/queries/render"

	"github.com/mattn/go-runewidth"
)

var update = flag.Bool("update", false, "rewrite the goldens in testdata")

const (
	markup  = "<b>Duty</b> on `wine` | *all* _of_ it [1](http://example.org) & more \\"
	formula = "=1+1"
	rtl     = "Right\u202eto left\u200f and \u2066back\u2069"
	control = "Bell\a, escape \x1b[31m, line\nand tab\tand \u0085"
	wide    = "中美经贸磋商在马德里举行第四轮会谈"
)

func date(t testing.TB, s string) graph.Date {
	t.Helper()
	d, err := graph.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// answer is a small answer by hand, with names that formats must not stumble
// over and every kind of cell.
func answer(t testing.TB) *queries.Answer {
	t.Helper()
	lead := "lead"
	article := graph.Ref{ID: "article/a", Name: markup}
	one := graph.Citation{Article: article, Publisher: "The Gazette", Published: date(t, "2018-09-21"), Paragraph: 3, Start: 10, End: 25}
	two := graph.Citation{Article: article, Publisher: "The Gazette", Published: date(t, "2018-09-21"), Paragraph: 4, Start: 26, End: 40}
	page := graph.Citation{Article: graph.Ref{ID: "reference/who", Name: wide}, Published: date(t, "2025-04-08/2026-11-26"), URL: "https://example.org/who?a=1&copy;=(2)"}
	lost := graph.Citation{Article: graph.Ref{ID: "reference/lost", Name: markup}}
	alba, brava := graph.Ref{ID: "country/alba", Name: "Alba"}, graph.Ref{ID: "country/brava", Name: rtl}
	return &queries.Answer{
		Query: &queries.Query{
			Name: "of-a-test", Title: "What | <stands> here?",
			Columns: []queries.Column{
				{Name: "path", Kind: queries.CountColumn},
				{Name: "thing", Kind: queries.NodeColumn},
				{Name: "agent", Kind: queries.NodesColumn},
				{Name: "kind", Kind: queries.WordColumn},
				{Name: "said_of_it", Kind: queries.TextColumn},
				{Name: "date", Kind: queries.DateColumn},
				{Name: "rate", Kind: queries.RateColumn},
				{Name: "value", Kind: queries.MoneyColumn},
				{Name: "participants", Kind: queries.ParticipantsColumn},
				{Name: "never", Kind: queries.TextColumn},
				{Name: "sources", Kind: queries.SourcesColumn},
			},
		},
		Parameters: []queries.Argument{
			{Name: "actor", Value: alba},
			{Name: "since", Value: date(t, "2018")},
			{Name: "stated-only", Value: false},
			{Name: "with", Value: nil},
			{Name: "status", Value: "held"},
			{Name: "limit", Value: 3},
		},
		Rows: [][]any{
			{
				1,
				graph.Ref{ID: "move/a", Name: markup},
				[]graph.Ref{alba, brava},
				"tariff", formula, date(t, "2018-09-2X"),
				graph.Rate{Max: "10"},
				graph.Money{Amount: "1500000000", Currency: "EUR"},
				[]queries.Participant{{Node: alba, Role: &lead, Side: &alba}, {Node: brava}},
				nil,
				[]graph.Citation{two, one},
			},
			{
				1,
				graph.Ref{ID: "move/b", Name: formula},
				[]graph.Ref{},
				nil, control, nil,
				graph.Rate{Min: "15", Max: "20.5"},
				nil,
				[]queries.Participant{},
				nil,
				[]graph.Citation{one, page},
			},
			{2, graph.Ref{ID: "move/c", Name: wide}, []graph.Ref{brava}, "quota", nil, nil, nil, nil, []queries.Participant{}, nil, []graph.Citation{}},
		},
		Excluded: []queries.Exclusion{
			{Node: graph.Ref{ID: "meeting/a", Name: control}, Reason: "a <visit> | no talks", Sources: []graph.Citation{page}},
			{Node: alba, Reason: "nothing connects the two", Sources: []graph.Citation{lost}},
		},
		Truncated: true,
	}
}

func write(t testing.TB, name string, a *queries.Answer, width int) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.Lookup(name).Write(&b, a, render.Options{Width: width}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGoldens(t *testing.T) {
	for file, format := range map[string]struct {
		name  string
		width int
	}{
		"answer.json": {"json", 0}, "answer.ndjson": {"ndjson", 0}, "answer.csv": {"csv", 0}, "answer.md": {"markdown", 0},
		"table.txt": {"table", 0}, "table-160.txt": {"table", 160}, "table-60.txt": {"table", 60},
	} {
		path, got := "testdata/"+file, write(t, format.name, answer(t), format.width)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
		}
	}
}

func TestFormatsAreFoundByName(t *testing.T) {
	for _, c := range []struct {
		query  *queries.Query
		screen string
		want   string
	}{
		{queries.Sources, "table", "csv json markdown ndjson table"},
		{queries.NegotiatedWith, "table", "csv dot json markdown mermaid ndjson png svg table"},
		{queries.RetaliationChains, "tree", "csv dot json markdown mermaid ndjson png svg table tree"},
	} {
		if got := strings.Join(render.Names(c.query), " "); got != c.want {
			t.Errorf("%s: got %s, want %s", c.query.Name, got, c.want)
		}
		if got := render.Screen(c.query).Name; got != c.screen {
			t.Errorf("%s: on a screen %s, want %s", c.query.Name, got, c.screen)
		}
	}
	for _, f := range render.For(queries.RetaliationChains) {
		if render.Lookup(f.Name) != f || f.Meaning == "" || f.MediaType == "" || f.Extension == "" {
			t.Errorf("%s: %+v", f.Name, f)
		}
	}
	if f := render.Lookup("xml"); f != nil {
		t.Errorf("found %+v", f)
	}
}

// TestEmptyAnswer writes what has no rows and leaves nothing out.
func TestEmptyAnswer(t *testing.T) {
	a := &queries.Answer{Query: answer(t).Query}
	for name, want := range map[string]string{
		"ndjson":   "",
		"csv":      "path,thing,thing_id,agent,agent_id,kind,said_of_it,date,rate,value,participants,participants_id,never,sources\n",
		"table":    "What | <stands> here?\n\n0 rows\n",
		"markdown": "0 rows\n",
	} {
		if got := write(t, name, a, 80); got != want && (name != "markdown" || !strings.HasSuffix(got, want)) {
			t.Errorf("%s: got %q", name, got)
		}
	}
	var v struct{ Rows, Excluded []any }
	if err := json.Unmarshal([]byte(write(t, "json", a, 0)), &v); err != nil || v.Rows == nil || v.Excluded == nil {
		t.Errorf("rows %v, excluded %v, %v: lists are empty, not null", v.Rows, v.Excluded, err)
	}
}

// TestForPeopleNothingActs keeps what a name has in it from reaching a terminal
// or a page as anything but text.
func TestForPeopleNothingActs(t *testing.T) {
	for _, name := range []string{"table", "markdown"} {
		for _, width := range []int{0, 60, 160} {
			got := write(t, name, answer(t), width)
			for _, bad := range []string{"\x1b", "\a", "\r", "\t", "\u0085", "\u202e", "\u200f", "\u2066", "\u2069"} {
				if strings.Contains(got, bad) {
					t.Errorf("%s at %d has %q in it", name, width, bad)
				}
			}
		}
	}
	md := write(t, "markdown", answer(t), 0)
	for _, bad := range []string{"<b>", "<stands>", "<visit>", " *all*", " `wine`"} {
		if strings.Contains(md, bad) {
			t.Errorf("markdown has %s in it", bad)
		}
	}
	// Each row of the table has as many cells as the header.
	lines := strings.Split(md, "\n")
	start := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "| --- ") })
	for _, l := range lines[start-1 : start+4] {
		cells := strings.Count(l, "|") - strings.Count(l, `\|`)
		if want := strings.Count(lines[start], "|"); cells != want {
			t.Errorf("%d bars where %d are: %s", cells, want, l)
		}
	}
}

// TestAddressesStayAddresses keeps what an address has in it from reaching a
// terminal, or from ending the link that Markdown makes of it.
func TestAddressesStayAddresses(t *testing.T) {
	a := answer(t)
	source := graph.Citation{Article: graph.Ref{ID: "reference/x", Name: "](https://evil.example) X"}, URL: "https://example.org/\x1b[1m>) \u202ea|`\\<é"}
	a.Rows[0][10] = []graph.Citation{source}
	const want = "https://example.org/%1B[1m%3E)%20%E2%80%AEa%7C%60%5C%3C%C3%A9"
	for format, line := range map[string]string{
		"table":    "[1] " + want + "\n",
		"markdown": `- [“\](https://evil.example) X”](<` + want + ">)\n",
	} {
		if got := write(t, format, a, 0); !strings.Contains(got, line) {
			t.Errorf("%s lacks %q:\n%s", format, line, got)
		}
	}
	source.Paragraph = 3
	a.Rows[0][10] = []graph.Citation{source}
	for _, format := range []string{"table", "markdown", "csv"} {
		if got := write(t, format, a, 0); strings.Contains(got, "https://example.org/%1B") {
			t.Errorf("%s: a passage leads out of its article:\n%s", format, got)
		}
	}
}

// TestPublicationDays tells words of a column from the others by what it is of.
func TestPublicationDays(t *testing.T) {
	since := date(t, "2025-04-08/2026-11-26")
	a := &queries.Answer{
		Query: &queries.Query{Name: "of-a-test", Title: "When?", Columns: []queries.Column{{Name: "published", Kind: queries.DateColumn}, {Name: "date", Kind: queries.DateColumn}}},
		Rows:  [][]any{{since, since}},
	}
	for format, want := range map[string]string{
		"table":    "2025-04-08 or later  2025-04-08 to 2026-11-26",
		"markdown": "| 2025-04-08 or later | 2025-04-08 to 2026-11-26 |",
		"csv":      "2025-04-08/2026-11-26,2025-04-08/2026-11-26",
		"ndjson":   `{"published":"2025-04-08/2026-11-26","date":"2025-04-08/2026-11-26"}`,
	} {
		if got := write(t, format, a, 0); !strings.Contains(got, want) {
			t.Errorf("%s lacks %q:\n%s", format, want, got)
		}
	}
}

// TestForProgramsNothingIsLost reads names back as they are.
func TestForProgramsNothingIsLost(t *testing.T) {
	a := answer(t)
	records, err := csv.NewReader(strings.NewReader(write(t, "csv", a, 0))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != 1+len(a.Rows) {
		t.Fatalf("%d records", len(records))
	}
	column := func(name string, row int) string { return records[row][slices.Index(records[0], name)] }
	for _, c := range []struct{ column, want string }{
		{"thing", markup},
		{"thing_id", "move/a"},
		{"agent", "Alba; " + rtl},
		{"agent_id", "country/alba; country/brava"},
		{"said_of_it", "'" + formula},
		{"rate", "up to 10%"},
		{"value", "1.5 billion EUR"},
		{"date", "2018-09-2X"},
		{"participants", "Alba (lead); " + rtl},
		{"participants_id", "country/alba; country/brava"},
		{"never", ""},
		{"sources", "article/a#4:26-40; article/a#3:10-25"},
	} {
		if got := column(c.column, 1); got != c.want {
			t.Errorf("csv %s: got %q, want %q", c.column, got, c.want)
		}
	}
	if got, want := column("sources", 2), "article/a#3:10-25; reference/who https://example.org/who?a=1&copy;=(2)"; got != want {
		t.Errorf("csv sources: got %q, want %q", got, want)
	}
	if got := column("said_of_it", 2); got != control {
		t.Errorf("csv: got %q, want %q", got, control)
	}
	if got := column("thing", 2); got != "'"+formula {
		t.Errorf("csv: a spreadsheet would compute %q", got)
	}

	var whole struct{ Rows []map[string]any }
	if err := json.Unmarshal([]byte(write(t, "json", a, 0)), &whole); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(write(t, "ndjson", a, 0), "\n"), "\n")
	if len(lines) != len(a.Rows) || len(whole.Rows) != len(a.Rows) {
		t.Fatalf("%d lines, %d rows of %d", len(lines), len(whole.Rows), len(a.Rows))
	}
	for i, l := range lines {
		var row map[string]any
		if err := json.Unmarshal([]byte(l), &row); err != nil {
			t.Fatal(err)
		}
		for _, r := range []map[string]any{row, whole.Rows[i]} {
			if got := r["thing"].(map[string]any)["name"]; got != a.Rows[i][1].(graph.Ref).Name || len(r) != len(a.Query.Columns) {
				t.Errorf("row %d: %v", i, r)
			}
		}
	}
	if whole.Rows[1]["said_of_it"] != control || whole.Rows[0]["said_of_it"] != formula || whole.Rows[0]["never"] != nil {
		t.Errorf("json: %v", whole.Rows)
	}
}

// TestTableFitsTheScreen folds names however long and wide they are, and loses
// none of their characters.
func TestTableFitsTheScreen(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	for _, name := range []string{long, strings.Repeat("wine and iron ", 700), strings.Repeat(wide, 600)} {
		a := answer(t)
		a.Rows[0][1] = graph.Ref{ID: "move/a", Name: name}
		a.Rows[0][4] = "short"
		for _, width := range []int{40, 60, 80, 160, 250} {
			got := write(t, "table", a, width)
			// The title, what is left out and the sources are the screen's to fold.
			_, body, _ := strings.Cut(got, "\n\n")
			body, _, _ = strings.Cut(body, "\n\n3 rows")
			for l := range strings.Lines(body) {
				if w := runewidth.StringWidth(strings.TrimSuffix(l, "\n")); w > width {
					t.Errorf("at %d a line is %d wide: %.60q", width, w, l)
					break
				}
			}
			first, _ := utf8.DecodeRuneInString(name)
			if got, want := strings.Count(body, string(first)), strings.Count(name, string(first)); got < want {
				t.Errorf("at %d: %d of %d %q are left", width, got, want, first)
			}
		}
		for _, f := range render.For(answer(t).Query) {
			if f.Name != "table" && !strings.Contains(write(t, f.Name, a, 60), strings.TrimSpace(name)) {
				t.Errorf("%s cuts a name of %d bytes", f.Name, len(name))
			}
		}
	}
}

type full struct{}

var errFull = errors.New("no space is left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWritersErrorIsTold(t *testing.T) {
	for _, f := range render.For(answer(t).Query) {
		if err := f.Write(full{}, answer(t), render.Options{Width: 80}); !errors.Is(err, errFull) {
			t.Errorf("%s: got %v", f.Name, err)
		}
	}
}
