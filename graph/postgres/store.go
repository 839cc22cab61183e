package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"parley/graph/remote"
	"parley/graph/store"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Name is what cayley knows this kind of store by.
const Name = "parley-postgres"

func init() {
	open := func(ctx context.Context, url string) (store.Store, error) { return orNil(Open(ctx, url, Options{})) }
	create := func(ctx context.Context, url string) (store.Store, error) { return orNil(Create(ctx, url, Options{})) }
	remote.Register(Name, open, create)
	kind := store.Kind{
		Open: func(ctx context.Context, url string, memory int64) (store.Store, error) {
			return orNil(Open(ctx, url, Options{Memory: memory}))
		},
		Create: func(ctx context.Context, url string, memory int64) (store.Store, error) {
			return orNil(Create(ctx, url, Options{Memory: memory}))
		},
		Verify: Verify,
	}
	store.Register("postgres", kind)
	store.Register("postgresql", kind)
}

// orNil keeps a nil pointer from becoming a store.
func orNil(s *Store, err error) (store.Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Options bound what a store takes.
type Options struct {
	// Memory is about how many bytes a change in the making may take before
	// it goes on at the server; 0 is DefaultMemory.
	Memory int64
}

// DefaultMemory lets a change of some four million quads go to the server in one
// piece.
const DefaultMemory = 256 << 20

// Store is an open store. Reading and writing have connections of their own, so
// that a change may read the store that it changes.
type Store struct {
	config  *config
	memory  int64
	queries *queries
	terms   *remote.Terms
	meter   remote.Meter
	reads   *pgxpool.Pool
	// writes has one connection: changes wait for each other anyhow.
	writes  *pgxpool.Pool
	latest  latest
	unknown atomic.Uint64 // numbers for Version to give that no state has
	closed  atomic.Bool
	// outdated tells that the tables were of an older format when last looked at.
	outdated atomic.Bool
}

// Open opens the store at a URL. It writes nothing; the error wraps
// store.ErrNoStore where the schema has no tables. Tables of an older format can
// be opened, for the next change to migrate them, but not be read before.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	s, err := connect(ctx, url, o)
	if err != nil {
		return nil, err
	}
	if _, err := s.now(ctx); err != nil && !s.outdated.Load() {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Create makes the schema of a URL and its tables, and opens the empty store.
// Where such a store is there already and empty it opens that; where it holds
// something the error wraps store.ErrNotEmpty.
func Create(ctx context.Context, url string, o Options) (*Store, error) {
	s, err := connect(ctx, url, o)
	if err != nil {
		return nil, err
	}
	if err := s.create(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) create(ctx context.Context) error {
	const doing = "make the tables of a store"
	conn, err := s.writes.Acquire(ctx)
	if err != nil {
		return s.config.explain(ctx, doing, err)
	}
	defer conn.Release()
	if _, err := s.config.make(ctx, conn.Conn()); err != nil {
		return s.config.explain(ctx, doing, err)
	}
	now, err := s.now(ctx)
	if err == nil && now.stats.Quads > 0 {
		err = fmt.Errorf("schema %q of %s holds %d quads: %w", s.config.schema, s.config.place(), now.stats.Quads, store.ErrNotEmpty)
	}
	return err
}

// connect makes a store of a URL, and one connection.
func connect(ctx context.Context, url string, o Options) (*Store, error) {
	c, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	s := &Store{config: c, memory: o.Memory, queries: c.queries(""), terms: remote.NewTerms()}
	if s.memory == 0 {
		s.memory = DefaultMemory
	}
	s.memory = max(s.memory, leastMemory)
	s.latest.read = s.readLatest
	if s.reads, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), c.pool); err != nil {
		return nil, c.explain(ctx, "connect", err)
	}
	one := c.pool.Copy()
	one.MaxConns, one.MinConns, one.MinIdleConns = 1, 0, 0
	// A change is not made again, so it must not begin on a connection that was lost.
	one.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return true }
	if s.writes, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), one); err != nil {
		s.reads.Close()
		return nil, c.explain(ctx, "connect", err)
	}
	return s, nil
}

// leastMemory, like the other sizes from which on something is done another
// way, is a variable so that tests get there with few quads.
var leastMemory int64 = 1 << 20

// state is what the newest version is.
type state struct {
	version int32
	stats   store.Stats
	next    int32 // the first id that no term has had
	format  int
}

