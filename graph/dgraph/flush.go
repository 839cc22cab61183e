package dgraph

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"parley/graph/remote"
	"parley/graph/store"

	"github.com/dgraph-io/dgo/v250/protos/api"
)

// How much one transaction writes, and how many are under way at once. The
// number of terms is that which one request looks up well.
var (
	quadsAtOnce = 5000
	termsAtOnce = 4000
	writers     = 12
)

// flush writes a draft under a number of its own. Each of its transactions can be
// made again, in case the answer to it was lost: what it finds under the number
// is its own.
type flush struct {
	*writer
	draft  *draft
	number uint64
	before era
	empty  bool // nothing that is there can be seen, by anybody

	nodes  []store.Node // of the draft's terms, by their place; 0 where there is none
	fresh  []bool       // made by this flush
	came   []bool       // into use by this flush
	wanted []bool       // by a quad that is there in the end

	quads  []fate
	result result
}

// fate is what becomes of one quad: steps of the draft from one place to another.
type fate struct {
	from, to uint32
}

// result is what a transaction came to.
type result struct {
	tally  store.Tally
	counts counts
	gone   []remote.Quad // that were removed, by their places in the draft
	stated []pair        // labels of quads that came, with their subjects
}

// pair is a subject and a label that some quad of it bears.
type pair struct{ subject, label store.Node }

// write writes a draft.
func (t *tx) write(ctx context.Context, d *draft) (err error) {
	w := t.writer
	f := &flush{writer: w, draft: d, before: era{max(w.Version, w.last), w.Void}, result: result{counts: counts{}}}
	f.empty = f.before.version == 0
	if f.number, err = w.number(); err != nil {
		return err
	}
	f.sort()
	if err := f.resolve(ctx); err != nil {
		return err
	}
	for i, wanted := range f.wanted {
		if wanted && f.nodes[i] == 0 {
			return fmt.Errorf("the cluster has given out all uids that can be handles, those up to %#x", uint64(mostNodes))
		}
	}
	if err := w.list(ctx, f.predicates()); err != nil {
		return err
	}
	if err := f.writeQuads(ctx); err != nil {
		return err
	}
	if err := f.writeStated(ctx); err != nil {
		return err
	}
	gone, err := f.disuse(ctx)
	if err != nil {
		return err
	}
	for _, came := range f.came {
		if came {
			t.terms++
		}
	}
	t.terms -= int64(gone)
	t.tally.New += f.result.tally.New
	t.tally.Known += f.result.tally.Known
	t.tally.Removed += f.result.tally.Removed
	for p, n := range f.result.counts {
		t.quads += n
		if w.counts[p] += n; w.counts[p] == 0 {
			delete(w.counts, p)
		}
	}
	return nil
}

// byEdge orders quads by predicate and object, so that those of one transaction
// have their ends in few lists: to add to a list costs Dgraph the same, be it one
// end or a thousand.
func byEdge(a, b remote.Quad) int {
	turned := func(q remote.Quad) remote.Quad {
		return remote.Quad{Subject: q.Predicate, Predicate: q.Object, Object: q.Subject, Label: q.Label}
	}
	return turned(a).Compare(turned(b))
}

// sort brings the steps of a quad together, in the order in which they came, and
// marks the terms of what is there after them.
func (f *flush) sort() {
	steps := f.draft.steps
	slices.SortFunc(steps, func(a, b step) int {
		return cmp.Or(byEdge(a.Quad, b.Quad), cmp.Compare(a.at, b.at))
	})
	n := len(f.draft.terms) + 1
	f.nodes, f.fresh, f.came, f.wanted = make([]store.Node, n), make([]bool, n), make([]bool, n), make([]bool, n)
	for from := 0; from < len(steps); {
		to := from + 1
		for to < len(steps) && steps[to].Quad == steps[from].Quad {
			to++
		}
		f.quads = append(f.quads, fate{uint32(from), uint32(to)})
		if last := steps[to-1]; !last.remove {
			f.wanted[last.Subject], f.wanted[last.Predicate], f.wanted[last.Object], f.wanted[last.Label] = true, true, true, true
		}
		from = to
	}
	f.wanted[0] = false
}

// resolve finds the nodes of the draft's terms, and makes those that are wanted
// and not there.
func (f *flush) resolve(ctx context.Context) error {
	n := len(f.draft.terms)
	return parallel(ctx, (n+termsAtOnce-1)/termsAtOnce, func(ctx context.Context, i int) error {
		return f.resolveSome(ctx, 1+i*termsAtOnce, 1+min(n, (i+1)*termsAtOnce))
	})
}

