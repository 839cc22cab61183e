package dgraph

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"

	"parley/graph/store"
)

// verifyAtOnce is of how many terms one request reads everything.
var verifyAtOnce = 500

// mostFaults is how many faults are told one by one.
const mostFaults = 100

// Verify reads the whole store at a URL, as it is now, and tells all that is wrong
// with it. Others may read meanwhile; a change that is made meanwhile may look
// like a fault.
func Verify(ctx context.Context, storeURL string) error {
	s, err := connect(ctx, storeURL, Options{})
	if err != nil {
		return err
	}
	defer s.client.close()
	v := &verifier{store: s, seed: maphash.MakeSeed(), count: counts{}, used: bits{}, needed: bits{}, out: map[store.Node]uint64{}}
	if err := v.verify(ctx); err != nil {
		return fmt.Errorf("verify %s: %w", s.client.address, err)
	}
	if v.more > 0 {
		v.faults = append(v.faults, fmt.Errorf("and %d more faults", v.more))
	}
	if len(v.faults) > 0 {
		return fmt.Errorf("verify %s: %w", s.client.address, errors.Join(v.faults...))
	}
	return nil
}

// verifier reads a store by its terms, some at once.
type verifier struct {
	store *Store
	*root
	now    era
	seed   maphash.Seed
	count  counts
	quads  int64
	terms  int64
	used   bits                  // terms that say that they are in use
	needed bits                  // terms that some quad has
	out    map[store.Node]uint64 // by predicate: what lies there forwards, less what lies there backwards
	faults []error
	more   int
}

func (v *verifier) fault(format string, args ...any) {
	if len(v.faults) >= mostFaults {
		v.more++
		return
	}
	v.faults = append(v.faults, fmt.Errorf(format, args...))
}

func (v *verifier) verify(ctx context.Context) (err error) {
	if v.root, err = v.store.root(ctx, wholeRoot); errors.Is(err, store.ErrNoStore) {
		return err
	}
	if v.root != nil {
		if err := v.store.mayRead(ctx, v.predicates); err != nil {
			return err
		}
	}
	b, err := v.store.client.query(ctx, "verify", "{ r(func: has("+v.store.pred("state")+")) { uid } i(func: has("+v.store.pred("is")+")) { uid } }")
	if err != nil {
		return err
	}
	of := map[string][]store.Node{}
	err = answer(b, func(s *scan, name string) {
		s.terms(func(_ []byte, t held) { of[name] = append(of[name], t.node) })
	})
	if err != nil {
		return err
	}
	if len(of["r"]) > 1 || len(of["r"]) == 1 && !slices.Equal(of["r"], of["i"]) {
		return fmt.Errorf("nodes %#x have a state, and nodes %#x say that they are a store: one must do both", of["r"], of["i"])
	}
	if v.root, err = v.store.root(ctx, wholeRoot); err != nil {
		return err
	}
	v.now = v.era()
	v.check(v.fault)
	var after store.Node
	for ended := false; !ended; {
		n, err := v.some(ctx, &after)
		if err != nil {
			return err
		}
		ended = n < verifyAtOnce
	}
	v.totals()
	return nil
}

// check tells what a state says that cannot be.
func (s *state) check(fault func(string, ...any)) {
	if s.Next <= s.Version || s.Void.has(s.Version) || s.Floor > s.Version {
		fault("the state says version %d, next number %d, first version to read %d, void numbers %v", s.Version, s.Next, s.Floor, s.Void)
	}
	last := uint64(0)
	for _, r := range s.Void {
		if r[0] < max(last, 1) || r[1] <= r[0] || r[1] > s.Next {
			fault("the void numbers are no ranges in order below %d: %v", s.Next, s.Void)
		}
		last = r[1]
	}
}

// some reads the next few terms and all that begins and ends at them.
func (v *verifier) some(ctx context.Context, after *store.Node) (n int, err error) {
	s := v.store
	q := fmt.Sprintf("{ n as var(func: has(%s), first: %d, after: %s) t(func: uid(n)) { uid k: %[1]s @facets(u) } l(func: uid(n)) { uid s: %[4]s { uid } } o(func: uid(n)) { uid",
		s.pred("key"), verifyAtOnce, uid(*after), s.pred("stated"))
	text := []byte(q)
	for _, p := range v.predicates {
		text = s.appendHop(text, p, store.Out, "", "uid")
	}
	text = append(text, " } i(func: uid(n)) { uid"...)
	for _, p := range v.predicates {
		text = s.appendHop(text, p, store.In, "", "uid")
	}
	text = append(text, " } m(func: uid(n)) { uid s: ~"+s.pred("stated")+" { uid } } }"...)
	b, err := s.client.query(ctx, "verify", string(text))
	if err != nil {
		return 0, err
	}
	stated := map[pair]bool{}
	var want []pair
	var keys []string
	of := map[string]store.Node{}
	err = answer(b, func(sc *scan, name string) {
		switch name {
		case "t":
			sc.terms(func(key []byte, t held) {
				n, *after = n+1, max(*after, t.node)
				keys = append(keys, v.term(key, t, of)...)
			})
		case "l":
			sc.pairs(func(from, to store.Node) {
				stated[pair{from, to}] = true
				v.out[0] += v.sum(triple{from, 0, to}, nil)
			})
		case "m":
			sc.pairs(func(from, to store.Node) { v.out[0] -= v.sum(triple{to, 0, from}, nil) })
		case "o":
			sc.edges(nil, func(e edge) {
				v.edge(e)
				for _, en := range e.entries {
					if en.label != 0 && v.now.sees(en) {
						want = append(want, pair{e.from, en.label})
					}
				}
			})
		case "i":
			sc.edges(nil, func(e edge) { v.out[e.along] -= v.sum(triple{e.to, e.along, e.from}, e.entries) })
		}
	})
	if err != nil {
		return n, err
	}
	for _, p := range want {
		if !stated[p] {
			v.fault("node %#x has a quad labelled %#x, by which it cannot be found: it lacks the edge %s to it", p.subject, p.label, s.pred("stated"))
		}
	}
	return n, v.unique(ctx, keys, of)
}

