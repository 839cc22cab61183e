package web

import "net/http"

// apiRoutes adds the routes for programs.
func (s *Server) apiRoutes(mux *http.ServeMux) {
}
