// Package picture draws answers.
//
//  1. A query names its picture ([queries.Picture]); [Of] makes a [Picture] of
//     an answer: marks (actors, acts), ties between them, and groups (sides,
//     lanes), with what they mean and where they lead.
//  2. The picture is laid out (negotiations.go, chains.go, events.go) as a list
//     of shapes, in which every text is as wide as its font makes it.
//     Arrows find their way between boxes in ways.go.
//  3. The same list is written as SVG and as PNG, whose font has no letters but
//     Latin, Greek and Cyrillic ([Options]); DOT and Mermaid, which lay
//     out by themselves, are written from the marks and ties.
//
// Colours are those of Okabe and Ito, which colour-blind readers tell apart;
// what a colour says a dash, a shape or a word says too.
package picture
