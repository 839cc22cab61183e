package remote

import (
	"context"
	"errors"

	"github.com/cayleygraph/quad"

	"parley/graph/store"
)

// Quad is a quad by handles; Label is 0 where it has none.
type Quad struct{ Subject, Predicate, Object, Label store.Node }

// Reader reads one state of a store on a server, which never changes. Each
// method is one round trip, whatever the size of the set, and whole or an error:
// never a part of the answer without one. Where ctx ended, the error is that of
// ctx. Several goroutines may use it at once.
type Reader interface {
	// Expand returns the edges that nodes, of which none is 0 and none comes
	// twice, have along a predicate, or along any where it is 0, in any order.
	// From is the node that was asked for.
	Expand(ctx context.Context, nodes []store.Node, predicate store.Node, d store.Direction) ([]store.Edge, error)
	// Follow walks a pattern. It calls found with the edges of each step, in any
	// order, and with the nodes that they were looked for from, each once: of
	// those found all edges of the step are among the edges, and of the others
	// none are. It may call found with terms by their keys too, of as many of the
	// ends and labels as it likes. Where a step has more than MostFollowed edges it
	// may give nothing, with ErrTooMuch. The step given to found is the one of steps,
	// or of a Next or Why below.
	Follow(ctx context.Context, from []store.Node, steps []store.Step, found func(Found)) error
	// Labelled returns the edges, subject to object, that bear one of some labels.
	Labelled(ctx context.Context, labels []store.Node) ([]store.Edge, error)
	// Find returns the handles of terms by their keys, 0 where no quad of this
	// state has one.
	Find(ctx context.Context, keys []string) ([]store.Node, error)
	// Keys returns the keys of handles that this store has given.
	Keys(ctx context.Context, nodes []store.Node) ([]string, error)
	// Page returns at most limit quads that have n at a place (of all quads,
	// where the place is quad.Any), in an order of the store's own, those after
	// one quad; the zero Quad is before all.
	Page(ctx context.Context, place quad.Direction, n store.Node, after Quad, limit int) ([]Quad, error)
	// Whole returns all quads, in any order, and the keys of at least the terms
	// that they have. It is asked where the quads are at most so many. Where
	// much more than that is stored, of other states, it gives ErrTooMuch.
	Whole(ctx context.Context, most int) (quads []Quad, keys map[store.Node]string, err error)
	// Size is about how many quads have n at a place, and whether just as many.
	Size(ctx context.Context, place quad.Direction, n store.Node) (size int64, exact bool, err error)
	// Nodes returns at most limit handles of terms in use, in order, those after
	// one.
	Nodes(ctx context.Context, after store.Node, limit int) ([]store.Node, error)
	// Stats counts what the state holds.
	Stats(ctx context.Context) (store.Stats, error)
}

// MostFollowed is how many edges a step of a pattern may have. A pattern is read
// in advance of a walk, which may stop before, so more than that is left to the
// walk itself.
const MostFollowed = 1 << 18

// ErrTooMuch is a pattern with a step that has more than MostFollowed edges, or a
// store that is too large to be read whole.
var ErrTooMuch = errors.New("it leads to too much to be read in advance")

// Found is what a walk along a pattern has found.
type Found struct {
	Step  *store.Step
	From  []store.Node
	Edges []store.Edge
	Terms map[store.Node]string // by key
}
