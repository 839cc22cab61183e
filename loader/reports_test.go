package loader_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"parley/graph"
	"parley/graph/vocab"
	"parley/loader"

	"github.com/cayleygraph/quad"
	"github.com/google/go-cmp/cmp"
)

const (
	gdeltSample = "../../shared/peer-data/gdelt/20180101000000.export.CSV"
	icewsSample = "../../shared/peer-data/icews/events.2018.sample.tab"
	// builtInFacts has the actors, offices and places that rows are matched with.
	builtInFacts = "../data/articles"

	icewsHeader = "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\t" +
		"Target Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\t" +
		"City\tDistrict\tProvince\tCountry\tLatitude\tLongitude\n"
)

// gdeltRow is a row of GDELT 2.0 with some of its columns, counted from 0.
func gdeltRow(columns map[int]string) string {
	cells := make([]string, 61)
	for i, text := range map[int]string{0: "1", 1: "20180602", 26: "042", 59: "20180602141500", 60: "https://www.paper.example/a"} {
		cells[i] = text
	}
	for i, text := range columns {
		cells[i] = text
	}
	return strings.Join(cells, "\t") + "\n"
}

// icewsRow is a row of ICEWS with some of its columns, counted from 0.
func icewsRow(columns map[int]string) string {
	cells := slices.Repeat([]string{"NA"}, 20)
	for i, text := range map[int]string{0: "1", 1: "2018-06-02", 6: "042", 11: "7", 12: "1", 13: "The Paper"} {
		cells[i] = text
	}
	for i, text := range columns {
		cells[i] = text
	}
	return strings.Join(cells, "\t") + "\n"
}

var builtInGraph = sync.OnceValues(func() (*graph.Graph, error) {
	g, err := graph.Open(context.Background(), "memory:")
	if err == nil {
		_, err = load(g, []string{builtInFacts})
	}
	return g, err
})

