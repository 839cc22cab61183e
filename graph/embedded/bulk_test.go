package embedded_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"parley/graph/embedded"

	"github.com/cayleygraph/quad"
)

// Changes that are sorted by digits, of which few terms take one pass and many
// terms more.
func TestBulk(t *testing.T) {
	for _, terms := range []int{12, 60, 1200, 30000} {
		t.Run(fmt.Sprint(terms, " terms"), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "store")
			s, err := embedded.Create(t.Context(), dir, embedded.Options{})
			s = closed(t, s, err)
			held, term := set{}, func(n int) quad.Value { return quad.IRI(fmt.Sprint("x:", n%terms)) }
			for i := range 10000 {
				held[quad.Quad{Subject: term(i), Predicate: quad.IRI(fmt.Sprint("x:p", i/7%4)), Object: term(i / 3), Label: term(i / 100)}] = true
			}
			all := held.quads()
			update(t, s, append(all, all[:100]...), nil)
			if err := folderHolds(t.Context(), dir, held.answers()); err != nil {
				t.Error(err)
			}
		})
	}
}
