package dgraph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/graph/dgraph/dgraphtest"
	"parley/graph/remote"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// guarded starts a cluster with access control, with a store in which something
// is, and returns the store's URL as a user sees it.
func guarded(t *testing.T) (c *dgraphtest.Cluster, as func(user string) string) {
	t.Helper()
	dgraphtest.Need(t)
	secret := filepath.Join(t.TempDir(), "secret")
	must(t, os.WriteFile(secret, []byte("0123456789abcdef0123456789abcdef"), 0o600))
	c = dgraphtest.New(t, dgraphtest.Shape{AlphaArgs: []string{"--acl", "secret-file=" + secret}})
	as = func(user string) string { return strings.Replace(c.URL("acl"), "://", "://"+user+"@", 1) }
	return c, as
}

// administrator asks the cluster's own API, as the user who is there from the
// beginning.
func administrator(t *testing.T, c *dgraphtest.Cluster) (ask func(format string, args ...any)) {
	t.Helper()
	token := ""
	post := func(query string, into any) error {
		body, err := json.Marshal(map[string]string{"query": query})
		must(t, err)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+c.Alphas[0].HTTP()+"/admin", bytes.NewReader(body))
		must(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Dgraph-AccessToken", token)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		defer func() { _ = answer.Body.Close() }()
		b, err := io.ReadAll(answer.Body)
		if err == nil && bytes.Contains(b, []byte(`"errors"`)) {
			err = fmt.Errorf("%s: %s", query, b)
		}
		if err == nil && into != nil {
			err = json.Unmarshal(b, into)
		}
		return err
	}
	var signed struct {
		Data struct {
			Login struct{ Response struct{ AccessJWT string } }
		}
	}
	eventually(t, func() error {
		return post(`mutation { login(userId: "groot", password: "password") { response { accessJWT } } }`, &signed)
	})
	token = signed.Data.Login.Response.AccessJWT
	return func(format string, args ...any) {
		t.Helper()
		must(t, post(fmt.Sprintf(format, args...), nil))
	}
}

