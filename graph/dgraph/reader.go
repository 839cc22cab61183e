package dgraph

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"parley/graph/remote"
	"parley/graph/store"
)

// reader reads one version of a store.
type reader struct {
	store      *Store
	era        era
	stats      store.Stats
	predicates []store.Node // listed; sorted
	taken      time.Time
	rest       rest
	blocks     blocks
	sizes      sizes
}

var _ remote.Reader = (*reader)(nil)

// atOnce is how many nodes one request names at most. Of more, several are made.
const atOnce = 1 << 17

// usable tells whether the reader may still be asked.
func (r *reader) usable(ctx context.Context) error {
	if err := r.store.usable(ctx); err != nil {
		return err
	}
	if err := r.store.mayRead(ctx, r.predicates); err != nil {
		return err
	}
	if time.Since(r.taken) < keepFor {
		return nil
	}
	now, err := r.store.root(ctx, justState)
	if err != nil {
		return err
	}
	if r.era.version < now.Floor {
		return fmt.Errorf("version %d was taken %s ago: %w", r.era.version, time.Since(r.taken).Round(time.Second), ErrTooOld)
	}
	return nil
}

// query asks the cluster.
func (r *reader) query(ctx context.Context, kind string, text []byte) ([]byte, error) {
	if err := r.usable(ctx); err != nil {
		return nil, err
	}
	b, err := r.store.client.query(ctx, kind, string(text))
	if err != nil {
		return nil, err
	}
	return b, ctx.Err()
}

// appendUIDs appends the uids of nodes to a query.
func appendUIDs(q []byte, nodes []store.Node) []byte {
	for i, n := range nodes {
		if i > 0 {
			q = append(q, ',')
		}
		q = append(q, '0', 'x')
		q = strconv.AppendUint(q, uint64(n), 16)
	}
	return q
}

// appendHop appends to a query the edges along a predicate, named for it, with
// their entries. args are of Dgraph's, such as (first: 5), and inner is what is
// wanted of the far ends.
func (s *Store) appendHop(q []byte, p store.Node, d store.Direction, args, inner string) []byte {
	q = append(q, " p"...)
	q = strconv.AppendUint(q, uint64(p), 16)
	q = append(q, ": "...)
	if d == store.In {
		q = append(q, '~')
	}
	q = append(q, s.along(p)...)
	q = append(q, " @facets(f: l) "...)
	q = append(q, args...)
	q = append(q, " { "...)
	q = append(q, inner...)
	return append(q, " }"...)
}

// along returns those of some predicates that lead somewhere, all where none is
// named.
func (r *reader) along(predicates ...store.Node) []store.Node {
	if len(predicates) == 0 || len(predicates) == 1 && predicates[0] == 0 {
		return r.predicates
	}
	listed := make([]store.Node, 0, len(predicates))
	for _, p := range predicates {
		if _, ok := slices.BinarySearch(r.predicates, p); ok && !slices.Contains(listed, p) {
			listed = append(listed, p)
		}
	}
	return listed
}

// edge is an edge as it lies there: all entries of it.
type edge struct {
	from, along, to store.Node
	entries         entries
}

// edges reads a block of nodes with their hops and calls each with every edge; at
// is called with every node before its edges. Entries are good until each returns.
func (s *scan) edges(at func(store.Node), each func(edge)) {
	var from store.Node
	var room entries
	s.rows(func() { from = 0 }, func(name []byte) {
		if string(name) == "uid" {
			if from = s.uid(); s.err == nil && at != nil {
				at(from)
			}
			return
		}
		p, ok := parseHex(bytes.TrimPrefix(name, []byte("p")))
		if !ok || from == 0 {
			s.fail("predicate after a uid")
			return
		}
		s.array(func() {
			e := edge{from: from, along: store.Node(p)}
			s.object(func(name []byte) {
				switch string(name) {
				case "uid":
					e.to = s.uid()
				case "f":
					room = s.entries(room[:0])
					e.entries = room
				default:
					s.skip()
				}
			})
			if s.err == nil && e.entries == nil {
				s.fail("entries of an edge")
			}
			if s.err == nil {
				each(e)
			}
			room = room[:0]
		})
	}, func() {})
}

// seen appends the edges of the graph that an edge of Dgraph's stands for.
func (v era) seen(dst []store.Edge, e edge) []store.Edge {
	for _, en := range e.entries {
		if v.sees(en) {
			dst = append(dst, store.Edge{From: e.from, To: e.to, Predicate: e.along, Label: en.label})
		}
	}
	return dst
}

// Expand reads the edges of nodes.
func (r *reader) Expand(ctx context.Context, nodes []store.Node, predicate store.Node, d store.Direction) ([]store.Edge, error) {
	along := r.along(predicate)
	if len(nodes) == 0 || len(along) == 0 {
		return nil, r.usable(ctx)
	}
	var edges []store.Edge
	for part := range slices.Chunk(nodes, atOnce) {
		q := append([]byte("{ q(func: uid("), appendUIDs(nil, part)...)
		q = append(q, ")) { uid"...)
		for _, p := range along {
			q = r.store.appendHop(q, p, d, "", "uid")
		}
		b, err := r.query(ctx, "expand", append(q, " } }"...))
		if err != nil {
			return nil, err
		}
		err = answer(b, func(s *scan, _ string) {
			s.edges(nil, func(e edge) { edges = r.era.seen(edges, e) })
		})
		if err != nil {
			return nil, fmt.Errorf("expand: %w", err)
		}
	}
	return edges, ctx.Err()
}

