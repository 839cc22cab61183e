package loader_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// readGraph is a property graph as another reader of its format sees it. The
// properties of a node are joined texts, with its label and class among them.
type readGraph struct {
	nodes map[string]map[string]string
	edges []string // from, type, to, label, reason and whether a rule inferred it
}

func edgeLine(from, kind, to, label, reason string, inferred string) string {
	return strings.Join([]string{from, kind, to, label, reason, inferred}, "\t")
}

// plainGraph reads quads as the documentation of the formats tells.
func plainGraph(quads []quad.Quad) readGraph {
	g := readGraph{nodes: map[string]map[string]string{}}
	values := map[string]map[string][]string{}
	node := func(v quad.Value) string {
		id, _ := graph.IDOf(v)
		if values[string(id)] == nil {
			values[string(id)] = map[string][]string{}
		}
		return string(id)
	}
	for _, q := range quads {
		from := node(q.Subject)
		p := vocab.PredicateOf(q.Predicate.(quad.IRI))
		to, leads := graph.IDOf(q.Object)
		name, label := string(q.Predicate.(quad.IRI)), graph.Shorten(q.Predicate.(quad.IRI))
		switch {
		case leads && p == vocab.Type:
			class := string(to)
			if c := vocab.ClassOf(to); c != nil {
				class = c.Name
			}
			values[from]["class"] = append(values[from]["class"], class)
		case leads:
			node(q.Object)
			if p != nil {
				label = p.Label
				if p.Literal == "" {
					name = p.Name
				}
			}
			reason, _ := graph.IDOf(q.Label)
			inferred := strings.HasPrefix(string(reason), "rule/") && q.Subject != q.Label && q.Object != q.Label
			g.edges = append(g.edges, edgeLine(from, name, string(to), label, string(reason), strconv.FormatBool(inferred)))
		default:
			if p != nil && p.Literal != "" {
				name = p.Name
			}
			values[from][name] = append(values[from][name], graph.Text(q.Object))
		}
	}
	for id, of := range values {
		g.nodes[id] = map[string]string{"label": id}
		for name, texts := range of {
			slices.Sort(texts)
			g.nodes[id][name] = strings.Join(slices.Compact(texts), " | ")
		}
		if names := of["name"]; names != nil {
			g.nodes[id]["label"] = names[0]
		}
	}
	slices.Sort(g.edges)
	return g
}

// through gives a graph as a format that replaces some of it gives it back.
func (g readGraph) through(text func(string) string) readGraph {
	out := readGraph{nodes: map[string]map[string]string{}}
	for id, of := range g.nodes {
		out.nodes[text(id)] = map[string]string{}
		for name, value := range of {
			if value = text(value); value != "" {
				out.nodes[text(id)][text(name)] = value
			}
		}
	}
	for _, e := range g.edges {
		out.edges = append(out.edges, text(e))
	}
	slices.Sort(out.edges)
	return out
}

func same(s string) string { return s }

// xmlText is what XML 1.0 gives back of a text.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return 0xFFFD
		}
		return r
	}, s)
}

// propertyFormats are the formats of property graphs, each with a reader that is
// not ours and what it gives back of a text.
var propertyFormats = map[string]struct {
	read func([]byte) (readGraph, error)
	text func(string) string
}{
	"graphml":   {readGraphML, xmlText},
	"gexf":      {readGEXF, xmlText},
	"neo4j":     {readNeo4j, strings.NewReplacer("\r\n", "\n", "\x1F", "\uFFFD").Replace}, // the first is encoding/csv's doing
	"cytoscape": {readCytoscape, same},
	"dot":       {readDOT, dotText},
}

// typed tells whether a text is of a type.
func typed(kind, text string) (err error) {
	switch kind {
	case "string":
	case "boolean":
		_, err = strconv.ParseBool(text)
	case "long":
		_, err = strconv.ParseInt(text, 10, 64)
	case "double":
		_, err = strconv.ParseFloat(text, 64)
	default:
		err = fmt.Errorf("there is no type %s", kind)
	}
	return err
}

func (g *readGraph) add(id string, values map[string]string) error {
	if g.nodes[id] != nil {
		return fmt.Errorf("the node %s is there twice", id)
	}
	g.nodes[id] = values
	maps.DeleteFunc(values, func(_, value string) bool { return value == "" })
	return nil
}

func (g *readGraph) joins(ends ...string) error {
	for _, id := range ends {
		if g.nodes[id] == nil {
			return fmt.Errorf("an edge ends at %s, which is no node", id)
		}
	}
	return nil
}

