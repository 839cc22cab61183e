package loader

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/cayleygraph/quad"
)

// turtleGrowth reads size bytes of text, over and over, after head and tells by
// how many MiB memory grew.
func turtleGrowth(head, text string, size int64) (mib int64, quads int, err error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := io.MultiReader(strings.NewReader(head), io.LimitReader(&repeat{text: text}, size))
	err = ReadTriG(context.Background(), r, "x.ttl", func(quad.Quad) error { quads++; return nil })
	runtime.ReadMemStats(&after)
	// The garbage of the statements does not count.
	return (int64(after.HeapSys) - int64(before.HeapSys)) >> 20, quads, err
}

func TestReadTurtleMemory(t *testing.T) {
	large(t)
	const size = 8 << 20
	for _, test := range []struct{ head, text, want string }{
		// Of these a line is as long as the file, and a statement too.
		{"", "<a:s> <a:p> <a:s> . ", ""},
		{"<a:s> <a:p> 0", ", 'x' ", "x.ttl:1:8388620: end of statement: the file ends here: want ',' ';' or '.'"},
		{"<a:s> <a:p> 0", "; <a:q> 0 ;", "x.ttl:1:8388614: end of statement: the file ends here: want ',' ';' or '.'"},
		{"<a:s> <a:p> (", "'x' ", "x.ttl:1:8388622: object: the file ends here: want "},
		{"<a:s> <a:p> [ <a:p> 1 ", ", [] ", "x.ttl:1:8388628: end of statement: the file ends here: want ',' ';' or ']'"},
		{"<a:g> {", "<a:s> <a:p> 1 .", "x.ttl:1:8388608: subject: the file ends here: want "},
		{"@prefix : <a:> .", ":s :p :o . ", ""},
		{"#", "é ", ""},
		{"", " ", ""},
		{"", "\r", ""},
		// These never end.
		{"", "<a:é", "x.ttl:1:5: subject: an IRI cannot contain '<': write %3C, or end the IRI with '>'"},
		{"\n\n <a:", "é", "x.ttl:3:2: subject: a token longer than 1048576 bytes begins here: split it, or is its end missing?"},
		{"<a:", "\\", "x.ttl:1:1: subject: a token longer than 1048576 bytes begins here"},
		{"<a:s> <a:p> \"", "\\n", "x.ttl:1:13: object: a token longer than 1048576 bytes begins here"},
		{"<a:s> <a:p> '''", "x\n", "x.ttl:1:13: object: a token longer than 1048576 bytes begins here"},
		{"<a:s> <a:p> 'x'@en", "-a1", "x.ttl:1:16: object: a token longer than 1048576 bytes begins here"},
		{"<a:s> <a:p> ", "1", "x.ttl:1:13: object: a token longer than 1048576 bytes begins here"},
		{"_:", "a..", "x.ttl:1:1: subject: a token longer than 1048576 bytes begins here"},
		{"", "x", "x.ttl:1:1: subject: a token longer than 1048576 bytes begins here"},
		{"x:", "é.", "x.ttl:1:1: subject: a token longer than 1048576 bytes begins here"},
		{"x:", "\\.%4f", "x.ttl:1:1: subject: a token longer than 1048576 bytes begins here"},
		{"@", "x", "x.ttl:1:1: subject: want @prefix or @base, in lower case, not "},
		// These lie too deep.
		{"", "[<a:p>", "x.ttl:1:6001: object: [ ] and ( ) lie more than 1000 deep in each other: name a node instead, as in _:name"},
		{"<a:s> <a:p> ", "(", "x.ttl:1:1013: object: [ ] and ( ) lie more than 1000 deep in each other"},
	} {
		grown, _, err := turtleGrowth(test.head, test.text, size/int64(len(test.text))*int64(len(test.text)))
		if grown > 6 {
			t.Errorf("%q: 8 MiB read, the heap grew by %d MiB", test.text, grown)
		}
		if got := fmt.Sprint(err); (err != nil) != (test.want != "") || !strings.HasPrefix(got, test.want) && test.want != "" {
			t.Errorf("%s%s…: %.300v, want %s", test.head, test.text, err, test.want)
		}
	}
}

// A token of 1 MiB is read whole, of every kind.
func TestReadTurtleLongTokens(t *testing.T) {
	long := func(head, tail string) string {
		return head + strings.Repeat("x", nqMaxLine-len(head)-len(tail)) + tail
	}
	for _, text := range []string{
		long("<a:", ">") + " <a:p> 1 .",
		"<a:s> <a:p> " + long(`"`, `"`) + " .",
		"<a:s> <a:p> " + long(`"""`, `"""`) + "@en .",
		"<a:s> <a:p> '1'" + long("@", "") + ".",
		long("_:", "") + " <a:p> 1 .",
		"@prefix e: <a:> . " + long("e:", "") + " <a:p> 1.",
		"<a:s> <a:p> " + strings.Repeat("1", nqMaxLine) + " .",
		"<a:s> <a:p> 1 . #" + strings.Repeat("x", 3*nqMaxLine),
	} {
		for _, r := range []io.Reader{strings.NewReader(text), iotest.HalfReader(strings.NewReader(text))} {
			if quads, err := turtleFrom(ReadTurtle, r); err != nil || len(quads) != 1 {
				t.Errorf("%.30s…: %d quads, %v", text, len(quads), err)
			}
		}
	}
}