// Labelled reads the edges that bear one of some labels.
func (r *reader) Labelled(ctx context.Context, labels []store.Node) ([]store.Edge, error) {
	if len(labels) == 0 || len(r.predicates) == 0 {
		return nil, r.usable(ctx)
	}
	wanted := make(map[store.Node]bool, len(labels))
	for _, l := range labels {
		wanted[l] = true
	}
	q := append([]byte("{ var(func: uid("), appendUIDs(nil, labels)...)
	q = append(q, ")) { s as ~"+r.store.pred("stated")+" } q(func: uid(s)) { uid"...)
	for _, p := range r.predicates {
		q = r.store.appendHop(q, p, store.Out, "", "uid")
	}
	b, err := r.query(ctx, "labelled", append(q, " } }"...))
	if err != nil {
		return nil, err
	}
	var edges []store.Edge
	err = answer(b, func(s *scan, _ string) {
		s.edges(nil, func(e edge) {
			from := len(edges)
			edges = r.era.seen(edges, e)
			edges = append(edges[:from], slices.DeleteFunc(edges[from:], func(e store.Edge) bool { return !wanted[e.Label] })...)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("labelled: %w", err)
	}
	return edges, ctx.Err()
}

// keysAtOnce is how many terms one request looks up at most.
const keysAtOnce = 1 << 14

// Find returns the handles of terms.
func (r *reader) Find(ctx context.Context, keys []string) ([]store.Node, error) {
	nodes := make([]store.Node, len(keys))
	for from := 0; from < len(keys); from += keysAtOnce {
		part := keys[from:min(len(keys), from+keysAtOnce)]
		if err := r.usable(ctx); err != nil {
			return nil, err
		}
		b, err := r.query(ctx, "find", r.store.findQuery(part))
		if err != nil {
			return nil, err
		}
		found, err := r.store.readTerms(b)
		if err != nil {
			return nil, fmt.Errorf("find: %w", err)
		}
		for i, key := range part {
			if t, ok := found[escape(key)]; ok && r.era.live(t.used) {
				nodes[from+i] = t.node
			}
		}
	}
	return nodes, r.usable(ctx)
}

// findQuery asks for the nodes of keys.
func (s *Store) findQuery(keys []string) []byte {
	q := append([]byte("{ q(func: eq("), s.pred("key")...)
	q = append(q, ", ["...)
	for i, key := range keys {
		if i > 0 {
			q = append(q, ',')
		}
		q = append(q, '"')
		q = append(q, escape(key)...)
		q = append(q, '"')
	}
	q = append(q, "])) { uid k: "...)
	q = append(q, s.pred("key")...)
	return append(q, " @facets(u) } }"...)
}

// held is a term as it lies there.
type held struct {
	node store.Node
	used entries
}

// readTerms reads nodes with their keys and uses, by escaped key. Were there two
// nodes of one key, the first would be taken, by all.
func (s *Store) readTerms(b []byte) (map[string]held, error) {
	found := map[string]held{}
	err := answer(b, func(sc *scan, _ string) {
		sc.terms(func(key []byte, t held) {
			if earlier, ok := found[string(key)]; len(key) > 0 && (!ok || t.node < earlier.node) {
				found[string(key)] = t
			}
		})
	})
	return found, err
}

// terms reads a block of nodes with their keys; of one that has lost it, as when
// it is cleared away, the key is empty.
func (s *scan) terms(each func(key []byte, t held)) {
	var t held
	var key []byte
	s.rows(func() { t, key = held{}, key[:0] }, func(name []byte) {
		switch string(name) {
		case "uid":
			t.node = s.uid()
		case "k":
			key = append(key[:0], s.text()...)
		case "k|u":
			t.used = s.entries(nil)
		default:
			s.skip()
		}
	}, func() { each(key, t) })
}

// Keys returns the keys of handles.
func (r *reader) Keys(ctx context.Context, nodes []store.Node) ([]string, error) {
	keys := make(map[store.Node]string, len(nodes))
	for part := range slices.Chunk(nodes, atOnce) {
		q := append([]byte("{ q(func: uid("), appendUIDs(nil, part)...)
		q = append(q, ")) { uid k: "+r.store.pred("key")+" } }"...)
		b, err := r.query(ctx, "keys", q)
		if err != nil {
			return nil, err
		}
		if err := readKeys(b, keys); err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
	}
	all := make([]string, len(nodes))
	for i, n := range nodes {
		key, ok := keys[n]
		if !ok {
			return nil, fmt.Errorf("node %#x has no key: it is no term of this store", n)
		}
		all[i] = key
	}
	return all, ctx.Err()
}

func readKeys(b []byte, keys map[store.Node]string) error {
	var wrong error
	err := answer(b, func(s *scan, _ string) { wrong = s.keys(keys) })
	return cmp.Or(err, wrong)
}

// keys reads a block of nodes with their keys into a map.
func (s *scan) keys(keys map[store.Node]string) (wrong error) {
	s.terms(func(key []byte, t held) {
		if len(key) == 0 {
			return
		}
		text, err := unescape(string(key))
		if err != nil {
			wrong = cmp.Or(wrong, err)
		}
		keys[t.node] = text
	})
	return wrong
}

// Stats counts.
func (r *reader) Stats(ctx context.Context) (store.Stats, error) { return r.stats, r.usable(ctx) }
