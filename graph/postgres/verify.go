package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"parley/graph/store"

	"github.com/jackc/pgx/v5"
)

// ErrDamaged is a store whose tables do not agree with each other.
var ErrDamaged = errors.New("the store is damaged: restore a backup, or load its sources into a new store")

// mostTold is how many rows are told of each kind of damage.
const mostTold = 10

// Verify reads the whole store at a URL and tells all that is wrong with it, with
// tables and rows. It writes nothing; changes and readers go on meanwhile.
func Verify(ctx context.Context, url string) (err error) {
	s, err := Open(ctx, url, Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	v := &verifier{store: s}
	if err := s.scan(ctx, "verify", func(conn *pgx.Conn) error { return v.all(ctx, conn) }); err != nil {
		return err
	}
	if len(v.wrong) > 0 {
		return fmt.Errorf("schema %q of %s: %w:\n%s", s.config.schema, s.config.place(), ErrDamaged, strings.Join(v.wrong, "\n"))
	}
	return nil
}

// verifier gathers what is wrong.
type verifier struct {
	store *Store
	now   state
	wrong []string
}

func (v *verifier) tell(format string, args ...any) {
	v.wrong = append(v.wrong, fmt.Sprintf(format, args...))
}

// finding is a statement whose rows are damage.
type finding struct{ sql, message string }

// $1 is the newest version and $2 its next id. The columns of a row are told in
// the order of the message's verbs, as text.
var findings = []finding{
	{
		`SELECT s, p, o, l, born, died FROM {quad} WHERE born < 1 OR born > $1 OR died <= born OR died > $1 AND died < 2147483647`,
		"table quad: the row (s=%s, p=%s, o=%s, l=%s) has born=%s, died=%s, which is no span of versions that were kept",
	},
	{
		`SELECT 's', q.s, q.s, q.p, q.o, q.l FROM {quad} q WHERE NOT EXISTS (SELECT FROM {node} n WHERE n.id = q.s)
		UNION ALL SELECT 'p', q.p, q.s, q.p, q.o, q.l FROM {quad} q WHERE NOT EXISTS (SELECT FROM {node} n WHERE n.id = q.p)
		UNION ALL SELECT 'o', q.o, q.s, q.p, q.o, q.l FROM {quad} q WHERE NOT EXISTS (SELECT FROM {node} n WHERE n.id = q.o)
		UNION ALL SELECT 'l', q.l, q.s, q.p, q.o, q.l FROM {quad} q WHERE q.l <> 0 AND NOT EXISTS (SELECT FROM {node} n WHERE n.id = q.l)`,
		"table node: no row has id=%[2]s, the %[1]s of the row (s=%[3]s, p=%[4]s, o=%[5]s, l=%[6]s) of table quad",
	},
	{
		`SELECT s, p, o, l, born FROM (SELECT *, lag(died) OVER (PARTITION BY s, p, o, l ORDER BY born, died) AS before FROM {quad}) q WHERE before > born`,
		"table quad: the row (s=%s, p=%s, o=%s, l=%s) is there twice from version %s on",
	},
	{`SELECT id, count(*) FROM {node} GROUP BY id HAVING count(*) > 1`, "table node: id=%s has %s rows"},
	{`SELECT id, id FROM {node} WHERE id < 1 OR id >= $2`, "table node: id=%s is one that was never given"},
	{`SELECT h, count(*) FROM {node} GROUP BY h HAVING count(*) > 1`, "table node: h=%s has %s rows"},
	{
		`WITH used AS (SELECT DISTINCT x.id FROM {quad} q CROSS JOIN LATERAL (VALUES (q.s), (q.p), (q.o), (q.l)) x(id) WHERE q.died = 2147483647)
		SELECT n.id, n.live, (u.id IS NOT NULL) FROM {node} n LEFT JOIN used u ON u.id = n.id WHERE n.live <> (u.id IS NOT NULL)`,
		"table node: id=%s has live=%s, and that some quad has it is %s",
	},
	{
		`SELECT v.quads, c.n FROM {version} v, (SELECT count(*) AS n FROM {quad} WHERE died = 2147483647) c WHERE v.v = $1 AND v.quads <> c.n`,
		"table version: the newest row tells of %s quads; there are %s",
	},
	{
		`SELECT v.terms, c.n FROM {version} v, (SELECT count(*) AS n FROM {node} WHERE live) c WHERE v.v = $1 AND v.terms <> c.n`,
		"table version: the newest row tells of %s terms; there are %s",
	},
}

func (v *verifier) all(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, "SET LOCAL work_mem = '64MB'"); err != nil {
		return err
	}
	if err := query(ctx, conn, v.store.queries.sql(stateSQL), nil, v.now.scan); err != nil {
		return err
	}
	for _, f := range findings {
		if err := v.find(ctx, conn, f); err != nil {
			return err
		}
	}
	if err := v.terms(ctx, conn); err != nil {
		return err
	}
	return v.indexes(ctx, conn)
}

