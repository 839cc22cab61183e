// Package render writes answers: each format is one file that registers it.
//
// Formats for programs (json, ndjson, csv) give every cell whole and an absent
// value as null or an empty cell. Formats for people (table, markdown) number
// the passages that rows rest on and list them below, with what was left out
// and why.
package render
