package store

import "time"

// Health tells how a store on a server gets on with it, since it was opened.
type Health struct {
	Pool    Pool
	Retries int64 // of changes and requests that were tried again
	Trips   []Trips
}

// Pool counts connections. Waited is how often, and WaitedFor how long in all,
// somebody waited for one.
type Pool struct {
	Max, Open, Busy int
	Waited          int64
	WaitedFor       time.Duration
}

// Trips count the round trips of a kind.
type Trips struct {
	Kind          string
	Count, Failed int64
	Took          time.Duration // in all
	// Buckets count those that took as long as each of TripBuckets, at most, and
	// no shorter bucket has; the last those that took longer.
	Buckets [len(TripBuckets) + 1]int64
}

// TripBuckets are the seconds by which round trips are told apart.
var TripBuckets = [...]float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}

// Monitored is a store that tells its health.
type Monitored interface{ Health() Health }
