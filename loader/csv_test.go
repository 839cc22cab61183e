package loader_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/loader"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestCSV loads the files of each archive in testdata/csv into an empty graph,
// and compares what is there then, or what is told, with the file want.
// UPDATE_WANT=1 writes that anew.
func TestCSV(t *testing.T) {
	archives, err := filepath.Glob("testdata/csv/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no testdata/csv/*.txtar", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var files, marked []string
			want := ""
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				files = append(files, f.Name, string(f.Data))
				text := strings.ReplaceAll(string(f.Data), "\n", "\r\n")
				if strings.HasSuffix(f.Name, ".csv") && text != "" {
					text = "\ufeff" + text
				}
				marked = append(marked, f.Name, text)
			}
			got := outcome(t, files)
			if os.Getenv("UPDATE_WANT") != "" {
				archive.Files = archive.Files[:len(files)/2]
				archive.Files = append(archive.Files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(path, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
				want = got
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			// As a spreadsheet on Windows writes it.
			if diff := cmp.Diff(want, outcome(t, marked)); diff != "" {
				t.Errorf("with a mark of UTF-8, and lines that end with CRLF: -want +got:\n%s", diff)
			}
		})
	}
}

// outcome loads files, given by name and text in turn, into an empty graph and
// gives its quads, or what is told.
func outcome(t *testing.T, namesAndTexts []string) string {
	t.Helper()
	dir := folder(t, namesAndTexts...)
	g := openGraph(t)
	var names []string
	for i := 0; i < len(namesAndTexts); i += 2 {
		names = append(names, namesAndTexts[i])
	}
	var told []string
	loaded, err := load(g, within(dir, names...))
	if err != nil {
		if quads := quadsOf(t, g); len(quads) > 0 {
			t.Errorf("%d quads are there in spite of the mistakes", len(quads))
		}
		return strings.ReplaceAll(err.Error(), dir+"/", "") + "\n"
	}
	for _, l := range loaded {
		for _, note := range l.Notes {
			told = append(told, "# "+note+"\n")
		}
	}
	once := export(t, g, "nquads")
	again, err := load(g, within(dir, names...))
	if err != nil || slices.ContainsFunc(again, func(l loader.Loaded) bool { return l.New > 0 }) {
		t.Errorf("again: %+v, %v", again, err)
	}
	return strings.Join(told, "") + once
}
