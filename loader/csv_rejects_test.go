package loader_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/loader"
)

// rowsOf loads a sheet of people into a graph with one source, leaving out bad
// rows.
func rowsOf(t testing.TB, g *graph.Graph, sheet string, most int) (loader.Loaded, string, error) {
	t.Helper()
	dir := folder(t, "r.yaml", "references:\n  - {id: reference/r, url: \"http://r.example/\", title: R}\n", "x.csv", sheet)
	var rejects bytes.Buffer
	loaded, err := loadAs(context.Background(), g, within(dir, "r.yaml", "x.csv"), loader.FindOptions{}, loader.LoadOptions{MaxErrors: most, Rejects: &rejects})
	told := strings.ReplaceAll(rejects.String(), dir+"/", "")
	if err != nil {
		return loader.Loaded{}, told, err
	}
	return loaded[1], told, nil
}

// Bad rows are kept as they were written, each after its mistake: what is
// loaded again fails again, what is mended loads.
func TestCSVRejects(t *testing.T) {
	const header = "person;name;aliases;source"
	const bad = "person/b;B \"the second\";;reference/r\n" +
		"person/c;\"C\n\nwhose row; goes \"\"on\";\"#c\";nowhere\n" +
		"people/d; D ;;reference/r\n" +
		"person/e;\xe9;;reference/r\n" +
		"person/f;F"
	sheet := "\ufeff" + header + "\r\n# a remark\n\nperson/a;A;;reference/r\n" + bad + "\nperson/g;G;;reference/r\n"
	g := openGraph(t)
	loaded, rejects, err := rowsOf(t, g, sheet, 5)
	if err != nil || loaded.Rows != 7 || loaded.Bad != 5 || loaded.New != 4 {
		t.Fatalf("%+v, %v", loaded, err)
	}
	want := header + `
# x.csv:5:12: a quote within a cell that does not begin with one; put quotes around the whole cell, and write the quote twice
person/b;B "the second";;reference/r
# x.csv:8:28: source: "nowhere" is neither the address of a page, as in https://example.org/page, nor the id of a source, as in reference/x
person/c;"C

whose row; goes ""on";"#c";nowhere
# x.csv:9:1: person: "people/d" is not an id: no class has the folder "people"
people/d; D ;;reference/r
# x.csv:10:10: not UTF-8; save the file as UTF-8 text
` + "person/e;\xe9;;reference/r" + `
# x.csv:11:1: the row has 2 cells, and the header 4 columns; put quotes around a cell that has the delimiter ';' in it
person/f;F
`
	if rejects != want {
		t.Errorf("rejected are\n%s\nwant\n%s", rejects, want)
	}

	again, twice, err := rowsOf(t, g, rejects, 5)
	if err != nil || again.Rows != 5 || again.Bad != 5 || again.New != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	problems := func(rejects string) (all []string) {
		for line := range strings.Lines(rejects) {
			if strings.HasPrefix(line, "#") {
				_, problem, _ := strings.Cut(line, ": ")
				all = append(all, problem)
			} else {
				all = append(all, line)
			}
		}
		return all
	}
	if !slices.Equal(problems(rejects), problems(twice)) {
		t.Errorf("rejected again are\n%s", twice)
	}

	mended := strings.NewReplacer(`B "the second"`, "B", "nowhere", "reference/r", "people", "person", "\xe9", "é", "person/f;F", "person/f;F;;reference/r").Replace(rejects)
	loaded, rejects, err = rowsOf(t, g, mended, 0)
	if err != nil || loaded.Rows != 5 || loaded.New != 11 || rejects != "" {
		t.Errorf("mended: %+v, %v, %q", loaded, err, rejects)
	}

	if _, _, err := rowsOf(t, openGraph(t), sheet, 4); err == nil || !strings.Contains(err.Error(), "more than 4 bad rows") {
		t.Errorf("with one bad row too many: %v", err)
	}
	// What only the end tells refuses the file.
	_, _, err = rowsOf(t, openGraph(t), sheet+"person/h;;;reference/r\n", 5)
	if want := "x.csv:13:1: name: person/h has no name in any row; give it one\n5 bad rows were left out; what is missing may stand in them"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// A file made to hurt is refused with its place, and takes no more memory than
// a row may have.
func TestCSVHostile(t *testing.T) {
	large(t)
	const header = "person,name,source\n"
	rows := strings.Repeat
	for _, c := range []struct{ name, text, want string }{
		{"long line", header + "person/a," + rows("A", 100<<20) + ",reference/r\n", "x.csv:2: no row ends within 1048576 bytes: is a quote not closed, or a line break missing?"},
		{"long header", "person,name,source," + rows("A", 100<<20) + "\n", "x.csv:1: no row ends within"},
		{"open quote", header + "person/a,A,reference/r\nperson/b,\"B,reference/r\n" + rows("person/c,C,reference/r\n", 100_000), "x.csv:3: no row ends within"},
		{"many cells", header + rows(",", 1<<20-1) + "x\n", "x.csv:2:1: the row has 1048576 cells, and the header 3 columns"},
		{"too many cells", header + rows(",", 1<<21) + "x\n", "x.csv:2: no row ends within"},
		{"many columns", "person,name,source" + rows(",x", 500_000) + "\n", "x.csv:1:1: 500003 columns; a sheet has at most 128"},
		{"NUL", header + "person/a,A\x00,reference/r\n", "x.csv:2:11: a NUL byte; is the file binary?"},
		{"NUL in the header", "person,name,source\x00\n", "x.csv:1:19: a NUL byte; is the file binary?"},
		{"Latin-1", header + "person/a,\"\n\xc5land\",reference/r\n", "x.csv:3:1: not UTF-8; save the file as UTF-8 text"},
		{"Latin-1 in the header", "person,name,source,na\xefve\n", "x.csv:1:22: not UTF-8; save the file as UTF-8 text"},
		{"escape", header + "person/a,\x1b[31m,reference/r\n", "x.csv:2:10: name: has the character U+001B, which is no text; leave it out"},
		{"old Macintosh", "person,name,source\rperson/a,A,reference/r\r", "x.csv:1:13: source\rperson/a: a line break within a name; end lines with a line feed"},
		{"day", "meeting,name,date,source\nmeeting/m,M,0000-00-00,reference/r\n", `x.csv:2:13: date: "0000-00-00"`},
		{"long id", header + "person/" + rows("a", 1<<19) + "!,A,reference/r\n", `x.csv:2:1: person: "person/aaa`},
		{"long name", "meeting,name,date,participants,source\nmeeting/m,M,2018," + rows("A", 1<<19) + ",reference/r\n", "x.csv:2:18: participants: no person, country, organization or actor before it is called \"AAA"},
		{"many names", "meeting,name,date,participants,source\n" + rows("meeting/m,M,2018,Nobody,reference/r\n", 10_000), "and 9980 more"},
	} {
		g := openGraph(t)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := rowsOf(t, g, c.text, 0)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %.300v\nwant %s", c.name, err, c.want)
		} else if len(err.Error()) > 20_000 {
			t.Errorf("%s: %d bytes of error", c.name, len(err.Error()))
		}
		if quads := quadsOf(t, g); len(quads) > 0 {
			t.Errorf("%s: %d quads are there", c.name, len(quads))
		}
		if grown := int64(after.TotalAlloc) - int64(before.TotalAlloc); grown > 400<<20 {
			t.Errorf("%s: %d MiB were taken", c.name, grown>>20)
		}
	}
}

