package graph

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"parley/graph/vocab"

	"github.com/agnivade/levenshtein"
)

// names is the index of what nodes in the graph are called. Views share it, so
// once made it never changes.
type names struct {
	byText map[string][]Node // folded name or alias → nodes
	class  map[Node]*vocab.Class
	label  map[Node]string
	// all of them, by number.
	all []called
	// begins has every word of every name in order, once the first search has
	// sorted it.
	begins func() []wordStart
}

// called is a node by one of its names.
type called struct {
	node  Node
	class *vocab.Class
	text  string // folded
}

// reading is an index of names in the making: what it holds is good when done is
// closed.
type reading struct {
	done  chan struct{}
	index *names
	err   error
}

// nameIndex returns the names of the memo. Names are in view on every day, as
// Refs shows them; what the view hides has no rows.
func (v *View) nameIndex(ctx context.Context) (*names, error) {
	if err := v.Err(); err != nil {
		return nil, err
	}
	r := v.memo.readNames()
	select {
	case <-r.done:
		return r.index, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// readNames reads the names once for each memo. Of a large graph it takes
// seconds, so whoever asks may leave and come again: it ends with the memo only.
func (m *memo) readNames() *reading {
	m.naming.Lock()
	defer m.naming.Unlock()
	if m.names != nil {
		return m.names
	}
	r := &reading{done: make(chan struct{})}
	m.names = r
	m.background.Go(func() {
		defer close(r.done)
		if r.index, r.err = newView(m, Options{}, func() {}).readNames(m.life); r.err != nil {
			m.naming.Lock()
			defer m.naming.Unlock()
			m.names = nil // who asks next begins anew
		}
	})
	return r
}

// namesAtOnce is of how many nodes names are read in one walk.
const namesAtOnce = 1 << 12

func (v *View) readNames(ctx context.Context) (*names, error) {
	index := &names{byText: make(map[string][]Node), class: make(map[Node]*vocab.Class), label: make(map[Node]string)}
	classes := make([]Node, len(vocab.Classes()))
	for i, c := range vocab.Classes() {
		classes[i] = v.term(c.IRI)
	}
	types, err := v.expand(ctx, classes, vocab.Type, In)
	if err != nil {
		return nil, err
	}
	for _, e := range types {
		index.class[e.To] = v.Class(e.From)
	}
	nodes := make([]Node, 0, len(index.class))
	for n := range index.class {
		nodes = append(nodes, n)
	}
	slices.Sort(nodes)
	type naming struct {
		node Node
		key  string
	}
	seen := map[naming]bool{}
	for some := range slices.Chunk(nodes, namesAtOnce) {
		clear(seen)
		if err := v.Prefetch(ctx, some, Step{Along: []*vocab.Predicate{vocab.Name, vocab.Alias}}); err != nil {
			return nil, err
		}
		for _, p := range []*vocab.Predicate{vocab.Name, vocab.Alias} {
			edges, err := v.expand(ctx, some, p, Out)
			if err != nil {
				return nil, err
			}
			for _, e := range edges {
				name := v.Text(e.To)
				key := fold(name)
				if n := (naming{e.From, key}); !seen[n] {
					seen[n] = true
					index.byText[key] = append(index.byText[key], e.From)
					index.all = append(index.all, called{e.From, index.class[e.From], key})
				}
				if p == vocab.Name && (index.label[e.From] == "" || name < index.label[e.From]) {
					index.label[e.From] = name
				}
			}
		}
	}
	if err := v.Err(); err != nil {
		return nil, err
	}
	index.begins = sync.OnceValue(index.sortWords)
	return index, nil
}

// candidates returns the folded names that a folded text may stand for: itself;
// else those a small misspelling away, if they share one distance.
func (x *names) candidates(folded string) []string {
	if _, ok := x.byText[folded]; ok {
		return []string{folded}
	}
	words := strings.Fields(folded)
	best, keys := math.MaxInt, []string(nil)
	for key := range x.byText {
		switch d := slips(words, strings.Fields(key)); {
		case d == 0 || d > best:
		case d < best:
			best, keys = d, []string{key}
		default:
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// slips counts the letters in which two names differ, word by word; it is 0
// where that is more than a slip. In a short word each letter tells ("Xi",
// "Ross", "North" and "South"): only one of five letters may be wrong, or two
// of nine.
func slips(a, b []string) int {
	if len(a) != len(b) {
		return 0
	}
	total := 0
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		allowed := 0
		switch n := min(len([]rune(a[i])), len([]rune(b[i]))); {
		case n >= 9:
			allowed = 2
		case n >= 5:
			allowed = 1
		}
		d := levenshtein.ComputeDistance(a[i], b[i])
		if swapped(a[i], b[i]) {
			d = 1
		}
		if d > allowed {
			return 0
		}
		total += d
	}
	return total
}

// swapped tells whether two words differ in two letters that changed places.
func swapped(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) != len(y) {
		return false
	}
	for i := 0; i+1 < len(x); i++ {
		if x[i] != y[i] {
			return x[i] == y[i+1] && x[i+1] == y[i] && slices.Equal(x[i+2:], y[i+2:])
		}
	}
	return false
}

// Called returns the nodes of some classes that bear a name or another name,
// whatever its capitals and marks; a misspelling of one is none.
func (v *View) Called(ctx context.Context, name string, classes ...*vocab.Class) ([]Ref, error) {
	index, err := v.nameIndex(ctx)
	if err != nil {
		return nil, err
	}
	var found []Node
	for _, n := range index.byText[fold(name)] {
		if slices.Contains(classes, index.class[n]) {
			found = append(found, n)
		}
	}
	slices.Sort(found)
	return sorted(index.refs(v, slices.Compact(found))), v.Err()
}

// Fold makes names comparable: two that fold alike are one name to Resolve.
// Folded are letters and digits in lower case, all else one space.
func Fold(name string) string { return fold(name) }

// fold makes names comparable: letters and digits in lower case, all else one
// space.
func fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(unicode.ToLower(r))
		case r == '.' || r == '\'' || r == '’':
			// U.S. is US, Xi's is Xis.
		default:
			gap = true
		}
	}
	return b.String()
}
