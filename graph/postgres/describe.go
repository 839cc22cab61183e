package postgres

import (
	"cmp"
	"context"
	"slices"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
	"github.com/jackc/pgx/v5"
)

// scanning lets one transaction read whole tables, with as many processes as the
// server likes.
const scanning = "SET LOCAL enable_seqscan = on; SET LOCAL enable_bitmapscan = on; SET LOCAL plan_cache_mode = auto; SET LOCAL max_parallel_workers_per_gather TO DEFAULT"

// scan reads much, all of it of one moment.
func (s *Store) scan(ctx context.Context, doing string, read func(conn *pgx.Conn) error) error {
	if s.closed.Load() {
		return store.ErrClosed
	}
	err := func() error {
		conn, err := s.reads.Acquire(ctx)
		if err != nil {
			return err
		}
		defer conn.Release()
		tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
		if _, err := conn.Exec(ctx, scanning); err != nil {
			return err
		}
		return read(conn.Conn())
	}()
	return s.config.explain(ctx, doing, err)
}

const (
	// Prepared statements of ours would be planned for a hop.
	countSQL = `SELECT n.key, c.here, c.gone FROM (SELECT p, count(*) FILTER (WHERE born <= $1 AND died > $1) AS here, count(*) FILTER (WHERE died <= $1) AS gone FROM {quad} GROUP BY p) c JOIN {node} n ON n.id = c.p`
	filesSQL = `SELECT c.relname, CASE WHEN c.relkind = 'r' THEN pg_table_size(c.oid) ELSE pg_relation_size(c.oid) END FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', 'i') ORDER BY c.relkind DESC, c.relname`
)

// Describe tells what the store holds, and its tables and indexes. Quads of the
// table quad are those that are there; Removed are those that a snapshot may still
// ask for, and that Compact will take away.
func (s *Store) Describe(ctx context.Context) (d store.Description, err error) {
	var gone int64
	err = s.scan(ctx, "describe", func(conn *pgx.Conn) error {
		var now state
		if err := query(ctx, conn, s.queries.sql(stateSQL), nil, now.scan); err != nil {
			return err
		}
		d.Stats = now.stats
		err := query(ctx, conn, s.queries.sql(countSQL), []any{pgx.QueryExecModeDescribeExec, now.version}, func(rows pgx.Rows) error {
			for rows.Next() {
				var key []byte
				var here, dead int64
				if err := rows.Scan(&key, &here, &dead); err != nil {
					return err
				}
				gone += dead
				if here == 0 {
					continue
				}
				term, err := store.Value(key)
				if err != nil {
					return err
				}
				d.Predicates = append(d.Predicates, store.Count{Term: term, Quads: here})
			}
			return rows.Err()
		})
		if err != nil {
			return err
		}
		return query(ctx, conn, filesSQL, []any{s.config.schema}, func(rows pgx.Rows) error {
			for rows.Next() {
				var f store.File
				if err := rows.Scan(&f.Name, &f.Bytes); err != nil {
					return err
				}
				switch f.Name {
				case "quad":
					f.Quads, f.Removed = d.Quads, gone
				case "node":
					f.Terms = d.Terms
				}
				d.Files = append(d.Files, f)
			}
			return rows.Err()
		})
	})
	if err != nil {
		return store.Description{}, err
	}
	slices.SortFunc(d.Predicates, func(a, b store.Count) int {
		return cmp.Or(cmp.Compare(b.Quads, a.Quads), cmp.Compare(quad.StringOf(a.Term), quad.StringOf(b.Term)))
	})
	return d, nil
}
