package mcpserver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"parley/cmd/parley/internal/mcpserver"
	"parley/data"
	"parley/graph"
	"parley/loader"
	"parley/queries"

	"github.com/cayleygraph/quad"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// graphOf is a graph in memory of N-Quads, with what the rules conclude.
func graphOf(t testing.TB, texts ...[]byte) *graph.Graph {
	t.Helper()
	var all []quad.Quad
	for _, text := range texts {
		if err := loader.ReadNQuads(t.Context(), bytes.NewReader(text), "test.nq", func(q quad.Quad) error {
			all = append(all, q)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	g, err := graph.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	if _, err = g.Add(t.Context(), all); err == nil {
		_, err = graph.Infer(t.Context(), g, graph.Date{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// builtIn is a graph of the five articles.
func builtIn(t testing.TB) *graph.Graph {
	t.Helper()
	return ofSet(t, data.Sets()[0])
}

// ofSet is a graph of a built-in set.
func ofSet(t testing.TB, set data.Set) *graph.Graph {
	t.Helper()
	g, err := graph.OpenImage(set.Name, set.Image)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

// connected is the SDK's client of a server.
func connected(t testing.TB, c mcpserver.Config) *mcp.ClientSession {
	t.Helper()
	if c.Registry == nil {
		c.Registry = queries.Predefined
	}
	here, there := mcp.NewInMemoryTransports()
	ended := make(chan error, 1)
	go func() { ended <- mcpserver.Serve(context.WithoutCancel(t.Context()), here, c) }()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), there, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = session.Close()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	return session
}

// called is the result of a call that the protocol has nothing against.
func called(t testing.TB, s *mcp.ClientSession, name string, arguments any) *mcp.CallToolResult {
	t.Helper()
	r, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s %v: %v", name, arguments, err)
	}
	return r
}

// said is all that a result says beside its answer.
func said(r *mcp.CallToolResult) string {
	var b strings.Builder
	for i, c := range r.Content {
		if i == 0 && !r.IsError {
			continue
		}
		b.WriteString(c.(*mcp.TextContent).Text + "\n")
	}
	return b.String()
}

// answerOf reads the answer of a result, which its first text repeats.
func answerOf(t testing.TB, r *mcp.CallToolResult) map[string]any {
	t.Helper()
	if r.IsError {
		t.Fatalf("an error: %s", said(r))
	}
	var structured, text map[string]any
	if err := json.Unmarshal(marshalled(t, r.StructuredContent), &structured); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(r.Content[0].(*mcp.TextContent).Text), &text); err != nil {
		t.Fatal(err)
	}
	if a, b := marshalled(t, structured), marshalled(t, text); !bytes.Equal(a, b) {
		t.Errorf("the text is not the answer:\n%s\n%s", a, b)
	}
	return structured
}

func marshalled(t testing.TB, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// schemaOf compiles a schema as a client got it.
func schemaOf(t testing.TB, declared any) *jsonschema.Schema {
	t.Helper()
	doc := instance(t, marshalled(t, declared))
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func instance(t testing.TB, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// toolsOf lists the tools that a client sees, by name.
func toolsOf(t testing.TB, s *mcp.ClientSession) map[string]*mcp.Tool {
	t.Helper()
	tools := map[string]*mcp.Tool{}
	for tool, err := range s.Tools(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		tools[tool.Name] = tool
	}
	return tools
}
