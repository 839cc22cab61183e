package loader

import (
	"errors"
	"hash/maphash"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// CheckFit tells of quads that break the vocabulary, their classes too.
func CheckFit(t testing.TB, quads []quad.Quad) {
	t.Helper()
	classes := make(map[quad.Value]*vocab.Class)
	for _, q := range quads {
		if iri, ok := q.Object.(quad.IRI); ok && q.Predicate == vocab.Type.IRI {
			classes[q.Subject] = vocab.ClassOf(iri)
		}
	}
	for _, q := range quads {
		if err := graph.Fit(q); err != nil {
			t.Errorf("%v: %v", q, err)
		}
		p, _ := q.Predicate.(quad.IRI)
		if predicate := vocab.PredicateOf(p); predicate == nil {
			t.Errorf("%v has no predicate of the vocabulary", q)
		} else if err := graph.FitClasses(predicate, classes[q.Subject], classes[q.Object]); err != nil {
			t.Errorf("%v: %v", q, err)
		}
		if classes[q.Subject] == nil {
			t.Errorf("%v: the subject has no class", q)
		}
		if classes[q.Label] != vocab.Passage {
			t.Errorf("%v: the label is no passage", q)
		}
		for _, v := range []quad.Value{q.Subject, q.Object} {
			if id, ok := graph.IDOf(v); ok && id.Folder() != "" {
				if _, err := graph.ParseID(string(id)); err != nil {
					t.Error(err)
				}
			}
		}
		if _, err := AppendQuad(nil, q); err != nil {
			t.Errorf("%v: %v", q, err)
		}
	}
}

// fuzzReports reads any text as a row. It may be refused, with the column of what
// is wrong; what it states fits the vocabulary and can be written, and is the
// same the second time.
func fuzzReports(f *testing.F, set *dataSet, read func(string, *event) error, files ...string) {
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			f.Add([]byte(strings.TrimSuffix(line, "\n")))
		}
	}
	reference := (&graph.Document{Sources: []graph.Source{{ID: set.reference, Class: vocab.Reference}}}).Quads()
	f.Fuzz(func(t *testing.T, line []byte) {
		all := &reports{
			numbers: &rowNumbers{seed: maphash.MakeSeed(), files: []string{"x"}},
			set:     set, knows: new(known), whole: keyOfNode(graph.WholeID(set.reference)),
			found: make(map[uint64]struct{}), kept: make(map[uint64]struct{}), seed: maphash.MakeSeed(),
		}
		state := func() []quad.Quad {
			w := rowWorker{reader: &reporter{reports: all, read: read, countries: make(map[graph.ID]*named)}}
			if err := w.row(line); err != nil {
				var m *Mistake
				if !errors.As(err, &m) || m.Column == 0 && len(line) <= mostInRow {
					t.Fatalf("%v has no place", err)
				}
				return nil
			}
			var quads []quad.Quad
			for _, s := range w.batch.statements {
				q, err := quadOfKeys(s)
				if err != nil {
					t.Fatal(err)
				}
				quads = append(quads, q)
			}
			return quads
		}
		quads := state()
		if quads == nil {
			return
		}
		CheckFit(t, append(quads, reference...))
		if again := state(); len(again) != len(quads) {
			t.Fatalf("%d quads and then %d", len(quads), len(again))
		} else {
			for i := range again {
				if again[i] != quads[i] {
					t.Fatalf("%v and then %v", quads[i], again[i])
				}
			}
		}
	})
}

func FuzzGDELT(f *testing.F) { fuzzReports(f, gdelt, gdeltRow, "gdelt/1.0.csv", "gdelt/2.0.csv") }

func FuzzICEWS(f *testing.F) { fuzzReports(f, icews, icewsRow, "icews/events.tab") }
