// Command peers compares parley's store with what people would pick instead.
// It runs each store on the same events, one after the other, checks that all
// give the same answers, and prints tables. README.md tells what is measured;
// `make bench-peers` installs what is missing and runs it.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// plan is what is to be run.
type plan struct {
	scratch string
	sizes   []int
	peers   []program
	repeat  int
	seed    uint64
	limit   time.Duration
	keep    bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := compare(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func compare(ctx context.Context, args []string) error {
	var p plan
	flags := flag.NewFlagSet("peers", flag.ContinueOnError)
	flags.StringVar(&p.scratch, "scratch", "scratch", "the folder with the programs in bin; events and databases go there too")
	sizes := flags.String("sizes", "10000 100000 1000000", "how many events, one run for each number")
	names := flags.String("peers", strings.Join(allPrograms(), " "), "the stores, in the order in which they run")
	out := flags.String("out", "", "a file for the tables, which standard output gets too")
	flags.IntVar(&p.repeat, "repeat", 1, "how often all is run; the tables have the medians")
	flags.Uint64Var(&p.seed, "seed", 3, "where the random numbers begin")
	flags.DurationVar(&p.limit, "limit", 10*time.Minute, "how long a store may take to load, and to answer")
	flags.BoolVar(&p.keep, "keep", false, "leave the databases")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, field := range strings.Fields(*sizes) {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1000 {
			return fmt.Errorf("-sizes: %q is no number from 1000 on", field)
		}
		p.sizes = append(p.sizes, n)
	}
	for _, name := range strings.Fields(*names) {
		known, ok := lookup(name)
		if !ok {
			return fmt.Errorf("-peers: there is no %q; write some of %s", name, strings.Join(allPrograms(), ", "))
		}
		p.peers = append(p.peers, known)
	}
	if len(p.sizes) == 0 || len(p.peers) == 0 || p.repeat < 1 {
		return errors.New("nothing to run")
	}
	var err error
	if p.scratch, err = filepath.Abs(p.scratch); err != nil {
		return err
	}
	to := io.Writer(os.Stdout)
	if *out != "" {
		file, err := os.Create(*out)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		to = io.MultiWriter(to, file)
	}
	results, failed := p.run(ctx)
	if len(results) > 0 {
		if err := write(to, describe(p), results); err != nil {
			return err
		}
	}
	return failed
}

// run runs everything. What was measured before a failure is given too.
func (p plan) run(ctx context.Context) (results []result, err error) {
	log, err := os.OpenFile(filepath.Join(p.scratch, "results.jsonl"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	for _, n := range p.sizes {
		data := filepath.Join(p.scratch, strconv.Itoa(n))
		if err := p.generate(ctx, n, data); err != nil {
			return results, err
		}
		var first *answers
		for round := range p.repeat {
			for _, peer := range p.peers {
				fmt.Fprintf(os.Stderr, "%s: %s events, run %d of %d: %s\n", time.Now().Format(time.TimeOnly), grouped(n), round+1, p.repeat, peer.name)
				r, given, err := p.measure(ctx, peer, n, data)
				if err != nil {
					return results, err
				}
				results = append(results, r)
				if err := appendLine(log, r); err != nil {
					return results, err
				}
				if given == nil {
					continue
				}
				if first = cmp.Or(first, given); first != given {
					if err := first.compare(given, data); err != nil {
						return results, err
					}
				}
			}
		}
	}
	return results, nil
}

// generate makes the events in a process of its own, so that this one stays
// small: the kernel counts its memory as that of what it starts.
func (p plan) generate(ctx context.Context, n int, data string) error {
	formats := map[string]bool{}
	for _, peer := range p.peers {
		formats[peer.format] = true
	}
	var names []string
	for f := range formats {
		names = append(names, f)
	}
	c := exec.CommandContext(ctx, filepath.Join(p.scratch, "bin", "generate"),
		"-events", strconv.Itoa(n), "-seed", strconv.FormatUint(p.seed, 10), "-formats", strings.Join(names, ","), "-dir", data)
	c.Stderr = os.Stderr
	return c.Run()
}