func (f *flush) resolveSome(ctx context.Context, from, to int) error {
	keys := f.draft.terms[from-1 : to-1]
	var read []byte
	if !f.empty || len(f.before.void) > 0 {
		read = f.store.findQuery(keys)
	}
	build := func(b []byte) (set, del []*api.NQuad, err error) {
		var found map[string]held
		if read != nil {
			if found, err = f.store.readTerms(b); err != nil {
				return nil, nil, fmt.Errorf("look terms up: %w", err)
			}
		}
		for i := from; i < to; i++ {
			key := escape(keys[i-from])
			t, there := found[key]
			f.nodes[i], f.came[i] = t.node, false
			if !f.wanted[i] || there && f.before.live(t.used) {
				continue
			}
			f.came[i] = true
			if slices.Contains(t.used, entry{born: f.number}) {
				continue // an earlier attempt was carried out
			}
			subject := "_:t" + strconv.Itoa(i)
			if there {
				subject = uid(t.node)
			}
			set = append(set, f.store.term(subject, key, append(f.before.clean(t.used), entry{born: f.number})))
		}
		return set, nil, nil
	}
	return f.write(ctx, "terms", read, build, func(made map[string]string) {
		for i := from; i < to; i++ {
			if f.came[i] && f.nodes[i] == 0 {
				if n, err := strconv.ParseUint(made["t"+strconv.Itoa(i)], 0, 64); err == nil && n <= mostNodes {
					f.nodes[i], f.fresh[i] = store.Node(n), true
				}
			}
		}
	})
}

func uid(n store.Node) string { return "0x" + strconv.FormatUint(uint64(n), 16) }

// term is a term with its uses, as Dgraph takes it.
func (s *Store) term(subject, escaped string, used entries) *api.NQuad {
	q := literal(subject, s.pred("key"), escaped)
	q.Facets = []*api.Facet{{Key: "u", Value: used.append(nil), ValType: api.Facet_STRING}}
	return q
}

