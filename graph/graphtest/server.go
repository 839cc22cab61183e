package graphtest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"parley/graph/embedded"
	"parley/graph/remote"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// Server is a store on a server that is not far: an embedded one, read as stores
// on a server are. It counts how often it is asked, and fails while it is Down.
type Server struct {
	*embedded.Store
	terms *remote.Terms

	mu    sync.Mutex
	asked map[string]int
	Down  atomic.Bool
	// Before, if any, is called before the server answers, with the kind of trip.
	Before func(kind string)
}

// ErrDown is the failure of a Server that is down.
var ErrDown = errors.New("the server is down")

// NewServer returns an empty one.
func NewServer() *Server {
	return &Server{Store: embedded.NewMemory(embedded.Options{}), terms: remote.NewTerms(), asked: map[string]int{}}
}

func (s *Server) trip(kind string) error {
	if s.Down.Load() {
		return ErrDown
	}
	if s.Before != nil {
		s.Before(kind)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[kind]++
	return nil
}

// Trips tells how often the server was asked since the last time.
func (s *Server) Trips() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.asked {
		n += k
	}
	clear(s.asked)
	return n
}

func (s *Server) of(terms *remote.Terms, from store.Snapshot, err error) (store.Snapshot, error) {
	if err != nil {
		return nil, err
	}
	return remote.NewSnapshot(&serverReader{from, s}, terms), nil
}

// Snapshot takes a snapshot of what is there.
func (s *Server) Snapshot(ctx context.Context) (store.Snapshot, error) {
	from, err := s.Store.Snapshot(ctx)
	return s.of(s.terms, from, err)
}

// Update makes a change.
func (s *Server) Update(ctx context.Context, change func(store.Tx) error) (store.Tally, error) {
	return s.Store.Update(ctx, func(tx store.Tx) error { return change(&serverTx{tx, s}) })
}

// Fork returns a store in memory that begins with what is there.
func (s *Server) Fork(ctx context.Context) (store.Store, error) {
	now, err := s.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer now.Close()
	return remote.Fork(ctx, now, 0)
}

type serverTx struct {
	store.Tx
	server *Server
}

func (tx *serverTx) Snapshot(ctx context.Context) (store.Snapshot, error) {
	from, err := tx.Tx.Snapshot(ctx)
	// A change that fails gives its handles back.
	return tx.server.of(remote.NewTerms(), from, err)
}

// serverReader answers from a snapshot of the embedded store, in an order of its own.
type serverReader struct {
	store.Snapshot
	server *Server
}

func (r *serverReader) Expand(ctx context.Context, nodes []store.Node, predicate store.Node, d store.Direction) ([]store.Edge, error) {
	if err := r.server.trip("expand"); err != nil {
		return nil, err
	}
	edges, err := r.Snapshot.Expand(ctx, nil, nodes, predicate, d)
	slices.Reverse(edges)
	return edges, err
}

func (r *serverReader) Follow(ctx context.Context, from []store.Node, steps []store.Step, found func(remote.Found)) error {
	if err := r.server.trip("follow"); err != nil {
		return err
	}
	return r.follow(ctx, from, steps, found)
}

