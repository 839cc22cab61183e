package web

import (
	"net/http"
	"net/netip"

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
// here passes on from another has the name under which that asked.
func fromHere(r *http.Request) bool {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && at.Addr().Unmap().IsLoopback() && local(hostname(r.Host))
}

// ready tells whether the store can be read, and the server is not about to end.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if s.ending.Load() {
		s.refuse(w, r, failure{http.StatusServiceUnavailable, "The server is about to end", "ask another", "", nil})
		return
	}
	if _, err := s.config.Graph.Stats(r.Context()); err != nil {
		s.config.Log.Error("the store cannot be read", "error", err)
		s.refuse(w, r, failure{http.StatusServiceUnavailable, "The store cannot be read", "the server's log tells why", "", nil})
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte("ready\n"))
}
