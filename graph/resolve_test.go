package graph_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"
)

// called are actors whose names are easily mistaken for each other.
func called() *graph.Document {
	return told(
		act("country/usn", "name: United States of Nowhere", "aliases: U.S.", "aliases: America"),
		act("person/xi", "name: Xi"),
		act("person/lee", "name: Lee"),
		act("person/mnuchen", "name: Steven Mnuchin", "aliases: Mnuchin"),
		act("person/anna-berg", "name: Anna Bergen"),
		act("person/anna-borg", "name: Anna Borgen"),
		act("country/sob", "name: South Brunia"),
		act("person/ross", "name: Wilma Ross", "aliases: Ross"),
		act("person/the-elder", "name: Jan Dahl"),
		act("person/the-younger", "name: Jan Dahl", "aliases: Young Dahl"),
		act("person/liu", "name: 刘鹤", "aliases: José Müller"),
		act("organization/glassworks", "name: Glassworks"),
		act("office/envoy", "name: Envoy to Brunia"),
		act("office/empty", "name: Keeper of the Seal"),
		act("tenure/envoy-1", "person: person/anna-berg", "office: office/envoy", "during: 2030-01-01/2031-06-30"),
	)
}

var actors = vocab.Actors()

func TestResolve(t *testing.T) {
	g := load(t, graphtest.Actors(), graphtest.Spring(), called())
	for _, c := range []struct {
		name, text, on string
		classes        []*vocab.Class
		want           graph.ID
	}{
		{"id", "person/ada-quill", "", actors, "person/ada-quill"},
		{"IRI", "urn:parley:person/ada-quill", "", actors, "person/ada-quill"},
		{"IRI in brackets", "<urn:parley:person/ada-quill>", "", actors, "person/ada-quill"},
		{"name", "Ada Quill", "", actors, "person/ada-quill"},
		{"name between spaces", "  Ada  Quill ", "", actors, "person/ada-quill"},
		{"alias", "Kingdom of Arland", "", actors, "country/arl"},
		{"case", "ADA quill", "", actors, "person/ada-quill"},
		{"points", "us", "", actors, "country/usn"},
		{"points written", "U.S.", "", actors, "country/usn"},
		{"other points", "ARL", "", actors, "country/arl"},
		{"title and name", "Minister Ada Quill", "", actors, "person/ada-quill"},
		{"whole title and name", "Trade Minister Ada Quill", "", actors, "person/ada-quill"},
		{"last part of the id", "ada-quill", "", actors, "person/ada-quill"},
		{"hyphen", "Ada-Quill", "", actors, "person/ada-quill"},
		{"apostrophe", "Arland’s duty on glass", "", []*vocab.Class{vocab.Measure}, "measure/arland-glass"},
		{"letters beyond ASCII", "josé müller", "", actors, "person/liu"},
		{"another script", "刘鹤", "", actors, "person/liu"},

		{"title on a day", "Trade Minister", "2031-06-30", actors, "person/ada-quill"},
		{"title a day later", "trade minister", "2031-07-01", actors, "person/otto-varnhagen"},
		{"title at the end of a month", "Trade Minister of Arland", "2031-07", actors, "person/otto-varnhagen"},
		{"title in a year of two", "Trade Minister", "2031", actors, "person/otto-varnhagen"}, // by its end
		{"title that one ever held", "Chancellor", "", actors, "person/mira-sedd"},
		{"title misspelt", "Trade Minizter", "2031-03-01", actors, "person/ada-quill"},
		{"title as an office", "Trade Minister", "", []*vocab.Class{vocab.Office}, "office/arland-trade-minister"},

		{"one letter wrong", "Mnuchen", "", actors, "person/mnuchen"},
		{"two letters wrong", "Otto Vahrnhagn", "", actors, "person/otto-varnhagen"},
		{"one letter too few", "Brnia", "", actors, "country/bru"},
		{"part of a name", "quill", "", actors, "person/ada-quill"},
		{"beginnings of words", "Va Ot", "", actors, "person/otto-varnhagen"},
		{"part of an alias", "young dahl", "", actors, "person/the-younger"},
		{"part of an alias alone", "Kingdom", "", actors, "country/arl"},
		{"part in a writing without spaces", "鹤", "", actors, "person/liu"},
		{"part of a name that is another's name", "Saltmouth", "", []*vocab.Class{vocab.Meeting}, "meeting/saltmouth"},
		{"part of the name of one of the classes", "glass", "", []*vocab.Class{vocab.MeasureMove}, "move/glass-raised"},

		{"of any class", "Saltmouth", "", nil, "place/saltmouth"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := graphtest.View(t, g, graph.Options{})
			n, err := v.Resolve(t.Context(), c.text, "actor", edtf(t, c.on), c.classes...)
			if err != nil || v.ID(n) != c.want {
				t.Errorf("%q is %q, %v; want %s", c.text, v.ID(n), err, c.want)
			}
		})
	}
}

