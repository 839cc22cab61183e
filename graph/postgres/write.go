package postgres

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"parley/graph/remote"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// atOnce is how many terms or quads go to the server in one statement.
var atOnce = 1 << 15

const (
	identifySQL = `SELECT f.i::int4, n.id, n.live, n.key FROM unnest($1::uuid[]) WITH ORDINALITY f(h, i) CROSS JOIN LATERAL (SELECT id, live, key FROM {node} WHERE h = f.h OFFSET 0) n`
	nameSQL     = `INSERT INTO {node} (id, h, key) SELECT * FROM unnest($1::int4[], $2::uuid[], $3::bytea[])`
	reviveSQL   = `UPDATE {node} SET live = true WHERE id = ANY($1::int4[]) AND NOT live`
	insertSQL   = `INSERT INTO {quad} (s, p, o, l, born) SELECT s, p, o, l, $5 FROM unnest($1::int4[], $2::int4[], $3::int4[], $4::int4[]) f(s, p, o, l)`
	// Who holds the writers' lock finds no quad that another change puts in.
	insertNewSQL = insertSQL + ` ON CONFLICT (s, p, o, l, died) DO NOTHING`
	// What this change has added nobody has seen, unless they looked, for which
	// step gives another version.
	takeBackSQL = `DELETE FROM {quad} q USING unnest($1::int4[], $2::int4[], $3::int4[], $4::int4[]) f(s, p, o, l) WHERE q.s = f.s AND q.p = f.p AND q.o = f.o AND q.l = f.l AND q.died = 2147483647 AND q.born = $5`
	removeSQL   = `UPDATE {quad} q SET died = $5 FROM unnest($1::int4[], $2::int4[], $3::int4[], $4::int4[]) f(s, p, o, l) WHERE q.s = f.s AND q.p = f.p AND q.o = f.o AND q.l = f.l AND q.died = 2147483647 AND q.born < $5`
	returning   = ` RETURNING q.s, q.p, q.o, q.l`
	orphanSQL   = `UPDATE {node} n SET live = false WHERE id = ANY($1::int4[]) AND live AND {unused}`
)

// identified are terms that the store has or that a change brings, by their
// places.
type identified struct {
	ids    []store.Node
	hashes []hash
	dead   []store.Node // those that it has and no quad uses
	first  store.Node   // ids from here on are new
}

