package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parley/graph/remote"
	"parley/graph/store"

	"github.com/jackc/pgx/v5"
)

// filling is the first load into a store: into new tables without indexes, which
// are made when all is there, and which then take the place of the empty ones.
type filling struct {
	// ids finds the terms that went in before, without asking the server; nil once
	// they are too many, from when on the table of terms has its index.
	ids     map[hash]store.Node
	gone    []sent // what is not in ids yet: most loads end before it is asked for
	terms   int
	indexed bool
	// later are quads all of whose terms went in before, so that they may have too.
	later []remote.Quad
}

// sent are the hashes of terms that went in together, and the id of the first.
type sent struct {
	hashes []hash
	first  store.Node
}

// The suffix of new tables.
const newTables = "_new"

// fillFrom is from how many quads on new tables are worth it.
var fillFrom = 1 << 14

// mayFill tells whether the change may be a first load: no term ever had an id,
// and it does not begin with a handful.
func (t *tx) mayFill(quads int) bool {
	return t.state.next == 1 && quads >= fillFrom && t.queries.suffix == ""
}

// Tables that somebody has hung something on, or that belong to a role that is
// not ours, are not replaced: they are written as they are.
const replaceableSQL = `SELECT count(*) = 2 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname IN ('node', 'quad') AND c.relkind = 'r'
AND pg_has_role(c.relowner, 'USAGE') AND has_schema_privilege(n.oid, 'CREATE') AND has_schema_privilege(c.relowner, n.oid, 'CREATE')
AND NOT c.relhastriggers AND NOT c.relrowsecurity AND NOT c.relhassubclass AND NOT c.relispartition AND c.relreplident = 'd' AND c.reltablespace = 0
AND NOT EXISTS (SELECT FROM pg_publication_rel WHERE prrelid = c.oid)
AND NOT EXISTS (SELECT FROM pg_depend WHERE refobjid = c.oid AND classid = 'pg_rewrite'::regclass)
AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL)`

// fill makes new tables where that may be.
func (t *tx) fill(ctx context.Context) error {
	var replaceable bool
	if err := t.conn.QueryRow(ctx, replaceableSQL, t.store.config.schema).Scan(&replaceable); err != nil || !replaceable {
		return err
	}
	if err := t.store.config.runAll(ctx, t.conn.Conn(), newTables, createNode, createQuad); err != nil {
		return err
	}
	t.queries, t.filling = t.store.config.queries(newTables), &filling{}
	return nil
}

// fillWith writes quads into the new tables.
func (t *tx) fillWith(ctx context.Context, terms []string, quads []remote.Quad, given int) error {
	f := t.filling
	known, fresh, err := t.identifyFilled(ctx, terms)
	if err != nil {
		return err
	}
	if err := t.copyTerms(ctx, terms, known, fresh); err != nil {
		return err
	}
	surely := quads[:0]
	var perhaps []remote.Quad
	for _, q := range quads {
		q = known.quad(q)
		if max(q.Subject, q.Predicate, q.Object, q.Label) >= known.first {
			surely = append(surely, q)
		} else {
			perhaps = append(perhaps, q)
		}
	}
	slices.SortFunc(surely, remote.Quad.Compare)
	if err := t.copyQuads(ctx, surely); err != nil {
		return err
	}
	t.count(len(surely), given-len(perhaps))
	f.later = append(f.later, perhaps...)
	if int64(len(f.later))*16 > t.store.memory/4 {
		return t.filled(ctx)
	}
	return nil
}

// identifyFilled gives ids to terms.
func (t *tx) identifyFilled(ctx context.Context, terms []string) (known *identified, fresh []int32, err error) {
	f := t.filling
	if !f.indexed && int64(f.terms)*48 > t.store.memory {
		f.ids, f.gone, f.indexed = nil, nil, true
		if err := t.index(ctx, "node_h"); err != nil {
			return nil, nil, err
		}
	}
	if f.indexed {
		if known, err = t.identify(ctx, terms); err == nil {
			fresh, err = t.name(terms, known)
		}
		return known, fresh, err
	}
	known = &identified{ids: make([]store.Node, len(terms)), hashes: make([]hash, len(terms))}
	hashAll(terms, known.hashes)
	if f.terms > 0 {
		if f.ids == nil {
			f.ids = make(map[hash]store.Node, 2*f.terms)
		}
		for _, s := range f.gone {
			for i, h := range s.hashes {
				f.ids[h] = s.first + store.Node(i)
			}
		}
		f.gone = nil
		for i, h := range known.hashes {
			known.ids[i] = f.ids[h]
		}
	}
	if fresh, err = t.name(terms, known); err != nil {
		return nil, nil, err
	}
	hashes := make([]hash, len(fresh))
	for n, i := range fresh {
		hashes[n] = known.hashes[i]
	}
	f.gone = append(f.gone, sent{hashes, known.first})
	f.terms += len(fresh)
	return known, fresh, nil
}

