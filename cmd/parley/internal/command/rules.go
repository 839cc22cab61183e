package command

import (
	"fmt"
	"io"
	"strings"

	"parley/graph"

	"github.com/spf13/cobra"
)

func newRules(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "List the rules that infer what no passage states",
		Long: `List the rules that infer what no passage states. A row that rests on one says
so; --stated-only leaves such rows out, and --no-merge leaves apart the reports
that a rule joined to one event. parley show rule/… lists what a rule inferred.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			return write(s.out, func(w io.Writer) error {
				for i, r := range graph.Rules() {
					if i > 0 {
						_, _ = fmt.Fprintln(w)
					}
					meaning := strings.ReplaceAll(fold(r.Meaning, 74), "\n", "\n  ")
					if _, err := fmt.Fprintf(w, "%s, version %s\n  %s\n", r.ID, r.Version, meaning); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}