func (r *serverReader) follow(ctx context.Context, from []store.Node, steps []store.Step, found func(remote.Found)) error {
	for i := range steps {
		step := &steps[i]
		seen, reached, labels := map[store.Node]bool{}, []store.Node{}, []store.Node{}
		for _, n := range from {
			seen[n] = true
		}
		f := remote.Found{Step: step, Terms: map[store.Node]string{}}
		for frontier, depth := from, 0; len(frontier) > 0 && (step.Depth == 0 || depth < step.Depth); depth++ {
			edges, err := r.along(ctx, frontier, step)
			if err != nil {
				return err
			}
			f.From, f.Edges = append(f.From, frontier...), append(f.Edges, edges...)
			frontier = nil
			for _, e := range edges {
				key, err := store.AppendKey(nil, r.Value(e.To))
				if err != nil {
					return err
				}
				f.Terms[e.To] = string(key)
				reached = append(reached, e.To)
				if e.Label != 0 {
					labels = append(labels, e.Label)
				}
				if step.Repeat && !seen[e.To] {
					seen[e.To] = true
					frontier = append(frontier, e.To)
				}
			}
		}
		if len(f.Edges) > remote.MostFollowed {
			return remote.ErrTooMuch
		}
		found(f)
		if step.Repeat {
			reached = append(reached, from...)
		}
		for next, steps := range map[*[]store.Node][]store.Step{&reached: step.Next, &labels: step.Why} {
			slices.Sort(*next)
			if err := r.follow(ctx, slices.Compact(*next), steps, found); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *serverReader) along(ctx context.Context, nodes []store.Node, step *store.Step) (edges []store.Edge, err error) {
	if len(step.Predicates) == 0 {
		return r.Snapshot.Expand(ctx, nil, nodes, 0, step.Direction)
	}
	for _, p := range step.Predicates {
		if edges, err = r.Snapshot.Expand(ctx, edges, nodes, p, step.Direction); err != nil {
			return nil, err
		}
	}
	return edges, nil
}

func (r *serverReader) Labelled(ctx context.Context, labels []store.Node) ([]store.Edge, error) {
	if err := r.server.trip("labelled"); err != nil {
		return nil, err
	}
	return r.Snapshot.Labelled(ctx, nil, labels)
}

func (r *serverReader) Find(_ context.Context, keys []string) ([]store.Node, error) {
	if err := r.server.trip("find"); err != nil {
		return nil, err
	}
	nodes := make([]store.Node, len(keys))
	for i, key := range keys {
		term, err := store.Value([]byte(key))
		if err != nil {
			return nil, err
		}
		nodes[i] = r.Node(term)
	}
	return nodes, r.Err()
}

func (r *serverReader) Keys(_ context.Context, nodes []store.Node) ([]string, error) {
	if err := r.server.trip("keys"); err != nil {
		return nil, err
	}
	keys := make([]string, len(nodes))
	for i, n := range nodes {
		key, err := store.AppendKey(nil, r.Value(n))
		if err != nil {
			return nil, err
		}
		keys[i] = string(key)
	}
	return keys, r.Err()
}

func (r *serverReader) all(ctx context.Context) (quads []remote.Quad, err error) {
	for q, err := range r.Quads(ctx) {
		if err != nil {
			return nil, err
		}
		quads = append(quads, remote.Quad{Subject: r.Node(q.Subject), Predicate: r.Node(q.Predicate), Object: r.Node(q.Object), Label: r.Node(q.Label)})
	}
	slices.SortFunc(quads, remote.Quad.Compare)
	return quads, r.Err()
}

func (r *serverReader) Page(ctx context.Context, place quad.Direction, n store.Node, after remote.Quad, limit int) (page []remote.Quad, err error) {
	if err := r.server.trip("page"); err != nil {
		return nil, err
	}
	quads, err := r.all(ctx)
	for _, q := range quads {
		if len(page) < limit && q.Compare(after) > 0 && (place == quad.Any || q.At(place) == n) {
			page = append(page, q)
		}
	}
	return page, err
}

func (r *serverReader) Whole(ctx context.Context, most int) (quads []remote.Quad, keys map[store.Node]string, err error) {
	if err := r.server.trip("whole"); err != nil {
		return nil, nil, err
	}
	if quads, err = r.all(ctx); err != nil {
		return nil, nil, err
	}
	if len(quads) > most {
		return nil, nil, remote.ErrTooMuch
	}
	keys = map[store.Node]string{}
	for _, q := range quads {
		for _, n := range []store.Node{q.Subject, q.Predicate, q.Object, q.Label} {
			if n == 0 {
				continue
			}
			key, err := store.AppendKey(nil, r.Value(n))
			if err != nil {
				return nil, nil, err
			}
			keys[n] = string(key)
		}
	}
	return quads, keys, r.Err()
}

func (r *serverReader) Size(ctx context.Context, place quad.Direction, n store.Node) (int64, bool, error) {
	page, err := r.Page(ctx, place, n, remote.Quad{}, 1<<40)
	return int64(len(page)), true, err
}

func (r *serverReader) Nodes(ctx context.Context, after store.Node, limit int) ([]store.Node, error) {
	quads, err := r.all(ctx)
	var nodes []store.Node
	for _, q := range quads {
		for _, n := range []store.Node{q.Subject, q.Predicate, q.Object, q.Label} {
			if n > after {
				nodes = append(nodes, n)
			}
		}
	}
	slices.Sort(nodes)
	nodes = slices.Compact(nodes)
	return nodes[:min(limit, len(nodes))], cmp.Or(err, r.server.trip("nodes"))
}