// Rows of several classes refer to each other by name and by id, some to what
// stands after them, and share their sources.
func TestCSVManyRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("class,id,name,date,participants,source,title\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "person,person/p%d,Person %d,,,https://p.example/%d,Page %d\n", i, i, i%7, i%7)
		fmt.Fprintf(&b, "meeting,,Talks %d,2018,Person %d; person/p%d (lead),https://p.example/%d,\n", i, i, 4999-i, i%7)
	}
	loaded, _, err := rowsOf(t, openGraph(t), b.String(), 0)
	if err != nil || loaded.Rows != 10_000 || loaded.Bad > 0 {
		t.Errorf("%+v, %v", loaded, err)
	}
}

// Of what was published when, the graph and another sheet must not differ.
func TestCSVSourceInGraph(t *testing.T) {
	g := openGraph(t)
	const header = "person,name,source,title,published\n"
	if _, _, err := rowsOf(t, g, header+"person/a,A,http://a.example/,A page,2018\n", 0); err != nil {
		t.Fatal(err)
	}
	if loaded, _, err := rowsOf(t, g, header+"person/b,B,http://a.example/,,\n", 0); err != nil || loaded.New != 2 {
		t.Errorf("the title is known already: %+v, %v", loaded, err)
	}
	_, _, err := rowsOf(t, g, header+"person/b,B,http://a.example/,A page,2019\n", 0)
	id := loader.ReferenceID("http://a.example/")
	want := "x.csv:2:37: published: " + string(id) + " is in the graph with 2018, not 2019; write what the graph has, or cite the source by its id"
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// A sheet is told by its header, whatever its name; ICEWS and GDELT files and
// tables of other things are not taken for one.
func TestCSVIsTold(t *testing.T) {
	for text, want := range map[string]string{
		"meeting,name,source\n":                                 "csv",
		"# made by hand\nclass\tid\tname\tsource\n":             "csv",
		"\ufeffstatement;name;source;published\r\n":             "csv",
		"measure,name,source\n":                                 "csv",
		"meeting,names,date,source\n":                           "csv",
		"a,b,c\n":                                               "",
		"name,date,source\n":                                    "",
		"Event ID\tEvent Date\tSource Name\tSource Sectors\n":   "icews",
		"20180101\t2018\tUSA\tUNITED STATES\t\t\t\n":            "",
		"person,colour,size,weight\n":                           "",
		"<http://x.example/a> <http://x.example/b> \"c,d\" .\n": "nquads",
		"facts:\n": "facts",
	} {
		in, err := loader.Find(context.Background(), []string{filepath.Join(folder(t, "x", text), "x")}, loader.FindOptions{})
		got := ""
		if err == nil {
			got = in.All[0].Format.Name
		}
		if got != want {
			t.Errorf("%q is taken for %q, %v", text, got, err)
		}
	}
}

// A row that was mended after its file had been loaded does not stand beside the
// old one: that is to be taken back first.
func TestCSVMendedTooLate(t *testing.T) {
	const head = "meeting,name,kind,status,date,participants,source,title,published\n"
	visit := func(status string) string {
		return head + "meeting/visit,A visit,visit," + status + ",2026-02-03,country/chn; country/usa,https://x.example/visit,A visit,2026-02-04\n"
	}
	g := beside(t)
	for _, c := range []struct{ text, want string }{
		{visit("held"), ""},
		{visit("held"), ""},
		{visit("cancelled"), "a.csv:2:29: status: cancelled, but the graph has held by the same source from before; take that back first, with parley retract"},
		{visit("held") + "meeting/other,Another,visit,held,2026-02-05,country/chn; country/usa,https://x.example/visit,,\n", ""},
	} {
		dir := folder(t, "a.csv", c.text)
		_, err := load(g, within(dir, "a.csv"))
		got := ""
		if err != nil {
			got = strings.TrimPrefix(err.Error(), dir+"/")
		}
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// A row whose first cell begins with # does not vanish as a remark.
func TestCSVHashIsTold(t *testing.T) {
	const head = "organization,name,source\n"
	for text, want := range map[string]string{
		"# a remark\n#\norganization/a,A,https://x.example/a\n": "",
		"\"#MeToo\",A,https://x.example/a\n":                    "a.csv:2:1: organization: ",
		"organization/a,A,https://x.example/a\n#MeToo,B,\n":     "a.csv:3:1: a line that begins with # is a remark; put quotes around the cell",
	} {
		dir := folder(t, "a.csv", head+text)
		_, err := load(openGraph(t), within(dir, "a.csv"))
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), dir+"/"+want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
