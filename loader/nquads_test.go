package loader

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/cayleygraph/quad"
	"pgregory.net/rapid"
)

func readAll(r io.Reader) (quads []quad.Quad, err error) {
	err = ReadNQuads(context.Background(), r, "x.nq", func(q quad.Quad) error {
		quads = append(quads, q)
		return nil
	})
	return quads, err
}

func readString(text string) ([]quad.Quad, error) { return readAll(strings.NewReader(text)) }

func withNil(quads []quad.Quad) iter.Seq2[quad.Quad, error] {
	return func(yield func(quad.Quad, error) bool) {
		for _, q := range quads {
			if !yield(q, nil) {
				return
			}
		}
	}
}

// rewrite writes quads and reads them again.
func rewrite(t interface {
	Helper()
	Fatalf(string, ...any)
}, quads []quad.Quad,
) []quad.Quad {
	t.Helper()
	var b bytes.Buffer
	if n, err := WriteNQuads(&b, withNil(quads)); err != nil || n != len(quads) {
		t.Fatalf("wrote %d of %d quads: %v", n, len(quads), err)
	}
	again, err := readAll(&b)
	if err != nil {
		t.Fatalf("what was written is refused: %v", err)
	}
	return again
}

func TestReadNQuadsErrors(t *testing.T) {
	const sp = "<a:s> <a:p> "
	for _, test := range []struct{ text, want string }{
		{"<s> <a:p> <a:o> .", "1:1: subject: relative IRI: want one with a scheme"},
		{sp + "<a:o> .\n# c\n\n" + sp + "<o> .", "4:13: object: relative IRI"},
		{sp + "\"x\"^^<dt> .", "1:18: object: relative IRI"},
		{sp + "<a:o> <g> .", "1:19: graph label: relative IRI"},
		{`"s" <a:p> <a:o> .`, "1:1: subject: a literal cannot be the subject: want an IRI in < > or a blank node _:name"},
		{`<a:s> "p" <a:o> .`, "1:7: predicate: a literal cannot be the predicate: want an IRI in < >"},
		{`<a:s> _:p <a:o> .`, "1:7: predicate: a blank node cannot be the predicate"},
		{sp + `<a:o> "g" .`, "1:19: graph label: a literal cannot be the graph label"},
		{sp, "1:13: object: the line ends here: want an IRI"},
		{sp + `"o"`, "1:16: end of statement: the line ends here: want a graph label or '.'"},
		{sp + `"o" <a:g>`, "1:22: end of statement: the line ends here: want '.'"},
		{sp + `"o" <a:g> <a:n> .`, "1:23: end of statement: want '.', not '<'"},
		{sp + `"o" . <a:s>`, "1:19: end of statement: want the end of the line after '.'"},
		{sp + `"é∀😀\q" .`, "1:17: object: unknown escape: want \\t"},
		{sp + `"\u12G4" .`, "1:18: object: want 4 hexadecimal digits after \\u"},
		{sp + `"\U0011` + "0000\" .", "1:14: object: U+110000 is not a character"},
		{sp + `"\uD83D\uDE00" .`, "1:14: object: U+D83D is half a surrogate pair"},
		{sp + `"open .`, "1:20: object: the line ends inside a literal"},
		{sp + `"a` + "\r" + `b" .`, "1:15: object: the line ends inside a literal"},
		{sp + `'o' .`, "quote literals with \", not with '"},
		{sp + `12 .`, `write numbers such as "1"^^<http://www.w3.org/2001/XMLSchema#integer>`},
		{sp + `true .`, "not 't'; prefixed names and keywords belong to Turtle"},
		{sp + `"o"@1 .`, "1:17: object: want a letter after '@', as in @en, not '1'"},
		{sp + `"o"@en- .`, "1:20: object: want a letter or digit after '-'"},
		{sp + `"o"^<a:t> .`, "1:17: object: want ^^ and a datatype"},
		{"@prefix a: <b:> .", "1:1: subject: want an IRI in < > or a blank node _:name; directives such as @prefix belong to Turtle"},
		{"<a:s t> <a:p> <a:o> .", "1:5: subject: an IRI cannot contain ' ': write %20"},
		{`<a:\u0020> <a:p> <a:o> .`, "1:4: subject: an IRI cannot contain ' ', not even escaped"},
		{`<a:\n> <a:p> <a:o> .`, "1:4: subject: unknown escape: want \\uXXXX or \\UXXXXXXXX"},
		{"<a:s", "1:5: subject: the line ends inside an IRI: want '>'"},
		{"_:.a <a:p> <a:o> .", "1:3: subject: want a letter, digit or '_' after '_:', not '.'"},
		{"_a <a:p> <a:o> .", "1:2: subject: want ':'"},
		{sp + "_:a.. ", "1:17: end of statement"},
		{"\uFEFF" + sp + "<a:o> .", "1:1: subject: byte order mark U+FEFF: remove it"},
		{sp + "\"a\xffb\" .", "1:15: object: byte 0xFF is not UTF-8"},
		{sp + "<a:o> . # \xff", "1:23: end of statement: byte 0xFF is not UTF-8"},
		{"\x00\x01\x02", "1:1: subject: NUL byte"},
		{sp + "<a:o> . # \x00", "1:23: end of statement: NUL byte: want text in a comment"},
		{"\x1f\x8b\x08\x00\n\xff\n\xff", "1:1: subject: the file is compressed with gzip"},
		{"\xff\xfe<\x00a\x00", "1:1: subject: the file is UTF-16"},
		{sp + "<a:o> .\r" + sp + "<a:o> .\r\n\n<s>", "4:1: subject: relative IRI"},
	} {
		_, err := readString(test.text)
		var syntax *Mistake
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), test.want) || syntax.File != "x.nq" {
			t.Errorf("%q:\n got %v\nwant %s", test.text, err, test.want)
		} else if strings.Contains(err.Error(), "\n") && !strings.Contains(test.text, "a\rb") {
			t.Errorf("%q: more than one mistake: %v", test.text, err)
		}
	}
}

