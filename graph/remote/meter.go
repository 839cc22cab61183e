package remote

import (
	"sync"
	"sync/atomic"
	"time"

	"parley/graph/store"
)

// Meter counts what passes between a store and its server. The zero Meter is
// ready; it is safe for concurrent use.
type Meter struct {
	trips   sync.Map // by kind, *trips
	retries atomic.Int64
}

type trips struct {
	failed  atomic.Int64
	took    atomic.Int64 // nanoseconds
	buckets [len(store.TripBuckets) + 1]atomic.Int64
}

// Trip counts a round trip of a kind, such as "expand", that began at a time and
// has ended.
func (m *Meter) Trip(kind string, began time.Time, err error) {
	held, ok := m.trips.Load(kind)
	if !ok {
		held, _ = m.trips.LoadOrStore(kind, &trips{})
	}
	t := held.(*trips)
	took := time.Since(began)
	t.took.Add(int64(took))
	if err != nil {
		t.failed.Add(1)
	}
	i := 0
	for i < len(store.TripBuckets) && took.Seconds() > store.TripBuckets[i] {
		i++
	}
	t.buckets[i].Add(1)
}

// Retry counts that something was tried again.
func (m *Meter) Retry() { m.retries.Add(1) }

// Health tells what was counted.
func (m *Meter) Health() store.Health {
	h := store.Health{Retries: m.retries.Load()}
	m.trips.Range(func(kind, held any) bool {
		t := held.(*trips)
		told := store.Trips{Kind: kind.(string), Failed: t.failed.Load(), Took: time.Duration(t.took.Load())}
		for i := range t.buckets {
			told.Buckets[i] = t.buckets[i].Load()
			told.Count += told.Buckets[i]
		}
		h.Trips = append(h.Trips, told)
		return true
	})
	return h
}
