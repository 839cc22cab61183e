package store

import (
	"fmt"
	"slices"

	"github.com/cayleygraph/quad"
)

// EachStatement gives quads to add in parts, by the keys of their terms, which are
// good until it returns.
func EachStatement(quads []quad.Quad, add func([]Statement) error) error {
	const atOnce = 1 << 12
	statements := make([]Statement, 0, min(len(quads), atOnce))
	var arena []byte
	done := 0
	for part := range slices.Chunk(quads, atOnce) {
		statements, arena = statements[:0], arena[:0]
		for i, q := range part {
			st, text, err := StatementOf(arena, q)
			if err != nil {
				return fmt.Errorf("quad %d of %d: %w", done+i+1, len(quads), err)
			}
			statements, arena = append(statements, st), text
		}
		done += len(part)
		if err := add(statements); err != nil {
			return err
		}
	}
	return nil
}

// StatementOf appends the keys of a quad's terms to arena, which it returns too.
func StatementOf(arena []byte, q quad.Quad) (Statement, []byte, error) {
	var st Statement
	if !q.IsValid() {
		return st, arena, fmt.Errorf("%v lacks a subject, predicate or object", q)
	}
	for _, part := range []struct {
		to   *[]byte
		term quad.Value
	}{{&st.Subject, q.Subject}, {&st.Predicate, q.Predicate}, {&st.Object, q.Object}, {&st.Label, q.Label}} {
		if part.term == nil {
			continue
		}
		from := len(arena)
		var err error
		if arena, err = AppendKey(arena, part.term); err != nil {
			return st, arena, err
		}
		// A slice stays good when the arena grows into new room.
		*part.to = arena[from:len(arena):len(arena)]
	}
	return st, arena, nil
}
