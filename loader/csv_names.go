package loader

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

// csvLoad is what the sheets of one load share: what things are called, and
// what is to be checked when all is read.
type csvLoad struct {
	load   *loading
	files  []string
	view   *graph.View // of what was there when the last sheet was begun
	names  map[string][]graph.ID
	full   bool     // names are left out
	of     []*Facts // whose names are in
	asked  int      // near names that were looked up
	failed error    // the first of looking up

	csvLedger
}

// csvLoad begins a sheet.
func (in *reading) csvLoad(ctx context.Context) (*csvLoad, error) {
	if in.csv == nil {
		in.csv = &csvLoad{load: in.loading, names: make(map[string][]graph.ID)}
	}
	return in.csv, in.csv.begin(ctx)
}

// mostNames bounds the names of rows that are kept for the rows after them.
const mostNames = 1 << 18

// begin makes known what was named before. The graph tells it, and the rows and
// facts that are not in it yet; once those rows are too many, the graph tells
// theirs too.
func (c *csvLoad) begin(ctx context.Context) (err error) {
	if c.view != nil && c.full {
		c.view.Close()
		c.view, c.full, c.of = nil, false, nil
		clear(c.names)
	}
	if c.view == nil {
		if c.view, err = c.load.tx.View(ctx, graph.Options{}); err != nil {
			return err
		}
	}
	for _, f := range c.load.facts {
		if !slices.Contains(c.of, f) {
			c.of = append(c.of, f)
			for i := range f.Document.Facts {
				c.call(&f.Document.Facts[i])
			}
		}
	}
	return nil
}

func (c *csvLoad) close() {
	if c.view != nil {
		c.view.Close()
	}
	// What is left of a file for sorting is the system's to remove.
	_ = c.sorted.close()
}

// numbered gives the number of a file in what is checked in the end.
func (c *csvLoad) numbered(name string) int {
	c.files = append(c.files, name)
	return len(c.files) - 1
}

// call keeps the names of a fact's node. One of two nodes is always known for
// that, however many names there are.
func (c *csvLoad) call(f *graph.Fact) {
	for _, v := range f.Values {
		if v.Predicate != vocab.Name && v.Predicate != vocab.Alias {
			continue
		}
		name := graph.Fold(graph.Text(v.Literal))
		ids, there := c.names[name]
		switch {
		case slices.Contains(ids, f.ID):
		case !there && (len(c.names) == mostNames || len(name) > mostInSlug):
			c.full = true
		case len(ids) < 8: // more need not be told
			c.names[name] = append(ids, f.ID)
		}
	}
}

// node finds what a cell refers to: the id of a node of one of some classes, or
// a name that one of them alone bears.
func (c *csvLoad) node(ctx context.Context, text string, classes []*vocab.Class) (graph.ID, error) {
	if folder, _, ok := strings.Cut(text, "/"); ok && graph.ClassOfFolder(folder) != nil {
		return idWithin(text, classes...)
	}
	var ids []graph.ID
	for _, id := range c.names[graph.Fold(text)] {
		if slices.Contains(classes, graph.ClassOfFolder(id.Folder())) {
			ids = append(ids, id)
		}
	}
	refs, err := c.view.Called(ctx, text, classes...)
	if err != nil {
		c.failed = err
		return "", err
	}
	for _, r := range refs {
		if !slices.Contains(ids, r.ID) {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 1 {
		return ids[0], nil
	}
	called := wanted(classes)
	if len(ids) == 0 {
		return "", fmt.Errorf("no %s before it is called %.80q; %s", called, text, c.advise(ctx, text, called, classes))
	}
	slices.Sort(ids)
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = string(id)
	}
	return "", fmt.Errorf("%.80q is the name of more than one %s; write the id, %s", text, called, either(all))
}

// wanted says in words what nodes of some classes are.
func wanted(classes []*vocab.Class) string {
	if len(classes) == len(vocab.Classes()) {
		return "node"
	}
	names := make([]string, len(classes))
	for i, c := range classes {
		names[i] = c.Folder
	}
	return either(names)
}

// advise says what may be meant by a name that nothing bears.
func (c *csvLoad) advise(ctx context.Context, text, called string, classes []*vocab.Class) string {
	const do = "write its id, or a row that names it first"
	if c.asked++; c.asked > nqMaxErrors || len(text) > mostInSlug {
		return do
	}
	var names []string
	for name, ids := range c.names {
		if slices.ContainsFunc(ids, func(id graph.ID) bool { return slices.Contains(classes, graph.ClassOfFolder(id.Folder())) }) {
			names = append(names, name)
		}
	}
	var found []string
	for _, name := range near(graph.Fold(text), names) {
		found = append(found, string(c.names[name][0]))
	}
	n, err := c.view.ResolveWhole(ctx, text, called, graph.Date{}, classes...)
	unknown := (*graph.NameError)(nil)
	switch {
	case err == nil:
		found = append(found, string(c.view.ID(n)))
	case errors.As(err, &unknown):
		for _, r := range unknown.Near[:min(3, len(unknown.Near))] {
			found = append(found, string(r.ID))
		}
	default:
		c.failed = err
	}
	if len(found) == 0 {
		return do
	}
	slices.Sort(found)
	return "did you mean " + either(slices.Compact(found)) + "?"
}
