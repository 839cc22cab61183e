package embedded

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"sort"
	"sync/atomic"
)

// FormatVersion is the version of the files that this package writes. It reads
// this one only; a file of another tells which.
const FormatVersion = 1

const (
	segmentMagic = "parley.seg\n"
	headLen      = 16 // magic, version uint32 (one byte of the magic's room is left 0)
	tailLen      = 12 // length and CRC-32C of the footer, CRC-32C of the page sums
)

// ErrVersion is a file of a format that this program does not know.
var ErrVersion = errors.New("the format is another than this program reads")

// maxIDs is the first id that there cannot be: 0 is no term.
const maxIDs = 1<<32 - 1

// quad4 is a quad by ids; l is 0 where it has no label.
type quad4 struct{ s, p, o, l uint32 }

// segment is an immutable part of a store: terms and quads that one change, or
// a merge of several, added, and quads of earlier segments that it took away.
type segment struct {
	*pages
	meta
	terms      terms
	predicates []uint32 // the predicates met, ascending: their rank is their code
	addCounts  column   // quads added, by code
	delCounts  column   // quads taken away, by code
	adds, dels rows
	in         pairs  // object → predicate and subject
	labels     lists  // label → subjects
	raw        []byte // the whole file or record
	sum        uint32 // of the tail
	// users are the states that have the segment, and its maker; with the last
	// its mapping goes.
	users atomic.Int64
	unmap func()
}

func (g *segment) hold() { g.users.Add(1) }

func (g *segment) release() {
	if g.users.Add(-1) == 0 {
		g.unmap()
	}
}

// index finds what belongs to a key: own keys, which are dense, by their place,
// foreign ones by binary search.
type index struct {
	base, own uint32    // keys base to base+own−1 are own
	foreign   column    // other keys that have anything, ascending, all below base
	starts    column    // where each key's begins, foreign first; one more for the end
	between   [2]uint32 // the first and last of the foreign keys
}

// find returns where a key's entries begin and end.
func (x *index) find(key uint32) (lo, hi int) {
	var slot int
	switch {
	case x.starts.n == 0:
		return 0, 0
	case key >= x.base:
		if key-x.base >= x.own {
			return 0, 0
		}
		slot = x.foreign.n + int(key-x.base)
	case x.foreign.n == 0 || key < x.between[0] || key > x.between[1]:
		return 0, 0
	default:
		slot = x.foreign.search(0, x.foreign.n, 0, key)
		if slot == x.foreign.n || x.foreign.at(slot) != key {
			return 0, 0
		}
	}
	first, next := x.starts.pair(slot)
	return int(first), int(next)
}

// keys calls yield with each key that has entries, ascending.
func (x *index) keys(yield func(key uint32, lo, hi int) bool) {
	for c := x.cursor(); c.next() && yield(c.key, c.lo, c.hi); {
	}
}

// indexCursor reads the keys that have entries, ascending.
type indexCursor struct {
	x      *index
	key    uint32
	lo, hi int
	slot   int      // of the next key
	from   int      // slot that starts[0] belongs to
	starts []uint32 // where the keys from there on begin
}

func (x *index) cursor() *indexCursor { return &indexCursor{x: x} }

// next goes to the next key; false after the last.
func (c *indexCursor) next() bool {
	for ; c.slot+1 < c.x.starts.n; c.slot++ {
		if at := c.slot - c.from; at+1 >= len(c.starts) {
			c.from = c.slot
			c.starts = c.x.starts.read(c.starts[:0], c.slot, min(c.slot+2*blockLen, c.x.starts.n))
		}
		at := c.slot - c.from
		lo, hi := c.starts[at], c.starts[at+1]
		if lo == hi {
			continue
		}
		if c.key = c.x.base + uint32(c.slot-c.x.foreign.n); c.slot < c.x.foreign.n {
			c.key = c.x.foreign.at(c.slot)
		}
		c.lo, c.hi = int(lo), int(hi)
		c.slot++
		return true
	}
	return false
}

// The fields of the tables of an index.
const (
	fieldP = 0 // code of the predicate, in rows and pairs
	fieldO = 1 // object, in rows
	fieldL = 2 // label, in rows
	fieldS = 1 // subject, in pairs
)

// rows are quads by subject, each row by predicate, object and label.
type rows struct {
	index
	table column // p, o, l
}

// pairs are predicates and subjects by object.
type pairs struct {
	index
	table column // p, s
}

// lists are subjects by label.
type lists struct {
	index
	table column // s
}

// match narrows a stretch of a table that is sorted by predicate to one code.
func match(table *column, lo, hi int, code uint32) (int, int) {
	if hi-lo > blockLen {
		lo = table.search(lo, hi, fieldP, code)
		return lo, table.search(lo, hi, fieldP, code+1)
	}
	var b block
	from := lo
	for i := lo; i < hi; i++ {
		if i == from || i%blockLen == 0 {
			table.open(&b, i)
		}
		switch p := b.get(i%blockLen, fieldP); {
		case p < code:
			lo = i + 1
		case p > code:
			return lo, i
		}
	}
	return lo, hi
}

