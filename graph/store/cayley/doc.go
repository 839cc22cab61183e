// Package cayley is what stores have in common where cayley writes to them: its
// deltas and its writer become changes of a [store.Store].
package cayley
