package web

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// mostClients is of how many clients the rates are kept.
const mostClients = 1 << 14

// clients keeps how often each client may ask.
type clients struct {
	mu    sync.Mutex
	every rate.Limit
	burst int
	known map[netip.Prefix]*client
}

type client struct {
	*rate.Limiter
	seen time.Time
}

// allow tells whether a client may ask now. All addresses of one network of IPv6
// are one client, since each has a great many.
func (c *clients) allow(remote string) bool {
	if c.every < 0 {
		return true
	}
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return true // no network: a test
	}
	addr := at.Addr().Unmap()
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	one := c.known[prefix]
	if one == nil {
		c.makeRoom(now)
		one = &client{Limiter: rate.NewLimiter(c.every, c.burst)}
		c.known[prefix] = one
	}
	one.seen = now
	return one.AllowN(now, 1)
}

// makeRoom forgets clients whose rates have recovered; where there are still too
// many, all.
func (c *clients) makeRoom(now time.Time) {
	if len(c.known) < mostClients && c.known != nil {
		return
	}
	recovered := time.Duration(float64(c.burst) / float64(c.every) * float64(time.Second))
	for prefix, one := range c.known {
		if now.Sub(one.seen) > recovered {
			delete(c.known, prefix)
		}
	}
	if len(c.known) >= mostClients || c.known == nil {
		c.known = map[netip.Prefix]*client{}
	}
}
