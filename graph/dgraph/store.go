package dgraph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parley/graph/remote"
	"parley/graph/store"

	"github.com/dgraph-io/dgo/v250/protos/api"
)

// Options bound what a store takes.
type Options struct {
	// Memory is about how many bytes of a change are gathered before they are
	// written; 0 is DefaultMemory.
	Memory int64
}

// DefaultMemory lets some two million quads gather.
const DefaultMemory = 256 << 20

func (o Options) complete() Options {
	if o.Memory == 0 {
		o.Memory = DefaultMemory
	}
	return o
}

// Store is an open store.
type Store struct {
	options Options
	client  *client
	terms   *remote.Terms
	// turn is held by the one change that this process makes.
	turn   chan struct{}
	closed atomic.Bool
	rights rights

	mu         sync.Mutex
	predicates []store.Node // listed, as far as is known; never changed in place
}

var _ interface {
	store.Store
	store.Monitored
} = (*Store)(nil)

func connect(ctx context.Context, storeURL string, o Options) (*Store, error) {
	a, err := parseURL(storeURL)
	if err != nil {
		return nil, err
	}
	c, err := dial(a)
	if err != nil {
		return nil, err
	}
	if err := c.check(ctx); err != nil {
		c.close()
		return nil, fmt.Errorf("%s: %w", a, err)
	}
	return &Store{options: o.complete(), client: c, terms: remote.NewTerms(), turn: make(chan struct{}, 1)}, nil
}

// Open opens the store at a URL, such as dgraph://localhost:9080. The error wraps
// [store.ErrNoStore] where none is.
func Open(ctx context.Context, storeURL string, o Options) (*Store, error) {
	s, err := connect(ctx, storeURL, o)
	if err != nil {
		return nil, err
	}
	r, err := s.root(ctx, justState)
	if err == nil {
		err = s.migrate(ctx, r.Format)
	}
	if err != nil {
		s.client.close()
		return nil, err
	}
	return s, nil
}

// Create makes the empty store of a URL and opens it. The error wraps
// [store.ErrNotEmpty] where one is.
func Create(ctx context.Context, storeURL string, o Options) (*Store, error) {
	s, err := connect(ctx, storeURL, o)
	if err != nil {
		return nil, err
	}
	if err := s.create(ctx); err != nil {
		s.client.close()
		return nil, err
	}
	return s, nil
}

func (s *Store) create(ctx context.Context) error {
	if _, err := s.root(ctx, justState); !errors.Is(err, store.ErrNoStore) {
		if err == nil {
			err = fmt.Errorf("%s: %w", s.client.address, store.ErrNotEmpty)
		}
		return err
	}
	if err := s.alter(ctx, s.schema()); err != nil {
		return err
	}
	// Whoever may not read finds no store where one is.
	if err := s.mayRead(ctx, nil); err != nil {
		return err
	}
	first, err := json.Marshal(state{Format: format, Next: 1})
	if err != nil {
		return err
	}
	// Of two who create it at once, one finds that the other did: both set "is".
	return s.client.persist(ctx, writePatience, func(ctx context.Context) error {
		var there bool
		_, err := s.client.mutate(ctx, "create", &api.Request{
			Query: "{ q(func: eq(" + s.pred("is") + `, "store")) { v as uid } }`,
			Mutations: []*api.Mutation{{Cond: "@if(eq(len(v), 0))", Set: []*api.NQuad{
				literal("_:root", s.pred("is"), "store"), literal("_:root", s.pred("state"), string(first)),
			}}},
			CommitNow: true,
		}, func(b []byte) error {
			return answer(b, func(sc *scan, _ string) { sc.array(func() { there = true; sc.skip() }) })
		})
		if err == nil && there {
			return fmt.Errorf("%s: %w", s.client.address, store.ErrNotEmpty)
		}
		return err
	})
}

