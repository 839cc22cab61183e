package loader

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/vocab"
)

// csvTable describes the columns of spreadsheets.
func csvTable() string {
	var b strings.Builder
	b.WriteString("| column | of | what a cell holds |\n| --- | --- | --- |\n")
	row := func(column, of, holds string) {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", column, of, strings.ReplaceAll(holds, "|", `\|`))
	}
	row(csvClass, "a sheet of several classes", "the class of the row: "+either(classKeys()))
	row(csvID, "a sheet of several classes", "the id of the row's node; without one it is made of the name")
	row(strings.Join(classKeys(), "`, `"), "a sheet of that class only", "the id of the row's node; without one it is made of the name")
	row(csvSource, "each row", "what states the row: the address of a page, or the id of a source, or of a passage, that is loaded before or with it")
	for _, f := range sourceFields {
		if csvSourceField(f.key) != nil {
			holds := f.want
			switch f.key {
			case "publisher":
				holds = wantCell(vocab.Publisher)
			case "published", "accessed":
				holds = wantCell(vocab.Published)
			}
			row(f.key, "each row", "of the page at the address: "+holds)
		}
	}
	// A key may be of several predicates, such as the place that an office is in
	// and that a place is in; each has its line.
	type field struct {
		key string
		p   *vocab.Predicate
	}
	var order []field
	classes := map[field][]string{}
	list := map[field]bool{}
	for _, c := range vocab.Classes() {
		for _, f := range graph.Fields(c) {
			k := field{f.Key, f.Predicate}
			if classes[k] == nil {
				order = append(order, k)
			}
			if !slices.Contains(classes[k], c.Key) {
				classes[k] = append(classes[k], c.Key)
			}
			list[k] = list[k] || isList(&f)
		}
	}
	for _, k := range order {
		of := strings.Join(classes[k], ", ")
		if c := vocab.Person; k.p == vocab.HeldOffice || k.p == vocab.During {
			of = c.Key + ", " + of
		}
		holds := k.p.Meaning + ": " + wantCell(k.p)
		if list[k] {
			holds += "; several with `;` between them"
		}
		row(k.key, of, holds)
	}
	return b.String()
}

// TestCSVTable keeps the table of data/README.md to what is read. UPDATE_WANT=1
// writes it anew.
func TestCSVTable(t *testing.T) {
	const readme, begin, end = "../data/README.md", "<!-- columns -->\n", "<!-- end of columns -->\n"
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	there, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatal("data/README.md has no table of the columns of spreadsheets")
	}
	want := csvTable()
	if os.Getenv("UPDATE_WANT") != "" {
		if err := os.WriteFile(readme, []byte(before+begin+want+end+after), 0o666); err != nil {
			t.Fatal(err)
		}
		there = want
	}
	if there != want {
		t.Error("the table of columns in data/README.md is not what is read: run UPDATE_WANT=1 go test ./loader -run TestCSVTable")
	}
	for _, column := range csvColumns() {
		if !strings.Contains(want, "`"+column+"`") {
			t.Errorf("%s is not documented", column)
		}
	}
}
