package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"parley/graph/vocab"

	"github.com/agnivade/levenshtein"
)

const (
	// mostNear is how many names an error offers.
	mostNear = 5
	// mostParts is how many nodes are looked at of which a text is a part of the
	// name: more than an event has reports.
	mostParts = 64
	// mostMere bounds how many publishers are passed over for what is less near.
	mostMere = 1 << 10
)

// parts returns the nodes of which Search finds that a text is a part of the name,
// the best first; of an event and its reports the best alone.
func (v *View) parts(ctx context.Context, text string, classes []*vocab.Class) ([]Node, error) {
	if ClassOfFolder(ID(text).Folder()) != nil {
		return nil, nil // an id of nothing, which is no part of a name
	}
	found, err := v.Search(ctx, text, mostParts, classes...)
	if err != nil {
		return nil, err
	}
	var nodes []Node
	for _, m := range found {
		if len(fold(text)) <= len(fold(cmp.Or(m.Alias, m.Name))) { // else it says more than the name
			nodes = append(nodes, v.NodeOf(m.ID))
		}
	}
	events, err := v.EventsOf(ctx, nodes)
	if err != nil {
		return nil, err
	}
	seen := make(map[Node]bool, len(nodes))
	return slices.DeleteFunc(nodes, func(n Node) bool {
		event := cmp.Or(events[n], n)
		again := seen[event]
		seen[event] = true
		return again
	}), v.Err()
}

// near returns the nodes whose names are nearest to a text: those that it fits
// first, then those that contain it or are contained in it, then by spelling. On
// a day that is what the view shows to exist, as in Search. Where actors are asked for, who only publishes comes behind all others.
func (v *View) near(ctx context.Context, x *names, folded string, fitting []Node, classes []*vocab.Class) ([]Ref, error) {
	var nodes, mere []Node
	seen := map[Node]bool{}
	acting := len(classes) > 0 && !slices.ContainsFunc(classes, func(c *vocab.Class) bool { return !slices.Contains(vocab.Actors(), c) })
	enough := func() bool { return len(nodes) >= mostNear || len(mere) >= mostMere }
	take := func(found []Node) error {
		var known map[Node]bool
		dated := !v.options.KnownBy.IsZero()
		if dated {
			var err error
			if known, err = v.known(ctx, found); err != nil {
				return err
			}
		}
		for _, n := range found {
			if seen[n] || enough() || dated && !known[n] {
				continue
			}
			seen[n] = true
			passed := false
			if acting && x.class[n] == vocab.Organization {
				var err error
				if passed, err = v.merelyPublishes(ctx, n); err != nil {
					return err
				}
			}
			if passed {
				mere = append(mere, n)
			} else {
				nodes = append(nodes, n)
			}
		}
		return nil
	}
	if err := take(fitting); err != nil {
		return nil, err
	}
	for _, key := range x.nearest(folded) {
		if enough() {
			break
		}
		found, err := v.holders(ctx, x, x.byText[key], Date{}, classes)
		if err != nil {
			return nil, err
		}
		if err := take(found); err != nil {
			return nil, err
		}
	}
	nodes = append(nodes, mere...)
	return x.refs(v, nodes[:min(len(nodes), mostNear)]), nil
}

// nearest returns all folded names, those first that are nearest to a text.
func (x *names) nearest(folded string) []string {
	type scored struct {
		key   string
		score int
	}
	all := make([]scored, 0, len(x.byText))
	for key := range x.byText {
		score := levenshtein.ComputeDistance(folded, key) + 10
		if folded != "" && (strings.Contains(key, folded) || strings.Contains(folded, key)) {
			score = abs(len(key)-len(folded)) / 4
		}
		all = append(all, scored{key, score})
	}
	slices.SortFunc(all, func(a, b scored) int { return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(a.key, b.key)) })
	keys := make([]string, len(all))
	for i, s := range all {
		keys[i] = s.key
	}
	return keys
}

// merelyPublishes tells whether an organization has published sources and, as the
// view shows it, taken part in nothing.
func (v *View) merelyPublishes(ctx context.Context, n Node) (bool, error) {
	edges, err := v.Expand(ctx, []Node{n}, nil, In)
	if err != nil {
		return false, err
	}
	publisher := v.term(vocab.Publisher.IRI)
	return len(edges) > 0 && !slices.ContainsFunc(edges, func(e Edge) bool { return e.Predicate != publisher }), nil
}

func abs(n int) int { return max(n, -n) }
