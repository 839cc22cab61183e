package loader

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

// ftmLine is an entity as it is written.
type ftmLine struct {
	ID         string              `json:"id"`
	Schema     string              `json:"schema"`
	Properties map[string][]string `json:"properties"`
}

// entities puts the values of each node together.
func (x *ftmExport) entities() error {
	var node graph.ID
	var e ftmLine
	var last []string
	reasons := 0
	end := func() error {
		c := graph.ClassOfFolder(node.Folder())
		if c == nil || !e.finish(c) {
			return nil
		}
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(e); err != nil {
			return err
		}
		return putLine(&x.lines, e.ID, strings.TrimSuffix(text.String(), "\n"))
	}
	err := x.each(&x.values, func(parts []string) error {
		if slices.Equal(parts, last) {
			return nil
		}
		last = parts
		if graph.ID(parts[0]) != node {
			if err := end(); err != nil {
				return err
			}
			node, e, reasons = graph.ID(parts[0]), ftmLine{Properties: map[string][]string{}}, 0
		}
		property, text := parts[1], parts[2]
		switch property {
		case "id":
			e.ID = text
			return nil
		case "proof":
			if reasons++; reasons > mostReasons {
				return nil
			}
			if len(parts) > 3 && parts[3] != "" && !slices.Contains(e.Properties["sourceUrl"], parts[3]) {
				e.Properties["sourceUrl"] = append(e.Properties["sourceUrl"], parts[3])
			}
		}
		e.Properties[property] = append(e.Properties[property], text)
		return nil
	})
	return cmp.Or(err, end())
}

// finish makes of the values of a node of a class those of an entity, if it is
// one.
func (e *ftmLine) finish(c *vocab.Class) bool {
	p := e.Properties
	e.Schema = ftmSchemaOf[c]
	if e.ID == "" || c == vocab.Tenure && (p["holder"] == nil || p["post"] == nil) {
		return false
	}
	if names := p["name"]; slices.Contains(vocab.Alias.Domain, c) && len(names) > 0 {
		p["name"] = names[:1]
		aliases := append(slices.Clone(names[1:]), p["alias"]...)
		slices.Sort(aliases)
		aliases = slices.DeleteFunc(slices.Compact(aliases), func(a string) bool { return a == names[0] })
		if delete(p, "alias"); len(aliases) > 0 {
			p["alias"] = aliases
		}
	}
	if e.Schema == "Article" || e.Schema == "HyperText" {
		if p["name"] != nil {
			p["title"] = p["name"]
			delete(p, "name")
		}
		for _, key := range []string{"publishedAt", "retrievedAt"} {
			if p[key] != nil {
				p[key] = p[key][:1]
			}
		}
	}
	if c == vocab.Meeting { // a host takes part
		if p["involved"] = slices.DeleteFunc(p["involved"], func(a string) bool { return slices.Contains(p["organizer"], a) }); len(p["involved"]) == 0 {
			delete(p, "involved")
		}
	}
	if e.Schema == "Event" && c != vocab.Action {
		p["keywords"] = []string{ftmKeywordOf(c)}
	}
	e.dates(c)
	slices.Sort(p["sourceUrl"])
	return true
}

// dates takes the first date that FollowTheMoney can have.
func (e *ftmLine) dates(c *vocab.Class) {
	p := e.Properties
	done := false
	for _, key := range []string{"1", "2", "3"} {
		for _, text := range p[key] {
			start, end, interval := plainDates(text)
			if done || start == "" && end == "" {
				continue
			}
			done = true
			switch {
			case !interval && c != vocab.Tenure:
				p["date"] = []string{end}
				continue
			case !interval:
				start = end
			case c == vocab.Tenure && end == "" && strings.HasSuffix(text, "/.."):
				p["status"] = []string{ftmCurrent}
			}
			if start != "" {
				p["startDate"] = []string{start}
			}
			if end != "" {
				p["endDate"] = []string{end}
			}
		}
		delete(p, key)
	}
}
