package command

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func newLoad(s streams) *cobra.Command {
	var from corpus
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "load FILE|DIR… --dry-run",
		Short: "Tell what loading files of facts or quads would add",
		Long: `Tell what loading files of facts (YAML) or quads (N-Quads) would add to the
built-in sets: how many quads are new and how many are known. Nothing is kept;
to answer from the files, name them to a query with --data.`,
		Example: "  parley load --dry-run my-article.yaml other-graph.nq",
		Args:    usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !dryRun {
				return usageError{fmt.Errorf("there is no lasting store to load into: say --dry-run, or answer from the files with parley query NAME --data %s", args[0])}
			}
			_, loaded, err := tryOut(cmd.Context(), s, from, args)
			if err != nil {
				return err
			}
			return write(s.out, func(w io.Writer) error {
				for _, l := range loaded {
					if _, err := fmt.Fprintf(w, "%s: %s, %d new quads, %d known\n", l.File, l.Format, l.New, l.Known); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "tell, and keep nothing")
	from.flags(cmd)
	return cmd
}
