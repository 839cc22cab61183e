package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"parley/graph"
	"parley/queries"
	"parley/queries/picture"
)

// statusGone is what a request is logged as whose client went away.
const statusGone = 499

// failure is what went wrong, for whoever asked.
type failure struct {
	status int
	title  string
	detail string
	param  string      // the parameter that is to blame, "" for none
	near   []graph.Ref // what may have been meant
}

// fail is the one table of errors and statuses. What a client can do nothing
// about it does not tell.
func fail(err error) failure {
	var arg *queries.ArgError
	var name *graph.NameError
	var told failure
	switch {
	case errors.As(err, &told):
		return told
	case errors.As(err, &arg):
		return failure{http.StatusBadRequest, "An argument cannot be taken", unflagged(err), arg.Param, nil}
	case errors.As(err, &name) && errors.Is(err, graph.ErrAmbiguous):
		return failure{http.StatusConflict, "A name stands for several", unflagged(err), "", name.Near}
	case errors.As(err, &name):
		return failure{http.StatusNotFound, "A name stands for nothing here", unflagged(err), "", name.Near}
	case errors.Is(err, picture.ErrTooLarge):
		return failure{http.StatusUnprocessableEntity, "The picture is too large", err.Error(), "", nil}
	case errors.Is(err, graph.ErrTooMuch):
		return failure{http.StatusUnprocessableEntity, "The surroundings are too large", err.Error() + "; ask for fewer hops or other nodes, or for the whole graph", "", nil}
	case errors.Is(err, errBusy):
		return failure{http.StatusServiceUnavailable, "Too many questions at once", "no turn came in time; ask again in a moment", "", nil}
	case errors.Is(err, context.DeadlineExceeded):
		return failure{http.StatusServiceUnavailable, "The answer took too long", "the time limit of a request was reached; ask for less: a shorter time, one actor", "", nil}
	case errors.Is(err, context.Canceled):
		return failure{statusGone, "The client went away", "", "", nil}
	}
	return failure{http.StatusInternalServerError, "The answer failed", "the server's log tells why", "", nil}
}

// failed is fail, with a word in the log where the server is to blame.
func (s *Server) failed(path string, err error) failure {
	f := fail(err)
	if f.status >= http.StatusInternalServerError && f.status != http.StatusServiceUnavailable {
		s.config.Log.Error("a request failed", "path", path, "error", err)
	}
	return f
}

// unflagged tells of a parameter without the dashes of the command line.
func unflagged(err error) string { return strings.TrimPrefix(err.Error(), "--") }

// notFound is a failure of its own.
func notFound(detail string) error {
	return failure{http.StatusNotFound, "There is no such thing here", detail, "", nil}
}

func (f failure) Error() string { return f.title + ": " + f.detail }
