package loader

import (
	"testing"

	"parley/graph"
	"parley/graph/store"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// Every code says what the model has words for, and each is told once.
func TestCAMEOTable(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range cameoCodes {
		if seen[c.code] {
			t.Errorf("%s stands twice", c.code)
		}
		seen[c.code] = true
		if len(c.code) < 2 || len(c.code) > 4 || !isDigits(c.code) || c.code < "01" || c.code > "2042" {
			t.Errorf("%q is no code", c.code)
		}
		if c.text == "" {
			t.Errorf("%s does not say what was done", c.code)
		}
		if c.plover == "" && c.code[:2] != "01" || c.plover != "" && !vocab.PLOVERTypes.Has(c.plover) {
			t.Errorf("%s has the PLOVER type %q", c.code, c.plover)
		}
		for _, p := range []struct {
			p    *vocab.Predicate
			word string
			must bool
		}{
			{vocab.Kind, c.kind, false}, // of 040 no kind is told
			{vocab.Status, c.status, c.class == vocab.Meeting || c.class == vocab.StatusChange},
			{vocab.Mode, c.mode, false},
			{vocab.Phase, c.phase, c.class == vocab.MeasureMove},
			{vocab.Stance, c.stance, c.class == vocab.Statement},
		} {
			if p.must && p.word == "" {
				t.Errorf("%s: a %s lacks %s", c.code, c.class.Name, p.p.Name)
			}
			if p.word != "" {
				if err := graph.FitClasses(p.p, c.class, nil); err != nil {
					t.Errorf("%s: %v", c.code, err)
				}
			}
		}
		for _, said := range c.said {
			q := quad.Quad{Subject: graph.ID(c.class.Folder + "/a").Value()}
			var err error
			if q.Predicate, err = store.Value(said[0]); err != nil {
				t.Fatal(err)
			}
			if q.Object, err = store.Value(said[1]); err != nil {
				t.Fatal(err)
			}
			if err := graph.Fit(q); err != nil {
				t.Errorf("%s: %v", c.code, err)
			}
		}
	}
	for n := 1; n <= 20; n++ {
		root := string([]byte{byte('0' + n/10), byte('0' + n%10)})
		if !seen[root] || !seen[root+"0"] {
			t.Errorf("category %s is missing", root)
		}
	}
}

func TestCAMEOCodes(t *testing.T) {
	for _, c := range []struct {
		code, want string
		class      *vocab.Class
		words      cameoKind
	}{
		{"043", "043", vocab.Meeting, hosts},
		{"036", "036", vocab.Meeting, plansTalks},
		{"041", "041", vocab.Meeting, calls},
		{"164", "164", vocab.StatusChange, cancels},
		{"125", "125", vocab.StatusChange, cancels},
		{"1312", "1312", vocab.MeasureMove, threatensMeasure},
		{"163", "163", vocab.MeasureMove, imposes},
		{"085", "085", vocab.MeasureMove, eases},
		{"016", "016", vocab.Statement, rejects},
		{"057", "057", vocab.Action, acts},
		{"0429", "042", vocab.Meeting, visits},     // refines a visit
		{"049", "04", vocab.Meeting, consults},     // refines consultation
		{"1999", "19", vocab.Action, acts},         // refines fighting
		{"02", "02", vocab.Statement, demands},     // a category
		{"0", "", nil, cameoKind{}},                // half a category
		{"", "", nil, cameoKind{}},                 // nothing
		{"---", "", nil, cameoKind{}},              // GDELT's for nothing
		{"42", "", nil, cameoKind{}},               // a zero was lost
		{"21", "", nil, cameoKind{}},               // there are twenty categories
		{"04211", "", nil, cameoKind{}},            // too long
		{"04２", "", nil, cameoKind{}},              // no digits of ASCII
		{"-42", "", nil, cameoKind{}},              // a number but no code
		{" 042", "", nil, cameoKind{}},             // a blank
		{"042\u00a0", "", nil, cameoKind{}},        // another
		{"000", "", nil, cameoKind{}},              // no category
		{"20420", "", nil, cameoKind{}},            // too long
		{"2042", "2042", vocab.Action, acts},       // the last
		{"1054", "1054", vocab.Statement, demands}, // beside 054
	} {
		got := cameoOf(c.code)
		if got == nil {
			if c.want != "" {
				t.Errorf("%q is no code, want %s", c.code, c.want)
			}
			continue
		}
		if got.code != c.want || got.class != c.class || got.cameoKind != c.words {
			t.Errorf("%q is %s, %+v; want %s, %+v", c.code, got.code, got.cameoKind, c.want, c.words)
		}
	}
}
