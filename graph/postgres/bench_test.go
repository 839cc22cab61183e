package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"parley/graph/postgres"
	"parley/graph/postgres/pgtest"
	"parley/graph/remote"
	"parley/graph/store"
)

// events makes the statements of events first to last, eight quads each.
func events(first, last int) []store.Statement {
	r := rand.New(rand.NewPCG(1, uint64(first)))
	key := func(format string, n int) []byte { return fmt.Appendf(nil, format, n) }
	predicate := func(name string) []byte { return []byte("<urn:bench:" + name) }
	statements := make([]store.Statement, 0, 8*(last-first))
	for i := first; i < last; i++ {
		s, l := key("<urn:bench:event/e%08d", i), key("<urn:bench:passage/p%08d", i/2)
		for _, po := range [][2][]byte{
			{predicate("type"), []byte("<urn:bench:Event")},
			{predicate("agent"), key("<urn:bench:actor/a%06d", r.IntN(benchEvents/25))},
			{predicate("target"), key("<urn:bench:actor/a%06d", r.IntN(benchEvents/25))},
			{predicate("date"), key("^http://id.loc.gov/datatypes/edtf/EDTF\x002018-%04d", r.IntN(2900))},
			{predicate("status"), key("\"status %d", r.IntN(4))},
			{predicate("place"), key("<urn:bench:place/l%05d", r.IntN(3000))},
			{predicate("respondsTo"), key("<urn:bench:event/e%08d", max(0, i-1-r.IntN(200)))},
			{predicate("kind"), key("\"kind %d", r.IntN(20))},
		} {
			statements = append(statements, store.Statement{Subject: s, Predicate: po[0], Object: po[1], Label: l})
		}
	}
	return statements
}

const benchEvents = 100_000

// benchURL is the URL of a store on a server that syncs what it writes.
func benchURL(b *testing.B) string {
	b.Helper()
	return pgtest.Start(b, pgtest.Options{Durable: true}).URL()
}

func load(b *testing.B, s store.Store, statements []store.Statement) {
	b.Helper()
	_, err := s.Update(b.Context(), func(tx store.Tx) error {
		for part := range slices.Chunk(statements, 1000) {
			if err := tx.(store.KeyTx).AddKeys(b.Context(), part); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkLoad(b *testing.B) {
	url := benchURL(b)
	first, later := events(0, benchEvents), events(benchEvents, 2*benchEvents)
	for _, c := range []struct {
		name          string
		before, timed []store.Statement
		memory        int64
	}{
		{"First", nil, first, 0},
		{"FirstInParts", nil, first, 16 << 20},
		{"New", first, later, 0},
		{"Known", first, first, 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				b.StopTimer()
				n++
				s, err := postgres.Create(b.Context(), with(url, "schema", fmt.Sprintf("%s%d", c.name, schemas.Add(1))), postgres.Options{Memory: c.memory})
				if err != nil {
					b.Fatal(err)
				}
				if c.before != nil {
					load(b, s, c.before)
				}
				b.StartTimer()
				load(b, s, c.timed)
				b.StopTimer()
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(len(c.timed))*float64(b.N)/b.Elapsed().Seconds(), "quads/s")
		})
	}
}

func BenchmarkRead(b *testing.B) {
	s := create(b, benchURL(b))
	load(b, s, events(0, benchEvents))
	taken, err := s.Snapshot(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer taken.Close()
	r := taken.(*remote.Snapshot).Reader()
	find := func(keys ...string) []store.Node {
		nodes, err := r.Find(b.Context(), keys)
		if err != nil {
			b.Fatal(err)
		}
		return nodes
	}
	predicates := find("<urn:bench:respondsTo", "<urn:bench:agent", "<urn:bench:target", "<urn:bench:date")
	respondsTo, agent, target, date := predicates[0], predicates[1], predicates[2], predicates[3]
	some := func(format string, from, n int) []store.Node {
		keys := make([]string, n)
		for i := range keys {
			keys[i] = fmt.Sprintf(format, from+7*i)
		}
		return find(keys...)
	}
	sets := map[int][]store.Node{}
	for _, n := range []int{1, 1000, 10_000} {
		sets[n] = some("<urn:bench:event/e%08d", 100, n)
	}
	expand := func(nodes []store.Node, p store.Node, d store.Direction) func() error {
		return func() error {
			edges, err := r.Expand(b.Context(), nodes, p, d)
			if err == nil && len(edges) < len(nodes) {
				err = fmt.Errorf("%d edges of %d nodes", len(edges), len(nodes))
			}
			return err
		}
	}
	actor := some("<urn:bench:actor/a%06d", 100, 1)
	follow := func(from []store.Node, steps ...store.Step) func() error {
		return func() error { return r.Follow(b.Context(), from, steps, func(remote.Found) {}) }
	}
	deep := some("<urn:bench:event/e%08d", 5000, 1)
	for _, c := range []struct {
		name string
		do   func() error
	}{
		{"Expand1", expand(sets[1], respondsTo, store.Out)},
		{"Expand1000", expand(sets[1000], respondsTo, store.Out)},
		{"Expand10000", expand(sets[10_000], respondsTo, store.Out)},
		{"ExpandAll1000", expand(sets[1000], 0, store.Out)},
		{"ExpandIn1", expand(actor, agent, store.In)},
		{"FollowChain50", follow(deep, store.Step{Predicates: []store.Node{respondsTo}, Repeat: true})},
		{"FollowCoParticipants", follow(
			actor, store.Step{Predicates: []store.Node{agent, target}, Direction: store.In, Next: []store.Step{
				{Predicates: []store.Node{date}}, {Predicates: []store.Node{agent, target}},
			}},
		)},
		{"Version", func() error { s.Version(); return nil }},
		{"Find1000", func() error {
			_, err := r.Find(b.Context(), keysOf(1000))
			return err
		}},
		{"Keys1000", func() error {
			_, err := r.Keys(b.Context(), sets[1000])
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func keysOf(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("<urn:bench:event/e%08d", 7*i)
	}
	return keys
}

func BenchmarkSmallUpdate(b *testing.B) {
	s := create(b, benchURL(b))
	load(b, s, events(0, benchEvents))
	i := benchEvents
	for b.Loop() {
		load(b, s, events(i, i+1))
		i++
	}
}
