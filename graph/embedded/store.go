package embedded

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"parley/graph/store"
)

// Options bound what a store takes.
type Options struct {
	// Memory is about how many bytes a change in the making may take before
	// it goes on in files; 0 is DefaultMemory.
	Memory int64
}

// DefaultMemory lets a change of some ten million quads be made in one piece.
const DefaultMemory = 512 << 20

// leastMemory, like the other sizes from which on something is done another
// way, is a variable so that tests get there with few quads.
var leastMemory int64 = 1 << 20

func (o Options) complete() Options {
	if o.Memory == 0 {
		o.Memory = DefaultMemory
	}
	o.Memory = max(o.Memory, leastMemory)
	return o
}

// Store is an open store: in a folder, or in memory.
type Store struct {
	options Options
	disk    *disk // nil in memory
	// frozen is how many of the first segments are never merged in memory:
	// those in files, and those that a fork began with.
	frozen  int
	current atomic.Pointer[state]
	// turn is held by the one change that is being made.
	turn     chan struct{}
	versions atomic.Uint64
	closed   atomic.Bool
	// merging is closed when the merge in the background is done, nil when there
	// is none. It and mergeErr belong to who has the turn.
	merging  chan struct{}
	mergeErr error
	merges   sync.WaitGroup // for Close
	stop     context.CancelFunc
	running  context.Context
}

// NewMemory opens an empty store that lives as long as the process.
func NewMemory(o Options) *Store { return newStore(o, nil, nil) }

func newStore(o Options, d *disk, all segments) *Store {
	s := &Store{options: o.complete(), disk: d, frozen: len(all), turn: make(chan struct{}, 1)}
	s.running, s.stop = context.WithCancel(context.Background())
	s.publish(all)
	return s
}

// publish makes segments what the store holds. The state holds each of them.
func (s *Store) publish(all segments) {
	for _, g := range all {
		g.hold()
	}
	if old := s.current.Swap(newState(all, s.versions.Add(1))); old != nil {
		old.drop()
	}
}

// now takes the present state; the caller drops it.
func (s *Store) now() *state {
	for {
		if now := s.current.Load(); now.take() {
			return now
		}
		if s.closed.Load() {
			return nil
		}
	}
}

// Snapshot takes a snapshot of what is there.
func (s *Store) Snapshot(ctx context.Context) (store.Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := s.follow(ctx); err != nil {
		return nil, err
	}
	now := s.now()
	if now == nil {
		return nil, store.ErrClosed
	}
	return &snapshot{state: now}, nil
}

// Version tells one state of the store from another, also where another process
// changed it. That the folder cannot be read Snapshot tells.
func (s *Store) Version() uint64 {
	_ = s.follow(context.Background())
	return s.current.Load().version
}

// begin waits for the turn to change the store.
func (s *Store) begin(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	err := ctx.Err()
	if s.closed.Load() {
		err = store.ErrClosed
	}
	if err == nil && s.disk != nil {
		err = s.disk.write(ctx, s)
	}
	if err != nil {
		<-s.turn
	}
	return err
}

func (s *Store) end() { <-s.turn }

// Update makes a change, whole or not at all.
func (s *Store) Update(ctx context.Context, change func(store.Tx) error) (store.Tally, error) {
	if err := s.begin(ctx); err != nil {
		return store.Tally{}, err
	}
	defer s.end()
	base := s.now()
	defer base.drop()
	t := &tx{store: s, base: base}
	defer t.discard()
	if err := change(t); err != nil {
		return store.Tally{}, err
	}
	if err := s.commit(ctx, t); err != nil {
		return store.Tally{}, err
	}
	return t.tally, nil
}

// commit keeps what a change staged.
func (s *Store) commit(ctx context.Context, t *tx) error {
	t.turn.Lock()
	defer t.turn.Unlock()
	if t.failed != nil {
		return t.failed
	}
	if err := t.settle(ctx); err != nil {
		return err
	}
	if err := t.join(ctx); err != nil || t.staged.weight() == 0 {
		return err
	}
	all := append(slices.Clone(t.base.segments), t.staged...)
	if s.disk == nil {
		return s.fold(ctx, all)
	}
	return s.disk.commit(ctx, s, all, len(t.staged))
}

// join merges the staged segments into one, unless one file has nearly all of
// it, which to write once more would be the most of the work.
func (t *tx) join(ctx context.Context) error {
	files := 0
	for _, g := range t.staged {
		if t.store.inFile(g) {
			files++
		}
	}
	if len(t.staged) < 2 || files == 1 {
		return ctx.Err()
	}
	w, err := mergeSegments(ctx, t.store.spoolDir(int(t.staged.weight()), int64(t.staged.text())), t.staged, len(t.base.segments) == 0, nil)
	if err != nil {
		return err
	}
	defer w.close()
	g, err := t.store.stage(w)
	if err != nil {
		return err
	}
	t.drop()
	t.staged = segments{g}
	return nil
}

