package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"parley/graph"

	"github.com/spf13/cobra"
)

func newVerify(s streams) *cobra.Command {
	var db string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Read a store whole, and tell all that is wrong with it",
		Long: `Read a store whole: every checksum, and whether its indexes agree with its
quads. What is damaged is told with the file and the place in it. The store is
whole if the exit code is 0.`,
		Example: "  parley verify --db graph",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return verify(cmd.Context(), s, db)
		},
	}
	dbFlag(cmd, &db, "the store in this folder")
	return cmd
}

func newCompact(s streams) *cobra.Command {
	var db string
	cmd := &cobra.Command{
		Use:     "compact",
		Short:   "Rewrite a store without what was taken back from it",
		Long:    "Rewrite a store as one file, without what was taken back from it. Others may\nread it meanwhile.",
		Example: "  parley compact --db graph",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onStore(cmd.Context(), db, func(g *graph.Graph) error {
				before, err := sizeOf(cmd.Context(), g, db)
				if err != nil {
					return err
				}
				if err := g.Compact(cmd.Context()); err != nil {
					return err
				}
				after, err := sizeOf(cmd.Context(), g, db)
				if err != nil {
					return err
				}
				return write(s.out, func(w io.Writer) error {
					_, err := fmt.Fprintf(w, "%s: %d bytes, before %d\n", shown(db), after, before)
					return err
				})
			})
		},
	}
	dbFlag(cmd, &db, "the store in this folder")
	return cmd
}

func newBackup(s streams) *cobra.Command {
	var db string
	cmd := &cobra.Command{
		Use:   "backup DEST",
		Short: "Copy a store into a new folder, while others use it",
		Long: `Copy a store, as it is now, into a folder that is not there yet. Others may read
it and write to it meanwhile. The copy is a store like any other.`,
		Example: "  parley backup backups/monday --db graph",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onStore(cmd.Context(), db, func(g *graph.Graph) error {
				if err := backup(cmd.Context(), g, args[0]); err != nil {
					return err
				}
				size, err := sizeOf(cmd.Context(), g, args[0])
				if err != nil {
					return err
				}
				return write(s.out, func(w io.Writer) error {
					_, err := fmt.Fprintf(w, "%s: %d bytes\n", args[0], size)
					return err
				})
			})
		},
	}
	dbFlag(cmd, &db, "the store in this folder")
	return cmd
}

func verify(ctx context.Context, s streams, db string) error {
	if err := needStore(db); err != nil {
		return err
	}
	if err := graph.Verify(ctx, storeURL(db)); err != nil {
		return explain(db, err)
	}
	g, err := openAny(ctx, db, graph.StoreOptions{})
	if err != nil {
		return err
	}
	defer func() { _ = g.Close() }()
	held, err := g.Stats(ctx)
	if err != nil {
		return err
	}
	return write(s.out, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s: whole: %d quads, %d terms\n", shown(db), held.Quads, held.Terms)
		return err
	})
}

// onStore does something with a store that must be there.
func onStore(ctx context.Context, db string, do func(*graph.Graph) error) error {
	if err := needStore(db); err != nil {
		return err
	}
	g, err := openStore(ctx, db)
	if err != nil {
		return err
	}
	return errors.Join(do(g), g.Close())
}

// backup leaves nothing behind where it fails.
func backup(ctx context.Context, g *graph.Graph, dest string) error {
	if _, err := os.Lstat(dest); err == nil {
		return fmt.Errorf("%s is there already: a backup goes into a new folder", dest)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := g.Backup(ctx, dest)
	if err != nil {
		err = errors.Join(err, os.RemoveAll(dest))
	}
	return err
}

// sizeOf sums the sizes of a store's files, or of its tables on a server.
func sizeOf(ctx context.Context, g *graph.Graph, db string) (int64, error) {
	dir, ok := storeFolder(db)
	if !ok {
		return sizeOnServer(ctx, g)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	var size int64
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // a writer has just removed it
		}
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return size, nil
}

func sizeOnServer(ctx context.Context, g *graph.Graph) (size int64, err error) {
	d, err := g.Describe(ctx)
	for _, f := range d.Files {
		size += f.Bytes
	}
	return size, err
}
