package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"

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
	vocab.Person, vocab.Country, vocab.Organization, vocab.Meeting, vocab.Measure, vocab.MeasureMove,
	vocab.StatusChange, vocab.Statement, vocab.Office, vocab.Place, vocab.Article, vocab.Reference, vocab.Rule,
}

// hit is a node that fits a search, and how well: the lower the rank the better.
type hit struct {
	node Node
	rank int
	name string // folded
}

// Search finds the nodes with a name or alias in which each word of a text
// begins a word, the best first: whole names, then names that begin with it. It
// finds only what the view shows to exist, of some classes or of any. The empty
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
	best := map[Node]hit{}
	seen := 0
	for key, nodes := range index.byText {
		if seen++; seen%(1<<12) == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		rank, ok := fits(key, folded)
		if !ok {
			continue
		}
		for _, n := range nodes {
			class := slices.Index(classes, index.class[n])
			if class < 0 {
				continue
			}
			h := hit{n, rank*len(classes) + class, key}
			if old, found := best[n]; !found || h.compare(old, v) < 0 {
				best[n] = h
			}
		}
	}
	hits := make([]hit, 0, len(best))
	for _, h := range best {
		hits = append(hits, h)
	}
	slices.SortFunc(hits, func(a, b hit) int { return a.compare(b, v) })
	return v.matches(ctx, index, hits, limit)
}

func (h hit) compare(o hit, v *View) int {
	if c := cmp.Or(cmp.Compare(h.rank, o.rank), cmp.Compare(len(h.name), len(o.name)), cmp.Compare(h.name, o.name)); c != 0 || h.node == o.node {
		return c
	}
	return cmp.Compare(v.ID(h.node), v.ID(o.node))
}

// fits tells whether each word of a text begins a word of a name, and how well.
func fits(name, text string) (rank int, ok bool) {
	switch {
	case name == text:
		return 0, true
	case strings.HasPrefix(name, text):
		return 1, true
	case strings.Contains(name, " "+text):
		return 2, true
	}
	padded := " " + name
	for word := range strings.FieldsSeq(text) {
		// Writing without spaces has no words to begin.
		if !strings.Contains(padded, " "+word) && (word[0] < 0x80 || !strings.Contains(name, word)) {
			return 0, false
		}
	}
	return 3, true
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
			if fold(m.Ref.Name) != h.name {
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
