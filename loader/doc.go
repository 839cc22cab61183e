// Package loader reads and writes files of facts and quads, each format in
// files of its name.
//
//  1. [Find] lists the files behind what a user names.
//  2. [Load] reads them into a change of a graph, each by the format its name
//     tells: facts in YAML ([ReadFacts]), N-Quads on all processors
//     ([ReadKeys]). Facts are checked across all files ([Check]).
//     What data sets report (GDELT, ICEWS) is read last and matched with the
//     actors and places that the graph then knows: matching.go.
//  3. [Exporters] write a graph, in bounded memory.
//
// Mistakes come as [Mistake], each with its place and what would be right, all
// of a file at once. spans.go works out where the passages of a facts file lie
// in the text of its article.
package loader