// labelled narrows a row to the quads with a predicate and an object.
func (r *rows) labelled(s, code, o uint32) (lo, hi int) {
	lo, hi = r.find(s)
	return r.within(lo, hi, code, o)
}

// within narrows a stretch of one row to the quads with a predicate and an
// object.
func (r *rows) within(lo, hi int, code, o uint32) (int, int) {
	if hi-lo > blockLen {
		if lo, hi = match(&r.table, lo, hi, code); lo < hi {
			lo = r.table.search(lo, hi, fieldO, o)
			hi = r.table.search(lo, hi, fieldO, o+1)
		}
		return lo, hi
	}
	var b block
	from := lo
	for i := lo; i < hi; i++ {
		if i == from || i%blockLen == 0 {
			r.table.open(&b, i)
		}
		p := b.get(i%blockLen, fieldP)
		if p < code {
			lo = i + 1
			continue
		}
		is := b.get(i%blockLen, fieldO)
		if p > code || is > o {
			return lo, i
		}
		if is < o {
			lo = i + 1
		}
	}
	return lo, hi
}

// has tells whether a quad is among the rows.
func (r *rows) has(s, code, o, l uint32) bool {
	lo, hi := r.labelled(s, code, o)
	i := r.table.search(lo, hi, fieldL, l)
	return i < hi && r.table.get(i, fieldL) == l
}

// quad returns entry i of the rows, which is of a subject.
func (g *segment) quad(r *rows, s uint32, i int) quad4 {
	var b block
	r.table.open(&b, i)
	i %= blockLen
	return quad4{s, g.predicates[b.get(i, fieldP)], b.get(i, fieldO), b.get(i, fieldL)}
}

// code returns the code of a predicate.
func (g *segment) code(predicate uint32) (uint32, bool) {
	i, ok := slices.BinarySearch(g.predicates, predicate)
	return uint32(i), ok
}

// meta is the footer of a segment.
type meta struct {
	Base, IDs  uint64 // the ids that are the segment's own
	Terms      uint64 // how many of them have a term
	Adds, Dels uint64
	Orphans    uint64   // 1 where terms may be here that no quad has
	Text       columnAt // of the terms: where it begins, ends, and 0
	Blocks     columnAt
	IDOf       columnAt
	RankOf     columnAt
	Predicates columnAt
	AddCounts  columnAt
	DelCounts  columnAt
	AddForeign columnAt
	AddStarts  columnAt
	AddTable   columnAt
	InForeign  columnAt
	InStarts   columnAt
	InTable    columnAt
	LabForeign columnAt
	LabStarts  columnAt
	LabTable   columnAt
	DelForeign columnAt
	DelStarts  columnAt
	DelTable   columnAt
	SumsAt     uint64
	SumsEnd    uint64
}

func (m *meta) columns() []*columnAt {
	return []*columnAt{
		&m.Blocks, &m.IDOf, &m.RankOf, &m.Predicates, &m.AddCounts, &m.DelCounts,
		&m.AddForeign, &m.AddStarts, &m.AddTable,
		&m.InForeign, &m.InStarts, &m.InTable,
		&m.LabForeign, &m.LabStarts, &m.LabTable,
		&m.DelForeign, &m.DelStarts, &m.DelTable,
	}
}

// columnFields are the fields of each column.
var columnFields = [...]int{1, 1, 1, 1, 1, 1, 1, 1, 3, 1, 1, 2, 1, 1, 1, 1, 1, 3}

func (m *meta) numbers() []*uint64 {
	n := []*uint64{&m.Base, &m.IDs, &m.Terms, &m.Adds, &m.Dels, &m.Orphans, &m.SumsAt, &m.SumsEnd, &m.Text.Data, &m.Text.Dir}
	for _, c := range m.columns() {
		n = append(n, &c.Data, &c.Dir, &c.N)
	}
	return n
}

func (m *meta) encode() []byte {
	var b []byte
	for _, n := range m.numbers() {
		b = binary.AppendUvarint(b, *n)
	}
	return b
}

func (m *meta) decode(b []byte, size uint64) error {
	for _, n := range m.numbers() {
		v, read := binary.Uvarint(b)
		if read <= 0 {
			return errors.New("the footer ends early")
		}
		*n, b = v, b[read:]
	}
	if len(b) > 0 {
		return errors.New("the footer is too long")
	}
	end := m.SumsAt // of what the sums cover
	if end > m.SumsEnd || m.SumsEnd > size || m.Text.Data > m.Text.Dir || m.Text.Dir > end {
		return errors.New("the footer places a part outside the file")
	}
	for i, c := range m.columns() {
		blocks := c.N/blockLen + min(1, c.N%blockLen)
		if c.Data > c.Dir || c.Dir > end || blocks > (end-c.Dir)/uint64(entrySize(columnFields[i])) || c.Dir-c.Data < dataPad && c.N > 0 {
			return errors.New("the footer places a column outside the file")
		}
	}
	if m.Base > maxIDs || m.IDs > maxIDs-m.Base || m.Terms > m.IDs {
		return errors.New("the footer tells of more terms than there can be")
	}
	if !m.agree() {
		return errors.New("the footer's columns are not as long as they must be")
	}
	return nil
}

