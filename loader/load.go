package loader

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"parley/graph"
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

// File is a file that was read.
type File struct {
	Name   string
	Format string
	Quads  []quad.Quad
	facts  *Facts
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

// Read reads a file whole. Its format is told by its name. With the mistakes of a
// facts file comes what could be read of it, for Load to look for more.
func Read(ctx context.Context, name string, r io.Reader) (*File, error) {
	switch format := FormatOf(name); format {
	case "facts":
		// One byte over the limit shows that a file is too long.
		src, err := io.ReadAll(io.LimitReader(r, maxFactsFile+1))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		facts, err := readFacts(name, src)
		if err != nil {
			return &File{Name: name, Format: format, facts: facts}, err
		}
		return &File{name, format, facts.Document.Quads(), facts}, nil
	case "nquads":
		return readQuads(ctx, name, r)
	}
	return nil, unknownFormat(name)
}

// readQuads reads N-Quads. Blank nodes are named by the content of the file
// they stand in: the same file again gives the same nodes, another file never.
func readQuads(ctx context.Context, name string, r io.Reader) (*File, error) {
	sum := sha256.New()
	f := &File{Name: name, Format: "nquads"}
	err := ReadNQuads(ctx, io.TeeReader(r, sum), name, func(q quad.Quad) error {
		if err := graph.Fit(q); err != nil {
			return &Mistake{Problem: err.Error()}
		}
		f.Quads = append(f.Quads, q)
		return nil
	})
	if err != nil {
		return nil, err
	}
	scope := "f" + hex.EncodeToString(sum.Sum(nil))[:16] + "-"
	for i := range f.Quads {
		q := &f.Quads[i]
		for _, v := range []*quad.Value{&q.Subject, &q.Object, &q.Label} {
			if b, ok := (*v).(quad.BNode); ok && !scoped(b) {
				*v = quad.BNode(scope) + b
			}
		}
	}
	return f, nil
}

// scoped tells whether a blank node bears the name of a file already, as in an
// export that is read back.
func scoped(b quad.BNode) bool {
	s := string(b)
	return len(s) > 18 && s[0] == 'f' && s[17] == '-' && strings.Trim(s[1:17], "0123456789abcdef") == ""
}

// Load reads files and adds each to a graph whole, after all of them together
// have been checked; a mistake in one adds none of them. What is loaded twice
// is there once.
func Load(ctx context.Context, g *graph.Graph, files []string, progress Progress) ([]Loaded, error) {
	read := make([]*File, 0, len(files))
	var failed []error
	for _, name := range files {
		f, err := open(ctx, name, progress)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			failed = append(failed, err)
		}
		if f != nil {
			read = append(read, f)
		}
	}
	failed = append(failed, check(ctx, g, read, len(failed) == 0))
	if err := errors.Join(failed...); err != nil {
		return nil, err
	}
	loaded := make([]Loaded, len(read))
	for i, f := range read {
		added, err := g.Add(ctx, f.Quads)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		loaded[i] = Loaded{f.Name, f.Format, added}
	}
	return loaded, nil
}

func open(ctx context.Context, name string, progress Progress) (*File, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &Mistake{File: name, Problem: "is no regular file"}
	}
	var r io.Reader = file
	if progress != nil {
		r = progress(name, info.Size(), r)
	}
	return Read(ctx, name, r)
}

// check looks across the facts files: what one refers to must be in another,
// among the quads, or in the graph. Not all of the files could be read whole
// where whole is false.
func check(ctx context.Context, g *graph.Graph, files []*File, whole bool) error {
	v, err := g.View(graph.Options{})
	if err != nil {
		return err
	}
	defer v.Close()
	defined := map[graph.ID]*vocab.Class{}
	var facts []*Facts
	for _, f := range files {
		if f.facts != nil {
			facts = append(facts, f.facts)
			continue
		}
		for _, q := range f.Quads {
			if iri, ok := q.Object.(quad.IRI); ok && q.Predicate == vocab.Type.IRI {
				if id, ok := graph.IDOf(q.Subject); ok && vocab.ClassOf(iri) != nil {
					defined[id] = vocab.ClassOf(iri)
				}
			}
		}
	}
	if len(facts) == 0 {
		return nil
	}
	known, err := v.Classes(ctx)
	if err != nil {
		return err
	}
	err = checkAll(func(id graph.ID) *vocab.Class {
		if c := defined[id]; c != nil {
			return c
		}
		return known[id]
	}, maps.Keys(known), whole, facts)
	return errors.Join(err, unchanged(ctx, v, facts))
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