func TestReadNQuadsAccepts(t *testing.T) {
	lang := quad.LangString{Value: "x", Lang: "en-GB"}
	for text, want := range map[string]quad.Quad{
		"\t<a:s>\t<a:p>\t<a:o>\t<a:g>\t.\t#c\r\n": {Subject: quad.IRI("a:s"), Predicate: quad.IRI("a:p"), Object: quad.IRI("a:o"), Label: quad.IRI("a:g")},
		`_:a.b<a:p>_:c.`:                                                 {Subject: quad.BNode("a.b"), Predicate: quad.IRI("a:p"), Object: quad.BNode("c")},
		`_:a-·<a:p>"x"@en-GB_:g.`:                                        {Subject: quad.BNode("a-·"), Predicate: quad.IRI("a:p"), Object: lang, Label: quad.BNode("g")},
		`<a:\u00e9><a:\U0001F600>"\t\b\n\r\f\"\'\\é".`:                   {Subject: quad.IRI("a:é"), Predicate: quad.IRI("a:😀"), Object: quad.String("\t\b\n\r\f\"'\\é")},
		"<a:s><a:p>\"x\" ^^ <http://www.w3.org/2001/XMLSchema#string> .": {Subject: quad.IRI("a:s"), Predicate: quad.IRI("a:p"), Object: quad.String("x")},
		`<a:s><a:p>"01"^^<http://www.w3.org/2001/XMLSchema#integer>.`:    {Subject: quad.IRI("a:s"), Predicate: quad.IRI("a:p"), Object: quad.TypedString{Value: "01", Type: nqXSD + "integer"}},
	} {
		if got, err := readString("# comment\r\r\n \n" + text); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%q: %#v, %v", text, got, err)
		}
	}
}

func TestReadNQuadsManyMistakes(t *testing.T) {
	quads, err := readString(strings.Repeat("<s>\n<a:s> <a:p> <a:o> .\n", 50))
	lines := strings.Split(err.Error(), "\n")
	if len(quads) != 50 || len(lines) != 21 || lines[20] != "and 30 more" || !strings.HasPrefix(lines[19], "x.nq:39:1: ") {
		t.Errorf("%d quads, %v", len(quads), err)
	}
}

func TestReadNQuadsLongLine(t *testing.T) {
	const head, tail = `<a:s> <a:p> "`, `" .`
	fits := head + strings.Repeat("x", nqMaxLine-len(head)-len(tail)) + tail
	for _, end := range []string{"\n", "\r", "\r\n", ""} {
		if quads, err := readString(fits + end); err != nil || len(quads) != 1 {
			t.Errorf("a line of 1 MiB: %v", err)
		}
		quads, err := readString("_:a <a:p> _:b .\n" + "é" + fits + end + "\n<a:s> <a:p> <a:o> .")
		if len(quads) != 2 || err == nil || !strings.Contains(err.Error(), "x.nq:2:") {
			t.Errorf("%q: %d quads, %.200v", end, len(quads), err)
		}
	}
	quads, err := readString(head + "é" + fits[len(head):] + "\r\n<a:s> <a:p> <a:o> .\n<s>")
	want := fmt.Sprintf("x.nq:1:%d: end of statement: the line is longer than 1048576 bytes", nqMaxLine)
	if len(quads) != 1 || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "\nx.nq:3:1: ") {
		t.Errorf("%d quads, %v", len(quads), err)
	}
}

