package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/spf13/cobra"
)

func newRetract(s streams) *cobra.Command {
	var db string
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "retract ARTICLE",
		Short: "Take an article back from a store, with what it alone supports",
		Long: `Take an article or a reference back from a store: all that its passages state,
and what is told of it and of them. What another source states too stays, on
the word of that one. Then the rules infer anew from what is left. The source
is named by its id or its title.`,
		Example:           "  parley retract article/tea --db graph --dry-run\n  parley retract article/tea --db graph",
		Args:              usageArgs(cobra.ExactArgs(1)),
		ValidArgsFunction: nodes(vocab.FromSource.Range...),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := needStore(db); err != nil {
				return err
			}
			if strings.TrimSpace(args[0]) == "" {
				return usageError{fmt.Errorf("which article? write its id or its title")}
			}
			ctx := cmd.Context()
			g, err := openStore(ctx, db)
			if err != nil {
				return err
			}
			if dryRun {
				stored := g
				defer func() { _ = stored.Close() }()
				if g, err = g.Fork(ctx); err != nil {
					return err
				}
			}
			return errors.Join(retract(ctx, s, g, args[0], dryRun), g.Close())
		},
	}
	dbFlag(cmd, &db, "the store in this folder")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "tell what would go, and change nothing")
	return cmd
}

// retract makes the change, and tells what it came to.
func retract(ctx context.Context, s streams, g *graph.Graph, source string, dryRun bool) error {
	var id graph.ID
	var alone graph.Added // without what the rules made of it
	all, err := g.Update(ctx, func(tx *graph.Tx) (err error) {
		if id, err = findSource(ctx, s, tx, source); err != nil {
			return err
		}
		if err := graph.Retract(ctx, tx, id); err != nil {
			return err
		}
		if alone, err = tx.Added(ctx); err != nil {
			return err
		}
		return graph.InferTx(ctx, tx, graph.Date{})
	})
	if err != nil {
		return err
	}
	stays, err := g.Stats(context.WithoutCancel(ctx)) // what is done is told
	if err != nil {
		return err
	}
	told := "%s: %d quads gone\nconclusions of rules: %d gone, %d new\nin all: %d quads stay\n"
	if dryRun {
		told = "%s: %d quads would go\nconclusions of rules: %d would go, %d would come\nin all: %d quads would stay\n"
	}
	return write(s.out, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, told, id, alone.Removed, all.Removed-alone.Removed, all.New, stays.Quads)
		return err
	})
}

func findSource(ctx context.Context, s streams, tx *graph.Tx, text string) (graph.ID, error) {
	v, err := tx.View(ctx, graph.Options{})
	if err != nil {
		return "", err
	}
	defer v.Close()
	n, err := v.ResolveWhole(ctx, text, "source", graph.Date{}, vocab.FromSource.Range...)
	if err != nil {
		return "", err
	}
	tellCorrections(s, v.Corrections())
	return v.ID(n), v.Err()
}