func TestReadTurtleBounds(t *testing.T) {
	var many strings.Builder
	for i := range ttlMaxPrefixes {
		fmt.Fprintf(&many, "@prefix p%d: <a:%d> .\n", i, i)
	}
	wide := strings.Repeat("x", ttlMaxShared)
	deep := strings.Repeat("[ <a:p> ", ttlMaxDepth) + "1" + strings.Repeat(" ]", ttlMaxDepth) + "."
	for _, text := range []string{
		many.String() + "@prefix p1: <b:> . p1:s <a:p> 1 .",
		"@base <a:" + wide[2:] + "> . @prefix x: <a:" + wide[3:] + "> . x:s <a:p> 1 .",
		deep + deep,
	} {
		if quads, err := turtleQuads(ReadTurtle, text); err != nil || len(quads) == 0 {
			t.Errorf("%.30s…: %d quads, %v", text, len(quads), err)
		}
	}
	for text, want := range map[string]string{
		many.String() + "@prefix p: <a:> .":            "4097:12: prefix: more than 4096 prefixes: write the IRIs of the seldom ones whole",
		"@prefix x:\n <a:" + wide[2:] + "> .":          "2:2: prefix: the prefix and its IRI have more than 4096 bytes: write such IRIs whole",
		"@base <a:> . @base\n <" + wide[:4095] + "> .": "2:2: base: the base IRI has more than 4096 bytes: write such IRIs whole",
	} {
		turtleRefuses(t, ReadTurtle, text, want)
	}
}

// A mistake that emit finds gets its place, and reading goes on.
func TestReadTurtlePlaces(t *testing.T) {
	emit := func(q quad.Quad) error {
		if q.Object == quad.IRI("a:good") || q.Object == quad.BNode("anon1") {
			return nil
		}
		return fmt.Errorf("wrapped: %w", &Mistake{Field: "object", Problem: "is bad"})
	}
	text := "<a:s> <a:p> <a:good>, <a:é>, # é\r\n <a:good> ;\r <a:q>\n\n '''é\né''' , 1 .\n[ <a:p> <a:good>, ''] <a:p>\n () . <a:s> <a:p> <a:good>, [ <a:p> 2 ] ."
	want := "x.ttl:1:23: object: is bad\nx.ttl:5:2: object: is bad\nx.ttl:6:8: object: is bad\nx.ttl:7:19: object: is bad\nx.ttl:8:2: object: is bad\n" +
		"x.ttl:8:37: object: is bad\nx.ttl:8:29: object: is bad"
	if err := ReadTurtle(context.Background(), strings.NewReader(text), "x.ttl", emit); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	err := ReadTurtle(context.Background(), strings.NewReader("<a:s> <a:p> "+strings.Repeat("\n1,", 50)+"\n."), "x.ttl", emit)
	lines := strings.Split(fmt.Sprint(err), "\n")
	if len(lines) != 22 || lines[19] != "x.ttl:21:1: object: is bad" || lines[20] != "and 30 more" || lines[21] != "x.ttl:52:1: object: want a digit in a number that begins with '.'" {
		t.Errorf("%d lines: %v", len(lines), err)
	}
	placed := &Mistake{File: "y", Line: 7, Problem: "elsewhere"}
	if err := ReadTurtle(context.Background(), strings.NewReader(text), "x.ttl", func(quad.Quad) error { return placed }); err != placed { //nolint:errorlint // as it is
		t.Errorf("a mistake with a place: %v", err)
	}
}

func TestReadTurtleStops(t *testing.T) {
	const good = "<a:s> <a:p> <a:o> .\n"
	stop := errors.New("stop")
	seen := 0
	if err := ReadTurtle(context.Background(), strings.NewReader(good+good), "", func(quad.Quad) error { seen++; return stop }); !errors.Is(err, stop) || seen != 1 {
		t.Errorf("emit: %v after %d", err, seen)
	}
	for _, cut := range []string{"", "<a:s> <a", "é", "\xc3", "<a:s> <a:p> 'x", "<a:s> <a:p> '''x", "<a:s> <a:p> 'x'", "<a:s> <a:p> 'x'@en", "<a:s> <a:p> 'x'^", "<a:s> <a:p> 1", "<a:s> <a:p> tru", "_", "_:a", "a", "a:b", "a:%4", "@pre", "@prefix", "#"} {
		quads, err := turtleFrom(ReadTurtle, io.MultiReader(strings.NewReader(good+cut), iotest.ErrReader(stop)))
		if !errors.Is(err, stop) || len(quads) != 1 || err.Error() != "x.ttl:2: stop" {
			t.Errorf("reader after %q: %v", cut, err)
		}
	}
	for _, text := range []string{good, "\n", "#", "<a:s> <a:p> (1) . "} { // none of them ever ends
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		err := ReadTurtle(ctx, &repeat{text: text}, "", func(quad.Quad) error { return nil })
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%q: %v", text, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	seen = 0
	err := ReadTurtle(ctx, strings.NewReader(strings.Repeat(good, 2000)), "", func(quad.Quad) error { seen++; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || seen > nqCheckCtx {
		t.Errorf("cancelled: %v after %d", err, seen)
	}
	if err := ReadTriG(ctx, strings.NewReader(""), "", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
}
