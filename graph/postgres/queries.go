package postgres

import (
	"strings"
	"sync"
	"sync/atomic"
)

// queries are the statements that read one pair of tables: those of the store,
// or those that a first load is filling.
type queries struct {
	// expand by direction, along one predicate or all.
	expand, expandAll [2]string
	labelled          string
	find, keys        string
	nodes             string
	whole, allKeys    string
	nowhere           string // tells that no row of quad has a term
	suffix            string
	phrases, tables   *strings.Replacer
	patterns          sync.Map // by shape, string
	written           atomic.Int32
}

const (
	// visible is what a version sees: {v} is its parameter.
	visible = `born <= {v} AND died > {v}`
	// used tells whether a term is in a quad, of which {seen} tells more. Each part
	// is one step into an index, and only where those before found nothing. EXISTS
	// could become a hash of the whole table.
	used = `COALESCE((SELECT 1 FROM {quad} WHERE s = n.id AND {seen} LIMIT 1), (SELECT 1 FROM {quad} WHERE o = n.id AND {seen} LIMIT 1), (SELECT 1 FROM {quad} WHERE l = n.id AND {seen} LIMIT 1), (SELECT 1 FROM {quad} WHERE p = n.id AND {seen} LIMIT 1)) IS NOT NULL`
)

// ends are the near and the far end of an edge, by direction.
var ends = [2]struct{ near, far string }{{"s", "o"}, {"o", "s"}}

func (c *config) queries(suffix string) *queries {
	q := &queries{suffix: suffix, tables: strings.NewReplacer(
		"{quad}", quote(c.schema)+".quad"+suffix, "{node}", quote(c.schema)+".node"+suffix,
		"{meta}", quote(c.schema)+".meta", "{version}", quote(c.schema)+".version",
	), phrases: strings.NewReplacer(
		"{visible}", strings.ReplaceAll(visible, "{v}", "$2"),
		"{used}", strings.ReplaceAll(used, "{seen}", strings.ReplaceAll(visible, "{v}", "$2")),
		"{unused}", strings.ReplaceAll(strings.ReplaceAll(used, "{seen}", "died = 2147483647"), "IS NOT NULL", "IS NULL"),
	)}
	q.nowhere = strings.ReplaceAll(strings.ReplaceAll(used, "{seen}", "true"), "IS NOT NULL", "IS NULL")
	for d, end := range ends {
		ends := strings.NewReplacer("{near}", end.near, "{far}", end.far)
		q.expand[d] = q.sql(ends.Replace(`SELECT {near}, {far}, l FROM {quad} WHERE {near} = ANY($1::int4[]) AND p = $3 AND {visible}`))
		q.expandAll[d] = q.sql(ends.Replace(`SELECT {near}, {far}, l, p FROM {quad} WHERE {near} = ANY($1::int4[]) AND {visible}`))
	}
	q.labelled = q.sql(`SELECT s, o, l, p FROM {quad} WHERE l = ANY($1::int4[]) AND {visible}`)
	q.find = q.sql(`SELECT f.i::int4, n.id, n.key FROM unnest($1::uuid[]) WITH ORDINALITY f(h, i) CROSS JOIN LATERAL (SELECT id, key FROM {node} WHERE h = f.h OFFSET 0) n WHERE {used}`)
	q.keys = q.sql(`SELECT id, key FROM {node} WHERE id = ANY($1::int4[])`)
	q.nodes = q.sql(`SELECT n.id FROM {node} n WHERE n.id > $1 AND {used} ORDER BY n.id LIMIT $3`)
	q.whole = q.sql(`SELECT s, p, o, l FROM {quad} WHERE ` + strings.ReplaceAll(visible, "{v}", "$1") + ` LIMIT $2`)
	q.allKeys = q.sql(`SELECT id, key FROM {node} LIMIT $1`)
	return q
}

// sql puts phrases and the names of tables into a statement.
func (q *queries) sql(statement string) string {
	return q.tables.Replace(q.phrases.Replace(statement))
}
