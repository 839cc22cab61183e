package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley/graph"
	"parley/queries"
)

// Export is a format in which the whole graph is given.
type Export struct {
	Name, MediaType, Extension string
	// Write writes the graph as it goes; statedOnly leaves out what rules
	// inferred.
	Write func(ctx context.Context, w io.Writer, g *graph.Graph, statedOnly bool) error
}

// apiExport streams the whole graph. An answer that ends early is cut off, so
// that nobody takes it for whole.
func (s *Server) apiExport(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	if err := only(values, "format", "stated-only"); err != nil {
		return err
	}
	stated, err := boolean(values, "stated-only")
	if err != nil {
		return err
	}
	var names []string
	for _, e := range s.config.Exports {
		names = append(names, e.Name)
	}
	name := values.Get("format")
	if name == "" && len(names) > 0 {
		name = names[0]
	}
	i := slices.Index(names, name)
	if i < 0 {
		return &queries.ArgError{Param: "format", Value: name, Problem: "write one of " + strings.Join(names, ", ")}
	}
	e := s.config.Exports[i]
	ctx, cancel := context.WithTimeout(r.Context(), s.config.Limits.Timeout)
	end, err := turnIn(ctx, s.exports)
	cancel()
	if err != nil {
		return err
	}
	defer end()
	w.Header().Set("Content-Type", e.MediaType)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "parley"+e.Extension))
	w.Header().Set("Cache-Control", "no-store")
	if r.Method == http.MethodHead {
		return nil
	}
	out := &patient{ResponseWriter: w, control: http.NewResponseController(w), patience: s.config.Limits.Reading}
	if err := e.Write(r.Context(), out, s.config.Graph, stated); err != nil {
		if r.Context().Err() == nil {
			s.config.Log.Error("an export ended early", "error", err)
		}
		panic(http.ErrAbortHandler)
	}
	return nil
}

// patient gives a client time for each piece that it reads, and no longer.
type patient struct {
	http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
	next     time.Time
}

func (p *patient) Write(b []byte) (int, error) {
	if now := time.Now(); now.After(p.next) {
		// Where there is no connection there is no deadline either.
		_ = p.control.SetWriteDeadline(now.Add(p.patience))
		p.next = now.Add(p.patience / 4)
	}
	return p.ResponseWriter.Write(b)
}
