// Command generate writes events, and the questions that are asked of them,
// into a folder. What is there already stays.
//
//	generate -events 1000000 -formats nq,csv -dir scratch/1000000
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"parley/graph/embedded/peers/events"
)

func main() {
	n := flag.Int("events", 1000, "how many events")
	seed := flag.Uint64("seed", 3, "where the random numbers begin")
	dir := flag.String("dir", ".", "the folder")
	formats := flag.String("formats", strings.Join(events.Formats(), ","), "the formats, with commas between")
	flag.Parse()
	if err := generate(*dir, *n, *seed, strings.Split(*formats, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(dir string, n int, seed uint64, formats []string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := once(dir, fmt.Sprintf("questions-%d", seed), func() error { return events.Ask(dir, n, seed) }); err != nil {
		return err
	}
	for _, name := range formats {
		if err := once(dir, fmt.Sprintf("%s-%d", name, seed), func() error { return events.Write(dir, name, n, seed) }); err != nil {
			return err
		}
	}
	return nil
}

// once does something unless a mark tells that it was done.
func once(dir, what string, do func() error) error {
	mark := filepath.Join(dir, "done-"+what)
	if _, err := os.Stat(mark); err == nil {
		return nil
	}
	if err := do(); err != nil {
		return err
	}
	return os.WriteFile(mark, nil, 0o644)
}