// stateSQL reads the state. There is no version row only where somebody has
// deleted them.
const stateSQL = `SELECT m.format, v.v, v.quads, v.terms, v.next FROM {meta} m CROSS JOIN LATERAL (SELECT * FROM {version} ORDER BY v DESC LIMIT 1) v`

func (st *state) scan(rows pgx.Rows) error {
	defer rows.Close()
	if rows.Next() {
		if err := rows.Scan(&st.format, &st.version, &st.stats.Quads, &st.stats.Terms, &st.next); err != nil {
			return err
		}
	} else if rows.Err() == nil {
		return errors.New("the tables meta and version have no row: they were emptied by hand; restore them from a backup")
	}
	rows.Close()
	return rows.Err()
}

// now reads the state, and refuses one that this program cannot read.
func (s *Store) now(ctx context.Context) (st state, err error) {
	err = s.ask(ctx, "snapshot", s.queries.sql(stateSQL), nil, st.scan)
	switch {
	case err != nil:
		return st, err
	case st.format > format:
		return st, s.config.tooNew(st.format)
	case st.format < format:
		s.outdated.Store(true)
		return st, s.config.tooOld(st.format)
	}
	s.outdated.Store(false)
	return st, nil
}

// Snapshot takes a snapshot of what is there.
func (s *Store) Snapshot(ctx context.Context) (store.Snapshot, error) {
	taken := time.Now() // before, so that it is never thought younger than it is
	if s.closed.Load() {
		return nil, store.ErrClosed
	}
	st, err := s.now(ctx)
	if err != nil {
		return nil, err
	}
	return remote.NewSnapshot(&reader{source: s, queries: s.queries, state: st, fresh: func(ctx context.Context) error {
		return s.fresh(ctx, st.version, taken)
	}}, s.terms), nil
}

// kept is how long what died can still be read.
var kept = 24 * time.Hour

// fresh is an error where Compact may have taken away rows that a version sees.
func (s *Store) fresh(ctx context.Context, version int32, taken time.Time) error {
	if time.Since(taken) < kept {
		return nil
	}
	newest, err := s.latest.get(ctx)
	if err != nil || newest == version {
		return err
	}
	return fmt.Errorf("this snapshot is of version %d and was taken more than %v ago; the store is at version %d by now and may have let go of what the snapshot shows: take another", version, kept, newest)
}

// Version is the number of the newest version, one short round trip away; where
// the server does not answer it is one that no state has, and Snapshot tells why.
func (s *Store) Version() uint64 {
	if !s.closed.Load() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if v, err := s.latest.get(ctx); err == nil {
			return uint64(v)
		}
	}
	return 1<<63 + s.unknown.Add(1)
}

// patience is how long Version waits, since it takes no context.
const patience = 10 * time.Second

const latestSQL = `SELECT v FROM {version} ORDER BY v DESC LIMIT 1`

func (s *Store) readLatest(ctx context.Context) (v int32, err error) {
	err = s.ask(ctx, "version", s.queries.sql(latestSQL), nil, func(rows pgx.Rows) error {
		v = -1
		for rows.Next() {
			v = int32(number(rows.RawValues()[0]))
		}
		return rows.Err()
	})
	return v, err
}

// Fork returns a store in memory that begins with what is there now.
func (s *Store) Fork(ctx context.Context) (store.Store, error) {
	now, err := s.Snapshot(ctx)
	if err != nil {
		return nil, fmt.Errorf("fork: %w", err)
	}
	defer now.Close()
	return remote.Fork(ctx, now, s.memory)
}

// Close ends the store. It waits for the change that is being made. Snapshots
// that are open stay good: each of their readings makes a connection of its own.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	s.writes.Close()
	s.reads.Close()
	return nil
}

// Health tells how the store gets on with its server.
func (s *Store) Health() store.Health {
	h := s.meter.Health()
	for _, pool := range []*pgxpool.Pool{s.reads, s.writes} {
		stat := pool.Stat()
		h.Pool.Max += int(stat.MaxConns())
		h.Pool.Open += int(stat.TotalConns())
		h.Pool.Busy += int(stat.AcquiredConns())
		h.Pool.Waited += stat.EmptyAcquireCount()
		h.Pool.WaitedFor += stat.EmptyAcquireWaitTime()
	}
	return h
}
