// Package data has the built-in facts.
//
// Each set is a folder of facts files, written by hand. `make data` makes one
// image of each, which has its quads, and what the rules conclude from them, in
// the form in which a program reads them where they lie. A test tells when an
// image is stale. README.md says where the facts come from and how they are
// written.
package data

import _ "embed"

// Set is a built-in set of facts. It holds the sets before it too, since it
// speaks of what they define.
type Set struct {
	Name    string // of its folder too
	Meaning string
	// Image is for graph.OpenImage.
	Image []byte
}

var (
	//go:embed articles.image
	articles []byte
	//go:embed trade-war.image
	tradeWar []byte
)

// Sets lists the built-in sets. The last one holds all.
func Sets() []Set {
	return []Set{
		{"articles", "five news articles on the trade conflict, 2018 to 2025", articles},
		{"trade-war", "the trade war from 2017 on, from public pages, with the articles", tradeWar},
	}
}

// All is the set that holds all.
func All() Set { return Sets()[len(Sets())-1] }
