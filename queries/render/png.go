package render

import (
	"io"

	"parley/queries"
	"parley/queries/picture"
)

// PNG writes the picture of an answer, of a query that has one.
var PNG = register(&Format{
	Name: "png", Meaning: "a picture, as an image", MediaType: "image/png", Extension: ".png", Binary: true,
	fits: hasPicture,
	Write: func(w io.Writer, a *queries.Answer, o Options) error {
		p, err := picture.Of(a, picture.Options{Explorer: o.Explorer, Image: true})
		if err != nil {
			return err
		}
		return p.PNG(w)
	},
})
