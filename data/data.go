// Package data has the built-in facts.
//
// Each set is a folder of facts files, written by hand, and one file of quads
// that `make data` makes from them, so that a program starts without reading
// YAML. A test tells when the quads are stale. README.md says where the facts
// come from and how they are written.
package data

import _ "embed"

// Set is a built-in set of facts.
type Set struct {
	Name    string
	Meaning string
	Quads   []byte // N-Quads
}

//go:embed articles.nq
var articles []byte

// Sets lists the built-in sets.
func Sets() []Set {
	return []Set{
		{"articles", "five news articles on the trade conflict, 2018 to 2025", articles},
	}
}
