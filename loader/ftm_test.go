package loader_test

import (
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
	t.Log("\n" + export(t, g, "nquads"))
}
