package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/graph/embedded"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
	"go.uber.org/goleak"
)

// childEnv names what a test binary that is started as a child does.
const childEnv = "EMBEDDED_TEST_CHILD"

func TestMain(m *testing.M) {
	if run := children[os.Getenv(childEnv)]; run != nil {
		if err := run(os.Args[1:]); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

var children = map[string]func(args []string) error{
	"write": writeUntilKilled, "backup": backUpUntilKilled, "hold": holdLock, "follow": followMarks,
}

// child starts this test binary as another process.
func child(t testing.TB, name string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), childEnv+"="+name)
	c.Stderr = os.Stderr
	return c
}

// lower lowers the limits until the test ends, after its stores are closed.
func lower(t testing.TB) {
	t.Helper()
	t.Cleanup(embedded.Lower())
}

var small = embedded.Options{Memory: 1}

func create(t testing.TB, dir string) *embedded.Store {
	t.Helper()
	s, err := embedded.Create(t.Context(), dir, small)
	return closed(t, s, err)
}

func open(t testing.TB, dir string) *embedded.Store {
	t.Helper()
	s, err := embedded.Open(t.Context(), dir, small)
	return closed(t, s, err)
}

// closed has a store closed when the test ends, if it is not before.
func closed(t testing.TB, s *embedded.Store, err error) *embedded.Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, s) })
	return s
}

