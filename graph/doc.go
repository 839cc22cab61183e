// Package graph holds actors and actions as quads, and lets queries walk them.
//
// Two ideas carry everything. What has a date, a place or a role is a node,
// never a bare edge. And the fourth element of a quad is the reason to believe
// it: the passage of the source that states it, or the rule that inferred it.
// A quad with two reasons is two quads.
//
// # The main path
//
//  1. A facts file (data/, or a user's own) is read by package loader into a
//     [Document]: sources, passages, and what each passage states.
//  2. [Document.Quads] turns it into quads over the vocabulary of package
//     vocab; the label of each is its passage.
//  3. [Open] opens a store by its URL; [Graph.Add] puts quads in, all or none.
//  4. [Infer] adds what the [Rules] conclude, labelled by the rule.
//  5. [Graph.View] gives a steady view of the store, as it stood on a day
//     (KnownBy) and with or without what is inferred (StatedOnly).
//  6. Queries walk a view with one primitive, [View.Expand]: a set of nodes,
//     a predicate and a direction in one call, every edge with its label.
//  7. [View.Cite] turns the labels of edges into the passages a reader can
//     look up; [View.Resolve] turns what a user typed into a node.
//
// # What a view shows
//
// A quad labelled by a passage shows if its source was published by the
// view's day. A source without a day of publication that is a [vocab.Reference]
// is background (names, offices, identifiers) and always shows. A quad
// labelled by a rule shows if what it joins shows, unless the view is of
// stated quads only. A quad of another vocabulary whose label tells no day of
// publication shows only where no day is asked for.
//
// Names of nodes are read past the day, so that whatever shows can be called by
// its name.
//
// What rules conclude depends on the day too, since a later passage may state
// what an earlier day could only infer. [Infer] takes the day; a graph holds
// the conclusions of one.
//
// # Caveats
//
//   - The store is cayley's memstore, which is not safe for concurrent use. A
//     graph's lock makes it so: views read side by side, Add waits for open
//     views to close. So while holding a view neither call Add nor open
//     another view: an Add that waits in between would hold both up for ever.
//   - A [Node] is a handle of the view's graph and means nothing in another.
//   - An iteration that a context ends early is an error, never a short
//     answer; cayley itself gives no error (pinned in pins_test.go).
package graph
