package dgraph

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"parley/graph/remote"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// tx is a change in the making. What is added and removed gathers, and is written
// when it is much or when somebody wants to know what it comes to.
type tx struct {
	store *Store

	mu     sync.Mutex
	writer *writer // nil until something needs the lock
	draft  draft
	tally  store.Tally
	quads  int64 // and terms: how many more there are than when the change began
	terms  int64
	failed error
}

var _ store.KeyTx = (*tx)(nil)

// draft is what gathers: statements by numbers of their terms, counted from 1.
type draft struct {
	numbers map[string]store.Node
	terms   []string
	steps   []step
	bytes   int64
}

// step adds or removes a quad of a draft.
type step struct {
	remote.Quad
	at     uint32 // its place among the steps
	remove bool
}

// What a step and a term take in memory, beside the term's text.
const (
	stepCost  = 3 * 24 // room for a slice to grow
	termCost  = 96
	mostSteps = 1<<32 - 1
)

func (d *draft) number(key []byte) store.Node {
	if n, ok := d.numbers[string(key)]; ok {
		return n
	}
	if d.numbers == nil {
		d.numbers = make(map[string]store.Node)
	}
	d.terms = append(d.terms, string(key))
	n := store.Node(len(d.terms))
	d.numbers[d.terms[n-1]] = n
	d.bytes += int64(len(key)) + termCost
	return n
}

func (d *draft) add(statements []store.Statement, remove bool) {
	remote.Numbered(statements, d.number, func(q remote.Quad) {
		d.steps = append(d.steps, step{q, uint32(len(d.steps)), remove})
		d.bytes += stepCost
	})
}

// Update makes a change, whole or not at all.
func (s *Store) Update(ctx context.Context, change func(store.Tx) error) (store.Tally, error) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return store.Tally{}, ctx.Err()
	}
	defer func() { <-s.turn }()
	if err := s.usable(ctx); err != nil {
		return store.Tally{}, err
	}
	t := &tx{store: s}
	err := change(t)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		err = cmp.Or(t.failed, t.flush(ctx))
	}
	if err == nil {
		err = ctx.Err()
	}
	t.failed = fmt.Errorf("the change is over: %w", store.ErrClosed)
	if t.writer != nil {
		made := t.writer.finish(err == nil, t.writer.Quads+t.quads, t.writer.Terms+t.terms)
		err = cmp.Or(err, made)
	}
	if err != nil {
		return store.Tally{}, err
	}
	return t.tally, nil
}

// Add adds quads.
func (t *tx) Add(ctx context.Context, quads []quad.Quad) error {
	// All are looked at first, so that a batch with a bad one adds nothing.
	for i, q := range quads {
		if !q.IsValid() {
			return t.fail(fmt.Errorf("quad %d of %d: %v lacks a subject, predicate or object", i+1, len(quads), q))
		}
	}
	err := store.EachStatement(quads, func(statements []store.Statement) error { return t.gather(ctx, statements, false) })
	if err != nil {
		return t.fail(err)
	}
	return t.more(ctx)
}

// Remove removes quads.
func (t *tx) Remove(ctx context.Context, quads []quad.Quad) error {
	statements := make([]store.Statement, 0, len(quads))
	for _, q := range quads {
		// What no store can have is not there.
		if st, _, err := store.StatementOf(nil, q); err == nil {
			statements = append(statements, st)
		}
	}
	if err := t.gather(ctx, statements, true); err != nil {
		return t.fail(err)
	}
	return t.more(ctx)
}

// AddKeys adds statements by the keys of their terms.
func (t *tx) AddKeys(ctx context.Context, statements []store.Statement) error {
	for i := range statements {
		if st := &statements[i]; len(st.Subject) == 0 || len(st.Predicate) == 0 || len(st.Object) == 0 {
			return t.fail(fmt.Errorf("statement %d of %d lacks a subject, predicate or object", i+1, len(statements)))
		}
	}
	if err := t.gather(ctx, statements, false); err != nil {
		return t.fail(err)
	}
	return t.more(ctx)
}

// gather takes statements into the draft.
func (t *tx) gather(ctx context.Context, statements []store.Statement, remove bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed != nil {
		return t.failed
	}
	t.draft.add(statements, remove)
	return nil
}

// more writes what has gathered if it is much.
func (t *tx) more(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed != nil {
		return t.failed
	}
	if t.draft.bytes < t.store.options.Memory && len(t.draft.steps) < mostSteps/2 {
		return nil
	}
	return t.flush(ctx)
}

// fail sees to it that the change is not made.
func (t *tx) fail(err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = cmp.Or(t.failed, err)
	return err
}

// flush writes what has gathered. The caller holds t.mu.
func (t *tx) flush(ctx context.Context) error {
	if t.failed == nil && len(t.draft.steps) > 0 {
		d := t.draft
		t.draft = draft{}
		// What the draft had is lost if this fails, and so is the change.
		if t.failed = t.begin(ctx); t.failed == nil {
			t.failed = t.write(ctx, &d)
		}
	}
	return t.failed
}

// begin takes the lock, once.
func (t *tx) begin(ctx context.Context) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	if t.writer == nil {
		t.writer, err = t.store.acquire(ctx)
	}
	return err
}

// Tally counts what the change comes to so far.
func (t *tx) Tally(ctx context.Context) (store.Tally, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	err := t.flush(ctx)
	return t.tally, err
}

// Snapshot shows the store as it will be. What the change does after it goes
// under another number, which the snapshot does not see.
func (t *tx) Snapshot(ctx context.Context) (store.Snapshot, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	if t.failed = t.begin(ctx); t.failed != nil {
		return nil, t.failed
	}
	w := t.writer
	r := &reader{
		store: t.store, era: era{max(w.Version, w.last), w.Void}, predicates: slices.Clone(w.predicates), taken: time.Now(),
		stats: store.Stats{Quads: w.Quads + t.quads, Terms: w.Terms + t.terms},
	}
	return t.store.snapshot(r), nil
}
