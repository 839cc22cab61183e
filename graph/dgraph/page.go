package dgraph

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"parley/graph/remote"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// rest is what a page read and did not give: most often the next page asks for
// just that.
type rest struct {
	mu    sync.Mutex
	place quad.Direction
	node  store.Node
	after remote.Quad
	quads []remote.Quad
	next  cursor
	// whole has listings that are not long: cayley asks for the same ones often.
	whole map[listing][]remote.Quad
	held  int
}

// listing is what is listed.
type listing struct {
	place quad.Direction
	node  store.Node
}

// mostListed bounds what a reader remembers of listings, and mostOfOne one.
const mostListed, mostOfOne = 1 << 19, 1 << 12

// keep remembers a listing that was read whole.
func (r *rest) keep(l listing) {
	cost := len(r.quads) + 4
	if cost > mostOfOne {
		return
	}
	if r.whole == nil || r.held+cost > mostListed {
		r.whole, r.held = map[listing][]remote.Quad{}, 0
	}
	r.whole[l] = slices.Clone(r.quads)
	r.held += cost
}

// cursor is how far a listing has read: of one predicate up to a node, and of
// those before it all.
type cursor struct {
	along int // the place of a predicate among those listed
	node  store.Node
	many  int // of how many predicates to read at once
	ended bool
}

// Pages go by predicate first, since to look for what a subject has along each of
// them costs Dgraph a search, be there anything or not; those from one subject and
// with one label by subject.
func (r *reader) compare(place quad.Direction, a, b remote.Quad) int {
	byPlace := a.Compare(b)
	if place != quad.Subject && place != quad.Label {
		byPlace = cmp.Or(cmp.Compare(a.Predicate, b.Predicate), byPlace)
	}
	return byPlace
}

// Page returns some quads that have a term at a place, those after one.
func (r *reader) Page(ctx context.Context, place quad.Direction, n store.Node, after remote.Quad, limit int) ([]remote.Quad, error) {
	if err := r.usable(ctx); err != nil || limit <= 0 {
		return nil, err
	}
	r.rest.mu.Lock()
	defer r.rest.mu.Unlock()
	had := &r.rest
	if all, ok := had.whole[listing{place, n}]; ok {
		at := 0
		if after != (remote.Quad{}) {
			at = sort.Search(len(all), func(i int) bool { return r.compare(place, all[i], after) > 0 })
		}
		return slices.Clone(all[at:min(len(all), at+limit)]), nil
	}
	if after == (remote.Quad{}) || had.place != place || had.node != n || had.after != after {
		r.rest.place, r.rest.node, r.rest.quads = place, n, nil
		r.rest.next = r.cursorAfter(place, after)
	}
	for len(had.quads) < limit && !had.next.ended {
		quads, err := r.read(ctx, place, n, &had.next, limit)
		if err != nil {
			had.place, had.quads = 0, nil
			had.after = remote.Quad{}
			return nil, fmt.Errorf("read quads: %w", err)
		}
		quads = slices.DeleteFunc(quads, func(q remote.Quad) bool { return r.compare(place, q, after) <= 0 })
		slices.SortFunc(quads, func(a, b remote.Quad) int { return r.compare(place, a, b) })
		had.quads = append(had.quads, quads...)
	}
	if after == (remote.Quad{}) && had.next.ended && place != quad.Any {
		had.keep(listing{place, n})
	}
	page := had.quads[:min(limit, len(had.quads))]
	had.quads = had.quads[len(page):]
	if len(page) > 0 {
		had.after = page[len(page)-1]
	}
	return slices.Clone(page), ctx.Err()
}

// cursorAfter is how far a listing has read that has just given a quad.
func (r *reader) cursorAfter(place quad.Direction, after remote.Quad) (c cursor) {
	if after == (remote.Quad{}) {
		return c
	}
	// Other labels of its edge may be left.
	if c.node = after.Subject - 1; place != quad.Label {
		c.along, _ = slices.BinarySearch(r.predicates, after.Predicate)
	}
	return c
}

