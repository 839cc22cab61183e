package graph

import (
	"errors"

	"parley/graph/embedded"
	"parley/graph/store"
)

// Sentinels that callers tell apart with errors.Is. Each is wrapped with the
// operation and what it was about.
var (
	// ErrUnknown is a name or id that nothing in view bears.
	ErrUnknown = errors.New("nothing is known by that name")
	// ErrAmbiguous is a name that several nodes bear.
	ErrAmbiguous = errors.New("the name stands for more than one")
	// ErrTooMuch is what lies around nodes where it is more than was asked for.
	ErrTooMuch = errors.New("too much lies around")
	// ErrClosed is a use of a graph or view after its Close.
	ErrClosed = store.ErrClosed
	// ErrNoStore is a place where no store is.
	ErrNoStore = embedded.ErrNoStore
	// ErrURL is a store address that no store answers to.
	ErrURL = errors.New("not a store's address")
)

// errLeft ends a walk whose results are wanted no more.
var errLeft = errors.New("no more is wanted")
