package graph_test

import (
	"fmt"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
)

// BenchmarkInfer has countries act against each other by turns: each move
// answers one of many on its measure, each statement a move, and what is of
// other measures is near in time.
func BenchmarkInfer(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			g := load(b, quarrels(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := graph.Infer(b.Context(), g, graph.Date{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func quarrels(n int) *graph.Document {
	document := &graph.Document{Sources: []graph.Source{graphtest.Source("article/a", "2031-03-01", n/10)}}
	for i := range n {
		agent, target := i/2%40, (i/80+i/2+1)%40 // a pair, by turns
		if i%2 > 0 {
			agent, target = target, agent
		}
		values := []string{
			fmt.Sprintf("agent: country/c%d", agent), fmt.Sprintf("target: country/c%d", target),
			fmt.Sprintf("date: %04d-%02d-%02d", 1950+i*80/n, 1+i%12, 1+i%28),
		}
		id := graph.ID(fmt.Sprintf("move/m%d", i))
		if i%5 == 0 {
			id = graph.ID(fmt.Sprintf("statement/s%d", i))
			values = append(values, "stance: reject", fmt.Sprintf("about: measure/x%d", i/2%1200))
		} else {
			values = append(values, "phase: "+[]string{"raised", "announced", "lowered"}[i%7%3], fmt.Sprintf("measure: measure/x%d", i/2%1200))
		}
		document.Facts = append(document.Facts, graphtest.Fact(graph.ID(fmt.Sprintf("passage/a/p%d", 1+i%(n/10))), id, values...))
	}
	return document
}

// BenchmarkInferReports joins the reports of a data set: some events are told
// once, some many times, by actors who meet often.
func BenchmarkInferReports(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			g := load(b, dataSet(n))
			b.ReportAllocs()
			for b.Loop() {
				// Without what was joined, each time.
				if _, err := graph.Infer(b.Context(), g, graph.Date{}, graph.SameEvent); err != nil {
					b.Fatal(err)
				}
				if _, err := graph.Infer(b.Context(), g, graph.Date{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func dataSet(n int) *graph.Document {
	document := &graph.Document{Sources: []graph.Source{graphtest.Source("article/a", "2031-03-01", n/10)}}
	for i := range n {
		agent := i * i % 97
		pair := []string{fmt.Sprintf("country/c%d", agent), fmt.Sprintf("country/c%d", (agent+1+i%3)%97)}
		values := []string{fmt.Sprintf("date: 2031-%02d-%02d", 1+i%12, 1+i%28), fmt.Sprintf("place: place/p%d", i%5)}
		id := graph.ID(fmt.Sprintf("action/r%d", i))
		if i%2 == 0 {
			id = graph.ID(fmt.Sprintf("meeting/r%d", i))
			values = append(values, "kind: "+[]string{"visit", "talks", "call"}[i/2%3], "status: held", "participants: "+pair[0], "participants: "+pair[1])
		} else {
			values = append(values, "plover: "+[]string{"aid", "protest", "coerce"}[i/2%3], "agent: "+pair[0], "target: "+pair[1])
		}
		f := report(id, values...)
		f.Passage = graph.PassageID("article/a", fmt.Sprintf("p%d", 1+i%(n/10)))
		document.Facts = append(document.Facts, f)
	}
	return document
}
