package postgres

import (
	"context"
	"strings"
	"time"

	"parley/graph/store"

	"github.com/jackc/pgx/v5"
)

// slack is for how much longer than a snapshot may be read its rows are left: a
// version becomes visible a little after its time was noted.
var slack = time.Hour

const (
	horizonSQL = `SELECT COALESCE(max(v), -1) FROM {version} WHERE at < clock_timestamp() - $1::interval`
	sweepSQL   = `DELETE FROM {quad} WHERE died <= $1::int4`
	forgetSQL  = `DELETE FROM {node} n WHERE NOT live AND {nowhere}`
	pruneSQL   = `DELETE FROM {version} WHERE v < $1::int4`
)

// Compact takes away what was removed more than a day ago, for which nobody can
// ask any more, and vacuums the tables. Changes wait for the first part, readers
// for nothing.
func (s *Store) Compact(ctx context.Context) error {
	t := &tx{store: s, queries: s.queries}
	defer t.end()
	t.mu.Lock()
	err := t.compact(ctx)
	t.mu.Unlock()
	return s.config.explain(ctx, "compact", err)
}

func (t *tx) compact(ctx context.Context) error {
	if t.store.closed.Load() {
		return store.ErrClosed
	}
	if err := t.begin(ctx); err != nil {
		return err
	}
	conn := t.conn.Conn()
	if _, err := conn.Exec(ctx, scanning); err != nil {
		return err
	}
	var horizon int32
	if err := conn.QueryRow(ctx, t.queries.sql(horizonSQL), kept+slack).Scan(&horizon); err != nil {
		return err
	}
	began := time.Now()
	batch := &pgx.Batch{}
	batch.Queue(t.queries.sql(sweepSQL), horizon)
	batch.Queue(t.queries.sql(strings.ReplaceAll(forgetSQL, "{nowhere}", t.queries.nowhere)))
	batch.Queue(t.queries.sql(pruneSQL), horizon)
	batch.Queue("COMMIT")
	err := conn.SendBatch(ctx, batch).Close()
	t.store.meter.Trip("compact", began, err)
	if err != nil {
		return err
	}
	return t.store.config.runAll(ctx, conn, "", "VACUUM (ANALYZE) {schema}.quad", "VACUUM (ANALYZE) {schema}.node", "VACUUM (ANALYZE) {schema}.version")
}
