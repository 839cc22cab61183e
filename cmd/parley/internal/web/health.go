package web

import (
	"context"
	"net/http"
	"net/netip"

	"parley/graph"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// healthRoutes adds the routes for whoever watches the server.
func (s *Server) healthRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write([]byte("alive\n"))
	})
	mux.HandleFunc("GET /readyz", s.ready)
	told := promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{DisableCompression: true})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if !fromHere(r) {
			s.refuse(w, r, failure{http.StatusForbidden, "The metrics are for this machine", "ask from the machine that the server runs on, under its address there, such as http://127.0.0.1:8080/metrics", "", nil})
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		told.ServeHTTP(w, r)
	})
}

// fromHere tells whether a request was made on this machine. One that a proxy
// here passes on from another has the name under which that asked, or a header of
// proxies.
func fromHere(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && at.Addr().Unmap().IsLoopback() && local(hostname(r.Host))
}

// readable tells what is wrong with the store, as a question would find it.
func (s *Server) readable(ctx context.Context) error {
	v, err := s.config.Graph.View(graph.Options{})
	if err != nil {
		return err
	}
	defer v.Close()
	if _, err = s.config.Graph.Stats(ctx); err != nil {
		return err
	}
	return v.Err()
}

// ready tells whether the store can be read, and the server is not about to end.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if s.ending.Load() {
		s.refuse(w, r, failure{http.StatusServiceUnavailable, "The server is about to end", "ask another", "", nil})
		return
	}
	if err := s.readable(r.Context()); err != nil {
		s.config.Log.Error("the store cannot be read", "error", err)
		s.refuse(w, r, failure{http.StatusServiceUnavailable, "The store cannot be read", "the server's log tells why", "", nil})
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte("ready\n"))
}
