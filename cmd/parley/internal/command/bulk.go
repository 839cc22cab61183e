package command

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"parley/graph"
	"parley/graph/dgraph"

	"github.com/spf13/cobra"
)

func newBulk(s streams) *cobra.Command {
	var db, name string
	cmd := &cobra.Command{
		Use:   "bulk DEST",
		Short: "Write the files from which dgraph bulk makes a store",
		Long: `Write the files from which Dgraph's own bulk loader makes a store of this one, on a
cluster that has nothing yet, faster than copy does: in a folder that is not there
yet, quads in RDF and a schema. The command that loads them is told in the end.`,
		Example: "  parley bulk bulk-files --db graph",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onStore(cmd.Context(), db, func(g *graph.Graph) error { return bulk(cmd.Context(), s, g, args[0], name) })
		},
	}
	dbFlag(cmd, &db, "the store in this folder or at this URL")
	cmd.Flags().StringVar(&name, "name", dgraph.DefaultName, "what the store is to be called on the cluster")
	return cmd
}

func bulk(ctx context.Context, s streams, g *graph.Graph, dest, name string) error {
	held, err := dgraph.WriteBulk(ctx, dest, g.Quads(ctx), dgraph.BulkOptions{Name: name})
	if err != nil {
		return err
	}
	return write(s.out, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s: %d quads, %d terms; with zeros that run and no alpha yet:\ndgraph bulk --files %s --schema %s --format rdf --zero HOST:5080 --map_shards N --reduce_shards N --out OUT\nwhere N is the number of groups; graph/dgraph/README.md tells what comes then\n",
			dest, held.Quads, held.Terms, filepath.Join(dest, "quads"), filepath.Join(dest, "schema"))
		return err
	})
}
