package graph

import (
	"context"

	"parley/graph/store"
	"parley/graph/vocab"
)

// Step is one hop of a pattern: from some nodes along any of some predicates, or
// along all where none is named; and what comes next from where that leads.
type Step struct {
	Along     []*vocab.Predicate
	Direction Direction
	// Repeat walks the step again from where it leads, until it leads to nothing
	// new; Next goes on from all nodes on the way, the first included.
	Repeat bool
	// Depth is how often a Repeat is walked at most; 0 is no bound.
	Depth int
	Next  []Step
	// Why goes on from the labels of the edges.
	Why []Step
	// Bare is a step of whose ends and labels few terms will be asked for.
	Bare bool
}

// mostPrefetched is of how many nodes at most a pattern is read: of more the
// walk reads what it needs, hop by hop, and not all that it might.
const mostPrefetched = 1 << 14

// Prefetch tells a store on a server where a walk will go from some nodes, so that
// all of it comes in one round trip. It changes no answer, and does nothing where
// the store is at hand.
func (v *View) Prefetch(ctx context.Context, from []Node, steps ...Step) error {
	if v.release == nil {
		return ErrClosed
	}
	p, ok := v.memo.Snapshot.(store.Prefetcher)
	if !ok || len(from) == 0 || len(from) > mostPrefetched {
		return nil
	}
	pattern := v.steps(steps)
	if err := v.Err(); err != nil {
		return err
	}
	return p.Prefetch(ctx, from, pattern)
}

// Remote tells whether the store is on a server, so that it is worth while to
// Prefetch.
func (v *View) Remote() bool {
	if v.release == nil {
		return false
	}
	_, ok := v.memo.Snapshot.(store.Prefetcher)
	return ok
}

// Citing is what Cite reads of a label.
func Citing() []Step {
	return []Step{
		{Along: []*vocab.Predicate{vocab.Paragraph, vocab.Start, vocab.End}},
		{Along: []*vocab.Predicate{vocab.FromSource}, Next: []Step{
			{Along: []*vocab.Predicate{vocab.Name, vocab.Published, vocab.URL}},
			{Along: []*vocab.Predicate{vocab.Publisher}, Next: []Step{Naming()}},
		}},
	}
}

// Naming is what Ref reads of a node.
func Naming() Step { return Step{Along: []*vocab.Predicate{vocab.Name}} }

// Siding is what Side reads of an actor.
func Siding() []Step {
	country := Step{Along: []*vocab.Predicate{vocab.InCountry}}
	return []Step{country, {Along: []*vocab.Predicate{vocab.HeldBy}, Direction: In, Next: []Step{
		{Along: []*vocab.Predicate{vocab.During}},
		{Along: []*vocab.Predicate{vocab.HeldOffice}, Next: []Step{
			{Along: []*vocab.Predicate{vocab.PostIn}, Next: []Step{country}},
		}},
	}}}
}

// Telling is what is read of an action, or any node, to tell of it: its record,
// the citations, and the names and sides of what it leads to.
func Telling(next ...Step) Step {
	return Step{Why: Citing(), Next: append(append(Siding(), Naming()), next...)}
}

// steps turns a pattern into handles, without the predicates that the graph lacks.
func (v *View) steps(steps []Step) []store.Step {
	out := make([]store.Step, 0, len(steps))
	for _, s := range steps {
		var along []Node
		for _, p := range s.Along {
			if n := v.term(p.IRI); n != 0 {
				along = append(along, n)
			}
		}
		if len(along) == 0 && len(s.Along) > 0 {
			if s.Repeat { // it leads nowhere, but Next goes on from where it begins
				out = append(out, v.steps(s.Next)...)
			}
			continue
		}
		out = append(out, store.Step{Predicates: along, Direction: s.Direction, Repeat: s.Repeat, Depth: s.Depth, Next: v.steps(s.Next), Why: v.steps(s.Why), Bare: s.Bare})
	}
	return out
}

// knowWords looks the words of the vocabulary up all at once, in a snapshot that
// can. Node tells what failed.
func (v *View) knowWords() {
	f, ok := v.memo.Snapshot.(store.Finder)
	if !ok || v.memo.knowsWords.Swap(true) {
		return
	}
	var keys []string
	for _, p := range vocab.Predicates() {
		keys = append(keys, string(store.KeyIRI)+string(p.IRI))
	}
	for _, c := range vocab.Classes() {
		keys = append(keys, string(store.KeyIRI)+string(c.IRI))
	}
	_, _ = f.Find(v.memo.life, keys)
}

// LookUp looks ids up all at once, before NodeOf is asked for each, in a snapshot
// that can. NodeOf tells what failed.
func (v *View) LookUp(ids []ID) {
	if v.release == nil {
		return
	}
	f, ok := v.memo.Snapshot.(store.Finder)
	if !ok {
		return
	}
	var keys []string
	for _, id := range ids {
		if key, err := store.AppendKey(nil, id.Value()); err == nil {
			keys = append(keys, string(key))
		}
	}
	if len(keys) > 0 {
		_, _ = f.Find(v.memo.life, keys)
	}
}
