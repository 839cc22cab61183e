package embedded_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"parley/graph/embedded"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// severalFiles makes a store of a few segments and a log with a few records,
// some of which take quads of the others away.
func severalFiles(t *testing.T, bulk int) (dir string, want *answers) {
	lower(t)
	dir = filepath.Join(quickDir(t), "store")
	s, held := create(t, dir), set{}
	step := func(adds, removes []quad.Quad) {
		held.change(adds, removes)
		update(t, s, adds, removes)
	}
	step(numbered("first", bulk), nil)
	step(numbered("second", bulk/4), numbered("first", 9))
	for i := range 3 {
		step(numbered(fmt.Sprint("small", i), 3), numbered("first", bulk/2)[10+i:12+i])
	}
	step(nil, numbered("small1", 2))
	if d, err := s.Describe(t.Context()); err != nil || len(d.Files) < 3 {
		t.Fatalf("%+v, %v: fewer files than the test is for", d.Files, err)
	}
	shut(t, s)
	return dir, held.answers()
}

// damaged opens a store in which one file is not what was written, and tells
// what is wrong with how it takes that.
func damaged(ctx context.Context, dir, name string, want *answers) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	reading := func() error {
		s, err := embedded.Open(ctx, dir, small)
		if err != nil {
			return err
		}
		return errors.Join(holds(ctx, s, want), s.Close())
	}()
	if reading != nil {
		if err := tellsWhere(reading, dir, name); err != nil {
			return fmt.Errorf("reading: %w", err)
		}
	}
	if err := tellsWhere(embedded.Verify(ctx, dir), dir, name); err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	return nil
}

// tellsWhere looks whether an error names a file and a place in it.
func tellsWhere(err error, dir, name string) error {
	var d *embedded.DamageError
	path := filepath.Join(dir, name)
	switch {
	case err == nil:
		return errors.New("no error")
	case errors.Is(err, embedded.ErrVersion) && strings.Contains(err.Error(), path):
		return nil
	case !errors.As(err, &d):
		return fmt.Errorf("no place: %w", err)
	case !strings.HasPrefix(d.File, path) || d.Offset < 0 || !errors.Is(err, embedded.ErrDamaged):
		return fmt.Errorf("not %s: %w", path, err)
	}
	return nil
}

// spoil is one way to damage what a file has at a byte.
type spoil struct {
	name string
	of   func(whole []byte, at int) []byte
}

var spoils = []spoil{
	{"cut", func(b []byte, at int) []byte { return b[:at] }},
	{"bit", func(b []byte, at int) []byte {
		b = slices.Clone(b)
		b[at] ^= 1 << rand.IntN(8)
		return b
	}},
	{"byte", func(b []byte, at int) []byte {
		b = slices.Clone(b)
		b[at] += byte(1 + rand.IntN(255))
		return b
	}},
	{"gone", func(b []byte, at int) []byte { return slices.Delete(slices.Clone(b), at, at+1) }},
}

// overwrite changes a file in place: some file systems write a file out at once
// that was emptied first.
func overwrite(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(b, 0)
	return errors.Join(err, f.Truncate(int64(len(b))), f.Close())
}

