package command

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// countdown is a context that is cancelled when it has been asked a number of
// times whether it is.
type countdown struct {
	context.Context
	left atomic.Int64
	done chan struct{}
}

func newCountdown(ctx context.Context, n int64) *countdown {
	c := &countdown{Context: ctx, done: make(chan struct{})}
	c.left.Store(n)
	if n == 0 {
		close(c.done)
	}
	return c
}

func (c *countdown) Done() <-chan struct{} { return c.done }

func (c *countdown) Err() error {
	switch left := c.left.Add(-1); {
	case left > 0:
		return nil
	case left == 0:
		close(c.done)
	}
	return context.Canceled
}

// Wherever a command is interrupted, it fails and prints nothing, but for an
// export, which has printed a part; or it was done.
func TestInterrupt(t *testing.T) {
	dir := t.TempDir()
	file, articles := filepath.Join(dir, "out.nq"), articlesAsNQuads(t, t.TempDir())
	for _, line := range []string{
		"query negotiated-with", "query retaliation-chains --format json", "query between --actor China --with Huawei",
		"show China", "stats", "gizmo --limit 0 g.V().all()", "check ../../../../data/articles", "load --dry-run " + articles,
		"export", "export --format jsonld", "export -o " + file,
	} {
		t.Run(strings.ReplaceAll(line, " ", "-"), func(t *testing.T) {
			t.Parallel()
			args := strings.Fields(line)
			want := parley(t, args...)
			if want.code != done {
				t.Fatal(want.err)
			}
			_ = os.Remove(file)
			stopped := 0
			// Each time half as far again, so that the first steps are met too.
			for n := int64(0); ; n += 1 + n/2 {
				var out, errOut bytes.Buffer
				code := run(newCountdown(t.Context(), n), args, streams{strings.NewReader(""), &out, &errOut})
				if code == done {
					if out.String() != want.out || errOut.Len() > 0 {
						t.Errorf("done after %d looks, but otherwise: %s", n, &errOut)
					}
					break
				}
				stopped++
				if args[0] == "export" && strings.HasPrefix(want.out, out.String()) {
					out.Reset()
				}
				if code != failed || out.Len() > 0 || errOut.String() != "parley: interrupted; nothing more is printed\n" {
					t.Errorf("after %d looks: exit code %d, %q, %s", n, code, out.String(), &errOut)
				}
				if left, _ := filepath.Glob(filepath.Join(dir, "*")); strings.HasSuffix(line, file) && len(left) > 0 {
					t.Errorf("after %d looks it left %q", n, left)
				}
			}
			// cayley looks at the context in its own way.
			if args[0] != "gizmo" && stopped < 5 || stopped == 0 {
				t.Errorf("looks %d times only whether it is interrupted", stopped)
			}
		})
	}
}

// Wherever a load or a retraction is interrupted, the store is as it was, or the
// change is made; and no store is there where none was.
func TestInterruptChange(t *testing.T) {
	const article = "article/003_6e648b36004b0260"
	dir := t.TempDir()
	before, after, fresh := filepath.Join(dir, "before"), filepath.Join(dir, "after"), filepath.Join(dir, "fresh")
	texts := map[string]bool{}
	for _, made := range []struct{ db, line string }{
		{before, "load --set none ../../../../data/articles"},
		{after, "load --set none ../../../../data/articles"},
		{after, "retract " + article},
	} {
		if got := parley(t, append(strings.Fields(made.line), "--db", made.db)...); got.code != done {
			t.Fatal(got.err)
		}
	}
	for _, db := range []string{before, after} {
		texts[parley(t, "export", "--db", db).out] = true
	}
	if len(texts) != 2 {
		t.Fatal("a retraction changes nothing")
	}
	for _, line := range []string{"retract " + article + " --db " + before, "load ../../../../data/articles --db " + after, "load " + articlesAsNQuads(t, dir) + " --db " + fresh} {
		t.Run(strings.Fields(line)[0], func(t *testing.T) {
			args := strings.Fields(line)
			stopped := 0
			for n := int64(0); ; n += 1 + n/2 {
				var out, errOut bytes.Buffer
				code := run(newCountdown(t.Context(), n), args, streams{strings.NewReader(""), &out, &errOut})
				db := args[len(args)-1]
				if _, err := os.Stat(db); err != nil {
					if db != fresh || code == done {
						t.Fatal(err)
					}
				} else if text := parley(t, "export", "--db", db).out; db != fresh && !texts[text] || db == fresh && code != done {
					t.Errorf("after %d looks, with exit code %d, %s is something else", n, code, db)
				}
				if code == done {
					break
				}
				stopped++
				if out.Len() > 0 || errOut.String() != "parley: interrupted; nothing more is printed\n" {
					t.Errorf("after %d looks: %q, %s", n, &out, &errOut)
				}
			}
			if stopped < 5 {
				t.Errorf("looks %d times only whether it is interrupted", stopped)
			}
		})
	}
}

// An interrupt from the keyboard ends the reading of a large file.
func TestInterruptSignal(t *testing.T) {
	name := filepath.Join(t.TempDir(), "large.nq")
	var text strings.Builder
	for i := range 400_000 {
		fmt.Fprintf(&text, "<http://x.example/%d> <http://x.example/p> \"%d\" .\n", i, i)
	}
	if err := os.WriteFile(name, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	// Main is interrupted again and again, for when it listens is not known. So
	// that no interrupt ends the test itself, it listens too, and to its end.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	ended := make(chan struct{})
	var interrupts sync.WaitGroup
	interrupts.Go(func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ended:
				return
			case <-tick.C:
				_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
			}
		}
	})
	db := filepath.Join(filepath.Dir(name), "db")
	var out, errOut bytes.Buffer
	code := Main([]string{"load", "--db", db, "--set", "none", name}, strings.NewReader(""), &out, &errOut)
	close(ended)
	interrupts.Wait()
	if code != failed || out.Len() > 0 || !strings.Contains(errOut.String(), "interrupted") {
		t.Errorf("exit code %d, %q, %s", code, &out, &errOut)
	}
	if _, err := os.Stat(db); !os.IsNotExist(err) {
		t.Errorf("half a store is left: %v", err)
	}
}

// articlesAsNQuads writes what the five articles state to a file.
func articlesAsNQuads(t *testing.T, dir string) string {
	t.Helper()
	file := filepath.Join(dir, "articles.nq")
	if got := parley(t, "export", "--set", "articles", "--stated-only", "-o", file); got.code != done {
		t.Fatal(got.err)
	}
	return file
}
