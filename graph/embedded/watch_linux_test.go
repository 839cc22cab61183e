package embedded_test

import (
	"encoding/binary"
	"os"
	"syscall"
	"testing"
)

// watch tells whenever a file of a folder appears, goes or gets another name,
// so that a writer can be killed between any two such steps.
func watch(t *testing.T, dir string) (steps <-chan struct{}, stop func()) {
	t.Helper()
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err == nil {
		_, err = syscall.InotifyAddWatch(fd, dir, syscall.IN_CREATE|syscall.IN_DELETE|syscall.IN_MOVED_TO|syscall.IN_CLOSE_WRITE)
	}
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "inotify")
	c := make(chan struct{}, 1<<12)
	go func() {
		defer close(c)
		b := make([]byte, 1<<12)
		for {
			n, err := f.Read(b)
			if err != nil {
				return
			}
			for rest := b[:n]; len(rest) >= syscall.SizeofInotifyEvent; {
				select {
				case c <- struct{}{}:
				default:
				}
				rest = rest[syscall.SizeofInotifyEvent+int(binary.NativeEndian.Uint32(rest[12:])):]
			}
		}
	}()
	return c, func() {
		_ = f.Close()
		for range c {
			continue
		}
	}
}