// repeat reads text over and over.
type repeat struct {
	text string
	at   int
}

func (r *repeat) Read(b []byte) (n int, _ error) {
	for n < len(b) {
		c := copy(b[n:], r.text[r.at:])
		n, r.at = n+c, (r.at+c)%len(r.text)
	}
	return n, nil
}

func TestReadNQuadsConstantMemory(t *testing.T) {
	large(t)
	for _, text := range []string{"x", "<a:s> <a:p> <a:s> .\n", "\n", "\r", "<a:é", "\\", "<a:s> <a:p> \"\\n"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := ReadNQuads(context.Background(), io.LimitReader(&repeat{text: text}, 16<<20), "x.nq", func(quad.Quad) error { return nil })
		runtime.ReadMemStats(&after)
		// The garbage of the statements does not count, so look at what had to be got from the system.
		if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 12<<20 {
			t.Errorf("%q: 16 MiB read, the heap grew by %d MiB (%v)", text, grown>>20, err)
		}
	}
}

func TestReadNQuadsStops(t *testing.T) {
	const bad, good = "<s>\n", "<a:s> <a:p> <a:o> .\n"
	stop := errors.New("stop")
	seen := 0
	emit := func(quad.Quad) error { seen++; return stop }
	if err := ReadNQuads(context.Background(), strings.NewReader(good+good), "", emit); !errors.Is(err, stop) || seen != 1 {
		t.Errorf("emit: %v after %d", err, seen)
	}
	if err := ReadNQuads(context.Background(), strings.NewReader(bad+good), "", emit); !errors.Is(err, stop) {
		t.Errorf("emit after a mistake: %v", err)
	}
	if quads, err := readAll(io.MultiReader(strings.NewReader(good+"<a:s> <a"), iotest.ErrReader(stop))); !errors.Is(err, stop) || len(quads) != 1 || err.Error() != "x.nq:2: stop" {
		t.Errorf("reader: %v", err)
	}
	for _, text := range []string{"x", good, "\n"} { // none of them ever ends
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		err := ReadNQuads(ctx, &repeat{text: text}, "", func(quad.Quad) error { return nil })
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%q: %v", text, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	seen = 0
	err := ReadNQuads(ctx, strings.NewReader(strings.Repeat(good, 2000)), "", func(quad.Quad) error { seen++; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || seen > nqCheckCtx {
		t.Errorf("cancelled: %v after %d", err, seen)
	}
}

func TestAppendQuad(t *testing.T) {
	s, p := quad.IRI("a:s"), quad.IRI("a:p")
	for _, test := range []struct {
		object quad.Value
		want   string
	}{
		{quad.String("\x00\a\b\t\n\v\f\r\x1f\"\\'\x7f\u0080é\uFFFD\uFFFE\uFFFF😀"), `"\u0000\u0007\b\t\n\u000B\f\r\u001F\"\\'\u007F` + "\u0080é\uFFFD" + `\uFFFE\uFFFF😀"`},
		{quad.TypedString{Value: "x", Type: nqXSD + "string"}, `"x"`},
		{quad.TypedString{Value: "x", Type: "a:t"}, `"x"^^<a:t>`},
		{quad.LangString{Value: "x", Lang: "en-GB"}, `"x"@en-GB`},
		{quad.Int(-5), `"-5"^^<http://www.w3.org/2001/XMLSchema#integer>`},
		{quad.Bool(true), `"true"^^<http://www.w3.org/2001/XMLSchema#boolean>`},
		{quad.Float(1.5), `"1.5E+00"^^<http://www.w3.org/2001/XMLSchema#double>`},
		{quad.Float(math.Inf(-1)), `"-INF"^^<http://www.w3.org/2001/XMLSchema#double>`},
		{quad.Time(time.Unix(1, 5e8)), `"1970-01-01T00:00:01.5Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>`},
	} {
		if got, err := FormatQuad(quad.Quad{Subject: s, Predicate: p, Object: test.object, Label: quad.BNode("g")}); got != "<a:s> <a:p> "+test.want+" _:g ." {
			t.Errorf("%s, %v, want %s", got, err, test.want)
		}
	}
	for _, test := range []struct {
		q    quad.Quad
		want string
	}{
		{quad.Quad{}, "subject: missing"},
		{quad.Quad{Subject: quad.String("x"), Predicate: p, Object: s}, "subject: literal"},
		{quad.Quad{Subject: s, Predicate: quad.BNode("x"), Object: s}, "predicate: blank node _:x"},
		{quad.Quad{Subject: s, Predicate: quad.Int(1), Object: s}, "predicate: literal"},
		{quad.Quad{Subject: s, Predicate: p}, "object: missing"},
		{quad.Quad{Subject: s, Predicate: p, Object: s, Label: quad.String("g")}, "graph label: literal"},
		{quad.Quad{Subject: quad.IRI("s"), Predicate: p, Object: s}, "is relative"},
		{quad.Quad{Subject: quad.IRI("a: s"), Predicate: p, Object: s}, "contains ' '"},
		{quad.Quad{Subject: quad.IRI("a:\xff"), Predicate: p, Object: s}, "is not UTF-8"},
		{quad.Quad{Subject: quad.BNode("a."), Predicate: p, Object: s}, "blank node label"},
		{quad.Quad{Subject: quad.BNode("\xff"), Predicate: p, Object: s}, "blank node label"},
		{quad.Quad{Subject: s, Predicate: p, Object: quad.String("\xff")}, "is not UTF-8"},
		{quad.Quad{Subject: s, Predicate: p, Object: quad.LangString{Value: "x", Lang: "e1"}}, "language tag"},
		{quad.Quad{Subject: s, Predicate: p, Object: quad.TypedString{Value: "x"}}, "is relative"},
		{quad.Quad{Subject: s, Predicate: p, Object: struct{ quad.IRI }{"a:o"}}, "no form in RDF"},
	} {
		if b, err := AppendQuad([]byte("kept"), test.q); err == nil || !strings.Contains(err.Error(), test.want) || string(b) != "kept" {
			t.Errorf("%v: %q, %v, want %s", test.q, b, err, test.want)
		}
	}
}

// lexical gives v as it comes back from N-Quads.
func lexical(v quad.Value) quad.Value {
	switch v := v.(type) {
	case quad.Int:
		return quad.TypedString{Value: quad.String(fmt.Sprint(int64(v))), Type: nqXSD + "integer"}
	case quad.Bool:
		return quad.TypedString{Value: quad.String(fmt.Sprint(bool(v))), Type: nqXSD + "boolean"}
	case quad.Float:
		return quad.TypedString{Value: quad.String(strconv.FormatFloat(float64(v), 'E', -1, 64)), Type: nqXSD + "double"}
	case quad.TypedString:
		if v.Type == nqXSD+"string" {
			return v.Value
		}
	}
	return v
}

func TestNQuadsRoundTrip(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.OneOf(
		rapid.RuneFrom([]rune("\"\\'tnu\x7f\u0080\uFEFF\uFFFD\uFFFE\uFFFF\U0010FFFF")), rapid.Map(rapid.IntRange(0, ' '), func(i int) rune { return rune(i) }))))
	iri := rapid.Map(rapid.StringMatching(`[a-z][a-z0-9+.-]{0,3}:[!#-;=?-\[\]_a-z~é-퟿\x{10000}-\x{10FFFF}]{0,9}`), func(s string) quad.Value { return quad.IRI(s) })
	node := rapid.OneOf(iri, iri, rapid.Map(rapid.StringMatching(`[A-Za-z0-9_é]([A-Za-z0-9_.·-]{0,5}[a-z0-9‿-])?`), func(s string) quad.Value { return quad.BNode(s) }))
	object := rapid.OneOf(node,
		rapid.Map(text, func(s string) quad.Value { return quad.String(s) }),
		rapid.Custom(func(t *rapid.T) quad.Value {
			return quad.LangString{Value: quad.String(text.Draw(t, "text")), Lang: rapid.StringMatching(`[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8}){0,2}`).Draw(t, "lang")}
		}),
		rapid.Custom(func(t *rapid.T) quad.Value {
			datatype := rapid.OneOf(iri, rapid.Just(quad.Value(quad.IRI(nqXSD+"string")))).Draw(t, "type").(quad.IRI)
			return quad.TypedString{Value: quad.String(text.Draw(t, "text")), Type: datatype}
		}),
		rapid.Map(rapid.Int64(), func(i int64) quad.Value { return quad.Int(i) }),
		rapid.Map(rapid.Bool(), func(b bool) quad.Value { return quad.Bool(b) }),
		rapid.Map(rapid.IntRange(-9, 9), func(i int) quad.Value { return quad.Float(math.Ldexp(float64(i), -3)) }))
	one := rapid.Custom(func(t *rapid.T) quad.Quad {
		q := quad.Quad{Subject: node.Draw(t, "subject"), Predicate: iri.Draw(t, "predicate"), Object: object.Draw(t, "object")}
		if rapid.Bool().Draw(t, "labelled") {
			q.Label = node.Draw(t, "label")
		}
		return q
	})
	rapid.Check(t, func(t *rapid.T) {
		quads := rapid.SliceOfN(one, 0, 20).Draw(t, "quads")
		again := rewrite(t, quads)
		for i := range quads {
			quads[i].Object = lexical(quads[i].Object)
		}
		if !slices.Equal(again, quads) {
			t.Fatalf("%#v became %#v", quads, again)
		}
	})
}

func TestWriteNQuadsStops(t *testing.T) {
	stop, q := errors.New("stop"), quad.MakeIRI("a:s", "a:p", "a:o", "")
	for _, end := range []struct {
		q   quad.Quad
		err error
	}{{q, stop}, {quad.Quad{Subject: q.Subject}, nil}} {
		var b bytes.Buffer
		n, err := WriteNQuads(&b, func(yield func(quad.Quad, error) bool) {
			for range 2 {
				if !yield(q, nil) {
					return
				}
			}
			yield(end.q, end.err)
		})
		if n != 2 || bytes.Count(b.Bytes(), []byte("\n")) != 2 || err == nil || end.err != nil && !errors.Is(err, stop) || end.err == nil && err.Error() != "quad 3: predicate: missing" {
			t.Errorf("%d, %v, %q", n, err, b.String())
		}
	}
	r, w := io.Pipe()
	_ = r.CloseWithError(stop)
	if n, err := WriteNQuads(w, withNil([]quad.Quad{q, q})); n != 0 || !errors.Is(err, stop) {
		t.Errorf("%d, %v", n, err)
	}
}

// FuzzReadNQuads looks for panics, for statements accepted that do not survive
// writing, and for a dependence on how the bytes come in.
func FuzzReadNQuads(f *testing.F) {
	for _, text := range []string{
		"<a:s> <a:p> <a:o> <a:g> .\n_:a.b<a:p>\"x\\u00e9\\n\"@en-GB.#c\r\n",
		"<a:s> <a:p> \"1\"^^<" + nqXSD + "integer> . \r\r\n<s>\n\uFEFF",
		"_:\u00b7 <a:\\U0001F600> \"\x00\xff\" .\n\\\"^@",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		quads, err := readAll(bytes.NewReader(text))
		bytewise, err2 := readAll(iotest.OneByteReader(bytes.NewReader(text)))
		if !slices.Equal(quads, bytewise) || fmt.Sprint(err) != fmt.Sprint(err2) {
			t.Fatalf("read at once: %v, %v; byte by byte: %v, %v", quads, err, bytewise, err2)
		}
		if again := rewrite(t, quads); !slices.Equal(again, quads) {
			t.Fatalf("%#v became %#v", quads, again)
		}
	})
}

