package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"parley/graph/remote"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// tx is a change in the making.
type tx struct {
	store *Store
	batch remote.Batch
	ended atomic.Pointer[error] // why nothing more can be done, nil while it can

	mu   sync.Mutex // guards what follows, and the connection
	conn *pgxpool.Conn
	base state
	// at is the version that is written under. Once somebody has looked, what
	// follows is written under the next, so that what they see stays as it is.
	at      int32
	looked  bool
	queries *queries // of the tables that are written
	state   state    // as the change would leave it
	changed bool
	// migrated tells that the change is worth keeping, whatever it brings.
	migrated bool
	tally    store.Tally
	filling  *filling // while it is a first load
	terms    *remote.Terms
	// scattered tells that much lies between the quads that are given.
	scattered bool
}

// Update makes a change, whole or not at all.
func (s *Store) Update(ctx context.Context, change func(store.Tx) error) (store.Tally, error) {
	if s.closed.Load() {
		return store.Tally{}, store.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return store.Tally{}, err
	}
	if s.outdated.Load() {
		// By a transaction of its own: the change may read the store while it goes on.
		if err := s.migrate(ctx); err != nil {
			return store.Tally{}, err
		}
	}
	t := &tx{store: s, queries: s.queries}
	defer t.end()
	if err := change(t); err != nil {
		return store.Tally{}, err
	}
	if err := t.commit(ctx); err != nil {
		return store.Tally{}, err
	}
	return t.tally, nil
}

// migrate brings the tables up to date.
func (s *Store) migrate(ctx context.Context) error {
	t := &tx{store: s, queries: s.queries}
	defer t.end()
	t.mu.Lock()
	err := t.begin(ctx)
	t.mu.Unlock()
	if err != nil {
		return err
	}
	return t.commit(ctx)
}

// usable is an error where nothing more can be done.
func (t *tx) usable(ctx context.Context) error {
	if ended := t.ended.Load(); ended != nil {
		return *ended
	}
	return ctx.Err()
}

// fail sees to it that the change is not made.
func (t *tx) fail(err error) error {
	if err != nil {
		t.ended.CompareAndSwap(nil, &err)
	}
	return err
}

// end lets go of what a change has not committed.
func (t *tx) end() {
	over := fmt.Errorf("the change is over: %w", store.ErrClosed)
	t.ended.CompareAndSwap(nil, &over)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn == nil {
		return
	}
	// The change may have ended by its context, or by a panic.
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if conn := t.conn.Conn(); !conn.IsClosed() && conn.PgConn().TxStatus() != 'I' {
		if _, err := conn.Exec(ctx, "ROLLBACK"); err != nil {
			_ = conn.Close(ctx) // the server rolls back then
		}
	}
	t.conn.Release()
	t.conn = nil
}

// What is told as kept must be so when the server crashes the moment after.
const durableSQL = "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'"

// begin takes the writers' lock, once. The caller holds mu.
func (t *tx) begin(ctx context.Context) (err error) {
	if t.conn != nil {
		return nil
	}
	const doing = "begin a change"
	if t.conn, err = t.store.writes.Acquire(ctx); err != nil {
		return t.store.config.explain(ctx, doing, err)
	}
	began := time.Now()
	var at state
	batch := &pgx.Batch{}
	batch.Queue("BEGIN ISOLATION LEVEL READ COMMITTED")
	batch.Queue(lockSQL, t.store.config.lock())
	batch.Queue(durableSQL)
	batch.Queue(t.queries.sql(stateSQL)).Query(at.scan)
	err = t.conn.SendBatch(ctx, batch).Close()
	t.store.meter.Trip("begin", began, err)
	if err != nil {
		return t.store.config.explain(ctx, doing, err)
	}
	if at.format > format {
		return t.store.config.tooNew(at.format)
	}
	if at.format < format {
		if err := t.store.config.migrate(ctx, t.conn.Conn(), at.format); err != nil {
			return err
		}
		t.migrated = true
	}
	if at.version > alive-1<<20 {
		return fmt.Errorf("the store has had %d changes and numbers no more: copy it to a new one", at.version)
	}
	t.base, t.state, t.at = at, at, at.version+1
	return nil
}

// Add adds quads.
func (t *tx) Add(ctx context.Context, quads []quad.Quad) error {
	added := false
	err := store.EachStatement(quads, func(st []store.Statement) error {
		err := t.AddKeys(ctx, st)
		added = added || err == nil
		return err
	})
	if err != nil && added {
		return t.fail(err)
	}
	if err != nil {
		return err
	}
	return t.usable(ctx)
}

