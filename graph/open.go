package graph

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"parley/graph/embedded"
	"parley/graph/store"
)

// StoreOptions are what Open and Create may be told.
type StoreOptions struct {
	// Memory is about how many bytes a change in the making may take before it
	// goes on in files; 0 leaves it to the store.
	Memory int64
}

// Open opens the store at a URL, taken as it is written: "memory:" is an empty one
// that lives as long as the process, "file:PATH" the one in the folder PATH,
// "postgres://…" one in a PostgreSQL database, "dgraph://…" one on a Dgraph
// cluster, where the program has imported the package of such stores. No error
// tells a URL's password.
func Open(ctx context.Context, storeURL string) (*Graph, error) {
	return OpenWith(ctx, storeURL, StoreOptions{})
}

// OpenWith is Open with options.
func OpenWith(ctx context.Context, storeURL string, o StoreOptions) (*Graph, error) {
	return open(ctx, "open", storeURL, func(k store.Kind, at string) (store.Store, error) { return k.Open(ctx, at, o.Memory) })
}

// Create makes the empty store of a URL and opens it. The folder of "file:PATH"
// must be empty or not there.
func Create(ctx context.Context, storeURL string, o StoreOptions) (*Graph, error) {
	return open(ctx, "create", storeURL, func(k store.Kind, at string) (store.Store, error) { return k.Create(ctx, at, o.Memory) })
}

// The kinds of store on this machine.
var (
	inMemory = store.Kind{Open: newMemory, Create: newMemory}
	inFolder = store.Kind{
		Open: func(ctx context.Context, at string, memory int64) (store.Store, error) {
			return orNil(embedded.Open(ctx, at, embedded.Options{Memory: memory}))
		},
		Create: func(ctx context.Context, at string, memory int64) (store.Store, error) {
			return orNil(embedded.Create(ctx, at, embedded.Options{Memory: memory}))
		},
		Verify: embedded.Verify,
	}
)

func newMemory(_ context.Context, _ string, memory int64) (store.Store, error) {
	return embedded.NewMemory(embedded.Options{Memory: memory}), nil
}

// orNil keeps a nil pointer from becoming a store.
func orNil(s *embedded.Store, err error) (store.Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Redact hides the passwords of a store's URL, for messages.
func Redact(storeURL string) string { return store.Redact(storeURL) }

func open(ctx context.Context, verb, storeURL string, in func(k store.Kind, at string) (store.Store, error)) (*Graph, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s %s: %w", verb, store.Redact(storeURL), err)
	}
	k, at, err := parseURL(storeURL)
	if err != nil {
		return nil, fmt.Errorf("%s %q: %w", verb, store.Redact(storeURL), err)
	}
	s, err := in(k, at)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", verb, store.Redact(storeURL), err)
	}
	return New(s), nil
}

// OpenImage opens an image, as WriteImage makes one, where it lies in memory;
// name is what messages call it. Changes stay in memory.
func OpenImage(name string, image []byte) (*Graph, error) {
	s, err := embedded.OpenImage(name, image, embedded.Options{})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return New(s), nil
}

// WriteImage writes all that the graph holds in the form that opens at once,
// for programs that carry a graph with them.
func (g *Graph) WriteImage(ctx context.Context, w io.Writer) error {
	s, ok := g.store.(*embedded.Store)
	if !ok {
		return fmt.Errorf("%T writes no image", g.store)
	}
	return s.WriteImage(ctx, w)
}

// parseURL tells the kind of a store by its URL, and where it is: a path, or the
// URL.
func parseURL(storeURL string) (store.Kind, string, error) {
	scheme, rest, found := strings.Cut(storeURL, ":")
	switch {
	case storeURL == "memory:":
		return inMemory, "", nil
	case scheme == "file" && found:
		path, hasHost := strings.CutPrefix(rest, "//") // file:///path names no host
		if path != "" && (!hasHost || strings.HasPrefix(path, "/")) {
			return inFolder, path, nil
		}
	case strings.HasPrefix(rest, "//"):
		if k, ok := store.KindOf(scheme); ok {
			return k, storeURL, nil
		}
	}
	return store.Kind{}, "", fmt.Errorf("%w; write file:PATH for the store in a folder, postgres://USER@HOST/DATABASE for one in PostgreSQL, dgraph://HOST:PORT for one on a Dgraph cluster, memory: for one in memory", ErrURL)
}

// Verify reads the whole store at a URL and tells all that is wrong with it.
func Verify(ctx context.Context, storeURL string) error {
	k, at, err := parseURL(storeURL)
	if err == nil && k.Verify == nil {
		err = fmt.Errorf("%w that is kept", ErrURL)
	}
	if err != nil {
		return fmt.Errorf("verify %q: %w", store.Redact(storeURL), err)
	}
	return k.Verify(ctx, at)
}

// Compact rewrites the store without what was removed from it. Nodes of earlier
// views mean nothing after.
func (g *Graph) Compact(ctx context.Context) error {
	k, ok := g.store.(interface{ Compact(context.Context) error })
	if !ok {
		return fmt.Errorf("%T is not compacted", g.store)
	}
	return k.Compact(ctx)
}

// Backup copies the store as it is now into a folder that is empty or not
// there, while others read and write. A server's store is backed up by the
// server's own means, or copied to another store.
func (g *Graph) Backup(ctx context.Context, dir string) error {
	k, ok := g.store.(interface {
		Backup(ctx context.Context, dir string) error
	})
	if !ok {
		return errors.New("only the store in a folder is backed up into a folder; a server has its own means (see the store's README), and parley copy copies any store to any other")
	}
	return k.Backup(ctx, dir)
}

// Describe tells what the store holds and in which files.
func (g *Graph) Describe(ctx context.Context) (store.Description, error) {
	k, ok := g.store.(interface {
		Describe(context.Context) (store.Description, error)
	})
	if !ok {
		return store.Description{}, fmt.Errorf("%T describes itself not", g.store)
	}
	return k.Describe(ctx)
}

// Health tells how the store gets on with its server; ok is false where it has
// none.
func (g *Graph) Health() (h store.Health, ok bool) {
	m, ok := g.store.(store.Monitored)
	if !ok {
		return store.Health{}, false
	}
	return m.Health(), true
}
