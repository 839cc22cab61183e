package dgraph

import (
	"bytes"
	"encoding/json"
	"fmt"

	"parley/graph/store"
)

// scan goes through an answer in JSON, of which millions of edges come: without
// an object for each. The first thing that is not as it must be ends it.
type scan struct {
	b    []byte
	at   int
	room []byte // of a string that had to be unquoted
	err  error
}

func (s *scan) fail(want string) {
	if s.err == nil {
		from, to := max(0, s.at-20), min(len(s.b), s.at+20)
		s.err = fmt.Errorf("the cluster's answer has no %s at byte %d of %d: …%s…", want, s.at, len(s.b), s.b[from:to])
	}
}

func (s *scan) space() {
	for s.at < len(s.b) && (s.b[s.at] == ' ' || s.b[s.at] == '\n' || s.b[s.at] == '\t' || s.b[s.at] == '\r') {
		s.at++
	}
}

// is goes past a sign if it is there.
func (s *scan) is(c byte) bool {
	s.space()
	if s.err == nil && s.at < len(s.b) && s.b[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scan) must(c byte) {
	if !s.is(c) {
		s.fail(string(c))
	}
}

// text reads a string. It is good until the next one.
func (s *scan) text() []byte {
	s.must('"')
	from := s.at
	if s.err != nil {
		return nil
	}
	end := bytes.IndexByte(s.b[from:], '"')
	if end < 0 {
		s.fail("end of a string")
		return nil
	}
	if bytes.IndexByte(s.b[from:from+end], '\\') < 0 {
		s.at = from + end + 1
		return s.b[from : from+end]
	}
	for s.at < len(s.b) && s.b[s.at] != '"' {
		if s.b[s.at] == '\\' {
			s.at++
		}
		s.at++
	}
	if s.at >= len(s.b) {
		s.fail("end of a string")
		return nil
	}
	s.at++
	var text string
	if err := json.Unmarshal(s.b[from-1:s.at], &text); err != nil {
		s.fail("readable string")
		return nil
	}
	s.room = append(s.room[:0], text...)
	return s.room
}

// object calls field with the name of each field of an object, which must read
// its value.
func (s *scan) object(field func(name []byte)) {
	s.must('{')
	if s.is('}') {
		return
	}
	for s.err == nil {
		name := s.text()
		s.must(':')
		if s.err == nil {
			field(name)
		}
		if !s.is(',') {
			s.must('}')
			return
		}
	}
}

// array calls element for each element of an array, which must read it.
func (s *scan) array(element func()) {
	s.must('[')
	if s.is(']') {
		return
	}
	for s.err == nil {
		element()
		if !s.is(',') {
			s.must(']')
			return
		}
	}
}

// rows reads an array of objects.
func (s *scan) rows(begin func(), field func(name []byte), end func()) {
	s.array(func() {
		begin()
		s.object(field)
		if s.err == nil {
			end()
		}
	})
}

// uid reads a uid in quotes.
func (s *scan) uid() store.Node {
	text := s.text()
	n, ok := parseHex(bytes.TrimPrefix(text, []byte("0x")))
	if s.err == nil && (!ok || n == 0 || n > mostNodes) {
		s.fail(fmt.Sprintf("uid that is a handle but %q", text))
	}
	return store.Node(n)
}

func parseHex(text []byte) (n uint64, ok bool) {
	if len(text) == 0 || len(text) > 16 {
		return 0, false
	}
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | uint64(c-'0')
		case c >= 'a' && c <= 'f':
			n = n<<4 | uint64(c-'a'+10)
		default:
			return 0, false
		}
	}
	return n, true
}

// number reads a number without a fraction.
func (s *scan) number() (n int64) {
	s.space()
	from := s.at
	for s.at < len(s.b) && s.b[s.at] >= '0' && s.b[s.at] <= '9' {
		n = n*10 + int64(s.b[s.at]-'0')
		s.at++
	}
	if from == s.at {
		s.fail("number")
	}
	return n
}

// count reads a number, be it written 3 or 3.000000.
func (s *scan) count() int64 {
	n := s.number()
	if s.err == nil && s.at < len(s.b) && s.b[s.at] == '.' {
		s.at++
		s.number()
	}
	return n
}

// entries reads the entries of an edge or a term. A number is the label of the
// one entry of an edge that came in bulk.
func (s *scan) entries(dst entries) entries {
	if s.space(); s.err == nil && s.at < len(s.b) && s.b[s.at] != '"' {
		label := s.number()
		if s.err == nil && label > mostNodes {
			s.fail("label")
		}
		return append(dst, entry{label: store.Node(label), born: first})
	}
	text := s.text()
	if s.err != nil {
		return dst
	}
	dst, err := parseEntries(dst, text)
	if err != nil {
		s.err = err
	}
	return dst
}

// skip reads a value and forgets it.
func (s *scan) skip() {
	s.space()
	if s.at >= len(s.b) {
		s.fail("value")
		return
	}
	switch s.b[s.at] {
	case '{':
		s.object(func([]byte) { s.skip() })
	case '[':
		s.array(s.skip)
	case '"':
		s.text()
	default:
		from := s.at
		for s.at < len(s.b) && bytes.IndexByte([]byte(",]} \n\t\r"), s.b[s.at]) < 0 {
			s.at++
		}
		if from == s.at {
			s.fail("value")
		}
	}
}

// answer reads a whole answer: block is called with the name of each block, and
// must read its value.
func answer(b []byte, block func(s *scan, name string)) error {
	s := &scan{b: b}
	s.object(func(name []byte) { block(s, string(name)) })
	return s.err
}
