package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/cayleygraph/cayley/graph"
	_ "github.com/cayleygraph/cayley/graph/sql/postgres"
	"github.com/cayleygraph/quad/nquads"
)

// What cayley's own writer is given: all of it would take an hour.
const (
	sample      = 240_000
	sampleBatch = 10_000
)

// cayleyWriter takes the time of cayley's own backend for PostgreSQL, of the first
// quads into an empty database.
func cayleyWriter(ctx context.Context, m *measured, data string) (err error) {
	if err := graph.InitQuadStore("postgres", m.url, nil); err != nil {
		return err
	}
	qs, err := graph.NewQuadStore("postgres", m.url, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, qs.Close()) }()
	file, err := os.Open(filepath.Join(data, "events.nq"))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	r := nquads.NewReader(file, false)
	var deltas []graph.Delta
	written := 0
	start := time.Now()
	for written < sample && ctx.Err() == nil {
		q, err := r.ReadQuad()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if deltas = append(deltas, graph.Delta{Quad: q, Action: graph.Add}); len(deltas) == sampleBatch {
			if err := qs.ApplyDeltas(deltas, graph.IgnoreOpts{IgnoreDup: true}); err != nil {
				return err
			}
			written += len(deltas)
			deltas = deltas[:0]
		}
	}
	m.set("load, thousand quads a second", "%.1f", float64(written)/time.Since(start).Seconds()/1000)
	return ctx.Err()
}
