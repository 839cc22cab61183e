package loader

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"parley/graph"
	"parley/graph/store"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// propertyGraph is what quads come to for programs that know nodes and edges
// with properties, and no quads. A node is each IRI and blank node that is a
// subject, or an object of anything but rdf:type, which is a class. Its
// literals are its properties. An edge is each quad between two nodes, so that
// what two passages state is two edges.
//
// Such a graph cannot carry the label, the language and the datatype of a
// literal, nor what a class or predicate is.
type propertyGraph struct {
	said, joined sorter // lines for nodes, and for edges
	// properties are those of all nodes, by name.
	properties []property
}

// property is one that nodes have. Its kind is that of all its values.
type property struct {
	name string
	kind valueKind
	many bool // some node has several values
}

// joinedKind is the kind of a property where several values are joined to one.
func (p property) joinedKind() valueKind {
	if p.many {
		return textKind
	}
	return p.kind
}

// valueKind is the type of a property.
type valueKind int

// Kinds of properties, from the narrowest to what all can be written as.
const (
	noKind valueKind = iota
	booleanKind
	longKind
	doubleKind
	textKind
)

// graphNode is a node and what is said of it. What has no name is labelled by
// its id.
type graphNode struct {
	id, label string
	classes   []string
	values    []propertyValues // by the name of the property
}

// propertyValues are the values of a property of one node, in alphabetical
// order, each once.
type propertyValues struct {
	name  string
	kind  valueKind // of the values of this node
	texts []string
}

// graphEdge is an edge with its reason, "" where it has none.
type graphEdge struct {
	id       string
	from, to string
	kind     string // the predicate
	label    string // how it is read, from subject to object
	reason   string
	inferred bool // the reason is a rule
}

// Names that nodes and edges have besides those of the vocabulary.
const (
	propertyLabel    = "label"
	propertyClass    = "class"
	propertyType     = "type"
	propertyReason   = "reason"
	propertyInferred = "inferred"
)

// several joins values for formats that have no lists.
const several = " | "

// maxPropertyNames is how many bytes the names of all properties may have: they
// are told ahead of all nodes, so they are kept in memory.
const maxPropertyNames = 16 << 20

// exportPropertyGraph writes quads as a property graph. A node and its literals
// are in memory whole, all nodes never.
func exportPropertyGraph(ctx context.Context, w io.Writer, quads iter.Seq2[quad.Quad, error], write func(*bufio.Writer, *propertyGraph) error) (err error) {
	g := &propertyGraph{}
	defer func() { err = errors.Join(err, g.said.close(), g.joined.close()) }()
	var line []byte
	for q, err := range quads {
		if err != nil {
			return err
		}
		if line, err = AppendQuad(line[:0], q); err != nil {
			return err // there is no id for what is no RDF
		}
		if err := g.add(q); err != nil {
			return err
		}
	}
	if err := g.survey(ctx); err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if err := write(out, g); err != nil {
		return err
	}
	return out.Flush()
}

// Parts of lines end in NUL, which no id has; only the last may have one.
const (
	saidClass    = 'c'
	saidProperty = 'p'
)

func (g *propertyGraph) add(q quad.Quad) error {
	from, _ := graph.IDOf(q.Subject)
	to, leads := graph.IDOf(q.Object)
	iri, _ := q.Predicate.(quad.IRI)
	p := vocab.PredicateOf(iri)
	if leads && p != vocab.Type {
		reason, _ := graph.IDOf(q.Label)
		for _, id := range []graph.ID{from, to} {
			if err := g.said.add(func(line []byte) ([]byte, error) { return appendParts(line, string(id)), nil }); err != nil {
				return err
			}
		}
		return g.joined.add(func(line []byte) ([]byte, error) {
			return appendParts(line, string(from), string(iri), string(to), string(reason)), nil
		})
	}
	return g.said.add(func(line []byte) ([]byte, error) {
		line = appendParts(line, string(from))
		if leads {
			return append(append(line, saidClass), className(to)...), nil
		}
		value := q.Object
		if native, ok := value.(quad.TypedStringer); ok { // a value of cayley's own
			value = native.TypedString()
		}
		name := string(iri)
		if p != nil && p.Literal != "" { // else it may be the name of another
			name = p.Name
		}
		return store.AppendKey(appendParts(append(line, saidProperty), name), value)
	})
}

func appendParts(line []byte, parts ...string) []byte {
	for _, part := range parts {
		line = append(append(line, part...), 0)
	}
	return line
}

func className(id graph.ID) string {
	if c := vocab.ClassOf(id); c != nil {
		return c.Name
	}
	return string(id)
}

