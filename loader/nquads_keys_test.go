package loader

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"parley/graph"
	"parley/graph/store"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

// quadOf reads the keys of a statement.
func quadOf(s store.Statement) (q quad.Quad, err error) {
	for _, t := range []struct {
		key   []byte
		value *quad.Value
	}{{s.Subject, &q.Subject}, {s.Predicate, &q.Predicate}, {s.Object, &q.Object}, {s.Label, &q.Label}} {
		if len(t.key) > 0 && err == nil {
			*t.value, err = store.Value(t.key)
		}
	}
	return q, err
}

// readKeys gives quads in an order that depends on them alone.
func readKeys(r io.Reader, o KeyOptions) (quads []quad.Quad, err error) {
	var mu sync.Mutex
	err = ReadKeys(context.Background(), r, "x.nq", o, func(statements []store.Statement) error {
		mu.Lock()
		defer mu.Unlock()
		for _, s := range statements {
			q, err := quadOf(s)
			if err != nil {
				return err
			}
			quads = append(quads, q)
		}
		return nil
	})
	sortQuads(quads)
	return quads, err
}

func sortQuads(quads []quad.Quad) {
	slices.SortFunc(quads, func(a, b quad.Quad) int { return cmp.Compare(fmt.Sprintf("%#v", a), fmt.Sprintf("%#v", b)) })
}

// likeReadNQuads compares ReadKeys, with several workers and blocks, with
// ReadNQuads. The readers must all give the same.
func likeReadNQuads(t interface {
	Helper()
	Fatalf(string, ...any)
}, open func() io.Reader, blocks ...int,
) {
	t.Helper()
	want, wantErr := readAll(open())
	sortQuads(want)
	for workers := 1; workers <= 3; workers++ {
		for _, block := range blocks {
			got, err := readKeys(open(), KeyOptions{Workers: workers, block: block})
			if !slices.Equal(got, want) || fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Fatalf("%d workers, blocks of %d bytes:\n got %.500v\nwant %.500v\n got %.2000v\nwant %.2000v", workers, block, got, want, err, wantErr)
			}
		}
	}
}

func TestReadKeysW3C(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(w3cSuite, "*.nq"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("the W3C suite is missing: " + w3cSuite)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			likeReadNQuads(t, func() io.Reader { return bytes.NewReader(text) }, 0, 1, 50)
		})
	}
}

// nqTexts draws files that are right for the most part.
var nqTexts = rapid.Custom(func(t *rapid.T) []byte {
	term := rapid.SampledFrom([]string{
		"<a:s>", "<urn:parley:person/liu-he>", "<http://example.org/~é!/%20>", `<a:\u00e9\U0001F600x>`, "_:a", "_:a.b-·", "_:f0123456789abcdef-a",
		`"x"`, `""`, `"é\n\"\u00e9\\"`, `"x"@en-GB`, `"\t"@e`, `"1"^^<` + nqXSD + `integer>`, `"s" ^^ <` + nqXSD + `string>`, `"\u0000"^^<a:\u00e9>`,
		"<s>", "<a:", "<a: >", `<a:\u0020>`, "_:", `"open`, `"\q"`, `"x"@`, `"x"^^`, "12", "\x00", "\xff", "\ufeff",
	})
	var b []byte
	for range rapid.IntRange(0, 40).Draw(t, "lines") {
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			b = append(b, "# comment"...)
		case 1:
		default:
			for _, field := range []string{"subject", "predicate", "object", "label"} {
				one := "<a:p>"
				if field == "object" || rapid.IntRange(0, 9).Draw(t, field) == 0 {
					one = term.Draw(t, field)
				}
				b = append(b, one...)
				b = append(b, rapid.SampledFrom([]string{" ", " ", "", "\t "}).Draw(t, "space")...)
			}
			b = append(b, '.')
		}
		if at := rapid.IntRange(0, 20*len(b)+20).Draw(t, "at"); at < len(b) {
			b[at] = rapid.Byte().Draw(t, "byte")
		}
		b = append(b, rapid.SampledFrom([]string{"\n", "\n", "\r\n", "\r", ""}).Draw(t, "end")...)
	}
	return b
})

