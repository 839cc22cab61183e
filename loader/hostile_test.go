package loader_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parley/loader"
)

// begins has of each format how a file begins in which something endless may
// follow; of a format that is not here, with it at once.
var begins = map[string]string{
	"nquads": `<http://x.example/a> <http://x.example/b> "`,
	"turtle": `<http://x.example/a> <http://x.example/b> "`,
	"trig":   `<http://x.example/g> { <http://x.example/a> <http://x.example/b> "`,
	"jsonld": `{"@id": "http://x.example/a", "http://x.example/b": "`,
	"ftm":    `{"id": "a", "schema": "Person", "properties": {"name": ["`,
	"csv":    "move,name,source\nmove/a,\"",
	"gdelt":  "1\t20180602\t",
	"icews":  "Event ID\tEvent Date\t",
	"facts":  "facts:\n  - {place: place/a, at: \"",
}

// hostile is what no file of any format may be, each after the beginning of its
// format or without it.
func hostile() map[string]func(head string) string {
	const large = 100 << 20
	return map[string]func(string) string{
		"a line of 100 MB":      func(head string) string { return head + strings.Repeat("a", large) },
		"100 MB of nothing":     func(head string) string { return head + strings.Repeat(" ", large) + "x" },
		"100 MB of quotes":      func(head string) string { return head + strings.Repeat(`"`, large) },
		"a million tabs":        func(string) string { return strings.Repeat("\t", 1e6) + "\n1\t2" },
		"a million columns":     func(string) string { return strings.Repeat("a,", 1e6) + "a\n1,2\n" },
		"deep lists":            func(string) string { return strings.Repeat("[", 3e6) },
		"deep objects":          func(string) string { return strings.Repeat(`{"a":`, 2e6) },
		"deep lists within":     func(head string) string { return strings.TrimRight(head, `"`) + strings.Repeat("[", 3e6) },
		"deep collections":      func(head string) string { return strings.TrimRight(head, `"`) + strings.Repeat("(", 3e6) },
		"nothing but NUL":       func(string) string { return strings.Repeat("\x00", 1e6) },
		"a NUL within":          func(head string) string { return head + "\x00" },
		"what is not UTF-8":     func(head string) string { return head + "\xff\xfe\xc0\x80" },
		"escapes of a terminal": func(head string) string { return head + "\x1b[2J\x07" },
		"noise": func(string) string {
			b := make([]byte, 1<<16)
			for i, x := 0, uint32(1); i < len(b); i++ {
				x = x*1664525 + 1013904223
				b[i] = byte(x >> 24)
			}
			return string(b)
		},
	}
}

// mostMemory is what a refused file may take, in KiB of resident memory: the
// program, its tests, and some blocks for each processor. The largest file has
// 100 MiB.
const mostMemory = 400 << 10

// TestHostileFiles loads each hostile file in a process of its own: it must end
// with a clear mistake, of bounded length, in bounded memory, and leave the graph
// as it was.
func TestHostileFiles(t *testing.T) {
	if dir := os.Getenv("PARLEY_HOSTILE"); dir != "" {
		loadHostile(t, dir)
		return
	}
	large(t)
	for _, f := range loader.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			dir := t.TempDir()
			for what, make := range hostile() {
				name := filepath.Join(dir, strings.ReplaceAll(what, " ", "-")+f.Endings[0])
				if err := os.WriteFile(name, []byte(make(begins[f.Name])), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			self := exec.Command(os.Args[0], "-test.run", "^TestHostileFiles$", "-test.v")
			self.Env = append(os.Environ(), "PARLEY_HOSTILE="+dir, "PARLEY_FORMAT="+f.Name)
			out, err := self.CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%.4000s", err, out)
			}
		})
	}
}

func loadHostile(t *testing.T, dir string) {
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, format := range []*loader.Format{nil, loader.FormatNamed(os.Getenv("PARLEY_FORMAT"))} {
		for _, file := range files {
			what := filepath.Base(file)
			if format != nil {
				what = filepath.Base(file) + " as " + format.Name
			}
			g := openGraph(t)
			_, err := loadAs(context.Background(), g, []string{file}, loader.FindOptions{Format: format}, loader.LoadOptions{})
			var m *loader.Mistake
			switch {
			case err == nil:
				t.Errorf("%s: loaded", what)
			case !errors.As(err, &m):
				t.Errorf("%s: no mistake: %.300v", what, err)
			case len(err.Error()) > 64<<10:
				t.Errorf("%s: %d bytes of mistakes", what, len(err.Error()))
			case strings.ContainsAny(err.Error(), "\x00\x1b\x07"):
				t.Errorf("%s: the mistake has control characters: %.300q", what, err)
			}
			t.Logf("%s: %.200v", what, err)
			if n := len(quadsOf(t, g)); n > 0 {
				t.Errorf("%s: %d quads were added", what, n)
			}
		}
	}
	if took := peakMemory(); took > mostMemory {
		t.Errorf("took %d KiB of memory", took)
	}
}

// peakMemory is the most memory that the process had resident, in KiB; 0 where
// the system does not tell.
func peakMemory() int {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		var n int
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &n); err == nil {
			return n
		}
	}
	return 0
}

// large skips a test of a large file where the race detector makes it slow: it
// says nothing of races.
func large(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("a large file, with -short")
	}
}
