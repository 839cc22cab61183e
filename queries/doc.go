// Package queries has the predefined queries over a graph, each in a file of
// its name.
//
//  1. A [Query] is a value: name, what one row is, parameters, columns and the
//     walk. Its file registers it; [All] lists them, [Lookup] finds one.
//  2. [Query.Answer] parses the arguments by the kinds of the parameters,
//     opens a view of the graph, runs the walk, sorts, limits, and only then
//     looks up names and passages for the rows that are left.
//  3. The [Answer] is rendered by package render. Flags and help of the
//     command line, forms, tools and README.md are made from the Query too.
//
// A walk gets nodes and gives rows of nodes, dates, words and reasons; it never
// parses an argument, names a node or cites a passage itself. What it leaves
// out it says, with the reason. meeting.go and action.go read meetings and
// actions for all walks that need them.
package queries
