package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"golang.org/x/time/rate"
)

// policy lets a page load what this server gives and nothing else, and run no
// script and no style but those in files.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const (
	mostURL     = 16 << 10 // bytes of an address
	mostBody    = 1 << 10  // bytes of a body, which no request needs
	mostClients = 1 << 14  // whose rates are kept
)

// guarded puts the guards before a handler: each request passes them from the
// outside in.
func (s *Server) guarded(routes http.Handler) http.Handler {
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.ContentTypeFilter(compressible))
	if err != nil {
		panic(err) // the options are fixed
	}
	answered := s.measured(compress(s.timed(routes)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.caught(w, r)
		secured(w.Header())
		if err := s.admit(r); err != nil {
			s.refuse(w, r, err)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, mostBody)
		answered.ServeHTTP(w, r)
	})
}

// caught turns a panic into an answer, and tells the log.
func (s *Server) caught(w http.ResponseWriter, r *http.Request) {
	switch p := recover(); p {
	case nil:
	case http.ErrAbortHandler:
		panic(p) // the connection is to be cut off
	default:
		s.config.Log.Error("a request failed", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
		s.refuse(w, r, failure{http.StatusInternalServerError, "The answer failed", "the server's log tells why", "", nil})
	}
}

func secured(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
}

// admit says why a request is not answered at all, or nil.
func (s *Server) admit(r *http.Request) error {
	switch {
	case !s.knows(r.Host):
		return failure{http.StatusMisdirectedRequest, "This server has another name", "requests must ask for it under a name that it was started with, which " + strconv.Quote(r.Host) + " is not", "", nil}
	case len(r.RequestURI) > mostURL:
		return failure{http.StatusRequestURITooLong, "The address is too long", "it has more than " + strconv.Itoa(mostURL) + " bytes", "", nil}
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		return failure{http.StatusMethodNotAllowed, "This server only reads", "use GET or HEAD", "", nil}
	case !s.clients.allow(r.RemoteAddr):
		s.metrics.limited.Inc()
		return failure{http.StatusTooManyRequests, "Too many requests", "wait a second and go on more slowly", "", nil}
	}
	return nil
}

// knows tells whether a request asks for this server under a name of its own. A
// page of another site that gave itself our address asks under its own name.
func (s *Server) knows(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.TrimSuffix(strings.ToLower(strings.Trim(name, "[]")), ".")
	if name == "localhost" {
		return true
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		// Whoever asks for an address was led here by no name.
		return addr.IsLoopback() || s.config.Remote
	}
	for _, known := range s.config.Hosts {
		if known == "*" || strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}

// timed ends a request's context when its time is up. An export takes as long as
// the client reads.
func (s *Server) timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == exportPath {
			next.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), s.config.Limits.Timeout)
		defer cancel()
		timed := r.WithContext(ctx)
		next.ServeHTTP(w, timed)
		// Who measures sees which route it took.
		r.Pattern = timed.Pattern
		r.SetPathValue("name", timed.PathValue("name"))
	})
}

func compressible(mediaType string) bool {
	return !strings.HasPrefix(mediaType, "image/png")
}

// clients keeps how often each client may ask.
type clients struct {
	mu    sync.Mutex
	every rate.Limit
	burst int
	known map[netip.Prefix]*client
}

type client struct {
	*rate.Limiter
	seen time.Time
}

// allow tells whether a client may ask now. All addresses of one network of IPv6
// are one client, since each has a great many.
func (c *clients) allow(remote string) bool {
	if c.every < 0 {
		return true
	}
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return true // no network: a test
	}
	addr := at.Addr().Unmap()
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	one := c.known[prefix]
	if one == nil {
		c.makeRoom(now)
		one = &client{Limiter: rate.NewLimiter(c.every, c.burst)}
		c.known[prefix] = one
	}
	one.seen = now
	return one.AllowN(now, 1)
}

// makeRoom forgets clients whose rates have recovered; where there are still too
// many, all.
func (c *clients) makeRoom(now time.Time) {
	if len(c.known) < mostClients && c.known != nil {
		return
	}
	recovered := time.Duration(float64(c.burst) / float64(c.every) * float64(time.Second))
	for prefix, one := range c.known {
		if now.Sub(one.seen) > recovered {
			delete(c.known, prefix)
		}
	}
	if len(c.known) >= mostClients || c.known == nil {
		c.known = map[netip.Prefix]*client{}
	}
}
