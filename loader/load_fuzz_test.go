package loader_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"parley/loader"
)

// FuzzLoad loads a file of any name and content: what loads, loads again to
// nothing new; what does not leaves the graph empty.
func FuzzLoad(f *testing.F) {
	var names []string
	for _, format := range loader.Formats() {
		for _, ending := range format.Endings {
			names = append(names, "x"+ending)
		}
		f.Add(uint8(len(names)-1), []byte(begins[format.Name]))
		if format.Template != "" {
			f.Add(uint8(len(names)-1), []byte(format.Template))
		}
	}
	names = append(names, "x", "x.txt")
	f.Add(uint8(0), []byte(ann))
	f.Add(uint8(0), []byte(packed(f, "gzip", ann)))
	f.Add(uint8(0), []byte(packed(f, "zstd", ann)))
	f.Add(uint8(0), []byte(packed(f, "bzip2", ann)))
	f.Add(uint8(0), []byte(zipped(f, "a.nq", ann, "b.nq", bob)))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, n uint8, content []byte) {
		file := filepath.Join(dir, names[int(n)%len(names)])
		if err := os.WriteFile(file, content, 0o644); err != nil {
			t.Fatal(err)
		}
		g := openGraph(t)
		defer func() { _ = g.Close() }()
		for range 2 {
			before := len(quadsOf(t, g))
			loaded, err := loadAs(context.Background(), g, []string{file}, loader.FindOptions{}, loader.LoadOptions{})
			after := len(quadsOf(t, g))
			switch {
			case err != nil && after != before:
				t.Fatalf("%d quads were added in spite of %v", after-before, err)
			case err == nil && before > 0 && after != before:
				t.Fatalf("%d quads more the second time: %+v", after-before, loaded)
			}
		}
	})
}
