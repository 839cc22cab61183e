package queries_test

import (
	"bytes"
	"errors"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/reference"
	"parley/queries"
)

// Whenever the store fails to give a term, a query gives an error or the whole
// answer, never a short one.
func TestFailingStoreGivesNoShortAnswer(t *testing.T) {
	s := reference.New()
	g := graph.New(s)
	graphtest.Load(t, g, graphtest.Documents()...)
	if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
		t.Fatal(err)
	}
	required := map[string]map[string]string{
		"actor":    {"actor": "Ada Quill"},
		"between":  {"actor": "Arland", "with": "Brunia"},
		"in-force": {"on": "2031-06-01"},
		"timeline": {"known-by": "2031-06-10"},
	}
	for _, q := range queries.All() {
		t.Run(q.Name, func(t *testing.T) {
			args := required[q.Name]
			answer, err := q.Answer(t.Context(), g, args)
			if err != nil {
				t.Fatal(err)
			}
			whole := written(t, answer)
			for n := 0; ; n += 1 + n/32 {
				answer, err := q.Answer(t.Context(), graph.New(graphtest.Failing(s, n)), args)
				if err == nil {
					if got := written(t, answer); n == 0 || !bytes.Equal(got, whole) {
						t.Errorf("failing after %d terms:\n%s\nwant\n%s", n, got, whole)
					}
					break
				}
				if !errors.Is(err, graphtest.ErrTerm) || answer != nil {
					t.Fatalf("failing after %d terms: %v, %v", n, answer, err)
				}
			}
		})
	}
}
