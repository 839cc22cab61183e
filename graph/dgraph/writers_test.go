package dgraph

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/graph/dgraph/dgraphtest"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// again opens a store once more, as another process would.
func again(t testing.TB, s *Store) *Store {
	t.Helper()
	other, err := Open(t.Context(), urlOf(t, s), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	return other
}

// Two who give one triple a label each do not undo each other's.
func TestTwoWritersOneTriple(t *testing.T) {
	dgraphtest.Need(t)
	s := stores.empty(t)
	defer func() { _ = s.Close() }()
	const each = 12
	var wg sync.WaitGroup
	for _, who := range []string{"ada", "bo", "cy"} {
		w := again(t, s)
		wg.Go(func() {
			for i := range each {
				q := edges("x:a", fmt.Sprintf("x:%s-%d", who, i), 1)
				if got := change(t, w, q, nil); got != (store.Tally{New: 1}) {
					t.Errorf("label %d of %s: %+v", i, who, got)
				}
			}
		})
	}
	wg.Wait()
	if got := heldBy(t, snapshot(t, s)); len(got) != 3*each || len(slices.Compact(got)) != 3*each {
		t.Errorf("%d labels of %d: %v", len(got), 3*each, got)
	}
	verify(t, s)
}

// Two who load nearly the same wait for each other, and each term and quad is
// there once.
func TestOverlappingLoaders(t *testing.T) {
	dgraphtest.Need(t)
	s := stores.empty(t)
	defer func() { _ = s.Close() }()
	short(t, &look, 5*time.Millisecond)
	total := make([]store.Tally, 3)
	var wg sync.WaitGroup
	for i := range total {
		w := again(t, s)
		wg.Go(func() {
			for part := range 5 {
				var quads []quad.Quad
				for n := range 40 {
					quads = append(quads, edges(fmt.Sprintf("x:s%d", part*20+n), fmt.Sprintf("x:l%d", n%7), 5)...)
				}
				tally := change(t, w, quads, nil)
				total[i].New += tally.New
				total[i].Known += tally.Known
			}
		})
	}
	wg.Wait()
	all := heldBy(t, snapshot(t, s))
	if n := len(slices.Compact(slices.Clone(all))); n != len(all) || n != total[0].New+total[1].New+total[2].New {
		t.Errorf("%d quads, %d different, and %+v new", len(all), n, total)
	}
	verify(t, s)
}

// A holder of the lock that is silent too long loses it. What it wrote is never
// seen, and it is told.
func TestLockTaken(t *testing.T) {
	dgraphtest.Need(t)
	s := stores.empty(t)
	defer func() { _ = s.Close() }()
	other := again(t, s)
	change(t, s, edges("x:a", "x:l", 2), nil)
	short(t, &silence, 300*time.Millisecond)
	short(t, &renewal, time.Hour)
	var seen store.Snapshot
	_, err := s.Update(t.Context(), func(tx store.Tx) error {
		add := func(q []quad.Quad) error {
			if err := tx.Add(t.Context(), q); err != nil {
				return err
			}
			_, err := tx.Tally(t.Context())
			return err
		}
		if err := errors.Join(add(edges("x:b", "x:m", 3)), tx.Remove(t.Context(), edges("x:a", "x:l", 1))); err != nil {
			return err
		}
		if _, err := tx.Tally(t.Context()); err != nil {
			return err
		}
		// Somebody else comes, waits, and takes the lock.
		if got := change(t, other, slices.Concat(edges("x:c", "x:n", 4), edges("x:b", "x:m", 1)), nil); got != (store.Tally{New: 5}) {
			t.Errorf("the other change: %+v", got)
		}
		seen = snapshot(t, other)
		return add(edges("x:d", "x:m", 3))
	})
	if !errors.Is(err, ErrLost) {
		t.Errorf("the change whose lock was taken: %v", err)
	}
	for _, v := range []store.Snapshot{seen, snapshot(t, s)} {
		if got := heldBy(t, v); len(got) != 2+5 {
			t.Errorf("there are %v", got)
		}
	}
	// One that does not write after it lost the lock is not made either.
	_, err = s.Update(t.Context(), func(tx store.Tx) error {
		if err := tx.Add(t.Context(), edges("x:e", "x:m", 3)); err != nil {
			return err
		}
		if _, err := tx.Tally(t.Context()); err != nil {
			return err
		}
		change(t, other, nil, edges("x:c", "x:n", 4))
		return nil
	})
	if !errors.Is(err, ErrLost) {
		t.Errorf("the change whose lock was taken at the end: %v", err)
	}
	if got := heldBy(t, snapshot(t, s)); len(got) != 2+1 {
		t.Errorf("there are %v", got)
	}
	verify(t, s)
}

// Whoever waits for the lock stops waiting when its context ends.
func TestLockWait(t *testing.T) {
	dgraphtest.Need(t)
	s := stores.empty(t)
	defer func() { _ = s.Close() }()
	other := again(t, s)
	_, err := s.Update(t.Context(), func(tx store.Tx) error {
		if _, err := tx.Snapshot(t.Context()); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := other.Update(ctx, func(tx store.Tx) error { return tx.Add(ctx, edges("x:a", "", 1)) })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the change that waits: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A client that is killed in mid-load leaves nothing that is seen, and another
// goes on after a while.
func TestClientKilled(t *testing.T) {
	const where = "PARLEY_TEST_LOAD"
	if url := os.Getenv(where); url != "" {
		s, err := Open(t.Context(), url, Options{Memory: 1 << 14})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Update(t.Context(), func(tx store.Tx) error {
			for i := 0; ; i++ {
				if err := tx.Add(t.Context(), edges(fmt.Sprintf("x:s%d", i), "x:l", 40)); err != nil {
					return err
				}
				fmt.Println("wrote", i)
			}
		})
		t.Fatal(err)
	}
	dgraphtest.Need(t)
	s := stores.empty(t)
	defer func() { _ = s.Close() }()
	change(t, s, edges("x:s1", "x:l", 3), nil)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestClientKilled$")
	cmd.Env = append(os.Environ(), where+"="+urlOf(t, s))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan() && !strings.HasPrefix(lines.Text(), "wrote 40"); {
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if got := heldBy(t, snapshot(t, s)); len(got) != 3 {
		t.Errorf("%d quads are seen", len(got))
	}
	verify(t, s)
	short(t, &silence, 300*time.Millisecond)
	if got := change(t, s, slices.Concat(edges("x:s1", "x:l", 40), edges("x:s2", "x:l", 40)), nil); got != (store.Tally{New: 77, Known: 3}) {
		t.Errorf("after it: %+v", got)
	}
	verify(t, s)
	short(t, &keepFor, 0)
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, `eq(`+s.pred("key")+`, ["<x:s3","<x:s4"])`); n != 0 {
		t.Errorf("%d terms of the change that was killed are left", n)
	}
	verify(t, s)
}
