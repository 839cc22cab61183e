package embedded_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"parley/graph/embedded"
	"parley/graph/graphtest"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// atEveryLook does something with contexts that end at the first look at them,
// the second, and so on, until it ends well. After each end what is called
// intact must find all as it was.
func atEveryLook(t *testing.T, what string, do func(ctx context.Context) error, intact func() error) {
	t.Helper()
	for looks := 0; ; looks += 1 + looks/16 {
		err := do(graphtest.CancelledAfter(t.Context(), looks))
		if err == nil {
			if looks == 0 {
				t.Errorf("%s never looks at its context", what)
			}
			t.Logf("%s ended well after %d looks", what, looks)
			return
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("%s, cancelled at look %d: %v", what, looks, err)
		}
		if err := intact(); err != nil {
			t.Fatalf("%s, cancelled at look %d: %v", what, looks, err)
		}
	}
}

func TestWritingCancelled(t *testing.T) {
	base, before := severalFiles(t, 100)
	for _, o := range operations() {
		dir := copyFolder(t, base)
		s := open(t, dir)
		update(t, s, setOf(markAt(1)).quads(), nil)
		update(t, s, nil, setOf(markAt(1)).quads())
		elsewhere := filepath.Join(t.TempDir(), "copy")
		there := files(t, dir)
		atEveryLook(t, o.name, func(ctx context.Context) error {
			return o.do(ctx, s, o, elsewhere)
		}, func() error {
			left := files(t, dir)
			return errors.Join(
				holds(t.Context(), s, before),
				wrongIf(!slices.Equal(left, there), "the files are %v, not %v", left, there),
				wrongIf(len(copied(elsewhere)) > 0, "the copy has %v", copied(elsewhere)))
		})
		if err := folderHolds(t.Context(), dir, before.with(o)); err != nil {
			t.Errorf("%s: %v", o.name, err)
		}
	}
}

// The first change of a process takes the lock and the last of the log too.
func TestFirstChangeCancelled(t *testing.T) {
	dir, before := severalFiles(t, 100)
	o := operations()[0]
	atEveryLook(t, "first change", func(ctx context.Context) error {
		s, err := embedded.Open(ctx, dir, small)
		if err != nil {
			return err
		}
		return errors.Join(o.do(ctx, s, o, ""), s.Close())
	}, func() error { return folderHolds(t.Context(), dir, before) })
}

func TestReadingCancelled(t *testing.T) {
	dir, want := severalFiles(t, 6000)
	s := open(t, dir)
	now, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer now.Close()
	var nodes, labels []store.Node
	for _, term := range want.terms {
		nodes = append(nodes, now.Node(term))
		if want.places[term][3] > 0 {
			labels = append(labels, now.Node(term))
		}
	}
	whole := func(edges []store.Edge, err error) error {
		return errors.Join(err, wrongIf(err == nil && len(edges) != len(want.all), "%d edges of %d", len(edges), len(want.all)))
	}
	labelled := 0
	for q := range want.all {
		if q.Label != nil {
			labelled++
		}
	}
	for what, do := range map[string]func(ctx context.Context) error{
		"expand out": func(ctx context.Context) error { return whole(now.Expand(ctx, nil, nodes, 0, store.Out)) },
		"expand in":  func(ctx context.Context) error { return whole(now.Expand(ctx, nil, nodes, 0, store.In)) },
		"neighbours": func(ctx context.Context) error {
			ends, err := now.Neighbours(ctx, nil, nodes, 0, store.Out)
			return errors.Join(err, wrongIf(err == nil && len(ends) != len(want.all), "%d ends of %d", len(ends), len(want.all)))
		},
		"labelled": func(ctx context.Context) error {
			edges, err := now.Labelled(ctx, nil, labels)
			return errors.Join(err, wrongIf(err == nil && len(edges) != labelled, "%d edges of %d", len(edges), labelled))
		},
		"all quads": func(ctx context.Context) error {
			n := 0
			for _, err := range now.Quads(ctx) {
				if err != nil {
					return err
				}
				n++
			}
			return wrongIf(n != len(want.all), "%d quads of %d", n, len(want.all))
		},
		"open":     func(ctx context.Context) error { s, err := embedded.Open(ctx, dir, small); return closeIf(s, err) },
		"snapshot": func(ctx context.Context) error { s, err := s.Snapshot(ctx); return closeSnapshotIf(s, err) },
		"stats":    func(ctx context.Context) error { _, err := now.Stats(ctx); return err },
		"describe": func(ctx context.Context) error { _, err := s.Describe(ctx); return err },
		"verify":   func(ctx context.Context) error { return embedded.Verify(ctx, dir) },
		"fork": func(ctx context.Context) error {
			f, err := s.Fork(ctx)
			if err != nil {
				return err
			}
			return f.Close()
		},
	} {
		atEveryLook(t, what, do, func() error { return nil })
	}
	if err := want.check(t.Context(), now); err != nil {
		t.Error(err)
	}
}

func closeIf(s *embedded.Store, err error) error {
	if err != nil {
		return err
	}
	return s.Close()
}

func closeSnapshotIf(s store.Snapshot, err error) error {
	if err == nil {
		s.Close()
	}
	return err
}

// A bulk load that is broken off, after it has gone on in files, leaves the
// folder as it was.
func TestBrokenOff(t *testing.T) {
	dir, want := severalFiles(t, 100)
	s := open(t, dir)
	update(t, s, setOf(markAt(1)).quads(), nil)
	update(t, s, nil, setOf(markAt(1)).quads())
	there := files(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.Update(ctx, func(tx store.Tx) error {
		if err := addKeys(ctx, tx, numbered("bulk", 3000)); err != nil {
			return err
		}
		if during := files(t, dir); len(during) < len(there)+3 {
			t.Errorf("the load has not gone on in files: %v", during)
		}
		cancel()
		return addKeys(ctx, tx, numbered("more", 3000))
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if left := files(t, dir); !slices.Equal(left, there) {
		t.Errorf("%v became %v", there, left)
	}
	if err := errors.Join(holds(t.Context(), s, want), folderHolds(t.Context(), dir, want)); err != nil {
		t.Error(err)
	}
}

// A change that looks away from a step that failed is not made: some of the
// step may have been.
func TestFailedStep(t *testing.T) {
	lower(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for what, step := range map[string]func(tx store.Tx) error{
		"add, cancelled": func(tx store.Tx) error { return addKeys(ended, tx, numbered("more", 300)) },
		"tally, cancelled": func(tx store.Tx) error {
			_, err := tx.Tally(ended)
			return err
		},
		"snapshot, cancelled": func(tx store.Tx) error {
			s, err := tx.Snapshot(ended)
			return closeSnapshotIf(s, err)
		},
		"remove, cancelled": func(tx store.Tx) error { return tx.Remove(ended, numbered("one", 3)) },
		"a statement without an object": func(tx store.Tx) error {
			return tx.(store.KeyTx).AddKeys(t.Context(), []store.Statement{{Subject: []byte("<x:a"), Predicate: []byte("<x:p")}})
		},
		"a bad quad far behind": func(tx store.Tx) error {
			return tx.Add(t.Context(), append(numbered("many", 5000), quad.Quad{}))
		},
	} {
		s := create(t, filepath.Join(t.TempDir(), "store"))
		want := setOf(numbered("one", 10)...)
		update(t, s, want.quads(), nil)
		tally, err := s.Update(t.Context(), func(tx store.Tx) error {
			if err := tx.Add(t.Context(), numbered("two", 10)); err != nil {
				return err
			}
			if step(tx) == nil {
				t.Errorf("%s: no error", what)
			}
			return nil
		})
		if err == nil || tally != (store.Tally{}) {
			t.Errorf("%s: %+v, %v", what, tally, err)
		}
		if err := holds(t.Context(), s, want.answers()); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}