// A user who may read but a part is told so, and never shown that part as if it
// were all.
func TestRights(t *testing.T) {
	c, as := guarded(t)
	var s *Store
	eventually(t, func() (err error) { // the first user is made when the cluster is up
		s, err = Create(t.Context(), as("groot:password"), Options{})
		return err
	})
	defer func() { _ = s.Close() }()
	change(t, s, edges("x:a", "x:l", 3), nil)
	p := s.along(snapshot(t, s).Node(quad.IRI("x:p")))
	admin := administrator(t, c)
	admin(`mutation { addGroup(input: [{name: "readers"}]) { group { name } } }`)
	admin(`mutation { addUser(input: [{name: "reader", password: "a long word", groups: [{name: "readers"}]}]) { user { name } } }`)
	const read, write = 4, 2
	rights := func(permission int, predicates ...string) {
		t.Helper()
		for _, name := range predicates {
			admin(`mutation { updateGroup(input: {filter: {name: {eq: "readers"}}, set: {rules: [{predicate: %q, permission: %d}]}}) { group { name } } }`, name, permission)
		}
	}
	own := []string{"is", "state", "counts", "lock", "beat", "predicate", "key", "stated"}
	for i := range own {
		own[i] = s.pred(own[i])
	}
	refused := func(what string) {
		t.Helper()
		eventually(t, func() error {
			s, err := Open(t.Context(), as("reader:a%20long%20word"), Options{})
			if err == nil {
				defer func() { _ = s.Close() }()
				var v store.Snapshot
				if v, err = s.Snapshot(t.Context()); err == nil {
					v.Close()
				}
			}
			if err == nil || !strings.Contains(err.Error(), "does not permit reader to read") {
				return fmt.Errorf("%s: %w", what, cmp.Or(err, errors.New("no error")))
			}
			return nil
		})
	}
	refused("no rights")
	rights(read, own[:4]...)
	refused("half of the store's own")
	rights(read, own...)
	refused("no right to read x:p")
	rights(read, p)
	refused("no right to read backwards")
	rights(read, "~"+s.pred("stated"), "~"+p)
	// It is read piece by piece, backwards too.
	before := remote.ReadWhole(0)
	t.Cleanup(func() { remote.ReadWhole(before) })
	var reader *Store
	t.Cleanup(func() {
		if reader != nil {
			_ = reader.Close()
		}
	})
	eventually(t, func() (err error) {
		if reader == nil {
			if reader, err = Open(t.Context(), as("reader:a%20long%20word"), Options{}); err != nil {
				return err
			}
		}
		v, err := reader.Snapshot(t.Context())
		if err == nil {
			v.Close()
		}
		return err
	})
	if got, want := heldBy(t, snapshot(t, reader)), heldBy(t, snapshot(t, s)); !slices.Equal(got, want) {
		t.Errorf("%v; want %v", got, want)
	}
	v := snapshot(t, reader)
	a, label, end := v.Node(quad.IRI("x:a")), v.Node(quad.IRI("x:l")), v.Node(quad.IRI("x:o0"))
	along := v.Node(quad.IRI("x:p"))
	must(t, v.Err())
	in, err := v.Expand(t.Context(), nil, []store.Node{end}, along, store.In)
	if err != nil || len(in) != 1 || in[0].To != a {
		t.Errorf("backwards: %v, %v", in, err)
	}
	if labelled, err := v.Labelled(t.Context(), nil, []store.Node{label}); err != nil || len(labelled) != 3 {
		t.Errorf("what a label states: %v, %v", labelled, err)
	}
	_, err = reader.Update(t.Context(), func(tx store.Tx) error { return tx.Add(t.Context(), edges("x:b", "x:l", 3)) })
	if err == nil || !strings.Contains(err.Error(), "permit") {
		t.Errorf("a load by who may only read: %v", err)
	}

	// Rights that are taken away are missed soon, here at once.
	short(t, &recheck, 0)
	admin(`mutation { updateGroup(input: {filter: {name: {eq: "readers"}}, remove: {rules: [%q]}}) { group { name } } }`, p)
	eventually(t, func() error {
		v, err := reader.Snapshot(t.Context())
		if err != nil {
			if strings.Contains(err.Error(), "permit") {
				return nil
			}
			return err
		}
		defer v.Close()
		edges, err := v.Expand(t.Context(), nil, []store.Node{a}, along, store.Out)
		if err == nil || !strings.Contains(err.Error(), "permit") {
			return fmt.Errorf("%d edges, %w", len(edges), cmp.Or(err, errors.New("no error")))
		}
		return nil
	})
	if err := Verify(t.Context(), as("reader:a%20long%20word")); err == nil || !strings.Contains(err.Error(), "permit") {
		t.Errorf("verify: %v", err)
	}

	// One rule for all predicates, those to come too.
	rights(read, "dgraph.all")
	change(t, s, []quad.Quad{{Subject: quad.IRI("x:a"), Predicate: quad.IRI("x:new"), Object: quad.IRI("x:b")}}, nil)
	eventually(t, func() error {
		v, err := reader.Snapshot(t.Context())
		if err != nil {
			return err
		}
		defer v.Close()
		if n := len(heldBy(t, v)); n != 4 {
			return fmt.Errorf("%d quads", n)
		}
		return nil
	})
}

// authority is the variable that has TestMain call trusted, with a URL.
const authority = "PARLEY_TEST_CLUSTER"

// Over TLS: what is asked for is what is done, and where it cannot be, the message
// says what is wrong.
func TestTLS(t *testing.T) {
	dgraphtest.Need(t)
	c := dgraphtest.New(t, dgraphtest.Shape{TLS: true})
	s := create(t, c.URL("tls")+"&sslmode=require")
	defer func() { _ = s.Close() }()
	change(t, s, edges("x:a", "x:l", 3), nil)
	short(t, &dialPatience, time.Second)
	for mode, want := range map[string]string{"verify-ca": "certificate", "disable": "TLS"} {
		if _, err := Open(t.Context(), c.URL("tls")+"&sslmode="+mode, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("sslmode=%s: %v; want %q", mode, err, want)
		}
	}
	// A process reads once whom its system trusts.
	trusting := exec.CommandContext(t.Context(), os.Args[0])
	trusting.Env = append(os.Environ(), "SSL_CERT_FILE="+c.Authority(), authority+"="+c.URL("tls")+"&sslmode=verify-ca")
	if out, err := trusting.CombinedOutput(); err != nil {
		t.Errorf("where the authority is trusted: %v: %s", err, out)
	}
}

// trusted reads a store as a process of its own, which TestMain runs in the place of
// tests.
func trusted(url string) error {
	s, err := Open(context.Background(), url, Options{})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	v, err := s.Snapshot(context.Background())
	if err != nil {
		return err
	}
	defer v.Close()
	n := 0
	for _, err := range v.Quads(context.Background()) {
		if err != nil {
			return err
		}
		n++
	}
	if n != 3 {
		return fmt.Errorf("%d quads, not 3", n)
	}
	return nil
}
