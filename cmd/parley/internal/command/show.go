package command

import (
	"context"
	"fmt"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
	"parley/loader"
	"parley/queries/render"

	"github.com/spf13/cobra"
)

func newShow(s streams) *cobra.Command {
	var from corpus
	var knownBy, texts, format string
	var statedOnly bool
	cmd := &cobra.Command{
		Use:   "show NODE",
		Short: "Tell all that is known about a node, each line with its passage",
		Long: `Tell all that is known about a node: an actor, a meeting, a measure, an action,
an article, a rule, or a node of another vocabulary. It is named by its id, a
name, an alias, a title on the day of --known-by, or its IRI.`,
		Example: `  parley show "Liu He"
  parley show "Treasury Secretary" --known-by 2019-04-01
  parley show country/chn --texts ~/articles`,
		Args:              usageArgs(cobra.ExactArgs(1)),
		ValidArgsFunction: nodes(vocab.Classes()...),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(args[0]) == "" {
				return usageError{fmt.Errorf("which node? write its id, a name, an alias or a title")}
			}
			if format != "table" && format != "json" {
				return fmt.Errorf("--format %q: write one of table, json", format)
			}
			options := graph.Options{StatedOnly: statedOnly}
			if knownBy != "" {
				var err error
				if options.KnownBy, err = graph.ParseDate(knownBy); err != nil {
					return fmt.Errorf("--known-by: %w", err)
				}
			}
			ctx := cmd.Context()
			g, err := from.open(ctx, s, options.KnownBy)
			if err != nil {
				return err
			}
			defer func() { _ = g.Close() }()
			v, err := g.View(options)
			if err != nil {
				return err
			}
			defer v.Close()
			n, err := v.ResolveAny(ctx, args[0], options.KnownBy)
			if err != nil {
				return err
			}
			tellCorrections(s, v.Corrections())
			var quote render.Quote
			if texts != "" {
				quote = (&library{view: v, folder: texts}).words
			}
			d, err := render.Describe(ctx, v, n, 0, quote)
			if err != nil {
				return err
			}
			to := d.WriteText
			if format == "json" {
				to = d.JSON
			}
			return write(s.out, to)
		},
	}
	cmd.Flags().StringVar(&knownBy, "known-by", "", "only what was published by this day")
	cmd.Flags().StringVar(&texts, "texts", "", "print the words of each passage, from the articles' texts in this folder")
	cmd.Flags().StringVar(&format, "format", "table", "how to write it: table, json")
	cmd.Flags().BoolVar(&statedOnly, "stated-only", false, "leave out what rules inferred")
	_ = cmd.MarkFlagDirname("texts")
	from.flags(cmd)
	return cmd
}

// library reads the words of passages from the articles' texts in a folder.
type library struct {
	view   *graph.View
	folder string
	read   map[graph.ID]*loader.Text
}

// words cuts a passage out of its article's text, after checking that the text
// is the one that was read.
func (l *library) words(ctx context.Context, c graph.Citation) (string, error) {
	if l.read[c.Article.ID] == nil {
		edges, err := l.view.Expand(ctx, []graph.Node{l.view.NodeOf(c.Article.ID)}, vocab.SHA256, graph.Out)
		if err != nil {
			return "", err
		}
		if len(edges) == 0 {
			return "", fmt.Errorf("%s has no SHA-256 to know its text by", c.Article.ID)
		}
		text, err := loader.FindText(l.folder, c.Article.ID, l.view.Text(edges[0].To))
		if err != nil {
			return "", err
		}
		if l.read == nil {
			l.read = map[graph.ID]*loader.Text{}
		}
		l.read[c.Article.ID] = text
	}
	return l.read[c.Article.ID].Cut(c.Start, c.End)
}
