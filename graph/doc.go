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
//  3. [Open] opens a store by its URL; [Graph.Add] puts quads in, all or none,
//     and [Graph.Update] makes any other change: [Tx.Remove], [Retract].
//  4. [Infer] adds what the [Rules] conclude, labelled by the rule, and removes
//     what they no longer do.
//  5. [Graph.View] gives a view of the store as it stands now, seen as it stood
//     on a day (KnownBy) and with or without what is inferred (StatedOnly).
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
// # Threats, agreements and what follows from what
//
// An act follows from an earlier one in four ways, each a predicate of its own:
// it answers it ([vocab.RespondsTo]), it carries out what was threatened or
// promised ([vocab.CarriesOut]), it breaks or ends an agreement ([vocab.Ends]), or
// it extends one ([vocab.Extends]). Agreements are actions of their parties; what
// each of them promised are commitments, with what became of them. A passage
// states such a tie, or one of the [Rules] concludes it.
//
// # Reports and events
//
// What a data set tells of an action is a report: an action with a CAMEO code.
// One rule, SameEvent, joins the reports of one event to it, by quads of
// [vocab.ReportOf]: to the action that an article tells of, or else to one of
// the reports. No report goes or changes. [View.EventsOf] and [View.ReportsOf]
// walk the joins; queries show the event in the place of its reports. A view
// leaves the joins out with NoMerge, and an inference with the rule's id.
//
// # Stores
//
// A program may carry a graph with it as an image ([Graph.WriteImage],
// [OpenImage]), which is read where it lies; package data has two.
//
// A store (package store) is in memory or in a folder (embedded), in PostgreSQL
// (postgres) or on a Dgraph cluster (dgraph); README.md tells which is for whom. It
// gives snapshots, which never change, and makes changes, whole or not at all. So a
// view shows for ever what was there when it was opened; changes wait for no view.
// Views that are opened while nothing changes share one snapshot, and a memo of what
// was read of it. A walk over a store that is far away tells it where it will go, by
// [View.Prefetch], and waits for it once. [Copy] moves a graph between any two.
//
// # Caveats
//
//   - An open view keeps the store from giving room back: close it.
//   - A [Node] is a handle of a view. It is good in later views of the same
//     graph until its store is compacted, and means nothing in another graph.
//   - A store that cannot read a term gives none, and says so in [View.Err].
//     What this package reads whole (Describe, Resolve, Cite …) asks; whoever
//     puts an answer together from single terms must ask too.
//   - Within [Graph.Update] no other change of the graph may be made: it would
//     wait for itself.
package graph
