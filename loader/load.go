package loader

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/store"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// Formats are the file formats that are read, by the ending of a file's name.
var Formats = []struct {
	Name    string
	Endings []string
	Meaning string
}{
	{"facts", []string{".yaml", ".yml"}, "facts as data/README.md describes them, in YAML"},
	{"nquads", []string{".nq", ".nt"}, "RDF 1.1 N-Quads or N-Triples, of any vocabulary"},
}

// FormatOf returns the name of the format of a file, "" if it has none.
func FormatOf(name string) string {
	for _, f := range Formats {
		if slices.Contains(f.Endings, strings.ToLower(filepath.Ext(name))) {
			return f.Name
		}
	}
	return ""
}

// Loaded is what became of a file.
type Loaded struct {
	File   string
	Format string
	graph.Added
}

// Progress is told how many bytes of a file are about to be read, and gives
// back the reader to read them through.
type Progress func(name string, size int64, r io.Reader) io.Reader

// Find lists the files that paths name, each once: a folder stands for the files
// in it, and in the folders below, that have a format.
func Find(paths []string) ([]string, error) {
	var files []string
	add := func(name string) {
		if name = filepath.Clean(name); !slices.Contains(files, name) {
			files = append(files, name)
		}
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return nil, err
		case info.IsDir():
			if err := inFolder(path, add); err != nil {
				return nil, err
			}
		case FormatOf(path) == "":
			return nil, unknownFormat(path)
		case !info.Mode().IsRegular(): // to open a pipe would wait for its writer
			return nil, &Mistake{File: path, Problem: "is no regular file"}
		default:
			add(path)
		}
	}
	return files, nil
}

func inFolder(path string, add func(string)) error {
	none := true
	// WalkDir looks behind a link that is the folder itself only with the slash.
	err := filepath.WalkDir(path+string(filepath.Separator), func(p string, _ fs.DirEntry, err error) error {
		if err != nil || FormatOf(p) == "" {
			return err
		}
		info, err := os.Stat(p)
		if err == nil && info.Mode().IsRegular() {
			none = false
			add(p)
		}
		return err
	})
	if err == nil && none {
		return &Mistake{File: path, Problem: "the folder has no file that ends in " + either(endings())}
	}
	return err
}

func endings() []string {
	var all []string
	for _, f := range Formats {
		all = append(all, f.Endings...)
	}
	return all
}

func unknownFormat(name string) error {
	return &Mistake{File: name, Problem: "the name tells no format; it must end in " + either(endings())}
}

// Load reads files into a change of a graph; a mistake in one is an error, with
// which the change must not be made, and all mistakes of all files are told at
// once. Facts may refer to what any of the files defines, or the graph. What is
// loaded twice is there once.
func Load(ctx context.Context, tx *graph.Tx, files []string, progress Progress) ([]Loaded, error) {
	loaded := make([]Loaded, len(files))
	facts := make([]*Facts, len(files)) // nil for other formats
	var failed []error
	for i, name := range files {
		loaded[i] = Loaded{File: name, Format: FormatOf(name)}
		err := open(name, progress, func(r io.Reader) (err error) {
			if loaded[i].Format == "facts" {
				facts[i], err = factsFrom(name, r)
				return err
			}
			return loaded[i].count(ctx, tx, func() error { return addQuads(ctx, tx, name, r) })
		})
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		failed = append(failed, err)
	}
	err := errors.Join(failed...)
	if err := errors.Join(err, check(ctx, tx, facts, err == nil)); err != nil {
		return nil, err
	}
	for i, f := range facts {
		if f == nil {
			continue
		}
		if err := loaded[i].count(ctx, tx, func() error { return tx.Add(ctx, f.Document.Quads()) }); err != nil {
			return nil, fmt.Errorf("%s: %w", f.File, err)
		}
	}
	return loaded, nil
}

// count notes what a file adds to a change.
func (l *Loaded) count(ctx context.Context, tx *graph.Tx, add func() error) error {
	before, err := tx.Added(ctx)
	if err != nil {
		return err
	}
	if err := add(); err != nil {
		return err
	}
	after, err := tx.Added(ctx)
	l.New, l.Known = after.New-before.New, after.Known-before.Known
	return err
}

// open opens a file to be read.
func open(name string, progress Progress, read func(io.Reader) error) error {
	if FormatOf(name) == "" {
		return unknownFormat(name)
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return &Mistake{File: name, Problem: "is no regular file"}
	}
	if progress == nil {
		return read(file)
	}
	return read(progress(name, info.Size(), file))
}

