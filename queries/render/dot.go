package render

import (
	"io"

	"parley/queries"
	"parley/queries/picture"
)

// DOT writes the picture of an answer, of a query that has one.
var DOT = register(&Format{
	Name: "dot", Meaning: "a picture, for Graphviz to lay out", MediaType: "text/vnd.graphviz", Extension: ".dot",
	fits: hasPicture,
	Write: func(w io.Writer, a *queries.Answer, o Options) error {
		p, err := picture.Of(a, picture.Options{Explorer: o.Explorer})
		if err != nil {
			return err
		}
		return p.DOT(w)
	},
})
