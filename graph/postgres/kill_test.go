package postgres_test

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

	"parley/graph/postgres"
	"parley/graph/postgres/pgtest"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// child starts this test binary as another process, and reads what it tells.
func child(t *testing.T, name string, args ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), childEnv+"="+name)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, bufio.NewScanner(out)
}

// until reads what a child tells up to a line.
func until(t *testing.T, told *bufio.Scanner, line string) {
	t.Helper()
	for told.Scan() {
		if told.Text() == line {
			return
		}
		if strings.HasPrefix(told.Text(), "error") {
			t.Fatal(told.Text())
		}
	}
	t.Fatalf("the child ended without telling %q", line)
}

// kill kills a child, as the system does that has no memory left.
func kill(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
}

// loadForEver loads one part after the other, telling of each that was kept.
func loadForEver(args []string) error {
	ctx := context.Background()
	s, err := postgres.Open(ctx, args[0], postgres.Options{})
	for n := 0; err == nil; n++ {
		if _, err = add(ctx, s, part(n)); err == nil {
			fmt.Println("kept", n)
		}
	}
	return err
}

// stopInCopy sends a large load and stops in the middle of it, for good.
func stopInCopy(args []string) error {
	ctx := context.Background()
	s, err := postgres.Open(ctx, args[0], postgres.Options{Memory: 1 << 20})
	if err != nil {
		return err
	}
	_, err = s.Update(ctx, func(tx store.Tx) error {
		for n := range 40 {
			if err := tx.Add(ctx, numbered(fmt.Sprintf("lost%d", n), 2000)); err != nil {
				return err
			}
		}
		fmt.Println("copied")
		for {
			if err := tx.Add(ctx, numbered("lost", 100_000)); err != nil {
				return err
			}
		}
	})
	return err
}

func part(n int) []quad.Quad { return numbered(fmt.Sprintf("part%d", n), 300) }

// keptParts are the quads of the parts that a store must hold; it may hold one
// more, of which the child had no time to tell.
func keptParts(t *testing.T, url string, told int) []quad.Quad {
	t.Helper()
	all := numbered("before", 100)
	for n := range told {
		all = append(all, part(n)...)
	}
	stats, err := snapshot(t, open(t, url)).Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if stats.Quads > int64(len(all)) {
		all = append(all, part(told)...)
	}
	return all
}

// A client that is killed leaves what it was told is kept, and nothing half.
func TestKillClient(t *testing.T) {
	rounds := 8
	if testing.Short() {
		rounds = 3
	}
	for round := range rounds {
		url := fresh(t)
		mustAdd(t, create(t, url), numbered("before", 100))
		c, told := child(t, "load", url)
		kept := 0
		for kept < 1+3*round && told.Scan() {
			if told.Text() != fmt.Sprint("kept ", kept) {
				t.Fatal(told.Text())
			}
			kept++
		}
		kill(t, c) // just after a commit, or in what comes next
		for told.Scan() {
			kept++
		}
		holds(t, url, keptParts(t, url, kept))
		if got := mustAdd(t, open(t, url), part(kept+1)); got.New != 300 {
			t.Errorf("a load after that: %+v", got)
		}
	}
}

func TestKillClientInCopy(t *testing.T) {
	for _, empty := range []bool{true, false} {
		url := fresh(t)
		var before []quad.Quad
		s := create(t, url)
		if !empty {
			before = numbered("before", 100)
			mustAdd(t, s, before)
		}
		c, told := child(t, "copy", url)
		until(t, told, "copied")
		kill(t, c)
		// Whoever loads next waits until the server has let go of the dead one.
		more := numbered("more", 100)
		mustAdd(t, s, more)
		holds(t, url, append(before, more...))
	}
}

// What a loader's connection is killed in is not kept, and said so; the same store
// goes on when the server has recovered.
func TestKillBackend(t *testing.T) {
	pg := pgtest.Start(t, pgtest.Options{})
	url := pg.URL()
	s := create(t, url)
	mustAdd(t, s, numbered("before", 100))
	for name, at := range map[string]func(tx store.Tx) error{
		"in the middle": func(tx store.Tx) error { return tx.Add(t.Context(), numbered("lost", 50_000)) },
		"at the end":    func(store.Tx) error { return nil },
	} {
		_, err := s.Update(t.Context(), func(tx store.Tx) error {
			if err := tx.Add(t.Context(), numbered("lost", 5000)); err != nil {
				return err
			}
			if _, err := tx.Tally(t.Context()); err != nil {
				return err
			}
			pg.KillBackend(t, writer(t, pg))
			return at(tx)
		})
		if err == nil {
			t.Errorf("%s: a change whose connection was killed is told as kept", name)
		}
		if errors.Is(err, postgres.ErrUnknown) {
			t.Errorf("%s: %v; the server can tell", name, err)
		}
		if err := pg.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		shows(t, snapshot(t, s), numbered("before", 100))
	}
	mustAdd(t, s, numbered("after", 100))
	holds(t, url, append(numbered("before", 100), numbered("after", 100)...))
}

