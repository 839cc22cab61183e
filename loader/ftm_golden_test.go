package loader_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/loader"

	"github.com/google/go-cmp/cmp"
)

// golden compares a text with a file of testdata. UPDATE_WANT=1 writes the file
// anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if os.Getenv("UPDATE_WANT") != "" {
		if err := os.WriteFile(name, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// A case file comes in, all that is not kept is told, and it goes out.
func TestFTMCase(t *testing.T) {
	g := openGraph(t)
	loaded, err := load(g, []string{"testdata/ftm/case.ftm"})
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.ReplaceAll(strings.Join(loaded[0].Notes, "\n"), "; ", "\n# ")
	golden(t, "testdata/ftm/case.want", "# "+notes+"\n"+export(t, g, "nquads"))
	golden(t, "testdata/ftm/case.out.want", export(t, g, "ftm"))
}

// Every class and every field of the facts, as far as there is a place for them.
func TestFTMOfFacts(t *testing.T) {
	g := openGraph(t)
	if _, err := load(g, []string{"testdata/facts/good.yaml"}); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/ftm/facts.want", export(t, g, "ftm"))
}

// What the built-in data say of people, offices, tenures and names stays when
// they go out and come in.
func TestFTMBuiltIn(t *testing.T) {
	g := openGraph(t)
	if _, err := load(g, []string{"../data/articles"}); err != nil {
		t.Fatal(err)
	}
	back, loaded := loadFTM(t, t.TempDir(), export(t, g, "ftm"))
	if loaded.Notes != nil {
		t.Error(loaded.Notes)
	}
	said := func(text string) string {
		seen := map[string]bool{}
		var lines []string
		for line := range strings.Lines(text) {
			at := strings.LastIndex(line, " <urn:parley:passage/") // which became that of the whole source
			of := strings.HasPrefix(line, "<urn:parley:person/") || strings.HasPrefix(line, "<urn:parley:office/") || strings.HasPrefix(line, "<urn:parley:tenure/") ||
				strings.Contains(line, " <https://schema.org/name> ") && !strings.HasPrefix(line, "<urn:parley:rule/")
			for _, other := range []string{"place", "measure", "rate", "money"} {
				of = of && !strings.HasPrefix(line, "<urn:parley:"+other+"/")
			}
			if at > 0 && of && !seen[line[:at]] {
				seen[line[:at]] = true
				lines = append(lines, line[:at])
			}
		}
		return strings.Join(lines, "\n")
	}
	// Wikidata's own IRIs begin with http.
	want := said(strings.ReplaceAll(export(t, g, "nquads"), "<https://www.wikidata.org/", "<http://www.wikidata.org/"))
	got := said(export(t, back, "nquads"))
	if strings.Count(want, "\n") < 300 {
		t.Errorf("only %d statements were compared", strings.Count(want, "\n"))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-before +after:\n%s", diff)
	}
}

func TestFTMTemplate(t *testing.T) {
	f := loader.FormatNamed("ftm")
	g, loaded := loadFTM(t, t.TempDir(), f.Template)
	if loaded.Notes != nil || loaded.Rows != strings.Count(f.Template, "\n{") || !strings.Contains(export(t, g, "nquads"), `"Ann Example"`) {
		t.Errorf("%+v", loaded)
	}
	// Its content tells it, whatever its name.
	in, err := loader.Find(context.Background(), []string{filepath.Join(folder(t, "x.txt", f.Template), "x.txt")}, loader.FindOptions{})
	if err != nil || in.All[0].Format != f {
		t.Errorf("%v, %v", in, err)
	}
}
