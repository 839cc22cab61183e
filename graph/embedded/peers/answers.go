package main

import (
	"bufio"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"parley/graph/embedded/peers/events"
)

// answer is how many nodes a store gave, and a hash of them in order.
type answer struct {
	count int
	hash  uint64
}

// answers are those of a store to each kind of question.
type answers struct {
	store string
	kinds map[string][]answer
}

// readAnswers reads what a store answered, and puts the times among figures.
func readAnswers(store, out string, figures map[string]float64) (*answers, error) {
	given := &answers{store, map[string][]answer{}}
	for _, kind := range events.Questions {
		took, err := given.read(kind, filepath.Join(out, kind+".answers"))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", store, err)
		}
		if len(took) != events.WarmUp+events.Measured {
			return nil, fmt.Errorf("%s: %d answers of kind %s, not %d", store, len(took), kind, events.WarmUp+events.Measured)
		}
		took = took[events.WarmUp:]
		slices.Sort(took)
		figures[kind+" p50 µs"] = float64(took[len(took)/2]) / 1000
		figures[kind+" p99 µs"] = float64(took[len(took)*99/100]) / 1000
	}
	return given, nil
}

// read reads a file of answers and gives the times. The order within an answer
// is free.
func (a *answers) read(kind, name string) ([]int64, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	var took []int64
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 {
			return nil, fmt.Errorf("%s:%d: no time", filepath.Base(name), len(took)+1)
		}
		ns, err := strconv.ParseInt(fields[0], 10, 64)
		if err != nil {
			return nil, err
		}
		took = append(took, ns)
		nodes := fields[1:]
		slices.Sort(nodes)
		h := fnv.New64a()
		for _, n := range nodes {
			_, _ = h.Write([]byte(n + " ")) // never fails
		}
		a.kinds[kind] = append(a.kinds[kind], answer{len(nodes), h.Sum64()})
	}
	return took, lines.Err()
}

// compare tells the first question to which two stores give other answers.
func (a *answers) compare(b *answers, data string) error {
	for _, kind := range events.Questions {
		for i, one := range a.kinds[kind] {
			if other := b.kinds[kind][i]; one != other {
				questions, err := os.ReadFile(filepath.Join(data, kind+".txt"))
				if err != nil {
					return err
				}
				return fmt.Errorf("%s and %s disagree on line %d of %s.txt, %q: %d and %d nodes; their answers stand in the scratch folder",
					a.store, b.store, i+1, kind, strings.Split(string(questions), "\n")[i], one.count, other.count)
			}
		}
	}
	return nil
}
