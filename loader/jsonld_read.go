package loader

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/cayleygraph/quad"
	"github.com/piprate/json-gold/ld"
)

// jsonldHold is how many bytes of text are held in memory before the nodes of a
// graph are read one by one.
const jsonldHold = 4 << 20

// ReadJSONLD reads JSON-LD 1.1 (https://www.w3.org/TR/json-ld11/) from r and
// calls emit for each statement. file names r in errors.
//
// Nothing is fetched: contexts stand in the file, or are the built-in
// JSONLDContext. Literals and blank nodes are as ReadNQuads gives them; nodes
// without a label, and those of the file that are labelled like them, get labels
// that begin with "jsonld-". Numbers keep their digits, unless JSON-LD makes an
// xsd:double of them.
//
// Memory does not grow with the file where "@context" and "@id" come before
// "@graph": then the elements of "@graph", and of a "@graph" within it, are read
// one by one, each with up to 64 MiB or 262,144 values. So are those of an
// array. A file of another shape has that bound as a whole.
//
// Nothing is lost in silence: what JSON-LD lets a reader drop, such as keys that
// the context does not have and relative IRIs, is a mistake. A node with one is
// not emitted, but reading goes on, up to where the text is not JSON; the error
// then joins a *Mistake for each of the first 20 and a count of the others. So
// statements may have been emitted although an error comes in the end. A
// *Mistake from emit without a line gets the place of its node, and reading goes
// on. It stops at the first other error of emit, of r or of ctx, which errors.Is
// finds in the result.
func ReadJSONLD(ctx context.Context, r io.Reader, file string, emit func(quad.Quad) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d := &jsonldReader{
		text: jsonldText{ctx: ctx, r: r, file: file, buf: make([]byte, 0, 64<<10), line: 1, column: 1},
		emit: emit,
		api:  ld.NewJsonLdApi(),
	}
	d.options = ld.NewJsonLdOptions("")
	d.options.DocumentLoader = &d.contexts
	d.options.SafeMode = true
	d.root = &jsonldScope{active: ld.NewContext(nil, d.options), terms: &jsonldTerms{
		alias: map[string]string{}, tagged: map[string]bool{}, length: map[string]int{},
	}}
	return d.mistakes.join(d.document())
}

type jsonldReader struct {
	text     jsonldText
	emit     func(quad.Quad) error
	mistakes nqMistakes
	contexts jsonldContexts
	options  *ld.JsonLdOptions
	api      *ld.JsonLdApi
	root     *jsonldScope
	open     []*jsonldElement // that are being read, from the outermost in
	fresh    int              // nodes without a label so far
	line     []byte           // the last quad, written to see that it can be
}

// jsonldElement is an object that may be a graph, or else any value.
type jsonldElement struct {
	at     place
	top    bool           // it is the whole file
	bad    bool           // a mistake in it is told
	count  jsonldCount    // of what is in it, unless it was streamed
	value  any            // where it is no object
	fields map[string]any // without those of graph
	graph  []*jsonldElement
	// isGraph tells that graph has what there is in "@graph".
	isGraph bool
	// Once streamed, what is in graph is handed on at once, unless scope is nil.
	streamed bool
	scope    *jsonldScope
	label    quad.Value
}

func (d *jsonldReader) document() error {
	if err := d.text.begin(); err != nil {
		return err
	}
	c, err := d.text.skip()
	switch {
	case errors.Is(err, io.EOF):
		return d.text.fail("the file is empty: want an object or array of JSON-LD")
	case err != nil:
		return err
	case c == '{':
		var e *jsonldElement
		if e, err = d.element(0, true); err == nil {
			err = d.hand(e, d.root, nil)
		}
	case c == '[':
		d.text.at++
		err = d.elements(1, func(e *jsonldElement) error {
			defer d.text.release()
			return d.hand(e, d.root, nil)
		})
	default:
		return d.text.unexpected(nil, "'{' or '[' of JSON-LD")
	}
	if err != nil {
		return err
	}
	if _, err := d.text.skip(); !errors.Is(err, io.EOF) {
		return d.text.unexpected(err, "the end of the file")
	}
	return nil
}

// elements reads the rest of an array.
func (d *jsonldReader) elements(depth int, each func(*jsonldElement) error) error {
	for first := true; ; first = false {
		if more, err := d.text.next(first, ']'); !more || err != nil {
			return err
		}
		e, err := d.element(depth, false)
		if err != nil {
			return err
		}
		if err := each(e); err != nil {
			return err
		}
	}
}

