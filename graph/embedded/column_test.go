package embedded

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawnNumber takes all widths, so that neighbours lie close together or far
// apart.
var drawnNumber = rapid.Custom(func(t *rapid.T) uint32 {
	return rapid.Uint32().Draw(t, "number") >> rapid.SampledFrom([]int{0, 1, 7, 15, 24, 31, 32}).Draw(t, "less")
})

// written writes a column into bytes, after some others.
func written(t *rapid.T, w *columnWriter) column {
	at := w.finish()
	var b bytes.Buffer
	before := rapid.IntRange(0, 20).Draw(t, "before")
	b.Write(make([]byte, before))
	if err := w.data.writeTo(&b); err != nil {
		t.Fatal(err)
	}
	w.data.close()
	at.Data, at.Dir = uint64(before), at.Dir+uint64(before)
	// Some reads reach beyond what is read.
	b.Write(make([]byte, dataPad))
	return at.column(newPages("column", b.Bytes(), nil), w.fields)
}

func TestColumn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		fields := rapid.IntRange(1, mostField).Draw(rt, "fields")
		entry := rapid.SliceOfN(drawnNumber, mostField, mostField)
		n := rapid.SampledFrom([]int{0, 1, 2, blockLen - 1, blockLen, blockLen + 1, 3*blockLen + 5}).Draw(rt, "entries")
		few := rapid.SliceOfN(entry, 1, 12).Draw(rt, "few")
		entries := make([][]uint32, n) // long runs of few, so that drawing stays cheap
		for i := range entries {
			entries[i] = few[i*len(few)/n]
			if i%7 == 3 {
				entries[i] = few[i%len(few)]
			}
		}
		dir := ""
		if rapid.Bool().Draw(rt, "in a file") {
			dir = t.TempDir()
		}
		w := newColumnWriter(&spool{dir: dir}, fields)
		for _, e := range entries {
			w.add(e[0], e[1], e[2])
		}
		c := written(rt, w)
		if c.n != n {
			rt.Fatalf("%d entries, not %d", c.n, n)
		}
		for i, e := range entries {
			for f := range fields {
				if got := c.get(i, f); got != e[f] {
					rt.Fatalf("field %d of entry %d of %d is %d, not %d", f, i, n, got, e[f])
				}
			}
			if fields == 1 && i+1 < n {
				if a, b := c.pair(i); a != e[0] || b != entries[i+1][0] {
					rt.Fatalf("entries %d and %d are %d and %d, not %d and %d", i, i+1, a, b, e[0], entries[i+1][0])
				}
			}
		}
		lo := rapid.IntRange(0, n).Draw(rt, "lo")
		hi := rapid.IntRange(lo, n).Draw(rt, "hi")
		at := lo
		c.blocks(lo, hi, func(b *block, first, from, to int) bool {
			for i := from; i < to; i++ {
				if first+i != at || b.get(i, fields-1) != entries[at][fields-1] {
					rt.Fatalf("block at %d: entry %d is %d", first, i, b.get(i, fields-1))
				}
				at++
			}
			return true
		})
		if at != hi {
			rt.Fatalf("the blocks from %d on end at %d, not %d", lo, at, hi)
		}
	})
}

func TestColumnOfOne(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.SliceOfN(drawnNumber, 0, 2*blockLen+9).Draw(rt, "values")
		slices.Sort(values)
		w := newColumnWriter(&spool{}, 1)
		for _, v := range values {
			w.add(v, 0, 0)
		}
		c := written(rt, w)
		lo := rapid.IntRange(0, len(values)).Draw(rt, "lo")
		hi := rapid.IntRange(lo, len(values)).Draw(rt, "hi")
		if got := c.read([]uint32{7}, lo, hi); !slices.Equal(got, append([]uint32{7}, values[lo:hi]...)) {
			rt.Fatalf("entries %d to %d of %v are %v", lo, hi, values, got)
		}
		for _, v := range append([]uint32{0, 1, 1<<32 - 1, drawnNumber.Draw(rt, "any")}, values...) {
			want, _ := slices.BinarySearch(values[lo:hi], v)
			if got := c.search(lo, hi, 0, v); got != lo+want {
				rt.Fatalf("%d is to be at %d of %v, not %d", v, lo+want, values, got)
			}
		}
	})
}
