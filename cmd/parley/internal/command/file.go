package command

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// toFile writes a file whole or not at all, keeping the permissions of one
// that is there. What is there and no file, such as a pipe, is written to.
func toFile(name string, to func(io.Writer) error) (err error) {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(name); err == nil {
		mode = info.Mode().Perm()
		if !info.Mode().IsRegular() {
			return toDevice(name, to)
		}
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return err
		}
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

func toDevice(name string, to func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0) //nolint:gosec // whoever calls names the file
	if err != nil {
		return err
	}
	return errors.Join(write(f, to), f.Close())
}

// write writes to out. A reader that went away, as head does, is no failure.
func write(out io.Writer, to func(io.Writer) error) error {
	err := to(out)
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}