// identify looks up which terms the store has.
func (t *tx) identify(ctx context.Context, terms []string) (*identified, error) {
	known := &identified{ids: make([]store.Node, len(terms)), hashes: make([]hash, len(terms))}
	hashAll(terms, known.hashes)
	order := make([]int32, len(terms))
	for i := range order {
		order[i] = int32(i)
	}
	// In the order of the index, so that each of its pages is read once.
	if len(terms) > atOnce {
		slices.SortFunc(order, func(a, b int32) int { return bytes.Compare(known.hashes[a][:], known.hashes[b][:]) })
	}
	ask := make([]hash, 0, min(len(terms), atOnce))
	for part := range slices.Chunk(order, atOnce) {
		ask = ask[:0]
		for _, i := range part {
			ask = append(ask, known.hashes[i])
		}
		err := t.trip(ctx, "identify", identifySQL, []any{ask}, func(rows pgx.Rows) error {
			for rows.Next() {
				v := rows.RawValues()
				place := int(number(v[0])) - 1
				if place < 0 || place >= len(part) {
					return errWrongCount
				}
				i, id := part[place], number(v[1])
				if string(v[3]) != terms[i] {
					return fmt.Errorf("terms %q and %q have one hash, %x, and cannot be told apart", terms[i], v[3], known.hashes[i])
				}
				known.ids[i] = id
				if v[2][0] == 0 {
					known.dead = append(known.dead, id)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return known, nil
}

// trip runs a statement of the change.
func (t *tx) trip(ctx context.Context, kind, sql string, args []any, take func(pgx.Rows) error) error {
	began := time.Now()
	err := query(ctx, t.conn.Conn(), t.queries.sql(sql), args, take)
	t.store.meter.Trip(kind, began, err)
	return err
}

// name gives ids to the terms that the store has not, and returns their places.
func (t *tx) name(terms []string, known *identified) (fresh []int32, err error) {
	known.first = store.Node(t.state.next)
	for i := range terms {
		if known.ids[i] == 0 {
			fresh = append(fresh, int32(i))
		}
	}
	if int64(t.state.next)+int64(len(fresh)) > alive {
		return nil, fmt.Errorf("a store holds at most %d terms", alive)
	}
	for n, i := range fresh {
		known.ids[i] = known.first + store.Node(n)
	}
	t.state.next += int32(len(fresh))
	t.state.stats.Terms += int64(len(fresh) + len(known.dead))
	return fresh, nil
}

// insert writes terms and quads, and counts the quads that were not there.
func (t *tx) insert(ctx context.Context, terms []string, quads []remote.Quad, known *identified, fresh []int32) (added int, err error) {
	var perhaps, surely []remote.Quad
	for _, q := range quads {
		q = known.quad(q)
		if max(q.Subject, q.Predicate, q.Object, q.Label) >= known.first {
			surely = append(surely, q)
		} else {
			perhaps = append(perhaps, q)
		}
	}
	slices.SortFunc(perhaps, remote.Quad.Compare)
	slices.SortFunc(surely, remote.Quad.Compare)
	if len(fresh) >= atOnce {
		if err := t.copyTerms(ctx, terms, known, fresh); err != nil {
			return 0, err
		}
		fresh = nil
	}
	if len(surely) >= atOnce {
		if err := t.copyQuads(ctx, surely); err != nil {
			return 0, err
		}
		added, surely = len(surely), nil
	}
	// The rest, which may be all, in as few trips as may be.
	batch := &pgx.Batch{}
	if len(known.dead) > 0 {
		batch.Queue(t.queries.sql(reviveSQL), known.dead)
	}
	if len(fresh) > 0 {
		ids, hashes, keys := make([]store.Node, len(fresh)), make([]hash, len(fresh)), make([]string, len(fresh))
		for n, i := range fresh {
			ids[n], hashes[n], keys[n] = known.ids[i], known.hashes[i], terms[i]
		}
		batch.Queue(t.queries.sql(nameSQL), ids, hashes, keys)
	}
	if len(surely) > 0 {
		batch.Queue(t.queries.sql(insertSQL), columns(surely, t.at)...)
		added += len(surely)
	}
	more, err := t.insertNew(ctx, perhaps, batch)
	return added + more, err
}

// insertNew sends what waits in a batch, and those of some sorted quads that are
// not there, which it counts.
func (t *tx) insertNew(ctx context.Context, quads []remote.Quad, batch *pgx.Batch) (added int, err error) {
	for part := range slices.Chunk(quads, atOnce) {
		if part, err = t.lacking(ctx, part); err != nil {
			return 0, err
		}
		if len(part) == 0 {
			continue
		}
		batch.Queue(t.queries.sql(insertNewSQL), columns(part, t.at)...).Exec(func(tag pgconn.CommandTag) error {
			added += int(tag.RowsAffected())
			return nil
		})
		if err := t.send(ctx, "insert", batch); err != nil {
			return 0, err
		}
		batch = &pgx.Batch{}
	}
	return added, t.send(ctx, "insert", batch)
}

// send runs statements in one trip.
func (t *tx) send(ctx context.Context, kind string, batch *pgx.Batch) error {
	if batch.Len() == 0 {
		return ctx.Err()
	}
	began := time.Now()
	err := t.conn.SendBatch(ctx, batch).Close()
	t.store.meter.Trip(kind, began, err)
	return err
}

// quad turns the places of terms into ids.
func (k *identified) quad(q remote.Quad) remote.Quad {
	id := func(place store.Node) store.Node {
		if place == 0 {
			return 0
		}
		return k.ids[place-1]
	}
	return remote.Quad{Subject: id(q.Subject), Predicate: id(q.Predicate), Object: id(q.Object), Label: id(q.Label)}
}

// columns are quads as parameters of a statement.
func columns(quads []remote.Quad, version int32) []any {
	var c [4][]store.Node
	for i := range c {
		c[i] = make([]store.Node, len(quads))
	}
	for i, q := range quads {
		c[0][i], c[1][i], c[2][i], c[3][i] = q.Subject, q.Predicate, q.Object, q.Label
	}
	return []any{c[0], c[1], c[2], c[3], version}
}

// Remove removes quads.
func (t *tx) Remove(ctx context.Context, quads []quad.Quad) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.usable(ctx); err != nil || len(quads) == 0 {
		return err
	}
	if err := t.settled(ctx); err != nil {
		return err
	}
	if err := t.begin(ctx); err != nil {
		return t.fail(err)
	}
	return t.fail(t.explain(ctx, "remove quads", t.remove(ctx, quads)))
}

func (t *tx) remove(ctx context.Context, quads []quad.Quad) error {
	// A quad that lacks a part, or has one of no kind that can be kept, is not there.
	there := make([]quad.Quad, 0, len(quads))
	for _, q := range quads {
		if _, _, err := store.StatementOf(nil, q); err == nil {
			there = append(there, q)
		}
	}
	var batch remote.Batch
	if err := store.EachStatement(there, batch.Add); err != nil {
		return err
	}
	terms, places, _ := batch.Take()
	known, err := t.identify(ctx, terms)
	if err != nil {
		return err
	}
	gone := make([]remote.Quad, 0, len(places))
	for _, q := range places {
		if g := known.quad(q); g.Subject > 0 && g.Predicate > 0 && g.Object > 0 && (g.Label > 0 || q.Label == 0) {
			gone = append(gone, g)
		}
	}
	slices.SortFunc(gone, remote.Quad.Compare)
	t.step()
	bereft := map[store.Node]bool{} // terms that may be in no quad any more
	for part := range slices.Chunk(gone, atOnce) {
		took := func(rows pgx.Rows) error {
			for rows.Next() {
				for _, v := range rows.RawValues() {
					bereft[number(v)] = true
				}
				t.tally.Removed++
				t.state.stats.Quads--
				t.changed = true
			}
			return rows.Err()
		}
		args, batch := columns(part, t.at), &pgx.Batch{}
		batch.Queue(t.queries.sql(takeBackSQL+returning), args...).Query(took)
		batch.Queue(t.queries.sql(removeSQL+returning), args...).Query(took)
		if err := t.send(ctx, "remove", batch); err != nil {
			return err
		}
	}
	return t.orphan(ctx, bereft)
}

// orphan marks those of some terms that no quad has any more.
func (t *tx) orphan(ctx context.Context, bereft map[store.Node]bool) error {
	delete(bereft, 0)
	if len(bereft) == 0 {
		return nil
	}
	ids := make([]store.Node, 0, len(bereft))
	for id := range bereft {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	batch := &pgx.Batch{}
	batch.Queue(t.queries.sql(orphanSQL), ids).Exec(func(tag pgconn.CommandTag) error {
		t.state.stats.Terms -= tag.RowsAffected()
		return nil
	})
	return t.send(ctx, "orphan", batch)
}
