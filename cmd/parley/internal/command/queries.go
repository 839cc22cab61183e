package command

import (
	"fmt"
	"io"

	"parley/queries"

	"github.com/spf13/cobra"
)

func newQueries(s streams, registry *queries.Registry) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "queries",
		Short: "List the predefined queries",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			switch format {
			case "table":
				return write(s.out, func(w io.Writer) error { return listQueries(w, registry) })
			case "markdown":
				return write(s.out, registry.WriteCatalogue)
			}
			return fmt.Errorf("--format %q: write one of table, markdown", format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "how to write the list: table, markdown (the whole catalogue)")
	_ = cmd.RegisterFlagCompletionFunc("format", words([]string{"table", "markdown"}))
	return cmd
}

func listQueries(w io.Writer, registry *queries.Registry) error {
	for _, q := range registry.All() {
		if _, err := fmt.Fprintf(w, "%-20s %s\n", q.Name, q.Title); err != nil {
			return err
		}
	}
	_, err := fmt.Fprint(w, "\nparley query NAME --help tells what one row is, and the parameters.\n")
	return err
}
