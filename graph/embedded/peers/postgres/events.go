package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/graph/embedded/peers/events"
	"parley/graph/embedded/peers/peer"
)

type database struct{ numbers bool }

// node is the type of a node's column.
func (d database) node() string {
	if d.numbers {
		return "integer"
	}
	return "text"
}

func (d database) load(ctx context.Context, data, db string) (peer.Report, error) {
	data, err := filepath.Abs(data)
	if err != nil {
		return peer.Report{}, err
	}
	if db, err = filepath.Abs(db); err != nil {
		return peer.Report{}, err
	}
	if err := create(db); err != nil {
		return peer.Report{}, err
	}
	s, conn, err := start(ctx, db)
	if err != nil {
		return peer.Report{}, err
	}
	defer s.stop()
	var r peer.Report
	memory := peer.Watch(s.cmd.Process.Pid)
	begin := time.Now()
	err = d.fill(ctx, conn, data)
	r.Seconds, r.PeakKiB = time.Since(begin).Seconds(), memory()
	if err != nil {
		return r, err
	}
	if err := conn.QueryRow(ctx, "SELECT pg_total_relation_size('event')").Scan(&r.Bytes); err != nil {
		return r, err
	}
	r.Version, err = version(ctx, conn)
	return r, err
}

func version(ctx context.Context, conn *pgx.Conn) (string, error) {
	var text string
	err := conn.QueryRow(ctx, "SHOW server_version").Scan(&text)
	number, _, _ := strings.Cut(text, " ")
	return "PostgreSQL " + number + ", pgx 5", err
}

// fill copies into a table made by the same transaction, so that the rows need
// no log and are frozen; every index covers its question.
func (d database) fill(ctx context.Context, conn *pgx.Conn, data string) error {
	file := "events.csv"
	if d.numbers {
		file = "numbers.csv"
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	for _, sql := range []string{
		strings.ReplaceAll(`CREATE TABLE event(id NODE NOT NULL, type text, agent NODE, target NODE, date date, status text,
			place NODE, responds_to NODE, kind text, topic text, passage NODE)`, "NODE", d.node()),
		// No value has a comma or a backslash, so that the plainer format serves.
		fmt.Sprintf("COPY event FROM '%s' WITH (FORMAT text, DELIMITER ',', NULL '', FREEZE)", filepath.Join(data, file)),
		"CREATE UNIQUE INDEX ON event(id) INCLUDE (responds_to)",
		"CREATE INDEX ON event(agent, date) INCLUDE (target)",
		"CREATE INDEX ON event(target, date) INCLUDE (agent)",
		"CREATE INDEX ON event(responds_to) INCLUDE (id) WHERE responds_to IS NOT NULL",
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	for _, sql := range []string{"ANALYZE event", "CHECKPOINT"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

const (
	cop = `SELECT target FROM event WHERE agent = $1 AND date BETWEEN $2::text::date AND $3::text::date
		UNION SELECT agent FROM event WHERE target = $1 AND date BETWEEN $2::text::date AND $3::text::date`
	chain = `WITH RECURSIVE c(d, id) AS (
			SELECT 1, responds_to FROM event WHERE id = $1
			UNION ALL SELECT d + 1, (SELECT responds_to FROM event WHERE event.id = c.id)
				FROM c WHERE d < 50 AND id IS NOT NULL)
		SELECT id FROM c WHERE id IS NOT NULL`
	answers = `WITH RECURSIVE c(d, id) AS (
			SELECT 1, id FROM event WHERE responds_to = $1
			UNION ALL SELECT d + 1, e.id FROM c JOIN event e ON e.responds_to = c.id WHERE d < 50)
		SELECT id FROM c`
)

func (d database) query(ctx context.Context, data, db, out string) (peer.Report, error) {
	db, err := filepath.Abs(db)
	if err != nil {
		return peer.Report{}, err
	}
	s, conn, err := start(ctx, db)
	if err != nil {
		return peer.Report{}, err
	}
	defer s.stop()
	memory := peer.Watch(s.cmd.Process.Pid)
	for i, sql := range []string{cop, chain, answers} {
		if err := d.ask(ctx, conn, data, out, events.Questions[i], sql); err != nil {
			return peer.Report{}, err
		}
	}
	r := peer.Report{PeakKiB: memory()}
	r.Version, err = version(ctx, conn)
	return r, err
}

func (d database) ask(ctx context.Context, conn *pgx.Conn, data, out, kind, sql string) error {
	folder := "event/"
	if kind == "cop" {
		folder = "actor/"
	}
	if _, err := conn.Prepare(ctx, kind, sql); err != nil {
		return err
	}
	return peer.Ask(data, out, kind, func(to []string, q peer.Question) ([]string, error) {
		args := []any{q.Node}
		if d.numbers {
			n, err := number(q.Node)
			if err != nil {
				return nil, err
			}
			args[0] = n
		}
		if kind == "cop" {
			args = append(args, q.From, q.To)
		}
		rows, err := conn.Query(ctx, kind, args...)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			if !d.numbers {
				to = append(to, string(rows.RawValues()[0]))
				continue
			}
			var n int32
			if err := rows.Scan(&n); err != nil {
				return nil, err
			}
			to = append(to, folder+strconv.Itoa(int(n)))
		}
		return to, rows.Err()
	})
}

func number(node string) (int32, error) {
	_, digits, _ := strings.Cut(node, "/")
	n, err := strconv.ParseInt(digits, 10, 32)
	return int32(n), err
}
