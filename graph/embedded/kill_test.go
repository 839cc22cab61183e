package embedded_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/graph/embedded"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

var kills = flag.Int("kills", 120, "how many times TestKill kills a writer")

// rounds is how many writers to kill: under the race detector, which has every
// step take ten times as long, fewer.
func rounds() int {
	if testing.Short() {
		return *kills / 6
	}
	return *kills
}

// Each change moves a mark, so that what a store holds tells how many of them
// were made.
const mark = quad.IRI("x:mark")

func markAt(n int) quad.Quad {
	return quad.Quad{Subject: mark, Predicate: quad.IRI("x:at"), Object: quad.Int(n), Label: mark}
}

func marked(ctx context.Context, s store.Store) (int, error) {
	now, err := s.Snapshot(ctx)
	if err != nil {
		return 0, err
	}
	defer now.Close()
	edges, err := now.Expand(ctx, nil, []store.Node{now.Node(mark)}, 0, store.Out)
	if err != nil || len(edges) == 0 {
		return 0, err
	}
	n, ok := now.Value(edges[0].To).(quad.Int)
	return int(n), errors.Join(now.Err(), wrongIf(!ok || len(edges) > 1, "%d marks", len(edges)))
}

// nth is change n, the same whoever makes it. Every fifth is too large for the
// log and for one batch; what it adds goes again five large changes later.
func nth(n int) (adds, removes []quad.Quad) {
	r := rand.New(rand.NewPCG(42, uint64(n)))
	some := func(n, terms int) (quads []quad.Quad) {
		for range n {
			q := quad.Quad{
				Subject:   quad.IRI(fmt.Sprintf("x:subject/%d", r.IntN(terms))),
				Predicate: quad.IRI(fmt.Sprintf("x:p%d", r.IntN(6))),
				Object:    quad.IRI(fmt.Sprintf("x:subject/%d", r.IntN(terms))),
			}
			if l := r.IntN(4); l > 0 {
				q.Label = quad.IRI(fmt.Sprintf("x:label/%d", l))
			}
			quads = append(quads, q)
		}
		return quads
	}
	if n%5 == 0 {
		adds = some(200+r.IntN(400), 150)
		if n > 25 {
			removes, _ = nth(n - 25)
		}
	} else {
		adds, removes = some(1+r.IntN(20), 8), some(r.IntN(60), 8)
	}
	return append(adds, markAt(n)), append(removes, markAt(n-1))
}

// writeUntilKilled makes changes one after the other and tells of each that it
// was made.
func writeUntilKilled(args []string) error {
	embedded.Lower()
	ctx := context.Background()
	for {
		s, err := embedded.Open(ctx, args[0], small)
		if err != nil {
			return err
		}
		n, err := marked(ctx, s)
		for range 12 {
			if err != nil {
				return err
			}
			n++
			adds, removes := nth(n)
			err = change(ctx, s, adds, removes)
			if err == nil {
				fmt.Println(n)
			}
			if n%9 == 0 && err == nil {
				err = s.Compact(ctx)
			}
		}
		if err = errors.Join(err, s.Close()); err != nil {
			return err
		}
	}
}

// A writer that is killed at any moment leaves every change that it told of,
// and of the one that it was making all or nothing.
func TestKill(t *testing.T) {
	lower(t)
	t.Run("folders", func(t *testing.T) {
		for i := range 2 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				killWriters(t, rounds()/2)
			})
		}
	})
}

func killWriters(t *testing.T, times int) {
	dir := filepath.Join(t.TempDir(), "store")
	shut(t, create(t, dir))
	made, held := 0, set{}
	found := map[string]int{}
	for range times {
		told := killOne(t, dir, made)
		for _, what := range leftovers(t, dir) {
			found[what]++
		}
		s := open(t, dir)
		n, err := marked(t.Context(), s)
		if err != nil || n != told && n != told+1 {
			t.Fatalf("after change %d was told of, %d are there: %v", told, n, err)
		}
		if n > told {
			found["change that was not told of"]++
		}
		for ; made < n; made++ {
			held.change(nth(made + 1))
		}
		want := held.answers()
		if err := errors.Join(holds(t.Context(), s, want), embedded.Verify(t.Context(), dir)); err != nil {
			t.Fatalf("after change %d: %v", n, err)
		}
		// The next writer goes on and tidies up.
		made++
		adds, removes := nth(made)
		held.change(adds, removes)
		update(t, s, adds, removes)
		shut(t, s)
		if stray := strays(t, dir, open(t, dir)); len(stray) > 0 {
			t.Fatalf("after change %d: %v", made, stray)
		}
	}
	t.Logf("%d kills, %d changes; what they left: %v", times, made, found)
}

