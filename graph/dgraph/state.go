package dgraph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/graph/store"
)

// format numbers the way that graphs lie in Dgraph. A store of a later one is
// not touched; one of an earlier one is brought up by [migrations].
const format = 1

// migrations bring a store up from the format that is their place in the list,
// counted from 1. There is none yet.
var migrations = []func(context.Context, *Store) error{}

// state is what a store's own node says of it, as JSON.
type state struct {
	Format  int
	Version uint64 // the present one; 0 until something is there
	Next    uint64 // the first number that was not given to any change
	Void    numbers
	Quads   int64
	Terms   int64
	// Predicates is how many are listed, at least.
	Predicates int
	// Floor is the first version that can still be read.
	Floor uint64
	// Times say when a version was the present one, in Unix seconds: one an
	// hour, of the last days.
	Times [][2]int64
}

func (s *state) era() era { return era{s.Version, s.Void} }

// publish makes a version the present one.
func (s *state) publish(version uint64, now time.Time) {
	s.Version, s.Next = version, version+1
	const apart = int64(time.Hour / time.Second)
	s.Times = slices.DeleteFunc(slices.Clone(s.Times), func(t [2]int64) bool { return t[1] < now.Add(-2*keepFor).Unix() })
	if n := len(s.Times); n == 0 || now.Unix()-s.Times[n-1][1] >= apart {
		s.Times = append(s.Times, [2]int64{int64(version), now.Unix()})
	}
}

// forget makes all numbers void that were given since the present version, up to
// next, which is the first to give from then on.
func (s *state) forget(next uint64) {
	from := s.Version + 1
	if n := len(s.Void); n > 0 {
		from = max(from, s.Void[n-1][1])
	}
	s.Void, s.Next = s.Void.with(from, next), next
}

// settled is the latest version of which is known that it was there so long ago
// that nobody reads what was before it.
func (s *state) settled(now time.Time) (version uint64) {
	if keepFor == 0 {
		return s.Version
	}
	for _, t := range s.Times {
		if t[1] <= now.Add(-keepFor).Unix() {
			version = max(version, uint64(t[0]))
		}
	}
	return version
}

// keepFor is how long what was removed stays for those who read an earlier
// version. A variable, so that tests need not wait.
var keepFor = 24 * time.Hour

// counts say how many quads there are of each predicate.
type counts map[store.Node]int64

func (c counts) json() string {
	var b strings.Builder
	for i, p := range slices.Sorted(maps.Keys(c)) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatUint(uint64(p), 16))
		b.WriteByte(' ')
		b.WriteString(strconv.FormatInt(c[p], 10))
	}
	return b.String()
}

func parseCounts(text string) (counts, error) {
	c := counts{}
	if text == "" {
		return c, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		p, n, _ := strings.Cut(part, " ")
		predicate, ok := parseHex([]byte(p))
		number, err := strconv.ParseInt(n, 10, 64)
		if !ok || err != nil || predicate > mostNodes {
			return nil, fmt.Errorf("the count %q cannot be read", part)
		}
		c[store.Node(predicate)] = number
	}
	return c, nil
}

// root is a store's own node as it was read.
type root struct {
	state
	uid        store.Node
	counts     counts
	predicates []store.Node
	lock, beat string
	raw        string // the state as it stood
}

// What is read of a store's own node: the state alone, or all.
const (
	justState = iota
	alsoPredicates
	wholeRoot
)

func (s *Store) rootQuery(what int) string {
	q := "{ r(func: has(" + s.pred("state") + "), first: 2) { uid s: " + s.pred("state")
	if what >= alsoPredicates {
		q += " p: " + s.pred("predicate") + " { uid }"
	}
	if what >= wholeRoot {
		q += " c: " + s.pred("counts") + " l: " + s.pred("lock") + " b: " + s.pred("beat")
	}
	return q + " } }"
}

// pred is the name in Dgraph of one of the store's own predicates.
func (s *Store) pred(name string) string { return s.client.name + "." + name }

// along is the name in Dgraph of a predicate of the graph's.
func (s *Store) along(p store.Node) string {
	return s.client.name + ".p" + strconv.FormatUint(uint64(p), 16)
}

// readRoot reads the answer to rootQuery.
func (s *Store) readRoot(b []byte) (*root, error) {
	r, n := &root{}, 0
	var counted, raw string
	err := answer(b, func(sc *scan, _ string) {
		sc.rows(func() { n++ }, func(name []byte) {
			switch string(name) {
			case "uid":
				r.uid = sc.uid()
			case "s":
				raw = string(sc.text())
			case "c":
				counted = string(sc.text())
			case "l":
				r.lock = string(sc.text())
			case "b":
				r.beat = string(sc.text())
			case "p":
				sc.array(func() { sc.object(func([]byte) { r.predicates = append(r.predicates, sc.uid()) }) })
			default:
				sc.skip()
			}
		}, func() {})
	})
	switch {
	case err != nil:
		return nil, err
	case n == 0 && s.client.user != "":
		return nil, fmt.Errorf("%s: %w, or the cluster does not permit %s to read %s", s.client.address, store.ErrNoStore, s.client.user, s.pred("state"))
	case n == 0:
		return nil, fmt.Errorf("%s: %w", s.client.address, store.ErrNoStore)
	case n > 1:
		return nil, fmt.Errorf("%s: two stores of one name are there; verify tells more", s.client.address)
	}
	if err := json.Unmarshal([]byte(raw), &r.state); err != nil {
		return nil, fmt.Errorf("%s: what stands at node %#x is no state of a store: %w", s.client.address, r.uid, err)
	}
	if r.raw = raw; r.Format > format {
		return nil, fmt.Errorf("%s: the store has format %d, of a later version of this program, which knows up to %d", s.client.address, r.Format, format)
	}
	if r.counts, err = parseCounts(counted); err != nil {
		return nil, fmt.Errorf("%s: %w", s.client.address, err)
	}
	slices.Sort(r.predicates)
	return r, nil
}

// root reads the store's own node.
func (s *Store) root(ctx context.Context, what int) (*root, error) {
	b, err := s.client.query(ctx, "state", s.rootQuery(what))
	if err != nil {
		return nil, err
	}
	return s.readRoot(b)
}

// schema is that of a store without a graph.
func (s *Store) schema() string {
	var b strings.Builder
	for _, p := range [...][2]string{
		{"is", "string @index(exact) @upsert"},
		{"state", "string"},
		{"counts", "string"},
		{"lock", "string"},
		{"beat", "string"},
		{"predicate", "[uid]"},
		{"key", "string @index(hash) @upsert"},
		{"stated", "[uid] @reverse"},
	} {
		fmt.Fprintf(&b, "<%s>: %s .\n", s.pred(p[0]), p[1])
	}
	return b.String()
}

// migrate brings a store of an earlier format up to the present one.
func (s *Store) migrate(ctx context.Context, from int) error {
	if from < 1 {
		return errors.New("the store's format is not told")
	}
	for f := from; f < format; f++ {
		if err := migrations[f-1](ctx, s); err != nil {
			return fmt.Errorf("bring the store from format %d to %d: %w", f, f+1, err)
		}
	}
	return nil
}
