// Package dgraph keeps quads on a Dgraph cluster: for a graph that no single disk
// holds, or that must outlive a machine. On one machine it is slower than the
// other stores, by far.
//
// # How a graph lies in Dgraph
//
//  1. A term is a node, whose uid is its handle. <name>.key has its key, written
//     so that it is plain text ([escape]), with a hash index.
//  2. A predicate is a term too, and a predicate of Dgraph's besides: that of term
//     0x2a is <name>.p2a, a reversed list of uids, made when it is first used and
//     listed at the store's own node.
//  3. Two quads that differ in their label are one edge. Its facet l has an entry
//     for each: the label, and the versions from which on and up to which the quad
//     is there. The facet u of a key tells likewise when some quad has the term.
//  4. <name>.stated leads from a subject to the labels of its quads. It finds what
//     a label states; it never tells what is there, the entries do.
//
// # Versions
//
// A change takes the store's lock, writes under a number of its own in as many
// transactions as it likes, and at the end one small transaction makes that number
// the present version. Until then nobody sees what it wrote; where it fails or is
// killed, its number is told to be void, and what stands under it is dropped when
// somebody rewrites the entry next. So a change is whole or not at all whatever its
// size, and a snapshot is a number.
//
// The lock is not a matter of clocks. Every transaction of a change is one that
// Dgraph carries out only while the lock is the change's own, so whoever lost it
// writes nothing more. To wait for the holder to be silent is only good manners.
//
// # Caveats
//
//   - To set an edge again replaces its facets. Whoever writes one reads, merges and
//     writes it in one transaction; Dgraph aborts one of two that meet, and it is
//     tried again.
//   - All reads are strict. A best-effort read may miss what was committed.
//   - A uid above 2³²-1 is no handle. A cluster gives out its uids one after the
//     other, to all that lies in it.
package dgraph
