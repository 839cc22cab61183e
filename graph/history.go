package graph

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"parley/graph/vocab"
)

// PublicationDays returns the days on which something in the graph came out, in
// order: the days on which what is known changes.
func (v *View) PublicationDays(ctx context.Context) ([]Day, error) {
	sources, err := v.Instances(ctx, vocab.FromSource.Range...)
	if err != nil {
		return nil, err
	}
	edges, err := v.Expand(ctx, sources, vocab.Published, Out)
	if err != nil {
		return nil, err
	}
	var days []Day
	for _, e := range edges {
		// Quads of other programs may carry any text as a date.
		if date, err := ParseDate(v.Text(e.To)); err == nil && !date.IsZero() {
			days = append(days, date.Latest())
		}
	}
	slices.Sort(days)
	return slices.Compact(days), v.Err()
}

// History serves a graph as it was known on any day, for programs that answer
// many questions: for each day that is asked for a fork, in which the rules
// conclude from what was known then. It is safe for concurrent use.
type History struct {
	graph *Graph
	keep  int
	// one is taken by whoever makes a fork, since that can take much memory.
	one chan struct{}

	mu      sync.Mutex
	version uint64
	days    []Day
	read    bool // days are those of version
	forks   []*fork
}

// fork is the graph of a day and how many use it; the history is one of them
// while it keeps it.
type fork struct {
	*Graph
	day   Day
	users int
}

// NewHistory returns the history of a graph, which keeps the forks of so many
// days.
func NewHistory(g *Graph, keep int) *History {
	return &History{graph: g, keep: max(keep, 1), one: make(chan struct{}, 1)}
}

// Close lets the forks go that nobody uses; the graph itself it leaves open.
func (h *History) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forget(h.version)
}

// Graph returns the graph as it is now.
func (h *History) Graph() *Graph { return h.graph }

// On returns the graph with what the rules conclude from what was known by a
// day: the graph itself for the zero Date. Views of it are to be opened with the
// same day. The caller calls done when its views are open.
func (h *History) On(ctx context.Context, knownBy Date) (g *Graph, done func(), err error) {
	if knownBy.IsZero() {
		return h.graph, func() {}, nil
	}
	days, version, err := h.publicationDays(ctx)
	if err != nil {
		return nil, nil, err
	}
	// All days from one publication to the next are alike.
	day := MinDay
	i, found := slices.BinarySearch(days, knownBy.Latest())
	if found {
		i++
	}
	if i > 0 {
		day = days[i-1]
	}
	if f := h.kept(day, version); f != nil {
		return f.Graph, func() { h.release(f) }, nil
	}
	select {
	case h.one <- struct{}{}:
		defer func() { <-h.one }()
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	if f := h.kept(day, version); f != nil { // made while this one waited
		return f.Graph, func() { h.release(f) }, nil
	}
	made, err := h.graph.Fork(ctx)
	if err != nil {
		return nil, nil, err
	}
	if _, err := made.Update(ctx, func(tx *Tx) error { return InferTx(ctx, tx, knownBy) }); err != nil {
		_ = made.Close()
		return nil, nil, err
	}
	f := h.put(&fork{Graph: made, day: day, users: 1}, version)
	return f.Graph, func() { h.release(f) }, nil
}

// Look gives a view of the graph as it was known by the day of the options to a
// function, which must not keep it.
func (h *History) Look(ctx context.Context, o Options, see func(*View) error) error {
	g, done, err := h.On(ctx, o.KnownBy)
	if err != nil {
		return err
	}
	defer done()
	v, err := g.View(o)
	if err != nil {
		return err
	}
	defer v.Close()
	err = see(v)
	return cmp.Or(v.Err(), err)
}

// Days are the days on which what is known of the graph changes.
func (h *History) Days(ctx context.Context) ([]Day, error) {
	days, _, err := h.publicationDays(ctx)
	return days, err
}

func (h *History) publicationDays(ctx context.Context) ([]Day, uint64, error) {
	version := h.graph.Version()
	h.mu.Lock()
	days, read := h.days, h.read && h.version == version
	h.mu.Unlock()
	if read {
		return days, version, nil
	}
	v, err := h.graph.View(Options{})
	if err != nil {
		return nil, 0, err
	}
	defer v.Close()
	if days, err = v.PublicationDays(ctx); err != nil {
		return nil, 0, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	// Who was long about an older version leaves the newer one alone.
	if h.version < version || h.version == version && !h.read {
		h.forget(version)
		h.days, h.read = days, true
	}
	return days, version, nil
}

// forget lets the forks of an earlier version go. The caller holds the lock.
func (h *History) forget(version uint64) {
	for _, f := range h.forks {
		h.drop(f)
	}
	h.forks, h.version, h.read = nil, version, false
}

// kept returns the fork of a day for the caller to release, the latest used
// last.
func (h *History) kept(day Day, version uint64) *fork {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.IndexFunc(h.forks, func(f *fork) bool { return f.day == day })
	if i < 0 || h.version != version {
		return nil
	}
	f := h.forks[i]
	h.forks = append(slices.Delete(h.forks, i, i+1), f)
	f.users++
	return f
}

// put keeps a fork that the caller uses, unless the graph has changed since.
func (h *History) put(f *fork, version uint64) *fork {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.version != version {
		return f
	}
	f.users++
	h.forks = append(h.forks, f)
	if len(h.forks) > h.keep {
		h.drop(h.forks[0])
		h.forks = slices.Delete(h.forks, 0, 1)
	}
	return f
}

func (h *History) release(f *fork) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(f)
}

func (h *History) drop(f *fork) {
	if f.users--; f.users == 0 {
		_ = f.Close() // of a store in memory
	}
}
