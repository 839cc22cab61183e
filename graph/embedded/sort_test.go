package embedded

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSortQuads sorts as comparing does, whatever the ids and however many: by
// comparing itself, by insertion, by digits in one pass or more.
func TestSortQuads(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.SampledFrom([]int{0, 1, 24, 25, radixFrom - 1, radixFrom, 3 * radixFrom}).Draw(rt, "quads")
		most := rapid.SampledFrom([]uint32{1, 3, 1 << 11, 1<<11 + 1, 1 << 22, 1<<22 + 1, 1<<32 - 1}).Draw(rt, "most")
		seed := rapid.Uint32().Draw(rt, "seed") | 1
		next := func() uint32 {
			seed = seed*1664525 + 1013904223
			return uint32(uint64(seed) * uint64(most) >> 32)
		}
		quads := make([]quad4, n)
		for i := range quads {
			quads[i] = quad4{next(), next() % 3, next(), next() % 2}
		}
		given := slices.Clone(quads)
		want := slices.Clone(quads)
		slices.SortFunc(want, compareQuads)
		sorted, other := sortQuads(quads, make([]quad4, n))
		if !slices.Equal(sorted, want) {
			rt.Fatal("not sorted by subject, predicate, object and label")
		}
		if len(other) != n || n > 0 && &other[0] == &sorted[0] {
			rt.Fatal("the other slice is no room to sort in")
		}
		// By one id, the others stay in the order in which they were.
		slices.SortStableFunc(want, func(a, b quad4) int { return int(int64(a.o) - int64(b.o)) })
		freed := 0
		before := slices.Clone(sorted)
		byObject, _ := radix(sorted, other, func(q *quad4) uint32 { return q.o }, func() {
			freed++
			if !slices.Equal(sorted, before) {
				rt.Fatal("what is still read is written over")
			}
		})
		if !slices.Equal(byObject, want) || freed > 1 {
			rt.Fatalf("not sorted by object; told %d times that it may write", freed)
		}
		if freed == 0 && !slices.Equal(sorted, before) {
			rt.Fatal("what may still be read was written over")
		}
		slices.SortFunc(given, compareQuads)
		slices.SortFunc(byObject, compareQuads)
		if !slices.Equal(given, byObject) {
			rt.Fatal("other quads than were given")
		}
	})
}

// A subject of very many quads is sorted by one worker, wherever the parts would
// begin.
func TestSortLongRows(t *testing.T) {
	const n = 3 << 16
	quads := make([]quad4, n)
	for i := range quads {
		quads[i] = quad4{s: uint32(i/(n/3*2)) + 1, p: 1, o: uint32(n - i), l: 1}
	}
	want := slices.Clone(quads)
	slices.SortFunc(want, compareQuads)
	if sorted, _ := sortQuads(quads, make([]quad4, n)); !slices.Equal(sorted, want) {
		t.Error("not sorted")
	}
}