// element reads an element. What is in its "@graph" may be handed on meanwhile.
func (d *jsonldReader) element(depth int, top bool) (*jsonldElement, error) {
	c, err := d.text.skip()
	if err != nil {
		return nil, d.text.unexpected(err, "an object")
	}
	e := &jsonldElement{at: d.text.place(), top: top}
	before := d.text.count
	defer func() { e.count = d.text.count.without(before) }()
	if c != '{' || depth >= jsonldMaxDepth {
		e.value, err = d.text.value(depth, false)
		d.told(e)
		return e, err
	}
	e.fields = map[string]any{}
	d.open = append(d.open, e)
	defer func() { d.open = d.open[:len(d.open)-1] }()
	d.text.at++
	for first := true; ; first = false {
		more, err := d.text.next(first, '}')
		if !more || err != nil {
			return e, err
		}
		key, at, err := d.text.key()
		if err != nil {
			return nil, err
		}
		c, err := d.text.peek()
		if err != nil {
			return nil, err
		}
		if e.streamed {
			d.mistakes.add(d.text.mistake(at, key, `the key comes after a "@graph" of more than %d MiB: write it before`, jsonldHold>>20))
		}
		if _, twice := e.fields[key]; key == "@graph" && c == '[' && !e.isGraph && !twice {
			d.told(e)
			e.isGraph = true
			err = d.graph(e, depth)
		} else {
			var v any
			v, err = d.text.value(depth+1, key == "@value")
			if e.isGraph && key == "@graph" {
				e.fields[key] = nil // so that it is there twice
			}
			d.text.put(e.fields, key, v, at)
		}
		d.told(e)
		if err != nil {
			return nil, err
		}
	}
}

// told tells what was found wrong in an element while it was read.
func (d *jsonldReader) told(e *jsonldElement) {
	for _, m := range d.text.bad {
		e.bad = true
		d.mistakes.add(m)
	}
	d.text.bad = d.text.bad[:0]
}

// graph reads the "@graph" of an element.
func (d *jsonldReader) graph(e *jsonldElement, depth int) error {
	d.text.at++
	return d.elements(depth+2, func(child *jsonldElement) error {
		if e.streamed {
			defer d.text.release()
			return d.hand(child, e.scope, e.label)
		}
		e.graph = append(e.graph, child)
		if d.text.held() > jsonldHold {
			return d.stream()
		}
		return nil
	})
}

// stream hands on what is held of the graphs that are being read, from the
// outermost to the first of which it cannot be told yet what it is in.
func (d *jsonldReader) stream() error {
	scope := d.root
	for _, e := range d.open {
		if !e.streamed {
			if _, named := e.fields["@id"]; !e.onlyGraph() || !named && !e.top {
				return nil
			}
			e.streamed = true
			e.scope, e.label = d.inside(e, scope)
			if err := d.handAll(e); err != nil {
				return err
			}
		}
		scope = e.scope
	}
	d.text.release()
	return nil
}

// onlyGraph tells that an element is a graph of which nothing is said.
func (e *jsonldElement) onlyGraph() bool {
	for key := range e.fields {
		if key != "@context" && key != "@id" {
			return false
		}
	}
	return e.isGraph
}

// inside gives the scope and the name of what is in a graph, no scope where
// there is something wrong with it.
func (d *jsonldReader) inside(e *jsonldElement, outer *jsonldScope) (*jsonldScope, quad.Value) {
	scope := d.scope(e, outer)
	id, named := e.fields["@id"]
	switch {
	case scope == nil || e.bad:
		return nil, nil
	case !named && e.top:
		return scope, nil
	case !named:
		return scope, d.unnamed()
	}
	piece := d.piece(e, scope)
	text, ok := id.(string)
	if !ok {
		piece.wrong("@id", "%v: want a text", id)
		return nil, nil
	}
	piece.lookAt("@id", "@id", text)
	if problem := d.contexts.try(func() (err error) {
		text, err = scope.active.ExpandIri(text, true, false, nil, nil)
		return err
	}); problem != "" {
		piece.wrong("@id", "%s", problem)
	}
	label := (&jsonldQuads{piece: piece}).name("@id", text)
	if e.bad {
		return nil, nil
	}
	return scope, label
}

