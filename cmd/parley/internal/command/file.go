package command

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// toFile writes a file whole or not at all, keeping the permissions of one
// that is there.
func toFile(name string, to func(io.Writer) error) (err error) {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(name); err == nil {
		mode = info.Mode().Perm()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".parley-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	b := bufio.NewWriter(f)
	for _, step := range []func() error{
		func() error { return to(b) },
		b.Flush,
		func() error { return f.Chmod(mode) },
		f.Sync,
		f.Close,
	} {
		if err = step(); err != nil {
			return err
		}
	}
	return os.Rename(f.Name(), name)
}
