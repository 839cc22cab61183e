package render

import (
	"bytes"
	"io"

	"parley/queries"
)

// NDJSON writes each row as an object in a line of its own. What was left out,
// and whether rows were cut off, it does not tell.
var NDJSON = register(&Format{
	Name: "ndjson", Meaning: "a JSON object a row, for streams", MediaType: "application/x-ndjson", Extension: ".ndjson",
	Write: func(w io.Writer, a *queries.Answer, _ Options) error {
		var b bytes.Buffer
		cited := citations{}
		for i := range a.Rows {
			if err := writeRow(&b, a, i, cited); err != nil {
				return err
			}
			b.WriteByte('\n')
		}
		_, err := w.Write(b.Bytes())
		return err
	},
})
