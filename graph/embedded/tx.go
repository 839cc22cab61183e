package embedded

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// tx is a change in the making: statements gather in a batch, a batch becomes a
// staged segment when it is full or somebody wants to see it, and at the end
// the staged segments are merged into the one that is kept.
type tx struct {
	store  *Store
	base   *state   // what the store holds
	staged segments // on top of it
	batch  *batch
	tally  store.Tally
	// turn lets many AddKeys in side by side, and whatever settles alone.
	turn   sync.RWMutex
	failed error
}

// batch are statements by the provisional numbers of their terms.
type batch struct {
	terms *interner
	quads []quad4
	n     atomic.Int64
	full  atomic.Bool  // the terms take all the memory they may
	came  atomic.Int64 // bytes since somebody looked what the terms take
	// recent has a *recent for each goroutine that brings statements.
	recent sync.Pool
}

// quadCost is what a statement takes in memory until it is settled: itself, and
// as much room to sort in.
const quadCost = 32

func (t *tx) room() int { return int(t.store.options.Memory * 5 / 8 / quadCost) }

func (t *tx) newBatch(n int) *batch {
	return &batch{terms: newInterner(), quads: make([]quad4, min(n, t.room()))}
}

// Add adds quads.
func (t *tx) Add(ctx context.Context, quads []quad.Quad) error {
	some := false
	err := store.EachStatement(quads, func(statements []store.Statement) error {
		some = true
		return t.addKeys(ctx, statements, len(quads))
	})
	if err != nil && some {
		err = t.fail(err)
	}
	return cmp.Or(err, ctx.Err())
}

// AddKeys adds statements by the keys of their terms.
func (t *tx) AddKeys(ctx context.Context, statements []store.Statement) error {
	for i := range statements {
		if st := &statements[i]; len(st.Subject) == 0 || len(st.Predicate) == 0 || len(st.Object) == 0 {
			return t.fail(fmt.Errorf("statement %d of %d lacks a subject, predicate or object", i+1, len(statements)))
		}
	}
	return t.addKeys(ctx, statements, 1<<40)
}

// addKeys is told how many statements to expect, at most.
func (t *tx) addKeys(ctx context.Context, statements []store.Statement, expected int) error {
	for len(statements) > 0 {
		n, err := t.addSome(ctx, statements, expected)
		if err != nil {
			return t.fail(err) // some may have been added
		}
		statements = statements[n:]
	}
	return nil
}

// fail sees to it that the change is not made.
func (t *tx) fail(err error) error {
	t.turn.Lock()
	defer t.turn.Unlock()
	t.failed = cmp.Or(t.failed, err)
	return err
}

// addSome adds as many statements as the batch has room for.
func (t *tx) addSome(ctx context.Context, statements []store.Statement, expected int) (int, error) {
	t.turn.RLock()
	b := t.batch
	if b != nil && t.failed == nil && !b.full.Load() {
		first := b.n.Add(int64(len(statements))) - int64(len(statements))
		if n := min(len(statements), len(b.quads)-int(first)); n > 0 {
			b.intern(statements[:n], b.quads[first:])
			if b.large(statements[:n], t.store.options.Memory/4) {
				b.full.Store(true)
			}
			t.turn.RUnlock()
			return n, ctx.Err()
		}
	}
	t.turn.RUnlock()
	t.turn.Lock()
	defer t.turn.Unlock()
	if t.failed != nil {
		return 0, t.failed
	}
	if t.batch == b && b != nil && !b.full.Load() {
		if b.n.Load() < int64(len(b.quads)) {
			return 0, ctx.Err() // another goroutine made room
		}
		// What is added little by little may be much in the end.
		if n := min(2*len(b.quads), t.room()); len(b.quads) < n {
			b.grow(n)
			return 0, ctx.Err()
		}
	}
	if t.batch == b { // else another goroutine came first
		if err := t.settle(ctx); err != nil {
			return 0, err
		}
		t.batch = t.newBatch(min(expected, firstRoom))
	}
	return 0, ctx.Err()
}