// copyFolder copies a folder of files.
func copyFolder(t testing.TB, from string) string {
	t.Helper()
	to := quickDir(t)
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// spoilAll damages each file of a store at some places in every way.
func spoilAll(t *testing.T, dir string, want *answers, places func(size int) []int) {
	var mu sync.Mutex
	cases, wrong := 0, 0
	var wg sync.WaitGroup
	for _, sp := range spoils {
		dir := copyFolder(t, dir)
		names := slices.DeleteFunc(files(t, dir), func(name string) bool { return name == "LOCK" })
		wg.Go(func() {
			for _, name := range names {
				path := filepath.Join(dir, name)
				whole, err := os.ReadFile(path)
				for _, at := range places(len(whole)) {
					if err == nil {
						err = overwrite(path, sp.of(whole, at))
					}
					if err != nil {
						t.Error(err)
						return
					}
					err := damaged(t.Context(), dir, name, want)
					mu.Lock()
					if cases++; err != nil {
						if wrong++; wrong < 10 {
							t.Errorf("%s: %s at %d of %d: %v", name, sp.name, at, len(whole), err)
						}
					}
					mu.Unlock()
				}
				if err := overwrite(path, whole); err != nil {
					t.Error(err)
				}
			}
			if err := folderHolds(t.Context(), dir, want); err != nil {
				t.Errorf("as it was again: %v", err)
			}
		})
	}
	wg.Wait()
	t.Logf("%d cases, %d wrong", cases, wrong)
}

// Whatever byte of a store is not what was written, and wherever a file ends, a
// reader gets an error that names the place, or the right answer; and Verify an
// error always.
func TestDamageAnywhere(t *testing.T) {
	dir, want := severalFiles(t, 100)
	spoilAll(t, dir, want, func(size int) []int {
		all := make([]int, size)
		for i := range all {
			all[i] = i
		}
		return all
	})
}

// The same where a file has many pages, each of which is checked when it is
// read first.
func TestDamageInPages(t *testing.T) {
	dir, want := severalFiles(t, 12000)
	spoilAll(t, dir, want, func(size int) []int {
		some := []int{0, size - 1}
		for range 15 {
			some = append(some, rand.IntN(size))
		}
		return some
	})
}

// twoStores makes two stores whose files are named and sized alike.
func twoStores(t *testing.T) (one, other string, want *answers) {
	lower(t)
	make := func(name string) (string, set) {
		dir := filepath.Join(t.TempDir(), "store")
		s, held := create(t, dir), set{}
		for i, n := range []int{200, 3, 4} {
			quads := numbered(fmt.Sprint(name, i), n)
			held.change(quads, nil)
			// From one goroutine, so that ids are given in one order.
			if _, err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Add(t.Context(), quads) }); err != nil {
				t.Fatal(err)
			}
		}
		shut(t, s)
		return dir, held
	}
	one, held := make("ona")
	other, _ = make("onb")
	return one, other, held.answers()
}

func TestFileOfAnotherStore(t *testing.T) {
	one, other, want := twoStores(t)
	for _, name := range files(t, one) {
		if name == "LOCK" {
			continue
		}
		dir := copyFolder(t, one)
		ours, err := os.ReadFile(filepath.Join(one, name))
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := os.ReadFile(filepath.Join(other, name))
		if err != nil {
			t.Fatal(err)
		}
		if name != "MANIFEST" && len(ours) != len(theirs) {
			t.Errorf("%s: %d bytes in one store, %d in the other: too easy", name, len(ours), len(theirs))
		}
		if err := os.WriteFile(filepath.Join(dir, name), theirs, 0o644); err != nil {
			t.Fatal(err)
		}
		names := name
		if name == "MANIFEST" {
			names = "" // it is whole; any file that it names is not the one that it means
		}
		if err := damaged(t.Context(), dir, names, want); err != nil {
			t.Errorf("%s of another store: %v", name, err)
		}
	}
}

func TestFileMissing(t *testing.T) {
	dir, want := severalFiles(t, 100)
	for _, name := range files(t, dir) {
		dir := copyFolder(t, dir)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if name == "LOCK" {
			// It says nothing while nobody writes.
			if err := folderHolds(t.Context(), dir, want); err != nil {
				t.Error(err)
			}
			continue
		}
		before := files(t, dir)
		if err := damaged(t.Context(), dir, name, want); err != nil {
			t.Errorf("without %s: %v", name, err)
		}
		if s, err := embedded.Create(t.Context(), dir, small); err == nil {
			t.Errorf("without %s a new store is made over the old one", name)
			shut(t, s)
		}
		if after := files(t, dir); !slices.Equal(before, after) {
			t.Errorf("without %s: %v became %v", name, before, after)
		}
	}
}

