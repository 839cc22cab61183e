package mcpserver

import (
	"bytes"
	"encoding/json"
	"fmt"

	"parley/graph"
	"parley/queries"
	"parley/queries/render"
)

const (
	// mostExcluded is how much of what was left out an answer tells.
	mostExcluded = 50
	// mostInCell is how much of a list is told where an answer is too large.
	mostInCell = 20
)

// fit writes an answer as JSON within the limit on bytes: with fewer rows where
// they are too many, and where one row is too large with shorter lists. It tells
// what it left out but for rows, which paging tells.
func (s *server) fit(a *queries.Answer) (text []byte, notes []string, err error) {
	if more := len(a.Excluded) - mostExcluded; more > 0 {
		a.Excluded = a.Excluded[:mostExcluded]
		notes = append(notes, fmt.Sprintf("Of what was left out, excluded tells the first %d; there is %d more.", mostExcluded, more))
	}
	for cut := false; ; {
		if text, err = written(a); err != nil || len(text) <= s.config.Limits.Bytes {
			return text, notes, err
		}
		switch {
		case len(a.Rows) > 1:
			// In proportion, and a little less, so that few tries are needed.
			n := len(a.Rows) * s.config.Limits.Bytes / len(text) * 9 / 10
			a.Rows, a.Truncated = a.Rows[:a.WholeChains(a.Rows, max(n, 1))], true
		case !cut:
			cut = true
			if shorten(a) {
				notes = append(notes, fmt.Sprintf("The answer is large: of each list, such as sources, it has the first %d.", mostInCell))
			}
		default:
			return text, notes, nil
		}
	}
}

// written writes an answer as JSON without spaces.
func written(a *queries.Answer) ([]byte, error) {
	var indented, text bytes.Buffer
	if err := render.JSON.Write(&indented, a, render.Options{}); err != nil {
		return nil, err
	}
	if err := json.Compact(&text, indented.Bytes()); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// shorten cuts the lists in an answer, and tells whether there was one to cut.
func shorten(a *queries.Answer) (done bool) {
	for _, row := range a.Rows {
		for i, cell := range row {
			switch list := cell.(type) {
			case []graph.Citation:
				row[i] = first(list, &done)
			case []graph.Ref:
				row[i] = first(list, &done)
			case []queries.Participant:
				row[i] = first(list, &done)
			}
		}
	}
	for i := range a.Excluded {
		a.Excluded[i].Sources = first(a.Excluded[i].Sources, &done)
	}
	return done
}

func first[T any](list []T, done *bool) []T {
	if len(list) > mostInCell {
		*done = true
		return list[:mostInCell]
	}
	return list
}

// encode writes JSON without spaces, in which markup stays as it is.
func encode(b *bytes.Buffer, value any) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // a value of ours always has a JSON form
	}
	b.Truncate(b.Len() - 1) // the encoder's line end
}

func encoded(value any) []byte {
	var b bytes.Buffer
	encode(&b, value)
	return b.Bytes()
}