// firstRoom is how many statements a batch has room for at first: a small file
// must not ask for the room of a large one.
const firstRoom = 1 << 16

// grow makes room for n statements in a batch that is full. The caller has the
// turn alone.
func (b *batch) grow(n int) {
	quads := make([]quad4, n)
	b.n.Store(int64(copy(quads, b.quads)))
	b.quads = quads
}

// large tells whether the terms take more than they may. To look takes a while,
// so it does so only when enough has come to make a difference.
func (b *batch) large(statements []store.Statement, most int64) bool {
	came := int64(len(statements)) * quadCost
	for i := range statements {
		came += int64(len(statements[i].Subject) + len(statements[i].Object))
	}
	if b.came.Add(came) < most/8 {
		return false
	}
	b.came.Store(0)
	return b.terms.size() > most
}

// intern numbers the terms of statements. From one statement to the next most
// often the subject and the label stay.
func (b *batch) intern(statements []store.Statement, quads []quad4) {
	const worth = 256
	var terms interface{ number(key []byte) uint32 } = b.terms
	if len(statements) >= worth {
		known, _ := b.recent.Get().(*recent)
		if known == nil {
			known = &recent{of: b.terms}
		}
		defer b.recent.Put(known)
		terms = known
	}
	var last store.Statement
	var q quad4
	for i := range statements {
		st := &statements[i]
		if string(st.Subject) != string(last.Subject) {
			q.s, last.Subject = b.terms.number(st.Subject), st.Subject
		}
		q.p = terms.number(st.Predicate)
		q.o = terms.number(st.Object)
		if string(st.Label) != string(last.Label) {
			q.l, last.Label = 0, st.Label
			if len(st.Label) > 0 {
				q.l = b.terms.number(st.Label)
			}
		}
		quads[i] = q
	}
}

// settle makes a staged segment of the batch. The caller has the turn alone.
func (t *tx) settle(ctx context.Context) error {
	b := t.batch
	if t.batch = nil; t.failed != nil || b == nil {
		return cmp.Or(t.failed, ctx.Err())
	}
	// What the batch had is lost if this fails, and so is the change.
	t.failed = t.settleBatch(ctx, b)
	return t.failed
}

func (t *tx) settleBatch(ctx context.Context, b *batch) (err error) {
	quads := b.quads[:min(int(b.n.Load()), len(b.quads))]
	if err := ctx.Err(); err != nil || len(quads) == 0 {
		return err
	}
	defer catch(&err, faults())
	given := len(quads)
	all := append(slices.Clone(t.base.segments), t.staged...)
	ids, fresh := b.identify(all)
	if int64(all.next())+int64(len(fresh)) > maxIDs {
		return fmt.Errorf("a store holds at most %d terms", uint32(maxIDs-1))
	}
	parallel(len(quads), anywhere, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			q := &quads[i]
			q.s, q.p, q.o = ids[q.s], ids[q.p], ids[q.o]
			if q.l != 0 {
				q.l = ids[q.l]
			}
		}
	})
	ids = nil
	d := draft{
		base: all.next(), quads: quads,
		terms: len(fresh), key: func(rank int) []byte { return b.terms.key(fresh[rank]) },
	}
	var known func(quad4) bool
	if now := newState(all, 0); len(all) > 0 {
		known = func(q quad4) bool { return max(q.s, q.p, q.o, q.l) < d.base && now.has(q) }
	}
	w := d.write(t.store.spoolDir(len(quads), b.terms.size()), known)
	defer w.close()
	t.tally.New += int(w.adds.n)
	t.tally.Known += given - int(w.adds.n)
	if w.adds.n == 0 {
		return nil
	}
	g, err := t.store.stage(w)
	if err != nil {
		return err
	}
	return t.keep(ctx, g)
}

