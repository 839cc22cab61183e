package dgraph

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parley/graph/store"

	"github.com/dgraph-io/dgo/v250/protos/api"
)

// How the lock is passed on. Variables, so that tests need not wait.
var (
	// silence is how long the holder of the lock may say nothing before it is
	// taken for dead.
	silence = 15 * time.Second
	// renewal is how often a holder says that it lives.
	renewal = 3 * time.Second
	// look is how often those who wait look whether it is their turn, at most.
	look = 200 * time.Millisecond
)

// reserve is how many numbers a change may use: one each time that it writes
// what it gathered. Those it does not use are given to the next.
const reserve = 1 << 20

// writer is a change that holds the lock.
type writer struct {
	store *Store
	root  // as the change found it, but for what it listed and counted itself
	id    string
	last  uint64 // number used, 0 for none
	first uint64 // number that was reserved
	wrote atomic.Bool

	mu   sync.Mutex // one at a time writes to the root
	stop context.CancelFunc
	done chan struct{}
}

// acquire waits for the lock.
func (s *Store) acquire(ctx context.Context) (*writer, error) {
	w := &writer{store: s, id: rand.Text(), done: make(chan struct{})}
	var held string // who held the lock, and when it last said so
	var since time.Time
	wait := 10 * time.Millisecond
	for {
		now, err := s.root(ctx, wholeRoot)
		if err != nil {
			return nil, err
		}
		if now.Format != format {
			return nil, fmt.Errorf("%s: the store has format %d, not %d", s.client.address, now.Format, format)
		}
		// What is changed is read before.
		if err := s.mayRead(ctx, now.predicates); err != nil {
			return nil, err
		}
		if beat := now.lock + " " + now.beat; beat != held {
			held, since = beat, time.Now()
		}
		free := now.lock == "" || time.Since(since) > silence
		if free {
			err := w.take(ctx, now)
			if err == nil {
				break
			}
			if !errors.Is(err, errBusy) {
				return nil, err
			}
		}
		timer := time.NewTimer(jitter(wait))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		}
		wait = min(2*wait, look)
	}
	running, stop := context.WithCancel(context.Background())
	w.stop = stop
	go w.renew(running)
	return w, nil
}

// errBusy is a lock that somebody else took first.
var errBusy = errors.New("the lock is taken")

// take takes the lock as it was seen: free, or of somebody who is dead, whose
// numbers are void from then on.
func (w *writer) take(ctx context.Context, seen *root) error {
	next := seen.state
	if seen.lock != "" {
		next.forget(next.Next)
	}
	w.first = next.Next
	next.Next += reserve
	w.root = *seen
	err := w.guard(ctx, "lock", "eq("+w.store.pred("state")+", "+strconv.Quote(seen.raw)+")", seen.lock, &next, []*api.NQuad{
		literal(w.subject(), w.store.pred("lock"), w.id), literal(w.subject(), w.store.pred("beat"), beat()),
	}, nil)
	if err == nil || ctx.Err() != nil {
		return err
	}
	// An attempt whose answer was lost may have been carried out, and the next one
	// then found the lock in other hands: our own.
	if now, failed := w.store.root(ctx, wholeRoot); failed == nil && now.lock == w.id {
		w.state, w.raw = now.state, now.raw
		return nil
	}
	return err
}

func beat() string { return time.Now().UTC().Format(time.RFC3339Nano) }

func (w *writer) subject() string { return "0x" + strconv.FormatUint(uint64(w.uid), 16) }

// isHeld is the condition that the lock is somebody's, "" for nobody's.
func (s *Store) isHeld(id string) string {
	if id == "" {
		return "NOT has(" + s.pred("lock") + ")"
	}
	return "eq(" + s.pred("lock") + `, "` + id + `")`
}

// guard writes to the root, in one request, if a condition holds there and the
// lock is whose it is said to be; else it returns errBusy.
func (w *writer) guard(ctx context.Context, kind, condition, holder string, next *state, set, del []*api.NQuad) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	raw := ""
	if next != nil {
		b, err := json.Marshal(next)
		if err != nil {
			return err
		}
		raw = string(b)
		set = append(set, literal(w.subject(), w.store.pred("state"), raw))
	}
	filter := w.store.isHeld(holder)
	if condition != "" {
		filter += " AND " + condition
	}
	held := false
	err := w.store.client.persist(ctx, writePatience, func(ctx context.Context) error {
		held = false
		_, err := w.store.client.mutate(ctx, kind, &api.Request{
			Query:     "{ q(func: uid(" + w.subject() + ")) @filter(" + filter + ") { v as uid } }",
			Mutations: []*api.Mutation{{Cond: "@if(eq(len(v), 1))", Set: set, Del: del}},
			CommitNow: true,
		}, func(b []byte) error {
			return answer(b, func(sc *scan, _ string) { sc.array(func() { held = true; sc.skip() }) })
		})
		return err
	})
	if err == nil && held {
		if next != nil {
			w.state, w.raw = *next, raw
		}
		return nil
	}
	if err == nil {
		err = errBusy
	}
	return err
}

// renew says now and then that the holder lives.
func (w *writer) renew(ctx context.Context) {
	defer close(w.done)
	tick := time.NewTicker(renewal)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			// Where it fails, the next one is tried, and in the end somebody takes
			// the lock, which those who write find out by themselves.
			within, cancel := context.WithTimeout(ctx, silence)
			_ = w.guard(within, "renew", "", w.id, nil, []*api.NQuad{literal(w.subject(), w.store.pred("beat"), beat())}, nil)
			cancel()
		}
	}
}

