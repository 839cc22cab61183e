package web

import (
	"crypto/rand"
	"log/slog"
	"math"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"parley/graph"
	"parley/queries"
	"parley/queries/render"

	"golang.org/x/time/rate"
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
	// Hosts are the names and addresses, without a port, under which requests
	// may ask for the server; none for loopback alone. A "*" stands for any.
	Hosts []string
	// Remote tells that other machines may ask: then any address, which is no
	// name, is one of the server's.
	Remote bool
	// Exports are the formats in which the whole graph is given, the usual one
	// first.
	Exports []Export
	Log     *slog.Logger // nil for none
}

// Limits bound what requests may take. A zero field is replaced by what
// DefaultLimits says.
type Limits struct {
	Timeout time.Duration // of a request
	Rows    int           // of an answer; more come page by page
	Queries int           // that run at once; others wait
	Exports int           // that run at once; others wait
	Rate    float64       // requests a second of one client; below 0 any number
	Burst   int           // requests at once of one client
	Days    int           // for which conclusions are kept at hand
	Header  time.Duration // in which a client must have told what it asks
	Reading time.Duration // in which it must have read what is ready for it
	Grace   time.Duration // for requests that run when the server is to end
}

// DefaultLimits are those of a server that is told of none.
func DefaultLimits() Limits {
	return Limits{
		Timeout: 30 * time.Second, Rows: 10_000, Queries: 4 * runtime.GOMAXPROCS(0), Exports: 2,
		Rate: 100, Burst: 200, Days: 8, Header: 10 * time.Second, Reading: 30 * time.Second, Grace: 10 * time.Second,
	}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.Timeout <= 0 {
		l.Timeout = d.Timeout
	}
	if l.Rows <= 0 {
		l.Rows = d.Rows
	}
	if l.Queries <= 0 {
		l.Queries = d.Queries
	}
	if l.Exports <= 0 {
		l.Exports = d.Exports
	}
	if l.Rate == 0 {
		l.Rate = d.Rate
	}
	if l.Burst <= 0 { // what two seconds allow
		l.Burst = max(1, int(min(2*l.Rate, math.MaxInt32)))
	}
	if l.Days <= 0 {
		l.Days = d.Days
	}
	if l.Header <= 0 {
		l.Header = d.Header
	}
	if l.Reading <= 0 {
		l.Reading = d.Reading
	}
	if l.Grace <= 0 {
		l.Grace = d.Grace
	}
	return l
}

// Server answers requests.
type Server struct {
	config  Config
	history *graph.History
	// turns has room for as many as may ask the graph at once.
	turns chan struct{}
	// exports has room for as many as may export at once. They read as slowly as
	// they like, and must not take the turns of those who ask.
	exports chan struct{}
	running sync.WaitGroup // requests
	// started tells the versions of one process's graph from another's.
	started string
	handler http.Handler
	clients clients
	metrics *metrics
	ending  atomic.Bool
	homes   homes
}

// New returns the server of a configuration. The graph stays the caller's to
// close, after the server.
func New(c Config) *Server {
	c.Limits = c.Limits.orDefault()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		config: c, history: graph.NewHistory(c.Graph, c.Limits.Days),
		turns: make(chan struct{}, c.Limits.Queries), exports: make(chan struct{}, c.Limits.Exports), started: rand.Text(),
	}
	s.clients = clients{every: rate.Limit(c.Limits.Rate), burst: c.Limits.Burst}
	s.homes.one = make(chan struct{}, 1)
	s.metrics = newMetrics(s)
	mux := http.NewServeMux()
	s.apiRoutes(mux)
	s.pageRoutes(mux)
	s.handler = s.guarded(mux)
	return s
}

// Ending tells whoever asks whether the server is ready that it is not, since it
// is about to end.
func (s *Server) Ending() { s.ending.Store(true) }

// Close waits for the requests that run, and lets go what the server keeps. No
// more requests may come.
func (s *Server) Close() {
	s.running.Wait()
	s.history.Close()
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }
