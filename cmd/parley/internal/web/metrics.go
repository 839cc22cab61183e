package web

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are what /metrics tells.
type metrics struct {
	registry *prometheus.Registry
	latency  *prometheus.HistogramVec
	running  prometheus.Gauge
	limited  prometheus.Counter
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "parley_request_seconds", Help: "How long requests took, by route, query and status.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route", "query", "status"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{Name: "parley_requests_running", Help: "Requests that are being answered."}),
		limited: prometheus.NewCounter(prometheus.CounterOpts{Name: "parley_requests_limited_total", Help: "Requests refused because their client asked too often."}),
	}
	m.registry.MustRegister(m.latency, m.running, m.limited, &storeMetrics{server: s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// measured tells the metrics of each request how long it took.
func (s *Server) measured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.metrics.running.Inc()
		defer s.metrics.running.Dec()
		s.running.Add(1)
		defer s.running.Done()
		begin := time.Now()
		told := &statusWriter{ResponseWriter: w}
		status := "cut" // unless it comes to its end
		defer func() {
			// Labels are of closed sets: whatever a client asks for makes no more.
			route, query := r.Pattern, ""
			if route == "" {
				route = "none"
			}
			if s.config.Registry.Lookup(r.PathValue("name")) != nil {
				query = r.PathValue("name")
			}
			took := time.Since(begin)
			s.metrics.latency.WithLabelValues(route, query, status).Observe(took.Seconds())
			s.config.Log.Debug("answered", "method", r.Method, "path", r.URL.Path, "status", status, "took", took, "client", r.RemoteAddr)
		}()
		next.ServeHTTP(told, r)
		status = strconv.Itoa(cmp.Or(told.status, http.StatusOK))
	})
}

// statusWriter remembers the status of an answer, 0 until it begins.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = cmp.Or(w.status, status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	w.status = cmp.Or(w.status, http.StatusOK)
	return w.ResponseWriter.Write(b)
}

// Unwrap lets a handler set deadlines.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// storeMetrics tells how large the store is: counted once for each of its
// versions.
type storeMetrics struct {
	server *Server

	mu           sync.Mutex
	version      uint64
	counted      bool
	quads, terms float64
	bytes        float64
}

var (
	quadsDesc = prometheus.NewDesc("parley_store_quads", "Quads in the store.", nil, nil)
	termsDesc = prometheus.NewDesc("parley_store_terms", "Terms in the store.", nil, nil)
	bytesDesc = prometheus.NewDesc("parley_store_bytes", "Bytes of the store's files.", nil, nil)
	viewsDesc = prometheus.NewDesc("parley_snapshots_open", "Snapshots of the store that are being read.", nil, nil)
	turnsDesc = prometheus.NewDesc("parley_questions_running", "Questions that are being asked of the graph.", nil, nil)
	mostDesc  = prometheus.NewDesc("parley_questions_limit", "Questions that may be asked of the graph at once; others wait.", nil, nil)
)

// Describe implements prometheus.Collector.
func (m *storeMetrics) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(m, ch) }

// Collect implements prometheus.Collector.
func (m *storeMetrics) Collect(ch chan<- prometheus.Metric) {
	g := m.server.config.Graph
	ctx, cancel := context.WithTimeout(context.Background(), m.server.config.Limits.Timeout)
	defer cancel()
	m.mu.Lock()
	if v := g.Version(); !m.counted || v != m.version {
		if d, err := g.Describe(ctx); err == nil {
			m.version, m.counted = v, true
			m.quads, m.terms, m.bytes = float64(d.Quads), float64(d.Terms), 0
			for _, f := range d.Files {
				m.bytes += float64(f.Bytes)
			}
		}
	}
	quads, terms, bytes, counted := m.quads, m.terms, m.bytes, m.counted
	m.mu.Unlock()
	if counted {
		ch <- prometheus.MustNewConstMetric(quadsDesc, prometheus.GaugeValue, quads)
		ch <- prometheus.MustNewConstMetric(termsDesc, prometheus.GaugeValue, terms)
		ch <- prometheus.MustNewConstMetric(bytesDesc, prometheus.GaugeValue, bytes)
	}
	collectHealth(ch, g)
	ch <- prometheus.MustNewConstMetric(viewsDesc, prometheus.GaugeValue, float64(g.Views()))
	ch <- prometheus.MustNewConstMetric(turnsDesc, prometheus.GaugeValue, float64(len(m.server.turns)))
	ch <- prometheus.MustNewConstMetric(mostDesc, prometheus.GaugeValue, float64(cap(m.server.turns)))
}
