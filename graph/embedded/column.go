package embedded

import (
	"encoding/binary"
	"math/bits"
)

// A column is a sequence of uint32 packed by blocks of 128: each block stores
// its least value, the bits that the largest difference to it takes, and the
// differences in so many bits each. So a run of one value takes nothing, and
// numbers that lie close together little; any one can be read on its own.
//
//	data: blocks of 16·width bytes, then 8 bytes so that reads may overrun
//	directory: 12 bytes a block: least uint32, offset<<8|width uint64
const (
	blockLen = 128
	dirEntry = 12
	dataPad  = 8
)

type column struct {
	pages *pages
	data  int // offset of the first block
	dir   int // offset of the directory
	n     int
}

// at returns value i.
func (c *column) at(i int) uint32 {
	least, bit, width := c.block(i)
	if width == 0 {
		return least
	}
	at := c.data + int(bit>>3)
	c.pages.need(at, 8)
	word := binary.LittleEndian.Uint64(c.pages.b[at:])
	return least + uint32(word>>(bit&7)&(1<<width-1))
}

// block finds where value i stands: the least of its block, its first bit, and
// its width.
func (c *column) block(i int) (least uint32, bit, width uint64) {
	at := c.dir + i/blockLen*dirEntry
	c.pages.need(at, dirEntry)
	entry := c.pages.b[at : at+dirEntry]
	place := binary.LittleEndian.Uint64(entry[4:])
	width = place & 0xff
	return binary.LittleEndian.Uint32(entry), place>>8<<3 + uint64(i%blockLen)*width, width
}

// read appends values lo to hi (exclusive) to dst.
func (c *column) read(dst []uint32, lo, hi int) []uint32 {
	for lo < hi {
		end := min(hi, (lo/blockLen+1)*blockLen)
		least, bit, width := c.block(lo)
		if width == 0 {
			for ; lo < end; lo++ {
				dst = append(dst, least)
			}
			continue
		}
		mask := uint64(1)<<width - 1
		first := c.data + int(bit>>3)
		last := c.data + int((bit+uint64(end-lo-1)*width)>>3) + 8
		c.pages.need(first, last-first)
		b := c.pages.b[first:last]
		for at := bit & 7; lo < end; lo++ {
			dst = append(dst, least+uint32(binary.LittleEndian.Uint64(b[at>>3:])>>(at&7)&mask))
			at += width
		}
	}
	return dst
}

// search returns the first i in lo to hi whose value is not below v, in a
// column that is sorted there.
func (c *column) search(lo, hi int, v uint32) int {
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if c.at(mid) < v {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// columnWriter packs a column.
type columnWriter struct {
	data  *spool
	dir   []byte
	block [blockLen]uint32
	n     int // values so far
	buf   []byte
}

func newColumnWriter(s *spool) *columnWriter { return &columnWriter{data: s} }

func (w *columnWriter) add(v uint32) {
	w.block[w.n%blockLen] = v
	w.n++
	if w.n%blockLen == 0 {
		w.flush(blockLen)
	}
}

func (w *columnWriter) flush(n int) {
	values := w.block[:n]
	least, most := values[0], values[0]
	for _, v := range values {
		least, most = min(least, v), max(most, v)
	}
	width := uint64(bits.Len32(most - least))
	w.dir = binary.LittleEndian.AppendUint32(w.dir, least)
	w.dir = binary.LittleEndian.AppendUint64(w.dir, uint64(w.data.size)<<8|width)
	if width == 0 {
		return
	}
	b := w.buf[:0]
	var word, held uint64
	for _, v := range values {
		word |= uint64(v-least) << held
		if held += width; held >= 32 {
			b = binary.LittleEndian.AppendUint32(b, uint32(word))
			word >>= 32
			held -= 32
		}
	}
	for ; held > 0; held -= min(held, 8) {
		b = append(b, byte(word))
		word >>= 8
	}
	w.buf = b
	w.data.write(b)
}

// finish writes what is held and the directory, and tells where both stand in
// the spool.
func (w *columnWriter) finish() columnAt {
	if rest := w.n % blockLen; rest > 0 {
		w.flush(rest)
	}
	w.data.write(make([]byte, dataPad))
	at := columnAt{Dir: uint64(w.data.size), N: uint64(w.n)}
	w.data.write(w.dir)
	return at
}

// columnAt places a column in a segment. Before the column's spool is put in
// the segment, Data is 0 and Dir counts from the spool's beginning.
type columnAt struct{ Data, Dir, N uint64 }

func (at columnAt) column(p *pages) column {
	return column{pages: p, data: int(at.Data), dir: int(at.Dir), n: int(at.N)}
}
