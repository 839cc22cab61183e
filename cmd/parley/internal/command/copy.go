package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"parley/graph"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func newCopy(s streams) *cobra.Command {
	var from, to string
	var batch int
	cmd := &cobra.Command{
		Use:   "copy",
		Short: "Copy a store to another, of whatever kind",
		Long: `Copy a store, as it is now, to another that is not there yet, is empty, or has a
part of the same: from a folder to a server, or back, or from one server to
another. Others may read both meanwhile. Conclusions of the rules are copied too.

Each batch is kept whole or not at all. A copy that was stopped goes on when the
same command is given again. In the end both stores are read whole, and compared
by the number of quads and a hash of their content: the copy is whole if the exit
code is 0.`,
		Example: `  parley copy --from graph --to postgres://ann@db.example/news
  parley copy --from postgres://ann@db.example/news --to dgraph://a.example:9080,b.example:9080
  parley copy --from dgraph://a.example:9080 --to graph --batch 0`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return copyStore(cmd.Context(), s, from, to, batch)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "the store to copy, by its folder or URL")
	cmd.Flags().StringVar(&to, "to", "", "the store to copy to")
	cmd.Flags().IntVar(&batch, "batch", 500_000, "how many quads are kept at once; 0 for all in one change, which is fastest, and begins anew if it is stopped")
	for _, name := range []string{"from", "to"} {
		_ = cmd.MarkFlagDirname(name)
	}
	return cmd
}

func copyStore(ctx context.Context, s streams, from, to string, batch int) (err error) {
	if batch < 0 {
		return fmt.Errorf("--batch %d: write 0 or more", batch)
	}
	if from == "" || to == "" {
		return usageError{errors.New("which stores? name one with --from and one with --to")}
	}
	if storeURL(from) == storeURL(to) {
		return usageError{errors.New("--from and --to are one store")}
	}
	source, err := openStore(ctx, from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	held, err := source.Stats(ctx)
	if err != nil {
		return err
	}
	o := graph.CopyOptions{Batch: batch, Progress: copyProgress(s, held.Quads)}
	var done graph.Copied
	fill := func(target *graph.Graph) (err error) {
		if done, err = graph.Copy(ctx, target, source, o); err != nil && done.New > 0 && batch > 0 {
			err = fmt.Errorf("%w (%d quads are kept: give the command again to go on)", err, done.New)
		}
		return err
	}
	target, err := openAny(ctx, to, graph.StoreOptions{})
	switch {
	case errors.Is(err, graph.ErrNoStore):
		err = makeStore(ctx, to, graph.StoreOptions{}, fill)
	case err == nil:
		err = errors.Join(fill(target), target.Close())
	}
	if err != nil {
		return err
	}
	return write(s.out, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s: %d quads, %d new; equal to %s, content %v\n", shown(to), done.Quads, done.New, shown(from), done.Digest)
		return err
	})
}

// copyProgress shows how far a copy is, on a terminal.
func copyProgress(s streams, quads int64) func(int64) {
	f, ok := s.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	bar := progressbar.NewOptions64(quads, progressbar.OptionSetWriter(s.err), progressbar.OptionSetDescription("copy"), progressbar.OptionClearOnFinish())
	return func(done int64) { _ = bar.Set64(done) }
}
