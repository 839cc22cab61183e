package dgraph

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parley/graph/store"

	"github.com/dgraph-io/dgo/v250/protos/api"
)

// compactAtOnce is of how many terms one transaction clears what is old.
var compactAtOnce = 500

// Compact clears away what nobody sees any more: quads and terms that ended a day
// ago, and what changes left that were not made. Others read meanwhile, and those
// who change something wait. Snapshots that are older are told so.
func (s *Store) Compact(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.turn }()
	if err := s.usable(ctx); err != nil {
		return err
	}
	w, err := s.acquire(ctx)
	if err != nil {
		return err
	}
	err = w.compact(ctx)
	if failed := w.finish(false, 0, 0); err == nil {
		err = failed
	}
	return err
}

func (w *writer) compact(ctx context.Context) error {
	// Whoever took a snapshot before is told first.
	next := w.state
	next.Floor = max(next.Floor, next.settled(time.Now()))
	if next.Floor != w.Floor {
		if err := w.guard(ctx, "floor", "", w.id, &next, nil, nil); err != nil {
			return fmt.Errorf("compact: %w", err)
		}
	}
	listed := make(map[store.Node]bool, len(w.predicates))
	for _, p := range w.predicates {
		listed[p] = true
	}
	var after store.Node
	for ended := false; !ended; {
		var nodes []store.Node
		q := fmt.Sprintf("{ q(func: has(%s), first: %d, after: %s) { uid } }", w.store.pred("key"), compactAtOnce, uid(after))
		b, err := w.store.client.query(ctx, "compact", q)
		if err != nil {
			return fmt.Errorf("compact: %w", err)
		}
		err = answer(b, func(s *scan, _ string) {
			s.terms(func(_ []byte, t held) { nodes, after = append(nodes, t.node), max(after, t.node) })
		})
		if err != nil {
			return fmt.Errorf("compact: %w", err)
		}
		ended = len(nodes) < compactAtOnce
		if len(nodes) == 0 {
			break
		}
		if err := w.clear(ctx, nodes, listed); err != nil {
			return fmt.Errorf("compact: %w", err)
		}
	}
	return nil
}

// outlived drops the entries that nobody reads, of those who may read.
func (w *writer) outlived(es entries) (left entries, changed bool) {
	n, ended := len(es), 0
	for _, e := range es {
		if w.Void.has(e.died) {
			ended++
		}
	}
	left = slices.DeleteFunc(w.era().clean(es), func(e entry) bool { return e.died != 0 && e.died <= w.Floor })
	return left, len(left) != n || ended > 0
}

// clear clears away, in one transaction, what is old of some terms and of the
// edges that begin there.
func (w *writer) clear(ctx context.Context, nodes []store.Node, listed map[store.Node]bool) error {
	s := w.store
	read := append([]byte("{ n as var(func: uid("), appendUIDs(nil, nodes)...)
	read = append(read, ")) t(func: uid(n)) { uid k: "+s.pred("key")+" @facets(u) } l(func: uid(n)) { uid s: "+s.pred("stated")+" { uid } } q(func: uid(n)) { uid"...)
	for _, p := range w.predicates {
		read = s.appendHop(read, p, store.Out, "", "uid")
	}
	return w.write(ctx, "compact", append(read, " } }"...), func(b []byte) (set, del []*api.NQuad, err error) {
		var stated []pair
		labels := map[pair]bool{}
		err = answer(b, func(sc *scan, name string) {
			switch name {
			case "t":
				sc.terms(func(key []byte, t held) {
					left, changed := w.outlived(t.used)
					switch {
					case len(key) == 0:
					case len(left) == 0 && !listed[t.node]:
						del = append(del, literal(uid(t.node), s.pred("key"), string(key)))
					case changed && len(left) > 0:
						set = append(set, s.term(uid(t.node), string(key), left))
					}
				})
			case "l":
				sc.pairs(func(from, to store.Node) { stated = append(stated, pair{from, to}) })
			default:
				sc.edges(nil, func(e edge) {
					left, changed := w.outlived(slices.Clone(e.entries))
					for _, en := range left {
						labels[pair{e.from, en.label}] = true
					}
					t := triple{e.from, e.along, e.to}
					switch {
					case len(left) == 0:
						del = append(del, &api.NQuad{Subject: uid(e.from), Predicate: s.along(e.along), ObjectId: uid(e.to)})
					case changed:
						set = append(set, s.tie(t, left))
					}
				})
			}
		})
		for _, p := range stated {
			if !labels[p] {
				del = append(del, &api.NQuad{Subject: uid(p.subject), Predicate: s.pred("stated"), ObjectId: uid(p.label)})
			}
		}
		return set, del, err
	}, nil)
}

// pairs reads a block of nodes with the labels that they lead to.
func (s *scan) pairs(each func(from, to store.Node)) {
	var from store.Node
	s.rows(func() { from = 0 }, func(name []byte) {
		switch string(name) {
		case "uid":
			from = s.uid()
		case "s":
			s.array(func() { s.object(func([]byte) { each(from, s.uid()) }) })
		default:
			s.skip()
		}
	}, func() {})
}
