package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"parley/graph/embedded"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// pairs makes quads two by two: where there is a left one there is a right one,
// in every change and so in every snapshot.
func pairs(from, to int) (quads []quad.Quad) {
	for i := from; i < to; i++ {
		for _, side := range []quad.IRI{"x:left", "x:right"} {
			quads = append(quads, quad.Quad{
				Subject: quad.IRI(fmt.Sprintf("x:pair/%d", i)), Predicate: side,
				Object: quad.IRI(fmt.Sprintf("x:value/%d", i%50)), Label: "x:of" + side,
			})
		}
	}
	return quads
}

// wholePairs looks from every side whether each quad has its other half.
func wholePairs(ctx context.Context, now store.Snapshot) error {
	sides := [2]map[quad.Value]bool{{}, {}}
	n := 0
	for q, err := range now.Quads(ctx) {
		if err != nil {
			return err
		}
		n++
		sides[strings.Count(quad.StringOf(q.Predicate), "right")][q.Subject] = true
	}
	var subjects, values []store.Node
	for s := range sides[0] {
		if !sides[1][s] {
			return fmt.Errorf("%w: %v has a left side only", errWrong, s)
		}
		subjects = append(subjects, now.Node(s))
	}
	for i := range 50 {
		values = append(values, now.Node(quad.IRI(fmt.Sprintf("x:value/%d", i))))
	}
	if len(sides[0]) != len(sides[1]) || n != 2*len(subjects) {
		return fmt.Errorf("%w: %d left, %d right, %d in all", errWrong, len(sides[0]), len(sides[1]), n)
	}
	left, right := now.Node(quad.IRI("x:left")), now.Node(quad.IRI("x:right"))
	labels := []store.Node{now.Node(quad.IRI("x:ofx:left")), now.Node(quad.IRI("x:ofx:right"))}
	if err := now.Err(); err != nil {
		return err
	}
	if n == 0 {
		return nil
	}
	for _, side := range []store.Node{left, right} {
		for nodes, d := range map[*[]store.Node]store.Direction{&subjects: store.Out, &values: store.In} {
			edges, err := now.Expand(ctx, nil, *nodes, side, d)
			if err != nil || len(edges) != len(subjects) {
				return errors.Join(err, wrongIf(err == nil, "%d edges of %d", len(edges), len(subjects)))
			}
		}
	}
	edges, err := now.Labelled(ctx, nil, labels)
	if err != nil || len(edges) != n {
		return errors.Join(err, wrongIf(err == nil, "%d edges labelled of %d", len(edges), n))
	}
	stats, err := now.Stats(ctx)
	return errors.Join(err, wrongIf(err == nil && stats.Quads != int64(n), "%d quads counted of %d", stats.Quads, n))
}

func snapshotPairs(ctx context.Context, s store.Store) error {
	now, err := s.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer now.Close()
	return wholePairs(ctx, now)
}

// Readers of all kinds beside a writer, whose changes are small and large, and
// beside merges.
func TestReadersBesideWriter(t *testing.T) {
	lower(t)
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "store")
	s, other := create(t, dir), open(t, dir)
	copies, backups := t.TempDir(), atomic.Int64{}
	var writing atomic.Bool
	writing.Store(true)
	var wg sync.WaitGroup
	reading := func(what string, do func() error) {
		wg.Go(func() {
			n := 0
			for ; n == 0 || n < 300 && writing.Load(); n++ {
				if err := do(); err != nil {
					t.Errorf("%s, time %d: %v", what, n, err)
					return
				}
			}
			t.Logf("%s: %d times", what, n)
		})
	}
	reading("snapshot", func() error { return snapshotPairs(ctx, s) })
	reading("snapshot of another store", func() error { return snapshotPairs(ctx, other) })
	reading("new store", func() error {
		s, err := embedded.Open(ctx, dir, small)
		if err != nil {
			return err
		}
		return errors.Join(snapshotPairs(ctx, s), s.Close())
	})
	reading("fork", func() error {
		f, err := s.Fork(ctx)
		if err != nil {
			return err
		}
		return errors.Join(snapshotPairs(ctx, f), change(ctx, f, pairs(0, 30), pairs(10, 60)), snapshotPairs(ctx, f), f.Close())
	})
	for _, from := range []*embedded.Store{s, other} {
		reading("backup", func() error {
			to := filepath.Join(copies, fmt.Sprint(backups.Add(1)))
			if err := from.Backup(ctx, to); err != nil {
				return err
			}
			c, err := embedded.Open(ctx, to, small)
			if err != nil {
				return err
			}
			return errors.Join(snapshotPairs(ctx, c), c.Close(), embedded.Verify(ctx, to), os.RemoveAll(to))
		})
	}
	reading("verify", func() error { return embedded.Verify(ctx, dir) })
	reading("describe and version", func() error {
		_, err := other.Describe(ctx)
		other.Version()
		s.Version()
		return err
	})
	held := set{}
	step := func(adds, removes []quad.Quad) {
		held.change(adds, removes)
		if err := change(ctx, s, adds, removes); err != nil {
			t.Error(err)
		}
	}
	for i := range 60 {
		switch i % 6 {
		case 0:
			step(pairs(i*10, i*10+200), nil)
		case 3:
			step(nil, pairs(i*10-100, i*10+20))
		case 5:
			if err := s.Compact(ctx); err != nil {
				t.Error(err)
			}
		default:
			step(pairs(i, i+5), pairs(i*7, i*7+3))
		}
	}
	writing.Store(false)
	wg.Wait()
	if err := errors.Join(holds(ctx, s, held.answers()), holds(ctx, other, held.answers()), folderHolds(ctx, dir, held.answers())); err != nil {
		t.Error(err)
	}
}

// Close beside all that a store does: whoever comes too late is told so, and
// nothing stays open.
func TestCloseBesideAll(t *testing.T) {
	lower(t)
	ctx := t.Context()
	for round := range 12 {
		dir := filepath.Join(t.TempDir(), "store")
		s, err := embedded.Create(ctx, dir, small)
		if err != nil {
			t.Fatal(err)
		}
		if round%2 == 0 {
			// Merges are being made, or one is about to be.
			for i := range 4 {
				if err := change(ctx, s, pairs(i*400, i*400+300+round), nil); err != nil {
					t.Fatal(err)
				}
			}
		}
		var wg sync.WaitGroup
		for what, do := range map[string]func(i int) error{
			"snapshot": func(int) error { return snapshotPairs(ctx, s) },
			"change":   func(i int) error { return change(ctx, s, pairs(i*50, i*50+40), nil) },
			"compact":  func(int) error { return s.Compact(ctx) },
			"version":  func(int) error { s.Version(); return nil },
			"fork": func(int) error {
				f, err := s.Fork(ctx)
				if err != nil {
					return err
				}
				return f.Close()
			},
			"describe": func(int) error { _, err := s.Describe(ctx); return err },
		} {
			wg.Go(func() {
				for i := range 5 + round {
					if err := do(i); err != nil && !errors.Is(err, store.ErrClosed) {
						t.Errorf("%s: %v", what, err)
					}
				}
			})
		}
		for range 2 {
			wg.Go(func() {
				if err := snapshotPairs(ctx, s); err != nil && !errors.Is(err, store.ErrClosed) {
					t.Error(err)
				}
				if err := s.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
		}
		wg.Wait()
		if left := stillOpen(t, dir); len(left) > 0 {
			t.Fatalf("round %d: still open: %v", round, left)
		}
		if err := embedded.Verify(ctx, dir); err != nil {
			t.Error(err)
		}
	}
}

func TestUseAfterClose(t *testing.T) {
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "store")
	for name, s := range map[string]*embedded.Store{"in a folder": create(t, dir), "in memory": embedded.NewMemory(small)} {
		want := setOf(pairs(0, 30)...)
		update(t, s, want.quads(), nil)
		now, err := s.Snapshot(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var late store.Tx
		if _, err := s.Update(ctx, func(tx store.Tx) error { late = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		shut(t, s)
		shut(t, s)
		for what, do := range map[string]func() error{
			"snapshot": func() error { _, err := s.Snapshot(ctx); return err },
			"change":   func() error { return change(ctx, s, pairs(1, 2), nil) },
			"compact":  func() error { return s.Compact(ctx) },
			"fork":     func() error { _, err := s.Fork(ctx); return err },
			"describe": func() error { _, err := s.Describe(ctx); return err },
			"late add": func() error { return late.Add(ctx, pairs(40, 41)) },
			"late add by keys": func() error {
				return addKeys(ctx, late, pairs(40, 41))
			},
			"late remove":   func() error { return late.Remove(ctx, pairs(1, 2)) },
			"late tally":    func() error { _, err := late.Tally(ctx); return err },
			"late snapshot": func() error { _, err := late.Snapshot(ctx); return err },
		} {
			if err := do(); !errors.Is(err, store.ErrClosed) {
				t.Errorf("%s %s after Close: %v", what, name, err)
			}
		}
		s.Version()
		if err := want.answers().check(ctx, now); err != nil {
			t.Errorf("a snapshot taken before: %v", err)
		}
		cayley, err := embedded.OfSnapshot(now)
		if err != nil {
			t.Fatal(err)
		}
		now.Close()
		now.Close()
		for what, do := range map[string]func() error{
			"expand":   func() error { _, err := now.Expand(ctx, nil, []store.Node{1}, 0, store.Out); return err },
			"labelled": func() error { _, err := now.Labelled(ctx, nil, []store.Node{1}); return err },
			"neighbours": func() error {
				_, err := now.Neighbours(ctx, nil, []store.Node{1}, 0, store.In)
				return err
			},
			"stats": func() error { _, err := now.Stats(ctx); return err },
			"node":  func() error { now.Node(quad.IRI("x:left")); return now.Err() },
			"value": func() error { now.Value(1); return now.Err() },
			"quads": func() error {
				for _, err := range now.Quads(ctx) {
					return err
				}
				return nil
			},
			"cayley": func() error { cayley.ValueOf(quad.IRI("x:left")); return cayley.Err() },
		} {
			if err := do(); !errors.Is(err, store.ErrClosed) {
				t.Errorf("%s of a closed snapshot: %v", what, err)
			}
		}
	}
	if left := stillOpen(t, dir); len(left) > 0 {
		t.Errorf("still open: %v", left)
	}
}

// A loop over all quads may close what it reads, and the store too.
func TestCloseWithinQuads(t *testing.T) {
	lower(t)
	dir := filepath.Join(t.TempDir(), "store")
	s := create(t, dir)
	update(t, s, pairs(0, 3000), nil)
	now, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n, failed := 0, error(nil)
	for _, err := range now.Quads(t.Context()) {
		if failed = err; n == 1000 {
			now.Close()
			shut(t, s)
		}
		n++
	}
	if !errors.Is(failed, store.ErrClosed) {
		t.Errorf("%d quads, %v", n, failed)
	}
	if left := stillOpen(t, dir); len(left) > 0 {
		t.Errorf("still open: %v", left)
	}
}

// Files that no state has any more are let go while the store lives.
func TestNothingStaysOpen(t *testing.T) {
	lower(t)
	dir := filepath.Join(t.TempDir(), "store")
	s, other := create(t, dir), open(t, dir)
	for i := range 30 {
		update(t, s, pairs(i*100, i*100+150), pairs(i*70, i*70+20))
		now, err := other.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		broken := errors.New("broken off")
		if _, err := s.Update(t.Context(), func(tx store.Tx) error {
			return errors.Join(addKeys(t.Context(), tx, pairs(9000, 9500)), broken)
		}); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if err := wholePairs(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		now.Close()
	}
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	other.Version()
	// For each of the two: a segment, the log, the lock or the manifest.
	if left := stillOpen(t, dir); len(left) > 8 {
		t.Errorf("a store of one segment has %d open: %v", len(left), left)
	}
	shut(t, s)
	shut(t, other)
	if left := stillOpen(t, dir); len(left) > 0 {
		t.Errorf("after Close: %v", left)
	}
}

// stillOpen lists what this process has open or mapped in a folder, where the
// system tells.
func stillOpen(t testing.TB, dir string) (left []string) {
	t.Helper()
	handles, _ := os.ReadDir("/proc/self/fd")
	for _, h := range handles {
		if name, err := os.Readlink("/proc/self/fd/" + h.Name()); err == nil && strings.HasPrefix(name, dir+"/") {
			left = append(left, name)
		}
	}
	maps, _ := os.ReadFile("/proc/self/maps")
	for line := range strings.Lines(string(maps)) {
		if at := strings.Index(line, dir+"/"); at >= 0 {
			left = append(left, "mapped: "+strings.TrimSpace(line[at:]))
		}
	}
	return left
}
