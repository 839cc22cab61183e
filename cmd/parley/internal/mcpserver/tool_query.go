package mcpserver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"parley/graph"
	"parley/queries"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// definitions is where the schema of an answer has what it refers to.
const definitions = "#/$defs/"

// queryTool makes the tool of a query from its registration.
func (s *server) queryTool(q *queries.Query) *mcp.Tool {
	in, out := q.JSONSchema(), q.AnswerSchema(definitions)
	in["properties"].(queries.Schema)["limit"] = queries.Schema{
		"type": "integer", "minimum": 0, "default": s.config.Limits.Page,
		"description": fmt.Sprintf("at most so many rows, and never more than %d, which 0 stands for", s.config.Limits.Rows),
	}
	out["$defs"] = queries.Definitions(definitions)
	return &mcp.Tool{
		Name: q.Name, Title: q.Title, Description: s.describe(q),
		InputSchema: in, OutputSchema: out, Annotations: annotations(q.Title),
	}
}

// annotations say that a tool only reads, and only what is here.
func annotations(title string) *mcp.ToolAnnotations {
	no := false
	return &mcp.ToolAnnotations{Title: title, ReadOnlyHint: true, IdempotentHint: true, DestructiveHint: &no, OpenWorldHint: &no}
}

// describe writes what a model chooses a query by.
func (s *server) describe(q *queries.Query) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n", q.Title, asArgument(q.Row))
	if q.Left != "" {
		fmt.Fprintf(&b, "%s\n", asArgument(q.Left))
	}
	fmt.Fprintf(&b, "\nExample: %s", exampleOf(q))
	var needed []string
	for _, p := range q.Params {
		if p.Required {
			needed = append(needed, p.Name)
		}
	}
	if len(needed) == 0 {
		b.WriteString(" (no argument is required)")
	}
	b.WriteString("\n")
	return b.String()
}

// exampleOf writes the example of a query as the arguments of a call.
func exampleOf(q *queries.Query) []byte {
	given := map[string]any{}
	texts := q.ExampleTexts()
	for _, p := range q.AllParams() {
		text, ok := texts[p.Name]
		switch {
		case !ok:
		case p.Kind == queries.FlagParam:
			given[p.Name] = text != "false"
		case p.Kind == queries.CountParam:
			given[p.Name] = json.Number(text)
		default:
			given[p.Name] = text
		}
	}
	var b bytes.Buffer
	encode(&b, given)
	return b.Bytes()
}

// callQuery answers a call of a query's tool.
func (s *server) callQuery(ctx context.Context, q *queries.Query, raw []byte) (*mcp.CallToolResult, error) {
	texts, err := textsOf(q.AllParams(), raw)
	if err != nil {
		return nil, err
	}
	texts["limit"] = strconv.Itoa(atMost(texts["limit"], s.config.Limits.Page, s.config.Limits.Rows))
	// A day that cannot be read the query itself tells of.
	knownBy, _ := graph.ParseDate(texts["known-by"])
	g, done, err := s.history.On(ctx, knownBy)
	if err != nil {
		return nil, err
	}
	defer done()
	a, err := q.Answer(ctx, g, texts)
	if err != nil {
		return nil, err
	}
	text, notes, err := s.fit(a)
	if err != nil {
		return nil, err
	}
	offset, _ := strconv.Atoi(texts["offset"])
	notes = append(append(corrected(a.Corrections), paging(a, offset)...), notes...)
	return answered(text, notes), nil
}

// answered is the result of a call: the answer as it is and as text, for clients
// that know texts only, and then what there is to say of it.
func answered(text []byte, notes []string) *mcp.CallToolResult {
	r := &mcp.CallToolResult{StructuredContent: json.RawMessage(text), Content: []mcp.Content{&mcp.TextContent{Text: string(text)}}}
	if len(notes) > 0 {
		r.Content = append(r.Content, &mcp.TextContent{Text: strings.Join(notes, "\n")})
	}
	return r
}

// corrected tells of misspellings and parts of names that were read, so that no
// answer is taken for one about somebody else.
func corrected(corrections []graph.Correction) (notes []string) {
	for _, c := range corrections {
		notes = append(notes, queries.Clean(fmt.Sprintf("%q is read as %s (%s).", short(c.Text), short(c.Node.Name), c.Node.ID)))
	}
	return notes
}

// paging tells which rows an answer has, and how to ask for the others.
func paging(a *queries.Answer, offset int) []string {
	next := offset + len(a.Rows)
	switch {
	case a.Total == 0 && len(a.Excluded) > 0:
		return []string{"No row fits; excluded has what was left out, and why."}
	case a.Total == 0:
		return []string{"No row fits."}
	case len(a.Rows) == 0:
		return []string{fmt.Sprintf("There are %d rows, none from offset %d on.", a.Total, offset)}
	case next < a.Total:
		return []string{fmt.Sprintf("Rows %d to %d of %d. For more, ask again with the argument \"offset\": %d.", offset+1, next, a.Total, next)}
	case a.Truncated:
		return []string{"There is more than any answer follows; ask for less: a shorter time, or one actor."}
	}
	return nil
}
