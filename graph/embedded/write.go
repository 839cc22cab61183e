package embedded

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
	"slices"
)

// segmentWriter makes a segment from terms and quads that come sorted. Its
// parts may be written side by side.
type segmentWriter struct {
	base, ids  uint32
	orphans    bool
	predicates []uint32 // ascending
	text       *termsWriter
	idOf       *columnWriter // nil where ids are ranks
	rankOf     *columnWriter
	adds, dels *rowsWriter
	in         *pairsWriter
	labels     *listsWriter
	spools     []*spool
	dir        string
}

// newSegmentWriter prepares a segment whose own ids are base to base+ids−1 and
// whose predicates are known. Parts that outgrow memory wait in dir; "" keeps
// them in memory.
func newSegmentWriter(dir string, base, ids uint32, predicates []uint32) *segmentWriter {
	w := &segmentWriter{base: base, ids: ids, predicates: predicates, dir: dir}
	w.text = &termsWriter{text: spool{dir: dir}, blocks: w.column(1)}
	w.spools = append(w.spools, &w.text.text)
	index := func() indexWriter {
		return indexWriter{base: base, own: ids, foreign: w.column(1), starts: w.column(1)}
	}
	counts := func() []uint32 { return make([]uint32, len(predicates)) }
	w.adds = &rowsWriter{index(), codes{predicates: predicates}, counts(), w.column(3)}
	w.dels = &rowsWriter{index(), codes{predicates: predicates}, counts(), w.column(3)}
	w.in = &pairsWriter{index(), codes{predicates: predicates}, w.column(2)}
	w.labels = &listsWriter{index(), w.column(1)}
	return w
}

func (w *segmentWriter) column(fields int) *columnWriter {
	s := &spool{dir: w.dir}
	w.spools = append(w.spools, s)
	return newColumnWriter(s, fields)
}

// permuted tells that ids are not ranks: idOf has the place of each term's id,
// by rank.
func (w *segmentWriter) permuted(idOf []uint32) {
	w.idOf, w.rankOf = w.column(1), w.column(1)
	rankOf := make([]uint32, w.ids)
	for i := range rankOf {
		rankOf[i] = uint32(len(idOf))
	}
	for rank, id := range idOf {
		w.idOf.add(id, 0, 0)
		rankOf[id] = uint32(rank)
	}
	for _, rank := range rankOf {
		w.rankOf.add(rank, 0, 0)
	}
}

// indexWriter is told the key of each entry, ascending.
type indexWriter struct {
	base, own       uint32
	foreign, starts *columnWriter
	slots           uint32 // own keys whose beginning is written
	n               uint32 // entries
	last            uint32
}

func (w *indexWriter) entry(key uint32) {
	if w.n == 0 || key != w.last {
		if key < w.base {
			w.foreign.add(key, 0, 0)
			w.starts.add(w.n, 0, 0)
		} else {
			w.ownUpTo(key - w.base)
		}
		w.last = key
	}
	w.n++
}

// ownUpTo writes where own keys begin, up to and with one.
func (w *indexWriter) ownUpTo(to uint32) {
	for ; w.slots <= to; w.slots++ {
		w.starts.add(w.n, 0, 0)
	}
}

func (w *indexWriter) finish() {
	if w.n > 0 {
		w.ownUpTo(w.own) // one more than there are: the end
	}
}

// codes turns predicates into codes.
type codes struct {
	predicates []uint32
	last       uint32
	code       int
}

func (c *codes) of(predicate uint32) uint32 {
	if predicate != c.last {
		c.last = predicate
		c.code, _ = slices.BinarySearch(c.predicates, predicate)
	}
	return uint32(c.code)
}

type rowsWriter struct {
	indexWriter
	codes  codes
	counts []uint32
	table  *columnWriter
}

// add writes a quad; they come in order of s, p, o, l.
func (w *rowsWriter) add(q quad4) {
	w.entry(q.s)
	code := w.codes.of(q.p)
	w.counts[code]++
	w.table.add(code, q.o, q.l)
}

type pairsWriter struct {
	indexWriter
	codes codes
	table *columnWriter
}

// add writes what has an object; in order of o, p, s, each once.
func (w *pairsWriter) add(o, p, s uint32) {
	w.entry(o)
	w.table.add(w.codes.of(p), s, 0)
}

type listsWriter struct {
	indexWriter
	table *columnWriter
}

