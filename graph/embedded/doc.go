// Package embedded keeps a graph's quads in a folder, or in memory, and walks
// them by number.
//
//	change ──► batch ──► staged segments ──► one segment ──► log, or file
//	           (terms     (when the batch     (merged)        then manifest
//	           numbered)  is full)
//
//	snapshot = segments, oldest first, as they stood
//	         ┌───────────┬───────┬────┬──┬─┐
//	         │ file      │ file  │file│log│…│   each one's ids begin where
//	         └───────────┴───────┴────┴──┴─┘   those of the one before end
//
// # A segment
//
// A segment is what one change added and took away, or a merge of neighbours.
// It never changes. It holds the terms that came with it, sorted, and three
// indexes of which only the first has the quads; the others lead to it:
//
//	adds    subject → (predicate, object, label)…   sorted
//	in      object  → (predicate, subject)…         each once
//	labels  label   → subject…                      each once
//	dels    like adds: quads of earlier segments that are gone
//
// Everything is a [column]: numbers packed by blocks of 128 with as many bits
// as the block needs, any of which can be read where it lies. So a file is
// mapped and read in place: to open it is to read its footer. Ids are ranks of
// terms, so neighbours in the alphabet, such as the events of one file, lie
// close together, and their numbers pack well.
//
// # A change
//
//  1. [Store.Update] waits for its turn, and for the lock of the folder, which
//     it then keeps until Close. Who holds it the file LOCK tells.
//  2. Statements are numbered by an [interner] on as many goroutines as bring
//     them. When the batch has taken the memory that it may, it is settled:
//     terms are sorted and given ids, those that the store has keeping theirs;
//     quads are sorted, and those that the store has are dropped; the rest
//     becomes a staged segment, in a file if it is large.
//  3. In the end the staged segments are merged into one. A small one is
//     appended to the log as it is, synced, and then acknowledged in the log's
//     head. A large one is synced and renamed, the log before it becomes a
//     segment too, and a new manifest takes the place of the old by a rename.
//     Until then nothing that a reader looks at has changed, so whatever ends a
//     process leaves the store as it was; what it left behind the next writer
//     sweeps away.
//  4. The new [state] is published. Readers keep the one that they have.
//  5. Segments of which some have become as heavy as one before are merged in
//     the background, and again published by a manifest. Ids stay as they are.
//
// # A reader
//
// A reader takes no lock. In another process it looks whether the manifest or
// the acknowledged end of the log has changed each time it takes a snapshot,
// and maps what is new. Files that a writer removes stay readable to whoever
// has them mapped.
//
// # Damage
//
// Manifest, log records and footers carry checksums that are checked when they
// are read. A segment carries one for each 16 KiB, checked when a page is first
// touched; a process that lives on checks all of them in the background. What
// does not agree is a [DamageError] with the file and the place, never an
// answer. Inside the package it travels as a panic, since it can come from any
// number that is read, and becomes an error at the edge.
//
// # Limits
//
// A store holds at most 2³²−2 terms, a segment 2³² quads and 4 GiB of terms. A
// folder must be on a file system with rename, locks and mapping that work
// between processes, which network file systems are known not to have.
package embedded