// openSegment reads a segment where it stands. Bytes that are trusted have no
// sums of their pages: those in memory, and those that a log has checked.
func openSegment(name string, b []byte, trusted bool) (*segment, error) {
	damaged := func(at int, what string) error { return &DamageError{name, int64(at), what} }
	if len(b) < headLen+tailLen {
		return nil, damaged(len(b), "the file ends early")
	}
	if !bytes.HasPrefix(b, []byte(segmentMagic)) {
		return nil, damaged(0, "it does not begin as a segment of parley does")
	}
	if v := binary.LittleEndian.Uint32(b[headLen-4:]); v != FormatVersion {
		return nil, fmt.Errorf("%s: %w: version %d, not %d", name, ErrVersion, v, FormatVersion)
	}
	tail := b[len(b)-tailLen:]
	size := uint64(binary.LittleEndian.Uint32(tail))
	if size > uint64(len(b)-headLen-tailLen) {
		return nil, damaged(len(b)-tailLen, "the footer is longer than the file")
	}
	body := len(b) - tailLen - int(size)
	if crc32.Checksum(b[body:len(b)-tailLen], castagnoli) != binary.LittleEndian.Uint32(tail[4:]) {
		return nil, damaged(body, "checksum of the footer")
	}
	g := &segment{unmap: func() {}}
	g.hold()
	if err := g.decode(b[body:len(b)-tailLen], uint64(body)); err != nil {
		return nil, damaged(body, err.Error())
	}
	var sums []byte
	if !trusted {
		sums = b[g.SumsAt:g.SumsEnd]
		if crc32.Checksum(sums, castagnoli) != binary.LittleEndian.Uint32(tail[8:]) {
			return nil, damaged(int(g.SumsAt), "checksum of the pages' checksums")
		}
		if want := (int(g.SumsAt) + pageSize - 1) / pageSize * 4; len(sums) != want {
			return nil, damaged(int(g.SumsAt), "not every page has a checksum")
		}
	}
	g.raw, g.sum = b, crc32.Checksum(tail, castagnoli)
	g.pages = newPages(name, b[:g.SumsAt], sums)
	return g, g.lay()
}

// lay places the columns.
func (g *segment) lay() (err error) {
	defer catch(&err, faults())
	m, p := &g.meta, g.pages
	own := func(foreign, starts columnAt) index {
		x := index{base: uint32(m.Base), own: uint32(m.IDs), foreign: foreign.column(p, 1), starts: starts.column(p, 1)}
		if n := x.foreign.n; n > 0 {
			x.between = [2]uint32{x.foreign.at(0), x.foreign.at(n - 1)}
		}
		return x
	}
	predicates := m.Predicates.column(p, 1)
	g.predicates = predicates.read(nil, 0, predicates.n)
	g.addCounts, g.delCounts = m.AddCounts.column(p, 1), m.DelCounts.column(p, 1)
	g.adds = rows{own(m.AddForeign, m.AddStarts), m.AddTable.column(p, 3)}
	g.dels = rows{own(m.DelForeign, m.DelStarts), m.DelTable.column(p, 3)}
	g.in = pairs{own(m.InForeign, m.InStarts), m.InTable.column(p, 2)}
	g.labels = lists{own(m.LabForeign, m.LabStarts), m.LabTable.column(p, 1)}
	g.terms = terms{
		pages: p, at: int(m.Text.Data), blocks: m.Blocks.column(p, 1), n: int(m.Terms),
		base: uint32(m.Base), ids: uint32(m.IDs), idOf: m.IDOf.column(p, 1), rankOf: m.RankOf.column(p, 1),
	}
	if t := &g.terms; t.n > 0 {
		t.between[0] = bytes.Clone(t.head(0))
		var last []byte
		for c := t.cursor((t.n - 1) / termBlock * termBlock); c.rank < t.n; {
			same, rest := c.step()
			last = append(last[:same], rest...)
		}
		t.between[1] = last
	}
	return nil
}

// next is the first id after the segment's own.
func (g *segment) next() uint32 { return uint32(g.Base + g.IDs) }

// segments are in the order in which they came; each one's ids begin where
// those of the one before end.
type segments []*segment

// of returns the segment whose own an id is.
func (all segments) of(id uint32) *segment {
	i := sort.Search(len(all), func(i int) bool { return all[i].next() > id })
	if i == len(all) || id < uint32(all[i].Base) {
		return nil
	}
	return all[i]
}

// find returns the id of a key, 0 where no segment has it.
func (all segments) find(key []byte) uint32 {
	for _, g := range all {
		if id := g.terms.find(key); id > 0 {
			return id
		}
	}
	return 0
}

// next is the first id that is free.
func (all segments) next() uint32 {
	if len(all) == 0 {
		return 1
	}
	return all[len(all)-1].next()
}