// benchmarkText has 100,000 statements: one of an event has five, the labels
// and predicates repeat.
func benchmarkText() string {
	var b strings.Builder
	for i := range 20000 {
		s := fmt.Sprintf("<http://example.org/event/%d>", i)
		fmt.Fprintf(&b, "%s <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/Visit> .\n", s)
		fmt.Fprintf(&b, "%s <http://example.org/by> <http://example.org/actor/%d> .\n", s, i*7%5000)
		fmt.Fprintf(&b, "%s <http://example.org/at> <http://example.org/place/%d> <http://example.org/g> .\n", s, i%300)
		fmt.Fprintf(&b, "%s <http://example.org/on> \"2018-06-%02d\"^^<http://www.w3.org/2001/XMLSchema#date> .\n", s, i%30+1)
		fmt.Fprintf(&b, "%s <http://example.org/title> \"Wilbur Ross visits Beijing, part %d\"@en .\n", s, i)
	}
	return b.String()
}

func BenchmarkReadNQuads(b *testing.B) {
	text := benchmarkText()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if err := ReadNQuads(context.Background(), strings.NewReader(text), "", func(quad.Quad) error { n++; return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "quads/s")
}

func BenchmarkWriteNQuads(b *testing.B) {
	text := benchmarkText()
	quads, err := readString(text)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := WriteNQuads(io.Discard, withNil(quads)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(quads)*b.N)/b.Elapsed().Seconds(), "quads/s")
}
