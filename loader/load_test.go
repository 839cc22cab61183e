package loader_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"parley/graph"
	"parley/loader"

	"github.com/cayleygraph/quad"
)

const (
	aland = "references:\n  - {id: reference/a, url: \"http://a.example/\", title: A}\n" +
		"facts:\n  - {country: country/ala, at: reference/a, name: Aland}\n"
	// harbour is in Aland.
	harbour = "references:\n  - {id: reference/h, url: \"http://h.example/\", title: H}\n" +
		"facts:\n  - {place: place/harbour, at: reference/h, name: Harbour, country: country/ala}\n"
	alandQuads = "<urn:parley:country/ala> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Country> .\n"
	ann        = "_:b0 <http://x.example/name> \"Ann\" .\n"
	bob        = "_:b0 <http://x.example/name> \"Bob\" .\n"
	broken     = "<http://x.example/a> <http://x.example/b> .\n"
)

// folder writes files, by name and content in turn, and returns their folder.
func folder(t testing.TB, namesAndTexts ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(namesAndTexts); i += 2 {
		name := filepath.Join(dir, namesAndTexts[i])
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(namesAndTexts[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func within(dir string, names ...string) []string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = filepath.Join(dir, name)
	}
	return paths
}

func openGraph(t interface{ Fatal(...any) }) *graph.Graph {
	g, err := graph.Open(context.Background(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// load loads files, as one change.
func load(g *graph.Graph, files []string) ([]loader.Loaded, error) {
	return loadWith(context.Background(), g, files, nil)
}

func loadWith(ctx context.Context, g *graph.Graph, files []string, progress loader.Progress) (loaded []loader.Loaded, err error) {
	return loadAs(ctx, g, files, loader.FindOptions{}, loader.LoadOptions{Progress: progress})
}

func loadAs(ctx context.Context, g *graph.Graph, files []string, f loader.FindOptions, o loader.LoadOptions) (loaded []loader.Loaded, err error) {
	in, err := loader.Find(context.Background(), files, f)
	if err != nil {
		return nil, err
	}
	_, err = g.Update(ctx, func(tx *graph.Tx) error {
		loaded, err = loader.Load(ctx, tx, in, o)
		return err
	})
	return loaded, errors.Join(err, in.Close())
}

func quadsOf(t interface{ Fatal(...any) }, g *graph.Graph) (quads []quad.Quad) {
	for q, err := range g.Quads(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		quads = append(quads, q)
	}
	return quads
}

func TestFind(t *testing.T) {
	dir := folder(t, "a.nq", ann, "b.txt", "no", "deep/er/C.YAML", aland, "empty/b.txt", "no", "real.d/d.yml", harbour)
	for link, to := range map[string]string{"link.nq": "a.nq", "linked": "real.d", "dangling/e.nq": "nowhere.nq"} {
		_ = os.Mkdir(filepath.Join(dir, filepath.Dir(link)), 0o755)
		if err := os.Symlink(filepath.Join(dir, to), filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.nq"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		paths, want []string
		problem     string
	}{
		{paths: nil},
		{paths: []string{"a.nq"}, want: []string{"a.nq"}},
		{paths: []string{"deep"}, want: []string{"deep/er/C.YAML"}},
		{paths: []string{"real.d", "a.nq"}, want: []string{"real.d/d.yml", "a.nq"}},
		{paths: []string{"a.nq", "deep/../a.nq", "deep", "deep/er/C.YAML"}, want: []string{"a.nq", "deep/er/C.YAML"}},
		{paths: []string{"link.nq"}, want: []string{"link.nq"}},
		{paths: []string{"linked"}, want: []string{"linked/d.yml"}},
		{paths: []string{"dangling"}, problem: "e.nq: no such file"},
		{paths: []string{"a.nq", "gone.nq"}, problem: "gone.nq: no such file"},
		{paths: []string{"b.txt"}, problem: "b.txt: neither content nor name tells its format; say with --format which of "},
		{paths: []string{"empty"}, problem: "empty: the folder has no file that ends in "},
		{paths: []string{"pipe.nq"}, problem: "pipe.nq: is no regular file"},
		{paths: []string{"../../../../../../../../dev/null"}, problem: "/dev/null: is no regular file"},
	} {
		in, err := loader.Find(context.Background(), within(dir, c.paths...), loader.FindOptions{})
		var got []string
		if in != nil {
			for _, input := range in.All {
				got = append(got, input.Name)
			}
		}
		if c.problem != "" {
			if err == nil || !strings.Contains(err.Error(), c.problem) || got != nil {
				t.Errorf("%q: %q, %v, want %s", c.paths, got, err, c.problem)
			}
		} else if want := within(dir, c.want...); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v, want %q", c.paths, got, err, want)
		}
	}
}

// A pipe without a writer must be refused before it is opened, for that waits.
func TestLoadRefusesDevices(t *testing.T) {
	name := filepath.Join(t.TempDir(), "null.nq")
	if err := os.Symlink(os.DevNull, name); err != nil {
		t.Fatal(err)
	}
	for _, load := range []func() error{
		func() error {
			_, err := loader.Find(context.Background(), []string{name}, loader.FindOptions{})
			return err
		},
		func() error {
			_, err := load(openGraph(t), []string{name})
			return err
		},
	} {
		if err := load(); err == nil || !strings.HasPrefix(err.Error(), name+": is no regular file") {
			t.Error(err)
		}
	}
}

// What one file refers to may stand in another, of either format, in any order.
func TestLoadAcrossFiles(t *testing.T) {
	dir := folder(t, "aland.yaml", aland, "harbour.yaml", harbour, "aland.nq", alandQuads)
	for _, names := range [][]string{
		{"aland.yaml", "harbour.yaml"},
		{"harbour.yaml", "aland.yaml"},
		{"aland.nq", "harbour.yaml"},
		{"harbour.yaml", "aland.nq"},
	} {
		loaded, err := load(openGraph(t), within(dir, names...))
		if err != nil || len(loaded) != 2 || loaded[0].New == 0 || loaded[1].New == 0 {
			t.Errorf("%q: %v, %v", names, loaded, err)
		}
	}

	g := openGraph(t)
	_, err := load(g, within(dir, "harbour.yaml"))
	want := dir + "/harbour.yaml:4:69: country: nothing defines country/ala; write a fact that names it, or load the file that does first"
	if err == nil || err.Error() != want {
		t.Errorf("alone: %v\nwant %s", err, want)
	}
	for _, name := range []string{"aland.yaml", "harbour.yaml"} {
		if _, err := load(g, within(dir, name)); err != nil {
			t.Errorf("%s into the same graph: %v", name, err)
		}
	}
}

func TestLoadAllOrNothing(t *testing.T) {
	dir := folder(t, "good.yaml", aland, "good.nq", ann, "syntax.nq", ann+broken, "syntax.yaml", "facts: [", "dangling.yaml", harbour)
	for _, bad := range []string{"syntax.nq", "syntax.yaml", "dangling.yaml"} {
		for _, names := range [][]string{{"good.nq", bad}, {bad, "good.nq"}} {
			g := openGraph(t)
			loaded, err := load(g, within(dir, names...))
			var mistake *loader.Mistake
			if !errors.As(err, &mistake) || mistake.File != filepath.Join(dir, bad) || mistake.Line == 0 || loaded != nil {
				t.Errorf("%q: %v, %v", names, loaded, err)
			}
			if quads := quadsOf(t, g); len(quads) > 0 {
				t.Errorf("%q: %d quads were added", names, len(quads))
			}
		}
	}
	_, err := load(openGraph(t), within(dir, "syntax.nq", "good.yaml", "syntax.yaml"))
	for _, want := range []string{"syntax.nq:2:", "syntax.yaml:1:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("both mistakes are told at once: %v lacks %s", err, want)
		}
	}
}

func TestLoadTwice(t *testing.T) {
	dir := folder(t, "aland.yaml", aland, "ann.nq", ann+ann, "again.nq", ann+ann)
	g := openGraph(t)
	files := within(dir, "aland.yaml", "ann.nq")
	once, err := load(g, files)
	if err != nil || once[0].Known != 0 || once[1].Added != (graph.Added{New: 1, Known: 1}) {
		t.Fatalf("once: %v, %v", once, err)
	}
	count := len(quadsOf(t, g))
	twice, err := load(g, append(files, within(dir, "again.nq")...))
	if err != nil || twice[0].Added != (graph.Added{Known: once[0].New}) || twice[1].New != 0 || twice[2].New != 0 {
		t.Errorf("twice: %v, %v", twice, err)
	}
	if n := len(quadsOf(t, g)); n != count {
		t.Errorf("%d quads, then %d", count, n)
	}
}

// Blank nodes of two files are two nodes, whatever their labels; the same
// content again is the same node, whatever the name of the file.
func TestLoadBlankNodes(t *testing.T) {
	dir := folder(t, "ann.nq", ann, "copy.nq", ann, "bob.nq", bob)
	g := openGraph(t)
	loaded, err := load(g, within(dir, "ann.nq", "bob.nq", "copy.nq"))
	if err != nil || loaded[2].Added != (graph.Added{Known: 1}) {
		t.Fatalf("%v, %v", loaded, err)
	}
	if quads := quadsOf(t, g); len(quads) != 2 || quads[0].Subject == quads[1].Subject {
		t.Error(quads)
	}

	exported := export(t, g, "nquads")
	again := openGraph(t)
	back := folder(t, "export.nq", exported)
	if _, err := load(again, within(back, "export.nq")); err != nil {
		t.Fatal(err)
	}
	if got := export(t, again, "nquads"); got != exported {
		t.Errorf("exported\n%sread back\n%s", exported, got)
	}
	loaded, err = load(g, within(back, "export.nq"))
	if err != nil || loaded[0].New != 0 {
		t.Errorf("read back into the same graph: %v, %v", loaded, err)
	}
}

// Quads of the project's own vocabulary must fit it; of others, all fit.
func TestLoadVocabulary(t *testing.T) {
	const meeting, own, schema = "<urn:parley:meeting/m>", "urn:parley:vocab#", "https://schema.org/"
	const edtf = "^^<http://id.loc.gov/datatypes/edtf/EDTF>"
	for _, c := range []struct{ line, problem string }{
		{meeting + " <" + own + "status> \"held\" .", ""},
		{meeting + " <" + own + "status> \"perhaps\" .", "status: \"perhaps\" is not one of planned, held"},
		{meeting + " <" + own + "date> \"2019-05\"" + edtf + " .", ""},
		{meeting + " <" + own + "date> \"2019-13\"" + edtf + " .", "date: \"2019-13\""},
		{meeting + " <" + own + "date> \"2019-05\" .", "date leads to a date: give"},
		{meeting + " <" + own + "participation> \"Ann\" .", "participation leads to a node"},
		{meeting + " <" + schema + "name> <http://x.example/Ann> .", "name leads to a literal"},
		{meeting + " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <" + schema + "Person> .", "is a Meeting by its id and cannot be a Person"},
		{"<urn:parley:rate/r> <" + schema + "maxValue> \"ten\" .", "maxValue: \"ten\" is not a decimal number"},
		{"<urn:parley:passage/p> <" + own + "paragraph> \"1.5\" .", "paragraph: \"1.5\" is not a whole number"},
		{"<http://x.example/m> <" + schema + "name> <http://x.example/Ann> .", ""},
		{"<http://x.example/m> <" + own + "status> \"perhaps\" .", "status: \"perhaps\""},
		{"<http://x.example/m> <http://x.example/date> \"whenever\" .", ""},
	} {
		name := filepath.Join(folder(t, "x.nq", ann+"\n"+c.line+"\n"), "x.nq")
		_, err := load(openGraph(t), []string{name})
		if c.problem == "" && err != nil || c.problem != "" && (err == nil || !strings.Contains(err.Error(), name+":3: ") || !strings.Contains(err.Error(), c.problem)) {
			t.Errorf("%s: %v, want %q", c.line, err, c.problem)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for text, problem := range map[string]string{
		"\x1f\x8b\x08\x00\x00":                   "damaged gzip",
		ann[:len(ann)-4]:                         "x.nq:1:",
		ann + "_:b0 <http://x.example/n":         "x.nq:2:",
		"\x00\x01\x02":                           "is the file binary?",
		"_:b0 <http://x.example/n> \"\xff\" .\n": "not UTF-8",
	} {
		loaded, err := load(openGraph(t), within(folder(t, "x.nq", text), "x.nq"))
		if err == nil || loaded != nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%q: %v, %v, want %s", text, loaded, err, problem)
		}
	}
}

func TestLoadIsStopped(t *testing.T) {
	dir := folder(t, "ann.nq", ann, "bob.nq", bob)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var told bytes.Buffer
	g := openGraph(t)
	_, err := loadWith(ctx, g, within(dir, "ann.nq", "bob.nq"), func(name string, size int64, r io.Reader) io.Reader {
		if strings.HasSuffix(name, "bob.nq") {
			cancel()
		}
		if size != int64(len(ann)) {
			t.Errorf("%s: told of %d bytes", name, size)
		}
		return io.TeeReader(r, &told)
	})
	if !errors.Is(err, context.Canceled) || !strings.HasPrefix(told.String(), ann) || len(quadsOf(t, g)) > 0 {
		t.Errorf("%v after %q, with %v", err, &told, quadsOf(t, g))
	}
}
