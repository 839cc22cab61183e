package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/queries/picture"

	"github.com/klauspost/compress/gzhttp"
)

// policy lets a page load what this server gives and nothing else, and run no
// script and no style but those in files.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// picturePolicy lets a picture that is opened by itself have the style sheet
// within it too.
var picturePolicy = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(picture.CSS()))
	return strings.Replace(policy, "style-src 'self'", "style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'", 1)
})

const (
	mostURL    = 16 << 10 // bytes of an address
	mostHeader = 32 << 10 // bytes of all that a request tells
)

// guarded puts the guards before a handler: each request passes them from the
// outside in.
func (s *Server) guarded(routes http.Handler) http.Handler {
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.ContentTypeFilter(compressible))
	if err != nil {
		panic(err) // the options are fixed
	}
	answered := compress(s.caught(s.timed(routes)))
	return s.measured(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secured(w.Header())
		if err := s.admit(r); err != nil {
			s.refuse(w, r, err)
			return
		}
		// The request is whole. The time for reading it must not end the answer:
		// the connection is read on, to see whether the client goes away, and a
		// reading that fails counts as that. Where there is no connection there is
		// no time either.
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
		answered.ServeHTTP(w, r)
	}))
}

// caught turns a panic into an answer, and tells the log. An answer that has
// begun is cut off, so that nobody takes it for whole.
func (s *Server) caught(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		told := &statusWriter{ResponseWriter: w}
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares so too
				panic(p)
			}
			s.config.Log.Error("a request failed", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			if told.status != 0 {
				panic(http.ErrAbortHandler)
			}
			s.refuse(told, r, failure{http.StatusInternalServerError, "The answer failed", "the server's log tells why", "", nil})
		}()
		next.ServeHTTP(told, r)
	})
}

func secured(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Embedder-Policy", "require-corp")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
}

// admit says why a request is not answered at all, or nil.
func (s *Server) admit(r *http.Request) error {
	if !s.knows(r.Host) {
		return failure{http.StatusMisdirectedRequest, "This server has another name", "requests must ask for it under a name that it was started with, which " + strconv.Quote(short(r.Host)) + " is not", "", nil}
	}
	if !s.clients.allow(r.RemoteAddr) {
		s.metrics.limited.Inc()
		return failure{http.StatusTooManyRequests, "Too many requests", "wait a second and go on more slowly", "", nil}
	}
	if len(r.RequestURI) > mostURL {
		return failure{http.StatusRequestURITooLong, "The address is too long", "it has more than " + strconv.Itoa(mostURL) + " bytes", "", nil}
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return failure{http.StatusMethodNotAllowed, "This server only reads", "use GET or HEAD", "", nil}
	}
	if r.ContentLength != 0 {
		return failure{http.StatusRequestEntityTooLarge, "This server takes no body", "put what is asked into the address", "", nil}
	}
	if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
		// Else what cannot be read would be passed over, and something else be
		// answered than was asked.
		return failure{http.StatusBadRequest, "The address cannot be read", short(err.Error()) + "; write & between arguments, and % as %25", "", nil}
	}
	return nil
}

// short keeps what a client wrote from filling the answer to it.
func short(text string) string {
	const most = 200
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// knows tells whether a request asks for this server under a name of its own. A
// page of another site that gave itself our address asks under its own name.
func (s *Server) knows(host string) bool {
	name := hostname(host)
	if local(name) {
		return true
	}
	for _, known := range s.config.Hosts {
		if known == "*" || name != "" && hostname(known) == name {
			return true
		}
	}
	// Whoever asks for an address was led here by no name.
	_, err := netip.ParseAddr(name)
	return err == nil && s.config.Remote
}

// hostname is the name or address in a Host header, without its port.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// local tells whether a name or address is this machine's for itself.
func local(name string) bool {
	addr, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && addr.Unmap().IsLoopback()
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
		// Who measures sees which route it took, whatever came of it.
		defer func() {
			r.Pattern = timed.Pattern
			r.SetPathValue("name", timed.PathValue("name"))
		}()
		next.ServeHTTP(w, timed)
	})
}

func compressible(mediaType string) bool {
	return !strings.HasPrefix(mediaType, "image/png")
}