// find tells the rows of a statement.
func (v *verifier) find(ctx context.Context, conn *pgx.Conn, f finding) error {
	sql := v.store.queries.sql(f.sql) + fmt.Sprintf(" LIMIT %d", mostTold)
	sql = strings.NewReplacer("$1", fmt.Sprint(v.now.version), "$2", fmt.Sprint(v.now.next)).Replace(sql)
	return query(ctx, conn, sql, []any{pgx.QueryExecModeSimpleProtocol}, func(rows pgx.Rows) error {
		for rows.Next() {
			var columns []any
			for _, text := range rows.RawValues() { // as the simple protocol has it
				columns = append(columns, string(text))
			}
			v.tell(f.message, columns...)
		}
		return rows.Err()
	})
}

// terms reads every key.
func (v *verifier) terms(ctx context.Context, conn *pgx.Conn) error {
	told := 0
	return query(ctx, conn, v.store.queries.sql(`SELECT id, h, key FROM {node} WHERE $1::int4 = 0`), []any{pgx.QueryExecModeDescribeExec, 0}, func(rows pgx.Rows) error {
		for rows.Next() && told < mostTold {
			row := rows.RawValues()
			id, h, key := number(row[0]), row[1], row[2]
			if sum := sha256.Sum256(key); !bytes.Equal(h, sum[:16]) {
				told++
				v.tell("table node: the row with id=%d has h=%x, and the hash of its key %q is %x", id, h, key, sum[:16])
			}
			if _, err := store.Value(key); err != nil {
				told++
				v.tell("table node: the row with id=%d has a key of no term: %v", id, err)
			}
		}
		return rows.Err()
	})
}

// indexes compares each index with its table: by the server's own means where it
// has the extension amcheck and we may use it, else by counting through each.
func (v *verifier) indexes(ctx context.Context, conn *pgx.Conn) error {
	var amcheck bool
	err := conn.QueryRow(ctx, "SELECT COALESCE((SELECT has_function_privilege(p.oid, 'EXECUTE') FROM pg_proc p JOIN pg_extension e ON e.extname = 'amcheck' JOIN pg_depend d ON d.objid = p.oid AND d.refobjid = e.oid WHERE p.proname = 'bt_index_check' AND p.pronargs = 2 LIMIT 1), false)").Scan(&amcheck)
	if err != nil {
		return err
	}
	for _, i := range indexes {
		var valid bool
		name := v.store.config.sql("{schema}."+i.name, "")
		err := conn.QueryRow(ctx, "SELECT COALESCE((SELECT indisvalid AND indpred IS NULL FROM pg_index WHERE indexrelid = to_regclass($1)), false)", name).Scan(&valid)
		if err != nil {
			return err
		}
		if !valid {
			v.tell("index %s of table %s is not there or not valid; make it: %s", i.name, i.table, v.store.config.sql(i.create(), ""))
			continue
		}
		if amcheck {
			err = v.check(ctx, conn, i)
		} else {
			err = v.count(ctx, conn, i)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) check(ctx context.Context, conn *pgx.Conn, i index) error {
	if err := v.store.config.runAll(ctx, conn, "", "SAVEPOINT before"); err != nil {
		return err
	}
	name := v.store.config.sql("{schema}."+i.name, "")
	_, err := conn.Exec(ctx, "SELECT bt_index_check($1::text::regclass, true)", name)
	if hasCode(err, "XX001", "XX002") {
		v.tell("index %s does not agree with table %s: %v; REINDEX INDEX %s may mend it", i.name, i.table, err, name)
		return v.store.config.runAll(ctx, conn, "", "ROLLBACK TO before")
	}
	return err
}

// count adds the rows of a table up, once without the index and once along it.
func (v *verifier) count(ctx context.Context, conn *pgx.Conn, i index) error {
	columns, _, _ := strings.Cut(strings.TrimPrefix(i.on, "("), ")")
	sum := "hashtext(ROW(" + columns + ")::text)"
	var tables, along string
	sql := v.store.queries.sql("SELECT concat(count(*), ' rows, sum ', sum(" + sum + ")) FROM {" + i.table + "}")
	if err := conn.QueryRow(ctx, sql).Scan(&tables); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off; SET LOCAL max_parallel_workers_per_gather = 0"); err != nil {
		return err
	}
	// OFFSET 0 makes the order count, which only this index gives.
	sql = v.store.queries.sql("SELECT concat(count(*), ' rows, sum ', sum(" + sum + ")) FROM (SELECT " + columns + " FROM {" + i.table + "} ORDER BY " + columns + " OFFSET 0) t")
	if err := conn.QueryRow(ctx, sql).Scan(&along); err != nil {
		return err
	}
	if tables != along {
		v.tell("index %s does not agree with table %s: %s along the index, %s in the table; REINDEX INDEX %s may mend it", i.name, i.table, along, tables, v.store.config.sql("{schema}."+i.name, ""))
	}
	_, err := conn.Exec(ctx, scanning+"; SET LOCAL enable_sort = on")
	return err
}