// factsFrom reads a facts file. With its mistakes comes what could be read, in
// which more of them may be found.
func factsFrom(name string, r io.Reader) (*Facts, error) {
	// One byte over the limit shows that a file is too long.
	src, err := io.ReadAll(io.LimitReader(r, maxFactsFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return readFacts(name, src)
}

// addQuads adds the quads of a file, on all processors where the store takes
// keys.
func addQuads(ctx context.Context, tx *graph.Tx, name string, r io.Reader) error {
	o := KeyOptions{Check: FitKeys, Scope: func() (string, error) { return scopeOf(name) }}
	if keys := tx.Keys(); keys != nil {
		return ReadKeys(ctx, r, name, o, func(all []store.Statement) error { return keys.AddKeys(ctx, all) })
	}
	o.Workers = 1
	return ReadKeys(ctx, r, name, o, func(all []store.Statement) error {
		quads := make([]quad.Quad, len(all))
		for i, st := range all {
			for _, part := range []struct {
				to  *quad.Value
				key []byte
			}{{&quads[i].Subject, st.Subject}, {&quads[i].Predicate, st.Predicate}, {&quads[i].Object, st.Object}, {&quads[i].Label, st.Label}} {
				if len(part.key) == 0 {
					continue
				}
				var err error
				if *part.to, err = store.Value(part.key); err != nil {
					return err
				}
			}
		}
		return tx.Add(ctx, quads)
	})
}

// scopeOf names the blank nodes of a file by its content: the same file again
// gives the same nodes, another file never.
func scopeOf(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return "f" + hex.EncodeToString(sum.Sum(nil))[:16] + "-", nil
}

// scoped tells whether a blank node bears the name of a file already, as in an
// export that is read back.
func scoped(b quad.BNode) bool {
	s := string(b)
	return len(s) > 18 && s[0] == 'f' && s[17] == '-' && strings.Trim(s[1:17], "0123456789abcdef") == ""
}

// check looks across the facts files: what one refers to must be in another, or
// in the graph as the change leaves it. Not all of the files could be read
// whole where whole is false.
func check(ctx context.Context, tx *graph.Tx, files []*Facts, whole bool) error {
	files = slices.DeleteFunc(slices.Clone(files), func(f *Facts) bool { return f == nil })
	if len(files) == 0 {
		return nil
	}
	v, err := tx.View(ctx, graph.Options{})
	if err != nil {
		return err
	}
	defer v.Close()
	g := inGraph{ctx, v, nil}
	err = checkAll(g.class, g.slugs, whole, files)
	// What could not be looked up is no mistake.
	if err := cmp.Or(g.err, v.Err()); err != nil {
		return err
	}
	return errors.Join(err, unchanged(ctx, v, files))
}

// inGraph looks up what facts refer to.
type inGraph struct {
	ctx context.Context
	v   *graph.View
	err error // the first of looking up
}

// class returns the class of a node, nil where the graph lacks it.
func (g *inGraph) class(id graph.ID) *vocab.Class {
	edges, err := g.v.Expand(g.ctx, []graph.Node{g.v.NodeOf(id)}, vocab.Type, graph.Out)
	g.err = cmp.Or(g.err, err)
	for _, e := range edges {
		if c := g.v.Class(e.To); c != nil {
			return c
		}
	}
	return nil
}

// slugs lists the last parts of the ids that are in a folder.
func (g *inGraph) slugs(folder string) []string {
	nodes, err := g.v.Instances(g.ctx, graph.ClassOfFolder(folder))
	g.err = cmp.Or(g.err, err)
	slugs := make([]string, len(nodes))
	for i, n := range nodes {
		slugs[i] = g.v.ID(n).Slug()
	}
	return slugs
}

// unchanged tells of sources that are in the graph and that files describe in
// another way: a day of publication or a span must not change under what rests
// on it.
func unchanged(ctx context.Context, v *graph.View, files []*Facts) error {
	var r report
	for _, f := range files {
		sources := graph.Document{Sources: f.Document.Sources}
		places := map[graph.ID]place{}
		for i, s := range f.Document.Sources {
			places[s.ID] = f.sources[i].at["id"]
			for j, p := range s.Passages {
				places[p.ID] = f.sources[i].passages[j]
			}
		}
		for _, q := range sources.Quads() {
			id, _ := graph.IDOf(q.Subject)
			iri, _ := q.Predicate.(quad.IRI)
			p, n := vocab.PredicateOf(iri), v.Node(q.Subject)
			if n == 0 || p == nil || !p.Functional {
				continue
			}
			edges, err := v.Expand(ctx, []graph.Node{n}, p, graph.Out)
			if err != nil {
				return err
			}
			for _, e := range edges {
				if v.Value(e.To) != q.Object {
					r.add(f.File, places[id], p.Name, "%s is in the graph with %s, not %s; give another source another id", id, v.Text(e.To), graph.Text(q.Object))
				}
			}
		}
	}
	return r.err()
}