// survey finds out about the properties of all nodes.
func (g *propertyGraph) survey(ctx context.Context) error {
	index := map[string]int{}
	room := maxPropertyNames
	err := g.nodes(ctx, func(n *graphNode) error {
		for _, v := range n.values {
			i, ok := index[v.name]
			if !ok {
				if room -= len(v.name) + 64; room < 0 {
					return fmt.Errorf("the quads have too many predicates for a property graph, whose %d bytes for their names are full at <%s>; write them as one of nquads, jsonld", maxPropertyNames, v.name)
				}
				i = len(g.properties)
				index[v.name] = i
				g.properties = append(g.properties, property{name: v.name})
			}
			p := &g.properties[i]
			p.kind, p.many = p.kind.with(v.kind), p.many || len(v.texts) > 1
		}
		return nil
	})
	slices.SortFunc(g.properties, func(a, b property) int { return cmp.Compare(a.name, b.name) })
	return err
}

// index is the place of a property in the list of all.
func (g *propertyGraph) index(name string) int {
	i, _ := slices.BinarySearchFunc(g.properties, name, func(p property, name string) int { return cmp.Compare(p.name, name) })
	return i
}

// nodes gives every node, in the order of the ids. A node is good until the next.
func (g *propertyGraph) nodes(ctx context.Context, yield func(*graphNode) error) error {
	var n *graphNode
	end := func() error {
		if n == nil {
			return nil
		}
		n.close()
		return yield(n)
	}
	read := 0
	err := g.said.all(func(line []byte) error {
		if read++; read%lookAtContext == 1 && ctx.Err() != nil {
			return ctx.Err()
		}
		id, rest, _ := bytes.Cut(line, []byte{0})
		if n == nil || string(id) != n.id {
			if err := end(); err != nil {
				return err
			}
			n = &graphNode{id: string(id)}
		}
		return n.add(rest)
	})
	if err != nil {
		return err
	}
	return end()
}

// add takes what a line says of a node.
func (n *graphNode) add(said []byte) error {
	switch {
	case len(said) == 0:
	case said[0] == saidClass:
		n.classes = append(n.classes, string(said[1:]))
	default:
		name, key, _ := bytes.Cut(said[1:], []byte{0})
		value, err := store.Value(key)
		if err != nil {
			return err
		}
		last := len(n.values) - 1
		if last < 0 || n.values[last].name != string(name) {
			n.values = append(n.values, propertyValues{name: string(name)})
			last++
		}
		v := &n.values[last]
		v.kind = v.kind.with(kindOf(value))
		v.texts = append(v.texts, graph.Text(value))
	}
	return nil
}

// close puts in order what was said: of a literal under two labels, or in two
// languages, one is left.
func (n *graphNode) close() {
	n.label = n.id
	n.classes = slices.Compact(n.classes)
	for i := range n.values {
		v := &n.values[i]
		slices.Sort(v.texts)
		v.texts = slices.Compact(v.texts)
		if v.name == vocab.Name.Name { // of several the first, as in answers
			n.label = v.texts[0]
		}
	}
}

// edges gives every edge in the order of its subject, predicate, object and
// reason.
func (g *propertyGraph) edges(ctx context.Context, yield func(*graphEdge) error) error {
	n := 0
	return g.joined.all(func(line []byte) error {
		if n%lookAtContext == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		parts := strings.Split(string(line), "\x00")
		e := &graphEdge{
			id:   "e" + strconv.Itoa(n), // ids of nodes have a mark of some kind
			from: parts[0], kind: parts[1], label: graph.Shorten(quad.IRI(parts[1])), to: parts[2], reason: parts[3],
		}
		n++
		if p := vocab.PredicateOf(parts[1]); p != nil {
			e.label = p.Label
			if p.Literal == "" {
				e.kind = p.Name
			}
		}
		e.inferred = graph.ID(e.reason).Folder() == vocab.Rule.Folder && e.from != e.reason && e.to != e.reason
		return yield(e)
	})
}

// with is the narrowest kind of the values of two.
func (k valueKind) with(other valueKind) valueKind {
	switch {
	case k == other || other == noKind:
		return k
	case k == noKind:
		return other
	case k == booleanKind || other == booleanKind:
		return textKind
	}
	return max(k, other)
}

// name is what a kind is called in XML Schema, in Java and in most formats.
func (k valueKind) name() string {
	return [...]string{"string", "boolean", "long", "double", "string"}[k]
}

// plainDecimal is a decimal of which a program that reads doubles, and JSON,
// loses nothing.
var plainDecimal = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

const (
	exactInteger = 1 << 53
	exactDigits  = 15
)

// kindOf is the kind of a literal: a number only if it is written as most
// programs write it, and they can hold it.
func kindOf(v quad.Value) valueKind {
	typed, _ := v.(quad.TypedString)
	text := string(typed.Value)
	switch typed.Type {
	case vocab.XSD + "boolean":
		if text == "true" || text == "false" {
			return booleanKind
		}
	case vocab.Integer, vocab.XSD + "long", vocab.XSD + "int":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && strconv.FormatInt(n, 10) == text && n <= exactInteger && n >= -exactInteger {
			return longKind
		}
	case vocab.Decimal, vocab.XSD + "double", vocab.XSD + "float":
		if len(text) <= exactDigits && plainDecimal.MatchString(text) {
			return doubleKind
		}
	}
	return textKind
}
