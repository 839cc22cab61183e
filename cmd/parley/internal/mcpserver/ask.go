package mcpserver

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// errBusy is a call for which no turn came in time.
var errBusy = errors.New("too many calls at once")

// within runs what answers a call within the limits of a server, when its turn
// comes. It ends with the call, with the session or with its time.
func (s *server) within(ctx context.Context, do func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Limits.Timeout)
	defer cancel()
	defer context.AfterFunc(s.life, cancel)()
	select {
	case s.waiting <- struct{}{}:
		defer func() { <-s.waiting }()
	default:
		return errBusy
	}
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return errBusy
		}
		return ctx.Err()
	}
	// A mistake in one walk must not end the session.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return do(ctx)
}

// tool makes the SDK's handler of what answers the calls of a tool.
func (s *server) tool(call func(context.Context, []byte) (*mcp.CallToolResult, error)) mcp.ToolHandler {
	return func(ctx context.Context, r *mcp.CallToolRequest) (result *mcp.CallToolResult, err error) {
		err = s.within(ctx, func(ctx context.Context) (err error) {
			result, err = call(ctx, r.Params.Arguments)
			return err
		})
		if err == nil {
			return result, nil
		}
		told := s.tell(err)
		if told == "" {
			return nil, err // nobody waits for it any more
		}
		return &mcp.CallToolResult{IsError: true, Content: []mcp.Content{&mcp.TextContent{Text: told}}}, nil
	}
}
