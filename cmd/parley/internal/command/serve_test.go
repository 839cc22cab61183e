package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"parley/queries"

	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

var explorerAt = regexp.MustCompile(`the explorer is at (http://\S+)/ `)

// announced keeps what a server tells, and passes on where its explorer is.
type announced struct {
	mu   sync.Mutex
	text bytes.Buffer
	at   chan string
}

func newAnnounced() *announced { return &announced{at: make(chan string, 1)} }

func (a *announced) Write(b []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	before := explorerAt.Match(a.text.Bytes())
	_, _ = a.text.Write(b)
	if m := explorerAt.FindSubmatch(a.text.Bytes()); m != nil && !before {
		a.at <- string(m[1])
	}
	return len(b), nil
}

func (a *announced) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.text.String()
}

// servingRegistry starts a command line of a registry that serves, and returns where. It
// ends with what the command line ends with.
func servingRegistry(t *testing.T, registry *queries.Registry, args ...string) (address string, end func() output) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	told := newAnnounced()
	ended := make(chan error, 1)
	root := newRoot(streams{strings.NewReader(""), io.Discard, told}, registry)
	root.SetArgs(args)
	go func() { ended <- root.ExecuteContext(ctx) }()
	var err error
	over := false
	select {
	case address = <-told.at:
	case err = <-ended:
		over = true
	}
	return address, func() output {
		cancel()
		if !over {
			err = <-ended
		}
		return output{exitCode(err), fmt.Sprint(err), told.String()}
	}
}

// fetch asks a server for an address, under a name.
func fetch(t *testing.T, address, host string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

// served is what a server tells and answers while it runs.
func served(t *testing.T, args ...string) output {
	t.Helper()
	at, end := servingRegistry(t, queries.Predefined, args...)
	var all strings.Builder
	if at != "" {
		for _, path := range []string{"/api/v1/queries/timeline?format=ndjson", "/nodes/article/000_5968a405b1adab4b", "/api/v1/search?q=ann"} {
			status, body := fetch(t, at+path, "")
			fmt.Fprintln(&all, status, body)
		}
		for _, host := range []string{"proxy.example", "192.0.2.7"} {
			status, _ := fetch(t, at+"/readyz", host)
			fmt.Fprintln(&all, status)
		}
		_, metrics := fetch(t, at+"/metrics", "")
		for line := range strings.Lines(metrics) {
			if strings.HasPrefix(line, "parley_questions_limit") {
				all.WriteString(line)
			}
		}
	}
	got := end()
	got.out += all.String()
	if !strings.HasSuffix(at, ":8080") { // any port that is free
		got.err = strings.ReplaceAll(got.err, at, "ADDRESS")
	}
	return got
}

// TestServeAnswersLikeTheCommandLine runs the program, asks it what the command
// line answers, loads into its store meanwhile, and ends it.
func TestServeAnswersLikeTheCommandLine(t *testing.T) {
	db, file := storeAndMore(t)
	program, err := exec.LookPath("parley") // testscript's
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command(program, "serve", "--db", db, "--addr", "127.0.0.1:0")
	server.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	told := newAnnounced()
	server.Stderr = told
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill() })
	at := <-told.at
	ask := func() (all map[string]string) {
		all = map[string]string{}
		for _, name := range []string{"meetings", "timeline", "threats"} {
			for _, format := range []string{"json", "csv", "ndjson", "markdown", "svg", "mermaid"} {
				got := parley(t, "query", name, "--limit", "40", "--format", format, "--db", db)
				status, body := fetch(t, at+"/api/v1/queries/"+name+"?limit=40&format="+format, "")
				// The marks of pictures lead to the server that drew them.
				body = strings.ReplaceAll(body, at, "http://"+defaultAddress)
				if diff := cmp.Diff(got.out, body); status != http.StatusOK || diff != "" {
					t.Errorf("%s as %s: %d (-command +server):\n%.2000s", name, format, status, diff)
				}
				all[name] += body
			}
		}
		return all
	}
	before := ask()
	if out, err := exec.Command(program, "load", file, "--db", db).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, answer := range ask() {
		if answer == before[name] {
			t.Errorf("%s: what is loaded changes nothing", name)
		}
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("it ends with %v: %s", err, told)
	}
}

