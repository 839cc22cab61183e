package render

import (
	"io"

	"parley/queries"
	"parley/queries/picture"
)

// SVG writes the picture of an answer, of a query that has one.
var SVG = register(&Format{
	Name: "svg", Meaning: "a picture", MediaType: "image/svg+xml", Extension: ".svg",
	fits: hasPicture,
	Write: func(w io.Writer, a *queries.Answer, o Options) error {
		p, err := picture.Of(a, picture.Options{Explorer: o.Explorer})
		if err != nil {
			return err
		}
		return p.SVG(w)
	},
})

func hasPicture(q *queries.Query) bool { return q.Picture != nil }
