package loader

import (
	"bytes"
	"context"

	"github.com/cayleygraph/quad"
)

var _ = registerFormat(&Format{
	Name: "jsonld", Title: "JSON-LD", Endings: []string{".jsonld", ".json"},
	Meaning: "RDF in JSON-LD 1.1; nothing is fetched: contexts stand in the file, or are " + JSONLDContext,
	Out: &Exporter{
		MediaType: "application/ld+json", Extension: ".jsonld", Write: exportJSONLD,
		Meaning: "JSON-LD 1.1, a named graph for each reason, which parley load reads",
	},
	tells: jsonldLike,
	read: readQuads(func(ctx context.Context, in *reading, emit func(quad.Quad) error) error {
		return ReadJSONLD(ctx, in, in.file(), emit)
	}),
	Template: `{
  "@context": "urn:parley:context",
  "@graph": [
    {
      "id": "node:passage/example-story",
      "@graph": [
        {"id": "node:reference/example-story", "type": "Reference", "name": "A story", "url": "https://example.org/story", "datePublished": "2026-01-15"},
        {"id": "node:passage/example-story", "type": "Passage", "hasSource": "node:reference/example-story"},
        {"id": "node:organization/example-board", "type": "Organization", "name": "Example Board"}
      ]
    }
  ]
}
`,
})

// jsonldLike knows JSON-LD by a keyword near its beginning.
func jsonldLike(head []byte) likeness {
	head = bytes.TrimSpace(head)
	if len(head) == 0 || head[0] != '{' && head[0] != '[' {
		return unlike
	}
	for _, keyword := range []string{`"@context"`, `"@graph"`, `"@id"`} {
		if bytes.Contains(head, []byte(keyword)) {
			return unmatched
		}
	}
	return alike
}
