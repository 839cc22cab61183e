package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"parley/graph"
	"parley/loader"

	"github.com/spf13/cobra"
)

func newCheck(s streams) *cobra.Command {
	var from corpus
	var texts string
	cmd := &cobra.Command{
		Use:   "check FILE|DIR…",
		Short: "Report every mistake in files of facts or quads",
		Long: `Report every mistake in files of facts (YAML) or quads (N-Quads): file, line,
column, field, and what would be right. Facts may refer to what the built-in
sets define. With --texts, the passages of facts are compared with the texts of
their articles.`,
		Example: "  parley check my-article.yaml\n  parley check data/articles --set none --texts ~/articles",
		Args:    usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := loader.Find(cmd.Context(), args, loader.FindOptions{Stdin: s.in})
			if err != nil {
				return err
			}
			defer func() { _ = in.Close() }()
			loaded, err := tryOut(cmd.Context(), s, from, in)
			if texts != "" {
				err = errors.Join(err, checkTexts(in, texts))
			}
			if err != nil {
				return err
			}
			return write(s.out, func(w io.Writer) error {
				for _, l := range loaded {
					if _, err := fmt.Fprintf(w, "%s: no mistakes in %d quads\n", l.File, l.New+l.Known); err != nil {
						return err
					}
					if err := tellNotes(w, l); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&texts, "texts", "", "compare passages with the articles' texts in this folder")
	_ = cmd.MarkFlagDirname("texts")
	from.flags(cmd)
	return cmd
}

// tryOut loads inputs into a graph that is thrown away.
func tryOut(ctx context.Context, s streams, from corpus, in *loader.Inputs) (loaded []loader.Loaded, err error) {
	g, err := from.with(ctx, s, true, func(tx *graph.Tx) (err error) {
		loaded, err = loader.Load(ctx, tx, in, loader.LoadOptions{Progress: progress(s)})
		return err
	})
	if err != nil {
		return nil, err
	}
	return loaded, g.Close()
}

// checkTexts compares the passages of facts files with the texts of their
// articles. Files that cannot be read have been told of already.
func checkTexts(in *loader.Inputs, dir string) error {
	var failed []error
	for _, input := range in.All {
		facts, err := input.Facts()
		if err != nil || facts == nil {
			continue
		}
		article := facts.Article()
		if article == nil {
			continue
		}
		text, err := loader.FindText(dir, article.ID, article.SHA256)
		if err == nil {
			err = loader.CheckSpans(facts, text)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}