// term looks at a term and returns its key, to look up.
func (v *verifier) term(key []byte, t held, of map[string]store.Node) []string {
	text, err := unescape(string(key))
	if err == nil {
		_, err = store.Value([]byte(text))
	}
	if err == nil && escape(text) != string(key) {
		err = fmt.Errorf("key %q is not written as keys are", key)
	}
	if err != nil {
		v.fault("node %#x is no term: %w", t.node, err)
		return nil
	}
	v.known(t.used, "node "+uid(t.node))
	live := 0
	for _, e := range t.used {
		if v.now.sees(e) {
			live++
		}
	}
	if live > 1 {
		v.fault("node %#x says %d times that it is in use", t.node, live)
	}
	if live > 0 {
		v.terms++
		v.used.set(t.node)
	}
	if _, ok := of[string(key)]; !ok {
		of[string(key)] = t.node
	}
	return []string{text}
}

// known looks whether entries are of numbers that were given.
func (v *verifier) known(es entries, what string) {
	for _, e := range es {
		if e.born >= v.Next || e.died >= v.Next || e.died != 0 && e.died < e.born {
			v.fault("%s has the entry %s, but the numbers that were given end at %d", what, entries{e}.append(nil), v.Next)
		}
	}
}

func (v *verifier) edge(e edge) {
	what := "edge " + uid(e.from) + " " + v.store.along(e.along) + " " + uid(e.to)
	v.known(e.entries, what)
	v.out[e.along] += v.sum(triple{e.from, e.along, e.to}, e.entries)
	labels := map[store.Node]bool{}
	for _, en := range e.entries {
		if !v.now.sees(en) {
			continue
		}
		if labels[en.label] {
			v.fault("%s has two entries of the label %#x at once", what, en.label)
			continue
		}
		labels[en.label] = true
		v.quads++
		v.count[e.along]++
		for _, n := range [...]store.Node{e.from, e.along, e.to, en.label} {
			if n != 0 {
				v.needed.set(n)
			}
		}
	}
}

// sum is a number for an edge and its entries. Sums over all edges are the same
// whatever their order.
func (v *verifier) sum(t triple, es entries) uint64 {
	var h maphash.Hash
	h.SetSeed(v.seed)
	maphash.WriteComparable(&h, t)
	_, _ = h.Write(es.append(nil))
	return h.Sum64()
}

// unique looks whether each key leads to its one node.
func (v *verifier) unique(ctx context.Context, keys []string, of map[string]store.Node) error {
	if len(keys) == 0 {
		return nil
	}
	b, err := v.store.client.query(ctx, "verify", string(v.store.findQuery(keys)))
	if err != nil {
		return err
	}
	found := map[string][]store.Node{}
	err = answer(b, func(s *scan, _ string) {
		s.terms(func(key []byte, t held) { found[string(key)] = append(found[string(key)], t.node) })
	})
	if err != nil {
		return err
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		escaped := escape(key)
		switch nodes := found[escaped]; {
		case len(nodes) == 0:
			v.fault("node %#x is not found by its key %q", of[escaped], key)
		case len(nodes) > 1 && slices.Min(nodes) == of[escaped]: // told once
			v.fault("nodes %#x have one key, %q", nodes, key)
		}
	}
	return nil
}

// totals compares what was met with what is told.
func (v *verifier) totals() {
	if v.quads != v.Quads || v.terms != v.Terms {
		v.fault("there are %d quads and %d terms, and the state says %d and %d", v.quads, v.terms, v.Quads, v.Terms)
	}
	if !maps.Equal(v.count, v.counts) {
		v.fault("there are %s of each predicate, and the state says %s", v.count.json(), v.counts.json())
	}
	if len(v.predicates) < v.Predicates {
		v.fault("%d predicates are listed, and the state says %d", len(v.predicates), v.Predicates)
	}
	for _, p := range slices.Sorted(maps.Keys(v.out)) {
		if v.out[p] != 0 {
			name := v.store.pred("stated")
			if p != 0 {
				name = v.store.along(p)
			}
			v.fault("the edges along %s are not the same forwards and backwards", name)
		}
	}
	v.used.less(v.needed, func(n store.Node) { v.fault("node %#x says that it is in use, and no quad has it", n) })
	v.needed.less(v.used, func(n store.Node) { v.fault("node %#x is in a quad, and does not say that it is in use", n) })
}

// bits is a set of nodes.
type bits map[store.Node]*block

func (b bits) set(n store.Node) {
	of := b[n/blockSize]
	if of == nil {
		of = &block{}
		b[n/blockSize] = of
	}
	of.set(n % blockSize)
}

// less calls each with what is in b and not in other.
func (b bits) less(other bits, each func(store.Node)) {
	for _, number := range slices.Sorted(maps.Keys(b)) {
		there := other[number]
		for i := range store.Node(blockSize) {
			if b[number].has(i) && (there == nil || !there.has(i)) {
				each(number*blockSize + i)
			}
		}
	}
}
