package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/cayleygraph/quad"

	"parley/data"
	"parley/graph"
	"parley/graph/embedded/peers/peer"
	"parley/loader"
)

// batch is how many quads go into a change at once.
const batch = 100_000

// loadHere loads by the packages of a product whose command does not know --db
// yet.
func loadHere(ctx context.Context, folder, db string) (r peer.Report, err error) {
	start := time.Now()
	g, err := graph.Create(ctx, "file:"+db, graph.StoreOptions{})
	if err != nil {
		return r, err
	}
	_, err = g.Update(ctx, func(tx *graph.Tx) error {
		for _, set := range data.Sets() {
			if err := add(ctx, tx, bytes.NewReader(set.Quads), set.Name); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		_, err = graph.Infer(ctx, g, graph.Date{})
	}
	if err == nil {
		_, err = g.Update(ctx, func(tx *graph.Tx) error {
			file, err := os.Open(filepath.Join(folder, "events.nq"))
			if err != nil {
				return err
			}
			return errors.Join(add(ctx, tx, file, file.Name()), file.Close())
		})
	}
	err = errors.Join(err, g.Close())
	return peer.Report{Seconds: time.Since(start).Seconds(), Version: version + ", loaded by its packages"}, err
}

func add(ctx context.Context, tx *graph.Tx, r io.Reader, name string) error {
	quads := make([]quad.Quad, 0, batch)
	err := loader.ReadNQuads(ctx, r, name, func(q quad.Quad) error {
		if quads = append(quads, q); len(quads) < batch {
			return nil
		}
		err := tx.Add(ctx, quads)
		quads = quads[:0]
		return err
	})
	if err != nil {
		return err
	}
	return tx.Add(ctx, quads)
}
