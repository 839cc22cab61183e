package mcpserver

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"parley/graph"
	"parley/queries"
)

// mostTold bounds a text that is told back to whoever wrote it.
const mostTold = 200

// tell is the one table of errors and what a model reads of them: what is wrong
// and what would be right. It is "" where the call was given up. What a model can
// do nothing about the log tells.
func (s *server) tell(err error) string {
	var arg *queries.ArgError
	var name *graph.NameError
	switch {
	case errors.As(err, &arg) && arg.Value == "":
		return safe(fmt.Sprintf("argument %q: %s", arg.Param, arg.Problem))
	case errors.As(err, &arg):
		return safe(fmt.Sprintf("argument %q: %s is not right: %s", arg.Param, strconv.Quote(short(arg.Value)), arg.Problem))
	case errors.As(err, &name):
		return safe(s.named(*name))
	case errors.Is(err, errBusy):
		return "too many calls at once, and no turn came in time; ask again in a moment"
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("the answer took longer than %s; ask for less: a shorter time, or one actor", s.config.Limits.Timeout)
	case errors.Is(err, context.Canceled):
		return ""
	}
	s.config.Log.Error("a call failed", "error", err)
	return "the answer failed; the server's log tells why"
}

// named tells of a name that fits none or several, and what may have been meant.
func (s *server) named(e graph.NameError) string {
	e.Text = short(e.Text)
	for i := range e.Near {
		e.Near[i].Name = short(e.Near[i].Name)
	}
	told := e.Error()
	if errors.Is(e.Err, graph.ErrUnknown) {
		told += "; the tool " + s.search + " finds names"
	}
	return told
}

// asFlag is a parameter as the command line writes it.
var asFlag = regexp.MustCompile(`(^|[\s(])--([a-z][a-z-]*)`)

// asArgument writes the names of parameters as a model writes them.
func asArgument(text string) string { return asFlag.ReplaceAllString(text, "$1`$2`") }

// safe makes an error fit to be read: no text in it acts.
func safe(told string) string { return queries.Clean(asArgument(told)) }

// short cuts a text that is too long to be told whole.
func short(text string) string {
	if runes := []rune(text); len(runes) > mostTold {
		return string(runes[:mostTold]) + "…"
	}
	return text
}
