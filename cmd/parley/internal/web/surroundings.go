package web

import "context"

func (s *Server) surroundings(ctx context.Context, p *page) error {
	return notFound("no picture yet")
}
