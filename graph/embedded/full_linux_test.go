package embedded_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A disk of which only so many pages are free.
func TestDiskFull(t *testing.T) {
	// In a name space of its own, so that the disk goes with the process.
	space := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if uid, gid := os.Getuid(), os.Getgid(); uid != 0 {
		space.Cloneflags |= syscall.CLONE_NEWUSER
		space.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		space.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: gid, Size: 1}}
	}
	if !aloneIn(t, space) {
		return
	}
	disk := t.TempDir()
	if err := errors.Join(
		syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""),
		syscall.Mount("none", disk, "tmpfs", 0, "size=24m"),
	); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) }()
	for _, o := range operations()[1:] { // a small change finds room in the page that ends the log
		t.Run(o.name, func(t *testing.T) {
			t.Setenv("TMPDIR", disk)
			o.failing(t, 45, func(way int, _, _ string, do func() error) error {
				free := fill(t, disk, way)
				defer free()
				err := do()
				if err != nil && !errors.Is(err, syscall.ENOSPC) {
					t.Errorf("%s with %d pages free: %v", o.name, way, err)
				}
				return err
			})
		})
	}
}

// fill leaves so many pages of a disk free, until what it returns is called.
func fill(t *testing.T, disk string, pages int) (free func()) {
	t.Helper()
	f, err := os.Create(filepath.Join(disk, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	var now syscall.Statfs_t
	err = syscall.Statfs(disk, &now)
	if err == nil {
		err = syscall.Fallocate(int(f.Fd()), 0, 0, (int64(now.Bavail)-int64(pages))*now.Bsize)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
			t.Fatal(err)
		}
	}
}