func TestResolveErrors(t *testing.T) {
	g := load(t, graphtest.Actors(), called())
	for _, c := range []struct {
		name, text, on string
		classes        []*vocab.Class
		err            error
		near           []graph.ID // the nearest, nearest first
		says           string
	}{
		{
			"title of several", "Trade Minister", "", actors, graph.ErrAmbiguous,
			[]graph.ID{"person/ada-quill", "person/otto-varnhagen"},
			"it is a title: write the name, or a day with --known-by",
		},
		{"title nobody held on the day", "Envoy to Brunia", "2031-07-01", actors, graph.ErrUnknown, []graph.ID{"person/anna-berg"}, "it is a title that nobody is known to have held on 2031-07-01"},
		{"title nobody ever held", "Keeper of the Seal", "", actors, graph.ErrUnknown, nil, "no actor is called"},
		{
			"name of two", "Jan Dahl", "", actors, graph.ErrAmbiguous,
			[]graph.ID{"person/the-elder", "person/the-younger"},
			`"Jan Dahl" names more than one actor: Jan Dahl (person/the-elder), Jan Dahl (person/the-younger); write the id`,
		},
		{
			"misspelling as near to one as to another", "Anna Birgen", "", actors, graph.ErrAmbiguous,
			[]graph.ID{"person/anna-berg", "person/anna-borg"},
			"write the id",
		},
		{"too far", "Mnooshen", "", actors, graph.ErrUnknown, []graph.ID{"person/mnuchen"}, "nearest: Steven Mnuchin (person/mnuchen)"},
		{"part of the names of several", "Jan", "", actors, graph.ErrUnknown, []graph.ID{"person/the-elder", "person/the-younger"}, "no actor is called \"Jan\"; nearest: Jan Dahl (person/the-elder), Jan Dahl (person/the-younger), "},
		{"which come before what is spelt more alike", "J Da", "", actors, graph.ErrUnknown, []graph.ID{"person/the-elder", "person/the-younger"}, "no actor is called"},
		{"the end of a word", "uill", "", actors, graph.ErrUnknown, []graph.ID{"person/ada-quill"}, "no actor is called"},
		{"part of the name of another class", "Talks at", "", actors, graph.ErrUnknown, nil, "no actor is called"},
		{"id of nothing with the words of a name", "person/quill", "", actors, graph.ErrUnknown, []graph.ID{"person/ada-quill"}, "no actor is called"},
		{"short names are not guessed", "Xo", "", actors, graph.ErrUnknown, nil, `no actor is called "Xo"`},
		{"nor short aliases", "UX", "", actors, graph.ErrUnknown, nil, `no actor is called "UX"`},
		{"nor a short word of a long name", "North Brunia", "", actors, graph.ErrUnknown, []graph.ID{"country/bru"}, "no actor is called"},
		{"a title that the person never held", "Envoy Ada Quill", "", actors, graph.ErrUnknown, nil, "no actor is called"},
		{"nor one of four letters", "Rose", "", actors, graph.ErrUnknown, nil, "no actor is called"},
		{"nor a word that is left out", "Brunia South Brunia", "", actors, graph.ErrUnknown, nil, "no actor is called"},
		{"nor names of three letters", "Loe", "", actors, graph.ErrUnknown, nil, `no actor is called "Loe"`},
		{"two letters of six", "Broniu", "", actors, graph.ErrUnknown, []graph.ID{"country/bru"}, "nearest: Brunia (country/bru)"},
		{"another class", "Saltmouth", "", actors, graph.ErrUnknown, nil, "no actor is called"},
		{"id of another class", "place/saltmouth", "", actors, graph.ErrUnknown, nil, "no actor is called"},
		{"id of nothing", "person/nobody", "", actors, graph.ErrUnknown, nil, "no actor is called"},
		{"a person is no title's office", "Ada Quill", "", []*vocab.Class{vocab.Office}, graph.ErrUnknown, nil, "no actor is called"},
		{"nothing", "", "", actors, graph.ErrUnknown, nil, `no actor is called ""`},
		{"marks only", "?!", "", actors, graph.ErrUnknown, nil, `no actor is called "?!"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := graphtest.View(t, g, graph.Options{})
			n, err := v.Resolve(t.Context(), c.text, "actor", edtf(t, c.on), c.classes...)
			var name *graph.NameError
			if n != 0 || !errors.Is(err, c.err) || !errors.As(err, &name) {
				t.Fatalf("%q is %q, %v", c.text, v.ID(n), err)
			}
			var near []graph.ID
			for _, r := range name.Near {
				near = append(near, r.ID)
			}
			if errors.Is(c.err, graph.ErrAmbiguous) && !slices.Equal(near, c.near) || len(near) < len(c.near) || !slices.Equal(near[:len(c.near)], c.near) {
				t.Errorf("near %q: %v, want %v", c.text, near, c.near)
			}
			if len(near) > 5 {
				t.Errorf("%d names are offered", len(near))
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("says %s\nwant %s", err, c.says)
			}
		})
	}
}

// Names and offices are read past the day: they give nothing away.
func TestResolveSeesNamesOfLaterArticles(t *testing.T) {
	v := graphtest.View(t, load(t, called()), graph.Options{KnownBy: edtf(t, "2000")})
	if n, err := v.Resolve(t.Context(), "Mnuchin", "person", graph.Date{}, vocab.Person); err != nil || v.ID(n) != "person/mnuchen" {
		t.Errorf("%q, %v", v.ID(n), err)
	}
	if n, err := v.Resolve(t.Context(), "Envoy to Brunia", "person", edtf(t, "2031-01-01"), vocab.Person); err != nil || v.ID(n) != "person/anna-berg" {
		t.Errorf("%q, %v", v.ID(n), err)
	}
}

// A part is of a name that the view shows to exist: what came out later is not
// found by it, and does not make it ambiguous.
func TestResolvePartsOnADay(t *testing.T) {
	early, late := graphtest.Source("article/early", "2031-01-01", 1), graphtest.Source("article/late", "2031-06-01", 1)
	g := load(t, &graph.Document{Sources: []graph.Source{early, late}, Facts: []graph.Fact{
		graphtest.Fact("passage/early/p1", "agreement/first", "name: First pact of Saltmouth"),
		graphtest.Fact("passage/late/p1", "agreement/second", "name: Second pact of Saltmouth"),
	}})
	for _, c := range []struct {
		knownBy, text string
		want          graph.ID
	}{
		{"2031-01-01", "Saltmouth", "agreement/first"},
		{"2031-01-01", "Second", ""},
		{"2030-12-31", "Saltmouth", ""},
		{"2031-06-01", "Saltmouth", ""}, // of both
		{"2031-06-01", "Second", "agreement/second"},
	} {
		v := graphtest.View(t, g, graph.Options{KnownBy: edtf(t, c.knownBy)})
		n, err := v.Resolve(t.Context(), c.text, "agreement", graph.Date{}, vocab.Agreement)
		if v.ID(n) != c.want || (err == nil) != (c.want != "") || err != nil && !errors.Is(err, graph.ErrUnknown) {
			t.Errorf("%q by %s is %q, %v; want %q", c.text, c.knownBy, v.ID(n), err, c.want)
		}
		if err != nil && c.knownBy < "2031-06-01" && strings.Contains(err.Error(), "agreement/second") {
			t.Errorf("by %s what came out later is offered: %v", c.knownBy, err)
		}
	}
}

// An event and its reports are one.
func TestResolvePartOfReports(t *testing.T) {
	report := act("action/saltmouth-b", "name: Report of a clash at Saltmouth")
	report.Values = append(report.Values, graph.Value{Predicate: vocab.ReportOf, Node: "action/saltmouth-a"})
	g := load(t, told(act("action/saltmouth-a", "name: Clash at Saltmouth"), report, act("action/other", "name: Quarrel at Brunmouth")))
	v := graphtest.View(t, g, graph.Options{})
	if n, err := v.Resolve(t.Context(), "saltmouth", "action", graph.Date{}, vocab.Action); err != nil || v.ID(n) != "action/saltmouth-a" {
		t.Errorf("%q, %v", v.ID(n), err)
	}
	if n, err := v.Resolve(t.Context(), "at", "action", graph.Date{}, vocab.Action); !errors.Is(err, graph.ErrUnknown) {
		t.Errorf("%q, %v", v.ID(n), err)
	}
}

func TestResolveWhole(t *testing.T) {
	v := graphtest.View(t, load(t, graphtest.Actors()), graph.Options{})
	for text, want := range map[string]graph.ID{"Ada Quill": "person/ada-quill", "Ada Qiull": "person/ada-quill", "Quill": ""} {
		n, err := v.ResolveWhole(t.Context(), text, "actor", graph.Date{}, actors...)
		if v.ID(n) != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v; want %q", text, v.ID(n), err, want)
		}
		if err != nil && !strings.Contains(err.Error(), "nearest: Ada Quill (person/ada-quill)") {
			t.Error(err)
		}
	}
}

// Who only publishes is offered as an actor behind all others, until it takes
// part in something; as a node of any class it is as near as it is.
func TestNearPublishers(t *testing.T) {
	for _, c := range []struct {
		name    string
		more    []graph.Fact
		classes []*vocab.Class
		first   bool
	}{
		{"publishes", nil, actors, false},
		{"is part of a thing", []graph.Fact{act("organization/harbour-post", "country: country/arl")}, actors, false},
		{"speaks", []graph.Fact{act("statement/s", "name: S", "agent: organization/harbour-post")}, actors, true},
		{"is a node", nil, []*vocab.Class{vocab.Organization, vocab.Article}, true},
	} {
		v := graphtest.View(t, load(t, graphtest.Actors(), graphtest.Spring(), told(c.more...)), graph.Options{})
		_, err := v.Resolve(t.Context(), "The Harbour Boss", "actor", graph.Date{}, c.classes...)
		var name *graph.NameError
		if !errors.As(err, &name) || len(name.Near) == 0 {
			t.Fatalf("%s: %v", c.name, err)
		}
		if first := name.Near[0].ID == "organization/harbour-post"; first != c.first {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	v := graphtest.View(t, load(t, graphtest.Actors(), graphtest.Spring()), graph.Options{})
	_, err := v.Resolve(t.Context(), "The Harbour Boss", "organization", graph.Date{}, vocab.Organization)
	if want := `no organization is called "The Harbour Boss"; nearest: Ministry of Trade of Arland (organization/arland-trade), The Harbour Post (organization/harbour-post)`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestResolveInAnEmptyGraph(t *testing.T) {
	v := graphtest.View(t, load(t), graph.Options{})
	_, err := v.Resolve(t.Context(), "Ada Quill", "person", graph.Date{}, vocab.Person)
	if !errors.Is(err, graph.ErrUnknown) || err.Error() != `no person is called "Ada Quill"` {
		t.Error(err)
	}
}

func TestHoldersOf(t *testing.T) {
	v := graphtest.View(t, load(t, graphtest.Actors(), told(
		act("office/undated", "name: Undated"),
		act("tenure/undated", "person: person/ada-quill", "office: office/undated"),
	)), graph.Options{})
	for _, c := range []struct {
		office graph.ID
		on     string
		want   []graph.ID
	}{
		{"office/arland-trade-minister", "", []graph.ID{"person/ada-quill", "person/otto-varnhagen"}},
		{"office/arland-trade-minister", "2029-12-31", nil},
		{"office/arland-trade-minister", "2030-01-01", []graph.ID{"person/ada-quill"}},
		{"office/arland-trade-minister", "2050", []graph.ID{"person/otto-varnhagen"}},
		{"office/undated", "1950", []graph.ID{"person/ada-quill"}}, // a tenure that no source dates is always
		{"office/no-such", "2031", nil},
	} {
		holders, err := v.HoldersOf(t.Context(), v.NodeOf(c.office), edtf(t, c.on))
		if got := idsOf(v, holders); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s on %s: %v, %v; want %v", c.office, c.on, got, err, c.want)
		}
	}
}

func idsOf(v *graph.View, nodes []graph.Node) []graph.ID {
	var ids []graph.ID
	for _, n := range nodes {
		ids = append(ids, v.ID(n))
	}
	return ids
}

func TestCorrections(t *testing.T) {
	g := load(t, graphtest.Actors(), called())
	v := graphtest.View(t, g, graph.Options{})
	for _, text := range []string{"Steven Mnuchin", "Mnuchen", "Young", "Young Dahl", "Jan", "nobody at all"} {
		_, _ = v.Resolve(t.Context(), text, "actor", graph.Date{}, actors...)
	}
	want := []graph.Correction{
		{Text: "Mnuchen", Node: graph.Ref{ID: "person/mnuchen", Name: "Steven Mnuchin"}},
		{Text: "Young", Node: graph.Ref{ID: "person/the-younger", Name: "Jan Dahl"}},
	}
	if got := v.Corrections(); !slices.Equal(got, want) {
		t.Errorf("corrections %v, want %v", got, want)
	}
}
