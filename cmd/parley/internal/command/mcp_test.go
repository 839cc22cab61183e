package command

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"parley/queries"

	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// overPipes starts parley mcp, and connects the SDK's client to it.
func overPipes(t *testing.T, args ...string) (*mcp.ClientSession, *exec.Cmd) {
	t.Helper()
	name, err := exec.LookPath("parley") // testscript's
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(name, append([]string{"mcp"}, args...)...)
	c.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &mcp.CommandTransport{Command: c}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return session, c
}

// rowsOf are the rows of an answer in JSON, or of a result of a tool.
func rowsOf(t *testing.T, answer any) (rows []any) {
	t.Helper()
	text, ok := answer.([]byte)
	if !ok {
		var err error
		if text, err = json.Marshal(answer); err != nil {
			t.Fatal(err)
		}
	}
	var a struct{ Rows []any }
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return a.Rows
}

// storeAndMore makes a store of the built-in facts, and a file of facts that change
// what it answers.
func storeAndMore(t *testing.T) (db, file string) {
	t.Helper()
	dir := t.TempDir()
	db, file = filepath.Join(dir, "graph"), filepath.Join(dir, "changed.yaml")
	if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := parley(t, "load", "../../../../data/articles", "--db", db); got.code != done {
		t.Fatal(got.err)
	}
	return db, file
}

// TestMCP asks the program over real pipes what the command line answers, and
// sees what another process loads meanwhile.
func TestMCP(t *testing.T) {
	db, file := storeAndMore(t)
	session, _ := overPipes(t, "--db", db)
	ask := func() (all map[string]string) {
		all = map[string]string{}
		for _, name := range []string{"meetings", "timeline", "threats"} {
			r, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: map[string]any{"limit": 40}})
			if err != nil || r.IsError {
				t.Fatalf("%s: %v, %+v", name, err, r)
			}
			got := parley(t, "query", name, "--limit", "40", "--format", "json", "--db", db)
			if diff := cmp.Diff(rowsOf(t, []byte(got.out)), rowsOf(t, r.StructuredContent)); diff != "" {
				t.Errorf("%s (-command +tool):\n%s", name, diff)
			}
			all[name] = got.out
		}
		return all
	}
	before := ask()
	load, err := exec.LookPath("parley")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(load, "load", file, "--db", db).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, answer := range ask() {
		if answer == before[name] {
			t.Errorf("%s: what is loaded changes nothing", name)
		}
	}
	if err := session.Close(); err != nil {
		t.Errorf("with its input closed it ends with %v", err)
	}
}

// TestMCPEndsWhenToldTo interrupts the program while its input is open.
func TestMCPEndsWhenToldTo(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		session, c := overPipes(t)
		if err := c.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		_ = session.Wait()
		_ = session.Close()
		if state := c.ProcessState; state == nil || state.ExitCode() != done {
			t.Errorf("%v: it ends with %v", signal, state)
		}
	}
}

// TestMCPTellsNothingElse keeps standard output for the protocol.
func TestMCPTellsNothingElse(t *testing.T) {
	var out, errOut bytes.Buffer
	in := "hello\n" + `{"jsonrpc":"2.0","id":1,"method":"tools/list"}` + "\n"
	code := run(t.Context(), []string{"mcp"}, streams{strings.NewReader(in), &out, &errOut})
	if code != done || !strings.HasPrefix(errOut.String(), "parley: answering over the Model Context Protocol from ") {
		t.Errorf("exit code %d, %s", code, &errOut)
	}
	for line := range strings.Lines(out.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("printed %s", line)
		}
	}
}

// TestMCPAnswersBeforeItEnds closes the input right after the last call.
func TestMCPAnswersBeforeItEnds(t *testing.T) {
	var out, errOut bytes.Buffer
	in := `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
{"jsonrpc":"2.0","method":"notifications/initialized"}
{"jsonrpc":"2.0","id":2,"method":"tools/list"}
{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"negotiated-with","arguments":{"actor":"Liu He","status":"any"}}}
{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"search","arguments":{"text":"liu"}}}
`
	if code := run(t.Context(), []string{"mcp"}, streams{strings.NewReader(in), &out, &errOut}); code != done {
		t.Fatalf("exit code %d, %s", code, &errOut)
	}
	answered := map[int]bool{}
	for line := range strings.Lines(out.String()) {
		var answer struct {
			ID     int
			Result json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &answer); err != nil {
			t.Fatal(err)
		}
		answered[answer.ID] = answer.Result != nil
	}
	if !answered[1] || !answered[2] || !answered[3] || !answered[4] {
		t.Errorf("answered are %v: %.500s", answered, &out)
	}
}

// overTestPipes serves a registry over the protocol within the test, and connects
// the SDK's client to it.
func overTestPipes(t *testing.T, registry *queries.Registry) *mcp.ClientSession {
	t.Helper()
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	root := newRoot(streams{inR, outW, io.Discard}, registry)
	root.SetArgs([]string{"mcp"})
	ended := make(chan error, 1)
	go func() { ended <- root.ExecuteContext(context.WithoutCancel(t.Context())) }()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &mcp.IOTransport{Reader: outR, Writer: inW}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = session.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return session
}
