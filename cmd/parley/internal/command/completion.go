package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/spf13/cobra"
)

func newCompletion(s streams) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:       "completion bash|zsh|fish|powershell",
		Short:     "Write the completion script of a shell",
		Example:   "  source <(parley completion bash)",
		ValidArgs: shells,
		Args:      usageArgs(cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs)),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			return write(s.out, func(w io.Writer) error {
				switch args[0] {
				case "bash":
					return root.GenBashCompletionV2(w, true)
				case "zsh":
					return root.GenZshCompletion(w)
				case "fish":
					return root.GenFishCompletion(w, true)
				case "powershell":
					return root.GenPowerShellCompletionWithDesc(w)
				}
				return fmt.Errorf("no completion for %q", args[0])
			})
		},
	}
}

// nodes completes the name of a node of some classes from what the command
// would answer from, or its id once a slash is typed.
func nodes(classes ...*vocab.Class) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		refs, err := named(cmd, classes)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		var found []string
		for _, r := range refs {
			id := string(r.ID)
			switch {
			case strings.Contains(typed, "/"):
				if strings.HasPrefix(id, typed) {
					found = append(found, id+"\t"+r.Name)
				}
			case strings.HasPrefix(strings.ToLower(r.Name), strings.ToLower(typed)):
				found = append(found, r.Name+"\t"+id)
			}
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

func named(cmd *cobra.Command, classes []*vocab.Class) ([]graph.Ref, error) {
	ctx := cmd.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	var from corpus
	// A command that lacks a flag leaves it empty.
	from.db, _ = cmd.Flags().GetString("db")
	from.sets, _ = cmd.Flags().GetStringSlice("set")
	from.files, _ = cmd.Flags().GetStringArray("data")
	g, err := from.stated(ctx, streams{out: io.Discard, err: io.Discard})
	if err != nil {
		return nil, err
	}
	defer func() { _ = g.Close() }()
	v, err := g.View(graph.Options{})
	if err != nil {
		return nil, err
	}
	defer v.Close()
	return v.Named(ctx, classes...)
}
