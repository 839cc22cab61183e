package loader

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/iotest"
)

// fuzzTurtle looks for panics, for statements accepted that do not survive
// writing, and for a dependence on how the bytes come in.
func fuzzTurtle(f *testing.F, read turtleReader) {
	files, err := filepath.Glob(filepath.Join("testdata", "turtle", "*"))
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range []string{
		"@prefix:<a:>.:s a:\\~%4f.,'''x\\u00e9'\\n'''@en-GB,\"\"^^:t,[],().#c\r\n",
		"base<http://e/a?b#c>[<../p>1.5e-3,.5,-1.;;<>true.]<#q>(_:anon1_:_anon1)",
		"graph[]{_:b<a:p>false;}\xff\uFEFF\x00",
		"#\n@prefi",
		"<a:s> <a:p> 'x'@en",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		quads, err := turtleFrom(read, bytes.NewReader(text))
		bytewise, err2 := turtleFrom(read, iotest.OneByteReader(bytes.NewReader(text)))
		if !slices.Equal(quads, bytewise) || fmt.Sprint(err) != fmt.Sprint(err2) {
			t.Fatalf("read at once: %v, %v; byte by byte: %v, %v", quads, err, bytewise, err2)
		}
		if again := rewrite(t, quads); !slices.Equal(again, quads) {
			t.Fatalf("%#v became %#v", quads, again)
		}
	})
}

func FuzzTurtle(f *testing.F) { fuzzTurtle(f, ReadTurtle) }

func FuzzTriG(f *testing.F) { fuzzTurtle(f, ReadTriG) }