// add writes that a label stands in a subject's row; in order, each once.
func (w *listsWriter) add(l, s uint32) {
	w.entry(l)
	w.table.add(s, 0, 0)
}

// close lets go of what the writer holds.
func (w *segmentWriter) close() {
	for _, s := range w.spools {
		s.close()
	}
}

// writeTo writes the segment. Bytes in memory need no sums of their pages.
func (w *segmentWriter) writeTo(out io.Writer, sums bool) error {
	if w.text.text.size > math.MaxUint32 || w.adds.n == math.MaxUint32 {
		return errTooLarge
	}
	m := meta{Base: uint64(w.base), IDs: uint64(w.ids), Terms: uint64(w.text.n), Adds: uint64(w.adds.n), Dels: uint64(w.dels.n)}
	if w.orphans {
		m.Orphans = 1
	}
	to := &summer{w: out, summing: sums}
	head := append([]byte(segmentMagic), make([]byte, headLen-4-len(segmentMagic))...)
	to.write(binary.LittleEndian.AppendUint32(head, FormatVersion))
	m.Text = columnAt{Data: uint64(to.n), Dir: uint64(to.n) + uint64(w.text.text.size)}
	to.spool(&w.text.text)
	predicates, addCounts, delCounts := w.column(1), w.column(1), w.column(1)
	for i, p := range w.predicates {
		predicates.add(p, 0, 0)
		addCounts.add(w.adds.counts[i], 0, 0)
		delCounts.add(w.dels.counts[i], 0, 0)
	}
	for _, x := range []*indexWriter{&w.adds.indexWriter, &w.dels.indexWriter, &w.in.indexWriter, &w.labels.indexWriter} {
		x.finish()
	}
	for i, c := range []*columnWriter{
		w.text.blocks, w.idOf, w.rankOf, predicates, addCounts, delCounts,
		w.adds.foreign, w.adds.starts, w.adds.table,
		w.in.foreign, w.in.starts, w.in.table,
		w.labels.foreign, w.labels.starts, w.labels.table,
		w.dels.foreign, w.dels.starts, w.dels.table,
	} {
		if c == nil || c.n == 0 {
			continue
		}
		at := c.finish()
		at.Data, at.Dir = uint64(to.n), at.Dir+uint64(to.n)
		*m.columns()[i] = at
		to.spool(c.data)
	}
	// Reads of a number may reach beyond it.
	to.write(make([]byte, dataPad))
	m.SumsAt = uint64(to.n)
	pageSums := to.finish()
	m.SumsEnd = m.SumsAt + uint64(len(pageSums))
	footer := m.encode()
	to.write(pageSums)
	to.write(footer)
	tail := binary.LittleEndian.AppendUint32(nil, uint32(len(footer)))
	tail = binary.LittleEndian.AppendUint32(tail, crc32.Checksum(footer, castagnoli))
	to.write(binary.LittleEndian.AppendUint32(tail, crc32.Checksum(pageSums, castagnoli)))
	return to.err
}

// bytes makes the segment in memory.
func (w *segmentWriter) bytes() ([]byte, error) {
	var b bytes.Buffer
	err := w.writeTo(&b, false)
	return b.Bytes(), err
}

// summer writes and sums pages.
type summer struct {
	w       io.Writer
	summing bool
	n       int64
	sums    []byte
	sum     uint32
	err     error
}

func (s *summer) Write(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(b)
	s.err = err
	for rest := b[:n]; s.summing && len(rest) > 0; {
		part := rest[:min(len(rest), pageSize-int(s.n%pageSize))]
		s.sum = crc32.Update(s.sum, castagnoli, part)
		s.n += int64(len(part))
		if s.n%pageSize == 0 {
			s.page()
		}
		rest = rest[len(part):]
	}
	if !s.summing {
		s.n += int64(n)
	}
	return n, err
}

func (s *summer) page() {
	s.sums = binary.LittleEndian.AppendUint32(s.sums, s.sum)
	s.sum = 0
}

func (s *summer) write(b []byte) { _, _ = s.Write(b) }

func (s *summer) spool(p *spool) {
	if s.err == nil {
		if err := p.writeTo(s); s.err == nil {
			s.err = err
		}
	}
}

// finish ends the last page and returns the sums. What is written after is not
// summed.
func (s *summer) finish() []byte {
	if s.summing && s.n%pageSize > 0 {
		s.page()
	}
	s.summing = false
	return s.sums
}
