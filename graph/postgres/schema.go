package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// format numbers the tables that this program reads and writes. Create, and the
// first change of a program that is newer than the tables, bring older ones up to
// it; newer ones it refuses.
var format = len(migrations)

// migrations turn the tables of each format into those of the next. The entry of
// a format that was released is never changed.
var migrations = []string{
	// 0, in trials only: without the index by predicate.
	`CREATE INDEX IF NOT EXISTS quad_p ON {schema}.quad (p)`,
}

// alive is the died of a quad that is there.
const alive = 1<<31 - 1

// Tables of small rows of which many go in at once and few go: the visibility map,
// without which a hop reads the table too, is kept fresh after every twentieth.
const storage = `WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05)`

// The suffix tells new tables of a first load from those that they replace.
const (
	createNode = `CREATE TABLE {schema}.node{suffix} (id int4 NOT NULL, h uuid NOT NULL, key bytea NOT NULL, live bool NOT NULL DEFAULT true) ` + storage
	createQuad = `CREATE TABLE {schema}.quad{suffix} (s int4 NOT NULL, p int4 NOT NULL, o int4 NOT NULL, l int4 NOT NULL, born int4 NOT NULL, died int4 NOT NULL DEFAULT 2147483647) ` + storage
)

// index is an index of a table.
type index struct{ name, table, kind, on string }

var indexes = []index{
	{"node_id", "node", "UNIQUE INDEX", "(id)"},
	{"node_h", "node", "UNIQUE INDEX", "(h)"},
	{"quad_spol", "quad", "UNIQUE INDEX", "(s, p, o, l, died) INCLUDE (born)"},
	{"quad_opsl", "quad", "INDEX", "(o, p, s, l, died) INCLUDE (born)"},
	{"quad_l", "quad", "INDEX", "(l)"},
	{"quad_p", "quad", "INDEX", "(p)"},
}

// create is the statement that makes an index.
func (i index) create() string {
	return fmt.Sprintf("CREATE %s %s{suffix} ON {schema}.%s{suffix} %s", i.kind, i.name, i.table, i.on)
}

// createSchema makes everything.
func createSchema() []string {
	all := []string{
		`CREATE TABLE {schema}.meta (single bool PRIMARY KEY DEFAULT true CHECK (single), format int4 NOT NULL, made timestamptz NOT NULL DEFAULT now())`,
		`CREATE TABLE {schema}.version (v int4 PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), quads int8 NOT NULL, terms int8 NOT NULL, next int4 NOT NULL, token int8 NOT NULL)`,
		createNode, createQuad,
	}
	for _, i := range indexes {
		all = append(all, i.create())
	}
	return append(all,
		fmt.Sprintf(`INSERT INTO {schema}.meta (format) VALUES (%d)`, format),
		`INSERT INTO {schema}.version (v, quads, terms, next, token) VALUES (0, 0, 0, 1, 0)`,
		`COMMENT ON SCHEMA {schema} IS 'A store of quads, written by parley. See graph/postgres/README.md there before changing anything.'`,
	)
}

// quote writes a name as SQL does.
func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// sql puts the names of tables into a statement.
func (c *config) sql(statement, suffix string) string {
	return strings.NewReplacer("{schema}", quote(c.schema), "{suffix}", suffix).Replace(statement)
}

// runAll runs statements, one after the other.
func (c *config) runAll(ctx context.Context, conn *pgx.Conn, suffix string, statements ...string) error {
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, c.sql(statement, suffix)); err != nil {
			return err
		}
	}
	return nil
}

// migrate brings tables of an older format up to date. The caller has the lock.
func (c *config) migrate(ctx context.Context, conn *pgx.Conn, from int) error {
	for n := max(from, 0); n < format; n++ {
		if err := c.runAll(ctx, conn, "", migrations[n]); err != nil {
			return c.explain(ctx, fmt.Sprintf("migrate schema %q from format %d to %d", c.schema, n, n+1), err)
		}
	}
	return c.runAll(ctx, conn, "", fmt.Sprintf("UPDATE {schema}.meta SET format = %d", format))
}

// tooNew says that a newer program has changed the tables.
func (c *config) tooNew(found int) error {
	return fmt.Errorf("schema %q of %s has tables of format %d, and this program knows formats up to %d: install the parley that wrote them, or a newer one", c.schema, c.place(), found, format)
}

// tooOld says that somebody must migrate the tables.
func (c *config) tooOld(found int) error {
	return fmt.Errorf("schema %q of %s has tables of format %d, and this program reads format %d: they are migrated by the next load with this program by the role that owns them, be it of a file that is known already", c.schema, c.place(), found, format)
}

// lockSQL waits for the writers' lock until the transaction ends.
const lockSQL = "SELECT pg_advisory_xact_lock($1)"

// make makes the schema and its tables where they are not there. It tells whether
// it did.
func (c *config) make(ctx context.Context, conn *pgx.Conn) (made bool, err error) {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	// Whoever comes second finds the tables there.
	if _, err := tx.Exec(ctx, lockSQL, c.lock()); err != nil {
		return false, err
	}
	var schema, meta bool
	err = tx.QueryRow(ctx, "SELECT to_regnamespace($1) IS NOT NULL, to_regclass($2) IS NOT NULL", quote(c.schema), quote(c.schema)+".meta").Scan(&schema, &meta)
	if err != nil || meta {
		return false, err
	}
	if !schema {
		if err := c.runAll(ctx, conn, "", "CREATE SCHEMA {schema}"); err != nil {
			return false, err
		}
	}
	if err := c.runAll(ctx, conn, "", createSchema()...); err != nil {
		return false, err
	}
	return true, tx.Commit(ctx)
}
