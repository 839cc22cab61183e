package dgraph

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"parley/graph/store"
)

// entry says of a quad, or of a term's being in use, from which version on it is
// there, and up to which: 0 for one that has not ended. A term's label is 0.
type entry struct {
	label      store.Node
	born, died uint64
}

// entries are those of one edge, or of one term, as its facet has them:
// "label.born" or "label.born.died" in base 36, one after the other with commas.
// What came in bulk is of version 1, and where it is one entry the facet is a
// number, that of the label.
type entries []entry

const base = 36

func (es entries) append(dst []byte) []byte {
	for i, e := range es {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendUint(dst, uint64(e.label), base)
		dst = append(dst, '.')
		dst = strconv.AppendUint(dst, e.born, base)
		if e.died != 0 {
			dst = append(dst, '.')
			dst = strconv.AppendUint(dst, e.died, base)
		}
	}
	return dst
}

// parseEntries appends the entries of a facet to dst.
func parseEntries(dst entries, text []byte) (entries, error) {
	at := 0
	number := func() (n uint64, ok bool) {
		from := at
		for ; at < len(text); at++ {
			var digit byte
			switch c := text[at]; {
			case c >= '0' && c <= '9':
				digit = c - '0'
			case c >= 'a' && c <= 'z':
				digit = c - 'a' + 10
			default:
				return n, at > from
			}
			if n > (1<<63)/base {
				return 0, false
			}
			n = n*base + uint64(digit)
		}
		return n, at > from
	}
	sign := func(c byte) bool {
		if at < len(text) && text[at] == c {
			at++
			return true
		}
		return false
	}
	for {
		label, ok1 := number()
		point := sign('.')
		born, ok2 := number()
		e, ok3 := entry{label: store.Node(label), born: born}, true
		if sign('.') {
			e.died, ok3 = number()
			ok3 = ok3 && e.died != 0
		}
		if !point || !ok1 || !ok2 || !ok3 || label > mostNodes || born == 0 {
			return dst, fmt.Errorf("entries %q cannot be read at byte %d", text, at)
		}
		dst = append(dst, e)
		if at == len(text) {
			return dst, nil
		}
		if !sign(',') {
			return dst, fmt.Errorf("entries %q cannot be read at byte %d", text, at)
		}
	}
}

// mostNodes is the greatest uid that is a handle.
const mostNodes = 1<<32 - 1

// numbers is a set of numbers of changes, as ranges that begin and end: sorted,
// without the end.
type numbers [][2]uint64

func (ns numbers) has(n uint64) bool {
	// The newest are asked for most.
	for i := len(ns) - 1; i >= 0; i-- {
		if n >= ns[i][0] {
			return n < ns[i][1]
		}
	}
	return false
}

// with returns the set with a range that is later than all in it.
func (ns numbers) with(from, to uint64) numbers {
	if from >= to {
		return ns
	}
	if last := len(ns) - 1; last >= 0 && ns[last][1] == from {
		ns = slices.Clone(ns)
		ns[last][1] = to
		return ns
	}
	return append(slices.Clone(ns), [2]uint64{from, to})
}

// era is what a reader of a version knows of versions: which it is, and which
// numbers before it are void.
type era struct {
	version uint64
	void    numbers
}

func (v era) reached(n uint64) bool { return n != 0 && n <= v.version && !v.void.has(n) }

// sees tells whether what an entry is of is there.
func (v era) sees(e entry) bool { return v.reached(e.born) && !v.reached(e.died) }

// live tells whether any of some entries is seen.
func (v era) live(es entries) bool { return slices.ContainsFunc(es, v.sees) }

// clean drops what nobody will ever see: entries under void numbers.
func (v era) clean(es entries) entries {
	kept := es[:0]
	for _, e := range es {
		if v.void.has(e.born) {
			continue
		}
		if v.void.has(e.died) {
			e.died = 0
		}
		kept = append(kept, e)
	}
	return kept
}

// escape writes a key so that it is plain text without quotes, backslashes and
// control characters, which means the same in JSON, in RDF and in a query.
func escape(key string) string {
	if !strings.ContainsFunc(key, special) && utf8.ValidString(key) {
		return key
	}
	b := make([]byte, 0, len(key)+16)
	for i := 0; i < len(key); {
		r, size := utf8.DecodeRuneInString(key[i:])
		if r == utf8.RuneError && size == 1 || special(r) {
			for _, c := range []byte(key[i : i+size]) {
				b = append(b, '%', hex[c>>4], hex[c&15])
			}
		} else {
			b = append(b, key[i:i+size]...)
		}
		i += size
	}
	return string(b)
}

const hex = "0123456789ABCDEF"

// special are those that some notation or other does not leave as they are.
func special(r rune) bool {
	return r < ' ' || r == '"' || r == '\\' || r == '%' || r == 0x7F || r >= 0x80 && r < 0xA0 || r == 0x2028 || r == 0x2029 || r == 0xFEFF || r == utf8.RuneError
}

// unescape reads what escape wrote.
func unescape(text string) (string, error) {
	at := strings.IndexByte(text, '%')
	if at < 0 {
		return text, nil
	}
	b := append(make([]byte, 0, len(text)), text[:at]...)
	for i := at; i < len(text); i++ {
		if text[i] != '%' {
			b = append(b, text[i])
			continue
		}
		if i+2 >= len(text) {
			return "", fmt.Errorf("key %q ends after a %%", text)
		}
		c, err := strconv.ParseUint(text[i+1:i+3], 16, 8)
		if err != nil {
			return "", fmt.Errorf("key %q: %%%s is no byte", text, text[i+1:i+3])
		}
		b, i = append(b, byte(c)), i+2
	}
	return string(b), nil
}