// killOne lets a writer make a few changes, kills it, and returns the last
// change that it told of.
func killOne(t *testing.T, dir string, last int) int {
	c := child(t, "write", dir)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(out); in.Scan(); {
			lines <- in.Text()
		}
	}()
	read := func(line string) {
		n, err := strconv.Atoi(line)
		if err != nil || n != last+1 {
			t.Errorf("the writer told %q after %d", line, last)
		}
		last = n
	}
	for range rand.IntN(8) {
		if line, ok := <-lines; ok {
			read(line)
		}
	}
	// Somewhere in the change that is being made now, or in what follows: after
	// some time, or after some steps.
	steps, stop := watch(t, dir)
	defer stop()
	left := 1 + rand.IntN(25)
	most := 8000
	if rand.IntN(2) == 0 {
		steps = nil
	} else {
		most = 200_000
	}
	moment := time.NewTimer(time.Duration(rand.IntN(most)) * time.Microsecond)
wait:
	for left > 0 {
		select {
		case <-steps:
			left--
		case line, ok := <-lines:
			if !ok {
				t.Fatalf("the writer ended by itself: %v", c.Wait())
			}
			read(line)
		case <-moment.C:
			break wait
		}
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for line := range lines {
		read(line)
	}
	_ = c.Wait()
	return last
}

// leftovers tells in which steps a writer was killed.
func leftovers(t *testing.T, dir string) (left []string) {
	manifest, err := os.ReadFile(filepath.Join(dir, "MANIFEST"))
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, name := range files(t, dir) {
		base, ext, _ := strings.Cut(name, ".")
		number, err := strconv.Atoi(base)
		switch {
		case strings.HasPrefix(name, "tmp-"):
			kinds[strings.TrimRight(base, "0123456789")+ext] = true
		case err == nil && !strings.Contains(string(manifest), fmt.Sprintf(`:%d,`, number)):
			kinds["unnamed "+ext] = true
		}
	}
	for kind := range maps.Keys(kinds) {
		left = append(left, kind)
	}
	return left
}

// backUpUntilKilled copies a store into one new folder after the other.
func backUpUntilKilled(args []string) error {
	embedded.Lower()
	ctx := context.Background()
	s, err := embedded.Open(ctx, args[0], small)
	for i := 0; err == nil; i++ {
		fmt.Println(i)
		err = s.Backup(ctx, filepath.Join(args[1], strconv.Itoa(i)))
	}
	return err
}

// A backup that is killed leaves no store, or the whole of it.
func TestKillBackup(t *testing.T) {
	lower(t)
	dir := filepath.Join(t.TempDir(), "store")
	s, held := create(t, dir), set{}
	for n := 1; n < 20; n++ {
		adds, removes := nth(n)
		held.change(adds, removes)
		update(t, s, adds, removes)
	}
	want := held.answers()
	whole, none := 0, 0
	for range max(rounds()/10, 10) {
		to := t.TempDir()
		c := child(t, "backup", dir, to)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range 1 + rand.IntN(3) {
			if !lines.Scan() {
				t.Fatalf("the backup ended by itself: %v", c.Wait())
			}
		}
		time.AfterFunc(time.Duration(rand.IntN(6000))*time.Microsecond, func() { _ = c.Process.Kill() })
		last := lines.Text()
		for lines.Scan() {
			last = lines.Text()
		}
		_ = c.Wait()
		for _, name := range files(t, to) {
			err := folderHolds(t.Context(), filepath.Join(to, name), want)
			switch {
			case err == nil:
				whole++
			case errors.Is(err, embedded.ErrNoStore) || errors.Is(err, embedded.ErrDamaged) && name == last && !slices.Contains(files(t, filepath.Join(to, name)), "MANIFEST"):
				none++
			default:
				t.Errorf("backup %s of %s: %v", name, last, err)
			}
		}
	}
	t.Logf("%d backups whole, %d not there", whole, none)
}
