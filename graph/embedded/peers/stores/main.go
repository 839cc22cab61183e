// Command stores measures parley's own stores side by side: one in a folder, one
// in PostgreSQL, one on a Dgraph cluster, each by its URL, which must not be
// there yet.
//
//	stores -data DATA -product parley NAME=URL…
//
// run starts the servers and gives it all that; what it says of Dgraph is one
// machine. NAME=cayley:URL is cayley's own backend for PostgreSQL, of which only
// the writer is measured, by a part of the events.
//
// It loads the events in DATA by the product, asks all stores the same questions
// from 1, 8 and 64 clients, walks hops of 1, 1,000 and 10,000 nodes, asks every
// predefined query of the built-in sets, checks that all answer the same, and
// prints tables. A URL that ends in ! is taken as loaded.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"parley/graph"
	"parley/graph/embedded/peers/events"

	_ "parley/graph/dgraph"
	_ "parley/graph/postgres"
)

// measured is what was measured of one store.
type measured struct {
	name, url string
	cayley    bool
	rows      map[string]string // by what was measured
	answers   map[string]uint64 // a hash by question, to compare
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "stores:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("stores", flag.ContinueOnError)
	data := flags.String("data", "", "the folder with events.nq and the questions, as generate makes it")
	product := flags.String("product", "parley", "the program to load with")
	only := flags.String("only", "load walks hops queries", "what to measure")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *data == "" || flags.NArg() == 0 {
		return errors.New("usage: stores -data DATA -product parley NAME=URL…")
	}
	var all []*measured
	for _, arg := range flags.Args() {
		name, url, ok := strings.Cut(arg, "=")
		if !ok {
			return fmt.Errorf("%s: write NAME=URL", arg)
		}
		url, cayley := strings.CutPrefix(url, "cayley:")
		m := &measured{name: name, url: url, cayley: cayley, rows: map[string]string{}, answers: map[string]uint64{}}
		all = append(all, m)
		for _, what := range []struct {
			word string
			do   func(context.Context, *measured) error
		}{
			{"load", func(ctx context.Context, m *measured) error {
				if m.cayley {
					return cayleyWriter(ctx, m, *data)
				}
				return load(ctx, m, *product, *data)
			}},
			{"walks", func(ctx context.Context, m *measured) error { return walk(ctx, m, *data) }},
			{"hops", func(ctx context.Context, m *measured) error { return hops(ctx, m, *data) }},
			{"queries", ask},
		} {
			if !strings.Contains(*only, what.word) || m.cayley && what.word != "load" {
				continue
			}
			fmt.Fprintf(os.Stderr, "%s: %s: %s\n", time.Now().Format(time.TimeOnly), name, what.word)
			if err := what.do(ctx, m); err != nil {
				return fmt.Errorf("%s: %s: %w", name, what.word, err)
			}
		}
		for question, hash := range m.answers {
			if first, ok := all[0].answers[question]; ok && first != hash {
				return fmt.Errorf("%s and %s answer %s otherwise", all[0].name, name, question)
			}
		}
	}
	print(os.Stdout, all)
	return nil
}

// load loads the events by the product.
func load(ctx context.Context, m *measured, product, data string) error {
	url, loaded := strings.CutSuffix(m.url, "!")
	if m.url = url; loaded {
		return nil
	}
	c := exec.CommandContext(ctx, product, "load", filepath.Join(data, "events.nq"), "--db", m.url)
	c.Stderr = os.Stderr
	start := time.Now()
	out, err := c.Output()
	took := time.Since(start)
	if err != nil {
		return err
	}
	g, err := graph.Open(ctx, m.url)
	if err != nil {
		return err
	}
	defer func() { _ = g.Close() }()
	held, err := g.Stats(ctx)
	if err != nil {
		return err
	}
	m.set("load, s", "%.1f", took.Seconds())
	m.set("load, thousand quads a second", "%.0f", float64(held.Quads)/took.Seconds()/1000)
	if d, err := g.Describe(ctx); err == nil {
		var bytes int64
		for _, f := range d.Files {
			bytes += f.Bytes
		}
		m.set("size, MB", "%.0f", float64(bytes)/1e6)
	}
	_, _ = os.Stderr.Write(out)
	return nil
}

func (m *measured) set(what, format string, value any) {
	order(what)
	m.rows[what] = fmt.Sprintf(format, value)
}

// ordered is what was measured, in the order in which it first was.
var ordered []string

func order(what string) {
	for _, w := range ordered {
		if w == what {
			return
		}
	}
	ordered = append(ordered, what)
}

func print(w *os.File, all []*measured) {
	names, rule := "| |", "|---|"
	for _, m := range all {
		names, rule = names+" "+m.name+" |", rule+"---:|"
	}
	fmt.Fprintln(w, names)
	fmt.Fprintln(w, rule)
	for _, what := range ordered {
		line := "| " + what + " |"
		for _, m := range all {
			line += " " + m.rows[what] + " |"
		}
		fmt.Fprintln(w, line)
	}
}

// base is where the names of the generator's nodes begin.
const base = events.Base
