package loader_test

import (
	"os"
	"path/filepath"
	"testing"

	"parley/loader"
)

func TestFTMTry(t *testing.T) {
	g := openGraph(t)
	loaded, err := load(g, []string{filepath.Join(folder(t, "a.ftm", loader.FormatNamed("ftm").Template), "a.ftm")})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", loaded)
	x := export(t, g, "ftm")
	t.Log("\n" + x)
	h := openGraph(t)
	loaded, err = load(h, []string{filepath.Join(folder(t, "a.ftm", x), "a.ftm")})
	t.Logf("%+v %v", loaded, err)
	if export(t, g, "nquads") != export(t, h, "nquads") {
		t.Error(export(t, h, "nquads"))
	}

	g = openGraph(t)
	if _, err := load(g, []string{"../data/articles.nq"}); err != nil {
		t.Fatal(err)
	}
	x = export(t, g, "ftm")
	os.WriteFile("/tmp/ftm-x.json", []byte(x), 0o644)
	h = openGraph(t)
	loaded, err = load(h, []string{filepath.Join(folder(t, "a.ftm", x), "a.ftm")})
	t.Logf("%+v %v", loaded, err)
	y := export(t, h, "ftm")
	if x != y {
		os.WriteFile("/tmp/ftm-y.json", []byte(y), 0o644)
		t.Error("differ")
	}
}
