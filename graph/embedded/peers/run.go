package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"parley/graph/embedded/peers/peer"
)

// program is how a store is run: its command line, before load or query, and
// the format that it reads. Files in the command stand in the scratch folder.
type program struct {
	name, format string
	command      []string
	// in follows load or query.
	in []string
}

var programs = []program{
	{name: "parley", format: "nq", command: []string{"bin/parley"}},
	{name: "parley-handles", format: "nq", command: []string{"bin/parley", "-handles"}},
	{name: "sqlite", format: "csv", command: []string{"bin/sqlite"}, in: []string{"text"}},
	{name: "sqlite-numbers", format: "numbers", command: []string{"bin/sqlite"}, in: []string{"numbers"}},
	{name: "postgres", format: "csv", command: []string{"bin/postgres"}},
	{name: "postgres-numbers", format: "numbers", command: []string{"bin/postgres", "-numbers"}},
	{name: "kuzu", format: "kuzu", command: []string{"node", "kuzu/kuzu.js"}, in: []string{"text"}},
	{name: "kuzu-numbers", format: "kuzu-numbers", command: []string{"node", "kuzu/kuzu.js"}, in: []string{"numbers"}},
	{name: "memstore", format: "nq", command: []string{"bin/cayley"}},
	{name: "leveldb", format: "nq", command: []string{"bin/cayley", "-leveldb"}},
}

func allPrograms() []string {
	var names []string
	for _, p := range programs {
		names = append(names, p.name)
	}
	return names
}

func lookup(name string) (program, bool) {
	for _, p := range programs {
		if p.name == name {
			return p, true
		}
	}
	return program{}, false
}

// result is what one store made of one size, once.
type result struct {
	Time     string
	Peer     string
	Events   int
	Version  string
	Figures  map[string]float64 // by the names of measures
	Measures map[string]float64 `json:",omitempty"` // that only this store has
	// Late is what took longer than the limit.
	Late string `json:",omitempty"`
}

func appendLine(w io.Writer, r result) error { return json.NewEncoder(w).Encode(r) }

// measure loads a store and asks it. Without answers it was late.
func (p plan) measure(ctx context.Context, store program, n int, data string) (result, *answers, error) {
	r := result{Time: time.Now().Format(time.RFC3339), Peer: store.name, Events: n, Figures: map[string]float64{}}
	db, out := filepath.Join(p.scratch, store.name+".db"), filepath.Join(p.scratch, store.name+".out")
	for _, path := range []string{db, out} {
		if err := os.RemoveAll(path); err != nil {
			return r, nil, err
		}
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return r, nil, err
	}
	if !p.keep {
		defer func() { _ = os.RemoveAll(db) }()
	}
	if err := settle(data); err != nil {
		return r, nil, err
	}
	loaded, err := p.call(ctx, store, "load", data, db)
	if err != nil {
		return r.late(err, "load")
	}
	r.Version, r.Measures = loaded.Version, loaded.Measures
	r.Figures["load s"], r.Figures["load MB"] = loaded.Seconds, megabytes(1024*loaded.PeakKiB)
	size := loaded.Bytes
	if size == 0 {
		if size, err = sizeOf(db); err != nil {
			return r, nil, err
		}
	}
	if size > 0 { // else nothing is kept
		r.Figures["disk MB"] = megabytes(size)
	}
	if err := settle(db); err != nil {
		return r, nil, err
	}
	asked, err := p.call(ctx, store, "query", data, db, out)
	if err != nil {
		return r.late(err, "query")
	}
	r.Figures["query MB"] = megabytes(1024 * asked.PeakKiB)
	if asked.Measures != nil {
		r.Measures = asked.Measures
	}
	given, err := readAnswers(store.name, out, r.Figures)
	return r, given, err
}

// errLate is a command that was ended at the limit.
var errLate = errors.New("took too long")

func (r result) late(err error, what string) (result, *answers, error) {
	if !errors.Is(err, errLate) {
		return r, nil, err
	}
	r.Late = what
	return r, nil, nil
}

// call runs a program of a store.
func (p plan) call(ctx context.Context, store program, what string, args ...string) (peer.Report, error) {
	var report peer.Report
	ctx, stop := context.WithTimeoutCause(ctx, p.limit, errLate)
	defer stop()
	name := store.command[0]
	if strings.Contains(name, "/") {
		name = filepath.Join(p.scratch, name)
	}
	rest := append(append(append(append([]string{}, store.command[1:]...), what), store.in...), args...)
	c := exec.CommandContext(ctx, name, rest...)
	c.Dir = p.scratch
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = 5 * time.Second
	var told bytes.Buffer
	c.Stdout, c.Stderr = &told, os.Stderr
	err := c.Run()
	if cause := context.Cause(ctx); cause != nil {
		return report, cause
	}
	if err != nil {
		return report, fmt.Errorf("%s: %s: %w", store.name, what, err)
	}
	if err := json.Unmarshal(told.Bytes(), &report); err != nil {
		return report, fmt.Errorf("%s: %s: printed %q: %w", store.name, what, told.String(), err)
	}
	return report, nil
}

// settle lets earlier writes reach the disk and files be in memory, so that no
// store pays for another.
func settle(path string) error {
	syscall.Sync()
	return filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, file)
		return errors.Join(err, file.Close())
	})
}

// sizeOf adds up the files of a database, which may be one file with others
// beside it.
func sizeOf(db string) (int64, error) {
	var total int64
	paths, err := filepath.Glob(db + "*")
	for _, path := range paths {
		err = errors.Join(err, filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			info, err := d.Info()
			if err == nil {
				total += info.Size()
			}
			return err
		}))
	}
	return total, err
}

func megabytes(n int64) float64 { return float64(n) / 1e6 }
