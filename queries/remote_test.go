package queries_test

import (
	"bytes"
	"fmt"
	"testing"

	"parley/data"
	"parley/graph"
	"parley/graph/graphtest"
	"parley/queries"
)

// mostTripsWhole is how often a query may wait for a server whose store is small.
const mostTripsWhole = 5

// mostTrips is how often a query may wait for a server that it asks for the first
// time, of a store that is not small. The headline questions read their walk in one round trip; what is more is
// to look names up, and the classes of what is asked for.
var mostTrips = map[string]int{"negotiated-with": 7, "retaliation-chains": 15}

const anyMostTrips = 50

// A store on a server gives the same answers, and few round trips are enough for
// them however many nodes they are about.
func TestServerAnswersTheSame(t *testing.T) {
	for _, set := range data.Sets() {
		local, err := graph.OpenImage(set.Name, set.Image)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = local.Close() })
		server := graphtest.NewServer()
		if _, err := graph.Copy(t.Context(), graph.New(server), local, graph.CopyOptions{}); err != nil {
			t.Fatal(err)
		}
		for _, large := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/large=%t", set.Name, large), func(t *testing.T) {
				if large {
					graphtest.ReadWhole(t, 0)
				}
				answerTheSame(t, local, server, large)
			})
		}
	}
}

func answerTheSame(t *testing.T, local *graph.Graph, server *graphtest.Server, large bool) {
	for _, q := range queries.All() {
		all := []map[string]string{
			example(q),
			{},
			{"actor": "China"},
			{"known-by": "2019-12-31", "stated-only": "true"},
			{"from": "move/2018-03-22-usa-threatens-tariff-50-billion", "direction": "back"},
			{"agent": "United States", "no-merge": "true"},
		}
		if testing.Short() {
			all = all[:1]
		}
		for _, args := range all {
			want, err := q.Answer(t.Context(), local, args)
			if err != nil {
				continue // it takes no such arguments
			}
			g := graph.New(server) // it remembers nothing
			server.Trips()
			got, err := q.Answer(t.Context(), g, args)
			trips := server.Trips()
			if err != nil || !bytes.Equal(written(t, got), written(t, want)) {
				t.Errorf("%s %v: another answer than from the set, %v", q.Name, args, err)
			}
			most, ok := mostTrips[q.Name]
			switch {
			case !large:
				most = mostTripsWhole
			case !ok:
				most = anyMostTrips
			}
			if trips > most {
				t.Errorf("%s %v: %d round trips, more than %d", q.Name, args, trips, most)
			}
			if _, err := q.Answer(t.Context(), g, args); err != nil {
				t.Error(err)
			}
			if again := server.Trips(); again > trips/2 {
				t.Errorf("%s %v: %d round trips when asked again, of %d", q.Name, args, again, trips)
			}
		}
	}
}
