package web

import (
	"html/template"

	"parley/queries"
)

// drawn draws an answer for a page; nothing where its query has no picture, or
// it no rows.
func drawn(a *queries.Answer) (template.HTML, error) {
	return "", nil
}
