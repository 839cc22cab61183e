package dgraph

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/graph/dgraph/dgraphtest"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// load is somebody who loads part after part, and knows which were acknowledged.
type load struct {
	mu    sync.Mutex
	acked [][]quad.Quad
}

// part is what one change adds: subjects with several edges, of which each bears
// two labels.
func part(i int) []quad.Quad {
	var quads []quad.Quad
	for n := range 30 {
		for _, label := range []string{"x:l", fmt.Sprintf("x:l%d", i)} {
			quads = append(quads, edges(fmt.Sprintf("x:p%d-%d", i, n), label, 4)...)
		}
	}
	return quads
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acked)
}

// run loads until it is stopped. A change that fails is made again.
func (l *load) run(ctx context.Context, t *testing.T, s *Store, stop <-chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		default:
		}
		quads := part(i)
		for {
			tally, err := s.Update(ctx, func(tx store.Tx) error { return tx.Add(ctx, quads) })
			if err == nil {
				if tally.New+tally.Known != len(quads) || tally.New != 0 && tally.New != len(quads) {
					t.Errorf("part %d was made in half: %+v", i, tally)
				}
				break
			}
			if ctx.Err() != nil {
				return
			}
			t.Logf("part %d is tried again: %v", i, err)
		}
		l.mu.Lock()
		l.acked = append(l.acked, quads)
		l.mu.Unlock()
	}
}

// check looks whether all that was acknowledged is there, once, and nothing else.
func (l *load) check(t *testing.T, url string) {
	t.Helper()
	s, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var want []string
	for _, q := range slices.Concat(l.acked...) {
		want = append(want, fmt.Sprintf("%#v", q))
	}
	slices.Sort(want)
	got := heldBy(t, snapshot(t, s))
	if !slices.Equal(got, want) {
		t.Errorf("%d quads are there, %d were acknowledged", len(got), len(want))
	}
	verifyAt(t, url)
}

