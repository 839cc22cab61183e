package mcpserver

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"syscall"
	"time"

	"parley/graph"
	"parley/queries"
	"parley/queries/render"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// Config is what a server answers from, and within which limits.
type Config struct {
	Graph    *graph.Graph
	Registry *queries.Registry
	// Texts gives the words of passages in a view; nil where no texts are at
	// hand.
	Texts func(*graph.View) render.Quote
	// Version is the program's, as `parley version` tells it.
	Version string
	Limits  Limits
	Log     *slog.Logger // nil for none
}

// Limits bound what calls may take. A zero field is replaced by what
// DefaultLimits says.
type Limits struct {
	Timeout time.Duration // of a call
	Page    int           // rows of an answer that is asked for no number of them
	Rows    int           // of any answer
	Facts   int           // of one relation of a node
	Bytes   int           // of an answer; a single row, fact or passage may be larger
	Calls   int           // that run at once; others wait
	Waiting int           // calls that run or wait; more are refused
	Listed  int           // resources on one page of their list
	Days    int           // for which conclusions are kept at hand
}

// DefaultLimits are those of a server that is told of none. A page of rows and
// the bytes of an answer are what fits a model's context beside other things.
func DefaultLimits() Limits {
	return Limits{
		Timeout: 30 * time.Second, Page: 50, Rows: 1000, Facts: 20, Bytes: 128 << 10,
		Calls: 2 * runtime.GOMAXPROCS(0), Waiting: 256, Listed: 100, Days: 4,
	}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.Timeout <= 0 {
		l.Timeout = d.Timeout
	}
	for _, f := range []struct{ field, or *int }{
		{&l.Page, &d.Page},
		{&l.Rows, &d.Rows},
		{&l.Facts, &d.Facts},
		{&l.Bytes, &d.Bytes},
		{&l.Calls, &d.Calls},
		{&l.Waiting, &d.Waiting},
		{&l.Listed, &d.Listed},
		{&l.Days, &d.Days},
	} {
		if *f.field <= 0 {
			*f.field = *f.or
		}
	}
	l.Page = min(l.Page, l.Rows)
	return l
}

// server answers one client.
type server struct {
	config  Config
	history *graph.History
	// life ends with the session: the SDK shields what it calls from the end of
	// the context that it was given.
	life context.Context
	// turns has room for the calls that run, waiting for those that wait too.
	turns, waiting chan struct{}
	// search and node are what the tools are called that no query makes.
	search, node string
}

// grace is how long the session may take to end once it is told to, or there is
// nothing more to read.
const grace = 5 * time.Second

// Serve answers a client over a transport until the client goes away, which is
// no error, or the context ends, which stops what runs. The graph stays the
// caller's to close.
func Serve(ctx context.Context, t mcp.Transport, c Config) error {
	life, end := context.WithCancel(ctx)
	defer end()
	s := newServer(life, c)
	defer s.history.Close()
	session, err := s.protocol().Connect(ctx, t, nil)
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err = session.Wait()
	}()
	select {
	case <-ended:
		if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
			return nil // it went away while it was answered
		}
		return err
	case <-ctx.Done():
	}
	go func() { _ = session.Close() }()
	select {
	case <-ended:
	case <-time.After(grace): // the client does not read what is written to it
	}
	return ctx.Err()
}

func newServer(life context.Context, c Config) *server {
	c.Limits = c.Limits.orDefault()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &server{
		config: c, history: graph.NewHistory(c.Graph, c.Limits.Days), life: life,
		turns: make(chan struct{}, c.Limits.Calls), waiting: make(chan struct{}, c.Limits.Waiting),
	}
	s.search, s.node = s.free("search"), s.free("node")
	return s
}

// free is the name of a tool that no query has.
func (s *server) free(name string) string {
	for s.config.Registry.Lookup(name) != nil {
		name = "parley-" + name
	}
	return name
}

// protocol makes the SDK's server of what there is.
func (s *server) protocol() *mcp.Server {
	p := mcp.NewServer(
		&mcp.Implementation{Name: "parley", Title: "parley: who negotiated with whom, and who hit back", Version: s.config.Version},
		&mcp.ServerOptions{
			Instructions: s.instructions(),
			Logger:       s.config.Log,
			// The tools never change, and a list of what came later is as easily
			// asked for again.
			Capabilities: &mcp.ServerCapabilities{Tools: &mcp.ToolCapabilities{}, Resources: &mcp.ResourceCapabilities{}},
		})
	for _, q := range s.config.Registry.All() {
		p.AddTool(s.queryTool(q), s.tool(func(ctx context.Context, raw []byte) (*mcp.CallToolResult, error) {
			return s.callQuery(ctx, q, raw)
		}))
	}
	p.AddTool(s.searchTool(), s.tool(s.callSearch))
	p.AddTool(s.nodeTool(), s.tool(s.callNode))
	s.addResources(p)
	return p
}
