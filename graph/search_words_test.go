package graph

import (
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// TestBeginningMissesNothing holds the sorted beginnings of words against a look
// at every name.
func TestBeginningMissesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.Custom(func(t *rapid.T) string {
			return fold(rapid.StringOfN(rapid.RuneFrom([]rune("ab  éя刘鹤ทü")), 0, 12, -1).Draw(t, "text"))
		})
		x := &names{}
		for _, name := range rapid.SliceOf(text).Draw(t, "names") {
			x.all = append(x.all, called{text: name})
		}
		x.begins = sync.OnceValue(x.sortWords)
		asked := text.Filter(func(s string) bool { return s != "" }).Draw(t, "asked")
		begins := map[uint32]bool{}
		for _, s := range x.beginning(asked) {
			begins[s.name] = true
		}
		for i, n := range x.all {
			if _, ok := fits(n.text, asked); ok && !begins[uint32(i)] {
				t.Fatalf("%q fits %q and is not found", n.text, asked)
			}
		}
	})
}
