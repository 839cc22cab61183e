package web

import (
	"html/template"
	"strings"

	"parley/queries"
	"parley/queries/picture"
)

// drawn draws an answer for a page, under an id that is its own there; nothing
// where its query has no picture, or it no rows.
func drawn(a *queries.Answer, id string) (template.HTML, error) {
	if a.Query.Picture == nil || len(a.Rows) == 0 {
		return "", nil
	}
	p, err := picture.Of(a, picture.Options{})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if err := p.Inline(&b, id); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil //nolint:gosec // the picture escapes what it is given
}
