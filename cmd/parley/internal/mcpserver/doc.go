// Package mcpserver answers models over the Model Context Protocol, from a graph
// and a registry of queries.
//
//  1. [Serve] makes the tools and resources and answers one client until it goes
//     away. Over stdio the transport is [Lines], a message a line.
//  2. Each query of the registry is a tool: its name, its documentation, a JSON
//     Schema of its arguments and one of its answers. Two more are made here:
//     search (names to ids) and node (all that is said of one node). Where a query
//     has such a name, it keeps it.
//  3. A call's arguments become the texts that the query takes; the question waits
//     for its turn, opens the graph as it was known on the day that it names, and is
//     answered within limits on time, rows and bytes. What was cut off, and how to
//     ask for it, the answer tells.
//  4. Nodes and articles are resources by their ids, articles are listed, and so is
//     the catalogue of the queries.
//
// What a model can mend is an answer that tells of an error, so that the model
// reads it; only what is no call at all is an error of the protocol.
package mcpserver