// number gives the number to write under next.
func (w *writer) number() (uint64, error) {
	n := max(w.first, w.last+1)
	if n >= w.Next {
		return 0, fmt.Errorf("a change writes at most %d times what it gathered", reserve)
	}
	w.last = n
	return n, nil
}

// finish lets the lock go, and tells of a change that wrote nothing nothing. Where the change is to be made, what it wrote is there
// from then on; else it is void. It does not depend on the caller's context, so
// that it is known in the end which.
func (w *writer) finish(publish bool, quads, terms int64) error {
	w.stop()
	<-w.done
	ctx, cancel := context.WithTimeout(context.Background(), writePatience)
	defer cancel()
	next := w.state
	var set []*api.NQuad
	switch {
	case !w.wrote.Load():
		publish, next.Next = false, w.first // what was not used is given to the next
	case publish:
		next.publish(w.last, time.Now())
		next.Quads, next.Terms, next.Predicates = quads, terms, len(w.predicates)
		set = append(set, literal(w.subject(), w.store.pred("counts"), w.counts.json()))
	default:
		next.forget(max(w.first, w.last+1))
	}
	err := w.guard(ctx, "publish", "", w.id, &next, set, []*api.NQuad{everything(w.subject(), w.store.pred("lock"))})
	switch {
	case err == nil || !publish:
		return nil // a lock that cannot be let go is taken in the end
	case ctx.Err() == nil:
		// As above: it may have been carried out.
		if now, failed := w.store.root(ctx, wholeRoot); failed == nil {
			switch {
			case now.era().reached(w.last):
				return nil
			case now.lock != w.id:
				return fmt.Errorf("%s: %w", w.store.client.address, ErrLost)
			}
		}
	}
	return fmt.Errorf("%s: %w: %w", w.store.client.address, ErrUncertain, err)
}

// everything takes all values of a predicate away.
func everything(subject, predicate string) *api.NQuad {
	return &api.NQuad{Subject: subject, Predicate: predicate, ObjectValue: &api.Value{Val: &api.Value_DefaultVal{DefaultVal: "_STAR_ALL"}}}
}

// write makes one transaction of a change, which Dgraph carries out only while
// the lock is held. read, where there is one, is asked first in the same
// transaction; make then says what to set and to take away.
func (w *writer) write(ctx context.Context, kind string, read []byte, build func(answer []byte) (set, del []*api.NQuad, err error), created func(map[string]string)) error {
	return w.store.client.persist(ctx, writePatience, func(ctx context.Context) error {
		began := &api.TxnContext{}
		var read1 []byte
		if read != nil {
			r, err := w.store.client.mutate(ctx, kind+" read", &api.Request{Query: string(read)}, nil)
			if err != nil {
				return err
			}
			began, read1 = r.Txn, r.Json
		}
		set, del, err := build(read1)
		if err != nil || len(set)+len(del) == 0 {
			return err
		}
		held := false
		w.wrote.Store(true)
		r, err := w.store.client.mutate(ctx, kind, &api.Request{
			StartTs:   began.GetStartTs(),
			Hash:      began.GetHash(), // where there is access control: that the transaction is this user's
			Query:     "{ q(func: uid(" + w.subject() + ")) @filter(" + w.store.isHeld(w.id) + ") { v as uid } }",
			Mutations: []*api.Mutation{{Cond: "@if(eq(len(v), 1))", Set: set, Del: del}},
			CommitNow: true,
		}, func(b []byte) error {
			return answer(b, func(sc *scan, _ string) { sc.array(func() { held = true; sc.skip() }) })
		})
		switch {
		case err != nil:
			return err
		case !held:
			return fmt.Errorf("%s: %w", w.store.client.address, ErrLost)
		case created != nil:
			created(r.Uids)
		}
		return nil
	})
}

// list makes predicates of Dgraph's of terms that are predicates of the graph for
// the first time. Each comes to the group of the alpha that is asked, so that
// they are spread.
func (w *writer) list(ctx context.Context, fresh []store.Node) error {
	fresh = slices.DeleteFunc(slices.Clone(fresh), func(p store.Node) bool {
		_, ok := slices.BinarySearch(w.predicates, p)
		return ok
	})
	if len(fresh) == 0 {
		return nil
	}
	most := (len(fresh) + len(w.store.client.conns) - 1) / len(w.store.client.conns)
	for part := range slices.Chunk(fresh, most) {
		var schema strings.Builder
		for _, p := range part {
			fmt.Fprintf(&schema, "<%s>: [uid] @reverse .\n", w.store.along(p))
		}
		if err := w.store.alter(ctx, schema.String()); err != nil {
			return fmt.Errorf("make predicates: %w", err)
		}
	}
	err := w.write(ctx, "list", nil, func([]byte) (set, del []*api.NQuad, err error) {
		for _, p := range fresh {
			set = append(set, &api.NQuad{Subject: w.subject(), Predicate: w.store.pred("predicate"), ObjectId: "0x" + strconv.FormatUint(uint64(p), 16)})
		}
		return set, nil, nil
	}, nil)
	if err != nil {
		return err
	}
	w.predicates = append(slices.Clone(w.predicates), fresh...)
	slices.Sort(w.predicates)
	return w.store.mayRead(ctx, w.predicates)
}
