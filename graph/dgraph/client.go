package dgraph

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parley/graph/remote"
	"parley/graph/store"

	"github.com/dgraph-io/dgo/v250/protos/api"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// How long failures that may go away are borne with. A change is worth more than
// a question, which somebody waits for.
var (
	readPatience  = 12 * time.Second
	writePatience = 90 * time.Second
	// attempt bounds one request, since a server that hangs says nothing.
	attempt = 60 * time.Second
)

// client asks the alphas of a cluster in turn. It speaks dgo's protocol without
// dgo's own client, which neither goes on to the next alpha where one fails nor
// closes its connections.
type client struct {
	address
	conns []*grpc.ClientConn
	turn  atomic.Uint32
	busy  atomic.Int32
	meter remote.Meter

	login  sync.Mutex
	access atomic.Pointer[string] // Dgraph's access token
}

// header sends a token with each request.
type header string

func (h header) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"Authorization": string(h)}, nil
}

func (h header) RequireTransportSecurity() bool { return true }

// dial makes ready to connect; it asks nothing yet.
func dial(a address) (*client, error) {
	c := &client{address: a}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(a.transport),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(math.MaxInt32), grpc.MaxCallSendMsgSize(math.MaxInt32)),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: .2, MaxDelay: 2 * time.Second},
			MinConnectTimeout: 5 * time.Second,
		}),
	}
	if a.token != "" {
		options = append(options, grpc.WithPerRPCCredentials(header(a.token)))
	}
	for _, alpha := range a.alphas {
		conn, err := grpc.NewClient("passthrough:///"+alpha, options...)
		if err != nil {
			c.close()
			return nil, fmt.Errorf("%s: %w", alpha, err)
		}
		c.conns = append(c.conns, conn)
	}
	return c, nil
}

func (c *client) close() {
	for _, conn := range c.conns {
		_ = conn.Close() // nothing is under way that would be lost
	}
}

// once makes one request of an alpha, or of another where one cannot be reached.
func (c *client) once(ctx context.Context, kind string, call func(context.Context, api.DgraphClient) error) (err error) {
	defer func(began time.Time) { c.meter.Trip(kind, began, err) }(time.Now())
	c.busy.Add(1)
	defer c.busy.Add(-1)
	first := int(c.turn.Add(1))
	var down []string
	for round := range 2 {
		for i := range c.conns {
			conn := c.conns[(first+i)%len(c.conns)]
			// Those that were down just now come last.
			if failing := conn.GetState() == connectivity.TransientFailure; failing == (round == 0) {
				continue
			}
			err := c.authorized(ctx, conn, call)
			if status.Code(err) != codes.Unavailable || ctx.Err() != nil {
				return err
			}
			message := status.Convert(err).Message()
			if c.transport.Info().SecurityProtocol == "insecure" && strings.Contains(message, "server preface") {
				message += ": it may speak TLS only, which sslmode=verify-ca asks for"
			}
			down = append(down, message)
		}
	}
	return fmt.Errorf("%w: %s", ErrUnreachable, strings.Join(down, "; "))
}

// authorized makes a request with Dgraph's access token, and asks for a new one
// where the old one is over.
func (c *client) authorized(ctx context.Context, conn *grpc.ClientConn, call func(context.Context, api.DgraphClient) error) error {
	ctx, cancel := context.WithTimeout(ctx, attempt)
	defer cancel()
	dgraph := api.NewDgraphClient(conn)
	if c.user == "" {
		return call(ctx, dgraph)
	}
	for again := false; ; again = true {
		token := c.access.Load()
		if token == nil {
			var err error
			if token, err = c.sign(ctx, dgraph); err != nil {
				return err
			}
		}
		err := call(metadata.AppendToOutgoingContext(ctx, "accessJwt", *token), dgraph)
		if again || err == nil || status.Code(err) != codes.Unauthenticated && !strings.Contains(err.Error(), "Token is expired") {
			return err
		}
		c.access.CompareAndSwap(token, nil)
	}
}

// sign asks for an access token.
func (c *client) sign(ctx context.Context, dgraph api.DgraphClient) (*string, error) {
	c.login.Lock()
	defer c.login.Unlock()
	if token := c.access.Load(); token != nil {
		return token, nil
	}
	answer, err := dgraph.Login(ctx, &api.LoginRequest{Userid: c.user, Password: c.password, Namespace: c.namespace})
	if err != nil {
		return nil, err
	}
	var jwt api.Jwt
	if err := proto.Unmarshal(answer.Json, &jwt); err != nil {
		return nil, fmt.Errorf("the answer to user and password: %w", err)
	}
	c.access.Store(&jwt.AccessJwt)
	return &jwt.AccessJwt, nil
}

// persist tries something again and again while its failures may go away, for as
// long as patience lasts.
func (c *client) persist(ctx context.Context, patience time.Duration, try func(context.Context) error) error {
	began, wait := time.Now(), 5*time.Millisecond
	for {
		err := try(ctx)
		if err == nil || ctx.Err() != nil {
			return told(ctx, err)
		}
		if !transient(err) || time.Since(began) > patience {
			return told(ctx, err)
		}
		c.meter.Retry()
		timer := time.NewTimer(jitter(wait))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		wait = min(2*wait, time.Second)
	}
}

// query reads strictly: what was committed before is seen.
func (c *client) query(ctx context.Context, kind, text string) ([]byte, error) {
	var answer *api.Response
	err := c.persist(ctx, readPatience, func(ctx context.Context) error {
		return c.once(ctx, kind, func(ctx context.Context, d api.DgraphClient) (err error) {
			answer, err = d.Query(ctx, &api.Request{Query: text, ReadOnly: true})
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return answer.Json, nil
}

// check asks whether a Dgraph answers that can do what is asked of it.
func (c *client) check(ctx context.Context) error {
	var tag string
	err := c.persist(ctx, dialPatience, func(ctx context.Context) error {
		return c.once(ctx, "check", func(ctx context.Context, d api.DgraphClient) error {
			v, err := d.CheckVersion(ctx, &api.Check{})
			tag = v.GetTag()
			return err
		})
	})
	if err != nil {
		return err
	}
	return checkVersion(tag)
}

// dialPatience is how long a cluster may take to answer for the first time.
var dialPatience = 5 * time.Second

// leastMajor is the first version whose upserts and strict reads were tried.
const leastMajor = 24

// checkVersion refuses versions that are too old. One built by hand says "dev",
// and is taken at its word.
func checkVersion(tag string) error {
	major, _, _ := strings.Cut(strings.TrimPrefix(tag, "v"), ".")
	if n, err := strconv.Atoi(major); err == nil && n < leastMajor {
		return fmt.Errorf("the cluster runs Dgraph %s: version %d or later is needed", tag, leastMajor)
	}
	return nil
}

// health tells of the connections, each alpha's being one.
func (c *client) health() store.Health {
	h := c.meter.Health()
	h.Pool.Max = len(c.conns)
	h.Pool.Busy = int(c.busy.Load())
	for _, conn := range c.conns {
		if conn.GetState() == connectivity.Ready {
			h.Pool.Open++
		}
	}
	return h
}
