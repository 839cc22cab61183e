package mcpserver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

const (
	fewFound  = 10
	mostFound = 100
)

// searched are the classes whose nodes have names to search for; a title stands
// for whoever holds it.
var searched = []*vocab.Class{
	vocab.Person, vocab.Country, vocab.Organization, vocab.Actor, vocab.Office, vocab.Place, vocab.Meeting, vocab.MeasureMove,
	vocab.StatusChange, vocab.Statement, vocab.Agreement, vocab.Action, vocab.Measure, vocab.Commitment, vocab.Article, vocab.Reference, vocab.Rule,
}

var searchParams = []queries.Param{
	{Name: "text", Kind: queries.NodeParam, Required: true, Meaning: "a name, or the beginnings of words of one"},
	{Name: "class", Kind: queries.WordParam, Words: classWords(), Meaning: "only what is one of these"},
	{Name: "known-by", Kind: queries.DateParam, Meaning: "only what was published by this day"},
	{Name: "limit", Kind: queries.CountParam, Meaning: fmt.Sprintf("at most so many, %d unless told and never more than %d", fewFound, mostFound)},
}

// match is a node that a search found.
type match struct {
	graph.Ref
	Class string  `json:"class"`
	Alias *string `json:"alias"`
	URI   string  `json:"uri"`
}

// found is the answer of a search.
type found struct {
	Matches   []match     `json:"matches"`
	Near      []graph.Ref `json:"near"`
	Truncated bool        `json:"truncated"`
}

func (s *server) searchTool() *mcp.Tool {
	const title = "Which nodes are called so?"
	row := object(queries.Schema{
		"id":    prose("the node's id, which every other tool takes for its name"),
		"name":  prose("what it is called"),
		"class": prose("what it is"),
		"alias": queries.Schema{"type": []string{"string", "null"}, "description": "the other name that fits, where its name does not"},
		"uri":   prose("where to read all that is said of it as a resource"),
	}, "id", "name", "class", "alias", "uri")
	out := object(queries.Schema{
		"matches":   queries.Schema{"type": "array", "items": row},
		"near":      queries.Schema{"type": "array", "items": reference("Ref"), "description": "who else a title may stand for; where nothing fits, names that are spelt alike"},
		"truncated": queries.Schema{"type": "boolean", "description": "whether there are more than these"},
	}, "matches", "near", "truncated")
	out["$defs"] = queries.Definitions(definitions)
	return &mcp.Tool{
		Name: s.search, Title: title,
		Description: title + "\n\nFinds people, countries, organizations, offices, places, meetings, measures, actions, articles and rules by a name, an alias or a title, the best fit first, and gives their ids. Not needed where a name is known: every tool takes names. Use it to find out what a thing is called here, and which meetings, measures or actions there are.\n\nExample: {\"text\":\"tariff steel\",\"class\":\"measure\"}\n",
		InputSchema: inputSchema(searchParams), OutputSchema: out, Annotations: annotations(title),
	}
}

func (s *server) callSearch(ctx context.Context, raw []byte) (*mcp.CallToolResult, error) {
	texts, err := textsOf(searchParams, raw)
	if err != nil {
		return nil, err
	}
	knownBy, err := day(texts)
	if err != nil {
		return nil, err
	}
	classes := searched
	if word := texts["class"]; word != "" {
		classes = nil
		for _, c := range searched {
			if word == c.Folder {
				classes = []*vocab.Class{c}
			}
		}
		if classes == nil {
			return nil, &queries.ArgError{Param: "class", Value: word, Problem: "write " + wanted(searchParams[1])}
		}
	}
	limit := atMost(texts["limit"], fewFound, mostFound)
	var answer found
	var notes []string
	err = s.history.Look(ctx, graph.Options{KnownBy: knownBy}, func(v *graph.View) error {
		answer, err = find(ctx, v, texts["text"], limit, classes)
		notes = corrected(v.Corrections())
		return err
	})
	if err != nil {
		return nil, err
	}
	switch {
	case answer.Truncated:
		notes = append(notes, fmt.Sprintf("There are more than these %d; write more of the name, or a class.", limit))
	case len(answer.Matches) == 0:
		notes = append(notes, "Nothing here is called so.")
	}
	content := encoded(answer)
	for len(content) > s.config.Limits.Bytes && len(answer.Matches) > 1 {
		answer.Matches, answer.Truncated = answer.Matches[:len(answer.Matches)/2], true
		content = encoded(answer)
	}
	return answered(content, notes), nil
}

// find finds what a text stands for, by id, name or title, and then what has a
// name in which its words begin words.
func find(ctx context.Context, v *graph.View, text string, limit int, classes []*vocab.Class) (found, error) {
	answer := found{Matches: []match{}, Near: []graph.Ref{}}
	matches, err := v.Search(ctx, text, limit+1, classes...)
	if err != nil {
		return answer, err
	}
	named := slices.DeleteFunc(slices.Clone(classes), func(c *vocab.Class) bool { return c == vocab.Office })
	switch n, err := v.ResolveWhole(ctx, text, "node", v.Options().KnownBy, named...); {
	case len(named) == 0: // an office is found by its name only
	case err == nil:
		ref, err := v.Ref(ctx, n)
		if err != nil {
			return answer, err
		}
		matches = slices.DeleteFunc(matches, func(m graph.Match) bool { return m.ID == ref.ID })
		answer.Matches = append(answer.Matches, matchOf(ref, graph.ClassOfFolder(ref.ID.Folder()), ""))
	default:
		name := (*graph.NameError)(nil)
		if !errors.As(err, &name) {
			return answer, err
		}
		if len(matches) == 0 || errors.Is(err, graph.ErrAmbiguous) {
			answer.Near = append(answer.Near, name.Near...)
		}
	}
	for _, m := range matches {
		answer.Matches = append(answer.Matches, matchOf(m.Ref, m.Class, m.Alias))
	}
	if answer.Truncated = len(answer.Matches) > limit; answer.Truncated {
		answer.Matches = answer.Matches[:limit]
	}
	return answer, nil
}

func matchOf(ref graph.Ref, c *vocab.Class, alias string) match {
	m := match{Ref: ref, URI: uriOf(nodePrefix, ref.ID)}
	if c != nil {
		m.Class = c.Folder
	}
	if alias != "" {
		m.Alias = &alias
	}
	return m
}

// classWords are the words that classes are called by in arguments: those that
// ids begin with.
func classWords() []string {
	words := make([]string, len(searched))
	for i, c := range searched {
		words[i] = c.Folder
	}
	return words
}

// nameable are the classes that a text may name: for a title its holder is meant,
// so offices are found by their ids only.
func nameable(text string) []*vocab.Class {
	if strings.ContainsAny(text, "/:") {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(vocab.Classes()), func(c *vocab.Class) bool {
		return c == vocab.Office || c == vocab.Rate || c == vocab.Money
	})
}

func object(properties queries.Schema, required ...string) queries.Schema {
	return queries.Schema{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func prose(description string) queries.Schema {
	return queries.Schema{"type": "string", "description": description}
}

func reference(name string) queries.Schema { return queries.Schema{"$ref": definitions + name} }

func orNull(s queries.Schema) queries.Schema {
	return queries.Schema{"anyOf": []queries.Schema{s, {"type": "null"}}}
}
