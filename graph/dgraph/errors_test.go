package dgraph

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/graph/dgraph/dgraphtest"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
	"github.com/dgraph-io/dgo/v250/protos/api"
	"google.golang.org/grpc"
)

func TestNothingAnswers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	silent := l.Addr().String() // it takes connections and says nothing
	defer func() { _ = l.Close() }()
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	short(t, &dialPatience, 200*time.Millisecond)
	for name, addr := range map[string]string{"refused": "127.0.0.1:1", "a web server": web.Listener.Addr().String()} {
		_, err := Open(t.Context(), "dgraph://"+addr, Options{})
		if err == nil || !strings.Contains(err.Error(), addr) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "refused" && !errors.Is(err, ErrUnreachable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := Open(ctx, "dgraph://"+silent, Options{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("silent: %v", err)
	}
}

// old is a Dgraph of an earlier version.
type old struct{ api.UnimplementedDgraphServer }

func (old) CheckVersion(context.Context, *api.Check) (*api.Version, error) {
	return &api.Version{Tag: "v21.03.2"}, nil
}

// mute is something that speaks gRPC and is no Dgraph.
type mute struct{ api.UnimplementedDgraphServer }

func TestTooOld(t *testing.T) {
	for want, server := range map[string]api.DgraphServer{"v21.03.2: version 24 or later": old{}, "no Dgraph": mute{}} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s := grpc.NewServer()
		api.RegisterDgraphServer(s, server)
		go func() { _ = s.Serve(l) }()
		defer s.Stop()
		if _, err := Open(t.Context(), "dgraph://"+l.Addr().String(), Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
}

func TestNoStore(t *testing.T) {
	c := dgraphtest.Shared(t)
	url := c.URL(dgraphtest.Name())
	if _, err := Open(t.Context(), url, Options{}); !errors.Is(err, store.ErrNoStore) {
		t.Errorf("open: %v", err)
	}
	if err := Verify(t.Context(), url); !errors.Is(err, store.ErrNoStore) {
		t.Errorf("verify: %v", err)
	}
	s := stores.empty(t)
	defer func() { _ = s.Close() }()
	if _, err := Create(t.Context(), urlOf(t, s), Options{}); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("create: %v", err)
	}
}

// Of many who create a store at once, one does.
func TestCreateAtOnce(t *testing.T) {
	c := dgraphtest.Shared(t)
	url := c.URL(dgraphtest.Name())
	results := make(chan error)
	for range 4 {
		go func() {
			s, err := Create(t.Context(), url, Options{})
			if err == nil {
				err = s.Close()
			}
			results <- err
		}()
	}
	made := 0
	for range 4 {
		switch err := <-results; {
		case err == nil:
			made++
		case !errors.Is(err, store.ErrNotEmpty):
			t.Error(err)
		}
	}
	if made != 1 {
		t.Errorf("%d made the store", made)
	}
	if err := Verify(t.Context(), url); err != nil {
		t.Error(err)
	}
}

func TestLaterFormat(t *testing.T) {
	dgraphtest.Need(t)
	s := stores.take(t)
	defer func() { _ = s.Close() }()
	change(t, s, edges("x:a", "", 1), nil)
	r := rootOf(s)
	r.Format = 7
	b, err := json.Marshal(r.state)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.client.mutate(t.Context(), "test", &api.Request{Mutations: []*api.Mutation{{Set: []*api.NQuad{literal(uid(r.uid), s.pred("state"), string(b))}}}, CommitNow: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := Open(t.Context(), urlOf(t, s), Options{})
	_, err2 := s.Snapshot(t.Context())
	_, err3 := s.Update(t.Context(), func(tx store.Tx) error { return tx.Add(t.Context(), edges("x:b", "", 1)) })
	for _, err := range []error{err1, err2, err3} {
		if err == nil || !strings.Contains(err.Error(), "format 7") || !strings.Contains(err.Error(), "up to 1") {
			t.Errorf("a later format: %v", err)
		}
	}
}

// With access control: wrong passwords, and users who may not.
func TestAccessControl(t *testing.T) {
	dgraphtest.Need(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("0123456789abcdef0123456789abcdef"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := dgraphtest.New(t, dgraphtest.Shape{AlphaArgs: []string{"--acl", "secret-file=" + secret}})
	as := func(user string) string { return strings.Replace(c.URL("acl"), "://", "://"+user+"@", 1) }
	const word = "password"
	var s *Store
	eventually(t, func() (err error) { // the first user is made when the cluster is up
		s, err = Create(t.Context(), as("groot:"+word), Options{})
		return err
	})
	defer func() { _ = s.Close() }()
	change(t, s, edges("x:a", "x:l", 3), nil)
	if n := len(heldBy(t, snapshot(t, s))); n != 3 {
		t.Errorf("%d quads", n)
	}
	for user, want := range map[string]string{"groot:not-" + word: "invalid username or password", "": "USER:PASSWORD@"} {
		url := as(user)
		if user == "" {
			url = c.URL("acl")
		}
		if _, err := Open(t.Context(), url, Options{}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "not-"+word) {
			t.Errorf("as %q: %v; want %q", user, err, want)
		}
	}
}

// A store whose server goes away fails, and works again when it is back.
func TestServerRestarts(t *testing.T) {
	c := dgraphtest.New(t, dgraphtest.Shape{})
	s := create(t, c.URL("restart"))
	defer func() { _ = s.Close() }()
	change(t, s, edges("x:a", "x:l", 3), nil)
	want := heldBy(t, snapshot(t, s))
	v := snapshot(t, s)
	version := s.Version()
	if err := c.Alphas[0].Kill(); err != nil {
		t.Fatal(err)
	}
	short(t, &readPatience, 100*time.Millisecond)
	if _, err := s.Snapshot(t.Context()); !errors.Is(err, ErrUnreachable) {
		t.Errorf("snapshot: %v", err)
	}
	if n := v.Node(quad.IRI("x:a")); n != 0 || v.Err() == nil {
		t.Errorf("a term of a server that is gone: %d, %v", n, v.Err())
	}
	if got := s.Version(); got == version {
		t.Errorf("the version is %d still", got)
	}
	if err := errors.Join(c.Alphas[0].Start(), c.Ready(t.Context())); err != nil {
		t.Fatal(err)
	}
	readPatience = time.Minute
	if got := heldBy(t, snapshot(t, s)); len(got) != len(want) {
		t.Errorf("after it is back: %v, want %v", got, want)
	}
	if got := s.Version(); got != version {
		t.Errorf("version %d, was %d", got, version)
	}
	if h := s.Health(); h.Pool.Open != 1 || h.Retries == 0 {
		t.Errorf("health: %+v", h)
	}
	verifyAt(t, c.URL("restart"))
}

func verifyAt(t testing.TB, url string) {
	t.Helper()
	if err := Verify(t.Context(), url); err != nil {
		t.Error(err)
	}
}

// eventually tries something until it does not fail, for a minute at most.
func eventually(t testing.TB, try func() error) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal(err)
		}
	}
}