// read reads on from a cursor: about limit edges or more, and all of those before
// where the cursor is then.
func (r *reader) read(ctx context.Context, place quad.Direction, n store.Node, c *cursor, limit int) ([]remote.Quad, error) {
	switch place {
	case quad.Subject:
		c.ended = true
		if n == 0 {
			return nil, nil
		}
		edges, err := r.Expand(ctx, []store.Node{n}, 0, store.Out)
		return quadsOf(edges), err
	case quad.Label:
		return r.readLabelled(ctx, n, c, limit)
	case quad.Object:
		if n == 0 {
			c.ended = true
			return nil, nil
		}
		return r.readAlong(ctx, place, r.predicates, c, limit, func(q []byte, p store.Node, window string) []byte {
			q = append(q, "p"+strconv.FormatUint(uint64(p), 16)+"(func: uid("+uid(n)+")) { uid"...)
			return append(r.store.appendHop(q, p, store.In, "("+window+")", "uid"), " } "...)
		}, func(e store.Edge) remote.Quad {
			return remote.Quad{Subject: e.To, Predicate: e.Predicate, Object: e.From, Label: e.Label}
		})
	}
	along := r.predicates
	if place == quad.Predicate {
		along = r.along(n)
		if c.along = 0; n == 0 {
			along = nil
		}
	}
	return r.readAlong(ctx, place, along, c, limit, func(q []byte, p store.Node, window string) []byte {
		q = append(q, "p"+strconv.FormatUint(uint64(p), 16)+"(func: has("+r.store.along(p)+"), "+window+") { uid"...)
		return append(r.store.appendHop(q, p, store.Out, "", "uid"), " } "...)
	}, func(e store.Edge) remote.Quad {
		return remote.Quad{Subject: e.From, Predicate: e.Predicate, Object: e.To, Label: e.Label}
	})
}

// readAlong reads a window of edges along each of some predicates, by a block for
// each, up to the first of which more is left.
func (r *reader) readAlong(ctx context.Context, place quad.Direction, along []store.Node, c *cursor, limit int, block func([]byte, store.Node, string) []byte, told func(store.Edge) remote.Quad) ([]remote.Quad, error) {
	if c.along >= len(along) {
		c.ended = true
		return nil, nil
	}
	c.many = max(c.many, 8)
	some := along[c.along:min(len(along), c.along+c.many)]
	text := []byte("{ ")
	for i, p := range some {
		window := "first: " + strconv.Itoa(limit)
		if i == 0 && c.node != 0 {
			window += ", after: " + uid(c.node)
		}
		text = block(text, p, window)
	}
	b, err := r.query(ctx, "page", append(text, '}'))
	if err != nil {
		return nil, err
	}
	type part struct {
		came  int
		last  store.Node
		ends  store.Node
		edges []store.Edge
	}
	parts := map[store.Node]*part{}
	err = answer(b, func(s *scan, name string) {
		p, _ := parseHex([]byte(strings.TrimPrefix(name, "p")))
		had := &part{}
		parts[store.Node(p)] = had
		rows := 0
		// The window is one of subjects: either the rows, one of which may have lost
		// its edges, or the far ends of the one row.
		s.edges(func(n store.Node) { rows, had.last = rows+1, max(had.last, n) }, func(e edge) {
			if place == quad.Object {
				had.came++
				had.ends = max(had.ends, e.to)
			}
			had.edges = r.era.seen(had.edges, e)
		})
		if place == quad.Object {
			had.last = had.ends
		} else {
			had.came = rows
		}
	})
	if err != nil {
		return nil, err
	}
	var quads []remote.Quad
	for _, p := range some {
		had := parts[p]
		if had == nil {
			had = &part{}
		}
		for _, e := range had.edges {
			quads = append(quads, told(e))
		}
		if had.came >= limit { // the next read begins there, of one predicate
			c.node, c.many = had.last, 1
			return quads, nil
		}
		c.along, c.node = c.along+1, 0
	}
	c.many = min(2*c.many, 64)
	c.ended = c.along >= len(along)
	return quads, nil
}

// readLabelled reads what bears a label, some subjects at once.
func (r *reader) readLabelled(ctx context.Context, n store.Node, c *cursor, limit int) ([]remote.Quad, error) {
	if len(r.predicates) == 0 || n == 0 {
		c.ended = true
		return nil, nil
	}
	limit = min(limit, 1<<10)
	text := []byte("{ var(func: uid(" + uid(n) + ")) { s as ~" + r.store.pred("stated") +
		" (first: " + strconv.Itoa(limit) + ", after: " + uid(c.node) + ") } q(func: uid(s)) { uid")
	for _, p := range r.predicates {
		text = r.store.appendHop(text, p, store.Out, "", "uid")
	}
	b, err := r.query(ctx, "page", append(text, " } }"...))
	if err != nil {
		return nil, err
	}
	var edges []store.Edge
	subjects := 0
	err = answer(b, func(s *scan, _ string) {
		s.edges(func(n store.Node) { subjects, c.node = subjects+1, max(c.node, n) }, func(e edge) { edges = r.era.seen(edges, e) })
	})
	c.ended = subjects < limit
	return quadsOf(slices.DeleteFunc(edges, func(e store.Edge) bool { return e.Label != n })), err
}

