package mcpserver_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/cmd/parley/internal/mcpserver"
	"parley/graph"
	"parley/queries"
	"parley/queries/render"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// slow has texts that are read until the call ends. It tells of each that is
// begun and of each that has ended.
type slow struct {
	begun chan struct{}
	ended chan error
}

func newSlow() *slow {
	return &slow{make(chan struct{}, 100), make(chan error, 100)}
}

func (s *slow) texts(*graph.View) render.Quote {
	return func(ctx context.Context, _ graph.Citation) (string, error) {
		s.begun <- struct{}{}
		<-ctx.Done()
		s.ended <- ctx.Err()
		return "", ctx.Err()
	}
}

// aNode is a call that reads texts. The client writes into it.
func aNode() *mcp.CallToolParams {
	return &mcp.CallToolParams{Name: "node", Arguments: map[string]any{"node": "Liu He"}}
}

// TestCancelledCallEnds gives up a call, and asks on.
func TestCancelledCallEnds(t *testing.T) {
	s := newSlow()
	session := connected(t, mcpserver.Config{Graph: builtIn(t), Texts: s.texts})
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	go func() {
		_, err := session.CallTool(ctx, aNode())
		failed <- err
	}()
	<-s.begun
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("the client got %v", err)
	}
	if err := <-s.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the call ended with %v", err)
	}
	answerOf(t, called(t, session, "meetings", nil))
}

// TestTimeLimit lets a call, and then a resource, take too long.
func TestTimeLimit(t *testing.T) {
	s := newSlow()
	session := connected(t, mcpserver.Config{Graph: builtIn(t), Texts: s.texts, Limits: mcpserver.Limits{Timeout: 20 * time.Millisecond}})
	if r := called(t, session, "node", aNode().Arguments); !r.IsError || !strings.Contains(said(r), "longer than 20ms; ask for less") {
		t.Errorf("got %s", said(r))
	}
	var refused *jsonrpc.Error
	_, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "parley://nodes/person/liu-he"})
	if !errors.As(err, &refused) || refused.Code != jsonrpc.CodeInternalError || !strings.Contains(refused.Message, "ask for less") {
		t.Errorf("got %v", err)
	}
}

// TestCallsAreBounded fills every turn, so that the next calls wait, and refuses
// those for which there is no room to wait.
func TestCallsAreBounded(t *testing.T) {
	s := newSlow()
	session := connected(t, mcpserver.Config{Graph: builtIn(t), Texts: s.texts, Limits: mcpserver.Limits{Calls: 2, Waiting: 2}})
	ctx, cancel := context.WithCancel(t.Context())
	var calls sync.WaitGroup
	for range 2 {
		calls.Go(func() { _, _ = session.CallTool(ctx, aNode()) })
	}
	<-s.begun
	<-s.begun
	if r := called(t, session, "meetings", nil); !r.IsError || !strings.Contains(said(r), "too many calls at once") {
		t.Errorf("got %s", said(r))
	}
	cancel()
	calls.Wait()
	for range 2 {
		if err := <-s.ended; !errors.Is(err, context.Canceled) {
			t.Errorf("a call ended with %v", err)
		}
	}
}

// TestManyAtOnce asks each query on several days at once.
func TestManyAtOnce(t *testing.T) {
	session := connected(t, mcpserver.Config{Graph: builtIn(t), Limits: mcpserver.Limits{Days: 1}})
	var calls sync.WaitGroup
	for i := range 60 {
		calls.Go(func() {
			day := []string{"2018-06-10", "2018-09-30", "2019-05-20"}[i%3]
			r, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "timeline", Arguments: map[string]any{"known-by": day}})
			if err != nil || r.IsError {
				t.Errorf("%s: %v, %v", day, r, err)
			}
		})
	}
	calls.Wait()
}

// TestMistakeInACallIsNoEnd panics in a call, and asks on.
func TestMistakeInACallIsNoEnd(t *testing.T) {
	session := connected(t, mcpserver.Config{Graph: builtIn(t), Texts: func(*graph.View) render.Quote { panic("a mistake") }})
	if r := called(t, session, "node", aNode().Arguments); !r.IsError || said(r) != "the answer failed; the server's log tells why\n" {
		t.Errorf("got %s", said(r))
	}
	answerOf(t, called(t, session, "meetings", nil))
}

// piped serves over pipes, as over stdio.
type piped struct {
	in     *io.PipeWriter
	out    *bufio.Reader
	closes func() error
	stop   context.CancelFunc
	ended  chan error
}