func TestReadKeysLikeReadNQuads(t *testing.T) {
	stop := errors.New("stop")
	rapid.Check(t, func(t *rapid.T) {
		text := nqTexts.Draw(t, "text")
		kind := rapid.IntRange(0, 3).Draw(t, "reader")
		likeReadNQuads(t, func() io.Reader {
			var r io.Reader = bytes.NewReader(text)
			switch kind {
			case 1:
				r = iotest.OneByteReader(r)
			case 2:
				r = iotest.DataErrReader(r)
			case 3:
				r = io.MultiReader(r, iotest.ErrReader(stop))
			}
			return r
		}, rapid.IntRange(1, 300).Draw(t, "block"), 0)
	})
}

// FuzzReadKeys looks for a text that ReadKeys reads in another way than
// ReadNQuads.
func FuzzReadKeys(f *testing.F) {
	for _, text := range []string{
		"<a:s> <a:p> <a:o> <a:g> .\n_:a.b<a:p>\"x\\u00e9\\n\"@en-GB.#c\r\n",
		"<a:s> <a:p> \"1\"^^<" + nqXSD + "integer> . \r\r\n<s>\n\uFEFF",
		"_:\u00b7 <a:\\U0001F600> \"\x00\xff\" .\n\\\"^@",
		"PK\x03\x04\n<a:s><a:p><a:o>.",
	} {
		f.Add([]byte(text), uint16(20))
	}
	f.Fuzz(func(t *testing.T, text []byte, block uint16) {
		likeReadNQuads(t, func() io.Reader { return bytes.NewReader(text) }, int(block))
	})
}

// Lines about the limit, which blocks of any size must cut alike.
func TestReadKeysLongLines(t *testing.T) {
	large(t)
	pieces := []string{"<a:s> <a:p> <a:o> .", "\n", "\r", "\r\n", "x", "é", "\xff", `<a:s> <a:p> "`, `" .`, "#", "<a:", `\u00e9`, `\n`, "> "}
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, 0))
		var text []byte
		for range random.IntN(12) + 1 {
			piece, times := pieces[random.IntN(len(pieces))], 1
			if random.IntN(3) == 0 {
				times = (nqMaxLine - 20 + random.IntN(40)) / len(piece)
			}
			text = append(text, strings.Repeat(piece, times)...)
		}
		likeReadNQuads(t, func() io.Reader { return bytes.NewReader(text) }, 1000, 0, nqMaxLine+2+random.IntN(9))
	}
	// The limit cuts the last character in two.
	for _, head := range []string{"", "x"} {
		_, err := readString(head + strings.Repeat("é", nqMaxLine))
		if err == nil || !strings.Contains(err.Error(), "the line is longer") {
			t.Errorf("%q: %.200v", head, err)
		}
	}
}

func TestNQuadsIRIEnd(t *testing.T) {
	for at := range 24 {
		for a := range 256 {
			for _, b := range "a!~>\\\x00{\x7f\u00e9" {
				line := bytes.Repeat([]byte("a"), 24)
				line[at], line[(at+1)%24] = byte(a), byte(b)
				want := slices.IndexFunc(line, func(c byte) bool { return nqClass[c]&nqIRI == 0 })
				if want < 0 {
					want = len(line)
				}
				if got := nqIRIEnd(line, 0); got != want {
					t.Fatalf("%q: %d, want %d", line, got, want)
				}
			}
		}
	}
}

func TestReadKeysManyMistakes(t *testing.T) {
	text := strings.Repeat("<a:s> <a:p> <a:o> .\n<s>\n", 5000)
	for workers := 1; workers <= 3; workers++ {
		quads, err := readKeys(strings.NewReader(text), KeyOptions{Workers: workers, block: 100})
		lines := strings.Split(err.Error(), "\n")
		if len(quads) != 5000 || len(lines) != 21 || lines[20] != "and 4980 more" || !strings.HasPrefix(lines[19], "x.nq:40:1: ") {
			t.Errorf("%d quads, %v", len(quads), err)
		}
	}
}

