package graph

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/graph/vocab"
)

// Match is a node that a search found.
type Match struct {
	Ref
	Class *vocab.Class
	// Name is the name or alias that fits, where that is not what the node is
	// called.
	Alias string
}

// searchable are the classes that a search finds, those that are asked for most
// first. Offices and parts are found through whoever holds or took them.
var searchable = []*vocab.Class{
	vocab.Person, vocab.Country, vocab.Organization, vocab.Actor, vocab.Meeting, vocab.Measure, vocab.MeasureMove,
	vocab.StatusChange, vocab.Statement, vocab.Agreement, vocab.Commitment, vocab.Action, vocab.Office, vocab.Place, vocab.Article, vocab.Reference, vocab.Rule,
}

// hit is a node that fits a search, and how well: the lower the rank the better.
type hit struct {
	node Node
	rank int
	name string // folded
}

// Search finds the nodes with a name or alias in which each word of a text
// begins a word, the best first: whole names, then names that begin with it. In
// Chinese, Japanese and what else is written without spaces a word begins at any
// letter. It finds only what the view shows to exist, of some classes or of any. The empty
// text finds nothing.
func (v *View) Search(ctx context.Context, text string, limit int, classes ...*vocab.Class) ([]Match, error) {
	if len(classes) == 0 {
		classes = searchable
	}
	folded := fold(text)
	if folded == "" {
		return nil, ctx.Err()
	}
	index, err := v.nameIndex(ctx)
	if err != nil {
		return nil, err
	}
	// Of very many hits only the best are put in order: more of them where too
	// few of those are shown.
	for keep := 4 * max(limit, 64); ; keep *= 16 {
		hits, all, err := v.hits(ctx, index, folded, classes, keep)
		if err != nil {
			return nil, err
		}
		found, err := v.matches(ctx, index, hits, limit)
		if err != nil || all || len(found) == limit {
			return found, err
		}
	}
}

// hits are the nodes with a name that fits, each once, in order: all of them, or
// at least so many of the best.
func (v *View) hits(ctx context.Context, index *names, folded string, classes []*vocab.Class, keep int) (hits []hit, all bool, err error) {
	order := func(a, b hit) int { return a.compare(b, v) }
	all = true
	for i, start := range index.beginning(folded) {
		if i%(1<<12) == 0 && ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
		n := &index.all[start.name]
		rank, ok := fits(n.text, folded)
		if !ok {
			continue
		}
		class := slices.Index(classes, n.class)
		if class < 0 {
			continue
		}
		h := hit{n.node, rank*len(classes) + class, n.text}
		if !all && h.compare(hits[keep-1], v) > 0 {
			continue // at least so many are better
		}
		if hits = append(hits, h); len(hits) >= 2*keep {
			slices.SortFunc(hits, order)
			hits, all = hits[:keep], false
		}
	}
	slices.SortFunc(hits, order)
	seen := make(map[Node]bool, len(hits))
	return slices.DeleteFunc(hits, func(h hit) bool {
		again := seen[h.node]
		seen[h.node] = true
		return again
	}), all, v.Err()
}

func (h hit) compare(o hit, v *View) int {
	if c := cmp.Or(cmp.Compare(h.rank, o.rank), cmp.Compare(len(h.name), len(o.name)), cmp.Compare(h.name, o.name)); c != 0 || h.node == o.node {
		return c
	}
	return cmp.Compare(v.ID(h.node), v.ID(o.node))
}

// fits tells whether each word of a text begins a word of a name, and how well.
func fits(name, text string) (rank int, ok bool) {
	if rest, begins := strings.CutPrefix(name, text); begins {
		return min(len(rest), 1), true
	}
	if begins(name, text) {
		return 2, true
	}
	for word := range strings.FieldsSeq(text) {
		if first, _ := utf8.DecodeRuneInString(word); !begins(name, word) && (!unspaced(first) || !strings.Contains(name, word)) {
			return 0, false
		}
	}
	return 3, true
}

// unspaced tells whether a letter is of a writing without spaces, in which a word
// may begin at any letter.
func unspaced(r rune) bool {
	return r >= utf8.RuneSelf && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// begins tells whether a text begins any word of a name.
func begins(name, text string) bool {
	for {
		if strings.HasPrefix(name, text) {
			return true
		}
		_, rest, more := strings.Cut(name, " ")
		if !more {
			return false
		}
		name = rest
	}
}

// matches names the first hits that the view shows to exist.
func (v *View) matches(ctx context.Context, index *names, hits []hit, limit int) ([]Match, error) {
	var found []Match
	for part := range slices.Chunk(hits, max(limit, 64)) {
		nodes := make([]Node, len(part))
		for i, h := range part {
			nodes[i] = h.node
		}
		known, err := v.known(ctx, nodes)
		if err != nil {
			return nil, err
		}
		for _, h := range part {
			if !known[h.node] {
				continue
			}
			if len(found) == limit {
				return found, v.Err()
			}
			m := Match{Ref: Ref{v.ID(h.node), index.label[h.node]}, Class: index.class[h.node]}
			if fold(m.Name) != h.name {
				alias, err := v.aliasOf(ctx, h)
				if err != nil {
					return nil, err
				}
				m.Alias = alias
			}
			found = append(found, m)
		}
	}
	return found, v.Err()
}

// aliasOf returns the alias of a hit as it is written.
func (v *View) aliasOf(ctx context.Context, h hit) (string, error) {
	for _, p := range []*vocab.Predicate{vocab.Alias, vocab.Name} {
		edges, err := v.expand(ctx, []Node{h.node}, p, Out)
		if err != nil {
			return "", err
		}
		for _, e := range edges {
			if fold(v.Text(e.To)) == h.name {
				return v.Text(e.To), nil
			}
		}
	}
	return "", nil
}

// wordStart is where in a name a word begins.
type wordStart struct {
	head uint64 // the first eight bytes from there, which tell most words apart
	name uint32 // its number
	at   uint32
}

// from is a name from the beginning of a word on.
func (x *names) from(s wordStart) string { return x.all[s.name].text[s.at:] }

// sortWords sorts the beginnings of words, of a large graph in a second.
func (x *names) sortWords() []wordStart {
	list := make([]wordStart, 0, 2*len(x.all))
	for i, n := range x.all {
		before := byte(' ')
		for at, r := range n.text {
			if before == ' ' || unspaced(r) {
				var head [8]byte
				copy(head[:], n.text[at:])
				list = append(list, wordStart{binary.BigEndian.Uint64(head[:]), uint32(i), uint32(at)})
			}
			before = n.text[at]
		}
	}
	slices.SortFunc(list, func(a, b wordStart) int {
		return cmp.Or(cmp.Compare(a.head, b.head), strings.Compare(x.from(a), x.from(b)), cmp.Compare(a.name, b.name))
	})
	return list
}

// beginning returns where that word of a text begins that the fewest do: what the
// text fits is among them.
func (x *names) beginning(folded string) (fewest []wordStart) {
	all := x.begins()
	for word := range strings.FieldsSeq(folded) {
		from, _ := slices.BinarySearchFunc(all, word, func(s wordStart, word string) int { return strings.Compare(x.from(s), word) })
		list := all[from:]
		list = list[:sort.Search(len(list), func(i int) bool { return !strings.HasPrefix(x.from(list[i]), word) })]
		if fewest == nil || len(list) < len(fewest) {
			fewest = list
		}
		if len(fewest) == 0 {
			return []wordStart{}
		}
	}
	return fewest
}
