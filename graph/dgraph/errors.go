package dgraph

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

var (
	// ErrUnreachable is a cluster of which no alpha answers.
	ErrUnreachable = errors.New("no alpha of the cluster answers")
	// ErrLost is a change whose lock another process has taken, because it had
	// not heard of this one for a while. Nothing of the change was made.
	ErrLost = errors.New("another process took the store's lock")
	// ErrTooOld is a snapshot that was taken so long ago that what it shows has
	// been cleared away.
	ErrTooOld = errors.New("the snapshot is too old: take a new one")
	// ErrUncertain is a change of which the cluster could not tell in the end
	// whether it was made. It was made whole or not at all.
	ErrUncertain = errors.New("the cluster did not tell whether the change was made")
)

// transient tells whether an error may go away by itself: a server that starts, a
// group that chooses a leader, a predicate that moves to another group.
func transient(err error) bool {
	if errors.Is(err, ErrUnreachable) {
		return true
	}
	s, ok := status.FromError(err)
	if !ok {
		return false
	}
	switch s.Code() {
	case codes.Unavailable, codes.Aborted, codes.DeadlineExceeded, codes.ResourceExhausted, codes.FailedPrecondition, codes.Canceled:
		return !strings.Contains(s.Message(), "larger than max")
	case codes.Unknown, codes.Internal:
		return containsAny(s.Message(), passing...)
	}
	return false
}

// passing are words of errors that Dgraph gives no code of their own.
var passing = []string{
	"retry", "Retry", "aborted", "Transaction conflict", "predicate move", "Predicate is being moved",
	"No connection exists", "Unhealthy connection", "connection refused", "connection reset", "transport", "error reading from server",
	"not leader", "not the leader", "No leader", "no leader", "Unreachable leader", "is not ready", "overloaded", "deadline exceeded", "context canceled", "EOF",
	"Unable to reach leader", "another operation is already running", "being indexed", "unserved tablet", "Tablet isn't being served", "StartTs",
	"Assigning IDs is only allowed on leader", "while retrieving timestamps", "not assigned to any group", "is not served",
}

func containsAny(text string, words ...string) bool {
	for _, word := range words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// told puts an error of the cluster into words of ours. Whatever a caller's
// context has to do with it is told as the context tells it.
func told(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	s, ok := status.FromError(err)
	if !ok || errors.Is(err, ErrUnreachable) {
		return err
	}
	switch s.Code() {
	case codes.PermissionDenied:
		return fmt.Errorf("the cluster does not permit it: %s; let the user read and modify the store's predicates, or ask with one who may", s.Message())
	case codes.Unauthenticated:
		return fmt.Errorf("the cluster wants to know who asks: %s; write USER:PASSWORD@ before the host", s.Message())
	case codes.Unimplemented:
		return fmt.Errorf("what answers there is no Dgraph, or one too old: %s; give the gRPC port of an alpha, which is 9080 if nothing else was said", s.Message())
	}
	if strings.Contains(s.Message(), "unauthorized ip address") {
		return fmt.Errorf("the cluster does not let this machine change its schema: %s; start the alphas with --security whitelist=…", s.Message())
	}
	return errors.New(s.Message())
}
