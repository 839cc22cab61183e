package loader

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Lines come in order, and again, however few of them fit into memory, and no
// file is left.
func TestSorter(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(rapid.StringMatching(`[abc\x00\n]{0,8}`)).Draw(t, "lines")
		s := &sorter{atOnce: rapid.IntRange(1, 64).Draw(t, "at once")}
		for _, line := range lines {
			if err := s.add(func(to []byte) ([]byte, error) { return append(to, line...), nil }); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			got := []string{}
			if err := s.all(func(line []byte) error {
				got = append(got, string(line))
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if want := slices.Sorted(slices.Values(lines)); !slices.Equal(got, want) {
				t.Fatalf("%q, want %q", got, want)
			}
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
		if left, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*")); left != nil {
			t.Fatal(left)
		}
	})
}

func TestSorterFails(t *testing.T) {
	stop := errors.New("stop")
	add := func(s *sorter) error {
		return s.add(func(to []byte) ([]byte, error) { return append(to, "line"...), nil })
	}
	s := &sorter{atOnce: 1}
	if err := s.add(func([]byte) ([]byte, error) { return nil, stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
	if err := errors.Join(add(s), add(s)); err != nil {
		t.Fatal(err)
	}
	if err := s.all(func([]byte) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "nowhere"))
	if err := add(&sorter{atOnce: 1}); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "nowhere") {
		t.Error(err)
	}
}
