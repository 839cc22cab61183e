package postgres

import (
	"context"
	"time"

	"parley/graph/store"

	"github.com/jackc/pgx/v5"
)

// source answers statements that read: a store does, and a change in the making.
type source interface {
	// ask runs a statement. take is called once with what came, or once more
	// where it is tried again. The error tells what to do.
	ask(ctx context.Context, kind, sql string, args []any, take func(pgx.Rows) error) error
}

// attempts is how often a reading is tried in all: the server may have been
// restarted, or, where it is a standby, have needed the rows.
const attempts = 3

// ask reads on any connection of the pool.
func (s *Store) ask(ctx context.Context, kind, sql string, args []any, take func(pgx.Rows) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var err error
	for n := range attempts {
		began := time.Now()
		err = s.once(ctx, sql, args, take)
		s.meter.Trip(kind, began, err)
		if err == nil || ctx.Err() != nil || !mayRetry(err) || n == attempts-1 {
			break
		}
		if isLost(err) {
			s.reads.Reset() // the others are lost as well
		}
		s.meter.Retry()
	}
	return s.config.explain(ctx, doing(kind), err)
}

// doing says what a kind of trip does, for messages.
func doing(kind string) string {
	switch kind {
	case "expand", "follow":
		return "walk"
	case "find", "keys":
		return "look terms up"
	case "snapshot", "version":
		return "find the newest version"
	case "labelled", "page", "whole", "size", "nodes":
		return "read quads"
	}
	return kind
}

func (s *Store) once(ctx context.Context, sql string, args []any, take func(pgx.Rows) error) error {
	if s.closed.Load() {
		return s.alone(ctx, sql, args, take)
	}
	conn, err := s.reads.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	return query(ctx, conn.Conn(), sql, args, take)
}

// alone reads after the store's Close, for a snapshot that is still open.
func (s *Store) alone(ctx context.Context, sql string, args []any, take func(pgx.Rows) error) error {
	conn, err := pgx.ConnectConfig(ctx, s.config.pool.ConnConfig)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := prepare(ctx, conn); err != nil {
		return err
	}
	return query(ctx, conn, sql, args, take)
}

func query(ctx context.Context, conn *pgx.Conn, sql string, args []any, take func(pgx.Rows) error) error {
	rows, err := conn.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if err := take(rows); err != nil {
		return err
	}
	rows.Close()
	return rows.Err()
}

var _ store.Monitored = (*Store)(nil)
