package embedded_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"parley/graph/embedded"
	"parley/graph/store"
)

// holdLock makes a change, tells so, and keeps the lock until its input ends.
func holdLock(args []string) error {
	ctx := context.Background()
	s, err := embedded.Open(ctx, args[0], small)
	if err == nil {
		err = change(ctx, s, setOf(markAt(1)).quads(), nil)
	}
	if err != nil {
		return err
	}
	fmt.Println("held")
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, s.Close())
}

// followMarks tells, for each line that it reads, which mark it sees.
func followMarks(args []string) error {
	ctx := context.Background()
	s, err := embedded.Open(ctx, args[0], small)
	for in := bufio.NewScanner(os.Stdin); err == nil && in.Scan(); {
		var n int
		n, err = marked(ctx, s)
		fmt.Println(n)
	}
	return errors.Join(err, s.Close())
}

// talker is a child that is talked to line by line.
type talker struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func talk(t *testing.T, name string, args ...string) *talker {
	t.Helper()
	c := &talker{Cmd: child(t, name, args...)}
	in, err := c.StdinPipe()
	out, err2 := c.StdoutPipe()
	if err := errors.Join(err, err2, c.Start()); err != nil {
		t.Fatal(err)
	}
	c.in, c.out = in, bufio.NewScanner(out)
	t.Cleanup(func() {
		_ = c.in.Close()
		_ = c.Wait()
	})
	return c
}

func (c *talker) ask(t *testing.T) string {
	t.Helper()
	if _, err := fmt.Fprintln(c.in); err != nil {
		t.Fatal(err)
	}
	return c.read(t)
}

func (c *talker) read(t *testing.T) string {
	t.Helper()
	if !c.out.Scan() {
		t.Fatalf("the child ended: %v", c.out.Err())
	}
	return c.out.Text()
}

func TestLock(t *testing.T) {
	for name, end := range map[string]func(*talker) error{
		"killed": func(c *talker) error { return c.Process.Kill() },
		"closed": func(c *talker) error { return c.in.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "store")
			s := create(t, dir)
			holder := talk(t, "hold", dir)
			if said := holder.read(t); said != "held" {
				t.Fatal(said)
			}
			for what, err := range map[string]error{
				"a change": change(t.Context(), s, setOf(markAt(2)).quads(), nil),
				"compact":  s.Compact(t.Context()),
			} {
				pid, command := strconv.Itoa(holder.Process.Pid), filepath.Base(os.Args[0])
				if !errors.Is(err, embedded.ErrLocked) || !strings.Contains(err.Error(), "process "+pid+" ") || !strings.Contains(err.Error(), command) {
					t.Errorf("%s beside another writer: %v; want process %s, %s", what, err, pid, command)
				}
			}
			// Reading waits for nobody.
			want := setOf(markAt(1))
			to := filepath.Join(t.TempDir(), "copy")
			if err := errors.Join(holds(t.Context(), s, want.answers()), s.Backup(t.Context(), to), folderHolds(t.Context(), to, want.answers())); err != nil {
				t.Error(err)
			}
			if err := end(holder); err != nil {
				t.Fatal(err)
			}
			_ = holder.Wait()
			update(t, s, setOf(markAt(3)).quads(), nil)
			want.change(setOf(markAt(3)).quads(), nil)
			if err := folderHolds(t.Context(), dir, want.answers()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestLockInOneProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	one, other := create(t, dir), open(t, dir)
	update(t, one, setOf(markAt(1)).quads(), nil)
	for range 2 {
		err := change(t.Context(), other, setOf(markAt(2)).quads(), nil)
		if !errors.Is(err, embedded.ErrLocked) || !strings.Contains(err.Error(), fmt.Sprintf("process %d ", os.Getpid())) {
			t.Errorf("a second writer: %v", err)
		}
	}
	if err := holds(t.Context(), other, setOf(markAt(1)).answers()); err != nil {
		t.Error(err)
	}
	if a, b := other.Version(), other.Version(); a != b {
		t.Errorf("version %d became %d without a change", a, b)
	}
	shut(t, one)
	update(t, other, setOf(markAt(2)).quads(), setOf(markAt(1)).quads())
	if err := folderHolds(t.Context(), dir, setOf(markAt(2)).answers()); err != nil {
		t.Error(err)
	}
}

// A reader in another process sees each change with the next snapshot, and is
// answered also while one is being made.
func TestReaderFollows(t *testing.T) {
	lower(t)
	dir := filepath.Join(t.TempDir(), "store")
	s := create(t, dir)
	reader, near := talk(t, "follow", dir), open(t, dir)
	sees := func(n int) {
		t.Helper()
		if got := reader.ask(t); got != strconv.Itoa(n) {
			t.Fatalf("the reader sees %s after change %d", got, n)
		}
		if got, err := marked(t.Context(), near); err != nil || got != n {
			t.Fatalf("the reader in this process sees %d, %v, after change %d", got, err, n)
		}
	}
	last := near.Version()
	for n := 1; n < 40; n++ {
		adds, removes := nth(n)
		_, err := s.Update(t.Context(), func(tx store.Tx) error {
			if err := errors.Join(tx.Remove(t.Context(), removes), addKeys(t.Context(), tx, adds)); err != nil {
				return err
			}
			sees(n - 1)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if version := near.Version(); version <= last {
			t.Fatalf("version %d after %d", version, last)
		} else {
			last = version
		}
		sees(n)
		if n%10 == 0 {
			if err := s.Compact(t.Context()); err != nil {
				t.Fatal(err)
			}
			sees(n)
			last = near.Version()
		}
	}
}