func TestNoStore(t *testing.T) {
	dir := t.TempDir()
	for name, dir := range map[string]string{"empty folder": dir, "no folder": filepath.Join(dir, "none")} {
		_, err := embedded.Open(t.Context(), dir, small)
		if !errors.Is(err, embedded.ErrNoStore) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", name, err)
		}
	}
	file := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(file, []byte("not a store"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := embedded.Open(t.Context(), file, small); err == nil {
		t.Error("a file is opened as a store")
	}
	for name, dir := range map[string]string{"folder with a file": dir, "file": file} {
		if _, err := embedded.Create(t.Context(), dir, small); err == nil {
			t.Errorf("a store is made in a %s", name)
		}
	}
	if left := files(t, dir); !slices.Equal(left, []string{"notes.txt"}) {
		t.Errorf("what was no store has become %v", left)
	}
}

// A newer version is refused as such, also where all that follows is written
// another way.
func TestNewerVersion(t *testing.T) {
	dir, want := severalFiles(t, 100)
	for _, name := range files(t, dir) {
		if name == "LOCK" {
			continue
		}
		dir := copyFolder(t, dir)
		path := filepath.Join(dir, name)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if name == "MANIFEST" {
			first, _, _ := strings.Cut(string(b), "\n")
			b = []byte(strings.TrimRight(first, "0123456789") + "978\n{}\n")
		} else {
			binary.LittleEndian.PutUint32(b[12:], 978)
		}
		if err := overwrite(path, b); err != nil {
			t.Fatal(err)
		}
		_, err = embedded.Open(t.Context(), dir, small)
		if !errors.Is(err, embedded.ErrVersion) || !strings.Contains(err.Error(), "978") || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
		if err := damaged(t.Context(), dir, name, want); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What follows the last record of a log was never acknowledged: it is passed
// over, and gone with the next change.
func TestRestOfRecord(t *testing.T) {
	dir, want := severalFiles(t, 100)
	logs, err := filepath.Glob(filepath.Join(dir, "*.wal"))
	if err != nil || len(logs) != 1 {
		t.Fatal(logs, err)
	}
	whole, err := os.ReadFile(logs[0])
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n < 200; n += 7 {
		rest := make([]byte, n)
		for i := range rest {
			rest[i] = byte(rand.IntN(256) * (n % 2)) // or zeros
		}
		if err := overwrite(logs[0], slices.Concat(whole, rest)); err != nil {
			t.Fatal(err)
		}
		if err := folderHolds(t.Context(), dir, want); err != nil {
			t.Fatalf("with %d bytes more: %v", n, err)
		}
		s := open(t, dir)
		update(t, s, []quad.Quad{markAt(n)}, nil)
		update(t, s, nil, []quad.Quad{markAt(n)})
		if err := holds(t.Context(), open(t, dir), want); err != nil {
			t.Fatalf("after a change to a log with %d bytes more: %v", n, err)
		}
		shut(t, s)
	}
}

// A file that is cut while it is open is an error to who reads on.
func TestCutWhileOpen(t *testing.T) {
	dir, want := severalFiles(t, 12000)
	segments, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	if err != nil || len(segments) < 2 {
		t.Fatal(segments, err)
	}
	warm, cold := open(t, dir), open(t, dir)
	if err := holds(t.Context(), warm, want); err != nil {
		t.Fatal(err)
	}
	now, err := cold.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer now.Close()
	if err := os.Truncate(segments[0], 4096); err != nil {
		t.Fatal(err)
	}
	if err := want.check(t.Context(), now); !errors.Is(err, embedded.ErrDamaged) {
		t.Errorf("pages that were not read yet: %v", err)
	}
	if err := holds(t.Context(), warm, want); !errors.Is(err, embedded.ErrDamaged) {
		t.Errorf("pages that were read before: %v", err)
	}
	for name, do := range map[string]func() error{
		"compact": func() error { return warm.Compact(t.Context()) },
		"back up": func() error { return warm.Backup(t.Context(), filepath.Join(t.TempDir(), "copy")) },
		"change":  func() error { return change(t.Context(), warm, numbered("first", 12000), nil) },
		"verify":  func() error { return embedded.Verify(t.Context(), dir) },
	} {
		if err := do(); !errors.Is(err, embedded.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
