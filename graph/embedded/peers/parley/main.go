// Command parley asks the questions of parley itself: it loads with the
// product's own command, and walks its graph by View.Expand.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"parley/graph"
	"parley/graph/embedded/peers/events"
	"parley/graph/embedded/peers/peer"
	"parley/graph/embedded/peers/walks"
)

// handles asks by the handles of nodes, as queries walk, and not by their names.
var handles = flag.Bool("handles", false, "ask by handles, not by names")

func main() {
	flag.Parse()
	os.Args = append(os.Args[:1], flag.Args()...)
	peer.Main(peer.Commands{Load: load, Query: query})
}

// The command lines of the product that are measured.
func loadCommand(quads, db string) []string { return []string{"load", quads, "--db", db} }
func askCommand(query, db string) []string  { return []string{"query", query, "--db", db} }

// binary is the product, which stands in a folder beside this program.
func binary() (string, error) {
	self, err := os.Executable()
	return filepath.Join(filepath.Dir(self), "product", "parley"), err
}

// product runs the product and tells how long that took and what memory it
// had. This process must be small yet: the kernel counts what it has at the
// start of another program as memory of that program.
func product(ctx context.Context, args []string) (time.Duration, int64, error) {
	path, err := binary()
	if err != nil {
		return 0, 0, err
	}
	c := exec.CommandContext(ctx, path, args...)
	c.Stderr = os.Stderr
	start := time.Now()
	err = c.Run()
	took := time.Since(start)
	if err != nil {
		return 0, 0, fmt.Errorf("%v: %w", c.Args, err)
	}
	return took, c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss, nil
}

func load(ctx context.Context, data, db string) (peer.Report, error) {
	if err := os.RemoveAll(db); err != nil {
		return peer.Report{}, err
	}
	took, peak, err := product(ctx, loadCommand(filepath.Join(data, "events.nq"), db))
	return peer.Report{Seconds: took.Seconds(), PeakKiB: peak, Version: version}, err
}

func query(ctx context.Context, data, db, out string) (r peer.Report, err error) {
	r = peer.Report{Version: version, Measures: map[string]float64{}}
	if err := processes(ctx, db, r.Measures); err != nil {
		return r, err
	}
	start := time.Now()
	g, err := graph.Open(ctx, "file:"+db)
	if err != nil {
		return r, err
	}
	r.Measures["open, ms"] = milliseconds(time.Since(start))
	defer func() { err = errors.Join(err, g.Close()) }()
	if err := walk(ctx, g, data, out, *handles); err != nil {
		return r, err
	}
	named, err := answer(ctx, g)
	if err != nil {
		return r, err
	}
	maps.Copy(r.Measures, named)
	own, err := peer.Anonymous()
	r.Measures["memory without mapped files in the end, MB"] = float64(own) * 1024 / 1e6
	return r, err
}

// walk asks every question in one view: from names to names or, with handles,
// from the handle of a node to handles, looking names up before and after.
func walk(ctx context.Context, g *graph.Graph, data, out string, handles bool) error {
	v, err := g.View(graph.Options{})
	if err != nil {
		return err
	}
	defer v.Close()
	w := walks.Walker{View: v}
	for _, kind := range events.Questions {
		var met []graph.Node
		err := peer.AskTimed(data, out, kind, func(to []string, q peer.Question) (_ []string, took time.Duration, err error) {
			start := time.Now()
			n := w.Node(q)
			if handles {
				start = time.Now()
			}
			if met, err = w.Ask(ctx, met[:0], kind, n, q); err != nil {
				return nil, 0, err
			}
			if handles {
				took = time.Since(start)
			}
			if to, err = w.Names(to, met); !handles {
				took = time.Since(start)
			}
			return to, took, err
		})
		if err != nil {
			return err
		}
	}
	return v.Err()
}

const version = "parley"

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
