package loader_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/graph"
	"parley/loader"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const annBzip2 = "QlpoOTFBWSZTWUrZuWMAAAjfgAAQUAHAFSAAAACyR0RAIAAigDT1B6jTQoGmhkZMSSTr2rmuQfG1BoAL48yrkKskGmfi7kinChIJWzcsYA=="

// packed compresses a text.
func packed(t testing.TB, how, text string) string {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch how {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zstd":
		var err error
		if w, err = zstd.NewWriter(&b); err != nil {
			t.Fatal(err)
		}
	case "bzip2": // there is no writer of it; ann, by bzip2
		if text != ann {
			t.Fatal("only ann is here as bzip2")
		}
		raw, err := base64.StdEncoding.DecodeString(annBzip2)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// zipped makes an archive of names and texts in turn.
func zipped(t testing.TB, namesAndTexts ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(namesAndTexts); i += 2 {
		h := &zip.FileHeader{Name: namesAndTexts[i], Method: zip.Deflate}
		if name, ok := strings.CutSuffix(h.Name, "@"); ok { // a link, as ls -F shows one
			h.Name = name
			h.SetMode(os.ModeSymlink | 0o777)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, namesAndTexts[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// One text is one set of nodes, blank ones too, however it is packed or named.
func TestLoadThroughCompression(t *testing.T) {
	for name, text := range map[string]string{
		"plain.nq": ann, "plain.txt": ann, "wrongly.yaml": ann,
		"a.nq.gz": packed(t, "gzip", ann), "a.nq.bz2": packed(t, "bzip2", ann), "a.nq.zst": packed(t, "zstd", ann),
		"no-ending": packed(t, "gzip", ann), "two-members.gz": packed(t, "gzip", ann[:20]) + packed(t, "gzip", ann[20:]),
		"a.zip": zipped(t, "deep/a.nq", ann), "of-one.zip": zipped(t, "whatever", ann),
		"of-a-mac.zip":   zipped(t, "a.nq", ann, "__MACOSX/._a.nq", "\x00\x05\x16\x07"),
		"others-too.zip": zipped(t, "README", "Not facts.", "a.nq", ann, "b.nq", ann),
	} {
		g := openGraph(t)
		if _, err := load(g, within(folder(t, "a.nq", ann), "a.nq")); err != nil {
			t.Fatal(err)
		}
		loaded, err := load(g, within(folder(t, name, text), name))
		if err != nil || len(loaded) == 0 || loaded[0].Format != "nquads" || loaded[0].Added != (graph.Added{Known: 1}) {
			t.Errorf("%s: %+v, %v", name, loaded, err)
		}
	}
}

func TestLoadStandardInput(t *testing.T) {
	for name, text := range map[string]string{"plain": ann, "gzip": packed(t, "gzip", ann), "zip": zipped(t, "a.nq", ann)} {
		g := openGraph(t)
		loaded, err := loadAs(context.Background(), g, []string{"-"}, loader.FindOptions{Stdin: strings.NewReader(text)}, loader.LoadOptions{})
		if err != nil || len(loaded) != 1 || loaded[0].New != 1 || !strings.HasPrefix(loaded[0].File, "standard input") {
			t.Errorf("%s: %+v, %v", name, loaded, err)
		}
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	in, err := loader.Find(context.Background(), []string{"-"}, loader.FindOptions{Stdin: strings.NewReader(ann)})
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	_, twice := loader.Find(context.Background(), []string{"-", "-"}, loader.FindOptions{Stdin: strings.NewReader(ann)})
	if twice == nil || !strings.Contains(twice.Error(), "once only") {
		t.Error(twice)
	}
	broken := errors.New("the line is cut")
	_, err = loader.Find(context.Background(), []string{"-"}, loader.FindOptions{Stdin: io.MultiReader(strings.NewReader(ann), failing{broken})})
	if !errors.Is(err, broken) {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// comments is so many MiB of nothing said.
func comments(n int) string {
	return strings.Repeat("#"+strings.Repeat(" ", 1<<16-2)+"\n", n<<4)
}

// bomb is more than anyone means a small file to come to.
func bomb(t testing.TB, how string) string {
	return packed(t, how, comments(110))
}

func TestLoadRefusesPacked(t *testing.T) {
	large(t)
	whole := packed(t, "gzip", strings.Repeat(ann, 100))
	bytesOf := packed(t, "zstd", strings.Repeat(ann, 100))
	archive := zipped(t, "a.nq", strings.Repeat(ann, 100))
	var many []string
	for i := range 10_001 {
		many = append(many, fmt.Sprintf("%d.nq", i), "")
	}
	for name, c := range map[string]struct{ text, problem string }{
		"cut.nq.gz":       {whole[:len(whole)-9], "damaged gzip: unexpected EOF"},
		"changed.nq.gz":   {whole[:len(whole)-7] + "x" + whole[len(whole)-6:], "damaged gzip"},
		"cut.nq.zst":      {bytesOf[:len(bytesOf)-3], "damaged zstd"},
		"cut.zip":         {archive[:len(archive)-30], "damaged zip"},
		"bomb.nq.gz":      {bomb(t, "gzip"), "a decompression bomb"},
		"bomb.nq.zst":     {bomb(t, "zstd"), "a decompression bomb"},
		"bomb.zip":        {zipped(t, "a.nq", comments(110)), "a decompression bomb"},
		"bombs.zip":       {zipped(t, "a.nq", comments(40), "b.nq", comments(40), "c.nq", comments(40)), "a decompression bomb"},
		"twice.nq.gz":     {packed(t, "gzip", packed(t, "gzip", ann)), "compressed with gzip: decompress it first"},
		"zip-in.zip":      {zipped(t, "a.zip", zipped(t, "a.nq", ann)), "is a zip archive: extract it first"},
		"above.zip":       {zipped(t, "../a.nq", ann), `the file "../a.nq", whose name leads out of it`},
		"absolute.zip":    {zipped(t, "/etc/a.nq", ann), `the file "/etc/a.nq", whose name leads out of it`},
		"windows.zip":     {zipped(t, `..\a.nq`, ann), "whose name leads out of it"},
		"link.zip":        {zipped(t, "a.nq@", "/etc/passwd"), "link.zip/a.nq: is a link or a device"},
		"sheet.xlsx":      {zipped(t, "[Content_Types].xml", "", "xl/workbook.xml", ""), "save it as CSV"},
		"nothing.zip":     {zipped(t, "a.txt", "", "b.txt", ""), "the archive has no file that ends in"},
		"many.zip":        {zipped(t, many...), "an archive of 10001 files; at most 10000"},
		"archive.tar":     {strings.Repeat("\x00", 257) + "ustar" + strings.Repeat("\x00", 250), "a tar archive: extract it first"},
		"xz.nq.xz":        {"\xfd7zXZ\x00\x00", "compressed with xz: decompress it first"},
		"table.parquet":   {"PAR1....", "is Parquet: convert it to CSV"},
		"nothing-at-all":  {"", "neither content nor name tells its format"},
		"not-by-name.txt": {"Not facts.", "neither content nor name tells its format"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openGraph(t)
			_, err := load(g, within(folder(t, name, c.text), name))
			if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), c.problem) {
				t.Errorf("%v, want %s", err, c.problem)
			}
			if quads := quadsOf(t, g); len(quads) > 0 {
				t.Errorf("%d quads were added", len(quads))
			}
		})
	}
}

// A link may lead to another file of the folder that is loaded, and nowhere else.
func TestLoadFolderWithLinks(t *testing.T) {
	secret := within(folder(t, "secret.nq", ann), "secret.nq")[0]
	dir := folder(t, "a.nq", ann)
	if err := os.Symlink("a.nq", filepath.Join(dir, "b.nq")); err != nil {
		t.Fatal(err)
	}
	if loaded, err := load(openGraph(t), []string{dir}); err != nil || len(loaded) != 2 {
		t.Errorf("%+v, %v", loaded, err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "c.nq")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir, filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	_, err := load(openGraph(t), []string{dir})
	if err == nil || !strings.Contains(err.Error(), "c.nq: a link that leads out of the folder") {
		t.Error(err)
	}
}

func TestLoadAsFormat(t *testing.T) {
	file := within(folder(t, "a.txt", "# nothing in it but this\n"), "a.txt")
	as := loader.FindOptions{Format: loader.FormatNamed("nquads")}
	loaded, err := loadAs(context.Background(), openGraph(t), file, as, loader.LoadOptions{})
	if err != nil || loaded[0].Format != "nquads" {
		t.Errorf("%+v, %v", loaded, err)
	}
}

// Bad rows that may be left out are kept with their reasons; mended, they load.
func TestLoadRejects(t *testing.T) {
	lines := ""
	for i := range 3000 { // of more than one block
		lines += fmt.Sprintf("<http://x.example/%d> <http://x.example/p> \"%s\" .\n", i, strings.Repeat("x", 400))
		if i%1000 == 500 {
			lines += fmt.Sprintf("<http://x.example/bad%d> <http://x.example/p> \r\n", i)
		}
	}
	lines += "<urn:parley:meeting/m> <urn:parley:vocab#status> \"perhaps\" .\n<http://x.example/latin> <http://x.example/p> \"\xe9\" ."
	dir := folder(t, "x.nq", lines)
	name := filepath.Join(dir, "x.nq")
	var rejects bytes.Buffer
	g := openGraph(t)
	loaded, err := loadAs(context.Background(), g, []string{name}, loader.FindOptions{}, loader.LoadOptions{MaxErrors: 5, Rejects: &rejects})
	want := fmt.Sprintf(`# %[1]s:502:48: object: the line ends here: want an IRI in < >, a blank node _:name or a literal in " "
<http://x.example/bad500> <http://x.example/p> 
# %[1]s:1503:49: object: the line ends here: want an IRI in < >, a blank node _:name or a literal in " "
<http://x.example/bad1500> <http://x.example/p> 
# %[1]s:2504:49: object: the line ends here: want an IRI in < >, a blank node _:name or a literal in " "
<http://x.example/bad2500> <http://x.example/p> 
# %[1]s:3004: status: "perhaps" is not one of planned, held, cancelled, postponed, stalled
<urn:parley:meeting/m> <urn:parley:vocab#status> "perhaps" .
# %[1]s:3005:48: object: byte 0xE9 is not UTF-8: convert the text to UTF-8 (or is the file binary?)
<http://x.example/latin> <http://x.example/p> "`+"\xe9\" .\n", name)
	if err != nil || loaded[0].Bad != 5 || loaded[0].New != 3000 || rejects.String() != want {
		t.Errorf("%+v, %v\n%s\nwant\n%s", loaded, err, &rejects, want)
	}
	mended := strings.NewReplacer("<http://x.example/p> \n", "<http://x.example/p> \"mended\" .\n", "\"perhaps\" .", "\"held\" .", "\xe9", "é").Replace(rejects.String())
	again, err := load(g, within(folder(t, "mended.nq", mended), "mended.nq"))
	if err != nil || again[0].New != 5 {
		t.Errorf("mended: %+v, %v", again, err)
	}

	for most, problem := range map[int]string{4: "more than 4 bad rows, so nothing is loaded", 0: "x.nq:3005:48: "} {
		g := openGraph(t)
		_, err := loadAs(context.Background(), g, []string{name}, loader.FindOptions{}, loader.LoadOptions{MaxErrors: most})
		if err == nil || !strings.Contains(err.Error(), problem) || len(quadsOf(t, g)) > 0 {
			t.Errorf("--max-errors %d: %v, want %s", most, err, problem)
		}
	}
}

// Whoever interrupts is obeyed while files are looked for too.
func TestFindIsStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	silent, w := io.Pipe()
	defer func() { _ = w.Close() }()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	go cancel()
	if _, err := loader.Find(ctx, []string{"-"}, loader.FindOptions{Stdin: silent}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := loader.Find(ctx, within(folder(t, "a.nq", ann), "a.nq"), loader.FindOptions{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// The list of an archive's files is read once, and bounded.
func TestLoadArchiveOfManyFiles(t *testing.T) {
	var some []string
	for i := range 5000 {
		some = append(some, fmt.Sprintf("%d.nq", i), "")
	}
	if loaded, err := load(openGraph(t), within(folder(t, "some.zip", zipped(t, some...)), "some.zip")); err != nil || len(loaded) != 5000 {
		t.Errorf("%d files, %v", len(loaded), err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range 1000 {
		if _, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%d.nq", i), Comment: strings.Repeat("x", 1<<16-1)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := load(openGraph(t), within(folder(t, "padded.zip", b.String()), "padded.zip"))
	if err == nil || !strings.Contains(err.Error(), "its list of files has more than 16 MiB") {
		t.Error(err)
	}
}

// A rejected line that is mended still means the nodes that it meant.
func TestRejectsKeepBlankNodes(t *testing.T) {
	const head = "_:a <http://x.example/p> \"one\" .\n"
	file := within(folder(t, "x.nq", head+"_:a <http://x.example/p> \"two _:a\" _:f0123456789abcdef-b\n"), "x.nq")
	var rejects bytes.Buffer
	g := openGraph(t)
	if _, err := loadAs(context.Background(), g, file, loader.FindOptions{}, loader.LoadOptions{MaxErrors: 1, Rejects: &rejects}); err != nil {
		t.Fatal(err)
	}
	mended := strings.Replace(rejects.String(), "-b\n", "-b .\n", 1)
	if _, err := load(g, within(folder(t, "mended.nq", mended), "mended.nq")); err != nil {
		t.Fatalf("%v in\n%s", err, mended)
	}
	quads := quadsOf(t, g)
	if len(quads) != 2 || quads[0].Subject != quads[1].Subject || !strings.Contains(mended, "two _:a\" _:f0123456789abcdef-b") {
		t.Errorf("%v from\n%s", quads, mended)
	}
}
