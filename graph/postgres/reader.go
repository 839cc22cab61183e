package postgres

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"

	"parley/graph/remote"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
	"github.com/jackc/pgx/v5"
)

// reader reads one version. It implements remote.Reader.
type reader struct {
	source
	*queries
	state
	// fresh is an error where the version may no longer be whole.
	fresh func(ctx context.Context) error
}

// ask reads rows of the version, which is the statement's parameter $2.
func (r *reader) ask(ctx context.Context, kind, sql string, args []any, take func(pgx.Rows) error) error {
	if err := r.fresh(ctx); err != nil {
		return err
	}
	if err := r.source.ask(ctx, kind, sql, args, take); err != nil {
		return err
	}
	return ctx.Err()
}

// index01 is the place of a direction in an array of both.
func index01(d store.Direction) int {
	if d == store.In {
		return 1
	}
	return 0
}

// Expand walks one hop.
func (r *reader) Expand(ctx context.Context, nodes []store.Node, predicate store.Node, d store.Direction) (edges []store.Edge, err error) {
	sql, args := r.expandAll[index01(d)], []any{nodes, r.version}
	if predicate != 0 {
		sql, args = r.expand[index01(d)], append(args, predicate)
	}
	err = r.ask(ctx, "expand", sql, args, func(rows pgx.Rows) error {
		edges = takeEdges(rows, edges[:0], predicate)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return edges, nil
}

// takeEdges reads rows of from, to, label and, where it is not the same for all,
// predicate.
func takeEdges(rows pgx.Rows, edges []store.Edge, predicate store.Node) []store.Edge {
	for rows.Next() {
		v := rows.RawValues()
		e := store.Edge{From: number(v[0]), To: number(v[1]), Label: number(v[2]), Predicate: predicate}
		if predicate == 0 {
			e.Predicate = number(v[3])
		}
		edges = append(edges, e)
	}
	return edges
}

// Labelled reads the edges that bear some labels.
func (r *reader) Labelled(ctx context.Context, labels []store.Node) (edges []store.Edge, err error) {
	err = r.ask(ctx, "labelled", r.labelled, []any{labels, r.version}, func(rows pgx.Rows) error {
		edges = takeEdges(rows, edges[:0], 0)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return edges, nil
}

// hashOf is what a term is found by.
func hashOf(key string) hash {
	sum := sha256.Sum256([]byte(key))
	return hash(sum[:16])
}

// Find looks terms up.
func (r *reader) Find(ctx context.Context, keys []string) (nodes []store.Node, err error) {
	hashes := make([]hash, len(keys))
	for i, key := range keys {
		hashes[i] = hashOf(key)
	}
	err = r.ask(ctx, "find", r.find, []any{hashes, r.version}, func(rows pgx.Rows) error {
		nodes = make([]store.Node, len(keys))
		for rows.Next() {
			v := rows.RawValues()
			if i := int(number(v[0])) - 1; i >= 0 && i < len(keys) && string(v[2]) == keys[i] {
				nodes[i] = number(v[1])
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return nodes, nil
}

// Keys reads the keys of terms.
func (r *reader) Keys(ctx context.Context, nodes []store.Node) ([]string, error) {
	var of map[store.Node]string
	// A term stays, whatever becomes of the version.
	err := r.source.ask(ctx, "keys", r.keys, []any{nodes}, func(rows pgx.Rows) error {
		of = make(map[store.Node]string, len(nodes))
		for rows.Next() {
			v := rows.RawValues()
			of[number(v[0])] = string(v[1])
		}
		return nil
	})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(nodes))
	for i, n := range nodes {
		key, ok := of[n]
		if !ok {
			return nil, fmt.Errorf("look terms up: the table node has no row with id %d: the handle is from before the store was compacted, or the store is damaged", n)
		}
		keys[i] = key
	}
	return keys, nil
}

// column is where a term stands in a quad.
var column = map[quad.Direction]string{quad.Subject: "s", quad.Predicate: "p", quad.Object: "o", quad.Label: "l"}

// Page lists quads, along the index that begins with their place.
func (r *reader) Page(ctx context.Context, place quad.Direction, n store.Node, after remote.Quad, limit int) (quads []remote.Quad, err error) {
	var sql string
	args := []any{limit, r.version, after.Subject, after.Predicate, after.Object, after.Label}
	const columns = "SELECT s, p, o, l FROM {quad} WHERE {visible} AND "
	switch name := column[place]; place {
	case quad.Any:
		sql = columns + "(s, p, o, l) > ($3, $4, $5, $6) ORDER BY s, p, o, l LIMIT $1"
	case quad.Subject:
		sql, args = columns+"s = $7 AND (s, p, o, l) > ($3, $4, $5, $6) ORDER BY s, p, o, l LIMIT $1", append(args, n)
	case quad.Object:
		sql, args = columns+"o = $7 AND (o, p, s, l) > ($5, $4, $3, $6) ORDER BY o, p, s, l LIMIT $1", append(args, n)
	default:
		// Of a rare predicate or label all are read and sorted, of a frequent one those
		// that come next in the first index are looked through: the planner has to know
		// which it is.
		sql = fmt.Sprintf(columns+"%s = %d AND (s, p, o, l) > ($3, $4, $5, $6) ORDER BY s, p, o, l LIMIT $1", name, n)
		args = append([]any{pgx.QueryExecModeDescribeExec}, args...)
	}
	err = r.ask(ctx, "page", r.sql(sql), args, func(rows pgx.Rows) error {
		quads = quads[:0]
		for rows.Next() {
			v := rows.RawValues()
			quads = append(quads, remote.Quad{Subject: number(v[0]), Predicate: number(v[1]), Object: number(v[2]), Label: number(v[3])})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return quads, nil
}

// Whole reads all there is.
func (r *reader) Whole(ctx context.Context, most int) (quads []remote.Quad, keys map[store.Node]string, err error) {
	err = r.ask(ctx, "whole", r.whole, []any{r.version, most + 1}, func(rows pgx.Rows) error {
		quads = make([]remote.Quad, 0, most)
		for rows.Next() {
			v := rows.RawValues()
			quads = append(quads, remote.Quad{Subject: number(v[0]), Predicate: number(v[1]), Object: number(v[2]), Label: number(v[3])})
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	// Many terms of other states may lie there, so these are bounded too.
	terms := 4*most + 1
	err = r.source.ask(ctx, "whole", r.allKeys, []any{terms + 1}, func(rows pgx.Rows) error {
		keys = make(map[store.Node]string, r.stats.Terms)
		for rows.Next() {
			v := rows.RawValues()
			keys[number(v[0])] = string(v[1])
		}
		return nil
	})
	if err == nil && len(keys) > terms {
		err = remote.ErrTooMuch
	}
	if err != nil {
		return nil, nil, err
	}
	return quads, keys, ctx.Err()
}

// mostCounted bounds how many quads are counted for Size.
const mostCounted = 2000

// Size counts the quads that have a term at a place, or guesses where they are
// many.
func (r *reader) Size(ctx context.Context, place quad.Direction, n store.Node) (size int64, exact bool, err error) {
	name := column[place]
	if name == "" {
		return r.stats.Quads, true, nil
	}
	sql := r.sql(`SELECT count(*)::int4 FROM (SELECT FROM {quad} WHERE ` + name + ` = $1 AND {visible} LIMIT $3) q`)
	err = r.ask(ctx, "size", sql, []any{n, r.version, mostCounted}, func(rows pgx.Rows) error {
		for rows.Next() {
			size = int64(number(rows.RawValues()[0]))
		}
		return nil
	})
	if err != nil {
		return 0, false, err
	}
	if size < mostCounted {
		return size, true, nil
	}
	return int64(math.Sqrt(float64(size) * float64(max(r.stats.Quads, size)))), false, nil
}

// Nodes lists the terms in use.
func (r *reader) Nodes(ctx context.Context, after store.Node, limit int) (nodes []store.Node, err error) {
	err = r.ask(ctx, "nodes", r.nodes, []any{after, r.version, limit}, func(rows pgx.Rows) error {
		nodes = nodes[:0]
		for rows.Next() {
			nodes = append(nodes, number(rows.RawValues()[0]))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return nodes, nil
}

// Stats counts.
func (r *reader) Stats(ctx context.Context) (store.Stats, error) { return r.stats, ctx.Err() }
