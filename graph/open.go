package graph

import (
	"context"
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

// Open opens the store at a URL: "memory:" is an empty one that lives as long
// as the process, "file:PATH" the one in the folder PATH, taken as it is
// written.
func Open(ctx context.Context, storeURL string) (*Graph, error) {
	return OpenWith(ctx, storeURL, StoreOptions{})
}

// OpenWith is Open with options.
func OpenWith(ctx context.Context, storeURL string, o StoreOptions) (*Graph, error) {
	return open(ctx, "open", storeURL, o, embedded.Open)
}

// Create makes the empty store of a URL and opens it. The folder of "file:PATH"
// must be empty or not there.
func Create(ctx context.Context, storeURL string, o StoreOptions) (*Graph, error) {
	return open(ctx, "create", storeURL, o, embedded.Create)
}

type opener = func(ctx context.Context, dir string, o embedded.Options) (*embedded.Store, error)

func open(ctx context.Context, verb, storeURL string, o StoreOptions, in opener) (*Graph, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s %s: %w", verb, storeURL, err)
	}
	path, inMemory, err := parseURL(storeURL)
	if err != nil {
		return nil, fmt.Errorf("%s %q: %w", verb, storeURL, err)
	}
	options := embedded.Options{Memory: o.Memory}
	if inMemory {
		return New(embedded.NewMemory(options)), nil
	}
	s, err := in(ctx, path, options)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", verb, storeURL, err)
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

// parseURL tells which store an address means.
func parseURL(storeURL string) (path string, inMemory bool, err error) {
	if storeURL == "memory:" {
		return "", true, nil
	}
	path, ok := strings.CutPrefix(storeURL, "file:")
	if rest, hasHost := strings.CutPrefix(path, "//"); hasHost {
		path = rest // file:///path names no host
		ok = ok && strings.HasPrefix(rest, "/")
	}
	if !ok || path == "" {
		return "", false, fmt.Errorf("%w; write file:PATH for the store in a folder, memory: for one in memory", ErrURL)
	}
	return path, false, nil
}

// Verify reads the whole store at a URL and tells all that is wrong with it.
func Verify(ctx context.Context, storeURL string) error {
	path, inMemory, err := parseURL(storeURL)
	if err != nil || inMemory {
		return fmt.Errorf("verify %q: %w; write file:PATH", storeURL, ErrURL)
	}
	return embedded.Verify(ctx, path)
}

// keeper is a store that looks after files.
type keeper interface {
	store.Store
	Compact(ctx context.Context) error
	Backup(ctx context.Context, dir string) error
	Describe(ctx context.Context) (store.Description, error)
}

func (g *Graph) keeper() (keeper, error) {
	k, ok := g.store.(keeper)
	if !ok {
		return nil, fmt.Errorf("%T has no files to look after", g.store)
	}
	return k, nil
}

// Compact rewrites the store without what was removed from it. Nodes of earlier
// views mean nothing after.
func (g *Graph) Compact(ctx context.Context) error {
	k, err := g.keeper()
	if err != nil {
		return err
	}
	return k.Compact(ctx)
}

// Backup copies the store as it is now into a folder that is empty or not
// there, while others read and write.
func (g *Graph) Backup(ctx context.Context, dir string) error {
	k, err := g.keeper()
	if err != nil {
		return err
	}
	return k.Backup(ctx, dir)
}

// Describe tells what the store holds and in which files.
func (g *Graph) Describe(ctx context.Context) (store.Description, error) {
	k, err := g.keeper()
	if err != nil {
		return store.Description{}, err
	}
	return k.Describe(ctx)
}
