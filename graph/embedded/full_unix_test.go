//go:build unix

package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"parley/graph/embedded"

	"github.com/cayleygraph/quad"
)

// aloneEnv names the test that a process runs alone.
const aloneEnv = "EMBEDDED_TEST_ALONE"

// alone runs a test as another process, the limits and the user of which it may
// change. It is true there.
func alone(t *testing.T) bool {
	t.Helper()
	return aloneIn(t, nil)
}

// aloneIn is alone as a process of certain attributes; where the system does not
// allow them, the test is skipped.
func aloneIn(t *testing.T, attributes *syscall.SysProcAttr) bool {
	t.Helper()
	if os.Getenv(aloneEnv) == t.Name() {
		return true
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.v", fmt.Sprint("-test.short=", testing.Short()), "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), aloneEnv+"="+t.Name())
	c.SysProcAttr = attributes
	out, err := c.CombinedOutput()
	if attributes != nil && errors.Is(err, syscall.EPERM) {
		t.Skipf("%s: this system does not allow a name space: %v", t.Name(), err)
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, out)
	}
	if testing.Verbose() {
		t.Logf("%s", out)
	}
	return false
}

// limited does something while this process has a limit.
func limited(t *testing.T, resource int, limit uint64, do func() error) error {
	t.Helper()
	var before syscall.Rlimit
	if err := syscall.Getrlimit(resource, &before); err != nil {
		t.Fatal(err)
	}
	low := before
	low.Cur = limit
	if err := syscall.Setrlimit(resource, &low); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(resource, &before); err != nil {
			t.Fatal(err)
		}
	}()
	return do()
}

// operation is something that writes, and what it adds and removes.
type operation struct {
	name          string
	adds, removes []quad.Quad
	do            func(ctx context.Context, s *embedded.Store, o *operation, elsewhere string) error
}

func operations() []*operation {
	changes := func(ctx context.Context, s *embedded.Store, o *operation, _ string) error {
		return change(ctx, s, o.adds, o.removes)
	}
	return []*operation{
		{name: "small change", adds: numbered("small", 40), removes: numbered("second", 3), do: changes},
		{name: "bulk change", adds: numbered("bulk", 900), removes: numbered("first", 90), do: changes},
		{name: "compact", do: func(ctx context.Context, s *embedded.Store, _ *operation, _ string) error { return s.Compact(ctx) }},
		{name: "back up", do: func(ctx context.Context, s *embedded.Store, _ *operation, elsewhere string) error {
			return s.Backup(ctx, elsewhere)
		}},
	}
}

// failing has an operation fail in one way after the other, until it ends well.
// After each failure all must be as before, and the store good for more.
func (o *operation) failing(t *testing.T, ways int, failure func(way int, dir, elsewhere string, do func() error) error) {
	ctx := t.Context()
	base, before := severalFiles(t, 100)
	after := before.with(o)
	failed, done := 0, 0
	dir := copyFolder(t, base)
	step := 1
	if testing.Short() {
		step = 5
	}
	for way := 0; way < ways; way += step {
		elsewhere := filepath.Join(quickDir(t), "copy")
		s, err := embedded.Open(ctx, dir, small)
		if err != nil {
			t.Fatal(err)
		}
		if way%2 == 0 {
			update(t, s, nil, nil) // it has the lock already
		}
		err = failure(way, dir, elsewhere, func() error { return o.do(ctx, s, o, elsewhere) })
		want := before
		if err == nil {
			want = after
			done++
		} else {
			failed++
		}
		tell := func(what string, err error) {
			if err != nil {
				t.Fatalf("%s, way %d: %s: %v", o.name, way, what, err)
			}
		}
		tell("the store", holds(ctx, s, want))
		if err != nil {
			_, serr := os.Stat(filepath.Join(elsewhere, "MANIFEST"))
			tell("the copy", wrongIf(serr == nil, "it is there"))
			tell("the copy", wrongIf(len(copied(elsewhere)) > 0, "it left %v", copied(elsewhere)))
			if stray := strays(t, dir, s); len(stray) > 0 {
				t.Errorf("%s, way %d: after %v there are %v", o.name, way, err, stray)
			}
		}
		tell("then a change", change(ctx, s, []quad.Quad{markAt(1)}, nil))
		tell("then another", change(ctx, s, nil, []quad.Quad{markAt(1)}))
		tell("the store after a change", holds(ctx, s, want))
		if err := s.Close(); err != nil && !errors.Is(err, syscall.EFBIG) && !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s, way %d: close: %v", o.name, way, err)
		}
		tell("opened again", folderHolds(ctx, dir, want))
		if err == nil {
			dir = copyFolder(t, base)
		}
	}
	if failed == 0 || done == 0 {
		t.Errorf("%s failed %d times and ended well %d times: both are to be seen", o.name, failed, done)
	}
	t.Logf("%s failed %d times and ended well %d times", o.name, failed, done)
}

// copied are the files of segments and logs in the folder of a copy.
func copied(dir string) (names []string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.Type().IsRegular() && e.Name() != "LOCK" {
			names = append(names, e.Name())
		}
	}
	return names
}

// with is what there is to answer after an operation.
func (a *answers) with(o *operation) *answers {
	s := set{}
	s.change(a.all.quads(), nil)
	s.change(o.adds, o.removes)
	return s.answers()
}