func quadsOf(edges []store.Edge) []remote.Quad {
	quads := make([]remote.Quad, len(edges))
	for i, e := range edges {
		quads[i] = remote.Quad{Subject: e.From, Predicate: e.Predicate, Object: e.To, Label: e.Label}
	}
	return quads
}

// Whole reads all there is, by one request. What changes wrote that are under way or
// failed lies there too, so nodes and edges are bounded.
func (r *reader) Whole(ctx context.Context, most int) (quads []remote.Quad, keys map[store.Node]string, err error) {
	bound := 2*most + 1<<10 // some was removed, and is not cleared away yet
	first := "first: " + strconv.Itoa(bound+1)
	text := []byte("{ ")
	for _, p := range r.predicates {
		text = append(text, "p"+strconv.FormatUint(uint64(p), 16)+"(func: has("+r.store.along(p)+"), "+first+") { uid"...)
		text = append(r.store.appendHop(text, p, store.Out, "("+first+")", "uid"), " } "...)
	}
	terms := 4 * bound
	text = append(text, "t(func: has("+r.store.pred("key")+"), first: "+strconv.Itoa(terms+1)+") { uid k: "+r.store.pred("key")+" } }"...)
	b, err := r.query(ctx, "whole", text)
	if err != nil {
		return nil, nil, err
	}
	var edges []store.Edge
	var wrong error
	rows, met, full := 0, 0, false
	keys = make(map[store.Node]string, r.stats.Terms)
	err = answer(b, func(s *scan, name string) {
		if name == "t" {
			wrong = s.keys(keys)
			return
		}
		rows, met = 0, 0
		s.edges(func(store.Node) { rows++ }, func(e edge) {
			met++
			edges = r.era.seen(edges, e)
		})
		if rows > bound || met > bound {
			full = true
		}
	})
	if err = cmp.Or(err, wrong); err != nil {
		return nil, nil, fmt.Errorf("read quads: %w", err)
	}
	if full || len(keys) > terms {
		return nil, nil, remote.ErrTooMuch
	}
	return quadsOf(edges), keys, ctx.Err()
}

// countExactly is up to how many edges a size is counted by reading them.
const countExactly = 2000

// Size is about how many quads have a term at a place. Cayley asks for the same
// ones again and again.
func (r *reader) Size(ctx context.Context, place quad.Direction, n store.Node) (size int64, exact bool, err error) {
	if err := r.usable(ctx); err != nil || n == 0 {
		return 0, true, err
	}
	if place == quad.Any {
		return r.stats.Quads, true, nil
	}
	r.sizes.mu.Lock()
	defer r.sizes.mu.Unlock()
	l := listing{place, n}
	if s, ok := r.sizes.of[l]; ok {
		return s.n, s.exact, nil
	}
	if size, exact, err = r.readSize(ctx, place, n); err != nil {
		return 0, false, err
	}
	if r.sizes.of == nil || len(r.sizes.of) >= mostListed {
		r.sizes.of = map[listing]sized{}
	}
	r.sizes.of[l] = sized{size, exact}
	return size, exact, nil
}

// sizes remember how many quads have a term at a place.
type sizes struct {
	mu sync.Mutex
	of map[listing]sized
}

type sized struct {
	n     int64
	exact bool
}

func (r *reader) readSize(ctx context.Context, place quad.Direction, n store.Node) (size int64, exact bool, err error) {
	s := r.store
	q := "{ q(func: uid(" + uid(n) + ")) {"
	switch place {
	case quad.Predicate:
		now, err := s.root(ctx, wholeRoot)
		if err != nil {
			return 0, false, err
		}
		return now.counts[n], now.Version == r.era.version, nil
	case quad.Label:
		q += " l: count(~" + s.pred("stated") + ")"
	default:
		if len(r.predicates) == 0 {
			return 0, true, nil
		}
		reversed := ""
		if place == quad.Object {
			reversed = "~"
		}
		for _, p := range r.predicates {
			q += " p" + strconv.FormatUint(uint64(p), 16) + ": count(" + reversed + s.along(p) + ")"
		}
	}
	b, err := r.query(ctx, "size", []byte(q+" } }"))
	if err != nil {
		return 0, false, err
	}
	err = answer(b, func(s *scan, _ string) {
		s.rows(func() {}, func([]byte) { size += s.count() }, func() {})
	})
	if err != nil || size > countExactly {
		return size, false, err
	}
	// Some that are counted may not be seen, and some count twice.
	quads, err := r.Page(ctx, place, n, remote.Quad{}, 1<<30)
	return int64(len(quads)), true, err
}
