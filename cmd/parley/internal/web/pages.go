package web

import "net/http"

// pageRoutes adds the routes for people.
func (s *Server) pageRoutes(mux *http.ServeMux) {
}