func TestReadKeysScope(t *testing.T) {
	const text = "_:a <a:p> _:b _:g .\n_:f0123456789abcdef-a <a:p> \"x\" .\n<a:s> <a:p> _:a .\n"
	var calls atomic.Int32
	scope := func() (string, error) { calls.Add(1); return "f00-", nil }
	quads, err := readKeys(strings.NewReader(strings.Repeat(text, 100)), KeyOptions{Workers: 3, Scope: scope, block: 50})
	want := []quad.Quad{
		{Subject: quad.BNode("f00-a"), Predicate: quad.IRI("a:p"), Object: quad.BNode("f00-b"), Label: quad.BNode("f00-g")},
		{Subject: quad.BNode("f0123456789abcdef-a"), Predicate: quad.IRI("a:p"), Object: quad.String("x")},
		{Subject: quad.IRI("a:s"), Predicate: quad.IRI("a:p"), Object: quad.BNode("f00-a")},
	}
	if err != nil || !slices.Equal(slices.Compact(quads), want) || calls.Load() != 1 {
		t.Errorf("%v, %v, %d calls", quads, err, calls.Load())
	}
	calls.Store(0)
	if _, err := readKeys(strings.NewReader("_:f0123456789abcdef-a <a:p> <a:o> .\n"), KeyOptions{Scope: scope}); err != nil || calls.Load() != 0 {
		t.Errorf("nothing to scope: %v, %d calls", err, calls.Load())
	}
	stop := errors.New("stop")
	if _, err := readKeys(strings.NewReader(text), KeyOptions{Scope: func() (string, error) { return "", stop }}); !errors.Is(err, stop) {
		t.Errorf("the scope fails: %v", err)
	}
}

func TestReadKeysCheck(t *testing.T) {
	text := strings.Repeat("<a:s> <a:p> <a:o> .\n<a:s> <a:p> \"bad\" .\n<s>\n", 8)
	check := func(s store.Statement) error {
		if string(s.Object) == `"bad` {
			return fmt.Errorf("in vain: %w", &Mistake{Problem: "refused"})
		}
		return nil
	}
	for block := range 100 {
		quads, err := readKeys(strings.NewReader(text), KeyOptions{Workers: 3, Check: check, block: block})
		var want []string
		for i := range 8 {
			want = append(want, fmt.Sprintf("x.nq:%d: refused", 3*i+2), fmt.Sprintf("x.nq:%d:1: subject: relative IRI: want one with a scheme, as in <http://example.org/name>", 3*i+3))
		}
		if len(quads) != 8 || err == nil || err.Error() != strings.Join(want, "\n") {
			t.Fatalf("%d quads, %v", len(quads), err)
		}
	}
	stop := errors.New("stop")
	if _, err := readKeys(strings.NewReader(text), KeyOptions{Check: func(store.Statement) error { return stop }}); !errors.Is(err, stop) {
		t.Errorf("the check fails: %v", err)
	}
}

func TestFitKeys(t *testing.T) {
	node := rapid.SampledFrom([]string{"<urn:parley:person/liu-he>", "<urn:parley:meeting/x>", "<a:s>", "_:b"})
	predicate := rapid.Custom(func(t *rapid.T) string {
		return "<" + string(rapid.SampledFrom(append(vocab.Predicates(), &vocab.Predicate{IRI: "a:p"})).Draw(t, "predicate").IRI) + ">"
	})
	object := rapid.OneOf(node, rapid.SampledFrom([]string{
		`"held"`, `"2018-05-03"^^<` + string(vocab.EDTF) + ">", `"2018-13"^^<` + string(vocab.EDTF) + ">", `"2018"`, `"-1"`, `"x"@en`,
		"<" + string(vocab.Person.IRI) + ">", `"7"^^<` + string(vocab.Integer) + ">",
	}))
	rapid.Check(t, func(t *rapid.T) {
		line := fmt.Sprintf("%s %s %s %s .\n", node.Draw(t, "subject"), predicate.Draw(t, "predicate"), object.Draw(t, "object"), rapid.OneOf(node, rapid.Just("")).Draw(t, "label"))
		want := ReadNQuads(context.Background(), strings.NewReader(line), "x.nq", func(q quad.Quad) error {
			if err := graph.Fit(q); err != nil {
				return &Mistake{Problem: err.Error()}
			}
			return nil
		})
		quads, err := readKeys(strings.NewReader(line), KeyOptions{Check: FitKeys})
		if fmt.Sprint(err) != fmt.Sprint(want) || (err == nil) != (len(quads) == 1) {
			t.Fatalf("%s%v, %v, want %v", line, quads, err, want)
		}
	})
}

