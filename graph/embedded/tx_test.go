package embedded

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// A change of very many steps has few staged segments, whose number every
// later step would have to look at.
func TestManySteps(t *testing.T) {
	s := NewMemory(Options{})
	ctx := t.Context()
	one := func(i int) []quad.Quad {
		return []quad.Quad{{Subject: quad.IRI(fmt.Sprint("x:", i)), Predicate: quad.IRI("x:p"), Object: quad.Int(i)}}
	}
	const steps = 600
	_, err := s.Update(ctx, func(change store.Tx) error {
		for i := range steps {
			if err := change.Add(ctx, one(i)); err != nil {
				return err
			}
			if err := change.Remove(ctx, one(i-i%3)); err != nil {
				return err
			}
			if n := len(change.(*tx).staged); n > 20 {
				t.Fatalf("%d staged segments after %d steps", n, i+1)
			}
		}
		tally, err := change.Tally(ctx)
		if want := (store.Tally{New: steps, Removed: steps / 3}); tally != want {
			t.Errorf("%+v, not %+v", tally, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	now, err := s.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer now.Close()
	for i := range steps {
		if there := now.Node(quad.Int(i)) > 0; there != (i%3 > 0) {
			t.Errorf("quad %d is there: %t", i, there)
		}
	}
}

// Few statements of very long terms go on in files too.
func TestLongTerms(t *testing.T) {
	s, err := Create(t.Context(), filepath.Join(t.TempDir(), "store"), Options{Memory: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	const n, length = 600, 20_000
	_, err = s.Update(t.Context(), func(change store.Tx) error {
		for i := range n {
			text := fmt.Sprintf("%d %s", i, strings.Repeat("long ", length/5))
			err := change.Add(t.Context(), []quad.Quad{{Subject: quad.IRI("x:s"), Predicate: quad.IRI("x:p"), Object: quad.String(text)}})
			if err != nil {
				return err
			}
		}
		held := 0
		for _, g := range change.(*tx).staged {
			if !s.inFile(g) {
				held += len(g.raw)
			}
		}
		if held > 1<<20 {
			t.Errorf("%d of %d bytes are still in memory", held, n*length)
		}
		if files := len(change.(*tx).staged); files < 10 {
			t.Errorf("%d staged segments of %d bytes", files, n*length)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if err := Verify(t.Context(), s.disk.dir); err != nil {
		t.Error(err)
	}
}
