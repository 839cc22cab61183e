// Package gizmo answers queries in Gizmo, cayley's query language in
// JavaScript, from a graph.
//
//  1. [Run] gives a session of cayley's own Gizmo one snapshot of the graph,
//     which cannot be written.
//  2. The session runs the query on a goroutine of its own, and hands over row
//     by row; a [Row] is as cayley's JSON has it.
//  3. The query ends by itself, or is interrupted: by the context, at the limit
//     of rows, or where it takes too much memory.
//
// The query is a program, and may do its worst: it may run for ever, call
// itself without end, or make cayley panic. Each is an error. Only a single
// call of a built-in function cannot be interrupted; then Run does not wait
// for it.
package gizmo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/metrics"
	"time"

	"parley/graph"
)

// Options bound an answer.
type Options struct {
	// Limit is the most rows that are given; 0 is no bound.
	Limit int
	// Memory is how many bytes the process may take more than before; 0 is
	// DefaultMemory.
	Memory uint64
}

// DefaultMemory is enough for any query that makes sense.
const DefaultMemory = 512 << 20

// ErrMemory is a query that takes too much memory.
var ErrMemory = errors.New("the query takes too much memory")

// Row is a result by what the query tagged; the end of the path has the tag id.
// An IRI is <IRI>, a blank node _:label, and of a literal there is the value.
// What the query emits is a row as it is if it is an object, else its value.
type Row map[string]any

// Answer is what came of a query. It is Truncated where more rows would have
// come.
type Answer struct {
	Rows      []Row `json:"rows"`
	Truncated bool  `json:"truncated"`
}

// Run answers a query. Its error is that of the context where that ended.
func Run(ctx context.Context, g *graph.Graph, text string, o Options) (*Answer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	v, err := g.View(graph.Options{})
	if err != nil {
		return nil, err
	}
	s, err := begin(v, text)
	if err != nil {
		v.Close()
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go watch(ctx, cancel, cmp.Or(o.Memory, DefaultMemory))
	a, err := s.answer(ctx, o.Limit)
	if !s.stop() {
		// What still runs reads the snapshot.
		go func() {
			for !s.stop() {
			}
			v.Close()
		}()
		return nil, cmp.Or(context.Cause(ctx), err, errEndless)
	}
	v.Close()
	if err := cmp.Or(context.Cause(ctx), s.store.Err(), err); err != nil {
		return nil, err
	}
	return a, nil
}

var errEndless = errors.New("the query does not end")

// watch ends a query that takes too much memory.
func watch(ctx context.Context, cancel context.CancelCauseFunc, most uint64) {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	taken := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64() - sample[1].Value.Uint64()
	}
	before := taken()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if taken() > before+most {
				cancel(fmt.Errorf("%w: more than %d MiB", ErrMemory, most>>20))
				return
			}
		}
	}
}
