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
	// builtIn has the actors, offices and places that rows are matched with.
	builtIn = "../data/articles.nq"

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
		_, err = load(g, []string{builtIn})
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

// What names an actor, and on which day, decides who it is.
func TestReportActors(t *testing.T) {
	type actor struct{ name, code, country string } // of ICEWS without a code
	for _, c := range []struct {
		actor
		day  string
		want string
		as   string // what the row calls it, where that is not its name
	}{
		{actor{"Wilbur Ross", "", "United States"}, "2018-06-02", "person/wilbur-ross", ""},
		{actor{"WILBUR L. ROSS", "USAGOV", "USA"}, "2018-06-02", "person/wilbur-ross", "WILBUR L. ROSS"},
		{actor{"ROSS", "USAGOV", "USA"}, "2018-06-02", "actor/ross-usagov", "ROSS"}, // a surname is anyone's
		{actor{"Treasury Secretary (United States)", "", "United States"}, "2018-06-02", "person/steven-mnuchin", "Treasury Secretary (United States)"},
		{actor{"Treasury Secretary (United States)", "", "United States"}, "2025-06-02", "person/scott-bessent", "Treasury Secretary (United States)"},
		{actor{"Treasury Secretary (United States)", "", "United States"}, "2022-06-02", "actor/treasury-secretary-united-states-usa", ""},
		{actor{"Treasury Secretary", "", "Canada"}, "2018-06-02", "actor/treasury-secretary-can", "Treasury Secretary"},
		{actor{"PRESIDENT", "USAGOV", "USA"}, "2018-06-02", "person/donald-trump", "PRESIDENT"},
		{actor{"THE PRESIDENT", "USAGOV", "USA"}, "2018-06-02", "person/donald-trump", "THE PRESIDENT"},
		{actor{"PRESIDENT", "USAGOV", "USA"}, "2016-06-02", "actor/president-usagov", "PRESIDENT"},
		{actor{"PRESIDENT", "CHNGOV", "CHN"}, "2018-06-02", "person/xi-jinping", "PRESIDENT"},
		{actor{"PRESIDENT", "GOV", ""}, "2018-06-02", "actor/president-gov", "PRESIDENT"},
		{actor{"PRESIDENT", "DEUGOV", "DEU"}, "2018-06-02", "actor/president-deugov", "PRESIDENT"},
		{actor{"CHINA", "CHN", "CHN"}, "2018-06-02", "country/chn", ""},
		{actor{"THE US", "USA", "USA"}, "2018-06-02", "country/usa", "THE US"},
		{actor{"UNITED STATES", "USAGOV", "USA"}, "2018-06-02", "country/usa", ""},
		{actor{"UNITED STATES", "USACOP", "USA"}, "2018-06-02", "actor/united-states-usacop", "UNITED STATES"},
		{actor{"", "USA", "USA"}, "2018-06-02", "country/usa", ""},
		{actor{"", "USAGOV", "USA"}, "2018-06-02", "actor/usagov-usagov", ""},
		{actor{"MISSOURI", "USA", "USA"}, "2018-06-02", "actor/missouri-usa", ""},
		{actor{"BEIJING", "CHN", "CHN"}, "2018-06-02", "actor/beijing-chn", "BEIJING"},
		{actor{"GEORGIA", "USA", "USA"}, "2018-06-02", "actor/georgia-usa", "GEORGIA"},
		{actor{"GEORGIA", "GEO", "GEO"}, "2018-06-02", "country/geo", ""},
		{actor{"ROMANIA", "ROM", "ROM"}, "2018-06-02", "country/rou", ""},
		{actor{"AFRICA", "AFR", "AFR"}, "2018-06-02", "actor/africa-afr", ""},
		{actor{"FOREIGN MINISTRY", "IRNGOV", "IRN"}, "2018-06-02", "actor/foreign-ministry-irngov", "FOREIGN MINISTRY"},
		{actor{"Foreign Ministry (China)", "", "China"}, "2018-06-02", "organization/chn-ministry-of-foreign-affairs", "Foreign Ministry (China)"},
		{actor{"Russia", "", "Russian Federation"}, "2018-06-02", "country/rus", ""},
		{actor{"Palestinian Territory, Occupied", "", "Occupied Palestinian Territory"}, "2018-06-02", "country/pse", "Palestinian Territory, Occupied"},
		{actor{"European Union", "", "NA"}, "2018-06-02", "organization/european-union", ""},
		{actor{"Police (India)", "", "India"}, "2018-06-02", "actor/police-india-ind", ""},
	} {
		name, text := "a.csv", gdeltRow(map[int]string{1: strings.ReplaceAll(c.day, "-", ""), 5: c.code, 6: c.name, 7: c.country, 26: "190"})
		id := graph.ID("action/gdelt-1")
		if c.code == "" {
			name, text = "a.tab", icewsHeader+icewsRow(map[int]string{1: c.day, 2: c.name, 4: c.country, 6: "190"})
			id = "action/icews-1"
		}
		g, err := loadReports(t, name, text)
		if err != nil {
			t.Errorf("%+v: %v", c.actor, err)
			continue
		}
		if got := objects(t, g, id, vocab.Agent); len(got) != 1 || got[0] != c.want {
			t.Errorf("%+v on %s is %v, want %s", c.actor, c.day, got, c.want)
		}
		if got := strings.Join(objects(t, g, id, vocab.AgentAs), "|"); got != c.as {
			t.Errorf("%+v on %s is written %q, want %q", c.actor, c.day, got, c.as)
		}
	}
}

