// Package loader reads and writes files of facts and quads, each format in
// files of its name.
//
//  1. [Find] lists the files behind what a user names.
//  2. [Read] reads one, by the format its name tells: facts in YAML
//     ([ReadFacts]) or N-Quads ([ReadNQuads]).
//  3. [Load] reads several, checks across them ([Check]), and adds each to a
//     graph, whole or not at all.
//
// Mistakes come as [Mistake], each with its place and what would be right, all
// of a file at once. spans.go works out where the passages of a facts file lie
// in the text of its article.
package loader