func readNeo4j(b []byte) (readGraph, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return readGraph{}, err
	}
	table := func(i int, name string) (header []string, rows [][]string, err error) {
		if len(z.File) != 2 || z.File[i].Name != name {
			return nil, nil, fmt.Errorf("the archive lacks %s", name)
		}
		f, err := z.File[i].Open()
		if err != nil {
			return nil, nil, err
		}
		all, err := csv.NewReader(f).ReadAll()
		if err != nil {
			return nil, nil, err
		}
		return all[0], all[1:], f.Close()
	}
	header, rows, err := table(0, "nodes.csv")
	if err != nil {
		return readGraph{}, err
	}
	g := readGraph{nodes: map[string]map[string]string{}}
	for _, row := range rows {
		values := map[string]string{"class": strings.ReplaceAll(row[2], "\x1F", " | ")}
		for i := range row {
			colon := strings.LastIndex(header[i], ":")
			name, kind := header[i], "string"
			if colon >= 0 {
				name, kind = header[i][:colon], header[i][colon+1:]
			}
			switch {
			case i == 0 && header[i] != "id:ID", i == 1 && name != "label", i == 2 && header[i] != ":LABEL":
				return g, fmt.Errorf("column %d is %s", i, header[i])
			case i == 0 || i == 2 || row[i] == "":
				continue
			}
			for _, one := range strings.Split(row[i], "\x1F") {
				if err := typed(strings.TrimSuffix(kind, "[]"), one); err != nil {
					return g, err
				}
			}
			if strings.Contains(row[i], "\x1F") && !strings.HasSuffix(kind, "[]") {
				return g, fmt.Errorf("%s has several values of %s", row[0], header[i])
			}
			values[name] = strings.ReplaceAll(row[i], "\x1F", " | ")
		}
		if err := g.add(row[0], values); err != nil {
			return g, err
		}
	}
	header, rows, err = table(1, "relationships.csv")
	if want := []string{":START_ID", ":END_ID", ":TYPE", "label", "reason", "inferred:boolean"}; err != nil || !slices.Equal(header, want) {
		return g, errors.Join(err, fmt.Errorf("the header is %q", header))
	}
	for _, row := range rows {
		g.edges = append(g.edges, edgeLine(row[0], row[2], row[1], row[3], row[4], row[5]))
		if err := g.joins(row[0], row[1]); err != nil {
			return g, err
		}
	}
	return g, nil
}

func readCytoscape(b []byte) (readGraph, error) {
	type elements []struct {
		Data map[string]any `json:"data"`
	}
	var doc struct {
		Elements struct {
			Nodes elements `json:"nodes"`
			Edges elements `json:"edges"`
		} `json:"elements"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		return readGraph{}, err
	}
	g := readGraph{nodes: map[string]map[string]string{}}
	ids := map[string]bool{}
	for _, n := range doc.Elements.Nodes {
		values := map[string]string{}
		for name, value := range n.Data {
			if list, ok := value.([]any); ok {
				texts := make([]string, len(list))
				for i := range list {
					texts[i] = fmt.Sprint(list[i])
				}
				value = strings.Join(texts, " | ")
			}
			values[name] = fmt.Sprint(value)
		}
		id := values["id"]
		delete(values, "id")
		ids[id] = true
		if err := g.add(id, values); err != nil {
			return g, err
		}
	}
	for _, e := range doc.Elements.Edges {
		text := func(key string) string { s, _ := e.Data[key].(string); return s }
		g.edges = append(g.edges, edgeLine(text("source"), text("type"), text("target"), text("label"), text("reason"), fmt.Sprint(e.Data["inferred"])))
		if id := text("id"); ids[id] {
			return g, fmt.Errorf("the id %s is there twice", id)
		} else {
			ids[id] = true
		}
		if err := g.joins(text("source"), text("target")); err != nil {
			return g, err
		}
	}
	return g, nil
}

// dotText is what Graphviz gives back of a text, with its escapes resolved.
func dotText(s string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r >= 0x7F && r < 0xA0 || r == 0xFFFE || r == 0xFFFF {
			return 0xFFFD
		}
		return r
	}, s))
}

// readDOT has Graphviz read a graph.
func readDOT(b []byte) (readGraph, error) {
	graphviz := exec.Command("dot", "-Tdot_json")
	graphviz.Stdin = bytes.NewReader(b)
	var told bytes.Buffer
	graphviz.Stderr = &told
	out, err := graphviz.Output()
	if err != nil || told.Len() > 0 {
		return readGraph{}, fmt.Errorf("dot: %w: %s", err, &told)
	}
	var doc struct {
		Objects []fields `json:"objects"`
		Edges   []fields `json:"edges"`
	}
	if err := json.Unmarshal(out, &doc); err != nil {
		return readGraph{}, err
	}
	text := func(of fields, name string) string {
		i := slices.IndexFunc(of, func(f [2]string) bool { return f[0] == name })
		if i < 0 {
			return ""
		}
		s := strings.NewReplacer(`\\`, `\`, `\n`, "\n").Replace(of[i][1])
		if name == "label" {
			s = strings.ReplaceAll(s, "&amp;", "&")
		}
		return s
	}
	g := readGraph{nodes: map[string]map[string]string{}}
	var ids []string
	for _, n := range doc.Objects {
		values := map[string]string{}
		for _, f := range n[2:] { // after Graphviz's own number and name, which is the id
			values[f[0]] = text(n[2:], f[0])
		}
		ids = append(ids, text(n, "name"))
		if err := g.add(text(n, "name"), values); err != nil {
			return g, err
		}
	}
	for _, e := range doc.Edges {
		tail, _ := strconv.Atoi(text(e, "tail"))
		head, _ := strconv.Atoi(text(e, "head"))
		g.edges = append(g.edges, edgeLine(ids[tail], text(e, "type"), ids[head], text(e, "label"), text(e, "reason"), text(e, "inferred")))
		if (text(e, "style") == "dashed") != (text(e, "inferred") == "true") {
			return g, errors.New("what is inferred is not what is dashed")
		}
	}
	return g, nil
}

// fields are the names and values of an object in JSON, in order: Graphviz gives
// some names twice.
type fields [][2]string

func (f *fields) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return err
		}
		*f = append(*f, [2]string{fmt.Sprint(name), fmt.Sprint(value)})
	}
	return nil
}
