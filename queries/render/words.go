package render

import (
	"strings"

	"parley/graph"
)

// Text writes a cell of an answer in words: names for nodes, dates spelt out,
// passages by their sources.
func Text(cell any) string {
	return text(cell, func(citations []graph.Citation) string {
		parts := make([]string, len(citations))
		for i, c := range citations {
			parts[i] = Citation(c)
		}
		return strings.Join(parts, "; ")
	})
}
