// Package postgres keeps a graph's quads in a PostgreSQL database, for a team
// that shares one store. Importing it makes graph.Open take URLs such as
//
//	postgres://ada@db.example/news?sslmode=verify-full&schema=parley
//
// as pgx takes them, with the environment and password file that psql takes; schema
// (parley where none is named) and pool_max_conns are ours. README.md tells how to
// run, watch, back up and upgrade one.
//
// # Tables
//
//	node     id, h, key         a term: h is the first half of SHA-256 of its key
//	quad     s, p, o, l         a quad by the ids of its terms; l is 0 for no label
//	         born, died         the versions from which on, and up to which, it is there
//	version  v, at, quads, …    a change that was kept, and what there was after it
//	meta     format             which tables these are
//
// # Versions
//
// A row of quad is there at version v where born <= v < died. A change writes
// rows that no version sees yet and in the end, by the same commit, the version
// that sees them. So a snapshot is a number: it holds neither connection nor
// transaction, any connection of the pool answers for it, it stays good over a
// restart of the server, and readers wait for no writer. What died long enough
// ago that no snapshot may ask for it goes in Compact.
//
// # Reading
//
// Each method of remote.Reader is one statement, prepared once a connection: a
// hop from a whole set of nodes, or a whole pattern of hops as one statement with
// a part for each. The indexes (s,p,o,l,died) and (o,p,s,l,died) include born,
// so a hop reads no table at all. Sessions of ours plan once and without knowing
// the numbers asked for, since all plans are the same walk along an index.
//
// # A change
//
//  1. Add numbers terms and gathers quads in memory; it waits for nobody.
//  2. When memory is full, or somebody looks, or in the end, the change takes the
//     writers' lock of its schema and finds out what the newest version is.
//  3. Terms get the ids that they have, or new ones; quads that are not there
//     go in, sorted, so that changes of several programs cannot lock each other
//     out.
//  4. The row of version goes in, and the transaction is committed. Where the
//     connection is lost just then, another asks the server what became of it.
//
// The first load, into tables that have never held anything, fills new tables,
// makes their indexes afterwards, and puts them in the place of the empty ones.
package postgres