// identify gives each provisional number its id: that of the segment which has
// the term, else a new one. It returns the ids by number, and the numbers of
// the new terms in the order of their keys, which is that of their ids.
func (b *batch) identify(all segments) (ids, fresh []uint32) {
	fresh = b.terms.sorted()
	ids = make([]uint32, b.terms.top())
	for _, g := range all {
		fresh = b.known(&g.terms, ids, fresh)
	}
	next := all.next()
	for i, number := range fresh {
		ids[number] = next + uint32(i)
	}
	return ids, fresh
}

// scanFrom is how many times as many terms a segment must have as are looked
// for, so that looking each up is faster than reading all.
const scanFrom = 16

// known gives ids to the terms that a segment has and returns the others.
func (b *batch) known(t *terms, ids, numbers []uint32) (others []uint32) {
	others = numbers[:0]
	if t.n/scanFrom > len(numbers) {
		for _, number := range numbers {
			if id := t.find(b.terms.key(number)); id > 0 {
				ids[number] = id
			} else {
				others = append(others, number)
			}
		}
		return others
	}
	i := 0
	t.all(func(key []byte, id uint32) bool {
		for i < len(numbers) {
			mine := b.terms.key(numbers[i])
			if string(mine) > string(key) {
				return true
			}
			if string(mine) == string(key) {
				ids[numbers[i]] = id
			} else {
				others = append(others, numbers[i])
			}
			i++
		}
		return false
	})
	return append(others, numbers[i:]...)
}

// Remove removes quads.
func (t *tx) Remove(ctx context.Context, quads []quad.Quad) (err error) {
	t.turn.Lock()
	defer t.turn.Unlock()
	if err := t.settle(ctx); err != nil {
		return err
	}
	defer catch(&err, faults())
	all := append(slices.Clone(t.base.segments), t.staged...)
	now := newState(all, 0)
	d := draft{base: all.next()}
	for i, q := range quads {
		if i%lookAtContext == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if ids, ok := now.quadOf(q); ok && now.has(ids) {
			d.dels = append(d.dels, ids)
		}
	}
	slices.SortFunc(d.dels, compareQuads)
	d.dels = slices.Compact(d.dels)
	if len(d.dels) == 0 {
		return ctx.Err()
	}
	w := d.write(t.store.spoolDir(len(d.dels), 0), nil)
	defer w.close()
	g, err := t.store.stage(w)
	if err != nil {
		return err
	}
	t.tally.Removed += len(d.dels)
	return t.keep(ctx, g)
}

// quadOf turns a quad into ids; false where a term is nowhere.
func (s *state) quadOf(q quad.Quad) (ids quad4, ok bool) {
	var room [256]byte
	for _, part := range []struct {
		to   *uint32
		term quad.Value
	}{{&ids.s, q.Subject}, {&ids.p, q.Predicate}, {&ids.o, q.Object}, {&ids.l, q.Label}} {
		if part.term == nil {
			continue
		}
		key, err := store.AppendKey(room[:0], part.term)
		if err != nil {
			return ids, false
		}
		if *part.to = s.find(key); *part.to == 0 {
			return ids, false
		}
	}
	return ids, ids.s > 0 && ids.p > 0 && ids.o > 0
}

// Tally counts what the change comes to so far.
func (t *tx) Tally(ctx context.Context) (store.Tally, error) {
	t.turn.Lock()
	defer t.turn.Unlock()
	err := t.settle(ctx)
	return t.tally, err
}

// Snapshot shows the store as it will be.
func (t *tx) Snapshot(ctx context.Context) (store.Snapshot, error) {
	t.turn.Lock()
	defer t.turn.Unlock()
	if err := t.settle(ctx); err != nil {
		return nil, err
	}
	all := append(slices.Clone(t.base.segments), t.staged...)
	for _, g := range all {
		g.hold()
	}
	return &snapshot{state: newState(all, 0)}, nil
}
