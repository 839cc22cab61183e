package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parley/graph"
	"parley/queries"
)

// asked are the queries that are measured as a user runs them.
var asked = []*queries.Query{queries.NegotiatedWith, queries.RetaliationChains}

const (
	// warm is how often a query is asked of an open graph, after the first.
	warm = 500
	// whole is how often the product is started to ask a query.
	whole = 20
)

// answer asks each query of an open graph: names and sources resolved, nothing
// printed.
func answer(ctx context.Context, g *graph.Graph) (map[string]float64, error) {
	measures := map[string]float64{}
	for _, q := range asked {
		var took []time.Duration
		for range 1 + warm {
			start := time.Now()
			a, err := q.Answer(ctx, g, nil)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", q.Name, err)
			}
			if len(a.Rows) == 0 {
				return nil, fmt.Errorf("%s: no rows; are the built-in sets in the store?", q.Name)
			}
			took = append(took, time.Since(start))
		}
		measures[q.Name+", first, µs"] = microseconds(took[0])
		took = took[1:]
		slices.Sort(took)
		measures[q.Name+", warm p50, µs"] = microseconds(took[len(took)/2])
		measures[q.Name+", warm p99, µs"] = microseconds(took[len(took)*99/100])
	}
	return measures, nil
}

// processes starts the product for each query: the median of the times, and
// the most memory that one had.
func processes(ctx context.Context, db string, measures map[string]float64) error {
	for _, q := range asked {
		var took []time.Duration
		var most int64
		for range whole {
			t, peak, err := product(ctx, askCommand(q.Name, db))
			if err != nil {
				return err
			}
			took, most = append(took, t), max(most, peak)
		}
		slices.Sort(took)
		measures[q.Name+", whole process, ms"] = milliseconds(took[len(took)/2])
		measures[q.Name+", whole process, peak MB"] = float64(most) * 1024 / 1e6
	}
	return nil
}

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
