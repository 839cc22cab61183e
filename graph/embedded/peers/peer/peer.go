// Package peer is what the Go programs of the comparison share: it asks the
// questions of package events, takes the time of each, and writes the answers.
//
// A program is called as
//
//	PROGRAM load DATA DB        makes DB from the files in DATA
//	PROGRAM query DATA DB OUT   writes KIND.answers to OUT for each kind of question
//
// and prints a Report as one line of JSON. A line of answers is what the
// question took, in nanoseconds, and the nodes of the answer, with spaces
// between.
package peer

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Report is what a program tells of a run.
type Report struct {
	// Seconds is what loading took, from the files to a database that is
	// synced to disk and ready to be asked.
	Seconds float64 `json:"seconds"`
	// PeakKiB is the most memory that was resident.
	PeakKiB int64 `json:"peakKiB"`
	// Bytes is the size of the database on disk. Where it is 0, all that
	// stands at DB is counted.
	Bytes   int64  `json:"bytes,omitempty"`
	Version string `json:"version"`
	// Measures are figures that only this program has, by their names.
	Measures map[string]float64 `json:"measures,omitempty"`
}

// Question is one line of a file of questions.
type Question struct {
	Node     string // such as actor/7
	From, To string // days, for participants
}

// Asker puts the nodes of an answer behind those of to.
type Asker func(to []string, q Question) ([]string, error)

// Timed is an asker that says itself what of its work counts.
type Timed func(to []string, q Question) ([]string, time.Duration, error)

// Commands are what a program does for its two commands.
type Commands struct {
	Load  func(ctx context.Context, data, db string) (Report, error)
	Query func(ctx context.Context, data, db, out string) (Report, error)
}

// Main runs a program.
func Main(c Commands) {
	report, err := c.run(context.Background(), os.Args[1:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(report)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(os.Args[0]), err)
		os.Exit(1)
	}
}

func (c Commands) run(ctx context.Context, args []string) (Report, error) {
	var r Report
	var err error
	switch {
	case len(args) == 3 && args[0] == "load":
		r, err = c.Load(ctx, args[1], args[2])
	case len(args) == 4 && args[0] == "query":
		r, err = c.Query(ctx, args[1], args[2], args[3])
	default:
		return r, errors.New("usage: load DATA DB, or query DATA DB OUT")
	}
	if err == nil && r.PeakKiB == 0 {
		r.PeakKiB, err = Peak()
	}
	return r, err
}

// Ask asks every question of a kind and writes the answers and times to out.
func Ask(data, out, kind string, ask Asker) (err error) {
	return AskTimed(data, out, kind, func(to []string, q Question) ([]string, time.Duration, error) {
		start := time.Now()
		answer, err := ask(to, q)
		return answer, time.Since(start), err
	})
}

// AskTimed is Ask with an asker that takes the time itself.
func AskTimed(data, out, kind string, ask Timed) (err error) {
	questions, err := read(filepath.Join(data, kind+".txt"))
	if err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(out, kind+".answers"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := bufio.NewWriter(file)
	var answer []string
	for _, q := range questions {
		var took time.Duration
		if answer, took, err = ask(answer[:0], q); err != nil {
			return fmt.Errorf("%s of %s: %w", kind, q.Node, err)
		}
		if _, err := w.WriteString(strconv.FormatInt(took.Nanoseconds(), 10)); err != nil {
			return err
		}
		for _, node := range answer {
			if _, err := w.WriteString(" " + node); err != nil {
				return err
			}
		}
		if err := w.WriteByte('\n'); err != nil {
			return err
		}
	}
	return w.Flush()
}

// Questions reads those of a kind.
func Questions(data, kind string) ([]Question, error) { return read(filepath.Join(data, kind+".txt")) }

func read(name string) ([]Question, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var all []Question
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		q := Question{Node: fields[0]}
		if len(fields) == 3 {
			q.From, q.To = fields[1], fields[2]
		}
		all = append(all, q)
	}
	return all, nil
}

// Peak returns the most memory this process had resident, in KiB.
func Peak() (int64, error) { return status("VmHWM:") }

// Anonymous returns the resident memory of this process that is no file's, in
// KiB: pages of a mapped file come and go with the page cache.
func Anonymous() (int64, error) { return status("RssAnon:") }

func status(name string) (int64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	return field(string(text), name)
}

// field reads a number of KiB out of a file of /proc.
func field(text, name string) (int64, error) {
	_, rest, ok := strings.Cut(text, name)
	if !ok {
		return 0, fmt.Errorf("no %s", name)
	}
	return strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
}
