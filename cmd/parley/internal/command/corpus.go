package command

import (
	"bytes"
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

// corpus is what a command answers from: built-in sets and the user's files.
type corpus struct {
	sets  []string
	files []string
}

// flags adds --set and --data.
func (c *corpus) flags(cmd *cobra.Command) {
	var about []string
	for _, s := range data.Sets() {
		about = append(about, s.Name+" ("+s.Meaning+")")
	}
	cmd.Flags().StringSliceVar(&c.sets, "set", nil, "answer from this built-in set: "+strings.Join(about, ", ")+"; none for none; repeatable (default: all)")
	cmd.Flags().StringArrayVar(&c.files, "data", nil, "add the facts or quads in this file or folder; repeatable")
	_ = cmd.RegisterFlagCompletionFunc("set", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return setNames(), cobra.ShellCompDirectiveNoFileComp
	})
}

func setNames() []string {
	names := []string{"none"}
	for _, s := range data.Sets() {
		names = append(names, s.Name)
	}
	return names
}

// open reads the corpus into a graph and adds what the rules infer from what
// was known by a day, or from all of it.
func (c *corpus) open(ctx context.Context, s streams, knownBy graph.Date) (*graph.Graph, error) {
	g, err := c.stated(ctx, s)
	if err != nil {
		return nil, err
	}
	if _, err := graph.Infer(ctx, g, knownBy); err != nil {
		return nil, err
	}
	return g, nil
}

// stated reads the corpus into a graph, without what the rules infer.
func (c *corpus) stated(ctx context.Context, s streams) (*graph.Graph, error) {
	g, err := graph.Open(ctx, "memory:")
	if err != nil {
		return nil, err
	}
	if err := c.builtIn(ctx, g); err != nil {
		return nil, err
	}
	files, err := loader.Find(c.files)
	if err != nil {
		return nil, err
	}
	_, err = loader.Load(ctx, g, files, progress(s))
	return g, err
}

// builtIn adds the built-in sets that were asked for.
func (c *corpus) builtIn(ctx context.Context, g *graph.Graph) error {
	for _, name := range c.sets {
		if !slices.Contains(setNames(), name) {
			return fmt.Errorf("--set %q: there is no such set; write one of %s", name, strings.Join(setNames(), ", "))
		}
	}
	if slices.Contains(c.sets, "none") && len(c.sets) > 1 {
		return usageError{fmt.Errorf("--set none goes with no other set")}
	}
	for _, set := range data.Sets() {
		if len(c.sets) > 0 && !slices.Contains(c.sets, set.Name) {
			continue
		}
		var quads []quad.Quad
		err := loader.ReadNQuads(ctx, bytes.NewReader(set.Quads), set.Name, func(q quad.Quad) error {
			quads = append(quads, q)
			return nil
		})
		if err != nil {
			return fmt.Errorf("built-in set %s: %w", set.Name, err)
		}
		if _, err := g.Add(ctx, quads); err != nil {
			return fmt.Errorf("built-in set %s: %w", set.Name, err)
		}
	}
	return nil
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
