package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

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
	prefixes := map[string]any{"node": vocab.Base}
	for prefix, namespace := range vocab.Prefixes {
		prefixes[prefix] = namespace
	}
	for _, q := range sorted {
		for _, v := range []quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
			delete(prefixes, scheme(v)) // else <schema:name> would be read as a short form
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	compact, err := ld.NewJsonLdProcessor().Compact(expanded(sorted), map[string]any{"@context": prefixes}, ld.NewJsonLdOptions(""))
	if err != nil {
		return fmt.Errorf("write JSON-LD: %w", err)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(compact)
}

// expanded gives sorted quads in JSON-LD's expanded form. Json-gold's own
// FromRDF panics at an rdf:rest that is no list's.
func expanded(sorted []sortedQuad) []any {
	graphs := map[string][]any{}
	for _, q := range sorted {
		name, subject := nodeName(q.Label), nodeName(q.Subject)
		nodes := graphs[name]
		if n := len(nodes); n == 0 || nodes[n-1].(map[string]any)["@id"] != subject {
			nodes = append(nodes, map[string]any{"@id": subject})
			graphs[name] = nodes
		}
		node := nodes[len(nodes)-1].(map[string]any)
		key, value := nodeName(q.Predicate), any(jsonldValue(q.Object))
		if id := nodeName(q.Object); id != "" && key == string(vocab.Type.IRI) {
			key, value = "@type", id
		}
		values, _ := node[key].([]any)
		node[key] = append(values, value)
	}
	all := graphs[""]
	for _, name := range slices.Sorted(maps.Keys(graphs)) {
		if name != "" {
			all = append(all, map[string]any{"@id": name, "@graph": graphs[name]})
		}
	}
	return all
}

// scheme gives the part of an IRI, or of a literal's datatype, before the colon.
func scheme(v quad.Value) string {
	iri, _ := v.(quad.IRI)
	if typed, ok := v.(quad.TypedString); ok {
		iri = typed.Type
	}
	before, _, _ := strings.Cut(string(iri), ":")
	return before
}

// nodeName gives the name of a node, "" of anything else.
func nodeName(v quad.Value) string {
	if b, ok := v.(quad.BNode); ok {
		return "_:" + string(b)
	}
	iri, _ := v.(quad.IRI)
	return string(iri)
}

func jsonldValue(v quad.Value) map[string]any {
	if id := nodeName(v); id != "" {
		return map[string]any{"@id": id}
	}
	value := map[string]any{"@value": graph.Text(v)}
	switch v := v.(type) {
	case quad.LangString:
		value["@language"] = v.Lang
	case quad.TypedString:
		value["@type"] = string(v.Type)
	}
	return value
}
