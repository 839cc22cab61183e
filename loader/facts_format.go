package loader

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
)

var factsFormat = registerFormat(&Format{
	Name: "facts", Title: "facts in YAML", Endings: []string{".yaml", ".yml"},
	Meaning:  "actors, meetings, moves and statements, each with the passage that states it, as data/README.md describes them",
	Template: factsTemplate,
	tells:    factsLike,
	read: func(_ context.Context, in *reading) error {
		src, err := factsText(in.file(), in)
		if err != nil {
			return err
		}
		// With its mistakes comes what could be read, in which more of them may be
		// found.
		f, err := readFacts(in.file(), src)
		if f != nil {
			in.addFact(f)
		}
		return err
	},
})

// factsLike knows a facts file by one of its keys at the start of a line.
func factsLike(head []byte) likeness {
	key, _, ok := bytes.Cut(firstLine(head), []byte(":"))
	if ok && slices.Contains(factsKeys, string(key)) {
		return unmatched
	}
	return unlike
}

func factsText(name string, r io.Reader) ([]byte, error) {
	// One byte over the limit shows that a file is too long.
	src, err := io.ReadAll(io.LimitReader(r, maxFactsFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return src, nil
}

// Facts reads an input of facts as ReadFacts does; of another format it gives
// nil.
func (in *Input) Facts() (facts *Facts, err error) {
	if in.Format != factsFormat {
		return nil, nil
	}
	err = in.read(nil, func(r *bufio.Reader) error {
		src, err := factsText(in.Name, r)
		if err == nil {
			facts, err = ReadFacts(in.Name, src)
		}
		return err
	})
	return facts, err
}