// An actor that nothing tells for certain keeps its name and country, and takes
// no name from one that the graph knows.
func TestReportNames(t *testing.T) {
	rows := gdeltRow(map[int]string{5: "USA", 6: "MISSOURI", 7: "USA", 15: "CHN", 16: "BEIJING", 17: "CHN"}) +
		gdeltRow(map[int]string{0: "2", 5: "USA", 6: "GEORGIA", 7: "USA", 15: "", 16: "", 17: ""})
	g, err := loadReports(t, "a.csv", rows)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[graph.ID][2]string{
		"actor/missouri-usa": {"MISSOURI", "country/usa"},
		"actor/beijing-chn":  {"BEIJING (CHN)", "country/chn"},
		"actor/georgia-usa":  {"GEORGIA (USA)", "country/usa"},
	} {
		if got := [2]string{strings.Join(objects(t, g, id, vocab.Name), "|"), strings.Join(objects(t, g, id, vocab.InCountry), "|")}; got != want {
			t.Errorf("%s is %v, want %v", id, got, want)
		}
	}
	if got := objects(t, g, "meeting/gdelt-1", vocab.Name); len(got) != 1 || got[0] != "MISSOURI: make a visit – BEIJING (CHN)" {
		t.Errorf("the meeting is named %q", got)
	}
}

func TestReportPlaces(t *testing.T) {
	for _, c := range []struct{ kind, name, id, want string }{
		{"4", "Beijing, Beijing, China", "-1898541", "place/beijing"},
		{"3", "Washington, District of Columbia, United States", "531871", "place/washington"},
		{"3", "White House, District of Columbia, United States", "531871", "place/white-house-district-of-columbia-united-states-531871"},
		{"3", "Washington, Pennsylvania, United States", "1", "place/washington-pennsylvania-united-states-1"},
		{"2", "Washington, United States", "WA", "place/washington-united-states-wa"},
		{"1", "China", "CH", "country/chn"},
		{"1", "Russia", "RS", "country/rus"},
		{"1", "West Bank", "WE", "place/west-bank-we"},
		{"0", "", "", ""},
	} {
		g, err := loadReports(t, "a.csv", gdeltRow(map[int]string{51: c.kind, 52: c.name, 58: c.id}))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(objects(t, g, "meeting/gdelt-1", vocab.Location), "|"); got != c.want {
			t.Errorf("%q is %q, want %q", c.name, got, c.want)
		}
	}
	for _, c := range []struct{ city, province, country, want string }{
		{"Beijing", "Beijing Shi", "China", "place/beijing"},
		{"NA", "Washington D.C.", "United States", "place/washington"},
		{"NA", "NA", "China", "country/chn"},
		{"NA", "NA", "NA", ""},
		{"Hanoi", "Thanh Pho Ha Noi", "Vietnam", "place/hanoi-thanh-pho-ha-noi-vietnam"},
	} {
		g, err := loadReports(t, "a.tab", icewsHeader+icewsRow(map[int]string{14: c.city, 16: c.province, 17: c.country}))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(objects(t, g, "meeting/icews-1", vocab.Location), "|"); got != c.want {
			t.Errorf("%v is %q, want %q", c, got, c.want)
		}
	}
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
		{"a.tab", strings.Replace(icewsHeader, "Intensity", "Goldstein", 1), "1:85: Goldstein: the column of this place is Intensity"},
		{"a.tab", "Event ID\tEvent Date\tSource Name\n", "1:1: the header lacks Source Sectors, Source Country"},
		{"a.tab", strings.Replace(icewsHeader, "\n", "\tMore\n", 1), "1:222: More: ICEWS has 20 columns and no more"},
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
