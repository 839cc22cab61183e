package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/graph"
	"parley/queries"
)

// Export is a format in which the graph, or a part of it, is given.
type Export struct {
	Name, MediaType, Extension, Meaning string
	// Binary tells that it is no text.
	Binary bool
	// Write writes quads as it goes.
	Write func(ctx context.Context, w io.Writer, quads graph.Quads) error
}

// exportAsked is what a request asks of an export.
type exportAsked struct {
	format  Export
	around  []string // names or ids of nodes; none for the whole graph
	hops    int
	options graph.Options
}

// mostHops bounds a walk that would only find out that it has everything.
const mostHops = 100

// apiExport streams the graph, or what is around some nodes.
func (s *Server) apiExport(w http.ResponseWriter, r *http.Request) error {
	asked, err := s.exportAsked(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.config.Limits.Timeout)
	end, err := turnIn(ctx, s.exports)
	cancel()
	if err != nil {
		return err
	}
	defer end()
	if len(asked.around) == 0 {
		quads := s.config.Graph.Quads(r.Context())
		if asked.options.StatedOnly {
			quads = graph.Stated(quads)
		}
		return s.stream(w, r, asked.format, quads)
	}
	return s.history.Look(r.Context(), asked.options, func(v *graph.View) error {
		nodes := make([]graph.Node, len(asked.around))
		for i, name := range asked.around {
			if nodes[i], err = v.ResolveAny(r.Context(), name, asked.options.KnownBy); err != nil {
				return err
			}
		}
		tellCorrections(w.Header(), v.Corrections())
		return s.stream(w, r, asked.format, v.Around(r.Context(), nodes, asked.hops, graph.MostAround))
	})
}

func (s *Server) exportAsked(r *http.Request) (asked exportAsked, err error) {
	values := r.URL.Query()
	asked.around = values["around"]
	if values.Has("around") { // it alone may be given more than once
		values["around"] = asked.around[:1]
	}
	if err := only(values, "format", "around", "hops", "known-by", "stated-only"); err != nil {
		return asked, err
	}
	for _, name := range asked.around {
		if strings.TrimSpace(name) == "" {
			return asked, &queries.ArgError{Param: "around", Value: name, Problem: "needs a value: the id or a name of a node, such as person/liu-he"}
		}
	}
	for _, param := range []string{"hops", "known-by"} {
		if values.Has(param) && len(asked.around) == 0 {
			return asked, &queries.ArgError{Param: param, Value: values.Get(param), Problem: "goes with around"}
		}
	}
	asked.hops = 1
	if values.Has("hops") {
		if asked.hops, err = strconv.Atoi(values.Get("hops")); err != nil || asked.hops < 0 || asked.hops > mostHops {
			return asked, &queries.ArgError{Param: "hops", Value: values.Get("hops"), Problem: fmt.Sprintf("write a whole number from 0 to %d", mostHops)}
		}
	}
	if asked.options.KnownBy, err = knownBy(r); err != nil {
		return asked, err
	}
	if asked.options.StatedOnly, err = boolean(values, "stated-only"); err != nil {
		return asked, err
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
		return asked, &queries.ArgError{Param: "format", Value: name, Problem: "write one of " + strings.Join(names, ", ")}
	}
	asked.format = s.config.Exports[i]
	return asked, nil
}

// stream writes quads. An answer that ends early is cut off, so that nobody
// takes it for whole; one that has not begun may fail as others do.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, e Export, quads graph.Quads) error {
	h := w.Header()
	h.Set("Content-Type", e.MediaType)
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "parley"+e.Extension))
	h.Set("Cache-Control", "no-store")
	if r.Method == http.MethodHead {
		return nil
	}
	out := &patient{ResponseWriter: w, control: http.NewResponseController(w), patience: s.config.Limits.Reading}
	err := e.Write(r.Context(), out, quads)
	switch {
	case err == nil:
		return nil
	case !out.begun:
		h.Del("Content-Disposition")
		return err
	case r.Context().Err() == nil:
		s.config.Log.Error("an export ended early", "error", err)
	}
	panic(http.ErrAbortHandler)
}

// patient gives a client time for each piece that it reads, and no longer.
type patient struct {
	http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
	next     time.Time
	begun    bool // something was written
}

func (p *patient) Write(b []byte) (int, error) {
	p.begun = true
	if now := time.Now(); now.After(p.next) {
		// Where there is no connection there is no deadline either.
		_ = p.control.SetWriteDeadline(now.Add(p.patience))
		p.next = now.Add(p.patience / 4)
	}
	return p.ResponseWriter.Write(b)
}
