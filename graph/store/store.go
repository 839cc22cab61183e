package store

import (
	"context"
	"errors"
	"iter"

	"github.com/cayleygraph/quad"
)

// Node is a handle of a term in one snapshot, and in those that a store gives
// until it is compacted. The zero Node is no term.
type Node uint32

// Direction is the way an edge is walked.
type Direction bool

// Out walks from subject to object, In from object to subject.
const (
	Out Direction = false
	In  Direction = true
)

// Edge is a quad met on a walk: From is the node it was met from. Label is 0
// where the quad has none.
type Edge struct {
	From, To         Node
	Predicate, Label Node
}

// Tally counts what became of quads that were added and removed. A quad that
// is added twice counts as known the second time.
type Tally struct{ New, Known, Removed int }

// Stats count what a snapshot holds.
type Stats struct{ Quads, Terms int64 }

// Snapshot is a store as it stood when the snapshot was taken. It may be used
// by several goroutines. Close it when done; using it after is an error.
type Snapshot interface {
	// Node returns the handle of a term, 0 where no quad has it.
	Node(term quad.Value) Node
	// Value returns the term of a handle, nil for 0.
	Value(n Node) quad.Value
	// Err is the first failure of Node and Value, which then gave nothing.
	// Whoever made an answer from them must ask before giving it away.
	Err() error
	// Expand appends to edges those that nodes have along a predicate, or
	// along any where it is 0, grouped by From in the order of the nodes. A
	// quad with two labels is two edges.
	Expand(ctx context.Context, edges []Edge, nodes []Node, predicate Node, d Direction) ([]Edge, error)
	// Neighbours appends to ends the far ends of what Expand would give, without
	// their labels, which a store may keep elsewhere. An end may come more than
	// once.
	Neighbours(ctx context.Context, ends []Node, nodes []Node, predicate Node, d Direction) ([]Node, error)
	// Labelled appends to edges those that bear one of some labels, from
	// subject to object.
	Labelled(ctx context.Context, edges []Edge, labels []Node) ([]Edge, error)
	// Quads gives every quad once, in no particular order.
	Quads(ctx context.Context) iter.Seq2[quad.Quad, error]
	// Stats counts.
	Stats(ctx context.Context) (Stats, error)
	// Close lets the snapshot go. A second Close does nothing.
	Close()
}

// Step is one hop of a pattern: from some nodes along any of some predicates, or
// along all where none is named; and what comes next from where that leads.
type Step struct {
	Predicates []Node
	Direction  Direction
	// Repeat walks the step again from where it leads, until it leads to nothing
	// new; Next goes on from all nodes on the way, the first included.
	Repeat bool
	// Depth is how often a Repeat is walked at most; 0 is no bound.
	Depth int
	Next  []Step
	// Why goes on from the labels of the edges.
	Why []Step
	// Bare is a step of whose ends and labels few terms will be asked for.
	Bare bool
}

// Prefetcher is a Snapshot on a server. It is told where a walk will go, so that
// the walk does not wait for each of its hops.
type Prefetcher interface {
	// Prefetch reads in one round trip what Expand will be asked for on the way
	// of a pattern, and the terms that are met.
	Prefetch(ctx context.Context, from []Node, steps []Step) error
}

// Tx is a change in the making. It is used by one goroutine, except where a
// method says otherwise.
type Tx interface {
	// Add adds quads; those that are there already are counted and left
	// alone.
	Add(ctx context.Context, quads []quad.Quad) error
	// Remove removes quads; those that are not there are passed over.
	Remove(ctx context.Context, quads []quad.Quad) error
	// Tally counts what the change comes to so far.
	Tally(ctx context.Context) (Tally, error)
	// Snapshot shows the store as it will be.
	Snapshot(ctx context.Context) (Snapshot, error)
}

// Statement is a quad by the keys of its terms; the key of no label is empty.
type Statement struct{ Subject, Predicate, Object, Label []byte }

// KeyTx is a Tx that also takes terms by their keys, without a value for each.
type KeyTx interface {
	Tx
	// AddKeys adds statements; it keeps none of their bytes. Several
	// goroutines may call it at once.
	AddKeys(ctx context.Context, statements []Statement) error
}

// Store keeps quads. It is safe for concurrent use.
type Store interface {
	// Snapshot takes a snapshot of what is there. It waits for nobody.
	Snapshot(ctx context.Context) (Snapshot, error)
	// Update makes a change: all that change did to the Tx, or, where it
	// returns an error or ctx ends, nothing. Changes wait for each other.
	Update(ctx context.Context, change func(Tx) error) (Tally, error)
	// Version numbers what Snapshot would show: while it stays the same, so
	// does that. It is cheap, waits for nobody and never goes back. After a
	// Close it may be any number.
	Version() uint64
	// Fork returns a store in memory that begins with what is there now; what
	// is then changed in one the other never sees.
	Fork(ctx context.Context) (Store, error)
	// Close ends the store. Snapshots that are open stay good until closed.
	Close() error
}

// Sentinels that callers tell apart with errors.Is.
var (
	// ErrClosed is a use of a store or snapshot after its Close.
	ErrClosed = errors.New("already closed")
	// ErrNoStore is a place where no store is.
	ErrNoStore = errors.New("no store is there")
	// ErrNotEmpty is a place that is to hold a new store, and holds something.
	ErrNotEmpty = errors.New("a new store must not begin where something is")
)

// Description tells what a store holds and in which files.
type Description struct {
	Stats
	Predicates []Count // by term, the most frequent first
	Files      []File
}

// Count is how many quads have a term.
type Count struct {
	Term  quad.Value
	Quads int64
}

// File is a part of a store. Quads are those that it adds, Removed those of
// earlier files that it takes away, Terms those that it brings.
type File struct {
	Name                  string
	Bytes                 int64
	Quads, Removed, Terms int64
}
