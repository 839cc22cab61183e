package render

import (
	"io"

	"parley/queries"
	"parley/queries/picture"
)

// Mermaid writes the picture of an answer, of a query that has one.
var Mermaid = register(&Format{
	Name: "mermaid", Meaning: "a picture, for documents that draw Mermaid", MediaType: "text/vnd.mermaid", Extension: ".mmd",
	fits: hasPicture,
	Write: func(w io.Writer, a *queries.Answer, o Options) error {
		p, err := picture.Of(a, picture.Options{Explorer: o.Explorer})
		if err != nil {
			return err
		}
		return p.Mermaid(w)
	},
})