// index makes those indexes that have some names.
func (t *tx) index(ctx context.Context, names ...string) error {
	for _, i := range indexes {
		if !slices.Contains(names, i.name) {
			continue
		}
		began := time.Now()
		err := t.store.config.runAll(ctx, t.conn.Conn(), newTables, i.create())
		t.store.meter.Trip("index", began, err)
		if hasCode(err, "23505") && i.name == "node_h" {
			return fmt.Errorf("two different terms have one hash: %w", err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// filled makes the indexes, and puts in what may be there already. From then on
// the new tables are written as any.
func (t *tx) filled(ctx context.Context) error {
	f := t.filling
	if _, err := t.conn.Exec(ctx, "SET LOCAL maintenance_work_mem = '256MB'"); err != nil {
		return err
	}
	var names []string
	for _, i := range indexes {
		if i.name != "node_h" || !f.indexed {
			names = append(names, i.name)
		}
	}
	if err := t.index(ctx, names...); err != nil {
		return err
	}
	t.filling = nil
	slices.SortFunc(f.later, remote.Quad.Compare)
	given := len(f.later)
	added, err := t.insertNew(ctx, f.later, &pgx.Batch{})
	if err != nil {
		return err
	}
	t.count(added, given)
	return t.store.config.runAll(ctx, t.conn.Conn(), newTables, "ANALYZE {schema}.node{suffix}", "ANALYZE {schema}.quad{suffix}")
}

const (
	ownersSQL = `SELECT c.relname, quote_ident(o.rolname), o.rolname = current_user FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles o ON o.oid = c.relowner WHERE n.nspname = $1 AND c.relname IN ('node', 'quad')`
	grantsSQL = `SELECT c.relname, a.privilege_type, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL aclexplode(c.relacl) a WHERE n.nspname = $1 AND c.relname IN ('node', 'quad')`
	placeSQL = `DROP TABLE {schema}.node, {schema}.quad; ALTER TABLE {schema}.node{suffix} RENAME TO node; ALTER TABLE {schema}.quad{suffix} RENAME TO quad`
)

// replaceTables puts the tables of a first load in the place of the empty ones,
// with their owner and grants. Readers wait for no more than this.
func (t *tx) replaceTables(ctx context.Context) error {
	if t.queries.suffix == "" {
		return nil
	}
	c, conn := t.store.config, t.conn.Conn()
	var statements []string
	collect := func(sql string, each func(rows pgx.Rows) error) error {
		return query(ctx, conn, sql, []any{c.schema}, func(rows pgx.Rows) error {
			for rows.Next() {
				if err := each(rows); err != nil {
					return err
				}
			}
			return rows.Err()
		})
	}
	err := collect(ownersSQL, func(rows pgx.Rows) error {
		var table, owner string
		var ours bool
		err := rows.Scan(&table, &owner, &ours)
		if !ours {
			statements = append(statements, fmt.Sprintf("ALTER TABLE {schema}.%s{suffix} OWNER TO %s", table, owner))
		}
		return err
	})
	if err != nil {
		return err
	}
	err = collect(grantsSQL, func(rows pgx.Rows) error {
		var table, privilege, role, option string
		err := rows.Scan(&table, &privilege, &role, &option)
		statements = append(statements, fmt.Sprintf("GRANT %s ON {schema}.%s{suffix} TO %s%s", privilege, table, role, option))
		return err
	})
	if err != nil {
		return err
	}
	if err := t.lockTables(ctx); err != nil {
		return err
	}
	statements = append(statements, placeSQL)
	for _, i := range indexes {
		statements = append(statements, fmt.Sprintf("ALTER INDEX {schema}.%s{suffix} RENAME TO %[1]s", i.name))
	}
	return c.runAll(ctx, conn, newTables, statements...)
}

// lockTables waits until nobody reads the empty tables. It waits for so short a
// time that no reader who holds one of them and wants the other is taken for
// having been locked out, then lets everybody by, and tries again.
func (t *tx) lockTables(ctx context.Context) error {
	c, conn := t.store.config, t.conn.Conn()
	if err := c.runAll(ctx, conn, "", "SET LOCAL lock_timeout = '300ms'"); err != nil {
		return err
	}
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		err := c.runAll(ctx, conn, "", "SAVEPOINT before", "LOCK TABLE {schema}.quad, {schema}.node IN ACCESS EXCLUSIVE MODE")
		if err == nil {
			return c.runAll(ctx, conn, "", "RELEASE before", "SET LOCAL lock_timeout = 0")
		}
		if !hasCode(err, "55P03") {
			return err
		}
		if err := c.runAll(ctx, conn, "", "ROLLBACK TO before"); err != nil {
			return err
		}
		t.store.meter.Retry()
		select {
		case <-again.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