// AddKeys adds statements by the keys of their terms.
func (t *tx) AddKeys(ctx context.Context, statements []store.Statement) error {
	if err := t.usable(ctx); err != nil {
		return err
	}
	if err := t.batch.Add(statements); err != nil {
		return t.fail(err)
	}
	if t.batch.Size() < t.store.memory {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.batch.Size() < t.store.memory {
		return t.usable(ctx) // another goroutine came first
	}
	return t.flush(ctx)
}

// flush brings what was added to the server. The caller holds mu.
func (t *tx) flush(ctx context.Context) error {
	if err := t.usable(ctx); err != nil {
		return err
	}
	if t.batch.Size() == 0 {
		return nil
	}
	if err := t.begin(ctx); err != nil {
		return t.fail(err)
	}
	terms, quads, given := t.batch.Take()
	return t.fail(t.explain(ctx, "write quads", t.write(ctx, terms, quads, given)))
}

func (t *tx) explain(ctx context.Context, doing string, err error) error {
	return t.store.config.explain(ctx, doing, err)
}

// write writes some quads, by the places of their terms.
func (t *tx) write(ctx context.Context, terms []string, quads []remote.Quad, given int) error {
	t.step()
	if t.filling == nil && t.mayFill(len(quads)) {
		if err := t.fill(ctx); err != nil {
			return err
		}
	}
	if t.filling != nil {
		return t.fillWith(ctx, terms, quads, given)
	}
	known, err := t.identify(ctx, terms)
	if err != nil {
		return err
	}
	fresh, err := t.name(terms, known)
	if err != nil {
		return err
	}
	added, err := t.insert(ctx, terms, quads, known, fresh)
	if err != nil {
		return err
	}
	t.count(added, given)
	return nil
}

// step makes what is written next invisible to who has looked before.
func (t *tx) step() {
	if t.looked {
		t.at++
		t.looked = false
	}
}

// count counts quads that were given, of which some were not there.
func (t *tx) count(added, given int) {
	t.tally.New += added
	t.tally.Known += given - added
	t.state.stats.Quads += int64(added)
	t.changed = t.changed || added > 0
}

// settled brings everything to the server and into place. The caller holds mu.
func (t *tx) settled(ctx context.Context) error {
	if err := t.flush(ctx); err != nil {
		return err
	}
	if t.filling == nil {
		return nil
	}
	return t.fail(t.explain(ctx, "make indexes", t.filled(ctx)))
}

// Tally counts what the change comes to so far.
func (t *tx) Tally(ctx context.Context) (store.Tally, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.flush(ctx); err != nil {
		return store.Tally{}, err
	}
	// A first load goes on without indexes for as long as all can be counted.
	if t.filling == nil || len(t.filling.later) > 0 {
		if err := t.settled(ctx); err != nil {
			return store.Tally{}, err
		}
	}
	return t.tally, nil
}

// Snapshot shows the store as it will be.
func (t *tx) Snapshot(ctx context.Context) (store.Snapshot, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.settled(ctx); err != nil {
		return nil, err
	}
	if err := t.begin(ctx); err != nil {
		return nil, t.fail(err)
	}
	t.looked = true
	if t.terms == nil {
		// Not the store's: an id that this change gives is another term's if it fails.
		t.terms = remote.NewTerms()
	}
	seen := t.state
	seen.version = t.at
	return remote.NewSnapshot(&reader{source: t, queries: t.queries, state: seen, fresh: func(context.Context) error { return nil }}, t.terms), nil
}

// ask reads on the connection of the change.
func (t *tx) ask(ctx context.Context, kind, sql string, args []any, take func(pgx.Rows) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.usable(ctx); err != nil {
		return err
	}
	began := time.Now()
	err := query(ctx, t.conn.Conn(), sql, args, take)
	t.store.meter.Trip(kind, began, err)
	// An error has ended the transaction.
	return t.fail(t.explain(ctx, doing(kind), err))
}

// commit keeps the change.
func (t *tx) commit(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.flush(ctx); err != nil {
		return err
	}
	if err := t.usable(ctx); err != nil || t.conn == nil || !t.changed && !t.migrated {
		return err
	}
	if t.filling != nil {
		if err := t.filled(ctx); err != nil {
			return t.explain(ctx, "make indexes", err)
		}
	}
	if err := t.replaceTables(ctx); err != nil {
		return t.explain(ctx, "put the tables in place", err)
	}
	if err := t.usable(ctx); err != nil {
		return err
	}
	// From here on the change is kept or not, and ctx has no say any more.
	began := time.Now()
	batch := &pgx.Batch{}
	token := rand.Int64()
	if t.changed {
		batch.Queue(t.queries.sql(versionSQL), t.at, t.state.stats.Quads, t.state.stats.Terms, t.state.next, token)
	}
	batch.Queue("COMMIT")
	err := t.conn.SendBatch(context.WithoutCancel(ctx), batch).Close()
	t.store.meter.Trip("commit", began, err)
	if err != nil && isLost(err) && t.changed {
		err = t.store.fate(ctx, t.at, token, err)
	}
	if err != nil {
		return t.explain(context.WithoutCancel(ctx), "keep a change", err)
	}
	return nil
}

// The token tells a change from another that got the same number, after it was
// lost in a crash of the server.
const (
	versionSQL = `INSERT INTO {version} (v, quads, terms, next, token) VALUES ($1, $2, $3, $4, $5)`
	fateSQL    = `SELECT EXISTS (SELECT FROM {version} WHERE v = $1 AND token = $2)`
)

// fate finds out what became of a change whose connection was lost in its commit:
// nil where it was kept. Whoever has the writers' lock knows that it is over.
func (s *Store) fate(ctx context.Context, version int32, token int64, lost error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	again := time.NewTicker(patience / 50)
	defer again.Stop()
	for {
		s.meter.Retry()
		kept, err := s.wasKept(ctx, version, token)
		switch {
		case err == nil && kept:
			return nil
		case err == nil:
			return fmt.Errorf("the connection was lost, and nothing of the change was kept; make it again: %w", lost)
		}
		select {
		case <-again.C: // the server may be starting
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrUnknown, lost)
		}
	}
}

// wasKept asks on a connection of its own, since that of the change is in use.
func (s *Store) wasKept(ctx context.Context, version int32, token int64) (kept bool, err error) {
	conn, err := pgx.ConnectConfig(ctx, s.config.pool.ConnConfig)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	tx, err := conn.Begin(ctx)
	if err != nil {
		return false, err
	}
	if _, err := tx.Exec(ctx, lockSQL, s.config.lock()); err != nil {
		return false, err
	}
	err = tx.QueryRow(ctx, s.queries.sql(fateSQL), version, token).Scan(&kept)
	return kept, err
}

var errWrongCount = errors.New("the server answered for other rows than it was asked for")
