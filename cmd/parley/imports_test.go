package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// mayImport has the packages of this module that each may use outside its
// tests. A package that is not named may use what the one above it may, and that.
var mayImport = map[string][]string{
	"parley/graph/vocab":                   nil,
	"parley/graph/store":                   nil,
	"parley/graph/reference":               {"parley/graph/store"},
	"parley/graph/store/cayley":            {"parley/graph/store"},
	"parley/graph/embedded":                {"parley/graph/store", "parley/graph/store/cayley"},
	"parley/graph/remote":                  {"parley/graph/store", "parley/graph/store/cayley", "parley/graph/embedded"},
	"parley/graph/postgres":                {"parley/graph/store", "parley/graph/remote"},
	"parley/graph/postgres/pgtest":         {"parley/graph/postgres/pgtest"},
	"parley/graph/dgraph":                  {"parley/graph/store", "parley/graph/remote"},
	"parley/graph/dgraph/dgraphtest":       {"parley/graph/dgraph/dgraphtest"},
	"parley/graph":                         {"parley/graph/vocab", "parley/graph/store", "parley/graph/reference", "parley/graph/embedded", "parley/graph/remote"},
	"parley/graph/gizmo":                   {"parley/graph"},
	"parley/graph/graphtest":               {"parley/graph", "parley/graph/vocab", "parley/graph/store", "parley/graph/embedded", "parley/graph/remote"},
	"parley/loader":                        {"parley/graph", "parley/graph/store", "parley/graph/vocab"},
	"parley/queries":                       {"parley/graph", "parley/graph/vocab"},
	"parley/queries/picture":               {"parley/graph", "parley/graph/vocab", "parley/queries"},
	"parley/queries/render":                {"parley/graph", "parley/graph/vocab", "parley/queries", "parley/queries/picture"},
	"parley/data":                          nil,
	"parley/data/make":                     {"parley/graph", "parley/loader"},
	"parley/cmd/parley/internal/mcpserver": {"parley/graph", "parley/graph/vocab", "parley/queries", "parley/queries/render"},
	"parley/cmd/parley/internal/web":       {"parley/graph", "parley/graph/vocab", "parley/queries", "parley/queries/picture", "parley/queries/render", "parley/graph/store"},
	"parley/cmd/parley/internal/command":   {"parley/graph", "parley/graph/gizmo", "parley/graph/vocab", "parley/loader", "parley/queries", "parley/queries/render", "parley/data", "parley/cmd/parley/internal/mcpserver", "parley/cmd/parley/internal/web", "parley/graph/dgraph"},
	"parley/cmd/parley":                    {"parley/cmd/parley/internal/command", "parley/graph/postgres", "parley/graph/dgraph"},
}

// knowCayley are the packages that may use cayley: stores, and its own query
// language.
var knowCayley = []string{"parley/graph", "parley/graph/reference", "parley/graph/store/cayley", "parley/graph/embedded", "parley/graph/remote", "parley/graph/gizmo", "parley/graph/graphtest"}

// quadUser is the file of commands that may name the type of a quad.
const quadUser = "corpus.go"

type listed struct {
	ImportPath, Name, Doc, Dir string
	GoFiles, Imports           []string
}

func packages(t *testing.T) (all []listed) {
	t.Helper()
	c := exec.Command("go", "list", "-json=ImportPath,Name,Doc,Dir,GoFiles,Imports", "./...")
	c.Dir = root
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles) > 0 {
			all = append(all, p)
		}
	}
}

// TestImports keeps who may import whom. Only graph opens stores, and only they
// may know cayley; loader and queries never meet.
func TestImports(t *testing.T) {
	ruled := slices.Collect(maps.Keys(mayImport))
	for _, p := range packages(t) {
		rule := p.ImportPath
		for rule != "." && !slices.Contains(ruled, rule) {
			rule = path.Dir(rule)
		}
		if rule == "." {
			t.Errorf("%s: what it may import is not said in this test", p.ImportPath)
		}
		for _, imported := range p.Imports {
			switch {
			case strings.HasPrefix(imported, "parley/"):
				if !slices.Contains(mayImport[rule], imported) && imported != rule {
					t.Errorf("%s imports %s", p.ImportPath, imported)
				}
			case strings.HasPrefix(imported, "github.com/cayleygraph/cayley"):
				if !slices.Contains(knowCayley, p.ImportPath) {
					t.Errorf("%s imports %s; only %v may", p.ImportPath, imported, knowCayley)
				}
			}
		}
	}
}

func TestPackages(t *testing.T) {
	std, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Fatal(err)
	}
	standard := strings.Fields(string(std))
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no comment on the package", p.ImportPath)
		}
		if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "misc", "base", "shared"}, p.Name) {
			t.Errorf("%s: the name says nothing", p.ImportPath)
		}
		if slices.ContainsFunc(standard, func(std string) bool { return path.Base(std) == p.Name && !strings.Contains(std, "internal/") }) {
			t.Errorf("%s shadows a package of the standard library", p.ImportPath)
		}
		for _, file := range p.GoFiles {
			if strings.HasPrefix(file, p.Name+"_") {
				t.Errorf("%s/%s repeats the package's name", p.ImportPath, file)
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, imported := range parsed.Imports {
				if strings.HasPrefix(p.ImportPath, "parley/cmd/") && imported.Path.Value == `"github.com/cayleygraph/quad"` && file != quadUser {
					t.Errorf("%s/%s knows quads", p.ImportPath, file)
				}
			}
		}
	}
}

// peers is a module of its own, in which the programs of other languages stand
// beside Go's.
const peers = root + "/graph/embedded/peers"

var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b`)

func TestFiles(t *testing.T) {
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || name == peers):
			return filepath.SkipDir
		case filepath.Ext(name) != ".go":
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		lines := bytes.Count(text, []byte("\n"))
		if limit := 450; lines > limit {
			t.Errorf("%s has %d lines; the most is %d", name, lines, limit)
		}
		if limit := 25; d.Name() == "main.go" && lines > limit {
			t.Errorf("%s has %d lines; the most is %d", name, lines, limit)
		}
		if m := unfinished.Find(text); m != nil {
			t.Errorf("%s: %s", name, m)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestFolders keeps the top level. What git ignores does not count.
func TestFolders(t *testing.T) {
	ignored, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{".git", ".ci", "cmd", "data", "graph", "loader", "queries"}
	for line := range strings.Lines(string(ignored)) {
		allowed = append(allowed, strings.Trim(strings.TrimSpace(line), "/"))
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s: the folders of the top level are %s, and no others", e.Name(), allowed)
		}
	}
}
