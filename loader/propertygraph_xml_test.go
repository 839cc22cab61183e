package loader_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

func readGraphML(b []byte) (readGraph, error) {
	type data struct {
		Key  string `xml:"key,attr"`
		Text string `xml:",chardata"`
	}
	var doc struct {
		XMLName xml.Name `xml:"http://graphml.graphdrawing.org/xmlns graphml"`
		Keys    []struct {
			ID   string `xml:"id,attr"`
			For  string `xml:"for,attr"`
			Name string `xml:"attr.name,attr"`
			Type string `xml:"attr.type,attr"`
		} `xml:"key"`
		Graph struct {
			Default string `xml:"edgedefault,attr"`
			Nodes   []struct {
				ID   string `xml:"id,attr"`
				Data []data `xml:"data"`
			} `xml:"node"`
			Edges []struct {
				ID     string `xml:"id,attr"`
				Source string `xml:"source,attr"`
				Target string `xml:"target,attr"`
				Data   []data `xml:"data"`
			} `xml:"edge"`
		} `xml:"graph"`
	}
	if err := wellFormed(b, &doc); err != nil {
		return readGraph{}, err
	}
	names, kinds := map[string]string{}, map[string]string{}
	for _, k := range doc.Keys {
		if names[k.ID] != "" {
			return readGraph{}, fmt.Errorf("the key %s is declared twice", k.ID)
		}
		names[k.ID], kinds[k.ID] = k.For+" "+k.Name, k.Type
	}
	of := func(what string, list []data) (map[string]string, error) {
		values := map[string]string{}
		for _, d := range list {
			name, ok := strings.CutPrefix(names[d.Key], what+" ")
			if _, twice := values[name]; !ok || twice {
				return nil, fmt.Errorf("the key %s is not one of a %s, or is twice on it", d.Key, what)
			}
			if err := typed(kinds[d.Key], d.Text); err != nil {
				return nil, err
			}
			values[name] = d.Text
		}
		return values, nil
	}
	g := readGraph{nodes: map[string]map[string]string{}}
	for _, n := range doc.Graph.Nodes {
		values, err := of("node", n.Data)
		if err != nil {
			return g, err
		}
		if err := g.add(n.ID, values); err != nil {
			return g, err
		}
	}
	for _, e := range doc.Graph.Edges {
		values, err := of("edge", e.Data)
		if err != nil {
			return g, err
		}
		g.edges = append(g.edges, edgeLine(e.Source, values["type"], e.Target, values["label"], values["reason"], values["inferred"]))
		if err := g.joins(e.Source, e.Target); err != nil {
			return g, err
		}
	}
	if doc.Graph.Default != "directed" {
		return g, errors.New("the graph is not directed")
	}
	return g, nil
}

func readGEXF(b []byte) (readGraph, error) {
	type values struct {
		List []struct {
			For   string `xml:"for,attr"`
			Value string `xml:"value,attr"`
		} `xml:"attvalue"`
	}
	var doc struct {
		XMLName xml.Name `xml:"http://gexf.net/1.3 gexf"`
		Version string   `xml:"version,attr"`
		Graph   struct {
			Attributes []struct {
				Class string `xml:"class,attr"`
				List  []struct {
					ID    string `xml:"id,attr"`
					Title string `xml:"title,attr"`
					Type  string `xml:"type,attr"`
				} `xml:"attribute"`
			} `xml:"attributes"`
			Nodes []struct {
				ID     string `xml:"id,attr"`
				Label  string `xml:"label,attr"`
				Values values `xml:"attvalues"`
			} `xml:"nodes>node"`
			Edges []struct {
				Source string `xml:"source,attr"`
				Target string `xml:"target,attr"`
				Kind   string `xml:"kind,attr"`
				Label  string `xml:"label,attr"`
				Values values `xml:"attvalues"`
			} `xml:"edges>edge"`
		} `xml:"graph"`
	}
	if err := wellFormed(b, &doc); err != nil {
		return readGraph{}, err
	}
	titles, kinds := map[string]string{}, map[string]string{}
	for _, c := range doc.Graph.Attributes {
		for _, a := range c.List {
			titles[c.Class+a.ID], kinds[c.Class+a.ID] = a.Title, a.Type
		}
	}
	of := func(class string, v values) (map[string]string, error) {
		values := map[string]string{}
		for _, one := range v.List {
			title := titles[class+one.For]
			if _, twice := values[title]; title == "" || twice {
				return nil, fmt.Errorf("the attribute %s of a %s is not declared, or is twice on it", one.For, class)
			}
			if err := typed(kinds[class+one.For], one.Value); err != nil {
				return nil, err
			}
			values[title] = one.Value
		}
		return values, nil
	}
	g := readGraph{nodes: map[string]map[string]string{}}
	for _, n := range doc.Graph.Nodes {
		values, err := of("node", n.Values)
		if err != nil {
			return g, err
		}
		values["label"] = n.Label
		if err := g.add(n.ID, values); err != nil {
			return g, err
		}
	}
	for _, e := range doc.Graph.Edges {
		values, err := of("edge", e.Values)
		if err != nil {
			return g, err
		}
		g.edges = append(g.edges, edgeLine(e.Source, values["type"], e.Target, e.Label, values["reason"], values["inferred"]))
		if err := g.joins(e.Source, e.Target); err != nil || e.Kind != values["type"] {
			return g, errors.Join(err, fmt.Errorf("the kind is %s", e.Kind))
		}
	}
	return g, nil
}

// wellFormed reads XML to its end.
func wellFormed(b []byte, to any) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(to); err != nil {
		return err
	}
	rest, err := d.Token()
	for ; err == nil; rest, err = d.Token() {
		if space, ok := rest.(xml.CharData); !ok || strings.TrimSpace(string(space)) != "" {
			return fmt.Errorf("%T after the end", rest)
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
