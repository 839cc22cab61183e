package web

import (
	"parley/graph"
	"parley/graph/store"

	"github.com/prometheus/client_golang/prometheus"
)

// What a store on a server tells; one on this machine has none of it.
var (
	tripDesc        = prometheus.NewDesc("parley_store_trip_seconds", "How long round trips to the store's server took, by kind: expand is a hop.", []string{"kind"}, nil)
	tripFailedDesc  = prometheus.NewDesc("parley_store_trips_failed_total", "Round trips to the store's server that failed, by kind.", []string{"kind"}, nil)
	retriesDesc     = prometheus.NewDesc("parley_store_retries_total", "Requests and changes that were tried again.", nil, nil)
	connectionsDesc = prometheus.NewDesc("parley_store_connections", "Connections to the store's server, by state.", []string{"state"}, nil)
	connectMostDesc = prometheus.NewDesc("parley_store_connections_limit", "Connections to the store's server that there may be.", nil, nil)
	waitsDesc       = prometheus.NewDesc("parley_store_connection_waits_total", "How often a connection was waited for.", nil, nil)
	waitedDesc      = prometheus.NewDesc("parley_store_connection_wait_seconds_total", "How long connections were waited for.", nil, nil)
)

// collectHealth tells how the store gets on with its server.
func collectHealth(ch chan<- prometheus.Metric, g *graph.Graph) {
	h, ok := g.Health()
	if !ok {
		return
	}
	for _, t := range h.Trips {
		buckets := make(map[float64]uint64, len(store.TripBuckets))
		var upTo uint64
		for i, le := range store.TripBuckets {
			upTo += uint64(t.Buckets[i])
			buckets[le] = upTo
		}
		ch <- prometheus.MustNewConstHistogram(tripDesc, uint64(t.Count), t.Took.Seconds(), buckets, t.Kind)
		ch <- prometheus.MustNewConstMetric(tripFailedDesc, prometheus.CounterValue, float64(t.Failed), t.Kind)
	}
	ch <- prometheus.MustNewConstMetric(retriesDesc, prometheus.CounterValue, float64(h.Retries))
	ch <- prometheus.MustNewConstMetric(connectionsDesc, prometheus.GaugeValue, float64(h.Pool.Busy), "busy")
	ch <- prometheus.MustNewConstMetric(connectionsDesc, prometheus.GaugeValue, float64(h.Pool.Open-h.Pool.Busy), "idle")
	if h.Pool.Max > 0 {
		ch <- prometheus.MustNewConstMetric(connectMostDesc, prometheus.GaugeValue, float64(h.Pool.Max))
		ch <- prometheus.MustNewConstMetric(waitsDesc, prometheus.CounterValue, float64(h.Pool.Waited))
		ch <- prometheus.MustNewConstMetric(waitedDesc, prometheus.CounterValue, h.Pool.WaitedFor.Seconds())
	}
}