func shut(t testing.TB, s *embedded.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// quickDir is a folder that goes with the test, where syncing costs nothing if
// the system has such and TMPDIR names no other.
func quickDir(t testing.TB) string {
	t.Helper()
	if os.Getenv("TMPDIR") != "" {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp("/dev/shm", "store")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// set is what a store must hold.
type set map[quad.Quad]bool

func setOf(quads ...quad.Quad) set {
	s := set{}
	s.change(quads, nil)
	return s
}

func (s set) change(adds, removes []quad.Quad) {
	for _, q := range removes {
		delete(s, q)
	}
	for _, q := range adds {
		s[q] = true
	}
}

func (s set) quads() []quad.Quad { return slices.Collect(maps.Keys(s)) }

// answers are what a store must answer.
type answers struct {
	all    set
	terms  []quad.Value
	places map[quad.Value]*[4]int // how often a term is in each place
}

func (s set) answers() *answers {
	a := &answers{all: maps.Clone(s), places: map[quad.Value]*[4]int{}}
	for q := range s {
		for i, v := range []quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
			if v == nil {
				continue
			}
			if a.places[v] == nil {
				a.places[v] = &[4]int{}
				a.terms = append(a.terms, v)
			}
			a.places[v][i]++
		}
	}
	return a
}

// errWrong is an answer that is not right, and that no error comes with.
var errWrong = errors.New("wrong answer")

// check asks a snapshot all that it can be asked. The error of a store that
// says that it cannot answer is handed on; it is not errWrong.
func (a *answers) check(ctx context.Context, s store.Snapshot) error {
	seen := make(set, len(a.all))
	for q, err := range s.Quads(ctx) {
		if err != nil {
			return err
		}
		if !a.all[q] || seen[q] {
			return fmt.Errorf("%w: all quads: %v", errWrong, q)
		}
		seen[q] = true
	}
	if len(seen) != len(a.all) {
		return fmt.Errorf("%w: %d quads of %d", errWrong, len(seen), len(a.all))
	}
	stats, err := s.Stats(ctx)
	if want := (store.Stats{Quads: int64(len(a.all)), Terms: int64(len(a.terms))}); err != nil || stats != want {
		return errors.Join(err, wrongIf(err == nil, "counted %+v, not %+v", stats, want))
	}
	nodes := make([]store.Node, len(a.terms))
	for i, term := range a.terms {
		nodes[i] = s.Node(term)
		back := s.Value(nodes[i])
		if err := s.Err(); err != nil {
			return err
		}
		if back != term {
			return fmt.Errorf("%w: %v is node %d, which is %v", errWrong, term, nodes[i], back)
		}
	}
	for _, term := range []quad.Value{quad.IRI("x:none"), quad.IRI(""), quad.String("zzz")} {
		if n := s.Node(term); n != 0 && s.Err() == nil {
			return fmt.Errorf("%w: %v is node %d", errWrong, term, n)
		}
	}
	for _, d := range []store.Direction{store.Out, store.In} {
		edges, err := s.Expand(ctx, nil, nodes, 0, d)
		if err := errors.Join(a.edges(s, edges, err, d, len(a.all), "expand"), inOrder(edges, nodes)); err != nil {
			return err
		}
		for i, term := range a.terms {
			if n := a.places[term][1]; n > 0 {
				edges, err := s.Expand(ctx, nil, nodes, nodes[i], d)
				if err := errors.Join(a.edges(s, edges, err, d, n, "expand along "+quad.StringOf(term)), inOrder(edges, nodes)); err != nil {
					return err
				}
			}
		}
	}
	if err := a.neighbours(ctx, s, nodes); err != nil {
		return err
	}
	for i, term := range a.terms {
		edges, err := s.Labelled(ctx, nil, nodes[i:i+1])
		if err := a.edges(s, edges, err, store.Out, a.places[term][3], "labelled "+quad.StringOf(term)); err != nil {
			return err
		}
	}
	return s.Err()
}

func wrongIf(wrong bool, format string, args ...any) error {
	if !wrong {
		return nil
	}
	return fmt.Errorf("%w: "+format, append([]any{errWrong}, args...)...)
}

// edges looks whether edges are so many different quads of those that there are.
func (a *answers) edges(s store.Snapshot, edges []store.Edge, err error, d store.Direction, n int, what string) error {
	if err != nil {
		return err
	}
	seen := make(set, len(edges))
	for _, e := range edges {
		if d == store.In {
			e.From, e.To = e.To, e.From
		}
		q := quad.Quad{Subject: s.Value(e.From), Predicate: s.Value(e.Predicate), Object: s.Value(e.To), Label: s.Value(e.Label)}
		if err := s.Err(); err != nil {
			return err
		}
		if !a.all[q] || seen[q] {
			return fmt.Errorf("%w: %s: %v", errWrong, what, q)
		}
		seen[q] = true
	}
	return wrongIf(len(edges) != n, "%s: %d edges, not %d", what, len(edges), n)
}

// neighbours asks for the far ends of edges, along any predicate and along each.
func (a *answers) neighbours(ctx context.Context, s store.Snapshot, nodes []store.Node) error {
	type hop struct {
		along store.Node
		d     store.Direction
	}
	node := make(map[quad.Value]store.Node, len(nodes))
	for i, term := range a.terms {
		node[term] = nodes[i]
	}
	want := map[hop]map[store.Node]bool{{0, store.Out}: {}, {0, store.In}: {}}
	for q := range a.all {
		for _, along := range []store.Node{0, node[q.Predicate]} {
			out, in := hop{along, store.Out}, hop{along, store.In}
			if want[out] == nil {
				want[out], want[in] = map[store.Node]bool{}, map[store.Node]bool{}
			}
			want[out][node[q.Object]] = true
			want[in][node[q.Subject]] = true
		}
	}
	for h, want := range want {
		ends, err := s.Neighbours(ctx, nil, nodes, h.along, h.d)
		if err != nil {
			return err
		}
		got := make(map[store.Node]bool, len(want))
		for _, n := range ends {
			got[n] = true
		}
		if !maps.Equal(got, want) {
			return fmt.Errorf("%w: %d neighbours along %v, not %d", errWrong, len(got), h, len(want))
		}
	}
	return nil
}

// inOrder looks whether edges are grouped by the node that they are from, in the
// order of the nodes.
func inOrder(edges []store.Edge, nodes []store.Node) error {
	for _, e := range edges {
		for len(nodes) > 0 && nodes[0] != e.From {
			nodes = nodes[1:]
		}
		if len(nodes) == 0 {
			return fmt.Errorf("%w: an edge of %d is not in its place", errWrong, e.From)
		}
	}
	return nil
}

// holds checks what a store holds now.
func holds(ctx context.Context, s store.Store, want *answers) error {
	now, err := s.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer now.Close()
	return want.check(ctx, now)
}

// folderHolds checks what the store in a folder holds for one who opens it, and
// that nothing is wrong with it.
func folderHolds(ctx context.Context, dir string, want *answers) error {
	s, err := embedded.Open(ctx, dir, small)
	if err != nil {
		return err
	}
	return errors.Join(holds(ctx, s, want), s.Close(), embedded.Verify(ctx, dir))
}

// files lists a folder.
func files(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names
}

var logNumber = regexp.MustCompile(`"log":(\d+)`)

// strays are the files of a folder that its store does not need.
func strays(t testing.TB, dir string, s *embedded.Store) []string {
	t.Helper()
	d, err := s.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := os.ReadFile(filepath.Join(dir, "MANIFEST"))
	if err != nil {
		t.Fatal(err)
	}
	needed := []string{"LOCK", "MANIFEST", fmt.Sprintf("%08s.wal", logNumber.FindSubmatch(manifest)[1])}
	for _, f := range d.Files {
		needed = append(needed, f.Name)
	}
	return slices.DeleteFunc(files(t, dir), func(name string) bool { return slices.Contains(needed, name) })
}

// statements writes quads as keys.
func statements(quads []quad.Quad) []store.Statement {
	all := make([]store.Statement, len(quads))
	for i, q := range quads {
		st := &all[i]
		for _, part := range []struct {
			to   *[]byte
			term quad.Value
		}{{&st.Subject, q.Subject}, {&st.Predicate, q.Predicate}, {&st.Object, q.Object}, {&st.Label, q.Label}} {
			if part.term != nil {
				*part.to, _ = store.AppendKey(nil, part.term)
			}
		}
	}
	return all
}

// add adds quads by their keys, from two goroutines.
func addKeys(ctx context.Context, tx store.Tx, quads []quad.Quad) error {
	all := statements(quads)
	failed := make(chan error, 2)
	for i := range 2 {
		go func() {
			part := all[len(all)*i/2 : len(all)*(i+1)/2]
			var err error
			for some := range slices.Chunk(part, 40) {
				err = errors.Join(err, tx.(store.KeyTx).AddKeys(ctx, some))
			}
			failed <- err
		}()
	}
	return errors.Join(<-failed, <-failed)
}

func update(t testing.TB, s store.Store, adds, removes []quad.Quad) {
	t.Helper()
	if err := change(t.Context(), s, adds, removes); err != nil {
		t.Fatal(err)
	}
}

func change(ctx context.Context, s store.Store, adds, removes []quad.Quad) error {
	_, err := s.Update(ctx, func(tx store.Tx) error {
		if err := tx.Remove(ctx, removes); err != nil {
			return err
		}
		return addKeys(ctx, tx, adds)
	})
	return err
}

// numbered makes quads that differ between names and numbers and share terms.
func numbered(name string, n int) []quad.Quad {
	all := make([]quad.Quad, n)
	for i := range all {
		all[i] = quad.Quad{
			Subject: quad.IRI(fmt.Sprintf("x:%s/%d", name, i/4)), Predicate: quad.IRI(fmt.Sprintf("x:p%d", i%7)),
			Object: quad.String(strings.Repeat("v", i%5) + fmt.Sprint(i)), Label: quad.IRI("x:label/" + name),
		}
	}
	return all
}
