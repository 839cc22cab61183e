package embedded_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

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
