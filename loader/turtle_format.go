package loader

import (
	"bytes"
	"context"
	"strings"

	"github.com/cayleygraph/quad"
)

var (
	_ = registerFormat(&Format{
		Name: "turtle", Title: "Turtle", Endings: []string{".ttl"},
		Meaning: "RDF 1.1 Turtle, of any vocabulary",
		tells:   turtleLike,
		read: readQuads(func(ctx context.Context, in *reading, emit func(quad.Quad) error) error {
			return ReadTurtle(ctx, in, in.file(), emit)
		}),
		Template: ttlTemplate + `
# What Turtle says has no reason of its own; TriG names one.
<urn:parley:organization/example-board> a schema:Organization ;
  schema:name "Example Board" .
`,
	})
	_ = registerFormat(&Format{
		Name: "trig", Title: "TriG", Endings: []string{".trig"},
		Meaning: "RDF 1.1 TriG: Turtle with named graphs, whose names are the reasons",
		tells:   turtleLike,
		read: readQuads(func(ctx context.Context, in *reading, emit func(quad.Quad) error) error {
			return ReadTriG(ctx, in, in.file(), emit)
		}),
		Template: ttlTemplate + `
<urn:parley:passage/example-story> {
  <urn:parley:reference/example-story> a schema:WebPage ;
    schema:name "A story" ;
    schema:url "https://example.org/story" ;
    schema:datePublished "2026-01-15"^^<http://id.loc.gov/datatypes/edtf/EDTF> .
  <urn:parley:passage/example-story> a oa:SpecificResource ;
    oa:hasSource <urn:parley:reference/example-story> .
  <urn:parley:organization/example-board> a schema:Organization ;
    schema:name "Example Board" .
}
`,
	})
)

const ttlTemplate = `@prefix schema: <https://schema.org/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
`

// turtleLike knows Turtle and TriG by a directive at the beginning; which of
// the two it is the name tells. Of a file without a directive too.
func turtleLike(head []byte) likeness {
	if words := bytes.Fields(firstLine(head)); len(words) > 0 {
		switch strings.ToUpper(string(words[0])) {
		case "@PREFIX", "@BASE", "PREFIX", "BASE":
			return alike
		}
	}
	return nqLike(head)
}
