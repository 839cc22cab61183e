package graph

import (
	"context"
	"maps"
	"slices"

	"parley/graph/vocab"
)

// reason is what a view makes of a label.
type reason struct {
	shown bool
	rule  bool
	join  bool // the rule SameEvent
}

// origin is when a passage came out, whatever the view.
type origin struct {
	known bool // a view of a day can show it at all
	day   Day  // from which one does
}

// shown keeps the edges that the view shows, in the place of edges.
func (v *View) shown(ctx context.Context, edges []Edge) ([]Edge, error) {
	if v.options == (Options{}) {
		return edges, nil
	}
	if err := v.learn(ctx, edges); err != nil {
		return nil, err
	}
	var ends []Node // of what rules inferred
	for _, e := range edges {
		if v.inferred(e) && !v.hidden(e) {
			ends = append(ends, e.From, e.To)
		}
	}
	known, err := v.known(ctx, ends)
	if err != nil {
		return nil, err
	}
	kept := edges[:0]
	for _, e := range edges {
		if v.inferred(e) && (v.hidden(e) || !known[e.From] || !known[e.To]) || !v.reasons[e.Label].shown {
			continue
		}
		kept = append(kept, e)
	}
	return kept, v.Err()
}

// inferred tells whether a rule concluded an edge; what is told of the rule
// itself it did not.
func (v *View) inferred(e Edge) bool {
	return v.reasons[e.Label].rule && e.From != e.Label && e.To != e.Label
}

// hidden tells whether options leave out what the rule of an edge inferred.
func (v *View) hidden(e Edge) bool {
	return v.options.StatedOnly || v.options.NoMerge && v.reasons[e.Label].join
}

// Known tells whether the view shows that a node exists: whether some passage
// in view says what it is.
func (v *View) Known(ctx context.Context, n Node) (bool, error) {
	known, err := v.known(ctx, []Node{n})
	return known[n], err
}

func (v *View) known(ctx context.Context, nodes []Node) (map[Node]bool, error) {
	if len(nodes) == 0 {
		return nil, nil
	}
	types, err := v.expand(ctx, nodes, vocab.Type, Out)
	if err != nil {
		return nil, err
	}
	if err := v.learn(ctx, types); err != nil {
		return nil, err
	}
	known := make(map[Node]bool)
	for _, e := range types {
		known[e.From] = known[e.From] || v.reasons[e.Label].shown
	}
	return known, nil
}

// learn finds out about the labels of edges, in two hops for all of them.
func (v *View) learn(ctx context.Context, edges []Edge) error {
	dayless := v.options.KnownBy.IsZero()
	var dated []Node
	for _, e := range edges {
		if _, ok := v.reasons[e.Label]; ok {
			continue
		}
		id := v.ID(e.Label)
		rule := id.Folder() == vocab.Rule.Folder
		v.reasons[e.Label] = reason{shown: dayless || rule, rule: rule, join: id == SameEvent}
		if !dayless && !rule && e.Label != 0 {
			dated = append(dated, e.Label)
		}
	}
	origins, err := v.origins(ctx, dated)
	if err != nil {
		// What was not found out must not be taken for hidden.
		for _, label := range dated {
			delete(v.reasons, label)
		}
		return err
	}
	last := v.options.KnownBy.Latest()
	for label, o := range origins {
		v.reasons[label] = reason{shown: o.known && o.day <= last}
	}
	return v.Err()
}

func (v *View) origins(ctx context.Context, labels []Node) (map[Node]origin, error) {
	origins := make(map[Node]origin, len(labels))
	var unknown []Node
	for _, label := range labels {
		if o, ok := v.memo.origins.get(label); ok {
			origins[label] = o
		} else {
			unknown = append(unknown, label)
		}
	}
	if len(unknown) == 0 {
		return origins, nil
	}
	sources, err := v.firsts(ctx, unknown, vocab.FromSource)
	if err != nil {
		return nil, err
	}
	from := slices.Compact(slices.Sorted(maps.Values(sources)))
	published, err := v.firsts(ctx, from, vocab.Published)
	if err != nil {
		return nil, err
	}
	for _, label := range unknown {
		origins[label] = v.origin(sources[label], published[sources[label]])
	}
	if err := v.Err(); err != nil {
		return nil, err
	}
	for _, label := range unknown {
		v.memo.origins.put(label, origins[label])
	}
	return origins, nil
}

// origin tells from when on what a source says is known, by the text of its
// day of publication, both 0 where there is none.
func (v *View) origin(source, published Node) origin {
	if source == 0 {
		return origin{}
	}
	if published == 0 {
		return origin{known: v.ID(source).Folder() == vocab.Reference.Folder, day: MinDay}
	}
	// Quads of other programs may carry any text as a date; an unreadable day
	// is none.
	day, err := ParseDate(v.Text(published))
	return origin{known: err == nil, day: day.Latest()}
}
