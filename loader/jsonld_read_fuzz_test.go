package loader_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/loader"

	"github.com/cayleygraph/quad"
)

// TestHostileJSONLD gives documents that would take json-gold, or the memory,
// long: each ends with a word on what is wrong.
func TestHostileJSONLD(t *testing.T) {
	large(t)
	many := func(n int, format string) string { // % is the number, + the next one
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.NewReplacer("%", fmt.Sprint(i), "+", fmt.Sprint(i+1)).Replace(format))
		}
		return strings.TrimSuffix(b.String(), ",")
	}
	long := strings.Repeat("x", 1<<20)
	for name, c := range map[string]struct{ text, want string }{
		"deep":               {strings.Repeat("[", 1<<20), "nested more than 500 deep"},
		"deep objects":       {strings.Repeat(`{"@graph":[`, 1<<18), "nested more than 500 deep"},
		"values":             {`{"a:p":[` + strings.Repeat("1,", 1<<21) + `]}`, "more than 262144 values"},
		"one text":           {`["` + strings.Repeat(long, 70), "longer than 64 MiB"},
		"terms":              {`{"@context":{` + many(1<<15, `"t%":"a:b",`) + `}}`, "more than 16384 terms"},
		"contexts":           {`{"@context":{` + many(1<<13, `"t%":"a:b",`) + `},"a:p":[` + many(1<<13, `{"@context":{}},`) + `]}`, "take too long"},
		"long prefix":        {`{"@context":{"p":"http://x.example/` + long + `/"},"a:p":{` + many(1<<12, `"p:%":1,`) + `}}`, "too much memory"},
		"chain of prefixes":  {`{"@context":{"t0":"a:b",` + many(1<<12, `"t+":"t%:x",`) + `},"a:p":1}`, "more than 64 deep"},
		"chain of datatypes": {`{"@context":{` + many(1<<14-10, `"t%":{"@id":"a:b","@type":"t+"},`) + `},"a:p":1}`, "invalid type mapping"},
		"prefix of itself":   {`{"@context":{"a":"b:x","b":"a:x"}}`, "or on themselves"},
	} {
		start := time.Now()
		_, err := readJSONLD(strings.NewReader(c.text))
		t.Logf("%-18s %v", name, time.Since(start).Round(time.Millisecond))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %.300v, want %q in it", name, err, c.want)
		}
	}
}

func FuzzReadJSONLD(f *testing.F) {
	files, _ := filepath.Glob("testdata/jsonld/*.jsonld")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("{\"a\"é"))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines, err := readJSONLD(bytes.NewReader(text))
		again, err2 := readJSONLD(&slowly{text})
		// Of two mistakes in a context json-gold tells either.
		if (err == nil) != (err2 == nil) || !slices.Equal(lines, again) {
			t.Fatalf("at once %v\n%q\nbyte by byte %v\n%q", err, lines, err2, again)
		}
		if err != nil {
			var m *loader.Mistake
			if !errors.As(err, &m) || m.Line < 1 || m.Line > 1+bytes.Count(text, []byte("\n")) || m.Column < 1 || m.Problem == "" {
				t.Fatalf("a mistake without a place: %v", err)
			}
			return
		}
		n := 0
		if err := loader.ReadNQuads(context.Background(), strings.NewReader(strings.Join(lines, "\n")), "x.nq", func(quad.Quad) error {
			n++
			return nil
		}); err != nil || n != len(lines) {
			t.Fatalf("%d of %d statements can be read: %v", n, len(lines), err)
		}
	})
}
