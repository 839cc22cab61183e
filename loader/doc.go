// Package loader reads and writes files, each format in files of its name:
// facts, quads, and the data of others.
//
//  1. [Formats] are registered (format.go), each in a file of its name, with how
//     it is read, written, or both.
//  2. [Find] lists the inputs behind what a user names (input.go): files,
//     folders, members of archives, standard input. Compression is read through
//     (compress.go), and the format told by content, else by name.
//  3. [Load] reads them into a change of a graph. Formats of one row a line go
//     through rows.go, on all processors; what they cannot load is a bad row,
//     which may be left out. Facts are checked across all files ([Check]). What
//     data sets report (GDELT, ICEWS) is read last and matched with the actors and
//     places that the graph then knows: reports.go, matching.go, cameo.go.
//  4. [Exporters] write a graph, in bounded memory: its quads, or what they come
//     to for programs that know nodes and edges with properties (propertygraph.go).
//
// Mistakes come as [Mistake], each with its place and what would be right, all
// of a file at once. spans.go works out where the passages of a facts file lie
// in the text of its article.
package loader