func TestReadKeysStops(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	const bad, good = "<s>\n", "<a:s> <a:p> <a:o> .\n"
	stop := errors.New("stop")
	nothing := func([]store.Statement) error { return nil }
	for workers := 1; workers <= 3; workers++ {
		o := KeyOptions{Workers: workers, block: 100}
		err := ReadKeys(context.Background(), &repeat{text: good}, "x.nq", o, func([]store.Statement) error { return stop })
		if !errors.Is(err, stop) {
			t.Errorf("emit: %v", err)
		}
		err = ReadKeys(context.Background(), strings.NewReader(bad+good), "x.nq", o, func([]store.Statement) error { return stop })
		if !errors.Is(err, stop) || !strings.HasPrefix(err.Error(), "x.nq:1:1: subject: ") {
			t.Errorf("emit after a mistake: %v", err)
		}
		for _, text := range []string{"x", good, bad, "\n", "\r", "\x00"} { // none of them ever ends
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
			err := ReadKeys(ctx, &repeat{text: text}, "", KeyOptions{Workers: workers}, nothing)
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%q: %.200v", text, err)
			}
		}
		ctx, cancel := context.WithCancel(context.Background())
		err = ReadKeys(ctx, &repeat{text: good}, "", o, func([]store.Statement) error { cancel(); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		if err := ReadKeys(ctx, strings.NewReader(""), "", o, nothing); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled before: %v", err)
		}
	}
}

// Terms that are put together stay good until emit returns, however many there
// are, and a block is not written over while another is read.
func TestReadKeysKeepsTerms(t *testing.T) {
	var text strings.Builder
	const lines = 5 * nqKeyBatch
	for i := range lines {
		fmt.Fprintf(&text, "_:s%d <a:p\\u00e9%d> \"%s%d\\n\"@en-GB <a:g%d> .\n", i, i, strings.Repeat("x", i%300), i, i)
	}
	var want []string
	for i := range lines {
		want = append(want, fmt.Sprintf("_f-s%d <a:pé%d @en-GB\x00%s%d\n <a:g%d", i, i, strings.Repeat("x", i%300), i, i))
	}
	slices.Sort(want)
	for _, block := range []int{0, 100_000, 1000} {
		var mu sync.Mutex
		var got []string
		o := KeyOptions{Workers: 3, Scope: func() (string, error) { return "f-", nil }, block: block}
		err := ReadKeys(context.Background(), strings.NewReader(text.String()), "", o, func(statements []store.Statement) error {
			runtime.Gosched()
			mu.Lock()
			defer mu.Unlock()
			for _, s := range statements {
				got = append(got, string(bytes.Join([][]byte{s.Subject, s.Predicate, s.Object, s.Label}, []byte(" "))))
			}
			return nil
		})
		slices.Sort(got)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("blocks of %d: %d lines, %v", block, len(got), err)
		}
	}
}

func TestReadKeysConstantMemory(t *testing.T) {
	large(t)
	for _, text := range []string{"x", "\r", "\x00\n", "<a:s> <a:p> <a:s> .\n", `<a:s> <a:p> "\n`, `_:a<a:\u00e9>"\n"@en.` + "\n"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := ReadKeys(context.Background(), io.LimitReader(&repeat{text: text}, 16<<20), "x.nq", KeyOptions{Workers: 2}, func([]store.Statement) error { return nil })
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 16<<20 {
			t.Errorf("%q: 16 MiB read, the heap grew by %d MiB (%.200v)", text, grown>>20, err)
		}
	}
}