func pipes(t *testing.T, c mcpserver.Config) *piped {
	t.Helper()
	c.Registry = queries.Predefined
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	p := &piped{inW, bufio.NewReader(outR), outR.Close, stop, make(chan error, 1)}
	go func() { p.ended <- mcpserver.Serve(ctx, &mcpserver.Lines{In: inR, Out: outW}, c) }()
	t.Cleanup(func() {
		stop()
		_ = inW.Close()
		_ = outR.Close()
	})
	p.send(t, `{"jsonrpc":"2.0","id":"first","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`)
	if got := p.receive(t); got["id"] != "first" || got["result"] == nil {
		t.Fatalf("got %v", got)
	}
	p.send(t, `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	return p
}

func (p *piped) send(t *testing.T, line string) {
	t.Helper()
	if _, err := io.WriteString(p.in, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

func (p *piped) receive(t *testing.T) (m map[string]any) {
	t.Helper()
	line, err := p.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return m
}

const ping = `{"jsonrpc":"2.0","id":"again","method":"ping"}`

const callNode = `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"node","arguments":{"node":"Liu He"}}}`

// TestMalformedLines sends what is no message: each is answered with an error, and
// the session goes on.
func TestMalformedLines(t *testing.T) {
	p := pipes(t, mcpserver.Config{Graph: builtIn(t)})
	for _, c := range []struct {
		line string
		code float64
		id   any
	}{
		{"hello", jsonrpc.CodeParseError, nil},
		{"{", jsonrpc.CodeParseError, nil},
		{`{"jsonrpc":"2.0","id":1,"method":"ping"} {}`, jsonrpc.CodeParseError, nil},
		{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"p\x00ing\"}", jsonrpc.CodeParseError, nil},
		{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}", jsonrpc.CodeParseError, nil},
		{strings.Repeat("[", 100_000), jsonrpc.CodeParseError, nil},
		{`{"a":` + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + `}`, jsonrpc.CodeInvalidRequest, nil},
		{"[]", jsonrpc.CodeInvalidRequest, nil},
		{"[" + ping + "]", jsonrpc.CodeInvalidRequest, nil},
		{"1", jsonrpc.CodeInvalidRequest, nil},
		{"null", jsonrpc.CodeInvalidRequest, nil},
		{`"text"`, jsonrpc.CodeInvalidRequest, nil},
		{`{}`, jsonrpc.CodeInvalidRequest, nil},
		{`{"jsonrpc":"1.0","id":5,"method":"ping"}`, jsonrpc.CodeInvalidRequest, 5.0},
		{`{"jsonrpc":"2.0","id":"x","method":3}`, jsonrpc.CodeInvalidRequest, "x"},
		{`{"jsonrpc":"2.0","id":{},"method":"ping"}`, jsonrpc.CodeInvalidRequest, nil},
		{`{"jsonrpc":"2.0","id":6,"method":"dance"}`, jsonrpc.CodeMethodNotFound, 6.0},
		{`{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"dance"}}`, jsonrpc.CodeInvalidParams, 6.0},
		{`{"jsonrpc":"2.0","id":6,"method":"tools/call","params":3}`, jsonrpc.CodeInvalidParams, 6.0},
		{`{"jsonrpc":"2.0","id":6,"method":"tools/call"}`, jsonrpc.CodeInvalidRequest, 6.0},
		{`{"jsonrpc":"2.0","id":6,"method":"resources/read","params":{"uri":"parley://nodes/x"}}`, jsonrpc.CodeInvalidParams, 6.0},
		{"\"" + strings.Repeat("a", 3<<20) + "\"", jsonrpc.CodeInvalidRequest, nil},
	} {
		p.send(t, c.line)
		got := p.receive(t)
		told, _ := got["error"].(map[string]any)
		if told["code"] != c.code || got["id"] != c.id || told["message"] == "" {
			t.Errorf("%.60s: got %v, want %v for %v", c.line, got, c.code, c.id)
		}
		// Lines without anything are no messages, and no mistakes.
		p.send(t, "\n  \r\n"+ping)
		if got := p.receive(t); got["id"] != "again" || got["result"] == nil {
			t.Fatalf("after %.60s: %v", c.line, got)
		}
	}
	_ = p.in.Close()
	if err := <-p.ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// TestEnds stops a call that runs by each way in which a session ends.
func TestEnds(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(*piped)
		want error
	}{
		"closed input":      {func(p *piped) { _ = p.in.Close() }, nil},
		"interrupt":         {func(p *piped) { p.stop() }, context.Canceled},
		"a read that fails": {func(p *piped) { _ = p.in.CloseWithError(os.ErrDeadlineExceeded) }, os.ErrDeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSlow()
			p := pipes(t, mcpserver.Config{Graph: builtIn(t), Texts: s.texts})
			p.send(t, callNode)
			<-s.begun
			go func() { _, _ = io.Copy(io.Discard, p.out) }()
			c.end(p)
			if err := <-s.ended; !errors.Is(err, context.Canceled) {
				t.Errorf("the call ended with %v", err)
			}
			if err := <-p.ended; !errors.Is(err, c.want) {
				t.Errorf("the server ended with %v, want %v", err, c.want)
			}
		})
	}
}

// TestClosedOutput takes what it writes to away from the server.
func TestClosedOutput(t *testing.T) {
	p := pipes(t, mcpserver.Config{Graph: builtIn(t)})
	_ = p.closes()
	p.send(t, ping)
	if err := <-p.ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// TestHostileArguments gives every tool texts that may stumble it. Each is an
// answer or an error that tells no text as it is.
func TestHostileArguments(t *testing.T) {
	session := connected(t, mcpserver.Config{Graph: builtIn(t)})
	tools := toolsOf(t, session)
	for _, text := range []string{
		`<script>alert(1)</script>`, "\u202eeH uiL\u2066", "Nobody\x00at all", strings.Repeat("長", 10_000), strings.Repeat("a ", 400), "\x1b[31m", "\xff\xfe", `"}],"isError":true`,
		"../../etc/passwd", "_:b1", "person/", "<urn:parley:person/liu-he>", "--help", " ", "\ufeff", "%s%n", "\n\n# Instructions\n",
	} {
		for name, tool := range tools {
			for argument := range tool.InputSchema.(map[string]any)["properties"].(map[string]any) {
				r := called(t, session, name, map[string]any{argument: text})
				got := said(r)
				if strings.ContainsAny(got, "\u202e\u2066\x00\x1b") || !r.IsError && name != "search" && argument != "node" && !strings.HasPrefix(text, "<urn") {
					t.Errorf("%s %s %.40q: %v, %.300q", name, argument, text, r.IsError, got)
				}
				if len(got) > 4_000 {
					t.Errorf("%s %s %.40q: an error of %d bytes", name, argument, text, len(got))
				}
			}
			// A name of an argument too.
			if r := called(t, session, name, map[string]any{text: 1}); !r.IsError || len(said(r)) > 4_000 || strings.ContainsAny(said(r), "\u202e\x00\x1b") {
				t.Errorf("%s with an argument %.40q: %.300q", name, text, said(r))
			}
		}
	}
}

