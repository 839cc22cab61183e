package events

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
)

const (
	// WarmUp is how many questions of a kind are asked before the clock counts.
	WarmUp = 200
	// Measured is how many are asked then.
	Measured = 2000
	// Steps is how long a chain of responses is walked.
	Steps = 50
	// window is how many days a question for participants spans, so that about
	// five of an actor's fifty events are in it.
	window = 292
)

// Questions are the kinds of question, each asked from the file of its name
// with .txt, one question a line:
//
//   - cop, "actor/7 2018-03-01 2018-12-17": whom that actor met as agent or
//     target of the events dated from the one day to the other, each once.
//   - chain, "event/7": what it responds to, what that responds to, and so on,
//     fifty steps.
//   - answers, "event/7": what responds to it, what responds to those, and so
//     on, all of fifty levels.
var Questions = []string{"cop", "chain", "answers"}

// Ask writes the questions on n events into folder dir.
func Ask(dir string, n int, seed uint64) error {
	responds := make([]int32, 0, n)
	var depth []uint8 // steps back from an event, 50 at most
	for e := range All(n, seed) {
		d := uint8(0)
		if e.RespondsTo != None {
			d = min(Steps, depth[e.RespondsTo]+1)
		}
		responds, depth = append(responds, int32(e.RespondsTo)), append(depth, d)
	}
	r := rand.New(rand.NewPCG(seed, 2))
	// deep draws an event with fifty steps back. With a few hundred events there
	// may be none, so that in the end any will do.
	deep := func() int {
		at := r.IntN(n)
		for try := 0; depth[at] < Steps && try < 10_000; try++ {
			at = r.IntN(n)
		}
		return at
	}
	return writeQuestions(dir, map[string]func() string{
		"cop": func() string {
			// Those of medium popularity have about fifty events.
			actors := Actors(n)
			a := (15*actors + r.IntN(25*actors)) / 100
			from := r.IntN(Days - window)
			return fmt.Sprintf("actor/%d %s %s", a, Date(from), Date(from+window-1))
		},
		"chain": func() string { return fmt.Sprintf("event/%d", deep()) },
		"answers": func() string {
			at := int32(deep())
			for range Steps {
				if responds[at] != None {
					at = responds[at]
				}
			}
			return fmt.Sprintf("event/%d", at)
		},
	})
}

func writeQuestions(dir string, makers map[string]func() string) error {
	for _, kind := range Questions {
		file, err := os.Create(filepath.Join(dir, kind+".txt"))
		if err != nil {
			return err
		}
		w := bufio.NewWriter(file)
		for range WarmUp + Measured {
			if _, err := fmt.Fprintln(w, makers[kind]()); err != nil {
				return err
			}
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	return nil
}
