package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
	"github.com/piprate/json-gold/ld"
)

// exportJSONLD writes JSON-LD 1.1, compacted with the prefixes of the
// vocabulary: a named graph a passage or rule, with what it is the reason for.
func exportJSONLD(ctx context.Context, w io.Writer, g *graph.Graph) error {
	sorted, err := sortedQuads(g.Quads(ctx))
	if err != nil {
		return err
	}
	dataset := ld.NewRDFDataset()
	for _, q := range sorted {
		name := "@default"
		if q.Label != nil {
			name = nodeName(q.Label)
		}
		dataset.Graphs[name] = append(dataset.Graphs[name], ld.NewQuad(jsonldNode(q.Subject), jsonldNode(q.Predicate), jsonldNode(q.Object), name))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	processor, options := ld.NewJsonLdProcessor(), ld.NewJsonLdOptions("")
	expanded, err := processor.FromRDF(dataset, options)
	if err != nil {
		return fmt.Errorf("write JSON-LD: %w", err)
	}
	prefixes := map[string]any{"node": vocab.Base}
	for prefix, namespace := range vocab.Prefixes {
		prefixes[prefix] = namespace
	}
	compact, err := processor.Compact(expanded, map[string]any{"@context": prefixes}, options)
	if err != nil {
		return fmt.Errorf("write JSON-LD: %w", err)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(compact)
}

func nodeName(v quad.Value) string {
	if b, ok := v.(quad.BNode); ok {
		return "_:" + string(b)
	}
	iri, _ := v.(quad.IRI)
	return string(iri)
}

func jsonldNode(v quad.Value) ld.Node {
	switch v := v.(type) {
	case quad.BNode:
		return ld.NewBlankNode(nodeName(v))
	case quad.IRI:
		return ld.NewIRI(string(v))
	case quad.LangString:
		return ld.NewLiteral(string(v.Value), ld.RDFLangString, v.Lang)
	case quad.TypedString:
		return ld.NewLiteral(string(v.Value), string(v.Type), "")
	}
	return ld.NewLiteral(graph.Text(v), ld.XSDString, "")
}
