package dgraph

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"parley/graph/dgraph/dgraphtest"
	"parley/graph/graphtest"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

func each(quads []quad.Quad) iter.Seq2[quad.Quad, error] {
	return func(yield func(quad.Quad, error) bool) {
		for _, q := range quads {
			if !yield(q, nil) {
				return
			}
		}
	}
}

// A cluster that begins with bulk files is a store, to which more is added.
func TestBulk(t *testing.T) {
	dgraphtest.Need(t)
	dir := filepath.Join(t.TempDir(), "files")
	quads := graphtest.Terms()
	for _, d := range graphtest.Documents() {
		quads = append(quads, d.Quads()...)
	}
	quads = append(quads, edges("x:a", "x:l", 3)...)
	quads = append(quads, edges("x:a", "x:m", 3)...)
	held, err := WriteBulk(t.Context(), dir, each(append(quads, quads[:9]...)), BulkOptions{Name: "bulk"})
	if err != nil {
		t.Fatal(err)
	}
	c := dgraphtest.New(t, dgraphtest.Shape{Bulk: dir, Groups: 2})
	url := c.URL("bulk")
	verifyAt(t, url)
	s, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var want []string
	for _, q := range quads {
		want = append(want, fmt.Sprintf("%#v", q))
	}
	slices.Sort(want)
	want = slices.Compact(want)
	v := snapshot(t, s)
	if got := heldBy(t, v); !slices.Equal(got, want) {
		t.Errorf("%d quads are there, want %d", len(got), len(want))
	}
	if got, err := v.Stats(t.Context()); err != nil || got != held || got.Quads != int64(len(want)) {
		t.Errorf("counted %+v, %v, and told %+v of %d", got, err, held, len(want))
	}
	// New terms do not get the uids of those that came in bulk.
	more := edges("x:new", "x:l", 50)
	if got := change(t, s, append(more, quads...), nil); got.New != len(more) {
		t.Errorf("adding more: %+v", got)
	}
	change(t, s, nil, graphtest.Terms())
	verifyAt(t, url)
}

func TestBulkRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "something"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	failure := errors.New("the quads end early")
	for name, write := range map[string]func(dir string) error{
		"a folder that is not empty": func(at string) error {
			_, err := WriteBulk(t.Context(), filepath.Dir(at), each(nil), BulkOptions{})
			if !errors.Is(err, store.ErrNotEmpty) {
				t.Errorf("not empty: %v", err)
			}
			return err
		},
		"a bad name": func(dir string) error {
			_, err := WriteBulk(t.Context(), dir, each(nil), BulkOptions{Name: "A-b"})
			return err
		},
		"a bad quad": func(dir string) error {
			_, err := WriteBulk(t.Context(), dir, each([]quad.Quad{{}}), BulkOptions{})
			return err
		},
		"quads that fail": func(dir string) error {
			_, err := WriteBulk(t.Context(), dir, func(yield func(quad.Quad, error) bool) { yield(quad.Quad{}, failure) }, BulkOptions{})
			if !errors.Is(err, failure) {
				t.Errorf("failing: %v", err)
			}
			return err
		},
		"a context that ended": func(dir string) error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, err := WriteBulk(ctx, dir, each(edges("x:a", "", 3)), BulkOptions{})
			return err
		},
	} {
		if err := write(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
