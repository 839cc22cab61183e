package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// describe tells where and how figures were made.
func describe(p plan) string {
	var numbers, names []string
	for _, n := range p.sizes {
		numbers = append(numbers, strconv.Itoa(n))
	}
	for _, peer := range p.peers {
		names = append(names, peer.name)
	}
	memory, _ := strconv.ParseFloat(strings.Fields(line("/proc/meminfo", "MemTotal:"))[0], 64)
	load, _ := os.ReadFile("/proc/loadavg")
	busy := ""
	if fields := strings.Fields(string(load)); len(fields) > 0 {
		busy = fields[0]
	}
	return fmt.Sprintf(`# Stores compared

%s, %d cores, %s GB, %s, %s. Medians of %d. Load of the machine at the end: %s.

    make bench-peers SIZES="%s" PEERS="%s" REPEAT=%d

Less is better, but for quads/s. Memory and disk are in millions of bytes.
`,
		strings.TrimLeft(line("/proc/cpuinfo", "model name"), "\t :"), runtime.NumCPU(), strconv.FormatFloat(memory/1e6, 'f', 0, 64),
		runtime.Version(), time.Now().Format(time.DateOnly), p.repeat, busy,
		strings.Join(numbers, " "), strings.Join(names, " "), p.repeat)
}

// line returns what follows a name in a file of /proc, "?" if nothing does.
func line(file, name string) string {
	text, _ := os.ReadFile(file)
	_, rest, ok := strings.Cut(string(text), name)
	if !ok {
		return "?"
	}
	rest, _, _ = strings.Cut(rest, "\n")
	return rest
}