// TestHostileNames answers with names that carry what may act, and that are long:
// they come as they are, and within the bound.
func TestHostileNames(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	names := []string{`<b onclick="x()">Bold</b>`, `\u202Eeman`, "line\\nbreak\\u0000", long}
	var nq strings.Builder
	for i, name := range names {
		fmt.Fprintf(&nq, "<urn:parley:person/p%d> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Person> <urn:parley:passage/x> .\n", i)
		fmt.Fprintf(&nq, "<urn:parley:person/p%d> <https://schema.org/name> \"%s\" <urn:parley:passage/x> .\n", i, strings.ReplaceAll(name, `"`, `\"`))
		fmt.Fprintf(&nq, "<urn:parley:meeting/m%d> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:parley:vocab#Meeting> <urn:parley:passage/x> .\n", i)
		fmt.Fprintf(&nq, "<urn:parley:meeting/m%d> <https://schema.org/name> \"%s\" <urn:parley:passage/x> .\n", i, strings.ReplaceAll(name, `"`, `\"`))
	}
	session := connected(t, mcpserver.Config{Graph: graphOf(t, []byte(nq.String()), []byte(strange)), Limits: mcpserver.Limits{Bytes: 32 << 10}})
	for i := range names {
		got := answerOf(t, called(t, session, "node", map[string]any{"node": fmt.Sprintf("person/p%d", i)}))
		var want string
		if err := json.Unmarshal([]byte(`"`+strings.ReplaceAll(names[i], `"`, `\"`)+`"`), &want); err != nil {
			t.Fatal(err)
		}
		if name := got["node"].(map[string]any)["name"]; name != want {
			t.Errorf("got %.60q, want %.60q", name, want)
		}
	}
	r := called(t, session, "meetings", nil)
	if rows := answerOf(t, r)["rows"].([]any); len(rows) != len(names) {
		t.Errorf("%d meetings", len(rows))
	}
	// What is near to a name is told short and clean.
	if got := said(called(t, session, "meetings", map[string]any{"actor": "xxxxxxx"})); len(got) > 4_000 || strings.ContainsAny(got, "\u202e\x00") {
		t.Errorf("%d bytes: %.300q", len(got), got)
	}
}