// writer is the process that serves the change being made.
func writer(t *testing.T, pg *pgtest.Server) (pid uint32) {
	t.Helper()
	conn := pg.Connect(t)
	err := conn.QueryRow(t.Context(), "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted").Scan(&pid)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close(t.Context())
	return pid
}

// Loaders that bring much of the same, in different orders, wait for each other and
// for nothing else.
func TestOverlappingLoaders(t *testing.T) {
	url := fresh(t)
	create(t, url)
	var want []quad.Quad
	for n := range 12 {
		want = append(want, part(n)...)
	}
	var all sync.WaitGroup
	news := make([]int, 3)
	for i := range news {
		all.Go(func() {
			s, err := postgres.Open(t.Context(), url, postgres.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = s.Close() }()
			for n := range 12 {
				quads := part((n*5 + 4*i) % 12)
				if i == 1 {
					slices.Reverse(quads)
				}
				tally, err := add(t.Context(), s, quads)
				if err != nil || tally.New+tally.Known != len(quads) {
					t.Errorf("loader %d: %+v, %v", i, tally, err)
				}
				news[i] += tally.New
			}
		})
	}
	all.Wait()
	if got := news[0] + news[1] + news[2]; got != len(want) {
		t.Errorf("%v quads were new, of %d", news, len(want))
	}
	holds(t, url, want)
}

// Two first loads into one empty store.
func TestOverlappingFirstLoads(t *testing.T) {
	lower(t)
	url := fresh(t)
	create(t, url)
	var all sync.WaitGroup
	for i := range 3 {
		all.Go(func() {
			s, err := postgres.Open(t.Context(), url, postgres.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = s.Close() }()
			for range 50 { // readers of the empty store, and of the full one
				if _, err := s.Snapshot(t.Context()); err != nil {
					t.Error(err)
				}
			}
			if _, err := add(t.Context(), s, append(part(i), part(i+1)...)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	holds(t, url, slices.Concat(part(0), part(1), part(2), part(3)))
}

// A store outlives its server: while that is away readings fail with an error, and
// then they work again.
func TestRestart(t *testing.T) {
	pg := pgtest.Start(t, pgtest.Options{})
	s := create(t, pg.URL())
	mustAdd(t, s, numbered("a", 100))
	for name, end := range map[string]func() error{"stopped": pg.Stop, "killed": pg.Kill} {
		before := snapshot(t, s)
		version := s.Version()
		if err := end(); err != nil {
			t.Fatal(err)
		}
		_, err := s.Snapshot(t.Context())
		says(t, err, "database", "127.0.0.1")
		if v := s.Version(); v == version || v == s.Version() {
			t.Errorf("%s: version %d, which some state has, while the server is away", name, v)
		}
		if _, err := before.Labelled(t.Context(), nil, []store.Node{1}); err == nil {
			t.Errorf("%s: an answer from a server that is away", name)
		}
		if _, err := add(t.Context(), s, numbered("b", 1)); err == nil {
			t.Errorf("%s: a change is kept by a server that is away", name)
		}
		if err := pg.Run(); err != nil {
			t.Fatal(err)
		}
		if v := s.Version(); v != version {
			t.Errorf("%s: version %d after the restart, %d before", name, v, version)
		}
		shows(t, before, numbered("a", 100)) // a snapshot is a number
		shows(t, snapshot(t, s), numbered("a", 100))
	}
	mustAdd(t, s, numbered("b", 1))
	if s.Health().Retries == 0 {
		t.Error("lost connections were made again, and no retry is counted")
	}
}

// The connections of a store that is idle while the server restarts are replaced
// without anybody noticing.
func TestRestartWhileIdle(t *testing.T) {
	pg := pgtest.Start(t, pgtest.Options{})
	s := create(t, pg.URL())
	mustAdd(t, s, numbered("a", 100))
	var many sync.WaitGroup
	for range 8 {
		many.Go(func() { _, _ = s.Snapshot(t.Context()) })
	}
	many.Wait()
	pg.Restart(t)
	shows(t, snapshot(t, s), numbered("a", 100))
	pg.Restart(t)
	mustAdd(t, s, numbered("b", 1))
}

func init() {
	children["load"], children["copy"] = loadForEver, stopInCopy
}
