// Package dgraphtest runs Dgraph clusters on this machine, each in a folder of its
// own and on ports that are free, and does to them what happens to clusters.
package dgraphtest

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Shape says how large a cluster is. The zero Shape is one zero and one alpha.
type Shape struct {
	Zeros    int
	Groups   int
	Replicas int // alphas of each group
	// AlphaArgs are more flags for each alpha.
	AlphaArgs []string
	// CacheMB is how many megabytes each alpha keeps in memory; 0 are few.
	CacheMB int
	// TLS has the alphas speak it, with a certificate that Cluster.Authority signed.
	TLS bool
	// Bulk is a folder of bulk files with which the cluster begins.
	Bulk string
}

func (s Shape) complete() Shape {
	s.Zeros, s.Groups, s.Replicas = max(s.Zeros, 1), max(s.Groups, 1), max(s.Replicas, 1)
	if s.CacheMB == 0 {
		s.CacheMB = 256
	}
	return s
}

// Cluster is a cluster that runs.
type Cluster struct {
	Dir    string
	Zeros  []*Process
	Alphas []*Process
	binary string
	shape  Shape
	secret *secret // nil without TLS
}

// Authority is the file with the certificate of who signed the alphas'.
func (c *Cluster) Authority() string { return c.secret.authority }

// Binary finds the program: $DGRAPH, or what graph/dgraph/cluster builds.
func Binary() (string, error) {
	if path := os.Getenv("DGRAPH"); path != "" {
		return exec.LookPath(path)
	}
	_, file, _, _ := runtime.Caller(0)
	path := filepath.Join(filepath.Dir(file), "..", "cluster", "bin", "dgraph")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("dgraph is not built: run graph/dgraph/cluster/build, or say in $DGRAPH where one is: %w", err)
	}
	return path, nil
}

// Start starts a cluster that keeps its files in dir, and waits until it answers.
func Start(ctx context.Context, dir string, shape Shape) (_ *Cluster, err error) {
	binary, err := Binary()
	if err != nil {
		return nil, err
	}
	c := &Cluster{Dir: dir, binary: binary, shape: shape.complete()}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Stop())
		}
	}()
	if shape.TLS {
		if c.secret, err = newSecret(dir); err != nil {
			return nil, err
		}
	}
	for i := range c.shape.Zeros {
		if err := c.startZero(ctx, i); err != nil {
			return nil, err
		}
	}
	if c.shape.Bulk != "" {
		if err := c.bulk(ctx); err != nil {
			return nil, err
		}
	}
	for i := range c.shape.Groups * c.shape.Replicas {
		if err := c.startAlpha(ctx, i); err != nil {
			return nil, err
		}
	}
	return c, c.Ready(ctx)
}

func (c *Cluster) startZero(ctx context.Context, i int) error {
	p, err := c.process("zero", i, zeroGRPC, zeroHTTP)
	if err != nil {
		return err
	}
	p.zero = true
	p.args = []string{
		"zero", "--my", p.addr(zeroGRPC), "--replicas", strconv.Itoa(c.shape.Replicas), "--raft", "idx=" + strconv.Itoa(i+1),
		"--wal", filepath.Join(p.dir, "zw"), "--rebalance_interval", "24h",
	}
	if i > 0 {
		p.args = append(p.args, "--peer", c.Zeros[0].addr(zeroGRPC))
	}
	c.Zeros = append(c.Zeros, p)
	if err := p.Start(); err != nil {
		return err
	}
	return until(ctx, p.Name, func(ctx context.Context) error { _, err := c.stateFrom(ctx, p); return err })
}

func (c *Cluster) startAlpha(ctx context.Context, i int) error {
	p, err := c.process("alpha", i, alphaOwn, alphaHTTP, alphaGRPC)
	if err != nil {
		return err
	}
	var zeros []string
	for _, z := range c.Zeros {
		zeros = append(zeros, z.addr(zeroGRPC))
	}
	p.args = []string{
		"alpha", "--my", p.addr(alphaOwn), "--zero", strings.Join(zeros, ","),
		"--limit", "query-edge=10000000; mutations-nquad=10000000", "--cache", "size-mb=" + strconv.Itoa(c.shape.CacheMB), "--badger", "numgoroutines=2",
		"--postings", filepath.Join(p.dir, "p"), "--wal", filepath.Join(p.dir, "w"), "--tmp", filepath.Join(p.dir, "t"),
	}
	p.args = append(append(p.args, c.secret.args()...), c.shape.AlphaArgs...)
	c.Alphas = append(c.Alphas, p)
	if err := p.Start(); err != nil {
		return err
	}
	// One after the other, so that alphas fill the groups in order.
	return until(ctx, p.Name, func(ctx context.Context) error {
		s, err := c.State(ctx)
		if err == nil && s.find(p.addr(alphaOwn)) == nil {
			err = errors.New("it is no member yet")
		}
		return err
	})
}

func (c *Cluster) process(kind string, i int, ports ...int) (*Process, error) {
	name := kind + strconv.Itoa(i+1)
	p := &Process{Name: name, dir: filepath.Join(c.Dir, name), binary: c.binary}
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return nil, err
	}
	offset, err := freeOffset(ports)
	p.offset = offset
	return p, err
}

