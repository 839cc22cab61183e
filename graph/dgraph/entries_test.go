package dgraph

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"parley/graph/store"

	"pgregory.net/rapid"
)

func TestEntries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		es := entries(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) entry {
			return entry{store.Node(rapid.Uint32().Draw(t, "label")), rapid.Uint64Range(1, 1<<50).Draw(t, "born"), rapid.Uint64Range(0, 1<<50).Draw(t, "died")}
		}), 1, 5).Draw(t, "entries"))
		text := es.append(nil)
		got, err := parseEntries(nil, text)
		if err != nil || !slices.Equal(got, es) {
			t.Errorf("%q is read as %v, %v; want %v", text, got, err, es)
		}
	})
	for _, bad := range []string{"", "1", "1.", ".1", "1.1,", ",1.1", "1.1.", "1.1.1.1", "1.0", "1.1.0", "A.1", "1.1 ", "1.1;1.2", "zzzzzzz.1", "1.zzzzzzzzzzzzzzzz"} {
		if es, err := parseEntries(nil, []byte(bad)); err == nil {
			t.Errorf("%q is read as %v", bad, es)
		}
	}
}

// What a version shows: what was born by then and had not died, under numbers
// that are not void.
func TestEra(t *testing.T) {
	now := era{version: 10, void: numbers{{3, 5}, {8, 9}}}
	for _, c := range []struct {
		e    entry
		want bool
	}{
		{entry{born: 1}, true},
		{entry{born: 10}, true},
		{entry{born: 11}, false},
		{entry{born: 3}, false},
		{entry{born: 4}, false},
		{entry{born: 5}, true},
		{entry{born: 8}, false},
		{entry{born: 9}, true},
		{entry{born: 1, died: 2}, false},
		{entry{born: 1, died: 11}, true},
		{entry{born: 1, died: 3}, true},
		{entry{born: 1, died: 8}, true},
		{entry{born: 4, died: 8}, false},
	} {
		if got := now.sees(c.e); got != c.want {
			t.Errorf("%+v is seen: %t", c.e, got)
		}
		if kept := now.clean(entries{c.e}); c.want && !slices.ContainsFunc(kept, now.sees) {
			t.Errorf("%+v is dropped", c.e)
		}
	}
}

func TestVoidNumbers(t *testing.T) {
	s := state{Version: 5, Next: 9}
	s.forget(9)
	s.forget(12) // nothing was made since
	s.publish(14, time.Now())
	s.Next = 20
	s.forget(20)
	if want := (numbers{{6, 12}, {15, 20}}); !slices.EqualFunc(s.Void, want, func(a, b [2]uint64) bool { return a == b }) {
		t.Errorf("void: %v, want %v", s.Void, want)
	}
	s.check(t.Errorf)
}

func FuzzEscape(f *testing.F) {
	for _, key := range []string{"<x:a", "\"two\nlines", "\"nul \x00", "i\x00\xff\x80", "\"100%", "\"a \\ b", "\"\u2028\ufeff\u0085\ufffd", "_玻璃", "%4"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		text := escape(key)
		if got, err := unescape(text); err != nil || got != key {
			t.Errorf("%q is written %q and read as %q, %v", key, text, got, err)
		}
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\"\\\x00\n\r\t") {
			t.Errorf("%q is written %q", key, text)
		}
		if b, err := json.Marshal(text); err != nil || !strings.ContainsAny(text, "<>&") && string(b) != `"`+text+`"` {
			t.Errorf("%q is %s in JSON", text, b)
		}
		_, _ = unescape(key)
	})
}

// Whatever a server answers, it is read or refused.
func FuzzAnswer(f *testing.F) {
	for _, text := range []string{
		`{"q":[{"uid":"0x1","p2a":[{"uid":"0x2","f":"1.1,2.1.3"}]},{"uid":"0x7"}]}`, `{"t":[{"uid":"0x1","k|u":"0.1","k":"<x:\u00e9"}]}`,
		`{"q":[]}`, `{"q":[{"uid":"0x1","p2a":[{"uid":"0x2","f":17}]}]}`, `{}`, `{"q":[{"uid":"0x1","s":[{"uid":"0x2"}]}]}`, `{"q":[{"c":3.000000}]}`, `{"q":[{"x":{"y":[true,null,-1e3]}}]}`, `{"q":[{"uid":"0x100000000"}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(_ *testing.T, b []byte) {
		for _, read := range []func(*scan){
			func(s *scan) { s.edges(func(store.Node) {}, func(edge) {}) },
			func(s *scan) { _ = s.keys(map[store.Node]string{}) },
			func(s *scan) { s.pairs(func(_, _ store.Node) {}) },
			func(s *scan) { s.rows(func() {}, func([]byte) { s.count() }, func() {}) },
			(*scan).skip,
		} {
			_ = answer(b, func(s *scan, _ string) { read(s) })
		}
	})
}
