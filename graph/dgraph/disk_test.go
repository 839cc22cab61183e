package dgraph

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"parley/graph/dgraph/dgraphtest"
	"parley/graph/store"
)

// Where the disk of an alpha is full the alpha dies, and loads fail. With more
// room it starts again, and has all that was acknowledged, and nothing else.
func TestDiskFull(t *testing.T) {
	dgraphtest.Need(t)
	if os.Geteuid() != 0 {
		t.Skip("a small file system is mounted by root only")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no small file system can be mounted here: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	c, err := dgraphtest.Start(t.Context(), dir, dgraphtest.Shape{})
	must(t, err)
	t.Cleanup(func() { must(t, c.Kill()) })
	url := c.URL("full")
	s := create(t, url)
	short(t, &writePatience, 2*time.Second)
	short(t, &silence, 2*time.Second)
	const events, most = 2_000, 100
	made := 0
	for ; err == nil && made < most; made++ {
		_, err = s.Update(t.Context(), func(tx store.Tx) error {
			return generate(made*events, (made+1)*events, func(sts []store.Statement) error { return tx.(store.KeyTx).AddKeys(t.Context(), sts) })
		})
	}
	made--
	if err == nil {
		t.Fatalf("%d quads are no more than 24 MB", most*events*8)
	}
	uncertain := errors.Is(err, ErrUncertain)
	t.Logf("after %d changes: %v", made, err)
	must(t, s.Close())

	if out, err := exec.Command("mount", "-o", "remount,size=2g", dir).CombinedOutput(); err != nil {
		t.Fatalf("make room: %v: %s", err, out)
	}
	writePatience = time.Minute
	for _, p := range append(c.Zeros, c.Alphas...) {
		if !p.Running() {
			must(t, p.Start())
		}
	}
	must(t, c.Ready(t.Context()))
	s, err = Open(t.Context(), url, Options{})
	must(t, err)
	defer func() { _ = s.Close() }()
	held, err := snapshot(t, s).Stats(t.Context())
	const each = events * 8
	want := int64(made * each)
	if uncertain && held.Quads == want+each {
		want += each
	}
	if err != nil || held.Quads != want {
		t.Errorf("%d quads, %v; %d were acknowledged", held.Quads, err, want)
	}
	change(t, s, edges("x:more", "x:l", 10), nil)
	verifyAt(t, url)
}
