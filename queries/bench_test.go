package queries_test

import (
	"testing"

	"parley/queries"
)

func BenchmarkNegotiatedWith(b *testing.B) { benchmark(b, queries.NegotiatedWith, nil) }

func BenchmarkNegotiatedWithGovernments(b *testing.B) {
	benchmark(b, queries.NegotiatedWith, map[string]string{"actor": "China", "with": "United States", "status": "any"})
}

func BenchmarkRetaliationChains(b *testing.B) { benchmark(b, queries.RetaliationChains, nil) }

func BenchmarkRetaliationChainsKnownBy(b *testing.B) {
	benchmark(b, queries.RetaliationChains, map[string]string{"known-by": "2019", "stated-only": "true"})
}

func benchmark(b *testing.B, q *queries.Query, args map[string]string) {
	g := builtIn(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := q.Answer(b.Context(), g, args); err != nil {
			b.Fatal(err)
		}
	}
}
