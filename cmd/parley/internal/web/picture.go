package web

import (
	"html/template"
	"strings"

	"parley/queries"
	"parley/queries/picture"
)

// drawn draws an answer for a page, under an id that is its own there; nothing
// where its query has no picture, or it no rows. What can be drawn narrow is
// drawn twice: the style sheet shows the one that the screen has room for.
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
	if narrow := p.Narrow(); narrow != nil {
		wide := b.String()
		b.Reset()
		b.WriteString(`<div class="roomy">` + wide + `</div><div class="narrow">`)
		if err := narrow.Inline(&b, id+"-narrow"); err != nil {
			return "", err
		}
		b.WriteString("</div>")
	}
	return template.HTML(b.String()), nil //nolint:gosec // the picture escapes what it is given
}
