package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"parley/data"
	"parley/graph"
	"parley/loader"

	"github.com/cayleygraph/quad"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// corpus is what a command answers from: a store, or built-in sets; and the
// user's files.
type corpus struct {
	db    string
	sets  []string
	files []string
}

// flags adds --db, --set and --data.
func (c *corpus) flags(cmd *cobra.Command) {
	dbFlag(cmd, &c.db, "answer from the store in this folder, and not from built-in sets")
	setFlag(cmd, &c.sets, "answer from this built-in set")
	cmd.Flags().StringArrayVar(&c.files, "data", nil, "add the facts or quads in this file or folder, for this answer only; repeatable")
}

func setFlag(cmd *cobra.Command, sets *[]string, meaning string) {
	var about []string
	for _, s := range data.Sets() {
		about = append(about, s.Name+" ("+s.Meaning+")")
	}
	cmd.Flags().StringSliceVar(sets, "set", nil, meaning+": "+strings.Join(about, ", ")+"; none for none; repeatable (default: all)")
	_ = cmd.RegisterFlagCompletionFunc("set", words(setNames()))
}

func setNames() []string {
	names := []string{"none"}
	for _, s := range data.Sets() {
		names = append(names, s.Name)
	}
	return names
}

// open opens the corpus, with what the rules infer from what was known by a
// day, or from all of it. A store has its conclusions, and so have the built-in
// sets: where they answer alone, and of no day, they are taken as they are.
func (c *corpus) open(ctx context.Context, s streams, knownBy graph.Date) (*graph.Graph, error) {
	if len(c.files) == 0 && knownBy.IsZero() && !slices.Contains(c.sets, "none") {
		return c.with(ctx, s, false, nil)
	}
	return c.with(ctx, s, true, func(tx *graph.Tx) error { return graph.InferTx(ctx, tx, knownBy) })
}

// stated opens the corpus without inferring anew: what a store and the images of
// the built-in sets have of conclusions is there.
func (c *corpus) stated(ctx context.Context, s streams) (*graph.Graph, error) {
	return c.with(ctx, s, c.db == "" || len(c.files) > 0, nil)
}

// with opens the corpus. Where changes are to be made to it, by the user's files
// or by then, they reach no file of a store.
func (c *corpus) with(ctx context.Context, s streams, changes bool, then func(*graph.Tx) error) (*graph.Graph, error) {
	in, err := loader.Find(ctx, c.files, loader.FindOptions{Stdin: s.in})
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	g, err := c.begin(ctx, changes)
	if err != nil || !changes {
		return g, err
	}
	_, err = g.Update(ctx, func(tx *graph.Tx) error {
		if _, err := loader.Load(ctx, tx, in, loader.LoadOptions{Progress: progress(s)}); err != nil || then == nil {
			return err
		}
		return then(tx)
	})
	if err != nil {
		_ = g.Close()
		return nil, err
	}
	return g, nil
}

// begin opens what the corpus begins with: built-in sets, or the store, or what
// changes as the store's fork.
func (c *corpus) begin(ctx context.Context, changes bool) (*graph.Graph, error) {
	if c.db == "" {
		return openSets(ctx, c.sets)
	}
	if len(c.sets) > 0 {
		return nil, usageError{fmt.Errorf("--set goes with no store, and %s is one: its sets were chosen when it was made; --db= leaves the store out", shown(c.db))}
	}
	g, err := openStore(ctx, c.db)
	if err != nil || !changes {
		return g, err
	}
	defer func() { _ = g.Close() }()
	return g.Fork(ctx)
}

// openSets opens built-in sets: those that are named, or all. What is then
// changed is changed in memory only.
func openSets(ctx context.Context, names []string) (*graph.Graph, error) {
	for _, name := range names {
		if !slices.Contains(setNames(), name) {
			return nil, fmt.Errorf("--set %q: there is no such set; write one of %s", name, strings.Join(setNames(), ", "))
		}
	}
	if slices.Contains(names, "none") {
		if len(names) > 1 {
			return nil, usageError{fmt.Errorf("--set none goes with no other set")}
		}
		return graph.Open(ctx, "memory:")
	}
	asked := data.All()
	for _, set := range data.Sets() {
		if slices.Contains(names, set.Name) {
			asked = set // the last one holds those before it
		}
	}
	return graph.OpenImage("the built-in set "+asked.Name, asked.Image)
}

// addSets adds what is stated in built-in sets.
func addSets(ctx context.Context, tx *graph.Tx, names []string) error {
	g, err := openSets(ctx, names)
	if err != nil {
		return err
	}
	defer func() { _ = g.Close() }()
	var quads []quad.Quad
	for q, err := range graph.Stated(g.Quads(ctx)) {
		if err != nil {
			return err
		}
		quads = append(quads, q)
	}
	return tx.Add(ctx, quads)
}

// progress shows how far a large file has been read, on a terminal only.
func progress(s streams) loader.Progress {
	f, ok := s.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return func(name string, size int64, r io.Reader) io.Reader {
		const worthShowing = 4 << 20
		if size < worthShowing {
			return r
		}
		bar := progressbar.NewOptions64(size,
			progressbar.OptionSetWriter(s.err), progressbar.OptionSetDescription(name),
			progressbar.OptionShowBytes(true), progressbar.OptionClearOnFinish())
		bars := progressbar.NewReader(r, bar)
		return &bars
	}
}
