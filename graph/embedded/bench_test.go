package embedded_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/cayleygraph/quad"

	"parley/graph/embedded"
	"parley/graph/store"
)

// events makes the statements of events first to last, eight quads each.
func events(first, last, all int) []store.Statement {
	r := rand.New(rand.NewPCG(1, uint64(first)))
	key := func(format string, n int) []byte { return fmt.Appendf(nil, format, n) }
	predicate := func(name string) []byte { return []byte("<urn:bench:" + name) }
	var statements []store.Statement
	for i := first; i < last; i++ {
		s, l := key("<urn:bench:event/e%08d", i), key("<urn:bench:passage/p%08d", i/2)
		for _, po := range [][2][]byte{
			{predicate("type"), []byte("<urn:bench:Event")},
			{predicate("agent"), key("<urn:bench:actor/a%06d", r.IntN(all/25+1))},
			{predicate("target"), key("<urn:bench:actor/a%06d", r.IntN(all/25+1))},
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

func BenchmarkAddKeys(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 400_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			const block = 1000
			var blocks [][]store.Statement
			for i := 0; i < n; i += block {
				blocks = append(blocks, events(i, i+block, n))
			}
			for b.Loop() {
				s, err := embedded.Create(b.Context(), filepath.Join(b.TempDir(), "store"), embedded.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := s.Update(b.Context(), func(t store.Tx) error { return addBlocks(b.Context(), t.(store.KeyTx), blocks) }); err != nil {
					b.Fatal(err)
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(8*n)*float64(b.N)/b.Elapsed().Seconds(), "quads/s")
		})
	}
}

func addBlocks(ctx context.Context, t store.KeyTx, blocks [][]store.Statement) error {
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	failed := make([]error, workers)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(blocks) && failed[w] == nil; i += workers {
				failed[w] = t.AddKeys(ctx, blocks[i])
			}
		})
	}
	wg.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

const benchEvents = 100_000

// loaded makes a store of benchEvents events in a folder, with pages that are
// checked already.
func loaded(b *testing.B, o embedded.Options) (*embedded.Store, string) {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "store")
	s, err := embedded.Create(b.Context(), dir, o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	_, err = s.Update(b.Context(), func(t store.Tx) error {
		return addBlocks(b.Context(), t.(store.KeyTx), [][]store.Statement{events(0, benchEvents, benchEvents)})
	})
	if err != nil {
		b.Fatal(err)
	}
	return s, dir
}

func BenchmarkRead(b *testing.B) {
	s, _ := loaded(b, embedded.Options{})
	snapshot, err := s.Snapshot(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer snapshot.Close()
	r := rand.New(rand.NewPCG(1, 2))
	term := func(kind string, n int) store.Node {
		return snapshot.Node(quad.IRI(fmt.Sprintf("urn:bench:%s%0*d", kind, map[string]int{"event/e": 8, "actor/a": 6}[kind], n)))
	}
	var all []store.Node
	var actors []store.Node
	for i := range 1000 {
		all = append(all, term("event/e", r.IntN(benchEvents)))
		actors = append(actors, term("actor/a", i))
	}
	agent, respondsTo := snapshot.Node(quad.IRI("urn:bench:agent")), snapshot.Node(quad.IRI("urn:bench:respondsTo"))
	var edges []store.Edge
	var ends []store.Node
	i := 0
	one := func(nodes []store.Node) []store.Node {
		i = (i + 1) % len(nodes)
		return nodes[i : i+1]
	}
	for _, c := range []struct {
		name string
		do   func() error
	}{
		{"Value", func() error { snapshot.Value(one(all)[0]); return snapshot.Err() }},
		{"Node", func() error { snapshot.Node(snapshot.Value(all[0])); return snapshot.Err() }},
		{"ExpandOut", func() (err error) {
			edges, err = snapshot.Expand(b.Context(), edges[:0], one(all), respondsTo, store.Out)
			return err
		}},
		{"ExpandOutAll", func() (err error) {
			edges, err = snapshot.Expand(b.Context(), edges[:0], one(all), 0, store.Out)
			return err
		}},
		{"ExpandIn", func() (err error) {
			edges, err = snapshot.Expand(b.Context(), edges[:0], one(actors), agent, store.In)
			return err
		}},
		{"NeighboursIn", func() (err error) {
			ends, err = snapshot.Neighbours(b.Context(), ends[:0], one(actors), agent, store.In)
			return err
		}},
		{"Expand1000", func() (err error) {
			edges, err = snapshot.Expand(b.Context(), edges[:0], all, respondsTo, store.Out)
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

func BenchmarkOpen(b *testing.B) {
	s, dir := loaded(b, embedded.Options{})
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := embedded.Open(b.Context(), dir, embedded.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// A small update is appended to the log, and synced.
func BenchmarkSmallUpdate(b *testing.B) {
	s, _ := loaded(b, embedded.Options{})
	i := benchEvents
	for b.Loop() {
		one := events(i, i+1, benchEvents)
		i++
		if _, err := s.Update(b.Context(), func(t store.Tx) error { return t.(store.KeyTx).AddKeys(b.Context(), one) }); err != nil {
			b.Fatal(err)
		}
	}
}

// A load that does not fit in memory is made in pieces, and these are merged.
func BenchmarkSpill(b *testing.B) {
	for b.Loop() {
		loaded(b, embedded.Options{Memory: 8 << 20})
	}
	b.ReportMetric(8*benchEvents*float64(b.N)/b.Elapsed().Seconds(), "quads/s")
}