// predicates are those of the quads that are there in the end.
func (f *flush) predicates() []store.Node {
	met := map[store.Node]bool{}
	for _, q := range f.quads {
		if last := f.draft.steps[q.to-1]; !last.remove {
			met[f.nodes[last.Predicate]] = true
		}
	}
	all := make([]store.Node, 0, len(met))
	for p := range met {
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}

// writeQuads writes the quads in parts, none of which has half an edge.
func (f *flush) writeQuads(ctx context.Context) error {
	var parts [][]fate
	for rest := f.quads; len(rest) > 0; {
		n := min(quadsAtOnce, len(rest))
		for n < len(rest) && f.sameEdge(rest[n-1], rest[n]) {
			n++
		}
		parts, rest = append(parts, rest[:n]), rest[n:]
	}
	// What is written at once lies far apart: along other predicates, which other
	// groups have.
	apart := (len(parts) + writers - 1) / writers
	order := make([]int, 0, len(parts))
	for from := range apart {
		for i := from; i < len(parts); i += apart {
			order = append(order, i)
		}
	}
	var mu sync.Mutex
	return parallel(ctx, len(parts), func(ctx context.Context, i int) error {
		r, err := f.writeSome(ctx, parts[order[i]])
		mu.Lock()
		defer mu.Unlock()
		f.result.tally.New += r.tally.New
		f.result.tally.Known += r.tally.Known
		f.result.tally.Removed += r.tally.Removed
		f.result.gone = append(f.result.gone, r.gone...)
		f.result.stated = append(f.result.stated, r.stated...)
		for p, n := range r.counts {
			f.result.counts[p] += n
		}
		return err
	})
}

func (f *flush) sameEdge(a, b fate) bool {
	q, r := f.draft.steps[a.from].Quad, f.draft.steps[b.from].Quad
	return q.Subject == r.Subject && q.Predicate == r.Predicate && q.Object == r.Object
}

// triple is an edge of Dgraph's.
type triple struct{ subject, predicate, object store.Node }

func (f *flush) tripleOf(q remote.Quad) triple {
	return triple{f.nodes[q.Subject], f.nodes[q.Predicate], f.nodes[q.Object]}
}

// writeSome writes some quads in one transaction: reads what their edges have,
// merges and writes it.
func (f *flush) writeSome(ctx context.Context, quads []fate) (r result, err error) {
	read := f.readQuery(quads)
	build := func(b []byte) (set, del []*api.NQuad, err error) {
		r = result{counts: counts{}}
		there := map[triple]entries{}
		if read != nil {
			err := answer(b, func(s *scan, _ string) {
				s.edges(nil, func(e edge) { there[triple{e.from, e.along, e.to}] = slices.Clone(e.entries) })
			})
			if err != nil {
				return nil, nil, fmt.Errorf("read edges: %w", err)
			}
		}
		for from := 0; from < len(quads); {
			to := from + 1
			for to < len(quads) && f.sameEdge(quads[from], quads[to]) {
				to++
			}
			q := f.draft.steps[quads[from].from].Quad
			t := f.tripleOf(q)
			es, changed := f.before.clean(there[t]), false
			for _, fate := range quads[from:to] {
				label := f.draft.steps[fate.from].Label
				if t.subject == 0 || t.predicate == 0 || t.object == 0 || label != 0 && f.nodes[label] == 0 {
					f.replay(&r, fate, false)
					continue
				}
				var did, came bool
				if es, did, came = f.merge(&r, es, f.nodes[label], fate); did {
					changed = true
				}
				if came && label != 0 {
					r.stated = append(r.stated, pair{t.subject, f.nodes[label]})
				}
			}
			if changed {
				set = append(set, f.store.tie(t, es))
			}
			from = to
		}
		return set, nil, nil
	}
	err = f.write(ctx, "quads", read, build, nil)
	return r, err
}

// writeStated writes the labels of quads that came, each once for a subject.
func (f *flush) writeStated(ctx context.Context) error {
	all := f.result.stated
	slices.SortFunc(all, func(a, b pair) int { return cmp.Or(cmp.Compare(a.label, b.label), cmp.Compare(a.subject, b.subject)) })
	parts := slices.Collect(slices.Chunk(slices.Compact(all), quadsAtOnce))
	return parallel(ctx, len(parts), func(ctx context.Context, i int) error {
		return f.write(ctx, "stated", nil, func([]byte) (set, del []*api.NQuad, err error) {
			for _, p := range parts[i] {
				set = append(set, &api.NQuad{Subject: uid(p.subject), Predicate: f.store.pred("stated"), ObjectId: uid(p.label)})
			}
			return set, nil, nil
		}, nil)
	})
}

// tie is an edge with its entries, as Dgraph takes it.
func (s *Store) tie(t triple, es entries) *api.NQuad {
	return &api.NQuad{
		Subject: uid(t.subject), Predicate: s.along(t.predicate), ObjectId: uid(t.object),
		Facets: []*api.Facet{{Key: "l", Value: es.append(nil), ValType: api.Facet_STRING}},
	}
}

// replay goes through the steps of a quad that was there before or was not, and
// tells whether it is after.
func (f *flush) replay(r *result, q fate, was bool) (is bool) {
	is = was
	for _, s := range f.draft.steps[q.from:q.to] {
		switch {
		case s.remove && is:
			r.tally.Removed++
		case s.remove:
		case is:
			r.tally.Known++
		default:
			r.tally.New++
		}
		is = !s.remove
	}
	return is
}

// merge brings the entries of an edge up to what becomes of a quad with a label.
// It tells whether they changed, and whether the quad came.
func (f *flush) merge(r *result, es entries, label store.Node, q fate) (merged entries, changed, came bool) {
	at := slices.IndexFunc(es, func(e entry) bool { return e.label == label && f.before.sees(e) })
	was := at >= 0
	is := f.replay(r, q, was)
	steps := f.draft.steps[q.from:q.to]
	p := f.nodes[steps[0].Predicate]
	switch {
	case was && is && es[at].died != 0:
		es[at].died, changed = 0, true
	case was && !is:
		r.counts[p]--
		r.gone = append(r.gone, steps[0].Quad)
		// Where an earlier attempt was carried out, it is so already.
		changed = es[at].died != f.number
		es[at].died = f.number
	case !was && is:
		r.counts[p]++
		came = true
		if e := (entry{label, f.number, 0}); !slices.Contains(es, e) {
			es, changed = append(es, e), true
		}
	}
	return es, changed, came
}

// readQuery asks for the edges of quads, those that can be there; nil where none
// can.
func (f *flush) readQuery(quads []fate) []byte {
	if f.empty {
		return nil
	}
	type ends struct{ subjects, objects []store.Node }
	of := map[store.Node]*ends{}
	for i, fate := range quads {
		if i > 0 && f.sameEdge(quads[i-1], fate) {
			continue
		}
		q := f.draft.steps[fate.from].Quad
		t := f.tripleOf(q)
		_, listed := slices.BinarySearch(f.writer.predicates, t.predicate)
		if !listed || t.subject == 0 || t.object == 0 || f.fresh[q.Subject] || f.fresh[q.Predicate] || f.fresh[q.Object] {
			continue
		}
		e := of[t.predicate]
		if e == nil {
			e = &ends{}
			of[t.predicate] = e
		}
		e.subjects, e.objects = append(e.subjects, t.subject), append(e.objects, t.object)
	}
	if len(of) == 0 {
		return nil
	}
	query := []byte("{")
	for p, e := range of {
		query = append(query, " e"+strconv.FormatUint(uint64(p), 16)+"(func: uid("...)
		query = appendUIDs(query, distinct(e.subjects))
		query = append(query, ")) { uid"...)
		filter := append([]byte("@filter(uid("), appendUIDs(nil, distinct(e.objects))...)
		query = f.store.appendHop(query, p, store.Out, string(append(filter, "))"...)), "uid")
		query = append(query, " }"...)
	}
	return append(query, " }"...)
}

func distinct(nodes []store.Node) []store.Node {
	slices.Sort(nodes)
	return slices.Compact(nodes)
}
