package loader

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"parley/graph/store"
	"parley/graph/vocab"
)

// benchmarkEvents has 800,000 statements in about 85 MB: events of eight, each
// with the passage that says so.
var benchmarkEvents = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	for i := range 100_000 {
		add := func(predicate, object string) {
			fmt.Fprintf(&b, "<urn:bench:event/e%07d> <%s> %s <urn:bench:passage/p%07d> .\n", i, predicate, object, i/3)
		}
		add(vocab.RDF+"type", "<urn:bench:Event>")
		add("urn:bench:agent", fmt.Sprintf("<urn:bench:actor/a%05d>", i*7919%50_000))
		add("urn:bench:target", fmt.Sprintf("<urn:bench:actor/a%05d>", i*104_729%50_000))
		add("urn:bench:date", fmt.Sprintf("\"%d-%02d-%02d\"^^<%s>", 1990+i%30, i%12+1, i%28+1, string(vocab.EDTF)))
		add("urn:bench:status", fmt.Sprintf("%q", vocab.Statuses.List[i%3]))
		add("urn:bench:place", fmt.Sprintf("<urn:bench:place/l%04d>", i*31%3000))
		add("urn:bench:text", fmt.Sprintf("%q", fmt.Sprintf("Delegation %d met for the %dth time", i, i%40)))
		add("urn:bench:respondsTo", fmt.Sprintf("<urn:bench:event/e%07d>", i*13%(i+1)))
	}
	return b.Bytes()
})

// benchmarkKeys has the events read by each number of workers.
func benchmarkKeys(b *testing.B, text []byte, o KeyOptions) {
	counts := []int{1, runtime.GOMAXPROCS(0)}
	if counts[1] == 1 {
		counts = counts[:1]
	}
	quads := bytes.Count(text, []byte("\n"))
	for _, o.Workers = range counts {
		b.Run(fmt.Sprintf("workers=%d", o.Workers), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := ReadKeys(context.Background(), bytes.NewReader(text), "", o, func([]store.Statement) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(quads*b.N)/b.Elapsed().Seconds(), "quads/s")
		})
	}
}

func BenchmarkReadKeys(b *testing.B) {
	benchmarkKeys(b, benchmarkEvents(), KeyOptions{})
}

// As for other vocabularies: what the check costs where it has nothing to say.
func BenchmarkReadKeysFit(b *testing.B) {
	benchmarkKeys(b, benchmarkEvents(), KeyOptions{Check: FitKeys})
}

// The text of BenchmarkReadNQuads.
func BenchmarkReadKeysVisits(b *testing.B) {
	benchmarkKeys(b, []byte(strings.Repeat(benchmarkText(), 4)), KeyOptions{})
}
