package loader_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"parley/graph"
	"parley/loader"
)

func TestScratch(t *testing.T) {
	for _, f := range []string{"../../shared/peer-data/gdelt/20180101000000.export.CSV", "../../shared/peer-data/icews/events.2018.sample.tab"} {
		g := openGraph(t)
		dir := t.TempDir()
		b, err := os.ReadFile("../data/articles.nq")
		if err != nil {
			t.Fatal(err)
		}
		_ = os.WriteFile(filepath.Join(dir, "a.nq"), b, 0o644)
		if _, err := load(g, []string{filepath.Join(dir, "a.nq")}); err != nil {
			t.Fatal(err)
		}
		var rej bytes.Buffer
		l, err := loadAs(context.Background(), g, []string{f}, loader.FindOptions{}, loader.LoadOptions{MaxErrors: 10000, Rejects: &rej})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", l)
		t.Log(rej.String())
		out, _ := os.Create("/tmp/h_codes/" + filepath.Base(f) + ".nq")
		for q, err := range g.Quads(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			line, err := loader.AppendQuad(nil, q)
			if err != nil {
				t.Error(err)
			}
			if err := graph.Fit(q); err != nil {
				t.Error(err)
			}
			_, _ = out.Write(append(line, 10))
		}
		_ = out.Close()
		l, err = loadAs(context.Background(), g, []string{f}, loader.FindOptions{}, loader.LoadOptions{MaxErrors: 10000})
		t.Logf("%+v %v", l, err)
	}
}
