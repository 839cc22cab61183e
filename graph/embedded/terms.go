package embedded

import (
	"bytes"
	"encoding/binary"
)

// A segment's terms are the keys of those that came with it, sorted, in blocks
// of 16: the first of a block whole, of each other how many bytes it shares
// with the one before, and the rest. Ids are given in sorted order, so that a
// term's rank is its id less the segment's base; only a segment that was merged
// from several has two columns to lead from rank to id and back.
const termBlock = 16

type terms struct {
	pages   *pages
	at      int    // offset of the first block
	blocks  column // where each block begins, from at on
	n       int
	base    uint32
	ids     uint32 // ids base to base+ids−1 are the segment's own
	idOf    column // rank → id−base; empty where they are equal
	rankOf  column // id−base → rank, n for an id that has no term any more
	between [2][]byte
}

// find returns the id of a key, 0 if the segment lacks it.
func (t *terms) find(key []byte) uint32 {
	if t.n == 0 || bytes.Compare(key, t.between[0]) < 0 || bytes.Compare(key, t.between[1]) > 0 {
		return 0
	}
	lo, hi := 0, t.blocks.n
	for hi-lo > 1 {
		mid := int(uint(lo+hi) >> 1)
		if bytes.Compare(t.head(mid), key) <= 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
	c := t.cursor(lo * termBlock)
	// shared is how many bytes the term before has in common with key, which
	// is greater than it.
	for shared := 0; c.rank < t.n && c.rank < (lo+1)*termBlock; {
		same, rest := c.step()
		switch {
		case same > shared:
			continue // it differs from key where the one before did
		case same < shared:
			return 0
		}
		more := common(rest, key[shared:])
		shared += more
		switch {
		case more == len(rest) && shared == len(key):
			return t.id(c.rank - 1)
		case more < len(rest) && (shared == len(key) || rest[more] > key[shared]):
			return 0
		}
	}
	return 0
}

// id returns the id of the term at a rank.
func (t *terms) id(rank int) uint32 {
	if t.idOf.n > 0 {
		return t.base + t.idOf.at(rank)
	}
	return t.base + uint32(rank)
}

// key appends the key of an own id to dst; nothing where the id has no term.
func (t *terms) key(dst []byte, id uint32) []byte {
	rank := int(id - t.base)
	if t.rankOf.n > 0 {
		if rank = int(t.rankOf.at(rank)); rank == t.n {
			return dst
		}
	}
	start := len(dst)
	c := t.cursor(rank / termBlock * termBlock)
	for c.rank <= rank {
		same, rest := c.step()
		dst = append(dst[:start+same], rest...)
	}
	return dst
}

func (t *terms) head(block int) []byte {
	c := t.cursor(block * termBlock)
	_, head := c.step()
	return head
}

// termCursor reads terms in order.
type termCursor struct {
	t    *terms
	pos  int
	rank int // of the term that step gives next
}

// cursor starts at a rank that is the first of a block.
func (t *terms) cursor(rank int) termCursor {
	c := termCursor{t: t, rank: rank}
	if rank < t.n {
		c.pos = t.at + int(t.blocks.at(rank/termBlock))
	}
	return c
}

// step reads how many bytes the next term shares with the one before it, and
// the rest.
func (c *termCursor) step() (same int, rest []byte) {
	p := c.t.pages
	p.need(c.pos, 2)
	var n int
	switch at := p.b[c.pos : c.pos+2]; {
	case c.rank%termBlock == 0:
		n = c.number()
	case at[0] < 0x80 && at[1] < 0x80: // as most are
		same, n = int(at[0]), int(at[1])
		c.pos += 2
	default:
		same = c.number()
		n = c.number()
	}
	p.need(c.pos, max(n, 1))
	rest = p.b[c.pos : c.pos+n]
	c.pos += n
	c.rank++
	return same, rest
}

func (c *termCursor) number() int {
	c.t.pages.need(c.pos, binary.MaxVarintLen32)
	b := c.t.pages.b[c.pos:]
	if b[0] < 0x80 {
		c.pos++
		return int(b[0])
	}
	v, n := binary.Uvarint(b)
	c.pos += n
	return int(v)
}

// all gives every term in order; key is good until the next.
func (t *terms) all(yield func(key []byte, id uint32) bool) {
	var key []byte
	for c := t.cursor(0); c.rank < t.n; {
		same, rest := c.step()
		key = append(key[:same], rest...)
		if !yield(key, t.id(c.rank-1)) {
			return
		}
	}
}

func common(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// termsWriter writes terms in sorted order.
type termsWriter struct {
	text   spool
	blocks *columnWriter
	last   []byte
	n      int
}

func (w *termsWriter) add(key []byte) {
	b := make([]byte, 0, 64)
	same := 0
	if w.n%termBlock == 0 {
		w.blocks.add(uint32(w.text.size), 0, 0)
	} else {
		same = common(w.last, key)
		b = binary.AppendUvarint(b, uint64(same))
	}
	b = binary.AppendUvarint(b, uint64(len(key)-same))
	w.text.write(append(b, key[same:]...))
	w.last = append(w.last[:0], key...)
	w.n++
}
