// Package store says what a graph needs of whatever keeps its quads.
//
// A [Store] is opened by its package (embedded, …) and handed to graph.New. All
// reading goes through a [Snapshot], which never changes; all writing through
// [Store.Update], whose change is made whole or not at all. A walk asks for the
// edges of a whole set of nodes in one call, so that a store on another machine
// answers a hop in one round trip.
//
// Terms travel as [quad.Value] or, where millions of them do, as keys:
// [AppendKey] writes the key of a term and [Value] reads it back. Equal terms,
// and no others, have equal keys.
package store