// A disk that is full after so many bytes of a file.
func TestFileTooLarge(t *testing.T) {
	if !alone(t) {
		return
	}
	for _, o := range operations() {
		o.failing(t, 45, func(way int, _, _ string, do func() error) error {
			limit := uint64(way * 17)
			for i := 10; i < way; i++ {
				limit += limit / 5
			}
			err := limited(t, syscall.RLIMIT_FSIZE, limit, do)
			if err != nil && !errors.Is(err, syscall.EFBIG) {
				t.Errorf("%s with files of %d bytes: %v", o.name, limit, err)
			}
			return err
		})
	}
}

// No more than so many files may be open.
func TestTooManyFiles(t *testing.T) {
	if !alone(t) {
		return
	}
	for _, o := range operations() {
		o.failing(t, 40, func(way int, _, _ string, do func() error) error {
			err := limited(t, syscall.RLIMIT_NOFILE, uint64(way), do)
			if err != nil && !errors.Is(err, syscall.EMFILE) {
				t.Errorf("%s with %d open files: %v", o.name, way, err)
			}
			return err
		})
	}
}

// Something stands where a file is to be written: a folder, or a device that is
// always full.
func TestInTheWay(t *testing.T) {
	lower(t)
	var names []string
	for i := range 10 {
		names = append(names, fmt.Sprintf("tmp-%d.seg", i), fmt.Sprintf("%08d.seg", i), fmt.Sprintf("%08d.wal", i))
	}
	names = append(names, "tmp-MANIFEST", "")
	for _, o := range operations() {
		o.failing(t, 2*len(names), func(way int, dir, elsewhere string, do func() error) error {
			if o.name == "back up" {
				dir = elsewhere
				if err := os.Mkdir(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			name := filepath.Join(dir, names[way%len(names)])
			if _, err := os.Lstat(name); err == nil {
				return do() // the file of a segment or the log
			}
			if way < len(names) {
				if err := os.MkdirAll(filepath.Join(name, "folder"), 0o755); err != nil {
					t.Fatal(err)
				}
			} else if err := os.Symlink("/dev/full", name); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
					_ = os.RemoveAll(name)
				}
			}()
			return do()
		})
	}
}

// unprivileged gives up the rights of root, whom no permission stops, and
// returns a folder of its own.
func unprivileged(t *testing.T) (dir string) {
	t.Helper()
	if os.Getuid() == 0 {
		const nobody = 65534
		if err := errors.Join(syscall.Setgid(nobody), syscall.Setuid(nobody)); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, _ error) error { return os.Chmod(path, 0o755) })
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestPermissionDenied(t *testing.T) {
	if !alone(t) {
		return
	}
	t.Cleanup(embedded.Lower())
	ctx, top := t.Context(), unprivileged(t)
	dir, held := filepath.Join(top, "store"), set{}
	s, err := embedded.Create(ctx, dir, small)
	for i, n := range []int{300, 4} {
		quads := numbered(fmt.Sprint("name", i), n)
		held.change(quads, nil)
		err = errors.Join(err, change(ctx, s, quads, nil))
	}
	if err = errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	want := held.answers()
	mode := func(name string, m fs.FileMode) {
		if err := os.Chmod(filepath.Join(dir, name), m); err != nil {
			t.Fatal(err)
		}
	}
	denied := func(what string, name string, err error) {
		t.Helper()
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, name := range files(t, dir) {
		mode(name, 0)
		if name == "LOCK" {
			if err := folderHolds(ctx, dir, want); err != nil {
				t.Errorf("readers need no lock: %v", err)
			}
		} else {
			_, err := embedded.Open(ctx, dir, small)
			denied("opening a store with an unreadable file", name, err)
			denied("verifying it", name, embedded.Verify(ctx, dir))
		}
		mode(name, 0o644)
	}
	refused := func(what, name string, do func(s *embedded.Store) error) {
		t.Helper()
		s, err := embedded.Open(ctx, dir, small)
		if err != nil {
			t.Fatal(err)
		}
		denied(what, name, do(s))
		if err := errors.Join(holds(ctx, s, want), s.Close(), folderHolds(ctx, dir, want)); err != nil {
			t.Errorf("after %s was refused: %v", what, err)
		}
	}
	for _, name := range []string{"LOCK", filepath.Base(glob(t, dir, "*.wal")[0])} {
		mode(name, 0o444)
		refused("a change with a read-only "+name, name, func(s *embedded.Store) error { return change(ctx, s, numbered("more", 2), nil) })
		mode(name, 0o644)
	}
	mode("", 0o555)
	refused("a bulk change in a read-only folder", dir, func(s *embedded.Store) error { return change(ctx, s, numbered("more", 400), nil) })
	refused("compacting in a read-only folder", dir, func(s *embedded.Store) error { return s.Compact(ctx) })
	refused("backing up into a read-only folder", dir, func(s *embedded.Store) error { return s.Backup(ctx, filepath.Join(dir, "copy")) })
	_, err = embedded.Create(ctx, filepath.Join(dir, "new"), small)
	denied("a new store in a read-only folder", dir, err)
	mode("", 0o300)
	refused("compacting in a folder that cannot be synced", dir, func(s *embedded.Store) error { return s.Compact(ctx) })
	mode("", 0)
	_, err = embedded.Open(ctx, dir, small)
	denied("a store in a folder that cannot be entered", dir, err)
	mode("", 0o755)
	if err := folderHolds(ctx, dir, want); err != nil {
		t.Error(err)
	}
}

func glob(t testing.TB, dir, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(names) == 0 {
		t.Fatalf("no %s in %s: %v", pattern, dir, err)
	}
	return names
}