// Stop stops all processes and waits for them.
func (c *Cluster) Stop() error {
	var wg sync.WaitGroup
	failed := make([]error, len(c.Alphas)+len(c.Zeros))
	stop := func(from int, all []*Process) {
		for i, p := range all {
			wg.Go(func() { failed[from+i] = p.Stop() })
		}
		wg.Wait()
	}
	stop(0, c.Alphas)
	stop(len(c.Alphas), c.Zeros)
	return errors.Join(failed...)
}

// Kill kills all processes.
func (c *Cluster) Kill() error {
	var errs []error
	for _, p := range append(append([]*Process(nil), c.Alphas...), c.Zeros...) {
		errs = append(errs, p.Kill())
	}
	return errors.Join(errs...)
}

// URL is the address of the store of a name on the cluster, with all alphas.
func (c *Cluster) URL(name string) string {
	return URL(name, c.Alphas...) + "&zero=" + c.Zeros[0].HTTP()
}

// URL is the address of a store by some alphas.
func URL(name string, alphas ...*Process) string {
	addrs := make([]string, len(alphas))
	for i, a := range alphas {
		addrs[i] = a.Addr()
	}
	return "dgraph://" + strings.Join(addrs, ",") + "?name=" + url.QueryEscape(name)
}

// Ready waits until all alphas that run say that they are well.
func (c *Cluster) Ready(ctx context.Context) error {
	for _, a := range c.Alphas {
		if !a.Running() {
			continue
		}
		err := until(ctx, a.Name, func(ctx context.Context) error {
			b, err := c.health(ctx, a)
			if err == nil && !strings.Contains(string(b), `"healthy"`) {
				err = fmt.Errorf("it says %s", b)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Cluster) health(ctx context.Context, a *Process) ([]byte, error) {
	if c.secret == nil {
		return get(ctx, plain, "http://"+a.HTTP()+"/health")
	}
	return get(ctx, &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: c.secret.pool, MinVersion: tls.VersionTLS12}}, "https://"+a.HTTP()+"/health")
}

// until asks again and again until something is so, for two minutes at most.
func until(ctx context.Context, what string, is func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		ask, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := is(ask)
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w: %w", what, ctx.Err(), err)
		}
	}
}

// plain asks without TLS, and keeps no connection that would outlive the test.
var plain = &http.Transport{DisableKeepAlives: true}

func get(ctx context.Context, over http.RoundTripper, address string) (_ []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	client := http.Client{Transport: over}
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	b, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", address, answer.Status, b)
	}
	return b, err
}

// State is what Zero knows of a cluster.
type State struct {
	Groups map[string]struct {
		Members map[string]Member
		Tablets map[string]Tablet
	}
}

// Member is an alpha as Zero knows it.
type Member struct {
	Addr   string
	Leader bool
	AmDead bool
}

// Tablet is a predicate, which one group has.
type Tablet struct {
	Predicate   string
	GroupID     int
	OnDiskBytes string
}

func (s *State) find(addr string) *Member {
	for _, g := range s.Groups {
		for _, m := range g.Members {
			if m.Addr == addr {
				return &m
			}
		}
	}
	return nil
}

// State asks a zero that runs.
func (c *Cluster) State(ctx context.Context) (*State, error) {
	err := errors.New("no zero runs")
	for _, z := range c.Zeros {
		if !z.Running() {
			continue
		}
		var s *State
		if s, err = c.stateFrom(ctx, z); err == nil {
			return s, nil
		}
	}
	return nil, err
}

func (c *Cluster) stateFrom(ctx context.Context, z *Process) (*State, error) {
	b, err := get(ctx, plain, "http://"+z.HTTP()+"/state")
	if err != nil {
		return nil, err
	}
	s := &State{}
	if err := json.Unmarshal(b, s); err != nil {
		return nil, fmt.Errorf("%s says %s: %w", z.Name, b, err)
	}
	return s, nil
}

// Leader returns the alpha that leads a group, waiting until one does.
func (c *Cluster) Leader(ctx context.Context, group int) (leader *Process, err error) {
	err = until(ctx, "a leader", func(ctx context.Context) error {
		s, err := c.State(ctx)
		if err != nil {
			return err
		}
		for _, m := range s.Groups[strconv.Itoa(group)].Members {
			for _, a := range c.Alphas {
				if m.Leader && a.Running() && m.Addr == a.addr(alphaOwn) {
					leader = a
					return nil
				}
			}
		}
		return fmt.Errorf("group %d has none", group)
	})
	return leader, err
}

// Group returns the alphas of a group.
func (c *Cluster) Group(ctx context.Context, group int) ([]*Process, error) {
	s, err := c.State(ctx)
	if err != nil {
		return nil, err
	}
	var members []*Process
	for _, a := range c.Alphas {
		for _, m := range s.Groups[strconv.Itoa(group)].Members {
			if m.Addr == a.addr(alphaOwn) {
				members = append(members, a)
			}
		}
	}
	return members, nil
}

// Move moves a predicate to another group and waits until it is there.
func (c *Cluster) Move(ctx context.Context, predicate string, group int) error {
	q := url.Values{"tablet": {predicate}, "group": {strconv.Itoa(group)}}
	var err error
	for _, z := range c.Zeros {
		if z.Running() {
			ask, cancel := context.WithTimeout(ctx, 2*time.Minute)
			_, err = get(ask, plain, "http://"+z.HTTP()+"/moveTablet?"+q.Encode())
			cancel()
			if err == nil {
				return nil
			}
		}
	}
	return fmt.Errorf("move %s to group %d: %w", predicate, group, err)
}
