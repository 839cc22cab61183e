// Command cayley asks the questions of cayley's own stores: memstore, or, with
// -leveldb, leveldb. Quads come from the N-Quads file through cayley's reader.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/kv"
	"github.com/cayleygraph/cayley/graph/kv/leveldb"
	"github.com/cayleygraph/cayley/graph/memstore"
	"github.com/cayleygraph/quad/nquads"

	"parley/graph/embedded/peers/peer"
)

const version = "cayley 0.7.7"

// batch is how many quads go into the store at once.
const batch = 100_000

func main() {
	level := flag.Bool("leveldb", false, "on disk, by leveldb")
	flag.Parse()
	os.Args = append(os.Args[:1], flag.Args()...)
	if *level {
		peer.Main(peer.Commands{Load: loadLevel, Query: func(_ context.Context, data, db, out string) (peer.Report, error) {
			qs, err := openLevel(db)
			if err != nil {
				return peer.Report{}, err
			}
			defer func() { _ = qs.Close() }()
			return peer.Report{Version: version}, ask(qs, data, out)
		}})
		return
	}
	peer.Main(peer.Commands{
		// Memstore keeps nothing: to load is a part of every query.
		Load: func(_ context.Context, data, db string) (peer.Report, error) {
			if err := os.MkdirAll(db, 0o755); err != nil {
				return peer.Report{}, err
			}
			_, seconds, err := fill(memstore.New(), data)
			return peer.Report{Seconds: seconds, Version: version}, err
		},
		Query: func(_ context.Context, data, _, out string) (peer.Report, error) {
			qs, _, err := fill(memstore.New(), data)
			if err != nil {
				return peer.Report{}, err
			}
			return peer.Report{Version: version}, ask(qs, data, out)
		},
	})
}

func loadLevel(_ context.Context, data, db string) (peer.Report, error) {
	if err := os.RemoveAll(db); err != nil {
		return peer.Report{}, err
	}
	made, err := leveldb.Create(db, unsynced)
	if err != nil {
		return peer.Report{}, err
	}
	if err := kv.Init(made, unsynced); err != nil {
		return peer.Report{}, err
	}
	qs, err := kv.New(made, unsynced)
	if err != nil {
		return peer.Report{}, err
	}
	_, seconds, err := fill(qs, data)
	if err != nil {
		return peer.Report{}, err
	}
	start := time.Now()
	if err := qs.Close(); err != nil {
		return peer.Report{}, err
	}
	if err := syncAll(db); err != nil {
		return peer.Report{}, err
	}
	return peer.Report{Seconds: seconds + time.Since(start).Seconds(), Version: version}, nil
}

// unsynced leaves it to the end of a load to sync.
var unsynced = graph.Options{"nosync": true}

func openLevel(db string) (graph.QuadStore, error) {
	opened, err := leveldb.Open(db, nil)
	if err != nil {
		return nil, err
	}
	return kv.New(opened, nil)
}

// syncAll syncs the files in a folder.
func syncAll(dir string) error {
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}

// fill puts the events into a store.
func fill(qs graph.QuadStore, data string) (graph.QuadStore, float64, error) {
	start := time.Now()
	file, err := os.Open(filepath.Join(data, "events.nq"))
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = file.Close() }()
	r := nquads.NewReader(file, false)
	deltas := make([]graph.Delta, 0, batch)
	for {
		q, err := r.ReadQuad()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, 0, err
		}
		if err == nil {
			deltas = append(deltas, graph.Delta{Quad: q, Action: graph.Add})
		}
		if len(deltas) == batch || err != nil && len(deltas) > 0 {
			// No quad comes twice, and to be told so is quicker.
			if err := qs.ApplyDeltas(deltas, graph.IgnoreOpts{}); err != nil {
				return nil, 0, fmt.Errorf("apply %d quads: %w", len(deltas), err)
			}
			deltas = deltas[:0]
		}
		if err != nil {
			return qs, time.Since(start).Seconds(), nil
		}
	}
}