// keep adds a staged segment. As in fold, those in memory are merged where they
// have become as heavy as one before.
func (t *tx) keep(ctx context.Context, g *segment) error {
	t.staged = append(t.staged, g)
	from := len(t.staged)
	for from > 0 && !t.store.inFile(t.staged[from-1]) {
		from--
	}
	from += heavy(t.staged[from:])
	light := t.staged[from:]
	if len(light) < 2 {
		return ctx.Err()
	}
	w, err := mergeSegments(ctx, t.store.spoolDir(int(light.weight()), int64(light.text())), light, from+len(t.base.segments) == 0, nil)
	if err != nil {
		return err
	}
	defer w.close()
	merged, err := t.store.stage(w)
	if err == nil {
		t.staged = append(slices.Clone(t.staged[:from]), merged)
	}
	return err
}

// inFile tells whether a staged segment is in a file.
func (s *Store) inFile(g *segment) bool { return s.disk != nil && s.disk.isStaged(g) }

func (t *tx) drop() {
	for _, g := range t.staged {
		if t.store.disk != nil {
			t.store.disk.unstage(g)
		}
		g.release()
	}
	t.staged = nil
}

// discard lets go of what a change staged and nobody else holds.
func (t *tx) discard() {
	t.turn.Lock()
	defer t.turn.Unlock()
	t.drop()
	t.batch, t.failed = nil, fmt.Errorf("the change is over: %w", store.ErrClosed)
}

// weight is how many quads segments tell of.
func (all segments) weight() uint64 {
	var n uint64
	for _, g := range all {
		n += g.Adds + g.Dels
	}
	return n
}

// fold publishes segments, of which the last ones in memory are merged first
// where they have become as heavy as one before.
func (s *Store) fold(ctx context.Context, all segments) error {
	from := s.frozen + heavy(all[s.frozen:])
	if len(all)-from > 1 {
		w, err := mergeSegments(ctx, "", all[from:], from == 0, nil)
		if err != nil {
			return err
		}
		b, err := w.bytes()
		if err != nil {
			return err
		}
		g, err := openSegment("memory", b, true)
		if err != nil {
			return err
		}
		all = append(slices.Clone(all[:from]), g)
	}
	s.publish(all)
	return nil
}

// text is how many bytes the terms of segments take.
func (all segments) text() (n uint64) {
	for _, g := range all {
		n += g.Text.Dir - g.Text.Data
	}
	return n
}

// heavy returns the first of some neighbouring segments that weighs less than
// twice what follows it: from there on they are worth merging. So the number of
// segments, and how often a quad is merged, grow with the logarithm of the
// quads.
func heavy(all segments) int {
	for i, g := range all {
		if g.Adds+g.Dels+1 < 2*all[i+1:].weight() {
			return i
		}
	}
	return len(all)
}

// inMemory is the number of quads up to which a segment is made in memory.
var inMemory = 1 << 16

// spoolDir is where a segment is made of so many quads, and terms of so many
// bytes; "" is in memory.
func (s *Store) spoolDir(quads int, text int64) string {
	if s.disk == nil || quads < inMemory && text < s.options.Memory/16 {
		return ""
	}
	return s.disk.dir
}

// stage makes a segment of what a writer has.
func (s *Store) stage(w *segmentWriter) (*segment, error) {
	if w.dir != "" {
		return s.disk.stage(w)
	}
	b, err := w.bytes()
	if err != nil {
		return nil, err
	}
	return openSegment("memory", b, true)
}

// Fork returns a store in memory that begins with what this one holds.
func (s *Store) Fork(ctx context.Context) (store.Store, error) {
	if err := errors.Join(ctx.Err(), s.follow(ctx)); err != nil {
		return nil, err
	}
	now := s.now()
	if now == nil {
		return nil, fmt.Errorf("fork: %w", store.ErrClosed)
	}
	defer now.drop()
	return newStore(s.options, nil, now.segments), nil
}

// Close ends the store. It waits for the change and the merge that are being
// made.
func (s *Store) Close() error {
	s.turn <- struct{}{}
	if s.closed.Swap(true) {
		<-s.turn
		return nil
	}
	<-s.turn
	s.merges.Wait()
	s.stop()
	s.turn <- struct{}{}
	defer s.end()
	err := s.mergeErr
	if s.disk != nil {
		err = errors.Join(err, s.disk.close())
	}
	s.current.Load().drop()
	return err
}
