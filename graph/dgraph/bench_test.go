package dgraph

import (
	"flag"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"parley/graph/dgraph/dgraphtest"
	"parley/graph/remote"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

var events = flag.Int("events", 20_000, "how many made-up events benchmarks load, each of eight quads")

// event appends the statements of a made-up event: eight quads about two of a few
// thousand actors, on some day, told by an article of ten.
func event(arena []byte, sts []store.Statement, i int) ([]byte, []store.Statement) {
	h := uint64(i+1) * 0x9E3779B97F4A7C15
	pick := func(shift, n int) int { return int(h>>shift) % n }
	key := func(kind, text string) []byte {
		from := len(arena)
		arena = append(append(arena, kind...), text...)
		return arena[from:len(arena):len(arena)]
	}
	event, label := key("<", "event/"+strconv.Itoa(i)), key("<", "passage/"+strconv.Itoa(i/10))
	for _, po := range [...][2][]byte{
		{key("<", "type"), key("<", "Event")},
		{key("<", "code"), key("<", "code/"+strconv.Itoa(pick(3, 200)))},
		{key("<", "agent"), key("<", "actor/"+strconv.Itoa(pick(13, 5000)))},
		{key("<", "target"), key("<", "actor/"+strconv.Itoa(pick(29, 5000)))},
		{key("<", "date"), key("^edtf\x00", fmt.Sprintf("20%02d-%02d-%02d", pick(7, 25), 1+pick(11, 12), 1+pick(17, 28)))},
		{key("<", "place"), key("<", "place/"+strconv.Itoa(pick(19, 20000)))},
		{key("<", "tone"), key("^decimal\x00", strconv.Itoa(pick(23, 400)-200))},
		{key("<", "precedes"), key("<", "event/"+strconv.Itoa(i+1))},
	} {
		sts = append(sts, store.Statement{Subject: event, Predicate: po[0], Object: po[1], Label: label})
	}
	return arena, sts
}

// generate gives the statements of events from one number to another.
func generate(from, to int, add func([]store.Statement) error) error {
	var arena []byte
	var sts []store.Statement
	for i := from; i < to; i++ {
		if arena, sts = event(arena, sts, i); len(sts) >= 4096 || i == to-1 {
			if err := add(sts); err != nil {
				return err
			}
			arena, sts = arena[:0], sts[:0]
		}
	}
	return nil
}

// loadEvents adds events in one change.
func loadEvents(b testing.TB, s *Store, from, to int) store.Tally {
	b.Helper()
	tally, err := s.Update(b.Context(), func(tx store.Tx) error {
		return generate(from, to, func(sts []store.Statement) error { return tx.(store.KeyTx).AddKeys(b.Context(), sts) })
	})
	if err != nil {
		b.Fatal(err)
	}
	return tally
}

func rate(b *testing.B, quads int, took time.Duration) {
	b.ReportMetric(float64(quads)/took.Seconds(), "quads/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkLoad loads events into an empty store, as many again, and the first
// ones again.
func BenchmarkLoad(b *testing.B) {
	s := create(b, dgraphtest.New(b, dgraphtest.Shape{CacheMB: 1024}).URL("bench"))
	defer func() { _ = s.Close() }()
	n := *events
	for _, c := range []struct {
		name     string
		from, to int
	}{{"first", 0, n}, {"more", n, 2 * n}, {"known", 0, n}} {
		b.Run(c.name, func(b *testing.B) {
			began := time.Now()
			loadEvents(b, s, c.from, c.to)
			rate(b, 8*(c.to-c.from), time.Since(began))
		})
	}
	for _, k := range s.Health().Trips {
		b.Logf("%s: %d, %v each", k.Kind, k.Count, (k.Took / time.Duration(k.Count)).Round(time.Microsecond))
	}
}

// BenchmarkBulk writes bulk files of events and starts a cluster with them.
func BenchmarkBulk(b *testing.B) {
	for _, plain := range []bool{false, true} {
		b.Run(fmt.Sprintf("plain=%t", plain), func(b *testing.B) {
			dir := filepath.Join(b.TempDir(), "files")
			began := time.Now()
			bulk, err := NewBulk(dir, BulkOptions{Name: "bench", Plain: plain})
			must(b, err)
			var wg sync.WaitGroup
			parts := runtime.GOMAXPROCS(0)
			for i := range parts {
				wg.Go(func() {
					if err := generate(i**events/parts, (i+1)**events/parts, bulk.Add); err != nil {
						b.Error(err)
					}
				})
			}
			wg.Wait()
			held, err := bulk.Finish(b.Context())
			must(b, err)
			written := time.Now()
			c := dgraphtest.New(b, dgraphtest.Shape{Bulk: dir})
			rate(b, int(held.Quads), time.Since(began))
			b.ReportMetric(written.Sub(began).Seconds(), "s-files")
			s, err := Open(b.Context(), c.URL("bench"), Options{})
			must(b, err)
			defer func() { _ = s.Close() }()
			if got, err := snapshot(b, s).Stats(b.Context()); err != nil || got != held {
				b.Fatalf("%+v, %v; want %+v", got, err, held)
			}
		})
	}
}

// BenchmarkRead asks a store of events: one hop from some nodes, and a pattern of
// three hops.
func BenchmarkRead(b *testing.B) {
	s := create(b, dgraphtest.New(b, dgraphtest.Shape{CacheMB: 1024}).URL("bench"))
	defer func() { _ = s.Close() }()
	loadEvents(b, s, 0, *events)
	at := snapshot(b, s)
	node := func(text string) store.Node { return at.Node(quad.IRI(text)) }
	agent, precedes := node("agent"), node("precedes")
	r := at.(*remote.Snapshot).Reader()
	// A reader remembers nothing of hops, so each round is a request.
	for _, n := range []int{1, 1000, 10000} {
		keys := make([]string, min(n, *events))
		for i := range keys {
			keys[i] = "<event/" + strconv.Itoa(i)
		}
		from, err := r.Find(b.Context(), keys)
		must(b, err)
		b.Run(fmt.Sprintf("expand-%d", n), func(b *testing.B) {
			for b.Loop() {
				edges, err := r.Expand(b.Context(), from, agent, store.Out)
				if err != nil || len(edges) != len(from) {
					b.Fatalf("%d edges, %v", len(edges), err)
				}
			}
		})
	}
	for name, steps := range map[string][]store.Step{
		"follow-co-agents": {{Predicates: []store.Node{agent}, Direction: store.In, Next: []store.Step{{}}}},
		"follow-chain-50":  {{Predicates: []store.Node{precedes}, Repeat: true, Depth: 50}},
	} {
		from := node("actor/7")
		if name == "follow-chain-50" {
			from = node("event/100")
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := r.Follow(b.Context(), []store.Node{from}, steps, func(remote.Found) {}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
