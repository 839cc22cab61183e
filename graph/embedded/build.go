package embedded

import (
	"cmp"
	"slices"
)

// draft is what a segment is built from: quads by global ids, in any order and
// with repetitions, and the terms that are new.
type draft struct {
	base  uint32
	keys  [][]byte // new terms, sorted; the i-th gets id base+i
	quads []quad4  // to add
	spare []quad4  // room for as many, to sort in; nil to make some
	dels  []quad4  // to take away
}

// write sorts the quads, drops repetitions and those that known tells of, and
// puts all into a writer. It leaves quads and spare in disorder.
func (d *draft) write(dir string, known func(quad4) bool) *segmentWriter {
	if len(d.spare) < len(d.quads) && len(d.quads) >= radixFrom {
		d.spare = make([]quad4, len(d.quads))
	}
	quads := sortQuads(d.quads, d.spare)
	quads = slices.Compact(quads)
	if known != nil {
		quads = slices.DeleteFunc(quads, known)
	}
	slices.SortFunc(d.dels, compareQuads)
	w := newSegmentWriter(dir, d.base, uint32(len(d.keys)), predicatesOf(quads, d.dels))
	for _, key := range d.keys {
		w.text.add(key)
	}
	for _, q := range d.dels {
		w.dels.add(q)
	}
	var pairs []uint64 // label and subject
	var labels []uint32
	for i := 0; i < len(quads); {
		s := quads[i].s
		labels = labels[:0]
		for ; i < len(quads) && quads[i].s == s; i++ {
			w.adds.add(quads[i])
			// Most often the quads of a row bear one label.
			if l := quads[i].l; l != 0 && (len(labels) == 0 || labels[len(labels)-1] != l) {
				labels = append(labels, l)
			}
		}
		slices.Sort(labels)
		for _, l := range slices.Compact(labels) {
			pairs = append(pairs, uint64(l)<<32|uint64(s))
		}
	}
	slices.Sort(pairs)
	for _, pair := range pairs {
		w.labels.add(uint32(pair>>32), uint32(pair))
	}
	pairs = nil
	d.writeIn(w, quads)
	return w
}

// writeIn writes the predicates and subjects of each object.
func (d *draft) writeIn(w *segmentWriter, quads []quad4) {
	other := d.spare
	if len(other) > 0 && len(quads) > 0 && &other[0] == &quads[0] {
		other = d.quads
	}
	quads = radix(quads, other, func(q *quad4) uint32 { return q.o })
	for i := 0; i < len(quads); {
		end := i + 1
		for end < len(quads) && quads[end].o == quads[i].o {
			end++
		}
		group := quads[i:end]
		byPair := func(a, b quad4) int { return cmp.Or(cmp.Compare(a.p, b.p), cmp.Compare(a.s, b.s)) }
		if !slices.IsSortedFunc(group, byPair) {
			slices.SortFunc(group, byPair)
		}
		for j, q := range group {
			if j == 0 || q.p != group[j-1].p || q.s != group[j-1].s {
				w.in.add(q.o, q.p, q.s)
			}
		}
		i = end
	}
}

func predicatesOf(lists ...[]quad4) []uint32 {
	seen := map[uint32]bool{}
	last := uint32(0)
	for _, quads := range lists {
		for i := range quads {
			if p := quads[i].p; p != last {
				seen[p] = true
				last = p
			}
		}
	}
	all := make([]uint32, 0, len(seen))
	for p := range seen {
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}

func compareQuads(a, b quad4) int {
	return cmp.Or(cmp.Compare(a.s, b.s), cmp.Compare(a.p, b.p), cmp.Compare(a.o, b.o), cmp.Compare(a.l, b.l))
}

// sortQuads sorts by subject, predicate, object, label, and returns the one of
// the two slices that holds the result.
func sortQuads(quads, spare []quad4) []quad4 {
	if len(quads) < radixFrom {
		slices.SortFunc(quads, compareQuads)
		return quads
	}
	quads = radix(quads, spare, func(q *quad4) uint32 { return q.s })
	for i := 0; i < len(quads); {
		end := i + 1
		for end < len(quads) && quads[end].s == quads[i].s {
			end++
		}
		sortRow(quads[i:end])
		i = end
	}
	return quads
}

// sortRow sorts the quads of one subject: mostly few, so by insertion.
func sortRow(row []quad4) {
	if len(row) > 24 {
		slices.SortFunc(row, compareQuads)
		return
	}
	for i := 1; i < len(row); i++ {
		q := row[i]
		j := i
		for ; j > 0 && lessInRow(&q, &row[j-1]); j-- {
			row[j] = row[j-1]
		}
		row[j] = q
	}
}

func lessInRow(a, b *quad4) bool {
	if a.p != b.p {
		return a.p < b.p
	}
	if a.o != b.o {
		return a.o < b.o
	}
	return a.l < b.l
}

// radixFrom is the number of quads from which sorting by digits is faster.
const radixFrom = 1 << 12

// radix sorts by one id, keeping the order of equals, and returns the one of
// the two slices that holds the result. With too little room it sorts in place.
func radix(quads, spare []quad4, id func(*quad4) uint32) []quad4 {
	if len(quads) < radixFrom || len(spare) < len(quads) {
		slices.SortStableFunc(quads, func(a, b quad4) int { return cmp.Compare(id(&a), id(&b)) })
		return quads
	}
	const digit = 11
	spare = spare[:len(quads)]
	var most uint32
	for i := range quads {
		most = max(most, id(&quads[i]))
	}
	for shift := 0; shift < 32 && most>>shift > 0; shift += digit {
		var starts [1<<digit + 1]int
		for i := range quads {
			starts[id(&quads[i])>>shift&(1<<digit-1)+1]++
		}
		for i := range starts[1:] {
			starts[i+1] += starts[i]
		}
		for i := range quads {
			d := id(&quads[i]) >> shift & (1<<digit - 1)
			spare[starts[d]] = quads[i]
			starts[d]++
		}
		quads, spare = spare, quads
	}
	return quads
}
