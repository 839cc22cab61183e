package remote

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"parley/graph/store"
)

// Batch gathers statements, each term once. The zero Batch is empty. Several
// goroutines may add to it at once.
type Batch struct {
	mu      sync.Mutex
	numbers map[string]store.Node
	terms   []string
	quads   []Quad
	bytes   int64
}

// What a quad and a term take in memory, beside the term's text.
const (
	quadCost = 2 * 16 // room for a slice to grow
	termCost = 64
)

// Add adds statements; it keeps none of their bytes.
func (b *Batch) Add(statements []store.Statement) error {
	for i := range statements {
		if st := &statements[i]; len(st.Subject) == 0 || len(st.Predicate) == 0 || len(st.Object) == 0 {
			return fmt.Errorf("statement %d of %d lacks a subject, predicate or object", i+1, len(statements))
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.numbers == nil {
		b.numbers = make(map[string]store.Node)
	}
	Numbered(statements, b.number, func(q Quad) {
		b.quads = append(b.quads, q)
		b.bytes += quadCost
	})
	return nil
}

// Numbered gives the quads of statements, by the numbers of their terms.
func Numbered(statements []store.Statement, number func(key []byte) store.Node, give func(Quad)) {
	var last store.Statement
	var q Quad
	for i := range statements {
		st := &statements[i]
		// Subject and label mostly stay from one statement to the next.
		if string(st.Subject) != string(last.Subject) {
			q.Subject = number(st.Subject)
		}
		q.Predicate, q.Object = number(st.Predicate), number(st.Object)
		switch {
		case len(st.Label) == 0:
			q.Label = 0
		case string(st.Label) != string(last.Label):
			q.Label = number(st.Label)
		}
		last = *st
		give(q)
	}
}

func (b *Batch) number(key []byte) store.Node {
	if n, ok := b.numbers[string(key)]; ok {
		return n
	}
	b.terms = append(b.terms, string(key))
	n := store.Node(len(b.terms))
	b.numbers[b.terms[n-1]] = n
	b.bytes += int64(len(key)) + termCost
	return n
}

// Size is about how many bytes the batch takes.
func (b *Batch) Size() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes
}

// Take empties the batch and returns the keys of its terms, and its quads: the
// number of a term is its place in terms, counted from 1. Quads are sorted by
// number, each there once; given counts them as they came.
func (b *Batch) Take() (terms []string, quads []Quad, given int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	terms, quads, given = b.terms, b.quads, len(b.quads)
	b.numbers, b.terms, b.quads, b.bytes = nil, nil, nil, 0
	slices.SortFunc(quads, Quad.Compare)
	return terms, slices.Compact(quads), given
}

// terms are those of a quad, the last 0 where it has no label.
func (q Quad) terms() [4]store.Node {
	return [...]store.Node{q.Subject, q.Predicate, q.Object, q.Label}
}

// Compare orders by subject, predicate, object and label.
func (q Quad) Compare(r Quad) int {
	// Two at a time, since much of a load is this.
	both := func(a, b store.Node) uint64 { return uint64(a)<<32 | uint64(b) }
	if a, b := both(q.Subject, q.Predicate), both(r.Subject, r.Predicate); a != b {
		return cmp.Compare(a, b)
	}
	return cmp.Compare(both(q.Object, q.Label), both(r.Object, r.Label))
}
