package mcpserver

import (
	"context"
	"fmt"

	"parley/graph"
	"parley/queries"
	"parley/queries/render"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// mostFacts is how many facts of one relation a call may ask for.
const mostFacts = 500

var nodeParams = []queries.Param{
	{Name: "node", Kind: queries.NodeParam, Required: true, Meaning: "the node"},
	{Name: "facts", Kind: queries.CountParam, Meaning: fmt.Sprintf("at most so many facts of each relation, %d unless told and never more than %d", DefaultLimits().Facts, mostFacts)},
	{Name: "stated-only", Kind: queries.FlagParam, Meaning: "leave out what rules inferred"},
	{Name: "known-by", Kind: queries.DateParam, Meaning: "only what was published by this day"},
}

// described is all that is said of a node.
type described struct {
	Node  graph.Ref     `json:"node"`
	Class *string       `json:"class"`
	Facts []render.Fact `json:"facts"`
	More  []more        `json:"more"`
}

// more is how much of one relation is left out.
type more struct {
	Relation string `json:"relation"`
	Count    int    `json:"count"`
}

func (s *server) nodeTool() *mcp.Tool {
	const title = "What is said of one node?"
	facts := queries.Schema{"type": "array", "items": reference("Fact")}
	out := object(queries.Schema{
		"node":  reference("Ref"),
		"class": queries.Schema{"type": []string{"string", "null"}, "description": "what the node is"},
		"facts": facts,
		"more": queries.Schema{"type": "array", "description": "how many facts of a relation are left out", "items": object(queries.Schema{
			"relation": prose("the relation"), "count": queries.Schema{"type": "integer"},
		}, "relation", "count")},
	}, "node", "class", "facts", "more")
	defs := queries.Definitions(definitions)
	defs["Fact"] = object(queries.Schema{
		"relation":  prose("reads from the node to what it leads to"),
		"predicate": prose("the IRI of the relation"),
		"reverse":   queries.Schema{"type": "boolean", "description": "whether the predicate leads to the node, not from it"},
		"node":      orNull(reference("Ref")),
		"text":      queries.Schema{"type": []string{"string", "null"}, "description": "what is no node"},
		"details":   queries.Schema{"type": "array", "items": reference("Fact"), "description": "what a part in a meeting or a tenure of an office joins"},
		"rules":     queries.Schema{"type": "array", "items": reference("Ref"), "description": "the rules that inferred it; where there are no sources it is stated nowhere"},
		"sources":   queries.Schema{"type": "array", "items": reference("Citation"), "description": "the passages that state it"},
		"passages":  queries.Schema{"type": "array", "items": prose("the words of a passage"), "description": "where the texts are at hand"},
	}, "relation", "predicate", "reverse", "node", "text", "rules", "sources")
	out["$defs"] = defs
	return &mcp.Tool{
		Name: s.node, Title: title,
		Description: title + "\n\nTells all that is known of one actor, meeting, measure, action, article or rule: what it is, its names, what it leads to and what leads to it, each fact with its sources or the rule that inferred it. Prefer a query where one answers the question: its rows join what stands here in pieces, and it says what it left out.\n\nExample: {\"node\":\"Liu He\"}\n",
		InputSchema: inputSchema(nodeParams), OutputSchema: out, Annotations: annotations(title),
	}
}

func (s *server) callNode(ctx context.Context, raw []byte) (*mcp.CallToolResult, error) {
	texts, err := textsOf(nodeParams, raw)
	if err != nil {
		return nil, err
	}
	o := graph.Options{StatedOnly: texts["stated-only"] == "true"}
	if o.KnownBy, err = day(texts); err != nil {
		return nil, err
	}
	var content []byte
	var notes []string
	err = s.history.Look(ctx, o, func(v *graph.View) error {
		n, err := v.Resolve(ctx, texts["node"], "node", o.KnownBy, nameable(texts["node"])...)
		if err != nil {
			return err
		}
		d, told, err := s.nodeOf(ctx, v, n, atMost(texts["facts"], s.config.Limits.Facts, mostFacts))
		content, notes = encoded(d), append(corrected(v.Corrections()), told...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answered(content, notes), nil
}

// nodeOf reads what a view shows to be said of a node: at most so many facts of a
// relation, and fewer where the answer would be too large.
func (s *server) nodeOf(ctx context.Context, v *graph.View, n graph.Node, most int) (d described, notes []string, err error) {
	var quote render.Quote
	if s.config.Texts != nil {
		quote = s.config.Texts(v)
	}
	for {
		said, err := render.Describe(ctx, v, n, most, quote)
		if err != nil {
			return d, nil, err
		}
		d = described{Node: said.Ref, Facts: said.Facts, More: []more{}}
		if c := graph.ClassOfFolder(said.ID.Folder()); c != nil {
			d.Class = &c.Folder
		}
		for _, u := range said.Unsaid {
			d.More = append(d.More, more{u.Relation, u.Count})
		}
		size := len(encoded(d))
		if size <= s.config.Limits.Bytes {
			break
		}
		if most > 1 {
			most = max(1, min(most/2, most*s.config.Limits.Bytes/size))
			continue
		}
		if shortenFacts(d.Facts) {
			notes = append(notes, fmt.Sprintf("The answer is large: of each list, such as sources, it has the first %d.", mostInCell))
		}
		break
	}
	switch {
	case len(d.Facts) == 0:
		notes = append(notes, "Nothing in view tells of it.")
	case len(d.More) > 0:
		notes = append(notes, fmt.Sprintf("Of each relation there are at most %d facts; more has how many are left out.", most))
	}
	return d, notes, nil
}

// shortenFacts cuts the lists in facts, and tells whether there was one to cut.
func shortenFacts(facts []render.Fact) (done bool) {
	for i := range facts {
		f := &facts[i]
		f.Sources, f.Passages = first(f.Sources, &done), first(f.Passages, &done)
		f.Details = first(f.Details, &done)
		done = shortenFacts(f.Details) || done
	}
	return done
}
