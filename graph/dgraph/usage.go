package dgraph

import (
	"context"
	"fmt"
	"slices"

	"parley/graph/store"

	"github.com/dgraph-io/dgo/v250/protos/api"
)

// enough is how many edges of a term are looked at first, to see whether it is
// still in use: most often one of them tells.
var enough = 64

// disuse finds out which of the terms of quads that were removed are in no quad
// any more, and writes that down. It returns how many.
func (f *flush) disuse(ctx context.Context) (int, error) {
	after := era{f.number, f.before.void}
	used := func(p store.Node) bool { return f.counts[p]+f.result.counts[p] > 0 }
	var candidates []int
	met := map[store.Node]bool{}
	for _, q := range f.result.gone {
		for _, i := range [...]store.Node{q.Subject, q.Predicate, q.Object, q.Label} {
			if i == 0 || met[i] || f.wanted[i] || used(f.nodes[i]) {
				continue
			}
			met[i] = true
			candidates = append(candidates, int(i))
		}
	}
	parts := slices.Collect(slices.Chunk(candidates, termsAtOnce))
	gone := make([]int, len(parts))
	err := parallel(ctx, len(parts), func(ctx context.Context, i int) (err error) {
		gone[i], err = f.disuseSome(ctx, parts[i], after)
		return err
	})
	total := 0
	for _, n := range gone {
		total += n
	}
	return total, err
}

func (f *flush) disuseSome(ctx context.Context, candidates []int, after era) (int, error) {
	open := make(map[store.Node]int, len(candidates))
	for _, i := range candidates {
		open[f.nodes[i]] = i
	}
	// Some edges of each, and then, of those that these do not tell of, all.
	for _, first := range [...]int{enough, 0} {
		if len(open) == 0 {
			break
		}
		if err := f.dropUsed(ctx, open, after, first); err != nil {
			return 0, fmt.Errorf("see which terms are in use: %w", err)
		}
	}
	if len(open) == 0 {
		return 0, nil
	}
	nodes := make([]store.Node, 0, len(open))
	for n := range open {
		nodes = append(nodes, n)
	}
	read := append([]byte("{ q(func: uid("), appendUIDs(nil, nodes)...)
	read = append(read, ")) { uid k: "+f.store.pred("key")+" @facets(u) } }"...)
	err := f.write(ctx, "terms", read, func(b []byte) (set, del []*api.NQuad, err error) {
		err = answer(b, func(s *scan, _ string) {
			s.terms(func(key []byte, t held) {
				es := f.before.clean(t.used)
				changed := false
				for i := range es {
					if es[i].died == 0 {
						es[i].died, changed = f.number, true
					}
				}
				if changed && len(key) > 0 {
					set = append(set, f.store.term(uid(t.node), string(key), es))
				}
			})
		})
		return set, nil, err
	}, nil)
	return len(open), err
}

// dropUsed drops those terms that some quad has, going by the first edges of each
// along each predicate, or by all where first is 0.
func (f *flush) dropUsed(ctx context.Context, open map[store.Node]int, after era, first int) error {
	nodes := make([]store.Node, 0, len(open))
	for n := range open {
		nodes = append(nodes, n)
	}
	slices.Sort(nodes)
	args := ""
	if first > 0 {
		args = fmt.Sprintf("(first: %d)", first)
	}
	from := "(func: uid(n)) { uid"
	q := append([]byte("{ n as var(func: uid("), appendUIDs(nil, nodes)...)
	q = append(q, ")) var(func: uid(n)) { s as ~"+f.store.pred("stated")+" "+args+" }"...)
	for _, block := range [...]struct {
		head string
		d    store.Direction
		args string
	}{{"o" + from, store.Out, args}, {"i" + from, store.In, args}, {"l(func: uid(s)) { uid", store.Out, ""}} {
		q = append(q, " "+block.head...)
		for _, p := range f.writer.predicates {
			q = f.store.appendHop(q, p, block.d, block.args, "uid")
		}
		q = append(q, " }"...)
	}
	b, err := f.store.client.query(ctx, "use", string(append(q, " }"...)))
	if err != nil {
		return err
	}
	return answer(b, func(s *scan, name string) {
		s.edges(nil, func(e edge) {
			for _, en := range e.entries {
				switch {
				case !after.sees(en):
				case name == "l":
					delete(open, en.label)
				default:
					delete(open, e.from)
				}
			}
		})
	})
}
