package queries_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"parley/graph"
	"parley/loader"
	"parley/queries"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite what the files in testdata want")

// cast is who acts in every file of testdata: background, known on every day.
const cast = "testdata/cast.yaml"

// testCase is one running of a query over the facts of its file.
type testCase struct {
	name string
	args map[string]string
	want string // an answer, or an error
	fail bool
}

// TestTxtar answers each testdata/QUERY.txtar. A file has facts (.yaml, .nq),
// added to those of cast.yaml, and cases: NAME.args with an argument a line,
// and NAME.want with the answer or NAME.err with the error.
func TestTxtar(t *testing.T) {
	for _, q := range queries.All() {
		t.Run(q.Name, func(t *testing.T) {
			g, cases, archive := readTxtar(t, q)
			for _, c := range cases {
				got, failed := answerText(t, q, g, c.args)
				switch {
				case *update:
					rewrite(archive, c.name, got, failed)
				case got != c.want || failed != c.fail:
					t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
				}
			}
			if *update {
				if err := os.WriteFile(txtarFile(q), txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestEveryTxtarHasQuery finds files that no query reads any more.
func TestEveryTxtarHasQuery(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if queries.Lookup(strings.TrimSuffix(filepath.Base(f), ".txtar")) == nil {
			t.Errorf("%s is of no query", f)
		}
	}
}

// TestEveryParameterChangesSomething leaves each argument of each case away in
// turn: every parameter of every query must change one answer at least.
func TestEveryParameterChangesSomething(t *testing.T) {
	for _, q := range queries.All() {
		t.Run(q.Name, func(t *testing.T) {
			g, cases, _ := readTxtar(t, q)
			changes := map[string]bool{}
			for _, c := range cases {
				with, failed := answerText(t, q, g, c.args)
				if failed {
					continue
				}
				for name := range c.args {
					without := map[string]string{}
					for n, text := range c.args {
						if n != name {
							without[n] = text
						}
					}
					if got, _ := answerText(t, q, g, without); got != with {
						changes[name] = true
					}
				}
			}
			for _, p := range q.AllParams() {
				if !changes[p.Name] {
					t.Errorf("--%s changes no answer in %s", p.Name, txtarFile(q))
				}
			}
		})
	}
}

func txtarFile(q *queries.Query) string { return "testdata/" + q.Name + ".txtar" }

func readTxtar(t *testing.T, q *queries.Query) (*graph.Graph, []testCase, *txtar.Archive) {
	t.Helper()
	archive, err := txtar.ParseFile(txtarFile(q))
	if err != nil {
		t.Fatalf("every query has a txtar: %v", err)
	}
	files := []string{cast}
	var cases []testCase
	for _, f := range archive.Files {
		text := string(f.Data)
		switch name, kind := strings.TrimSuffix(f.Name, filepath.Ext(f.Name)), filepath.Ext(f.Name); kind {
		case ".yaml", ".nq":
			path := filepath.Join(t.TempDir(), f.Name)
			if err := os.WriteFile(path, f.Data, 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, path)
		case ".args":
			cases = append(cases, testCase{name: name, args: readArgs(text)})
		case ".want", ".err":
			if len(cases) == 0 || cases[len(cases)-1].name != name {
				t.Fatalf("%s: %s does not follow its arguments", txtarFile(q), f.Name)
			}
			cases[len(cases)-1].want, cases[len(cases)-1].fail = text, kind == ".err"
		default:
			t.Fatalf("%s: what is %s?", txtarFile(q), f.Name)
		}
	}
	return load(t, files...), cases, archive
}

// readArgs reads --name value, an argument a line; # begins a remark.
func readArgs(text string) map[string]string {
	args := map[string]string{}
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !ok {
			continue
		}
		name, value, given := strings.Cut(rest, " ")
		if !given {
			value = "true"
		}
		args[name] = strings.TrimSpace(value)
	}
	return args
}

func load(t *testing.T, files ...string) *graph.Graph {
	t.Helper()
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	in, err := loader.Find(t.Context(), files, loader.FindOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Update(t.Context(), func(tx *graph.Tx) error {
		if _, err := loader.Load(t.Context(), tx, in, loader.LoadOptions{}); err != nil {
			return err
		}
		return graph.InferTx(t.Context(), tx, graph.Date{})
	}); err != nil {
		t.Fatal(err)
	}
	return g
}

// answerText is an answer, or an error, as files want it.
func answerText(t *testing.T, q *queries.Query, g *graph.Graph, args map[string]string) (text string, failed bool) {
	t.Helper()
	a, err := q.Answer(context.WithoutCancel(t.Context()), g, args)
	if err != nil {
		return err.Error() + "\n", true
	}
	var b strings.Builder
	for _, row := range a.Rows {
		var cells []string
		for i, c := range q.Columns {
			if s := show(row[i]); s != "" {
				cells = append(cells, c.Name+"="+s)
			}
		}
		b.WriteString(strings.Join(cells, " ") + "\n")
	}
	for _, e := range a.Excluded {
		fmt.Fprintf(&b, "excluded %s: %s %s\n", e.Node.ID, e.Reason, show(e.Sources))
	}
	if a.Truncated {
		b.WriteString("truncated\n")
	}
	return b.String(), false
}

// show writes a cell: nodes by id, passages by article and paragraph, "" for
// what is absent.
func show(cell any) string {
	switch cell := cell.(type) {
	case nil:
		return ""
	case graph.Ref:
		return string(cell.ID)
	case []graph.Ref:
		return list(cell, func(r graph.Ref) string { return string(r.ID) })
	case []queries.Participant:
		return list(cell, func(p queries.Participant) string {
			s := string(p.Node.ID)
			if p.Role != nil {
				s += ":" + *p.Role
			}
			if p.Side != nil {
				s += "@" + p.Side.ID.Slug()
			}
			return s
		})
	case []graph.Citation:
		return list(cell, func(c graph.Citation) string {
			if c.Paragraph == 0 {
				return c.Article.ID.Slug()
			}
			return fmt.Sprintf("%s#%d", c.Article.ID.Slug(), c.Paragraph)
		})
	}
	s := fmt.Sprint(cell)
	if strings.Contains(s, " ") {
		return strconv.Quote(s)
	}
	return s
}

func list[T any](all []T, show func(T) string) string {
	if len(all) == 0 {
		return ""
	}
	var texts []string
	for _, x := range all {
		texts = append(texts, show(x))
	}
	return "[" + strings.Join(texts, " ") + "]"
}

// rewrite puts what a case got after its arguments.
func rewrite(archive *txtar.Archive, name, got string, failed bool) {
	kind := ".want"
	if failed {
		kind = ".err"
	}
	archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool {
		return f.Name == name+".want" || f.Name == name+".err"
	})
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == name+".args" })
	archive.Files = slices.Insert(archive.Files, i+1, txtar.File{Name: name + kind, Data: []byte(got)})
}
