package loader

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"parley/graph"
	"parley/graph/store"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
	"github.com/piprate/json-gold/ld"
)

// exportJSONLD writes JSON-LD 1.1, compacted with the prefixes of the
// vocabulary: a named graph a passage or rule, with what it is the reason for.
// It goes node by node, so that none of it need be in memory whole.
func exportJSONLD(ctx context.Context, w io.Writer, quads iter.Seq2[quad.Quad, error]) (err error) {
	prefixes := map[string]any{"node": vocab.Base}
	for prefix, namespace := range vocab.Prefixes {
		prefixes[prefix] = namespace
	}
	s := &sorter{}
	defer func() { err = errors.Join(err, s.close()) }()
	var line []byte
	for q, err := range quads {
		if err != nil {
			return err
		}
		if line, err = AppendQuad(line[:0], q); err != nil {
			return err // there is no RDF for it
		}
		for _, v := range []quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
			delete(prefixes, scheme(v)) // else <schema:name> would be read as a short form
		}
		if err := s.add(func(to []byte) ([]byte, error) { return appendSortable(to, q) }); err != nil {
			return err
		}
	}
	active, err := ld.NewContext(nil, ld.NewJsonLdOptions("")).Parse(prefixes)
	if err != nil {
		return fmt.Errorf("write JSON-LD: %w", err)
	}
	j := &jsonldWriter{out: bufio.NewWriterSize(w, 64<<10), context: active, api: ld.NewJsonLdApi()}
	j.text("{\n \"@context\": ")
	if err := j.value(prefixes, " "); err != nil {
		return err
	}
	j.text(",\n \"@graph\": [")
	n := 0
	err = s.all(func(line []byte) error {
		if n++; n%lookAtContext == 1 && ctx.Err() != nil {
			return ctx.Err()
		}
		q, err := sortable(line)
		if err != nil {
			return err
		}
		return j.quad(q)
	})
	if err = errors.Join(err, j.endGraph()); err != nil {
		return err
	}
	j.text("\n ]\n}\n")
	return j.out.Flush()
}

// appendSortable appends the keys of a quad's terms in the order in which
// JSON-LD nests them. Only the object, which is last, may have a NUL.
func appendSortable(to []byte, q quad.Quad) ([]byte, error) {
	for i, v := range []quad.Value{q.Label, q.Subject, q.Predicate, q.Object} {
		if i > 0 {
			to = append(to, 0)
		}
		if v == nil {
			continue
		}
		var err error
		if to, err = store.AppendKey(to, v); err != nil {
			return to, err
		}
	}
	return to, nil
}

// sortable reads what appendSortable wrote.
func sortable(line []byte) (q quad.Quad, err error) {
	keys := bytes.SplitN(line, []byte{0}, 4)
	for i, to := range []*quad.Value{&q.Label, &q.Subject, &q.Predicate, &q.Object} {
		if len(keys[i]) == 0 {
			continue
		}
		if *to, err = store.Value(keys[i]); err != nil {
			return q, err
		}
	}
	return q, nil
}

// jsonldWriter writes quads that come sorted by label, subject and predicate.
type jsonldWriter struct {
	out     *bufio.Writer // it remembers its first error
	context *ld.Context
	api     *ld.JsonLdApi
	label   string
	node    map[string]any // of the subject in hand, in expanded form
	inside  int            // elements written of the list in hand
	outside int            // elements written of the top list, while in a named graph
}

func (j *jsonldWriter) quad(q quad.Quad) error {
	if label := nodeName(q.Label); label != j.label {
		if err := j.endGraph(); err != nil {
			return err
		}
		j.label = label
		if err := j.beginGraph(); err != nil {
			return err
		}
	}
	if id := nodeName(q.Subject); j.node == nil || j.node["@id"] != id {
		if err := j.endNode(); err != nil {
			return err
		}
		j.node = map[string]any{"@id": id}
	}
	key, value := nodeName(q.Predicate), any(jsonldValue(q.Object))
	if id := nodeName(q.Object); id != "" && key == string(vocab.Type.IRI) {
		key, value = "@type", id
	}
	values, _ := j.node[key].([]any)
	j.node[key] = append(values, value)
	return nil
}

func (j *jsonldWriter) endNode() error {
	if j.node == nil {
		return nil
	}
	compact, err := j.compact(j.node)
	if err != nil {
		return err
	}
	indent := "  "
	if j.label != "" {
		indent = "    "
	}
	j.node = nil
	j.element(indent)
	return j.value(compact, indent)
}

// beginGraph writes the name of a graph before its nodes, so that who reads it
// need not hold them until it comes.
func (j *jsonldWriter) beginGraph() error {
	compact, err := j.compact(map[string]any{"@id": j.label})
	if err != nil {
		return err
	}
	j.element("  ")
	j.text("{\n   \"@id\": ")
	err = j.value(compact["@id"], "   ")
	j.text(",\n   \"@graph\": [")
	j.outside, j.inside = j.inside, 0
	return err
}

func (j *jsonldWriter) endGraph() error {
	if err := j.endNode(); err != nil || j.label == "" {
		return err
	}
	j.text("\n   ]\n  }")
	j.label, j.inside = "", j.outside
	return nil
}

func (j *jsonldWriter) compact(expanded map[string]any) (map[string]any, error) {
	compact, err := j.api.Compact(j.context, "", expanded, true)
	if err != nil {
		return nil, fmt.Errorf("write JSON-LD: %w", err)
	}
	return compact.(map[string]any), nil
}

// element begins one of a list.
func (j *jsonldWriter) element(indent string) {
	if j.inside > 0 {
		j.text(",")
	}
	j.inside++
	j.text("\n" + indent)
}

func (j *jsonldWriter) text(s string) { _, _ = j.out.WriteString(s) }

func (j *jsonldWriter) value(v any, indent string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(indent, " ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := j.out.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	return err
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
