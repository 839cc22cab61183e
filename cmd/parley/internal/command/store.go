package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"parley/graph"

	"github.com/spf13/cobra"
)

// dbVariable has what --db is where it is not given.
const dbVariable = "PARLEY_DB"

// dbFlag adds --db. What the environment says is not told by help, which is
// the same for all.
func dbFlag(cmd *cobra.Command, db *string, meaning string) {
	cmd.Flags().StringVar(db, "db", os.Getenv(dbVariable), meaning+"; empty for none (default: what "+dbVariable+" says)")
	cmd.Flags().Lookup("db").DefValue = ""
	_ = cmd.MarkFlagDirname("db")
}

// needStore asks for a store where none is named.
func needStore(db string) error {
	if db == "" {
		return usageError{fmt.Errorf("which store? name its folder or URL with --db, or in %s", dbVariable)}
	}
	return nil
}

var hasScheme = regexp.MustCompile(`^[a-z][a-z0-9+.-]+:`)

// storeURL is the address of a store that a user names, by a path if not by
// its URL.
func storeURL(db string) string {
	if hasScheme.MatchString(db) {
		return db
	}
	return "file:" + db
}

// storeFolder is where a store's files are; ok is false for one on a server.
func storeFolder(db string) (dir string, ok bool) { return strings.CutPrefix(storeURL(db), "file:") }

// shown is a store as messages name it: without a password.
func shown(db string) string {
	if hasScheme.MatchString(db) {
		return graph.Redact(db)
	}
	return db
}

// openStore opens a store that a load has made.
func openStore(ctx context.Context, db string) (*graph.Graph, error) {
	g, err := openAny(ctx, db, graph.StoreOptions{})
	if err != nil {
		return nil, err
	}
	if err := hasQuads(ctx, g); err != nil {
		_ = g.Close()
		return nil, explain(db, err)
	}
	return g, nil
}

// openAny also opens one that a load was stopped from filling.
func openAny(ctx context.Context, db string, o graph.StoreOptions) (*graph.Graph, error) {
	if db == "memory:" {
		return nil, fmt.Errorf("--db %s keeps nothing: write the path of a folder, or a server's URL", db)
	}
	g, err := graph.OpenWith(ctx, storeURL(db), o)
	return g, explain(db, err)
}

// explain says what to do where no store is.
func explain(db string, err error) error {
	switch {
	case errors.Is(err, graph.ErrNoStore):
		return fmt.Errorf("%s: %w; parley load FILE --db %s makes one", shown(db), graph.ErrNoStore, shown(db))
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s: a store is a folder, and this is none", db)
	}
	return err
}

// hasQuads is ErrNoStore where there are none: each load keeps the rules, so
// none has come to its end.
func hasQuads(ctx context.Context, g *graph.Graph) error {
	for _, err := range g.Quads(ctx) {
		return err
	}
	return graph.ErrNoStore
}

// makeStore makes a store for a change to fill, and does away with it where
// the change fails, so that a folder is left as it was.
func makeStore(ctx context.Context, db string, o graph.StoreOptions, fill func(*graph.Graph) error) error {
	dir, inFolder := storeFolder(db)
	_, err := os.Stat(dir)
	fresh := errors.Is(err, os.ErrNotExist)
	if err := ctx.Err(); err != nil {
		return err
	}
	g, err := graph.Create(context.WithoutCancel(ctx), storeURL(db), o) // all of it, so that it can be unmade
	if err != nil {
		return err
	}
	err = fill(g)
	if err != nil && inFolder { // a server keeps an empty store, which counts as none
		unmake(ctx, g, dir, fresh)
	}
	return errors.Join(err, g.Close())
}

// unmake removes the files of a store that has nothing in it. It does so within
// a change, so that nobody else is changing the store.
func unmake(ctx context.Context, g *graph.Graph, dir string, fresh bool) {
	ctx = context.WithoutCancel(ctx)
	_, _ = g.Update(ctx, func(*graph.Tx) error {
		if err := hasQuads(ctx, g); !errors.Is(err, graph.ErrNoStore) {
			return err
		}
		if fresh {
			return os.RemoveAll(dir)
		}
		entries, err := os.ReadDir(dir)
		for _, e := range entries {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
		return err
	})
}
