package embedded

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
)

// parallel splits n things among the processors. A part may begin only where cut
// says, for which it asks before anything is done.
func parallel(n int, cut func(at int) bool, do func(lo, hi int)) {
	const worth = 1 << 16
	workers := min(runtime.GOMAXPROCS(0), n/worth+1)
	from := make([]int, workers+1)
	from[workers] = n
	for i := 1; i < workers; i++ {
		for from[i] = n * i / workers; from[i] < n && !cut(from[i]); {
			from[i]++
		}
	}
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() { do(from[i], from[i+1]) })
	}
	wg.Wait()
}

func anywhere(int) bool { return true }

func compareQuads(a, b quad4) int {
	return cmp.Or(cmp.Compare(a.s, b.s), cmp.Compare(a.p, b.p), cmp.Compare(a.o, b.o), cmp.Compare(a.l, b.l))
}

// sortQuads sorts by subject, predicate, object, label. It returns the one of
// the two slices that holds the result, and the other.
func sortQuads(quads, spare []quad4) (sorted, other []quad4) {
	if len(quads) < radixFrom {
		slices.SortFunc(quads, compareQuads)
		return quads, spare
	}
	quads, spare = radix(quads, spare, func(q *quad4) uint32 { return q.s }, func() {})
	betweenSubjects := func(at int) bool { return quads[at].s != quads[at-1].s }
	parallel(len(quads), betweenSubjects, func(lo, hi int) {
		for lo < hi {
			end := lo + 1
			for end < hi && quads[end].s == quads[lo].s {
				end++
			}
			sortRow(quads[lo:end])
			lo = end
		}
	})
	return quads, spare
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

// radix sorts by one id, keeping the order of equals. It returns the one of the
// two slices that holds the result, and the other. It calls free before it first
// writes over quads.
func radix(quads, spare []quad4, id func(*quad4) uint32, free func()) (sorted, other []quad4) {
	if len(quads) < radixFrom {
		free()
		slices.SortStableFunc(quads, func(a, b quad4) int { return cmp.Compare(id(&a), id(&b)) })
		return quads, spare
	}
	var most uint32
	for i := range quads {
		most = max(most, id(&quads[i]))
	}
	spare = spare[:len(quads)]
	for pass, shift := 0, 0; shift < 32 && most>>shift > 0; pass, shift = pass+1, shift+digit {
		if pass == 1 {
			free()
		}
		scatter(quads, spare, shift, id)
		quads, spare = spare, quads
	}
	return quads, spare
}

const digit = 11

// scatter sorts from one slice into another by one digit. Each worker counts
// its part, and then puts it after the parts before it.
func scatter(from, to []quad4, shift int, id func(*quad4) uint32) {
	const mask = 1<<digit - 1
	workers := runtime.GOMAXPROCS(0)
	counts := make([][1 << digit]int, workers)
	part := func(w int) []quad4 { return from[len(from)*w/workers : len(from)*(w+1)/workers] }
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			mine := part(w)
			for i := range mine {
				counts[w][id(&mine[i])>>shift&mask]++
			}
		})
	}
	wg.Wait()
	at := 0
	for d := range counts[0] {
		for w := range counts {
			counts[w][d], at = at, at+counts[w][d]
		}
	}
	for w := range workers {
		wg.Go(func() {
			mine, next := part(w), &counts[w]
			for i := range mine {
				d := id(&mine[i]) >> shift & mask
				to[next[d]] = mine[i]
				next[d]++
			}
		})
	}
	wg.Wait()
}
