package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"parley/cmd/parley/internal/mcpserver"
	"parley/graph"
	"parley/queries"
	"parley/queries/render"

	"github.com/spf13/cobra"
)

func newMCP(s streams, registry *queries.Registry) *cobra.Command {
	var from corpus
	var texts string
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Answer a model over the Model Context Protocol",
		Long: `Answer a model over the Model Context Protocol, on standard input and output,
until the input ends. Each predefined query is a tool, beside search (names to
ids) and node (all that is said of one node); nodes, articles and the catalogue
of queries are resources. Everything is read-only, and a store that another
process loads into is followed. Standard output carries the protocol alone; what
there is to log goes to standard error.

It is meant to be started by an MCP client, in whose configuration it stands as

  {"mcpServers": {"parley": {"command": "parley", "args": ["mcp", "--db", "/path/to/graph"]}}}`,
		Example: `  parley mcp --db graph`,
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			g, err := from.open(ctx, s, graph.Date{})
			if err != nil {
				return err
			}
			defer func() { _ = g.Close() }()
			stats, err := g.Stats(ctx)
			if err != nil {
				return err
			}
			c := mcpserver.Config{
				Graph: g, Registry: registry, Version: version(),
				Log: slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelWarn})),
			}
			where := ""
			if texts != "" {
				c.Texts = func(v *graph.View) render.Quote { return (&library{view: v, folder: texts}).words }
				where = ", with the texts in " + texts
			}
			_, _ = fmt.Fprintf(s.err, "parley: answering over the Model Context Protocol from %d quads%s\n", stats.Quads, where)
			err = mcpserver.Serve(ctx, &mcpserver.Lines{In: s.in, Out: s.out}, c)
			if errors.Is(err, context.Canceled) { // to be told to end is how a server ends
				return nil
			}
			return err
		},
	}
	cmd.Flags().StringVar(&texts, "texts", "", "quote the words of each passage, from the articles' texts in this folder")
	_ = cmd.MarkFlagDirname("texts")
	from.flags(cmd)
	return cmd
}