// withBuiltIn returns a graph of its own with the built-in facts.
func withBuiltIn(t *testing.T) *graph.Graph {
	t.Helper()
	g, err := builtInGraph()
	if err != nil {
		t.Fatal(err)
	}
	if g, err = g.Fork(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

// loadReports loads rows beside the built-in facts.
func loadReports(t *testing.T, name, text string) (*graph.Graph, error) {
	t.Helper()
	g := withBuiltIn(t)
	_, err := load(g, within(folder(t, name, text), name))
	return g, err
}

// objects lists what a graph says of a node under a predicate, by text.
func objects(t *testing.T, g *graph.Graph, id graph.ID, p *vocab.Predicate) []string {
	t.Helper()
	var found []string
	for _, q := range quadsOf(t, g) {
		if q.Subject == id.Value() && q.Predicate == p.IRI {
			if text := graph.Text(q.Object); !slices.Contains(found, text) {
				found = append(found, text)
			}
		}
	}
	slices.Sort(found)
	return found
}

// Each mistake has its line, column and field, and nothing of the file is loaded.
func TestReportMistakes(t *testing.T) {
	good := gdeltRow(map[int]string{0: "9"})
	for _, c := range []struct {
		name, text, want string
	}{
		{"a.csv", good + gdeltRow(map[int]string{0: "x"}), "2:1: GLOBALEVENTID: \"x\" is not a whole number"},
		{"a.csv", good + gdeltRow(map[int]string{0: "007"}), "2:1: GLOBALEVENTID: \"007\" is not a whole number without leading zeros"},
		{"a.csv", good + gdeltRow(map[int]string{1: "20180230"}), "2:3: SQLDATE: \"20180230\" is not a day of the calendar; write it as 20180602"},
		{"a.csv", good + gdeltRow(map[int]string{1: "00000000"}), "2:3: SQLDATE: "},
		{"a.csv", good + gdeltRow(map[int]string{1: "99999999"}), "2:3: SQLDATE: "},
		{"a.csv", good + gdeltRow(map[int]string{6: "Ü", 26: "---"}), "2:37: EventCode: \"---\" is not a CAMEO code"},
		{"a.csv", good + gdeltRow(map[int]string{26: ""}), "2:36: EventCode: \"\" is not a CAMEO code"},
		{"a.csv", good + gdeltRow(map[int]string{59: "2018060214"}), "2:72: DATEADDED: \"2018060214\" is not a day"},
		{"a.csv", good + "1\t20180602\n", "2:1: the row has 2 columns; GDELT 2.0 has 61 and GDELT 1.0 has 58 or 57"},
		{"a.csv", good + "1" + strings.Repeat("\t", 5000) + "\n", "2:1: the row has 64 columns"},
		{"a.csv", good + gdeltRow(map[int]string{60: "\xff"}), "2:87: not UTF-8"},
		{"a.csv", good + gdeltRow(map[int]string{6: "a\x00b"}), "2:17: a NUL byte"},
		{"a.tab", icewsHeader + icewsRow(map[int]string{0: "1e3"}), "2:1: Event ID: \"1e3\" is not a whole number"},
		{"a.tab", icewsHeader + icewsRow(map[int]string{1: "0000-00-00"}), "2:3: Event Date: \"0000-00-00\" is not a day of the calendar; write it as 2018-06-02"},
		{"a.tab", icewsHeader + icewsRow(map[int]string{6: "x"}), "2:26: CAMEO Code: \"x\" is not a CAMEO code"},
		{"a.tab", icewsHeader + icewsRow(map[int]string{11: "NA"}), "2:42: Story ID: \"NA\" is not a whole number"},
		{"a.tab", icewsHeader + icewsRow(map[int]string{12: "0"}), "2:44: Sentence Number: \"0\" is not a whole number from 1"},
		{"a.tab", icewsHeader + "1\t2\n", "2:1: the row has 2 columns; ICEWS has 20"},
		{"a.tab", strings.Replace(icewsHeader, "Intensity", "Goldstein", 1), "1:85: Intensity: the column of this place is called so, not \"Goldstein\""},
		{"a.tab", "Event ID\tEvent Date\tSource Name\n", "1:1: the header lacks Source Sectors, Source Country"},
		{"a.tab", strings.Replace(icewsHeader, "\n", "\tMore\n", 1), "1:222: \"More\" is one too many: ICEWS has 20 columns and no more"},
	} {
		g := openGraph(t)
		dir := folder(t, c.name, c.text)
		_, err := load(g, within(dir, c.name))
		var m *loader.Mistake
		if !errors.As(err, &m) {
			t.Errorf("%q: %v is no mistake", c.want, err)
			continue
		}
		if got := strings.TrimPrefix(err.Error(), filepath.Join(dir, c.name)+":"); !strings.HasPrefix(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
		if left := quadsOf(t, g); len(left) > 0 {
			t.Errorf("%q: %d quads are left", c.want, len(left))
		}
	}
}

// One number is of one event: the same row again is known, another is refused,
// whatever may be left out.
func TestReportsTwice(t *testing.T) {
	row, other := gdeltRow(nil), gdeltRow(map[int]string{26: "043"})
	dir := folder(t, "same.csv", row+row, "other.csv", row+gdeltRow(map[int]string{0: "2"})+other)
	g := openGraph(t)
	loaded, err := load(g, within(dir, "same.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if loaded[0].Rows != 2 {
		t.Errorf("%d rows", loaded[0].Rows)
	}
	_, err = loadAs(context.Background(), g, within(dir, "other.csv"), loader.FindOptions{}, loader.LoadOptions{MaxErrors: 9})
	if want := "other.csv:3:1: GLOBALEVENTID: 1 is the number of line 1 too, which says something else"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// In a file of several blocks the rows of one number find each other, and what all
// goroutines make is one graph.
func TestReportsInBlocks(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "many.csv")
	const rows = 15_000 // 3 MB
	writeGDELT(t, name, rows)
	g := openGraph(t)
	for _, isNew := range []bool{true, false} {
		loaded, err := load(g, []string{name})
		if err != nil || loaded[0].Rows != rows || (loaded[0].New > 0) != isNew {
			t.Fatalf("%+v: %v", loaded, err)
		}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, gdeltRow(map[int]string{0: "700000005"})...)
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = load(g, []string{name})
	if want := ":15001:1: GLOBALEVENTID: 700000005 is the number of line 6 too"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// What only a data set named is matched with nothing when more is loaded.
func TestReportsKeepToWhatWasKnown(t *testing.T) {
	row := icewsHeader + icewsRow(map[int]string{2: "The Daily", 4: "NA", 13: "The Daily"})
	g, err := loadReports(t, "a.tab", row)
	if err != nil {
		t.Fatal(err)
	}
	before := sortedQuads(t, g)
	if _, err := load(g, within(folder(t, "a.tab", row), "a.tab")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, sortedQuads(t, g)); diff != "" {
		t.Errorf("loaded again (-once +twice):\n%s", diff)
	}
}

// Bad rows are left out, written with what is wrong, and load when mended.
func TestReportRejects(t *testing.T) {
	for _, c := range []struct{ name, good, bad, mended string }{
		{"a.csv", gdeltRow(nil), gdeltRow(map[int]string{0: "2", 1: "20180230"}), gdeltRow(map[int]string{0: "2", 1: "20180228"})},
		{"a.tab", icewsHeader + icewsRow(nil), icewsRow(map[int]string{0: "2", 1: "2018-02-30"}), icewsRow(map[int]string{0: "2", 1: "2018-02-28"})},
	} {
		whole := openGraph(t)
		if _, err := load(whole, within(folder(t, c.name, c.good+c.mended), c.name)); err != nil {
			t.Fatal(err)
		}
		parts := openGraph(t)
		var rejects bytes.Buffer
		loaded, err := loadAs(context.Background(), parts, within(folder(t, c.name, c.good+c.bad), c.name), loader.FindOptions{}, loader.LoadOptions{MaxErrors: 1, Rejects: &rejects})
		if err != nil {
			t.Fatal(err)
		}
		if loaded[0].Rows != 2 || loaded[0].Bad != 1 {
			t.Errorf("%s: %d rows, %d bad", c.name, loaded[0].Rows, loaded[0].Bad)
		}
		if !strings.Contains(rejects.String(), "is not a day of the calendar") {
			t.Errorf("the rejects do not say what is wrong:\n%s", &rejects)
		}
		mended := strings.Replace(rejects.String(), c.bad, c.mended, 1)
		// Nothing but what the rows say tells the format.
		if _, err := load(parts, within(folder(t, "rejects.txt", mended), "rejects.txt")); err != nil {
			t.Fatalf("%v in\n%s", err, mended)
		}
		if got, want := sortedQuads(t, parts), sortedQuads(t, whole); !slices.Equal(got, want) {
			t.Errorf("%s: in two parts %d quads, in one %d", c.name, len(got), len(want))
		}
	}
}

func sortedQuads(t *testing.T, g *graph.Graph) []string {
	t.Helper()
	var lines []string
	for _, q := range quadsOf(t, g) {
		line, err := loader.AppendQuad(nil, q)
		if err != nil {
			t.Errorf("%v: %v", q, err)
		}
		lines = append(lines, string(line))
	}
	slices.Sort(lines)
	return lines
}

func TestReportSamples(t *testing.T) {
	for _, c := range []struct {
		file string
		rows int
	}{{gdeltSample, 2414}, {icewsSample, 3705}} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			if _, err := os.Stat(c.file); os.IsNotExist(err) {
				t.Skip("the sample is missing: " + c.file)
			}
			g := withBuiltIn(t)
			before := len(quadsOf(t, g))
			loaded, err := load(g, []string{c.file})
			if err != nil {
				t.Fatal(err)
			}
			if loaded[0].Rows != c.rows || loaded[0].Bad != 0 {
				t.Errorf("%d rows, %d bad; want %d, none bad", loaded[0].Rows, loaded[0].Bad, c.rows)
			}
			t.Logf("%d rows: %s", loaded[0].Rows, strings.Join(loaded[0].Notes, "; "))
			quads := quadsOf(t, g)
			var reported []quad.Quad
			events := make(map[quad.Value]bool)
			for _, q := range quads {
				if q.Predicate == vocab.Identifier.IRI {
					events[q.Subject] = true
				}
			}
			if len(events) != c.rows {
				t.Errorf("%d events of %d rows", len(events), c.rows)
			}
			reported = append(reported, quads...)
			reported = slices.DeleteFunc(reported, func(q quad.Quad) bool {
				label, _ := graph.IDOf(q.Label)
				return !strings.HasPrefix(label.Slug(), "gdelt") && !strings.HasPrefix(label.Slug(), "icews")
			})
			if len(reported) != len(quads)-before {
				t.Errorf("%d quads have the labels of reports, %d are new", len(reported), len(quads)-before)
			}
			loader.CheckFit(t, quads)
			again, err := load(g, []string{c.file})
			if err != nil || again[0].New != 0 {
				t.Errorf("loaded again there are %d new quads: %v", again[0].New, err)
			}
		})
	}
}

// The visit of a known person to a known country stands in the sample in rows of
// both sides, each with its sentence.
func TestReportSampleVisit(t *testing.T) {
	if _, err := os.Stat(icewsSample); os.IsNotExist(err) {
		t.Skip("the sample is missing: " + icewsSample)
	}
	g := withBuiltIn(t)
	if _, err := load(g, []string{icewsSample}); err != nil {
		t.Fatal(err)
	}
	about := make(map[graph.ID]map[string]bool) // what is said of each meeting
	for _, q := range quadsOf(t, g) {
		id, _ := graph.IDOf(q.Subject)
		if about[id] == nil {
			about[id] = make(map[string]bool)
		}
		about[id][graph.Text(q.Object)] = true
	}
	visits := 0
	for id, said := range about {
		if said["042"] && said["place/beijing"] && said[string(graph.ParticipationID(id, "person/wilbur-ross"))] && said[string(graph.ParticipationID(id, "country/chn"))] {
			visits++
		}
	}
	if visits != 15 {
		t.Errorf("%d rows tell of the visit, want 15", visits)
	}
}

// What rows come to beside the built-in facts, as N-Quads in their order.
func TestReportGoldens(t *testing.T) {
	for _, name := range []string{"gdelt/1.0.csv", "gdelt/2.0.csv", "icews/events.tab"} {
		file := filepath.Join("testdata", name)
		golden := strings.TrimSuffix(file, filepath.Ext(file)) + ".nq"
		g := withBuiltIn(t)
		before := sortedQuads(t, g)
		if _, err := load(g, []string{file}); err != nil {
			t.Error(err)
			continue
		}
		loader.CheckFit(t, quadsOf(t, g))
		var got strings.Builder
		for _, line := range sortedQuads(t, g) {
			if _, known := slices.BinarySearch(before, line); !known {
				got.WriteString(line + "\n")
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", golden, diff)
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// A number that two files give to different events is told, however they are
// loaded.
func TestReportsTwiceInFiles(t *testing.T) {
	dir := folder(t, "a.tab", icewsHeader+icewsRow(nil), "b.tab", icewsHeader+icewsRow(map[int]string{1: "2018-06-03"}), "c.tab", icewsHeader+icewsRow(nil))
	_, err := load(openGraph(t), within(dir, "a.tab", "b.tab"))
	if want := filepath.Join(dir, "b.tab") + ":2:1: Event ID: "; err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "is the number of line 2 of "+filepath.Join(dir, "a.tab")+" too") {
		t.Errorf("%v, want %s", err, want)
	}
	if _, err := load(openGraph(t), within(dir, "a.tab", "c.tab")); err != nil {
		t.Error(err)
	}
}
