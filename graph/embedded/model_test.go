package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"parley/graph/embedded"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
	"pgregory.net/rapid"
)

// Few terms, so that quads meet; some stand in several places, and some keys
// begin as others do.
var (
	drawnSubject   = rapid.SampledFrom([]quad.Value{quad.IRI("x:a"), quad.IRI("x:ab"), quad.BNode("a"), quad.IRI("x:p")})
	drawnPredicate = rapid.SampledFrom([]quad.Value{quad.IRI("x:p"), quad.IRI("x:q"), quad.IRI("x:a")})
	drawnObject    = rapid.SampledFrom([]quad.Value{quad.IRI("x:a"), quad.IRI("x:abc"), quad.BNode("a"), quad.String("x:a"), quad.LangString{Value: "x:a", Lang: "en"}, quad.Int(7)})
	drawnLabel     = rapid.SampledFrom([]quad.Value{nil, quad.IRI("x:l"), quad.IRI("x:ab"), quad.BNode("a"), quad.IRI("x:p")})
	drawnQuads     = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) quad.Quad {
		return quad.Quad{
			Subject: drawnSubject.Draw(t, "subject"), Predicate: drawnPredicate.Draw(t, "predicate"),
			Object: drawnObject.Draw(t, "object"), Label: drawnLabel.Draw(t, "label"),
		}
	}), 0, 10)
)

// drawnBulk are more quads than one batch and the log take.
func drawnBulk(t *rapid.T) []quad.Quad {
	all := numbered(rapid.StringOfN(rapid.SampledFrom([]rune("abc")), 1, 1, 1).Draw(t, "name"), 250)
	from := rapid.IntRange(0, len(all)).Draw(t, "from")
	return all[from:rapid.IntRange(from, len(all)).Draw(t, "to")]
}

// model is a store and what it must hold.
type model struct {
	dir, copies string
	s           *embedded.Store
	reader      *embedded.Store // of the same folder
	held        set
	kept        []keptSnapshot
	forks       []keptFork
	backups     int
	ctx         context.Context
}

type keptSnapshot struct {
	store.Snapshot
	want *answers
}

type keptFork struct {
	store.Store
	held set
}

func (m *model) must(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (m *model) open(t *rapid.T) *embedded.Store {
	s, err := embedded.Open(m.ctx, m.dir, small)
	m.must(t, err)
	return s
}

var errDrawn = errors.New("the change is drawn to fail")

// update makes a change of several steps to a store, and the same to a set.
func (m *model) update(t *rapid.T, s store.Store, held set) set {
	next, want := maps.Clone(held), store.Tally{}
	ctx, cancel := context.WithCancel(m.ctx)
	defer cancel()
	end := rapid.SampledFrom([]string{"good", "good", "good", "good", "fails", "cancelled"}).Draw(t, "end")
	tally, err := s.Update(ctx, func(tx store.Tx) error {
		for range rapid.IntRange(0, 4).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0, 1:
				quads := drawnQuads.Draw(t, "add")
				next.add(quads, &want)
				m.must(t, tx.Add(ctx, quads))
			case 2, 3:
				quads := drawnQuads.Draw(t, "remove")
				next.remove(quads, &want)
				m.must(t, tx.Remove(ctx, quads))
			case 4:
				quads := drawnBulk(t)
				if rapid.IntRange(0, 2).Draw(t, "take away") == 0 {
					next.remove(quads, &want)
					m.must(t, tx.Remove(ctx, quads))
					continue
				}
				next.add(quads, &want)
				m.must(t, addKeys(ctx, tx, quads))
			default:
				now, err := tx.Snapshot(ctx)
				m.must(t, err)
				seen := keptSnapshot{now, next.answers()}
				m.must(t, seen.want.check(ctx, now))
				m.kept = append(m.kept, seen)
				tally, err := tx.Tally(ctx)
				if err != nil || tally != want {
					t.Fatalf("so far %+v, %v; want %+v", tally, err, want)
				}
			}
		}
		switch end {
		case "fails":
			return errDrawn
		case "cancelled":
			cancel()
		}
		return nil
	})
	if end != "good" {
		if err == nil || tally != (store.Tally{}) {
			t.Fatalf("a change that %s: %+v, %v", end, tally, err)
		}
		return held
	}
	if err != nil || tally != want {
		t.Fatalf("%+v, %v; want %+v", tally, err, want)
	}
	return next
}

