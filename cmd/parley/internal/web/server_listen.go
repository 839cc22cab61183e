package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Serve answers what comes in at a listener until the context ends, and then
// takes no more and lets what runs come to its end, for as long as the limits say.
// The error is nil where all of it did.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	limits := s.config.Limits
	server := &http.Server{
		Handler: s,
		// A client that is slow to ask, or to read, is cut off. Exports move the
		// time for writing on as they are read (patient).
		ReadHeaderTimeout: limits.Header, ReadTimeout: 2 * limits.Header, WriteTimeout: limits.Timeout + limits.Reading,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: mostHeader,
		DisableGeneralOptionsHandler: true, // it would answer past the guards
		// Requests do not end with ctx: they are let run.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
		ErrorLog:    slog.NewLogLogger(s.config.Log.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		s.Ending()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), limits.Grace)
		defer cancel()
		err := server.Shutdown(late)
		if errors.Is(err, context.DeadlineExceeded) {
			err = errors.Join(fmt.Errorf("requests were still running after %s and were cut off", limits.Grace), server.Close())
		}
		ended <- err
	})
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		if stop() {
			return errors.Join(err, server.Close())
		}
		return errors.Join(err, <-ended)
	}
	return <-ended
}
