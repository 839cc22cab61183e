package embedded

import (
	"slices"
	"sync"
)

// draft is what a segment is built from: quads by global ids, in any order and
// with repetitions, and the terms that are new.
type draft struct {
	base  uint32
	terms int                   // how many are new
	key   func(rank int) []byte // of the new terms, sorted; the i-th gets the id base+i
	quads []quad4               // to add
	dels  []quad4               // to take away
}

// write sorts the quads, drops repetitions and those that known tells of, if it
// is given, and puts all into a writer. It leaves quads in disorder.
func (d *draft) write(dir string, known func(quad4) bool) *segmentWriter {
	var spare []quad4
	if len(d.quads) >= radixFrom {
		spare = make([]quad4, len(d.quads))
	}
	quads, other := sortQuads(d.quads, spare)
	if known != nil {
		quads = slices.DeleteFunc(quads, known)
	}
	slices.SortFunc(d.dels, compareQuads)
	w := newSegmentWriter(dir, d.base, uint32(d.terms), predicatesOf(quads, d.dels))
	var rows, terms sync.WaitGroup
	terms.Go(func() {
		for rank := range d.terms {
			w.text.add(d.key(rank))
		}
	})
	rows.Go(func() {
		writeRows(w, quads)
		for _, q := range d.dels {
			w.dels.add(q)
		}
	})
	writeIn(w, quads, other, rows.Wait)
	rows.Wait()
	terms.Wait()
	return w
}

// writeRows writes what each subject has, and the labels that stand there.
func writeRows(w *segmentWriter, quads []quad4) {
	var pairs []uint64 // label and subject
	var labels []uint32
	for i := 0; i < len(quads); {
		s := quads[i].s
		labels = labels[:0]
		for ; i < len(quads) && quads[i].s == s; i++ {
			if i > 0 && quads[i] == quads[i-1] {
				continue
			}
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
}

// writeIn writes the predicates and subjects of each object. It calls free
// before it writes over quads.
func writeIn(w *segmentWriter, quads, spare []quad4, free func()) {
	quads, _ = radix(quads, spare, func(q *quad4) uint32 { return q.o }, free)
	byPair := func(a, b quad4) int {
		if a.p != b.p {
			return int(a.p) - int(b.p)
		}
		return int(a.s) - int(b.s)
	}
	for i := 0; i < len(quads); {
		end := i + 1
		for end < len(quads) && quads[end].o == quads[i].o {
			end++
		}
		group := quads[i:end]
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
	var all []uint32
	var recent [256]uint32
	for _, quads := range lists {
		for i := range quads {
			if p := quads[i].p; recent[p%uint32(len(recent))] != p {
				recent[p%uint32(len(recent))] = p
				all = append(all, p)
			}
		}
		slices.Sort(all)
		all = slices.Compact(all)
	}
	return all
}
