package embedded

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawnKeys are different keys, of which many begin as others do or are the
// beginning of others; some are long, some have NULs.
var drawnKeys = rapid.Custom(func(t *rapid.T) []string {
	part := rapid.OneOf(
		rapid.StringOfN(rapid.SampledFrom([]rune("ab\x00")), 0, 3, -1),
		rapid.SampledFrom([]string{"", "\x00", "\xff", "http://x/", strings.Repeat("a", 8), strings.Repeat("b", 127), strings.Repeat("c", 128), strings.Repeat("d", 300), strings.Repeat("e", 17000)}),
	)
	keys := map[string]bool{}
	for range rapid.IntRange(0, 80).Draw(t, "keys") {
		// A key is never empty: its first byte is the kind of its term.
		keys["<"+strings.Join(rapid.SliceOfN(part, 0, 4).Draw(t, "parts"), "")] = true
	}
	return slices.Collect(maps.Keys(keys))
})

// segmentOf makes a segment of sorted terms and nothing else.
func segmentOf(t *rapid.T, base uint32, sorted []string, idOf []uint32, ids int) *terms {
	w := newSegmentWriter("", base, uint32(ids), nil)
	for _, key := range sorted {
		w.text.add([]byte(key))
	}
	if idOf != nil {
		w.permuted(idOf)
	}
	b, err := w.bytes()
	if err != nil {
		t.Fatal(err)
	}
	g, err := openSegment("segment", b, true)
	if err != nil {
		t.Fatal(err)
	}
	return &g.terms
}

func TestTerms(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		keys := drawnKeys.Draw(rt, "keys")
		slices.Sort(keys)
		base := rapid.Uint32Range(1, 1<<30).Draw(rt, "base")
		ids, places := len(keys), make([]uint32, len(keys))
		for i := range places {
			places[i] = uint32(i)
		}
		var idOf []uint32
		if rapid.Bool().Draw(rt, "permuted") {
			// Some ids have no term any more.
			ids += rapid.IntRange(0, 5).Draw(rt, "without a term")
			all := make([]uint32, ids)
			for i := range all {
				all[i] = uint32(i)
			}
			places = rapid.Permutation(all).Draw(rt, "places")[:len(keys)]
			idOf = places
		}
		terms := segmentOf(rt, base, keys, idOf, ids)
		for rank, key := range keys {
			id := base + places[rank]
			if got := terms.find([]byte(key)); got != id {
				rt.Fatalf("%q has the id %d, not %d", key, got, id)
			}
			if got := terms.key([]byte("before "), id); string(got) != "before "+key {
				rt.Fatalf("id %d is %q, not %q", id, got, key)
			}
		}
		for i := range ids {
			if got := terms.key(nil, base+uint32(i)); !slices.Contains(places, uint32(i)) && len(got) > 0 {
				rt.Fatalf("id %d has the term %q that was left out", i, got)
			}
		}
		for _, other := range append(drawnKeys.Draw(rt, "others"), "", "<", "\xff", "\x00") {
			rank, there := slices.BinarySearch(keys, other)
			if got := terms.find([]byte(other)); !there && got != 0 {
				rt.Fatalf("%q, which would stand at %d, is found as %d", other, rank, got)
			}
		}
		rank := 0
		for key, id := range terms.all {
			if string(key) != keys[rank] || id != base+places[rank] {
				rt.Fatalf("term %d is %q with the id %d", rank, key, id)
			}
			rank++
		}
		if rank != len(keys) {
			rt.Fatalf("%d terms of %d", rank, len(keys))
		}
	})
}

// Numbers of terms are given once each, whoever asks, and sorted as strings are.
func TestInterner(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		keys := drawnKeys.Draw(rt, "keys")
		n := newInterner()
		lately := &recent{of: n}
		numbers := map[uint32]string{}
		for range 2 {
			for _, key := range keys {
				number := n.number([]byte(key))
				if other, ok := numbers[number]; ok && other != key {
					rt.Fatalf("%q and %q are both number %d", key, other, number)
				}
				numbers[number] = key
				if got := lately.number([]byte(key)); got != number {
					rt.Fatalf("%q is number %d, and %d", key, number, got)
				}
				if got := n.key(number); string(got) != key {
					rt.Fatalf("%q comes back as %q", key, got)
				}
				if number >= n.top() {
					rt.Fatalf("number %d is not below %d", number, n.top())
				}
			}
		}
		if len(numbers) != len(keys) {
			rt.Fatalf("%d numbers for %d terms", len(numbers), len(keys))
		}
		var got []string
		for _, number := range n.sorted() {
			got = append(got, numbers[number])
		}
		slices.Sort(keys)
		if !slices.Equal(got, keys) {
			rt.Fatalf("sorted: %q", got)
		}
	})
}

// The same for so many that they are sorted in parts.
func TestInternerOfMany(t *testing.T) {
	n := newInterner()
	var want []string
	for i := range 70000 {
		key := "<" + strings.Repeat("x", i%3*8) + string([]byte{byte(i * 7), byte(i * 7 >> 8), byte(i >> 16)})
		n.number([]byte(key))
		want = append(want, key)
	}
	slices.Sort(want)
	want = slices.Compact(want)
	numbers := n.sorted()
	if len(numbers) != len(want) {
		t.Fatalf("%d numbers for %d terms", len(numbers), len(want))
	}
	for i, number := range numbers {
		if !bytes.Equal(n.key(number), []byte(want[i])) {
			t.Fatalf("term %d is %q, not %q", i, n.key(number), want[i])
		}
	}
}
