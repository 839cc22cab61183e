// Package remote is what the stores on a server have in common.
//
// Such a store is a [Reader] for each of its states, and a writer of its own. The
// Reader answers for whole sets of nodes, one round trip a call; a [Snapshot]
// makes a store.Snapshot of it:
//
//	View ──► Snapshot ──► Reader ──► server
//	         hops, terms   one round trip for a set
//
// A state never changes, so what was read of it holds. A Snapshot remembers the
// hops it was asked for and the terms it met, and answers from that where it can.
// And it reads ahead: who asks for the edges or the term of one node of a set
// that came out of one hop will likely ask for those of its neighbours, so they
// come with it. A query that goes through a hundred nodes one by one makes a few
// round trips, not a hundred.
//
// A query that knows where it will go says so ([store.Prefetcher]), and all of it
// comes in one round trip. Of a store that is small all is read at once, the first
// time that somebody asks for more than a little.
//
// # Versions
//
// Both stores number their states. Every quad says from which version on it is
// there, and up to which; a change writes under a number that nobody reads yet,
// and in the end, at once, makes that number the present one. So a snapshot is a
// number: it holds no transaction and no connection open, any connection can read
// it, and it outlives the server's restart.
package remote
