// Package web serves a graph over HTTP: an explorer for people and an API for
// programs. It only reads.
//
//  1. [New] makes a [Server] of a [Config]: a graph, a registry of queries, and
//     limits. The server answers from the graph as it is at each request, so it
//     follows a store that another process changes.
//  2. Every request passes the guards (guard.go): who may ask, how often, how
//     long. Then its route answers: api.go for programs, pages.go for people.
//  3. Both ask through ask.go, which opens the graph as it was known on the day
//     that the request names, and bounds how many queries run at once.
//  4. What went wrong becomes a status in failure.go, and nowhere else.
//
// Routes, forms, pictures and documents are made from the registry, so that a
// query added to it is served without another line here.
package web