// TestServeKeepsToThisMachine listens to others only when that is meant.
func TestServeKeepsToThisMachine(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "server.example:0"} {
		got := parley(t, "serve", "--addr", address)
		if got.code != wrongUsage || !strings.Contains(got.err, "whoever does can read everything") || !strings.Contains(got.err, "--allow-remote") {
			t.Errorf("%s: exit code %d, %s", address, got.code, got.err)
		}
	}
	got := parley(t, "serve", "--addr", "nowhere")
	if got.code != wrongUsage || !strings.Contains(got.err, "write an address and a port, such as 127.0.0.1:8080") {
		t.Errorf("exit code %d, %s", got.code, got.err)
	}
	at, end := servingRegistry(t, queries.Predefined, "serve", "--addr", "0.0.0.0:0", "--allow-remote")
	if status, _ := fetch(t, at+"/healthz", ""); status != http.StatusOK || !strings.HasPrefix(at, "http://127.0.0.1:") {
		t.Errorf("with --allow-remote: %d at %s", status, at)
	}
	if got := end(); got.code != done || !strings.Contains(got.err, "whoever reaches this machine can read everything in the graph; there is no login") {
		t.Errorf("with --allow-remote: exit code %d, %s", got.code, got.err)
	}
	taken, end := servingRegistry(t, queries.Predefined, "serve", "--addr", "127.0.0.1:0")
	if got := parley(t, "serve", "--addr", strings.TrimPrefix(taken, "http://")); got.code != failed || !strings.Contains(got.err, "address already in use); port 0 takes any that is free") {
		t.Errorf("a port that is taken: exit code %d, %s", got.code, got.err)
	}
	end()
}

// TestANewQueryIsEverywhere adds a query to a registry: it shows up on the
// command line, in the API, the explorer, the MCP server and the documents
// without another line.
func TestANewQueryIsEverywhere(t *testing.T) {
	another := *queries.Timeline
	another.Name, another.Title = "of-a-test", "What does only this test ask?"
	registry := queries.NewRegistry(append(queries.All(), &another)...)

	line := func(args ...string) string {
		t.Helper()
		var out bytes.Buffer
		root := newRoot(streams{strings.NewReader(""), &out, io.Discard}, registry)
		root.SetArgs(args)
		if err := root.ExecuteContext(t.Context()); err != nil {
			t.Errorf("%s: %v", args, err)
		}
		return out.String()
	}
	want := rowsOf(t, []byte(line("query", "of-a-test", "--actor", "Lu Kang", "--format", "json")))
	if len(want) == 0 || !strings.Contains(line("query", "--help"), another.Title) || !strings.Contains(line("queries"), another.Title) {
		t.Errorf("on the command line: %v", want)
	}
	if document := line("queries", "--format", "markdown"); !strings.Contains(document, another.Title) || !strings.Contains(document, "## of-a-test") {
		t.Errorf("the catalogue: %.300s", document)
	}

	at, end := servingRegistry(t, registry, "serve", "--addr", "127.0.0.1:0")
	for path, has := range map[string]string{
		"/api/v1/queries":                  `"name": "of-a-test"`,
		"/openapi.json":                    `"/api/v1/queries/of-a-test"`,
		"/":                                another.Title,
		"/queries":                         another.Title,
		"/queries/of-a-test":               `name="actor"`,
		"/queries/of-a-test?actor=Lu+Kang": "parley query of-a-test --actor &#39;Lu Kang&#39;",
		"/nodes/person/liu-he":             "/queries/of-a-test?actor=",
	} {
		if status, body := fetch(t, at+path, ""); status != http.StatusOK || !strings.Contains(body, has) {
			t.Errorf("%s: %d, without %s", path, status, has)
		}
	}
	_, body := fetch(t, at+"/api/v1/queries/of-a-test?actor=Lu+Kang", "")
	if diff := cmp.Diff(want, rowsOf(t, []byte(body))); diff != "" {
		t.Errorf("the API (-command +API):\n%s", diff)
	}
	if got := end(); got.code != done {
		t.Errorf("serve: exit code %d, %s", got.code, got.out)
	}

	session := overTestPipes(t, registry)
	r, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: another.Name, Arguments: map[string]any{"actor": "Lu Kang"}})
	if err != nil || r.IsError {
		t.Fatalf("%+v, %v", r, err)
	}
	if diff := cmp.Diff(want, rowsOf(t, r.StructuredContent)); diff != "" {
		t.Errorf("the tool (-command +tool):\n%s", diff)
	}
}