// literal is a value of a node, as Dgraph takes it.
func literal(subject, predicate, text string) *api.NQuad {
	return &api.NQuad{Subject: subject, Predicate: predicate, ObjectValue: &api.Value{Val: &api.Value_StrVal{StrVal: text}}}
}

// mutate makes one request that changes something, and reads what it answers to
// its query.
func (c *client) mutate(ctx context.Context, kind string, r *api.Request, read func([]byte) error) (*api.Response, error) {
	var answer *api.Response
	err := c.once(ctx, kind, func(ctx context.Context, d api.DgraphClient) (err error) {
		answer, err = d.Query(ctx, r)
		return err
	})
	if err == nil && read != nil {
		err = read(answer.Json)
	}
	return answer, err
}

// alter brings the schema up.
func (s *Store) alter(ctx context.Context, schema string) error {
	return s.client.persist(ctx, writePatience, func(ctx context.Context) error {
		return s.client.once(ctx, "alter", func(ctx context.Context, d api.DgraphClient) error {
			_, err := d.Alter(ctx, &api.Operation{Schema: schema})
			return err
		})
	})
}

// Snapshot takes a snapshot of what is there.
func (s *Store) Snapshot(ctx context.Context) (store.Snapshot, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	r, err := s.root(ctx, justState)
	if err != nil {
		return nil, err
	}
	if err := s.mayRead(ctx, nil); err != nil {
		return nil, err
	}
	known, err := s.listed(ctx, r.Predicates)
	if err != nil {
		return nil, err
	}
	if err := s.mayRead(ctx, known); err != nil {
		return nil, err
	}
	return s.snapshot(&reader{
		store: s, era: r.era(), stats: store.Stats{Quads: r.Quads, Terms: r.Terms}, predicates: known, taken: time.Now(),
	}), nil
}

func (s *Store) snapshot(r *reader) store.Snapshot { return remote.NewSnapshot(r, s.terms) }

// listed returns the predicates of the graph, of which there are n at least.
func (s *Store) listed(ctx context.Context, n int) ([]store.Node, error) {
	s.mu.Lock()
	known := s.predicates
	s.mu.Unlock()
	if len(known) >= n {
		return known, nil
	}
	r, err := s.root(ctx, alsoPredicates)
	if err != nil {
		return nil, err
	}
	if len(r.predicates) < n {
		return nil, fmt.Errorf("%s: %d predicates are listed of %d", s.client.address, len(r.predicates), n)
	}
	return s.learn(r.predicates), nil
}

// learn takes note of predicates that are listed: sorted, each once.
func (s *Store) learn(predicates []store.Node) []store.Node {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(predicates) > len(s.predicates) {
		s.predicates = slices.Clone(predicates)
	}
	return s.predicates
}

func (s *Store) usable(ctx context.Context) error {
	if s.closed.Load() {
		return store.ErrClosed
	}
	return ctx.Err()
}

// unknown is what Version gives while the cluster does not tell.
const unknown = ^uint64(0)

// Version numbers what Snapshot would show. While the cluster cannot be asked it
// is the number of no state: Snapshot tells why.
func (s *Store) Version() uint64 {
	ctx, cancel := context.WithTimeout(context.Background(), readPatience)
	defer cancel()
	if s.closed.Load() {
		return unknown
	}
	r, err := s.root(ctx, justState)
	if err != nil {
		return unknown
	}
	return r.Version
}

// Fork returns a store in memory that begins with what is there now.
func (s *Store) Fork(ctx context.Context) (store.Store, error) {
	v, err := s.Snapshot(ctx)
	if err != nil {
		return nil, fmt.Errorf("fork: %w", err)
	}
	defer v.Close()
	return remote.Fork(ctx, v, s.options.Memory)
}

// Health tells of the connections and of what went over them.
func (s *Store) Health() store.Health { return s.client.health() }

// Close ends the store. It waits for the change that this process makes.
// Snapshots that are open read on until they are asked for what they have not
// read yet.
func (s *Store) Close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	if !s.closed.Swap(true) {
		s.client.close()
	}
	return nil
}