// scope gives the scope inside an element, nil where its context is wrong.
func (d *jsonldReader) scope(e *jsonldElement, outer *jsonldScope) *jsonldScope {
	context, own := e.fields["@context"]
	if outer == nil || !own {
		return outer
	}
	scope, problem := outer.within(&d.contexts, context)
	if problem != "" {
		e.bad = true
		d.mistakes.add(d.text.mistake(e.at, "@context", "%s", problem))
		return nil
	}
	return scope
}

func (d *jsonldReader) unnamed() quad.BNode {
	d.fresh++
	return quad.BNode(fmt.Sprint(jsonldFresh, d.fresh-1))
}

// handAll hands on what is held of a graph.
func (d *jsonldReader) handAll(e *jsonldElement) error {
	held := e.graph
	e.graph = nil
	for _, child := range held {
		if err := d.hand(child, e.scope, e.label); err != nil {
			return err
		}
	}
	return nil
}

// hand makes quads of an element that is in a graph.
func (d *jsonldReader) hand(e *jsonldElement, outer *jsonldScope, label quad.Value) error {
	switch {
	case outer == nil || e.streamed || e.value == nil && e.fields == nil:
		return nil
	case e.onlyGraph() && !e.bad:
		e.scope, e.label = d.inside(e, outer)
		return d.handAll(e)
	}
	scope := d.scope(e, outer)
	if e.bad || scope == nil {
		return nil
	}
	v := e.tree()
	if m, ok := v.(map[string]any); ok {
		delete(m, "@context")
	}
	return d.quads(e, v, scope, label)
}

// tree gives an element as it stands in the file.
func (e *jsonldElement) tree() any {
	if e.fields == nil {
		return e.value
	}
	if e.isGraph {
		list := make([]any, len(e.graph))
		for i, child := range e.graph {
			list[i] = child.tree()
		}
		e.fields["@graph"] = list
	}
	return e.fields
}

func (d *jsonldReader) piece(e *jsonldElement, scope *jsonldScope) *jsonldPiece {
	return &jsonldPiece{scope: scope, terms: scope.terms, tags: map[string]string{}, wrong: func(field, format string, args ...any) {
		e.bad = true
		d.mistakes.add(d.text.mistake(e.at, field, format, args...))
	}}
}

// quads makes quads of what json-gold is to expand at once.
func (d *jsonldReader) quads(e *jsonldElement, v any, scope *jsonldScope, label quad.Value) error {
	if err := d.text.ctx.Err(); err != nil {
		return err
	}
	piece := d.piece(e, scope)
	if _, isList := v.([]any); e.fields == nil && !isList {
		piece.wrong("", "%v: want an object", v)
		return nil
	}
	piece.floating(v)
	piece.look(v)
	if e.count.sets > 0 && piece.terms.json {
		piece.wrong("@set", "it is not read where the context has JSON literals: write the list without it")
	}
	if e.bad || piece.costs(e.count) {
		return nil
	}
	var expanded any
	var dropped bool
	problem := d.contexts.try(func() (err error) {
		expanded, err = d.api.Expand(scope.active, "", v, d.options, false, nil)
		var gold *ld.JsonLdError
		dropped = errors.As(err, &gold) && gold.Code == ld.InvalidProperty
		return err
	})
	if dropped {
		problem = d.contexts.try(func() error {
			piece.nothing(v)
			return nil
		})
	}
	if problem != "" {
		piece.wrong("", "%s", problem)
	}
	if e.bad {
		return nil
	}
	c := jsonldQuads{piece: piece, fresh: d.unnamed}
	if m, ok := expanded.(map[string]any); ok && e.top && len(m) == 1 && m["@graph"] != nil {
		expanded = m["@graph"] // of the file, not of a node
	}
	c.nodes(expanded, label)
	return d.emitAll(piece, e, c.list)
}

func (d *jsonldReader) emitAll(piece *jsonldPiece, e *jsonldElement, quads []quad.Quad) error {
	for _, q := range quads {
		var err error
		if d.line, err = AppendQuad(d.line[:0], q); err != nil {
			piece.wrong("", "%s", err)
		}
	}
	if e.bad {
		return nil
	}
	for i, q := range slices.All(quads) {
		if i%lookAtContext == 0 && d.text.ctx.Err() != nil {
			return d.text.ctx.Err()
		}
		if err := d.emit(q); err != nil {
			var m *Mistake
			if !errors.As(err, &m) || m.Line != 0 {
				return err
			}
			placed := *m
			placed.File, placed.Line, placed.Column = d.text.file, e.at.line, e.at.column
			d.mistakes.add(&placed)
		}
	}
	return nil
}
