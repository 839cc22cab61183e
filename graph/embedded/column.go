package embedded

import (
	"encoding/binary"
	"math/bits"
)

// A column is a sequence of uint32, or of pairs or triples of them, packed by
// blocks of 128. Of each field a block stores the least value and the bits that
// the largest difference to it takes, and then the differences in so many bits
// each, the fields of one entry side by side. So a run of one value takes
// nothing, and numbers that lie close together little; any entry can be read on
// its own, and mostly lies on one line of the processor's cache.
//
//	data: blocks of 16·(sum of widths) bytes, then 8 bytes so that reads may overrun
//	directory, for each block: offset, 5 bytes; for each field least uint32, width byte
const (
	blockLen  = 128
	dataPad   = 8
	mostField = 3
)

type column struct {
	pages  *pages
	data   int // offset of the first block
	dir    int // offset of the directory
	n      int // entries
	fields int
}

func entrySize(fields int) int { return 5 + 5*fields }

// at returns entry i of a column of one field.
func (c *column) at(i int) uint32 {
	at := c.dir + i/blockLen*10
	c.pages.need(at, 10)
	entry := c.pages.b[at : at+10]
	least, width := binary.LittleEndian.Uint32(entry[5:]), uint64(entry[9])
	if width == 0 {
		return least
	}
	bit := uint64(i%blockLen) * width
	at = c.data + int(binary.LittleEndian.Uint64(entry)&(1<<40-1)) + int(bit>>3)
	c.pages.need(at, 8)
	return least + uint32(binary.LittleEndian.Uint64(c.pages.b[at:])>>(bit&7)&(1<<width-1))
}

// pair returns entries i and i+1 of a column of one field.
func (c *column) pair(i int) (uint32, uint32) {
	if i%blockLen == blockLen-1 {
		return c.at(i), c.at(i + 1)
	}
	var b block
	c.open(&b, i)
	return b.get(i%blockLen, 0), b.get(i%blockLen+1, 0)
}

// block is an opened block.
type block struct {
	data  []byte
	total uint64 // bits of an entry
	field [mostField]struct {
		shift, mask uint64
		least       uint32
	}
}

// open reads the directory for the block that has entry i.
func (c *column) open(b *block, i int) {
	size := entrySize(c.fields)
	at := c.dir + i/blockLen*size
	c.pages.need(at, size)
	entry := c.pages.b[at : at+size]
	b.total = 0
	for f := range c.fields {
		of := entry[5+5*f:]
		field := &b.field[f]
		field.least = binary.LittleEndian.Uint32(of)
		field.shift = b.total
		field.mask = 1<<of[4] - 1
		b.total += uint64(of[4])
	}
	from := c.data + int(binary.LittleEndian.Uint64(entry)&(1<<40-1))
	to := from + blockLen/8*int(b.total) + dataPad
	to = min(to, c.dir)
	c.pages.need(from, to-from)
	b.data = c.pages.b[from:to]
}

// get returns a field of entry i of the block.
func (b *block) get(i, field int) uint32 {
	f := &b.field[field]
	if f.mask == 0 {
		return f.least
	}
	bit := uint64(i)*b.total + f.shift
	return f.least + uint32(binary.LittleEndian.Uint64(b.data[bit>>3:])>>(bit&7)&f.mask)
}

// get returns a field of entry i.
func (c *column) get(i, field int) uint32 {
	if c.fields == 1 {
		return c.at(i)
	}
	var b block
	c.open(&b, i)
	return b.get(i%blockLen, field)
}

// blocks calls yield with each block that has some of the entries lo to hi
// (exclusive): the number of its first entry, and which of its entries are
// meant.
func (c *column) blocks(lo, hi int, yield func(b *block, first, from, to int) bool) {
	var b block
	for lo < hi {
		first := lo / blockLen * blockLen
		end := min(hi, first+blockLen)
		c.open(&b, lo)
		if !yield(&b, first, lo-first, end-first) {
			return
		}
		lo = end
	}
}

// read appends entries lo to hi (exclusive) of a column of one field to dst.
func (c *column) read(dst []uint32, lo, hi int) []uint32 {
	c.blocks(lo, hi, func(b *block, _, from, to int) bool {
		for i := from; i < to; i++ {
			dst = append(dst, b.get(i, 0))
		}
		return true
	})
	return dst
}

// search returns the first i in lo to hi of which a field is not below v, in a
// stretch that is sorted by it.
func (c *column) search(lo, hi, field int, v uint32) int {
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if c.get(mid, field) < v {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// columnWriter packs a column.
type columnWriter struct {
	data   *spool
	fields int
	dir    []byte
	block  [mostField][blockLen]uint32
	n      int
	buf    []byte
}

func newColumnWriter(s *spool, fields int) *columnWriter {
	return &columnWriter{data: s, fields: fields}
}

// add adds an entry, of which only as many numbers count as there are fields.
func (w *columnWriter) add(a, b, c uint32) {
	i := w.n % blockLen
	w.block[0][i], w.block[1][i], w.block[2][i] = a, b, c
	w.n++
	if i == blockLen-1 {
		w.flush(blockLen)
	}
}

func (w *columnWriter) flush(n int) {
	w.dir = append(binary.LittleEndian.AppendUint32(w.dir, uint32(w.data.size)), byte(w.data.size>>32))
	var least [mostField]uint32
	var widths [mostField]uint64
	for f := range w.fields {
		values := w.block[f][:n]
		most := values[0]
		least[f] = values[0]
		for _, v := range values {
			least[f], most = min(least[f], v), max(most, v)
		}
		widths[f] = uint64(bits.Len32(most - least[f]))
		w.dir = append(binary.LittleEndian.AppendUint32(w.dir, least[f]), byte(widths[f]))
	}
	b := w.buf[:0]
	var word, held uint64
	for i := range n {
		for f := range w.fields {
			word |= uint64(w.block[f][i]-least[f]) << held
			if held += widths[f]; held >= 32 {
				b = binary.LittleEndian.AppendUint32(b, uint32(word))
				word >>= 32
				held -= 32
			}
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

func (at columnAt) column(p *pages, fields int) column {
	return column{pages: p, data: int(at.Data), dir: int(at.Dir), n: int(at.N), fields: fields}
}