// reads reads what never changes until it is stopped: all of it, or an error.
func reads(t *testing.T, s *Store, want int, stop <-chan struct{}) (answers, failures int64) {
	for {
		select {
		case <-stop:
			return answers, failures
		default:
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		v, err := s.Snapshot(ctx)
		if err == nil {
			n := v.Node(quad.IRI("x:fixed"))
			p := v.Node(quad.IRI("x:p"))
			if err = v.Err(); err == nil {
				var got []store.Edge
				if got, err = v.Expand(ctx, nil, []store.Node{n}, p, store.Out); err == nil && len(got) != want {
					t.Errorf("%d edges and no error, of %d", len(got), want)
				}
			}
			v.Close()
		}
		cancel()
		if err != nil {
			failures++
		} else {
			answers++
		}
	}
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// One group of three: its leader dies while somebody loads and another reads, and
// then most of it, and then most zeros.
func TestReplicas(t *testing.T) {
	c := dgraphtest.New(t, dgraphtest.Shape{Zeros: 3, Replicas: 3})
	url := c.URL("replicas")
	s := create(t, url)
	defer func() { _ = s.Close() }()
	const fixed = 50
	l := &load{}
	quads := edges("x:fixed", "x:f", fixed)
	change(t, s, quads, nil)
	l.acked = append(l.acked, quads)

	reader, err := Open(t.Context(), url, Options{})
	must(t, err)
	defer func() { _ = reader.Close() }()
	stop, stopReads := make(chan struct{}), make(chan struct{})
	var wg, readers sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var answers atomic.Int64
	wg.Go(func() { l.run(ctx, t, s, stop) })
	readers.Go(func() {
		n, failed := reads(t, reader, fixed, stopReads)
		t.Logf("%d answers, %d failures", n, failed)
		answers.Store(n)
	})
	loaded := func(n int) {
		t.Helper()
		from := l.count()
		eventually(t, func() error {
			if l.count() < from+n {
				return fmt.Errorf("%d parts are loaded of %d", l.count(), from+n)
			}
			return nil
		})
	}
	loaded(3)
	leader, err := c.Leader(t.Context(), 1)
	must(t, err, leader.Kill())
	loaded(3)
	must(t, leader.Start(), c.Ready(t.Context()))
	loaded(3)

	// The majority is lost, of the group and then of those who give out numbers:
	// nobody is told that something was done, and when it is back all goes on.
	group, err := c.Group(t.Context(), 1)
	must(t, err)
	for _, lost := range [][]*dgraphtest.Process{group[:2], c.Zeros[:2]} {
		must(t, lost[0].Kill(), lost[1].Kill())
		before := l.count()
		short, done := context.WithTimeout(t.Context(), 3*time.Second)
		_, err = reader.Update(short, func(tx store.Tx) error { return tx.Add(short, edges("x:never", "", 1)) })
		done()
		if err == nil {
			t.Errorf("a change was made without %s and %s", lost[0].Name, lost[1].Name)
		}
		if n := l.count(); n > before+1 {
			t.Errorf("%d parts were acknowledged without %s and %s", n-before, lost[0].Name, lost[1].Name)
		}
		must(t, lost[0].Start(), lost[1].Start(), c.Ready(t.Context()))
		loaded(3)
	}
	close(stop)
	wg.Wait()
	close(stopReads)
	readers.Wait()
	if answers.Load() == 0 {
		t.Error("nobody could read")
	}
	l.check(t, url)
	t.Logf("%d parts, %d retries", l.count(), s.Health().Retries)
}

// Three groups of one: a predicate moves from one to another while somebody
// writes along it, and then a group is down.
func TestGroups(t *testing.T) {
	c := dgraphtest.New(t, dgraphtest.Shape{Groups: 3})
	url := c.URL("groups")
	s := create(t, url)
	defer func() { _ = s.Close() }()
	l := &load{}
	const fixed = 50
	quads := edges("x:fixed", "x:f", fixed)
	change(t, s, quads, nil)
	l.acked = append(l.acked, quads)
	v := snapshot(t, s)
	p := s.along(v.Node(quad.IRI("x:p")))

	stop := make(chan struct{})
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	wg.Go(func() { l.run(ctx, t, s, stop) })
	for _, predicate := range []string{p, s.pred("key"), p} {
		from := l.count()
		must(t, c.Move(t.Context(), predicate, 1+(groupOf(t, c, predicate)%3)))
		eventually(t, func() error {
			if l.count() <= from {
				return errors.New("nothing was loaded since the predicate moved")
			}
			return nil
		})
	}
	close(stop)
	wg.Wait()
	l.check(t, url)

	// Of what a group that is down has there is an error, never a part.
	of := groupOf(t, c, p)
	down, err := c.Group(t.Context(), of)
	must(t, err, down[0].Kill())
	short(t, &readPatience, 500*time.Millisecond)
	v = snapshotOf(t, url, c, down[0])
	if v != nil {
		for _, d := range []store.Direction{store.Out, store.In} {
			edges, err := v.Expand(t.Context(), nil, []store.Node{1, 2, 3, 4, 5, 6, 7, 8, 9}, 0, d)
			if err == nil {
				t.Errorf("%d edges and no error", len(edges))
			}
		}
		n := 0
		for _, err = range v.Quads(t.Context()) {
			n++
		}
		if err == nil {
			t.Errorf("%d quads and no error", n)
		}
	}
	must(t, down[0].Start(), c.Ready(t.Context()))
	readPatience = time.Minute
	l.check(t, url)
}

func groupOf(t testing.TB, c *dgraphtest.Cluster, predicate string) int {
	t.Helper()
	s, err := c.State(t.Context())
	must(t, err)
	for _, g := range s.Groups {
		for name, tablet := range g.Tablets {
			if strings.HasSuffix(name, "-"+predicate) || name == predicate {
				return tablet.GroupID
			}
		}
	}
	t.Fatalf("nobody has %s", predicate)
	return 0
}

// snapshotOf takes a snapshot without one of the alphas, nil where the state lies
// there.
func snapshotOf(t testing.TB, url string, c *dgraphtest.Cluster, without *dgraphtest.Process) store.Snapshot {
	t.Helper()
	_, name, _ := strings.Cut(url, "name=")
	name, _, _ = strings.Cut(name, "&")
	var others []*dgraphtest.Process
	for _, a := range c.Alphas {
		if a != without {
			others = append(others, a)
		}
	}
	s, err := Open(t.Context(), dgraphtest.URL(name, others...), Options{})
	if err != nil {
		t.Logf("open: %v", err)
		return nil
	}
	t.Cleanup(func() { _ = s.Close() })
	return snapshot(t, s)
}