func (s set) add(quads []quad.Quad, tally *store.Tally) {
	for _, q := range quads {
		if s[q] {
			tally.Known++
		} else {
			s[q] = true
			tally.New++
		}
	}
}

func (s set) remove(quads []quad.Quad, tally *store.Tally) {
	for _, q := range quads {
		if s[q] {
			delete(s, q)
			tally.Removed++
		}
	}
}

func (m *model) actions() map[string]func(*rapid.T) {
	update := func(t *rapid.T) { m.held = m.update(t, m.s, m.held) }
	return map[string]func(*rapid.T){
		"update": update, "update again": update, "update once more": update,
		"keep": func(t *rapid.T) {
			from := rapid.SampledFrom([]*embedded.Store{m.s, m.reader}).Draw(t, "of")
			now, err := from.Snapshot(m.ctx)
			m.must(t, err)
			m.kept = append(m.kept, keptSnapshot{now, m.held.answers()})
		},
		"let go": func(t *rapid.T) {
			if len(m.kept) == 0 {
				t.Skip("none is kept")
			}
			i := rapid.IntRange(0, len(m.kept)-1).Draw(t, "which")
			m.kept[i].Close()
			m.kept = slices.Delete(m.kept, i, i+1)
		},
		"reopen": func(t *rapid.T) {
			m.must(t, m.s.Close())
			m.s = m.open(t)
		},
		"other writer": func(t *rapid.T) {
			m.must(t, m.s.Close())
			m.s, m.reader = m.reader, m.open(t)
		},
		"compact": func(t *rapid.T) { m.must(t, m.s.Compact(m.ctx)) },
		"verify":  func(t *rapid.T) { m.must(t, embedded.Verify(m.ctx, m.dir)) },
		"back up": func(t *rapid.T) {
			m.backups++
			to := filepath.Join(m.copies, fmt.Sprint(m.backups))
			from := rapid.SampledFrom([]*embedded.Store{m.s, m.reader}).Draw(t, "of")
			m.must(t, from.Backup(m.ctx, to))
			m.must(t, folderHolds(m.ctx, to, m.held.answers()))
		},
		"fork": func(t *rapid.T) {
			f, err := m.s.Fork(m.ctx)
			m.must(t, err)
			m.forks = append(m.forks, keptFork{f, maps.Clone(m.held)})
		},
		"change a fork": func(t *rapid.T) {
			if len(m.forks) == 0 {
				t.Skip("none is there")
			}
			f := &m.forks[rapid.IntRange(0, len(m.forks)-1).Draw(t, "which")]
			f.held = m.update(t, f, f.held)
			m.must(t, holds(m.ctx, f, f.held.answers()))
		},
		"": m.check,
	}
}

func (m *model) check(t *rapid.T) {
	want := m.held.answers()
	m.must(t, holds(m.ctx, m.s, want))
	m.must(t, holds(m.ctx, m.reader, want))
	if len(m.kept) > 0 {
		k := rapid.SampledFrom(m.kept).Draw(t, "look at")
		m.must(t, k.want.check(m.ctx, k))
	}
}

func (m *model) close(t *rapid.T) {
	for _, k := range m.kept {
		m.must(t, k.want.check(m.ctx, k))
		k.Close()
	}
	for _, f := range m.forks {
		m.must(t, holds(m.ctx, f, f.held.answers()))
		m.must(t, f.Close())
	}
	m.must(t, m.s.Close())
	m.must(t, m.reader.Close())
	m.must(t, folderHolds(m.ctx, m.dir, m.held.answers()))
}

// Whatever is done to a store, in whatever order, it holds what a plain set
// does, and so does everything that was taken from it before.
func TestModel(t *testing.T) {
	lower(t)
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{dir: filepath.Join(quickDir(t), "store"), copies: quickDir(t), held: set{}, ctx: rt.Context()}
		s, err := embedded.Create(m.ctx, m.dir, small)
		m.must(rt, err)
		m.s, m.reader = s, m.open(rt)
		rt.Repeat(m.actions())
		m.close(rt)
	})
}
