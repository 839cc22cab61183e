package graph_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/reference"
	"parley/graph/store"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// counting is a store that counts the snapshots that it gave.
type counting struct {
	store.Store
	mu           sync.Mutex
	taken, freed int
}

func (c *counting) Snapshot(ctx context.Context) (store.Snapshot, error) {
	s, err := c.Store.Snapshot(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.taken++
	return &countedSnapshot{s, c, sync.Once{}}, err
}

type countedSnapshot struct {
	store.Snapshot
	counting *counting
	once     sync.Once
}

func (s *countedSnapshot) Close() {
	s.once.Do(func() {
		s.counting.mu.Lock()
		defer s.counting.mu.Unlock()
		s.counting.freed++
	})
	s.Snapshot.Close()
}

func TestViewsShareASnapshot(t *testing.T) {
	s := &counting{Store: reference.New()}
	g := graph.New(s)
	counts := func(when string, taken, freed int) {
		t.Helper()
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.taken != taken || s.freed != freed {
			t.Errorf("%s: %d snapshots taken, %d freed; want %d, %d", when, s.taken, s.freed, taken, freed)
		}
	}
	open := func() *graph.View {
		t.Helper()
		v, err := g.View(graph.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	counts("at first", 0, 0)
	one, two := open(), open()
	one.Close()
	one.Close() // once more does nothing
	three := open()
	counts("views of an unchanged graph", 1, 0)
	three.Close()

	graphtest.Load(t, g, graphtest.Actors())
	counts("a change while a view is open", 1, 0)
	two.Close()
	counts("the last view of what was", 1, 1)
	one, two = open(), open()
	counts("views after the change", 2, 1)
	graphtest.Load(t, g, graphtest.Actors())
	three = open()
	counts("a change that changed nothing", 2, 1)
	for _, v := range []*graph.View{one, two, three} {
		v.Close()
	}
	counts("a graph keeps the latest at hand", 2, 1)

	// Another process changes the store.
	if _, err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Add(t.Context(), graphtest.Spring().Quads()) }); err != nil {
		t.Fatal(err)
	}
	one = open()
	counts("what another process changed", 3, 2)
	if one.NodeOf("move/glass-raised") == 0 {
		t.Error("a view does not see what another process added")
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	counts("a graph closed before its last view", 3, 2)
	if ref, err := one.Ref(t.Context(), one.NodeOf("country/arl")); err != nil || ref.Name != "Arland" {
		t.Errorf("a view of a graph that was closed: %v, %v", ref, err)
	}
	one.Close()
	counts("in the end", 3, 3)
	if err := one.Err(); !errors.Is(err, graph.ErrClosed) {
		t.Errorf("a closed view: %v", err)
	}
}

// Views of other options and at the same time share what was read.
func TestViewsShareWhatWasRead(t *testing.T) {
	g := load(t, graphtest.Documents()...)
	if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
		t.Fatal(err)
	}
	tell := func(o graph.Options) string {
		v, err := g.View(o)
		if err != nil {
			t.Error(err)
			return ""
		}
		defer v.Close()
		told, err := describeAll(t.Context(), v)
		if err != nil {
			t.Error(err)
		}
		return told
	}
	options := []graph.Options{{}, {StatedOnly: true}, {KnownBy: edtf(t, "2031-04")}, {KnownBy: edtf(t, "2000")}}
	var want []string
	for _, o := range options {
		want = append(want, tell(o))
	}
	if len(slices.Compact(slices.Sorted(slices.Values(want)))) != len(options) {
		t.Error("options make no difference")
	}
	graphtest.Load(t, g, &graph.Document{Facts: []graph.Fact{graphtest.Fact("passage/almanac", "person/new", "name: New")}})
	for i := range options {
		want[i] = tell(options[i])
	}
	graphtest.Load(t, g, &graph.Document{Facts: []graph.Fact{graphtest.Fact("passage/almanac", "person/new", "aliases: Newer")}})
	if _, err := g.Remove(t.Context(), (&graph.Document{Facts: []graph.Fact{graphtest.Fact("passage/almanac", "person/new", "aliases: Newer")}}).Quads()[1:]); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 4 * len(options) {
		wg.Go(func() {
			if got := tell(options[i%len(options)]); got != want[i%len(options)] {
				t.Errorf("with %+v:\n%s\nwant\n%s", options[i%len(options)], got, want[i%len(options)])
			}
		})
	}
	wg.Wait()
}

func describeAll(ctx context.Context, v *graph.View) (string, error) {
	classes, err := v.Classes(ctx)
	if err != nil {
		return "", err
	}
	var ids []graph.ID
	for id := range classes {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	told := ""
	for _, id := range ids {
		said, err := v.Describe(ctx, v.NodeOf(id))
		if err != nil {
			return "", err
		}
		side, err := v.Side(ctx, v.NodeOf(id), graph.Date{})
		if err != nil {
			return "", err
		}
		told += fmt.Sprintf("%s %s %+v\n", id, v.ID(side), said)
	}
	n, err := v.Resolve(ctx, "Arlnad", "country", graph.Date{}, vocab.Country)
	if err != nil {
		return "", err
	}
	named, err := v.Named(ctx, vocab.Person)
	return fmt.Sprintln(told, v.ID(n), v.Corrections(), named), err
}

// Whenever the store fails to give a term, what is made of terms is an error
// or whole, never short.
func TestFailingStoreGivesNoShortAnswer(t *testing.T) {
	s := reference.New()
	graphtest.Load(t, graph.New(s), graphtest.Documents()...)
	view := func(read func(context.Context, *graph.View) (any, error)) func(*graph.Graph) (any, error) {
		return func(g *graph.Graph) (any, error) {
			v, err := g.View(graph.Options{KnownBy: edtf(t, "2031-06-10"), StatedOnly: true})
			if err != nil {
				return nil, err
			}
			defer v.Close()
			return read(t.Context(), v)
		}
	}
	move := func(v *graph.View) []graph.Node { return []graph.Node{v.NodeOf("move/glass-raised")} }
	for name, read := range map[string]func(*graph.Graph) (any, error){
		"Describe": view(func(ctx context.Context, v *graph.View) (any, error) { return v.Describe(ctx, move(v)[0]) }),
		"Expand": view(func(ctx context.Context, v *graph.View) (any, error) {
			return v.Expand(ctx, move(v), vocab.Agent, graph.Out)
		}),
		"Labelled": view(func(ctx context.Context, v *graph.View) (any, error) {
			return v.Labelled(ctx, []graph.Node{v.NodeOf("passage/spring/p1")})
		}),
		"Records": view(func(ctx context.Context, v *graph.View) (any, error) {
			records, err := v.Records(ctx, move(v))
			return fmt.Sprint(len(records[move(v)[0]])), errors.Join(err, v.Err())
		}),
		"Refs": view(func(ctx context.Context, v *graph.View) (any, error) { return v.Refs(ctx, move(v)) }),
		"Cite": view(func(ctx context.Context, v *graph.View) (any, error) {
			return v.Cite(ctx, []graph.Node{v.NodeOf("passage/spring/p1"), v.NodeOf("passage/summer/p1")})
		}),
		"Instances": view(func(ctx context.Context, v *graph.View) (any, error) { return v.Instances(ctx, vocab.Actors()...) }),
		"Classes":   view(func(ctx context.Context, v *graph.View) (any, error) { return v.Classes(ctx) }),
		"Named":     view(func(ctx context.Context, v *graph.View) (any, error) { return v.Named(ctx, vocab.Person) }),
		"Resolve": view(func(ctx context.Context, v *graph.View) (any, error) {
			return v.Resolve(ctx, "Trade Minister", "person", edtf(t, "2031-03-01"), vocab.Person)
		}),
		"Resolve an unknown": view(func(ctx context.Context, v *graph.View) (any, error) {
			_, err := v.Resolve(ctx, "nobody such", "person", graph.Date{}, vocab.Person)
			if errors.Is(err, graph.ErrUnknown) {
				return err.Error(), nil
			}
			return nil, err
		}),
		"Members": view(func(ctx context.Context, v *graph.View) (any, error) { return v.Members(ctx, v.NodeOf("country/arl")) }),
		"Side": view(func(ctx context.Context, v *graph.View) (any, error) {
			return v.Side(ctx, v.NodeOf("person/ada-quill"), edtf(t, "2031-03-01"))
		}),
		"Infer": func(g *graph.Graph) (any, error) {
			undo := errors.New("leave the store as it was")
			var added graph.Added
			_, err := g.Update(t.Context(), func(tx *graph.Tx) (err error) {
				if err := graph.InferTx(t.Context(), tx, graph.Date{}); err != nil {
					return err
				}
				added, err = tx.Added(t.Context())
				return errors.Join(err, undo)
			})
			if errors.Is(err, undo) {
				return added, nil
			}
			return nil, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			whole, err := read(graph.New(s))
			if err != nil {
				t.Fatal(err)
			}
			for n := 0; ; n++ {
				got, err := read(graph.New(graphtest.Failing(s, n)))
				if err == nil {
					if n == 0 || !reflect.DeepEqual(got, whole) {
						t.Errorf("failing after %d terms: %v, want %v", n, got, whole)
					}
					break
				}
				if !errors.Is(err, graphtest.ErrTerm) {
					t.Fatalf("failing after %d terms: %v", n, err)
				}
			}
		})
	}
}

// A failure is of one snapshot: what is opened after it begins anew.
func TestViewAfterAFailure(t *testing.T) {
	s := reference.New()
	graphtest.Load(t, graph.New(s), graphtest.Actors())
	f := &failsOnce{Store: s}
	g := graph.New(f)
	v := graphtest.View(t, g, graph.Options{})
	if n := v.Node(quad.IRI("x:a")); n != 0 || v.Err() == nil {
		t.Fatalf("node %d, %v", n, v.Err())
	}
	if v := graphtest.View(t, g, graph.Options{}); v.NodeOf("country/arl") == 0 || v.Err() != nil {
		t.Errorf("a view after the failure: %v", v.Err())
	}
}

type failsOnce struct {
	store.Store
	failed bool
}

func (f *failsOnce) Snapshot(ctx context.Context) (store.Snapshot, error) {
	if f.failed {
		return f.Store.Snapshot(ctx)
	}
	f.failed = true
	return graphtest.Failing(f.Store, 0).Snapshot(ctx)
}
