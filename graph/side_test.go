package graph_test

import (
	"slices"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
)

// changing are people and bodies whose side takes a look.
func changing() *graph.Document {
	return told(
		act("organization/league", "name: The League"),
		act("office/league-secretary", "name: Secretary of the League", "in: organization/league"),
		act("office/nowhere", "name: Office of no body"),
		act("person/nomad", "name: A Nomad"),
		act("tenure/nomad-1", "person: person/nomad", "office: office/arland-trade-minister", "during: 2020/2021"),
		act("tenure/nomad-2", "person: person/nomad", "office: office/brunia-chancellor", "during: 2022-01-01/2023"),
		act("tenure/nomad-3", "person: person/nomad", "office: office/league-secretary", "during: 2024/.."),
		act("person/drifter", "name: A Drifter"),
		act("tenure/drifter", "person: person/drifter", "office: office/nowhere", "during: 2020/.."),
		act("person/private", "name: A Private Person"),
		act("person/undated", "name: Undated"),
		act("tenure/undated", "person: person/undated", "office: office/brunia-chancellor"),
	)
}

func TestSide(t *testing.T) {
	// Sides are background: a day before any article hides none.
	v := graphtest.View(t, load(t, graphtest.Actors(), changing()), graph.Options{KnownBy: edtf(t, "2000")})
	for _, c := range []struct {
		actor graph.ID
		on    string
		want  graph.ID
	}{
		{"country/arl", "2031", "country/arl"},
		{"organization/arland-trade", "2031", "country/arl"},
		{"organization/league", "2031", "organization/league"}, // of no country: for itself
		{"person/ada-quill", "2031-03-01", "country/arl"},      // through a ministry
		{"person/mira-sedd", "2031-03-01", "country/bru"},      // of the country itself
		{"person/ada-quill", "2001-01-01", "country/arl"},      // of any office ever
		{"person/ada-quill", "", "country/arl"},
		{"person/nomad", "2021-12-31", "country/arl"},
		{"person/nomad", "2022-01-01", "country/bru"},
		{"person/nomad", "2030", "organization/league"},
		{"person/nomad", "2021-12-31/2022-01-05", "country/arl"}, // the first of two
		{"person/nomad", "/2023-05", "country/bru"},
		{"person/undated", "1950", "country/bru"},
		{"person/drifter", "2021", ""},
		{"person/private", "2021", ""},
	} {
		side, err := v.Side(t.Context(), v.NodeOf(c.actor), edtf(t, c.on))
		if err != nil || v.ID(side) != c.want {
			t.Errorf("%s on %q acts for %q, %v; want %q", c.actor, c.on, v.ID(side), err, c.want)
		}
	}
	sides, err := v.Sides(t.Context(), []graph.Node{
		v.NodeOf("person/mira-sedd"), v.NodeOf("country/arl"), v.NodeOf("person/private"), v.NodeOf("person/ada-quill"), v.NodeOf("country/bru"),
	}, edtf(t, "2031"))
	if got := idsOf(v, sides); err != nil || !slices.Equal(got, []graph.ID{"country/bru", "country/arl"}) {
		t.Errorf("sides of several: %v, %v", got, err)
	}
}

func TestMembers(t *testing.T) {
	v := graphtest.View(t, load(t, graphtest.Actors(), changing()), graph.Options{KnownBy: edtf(t, "2000")})
	for _, c := range []struct {
		actor graph.ID
		want  []graph.ID
	}{
		{"country/arl", []graph.ID{"country/arl", "organization/arland-trade", "person/ada-quill", "person/nomad", "person/otto-varnhagen"}},
		{"country/bru", []graph.ID{"country/bru", "person/mira-sedd", "person/nomad", "person/undated"}},
		{"organization/arland-trade", []graph.ID{"organization/arland-trade"}},
		{"person/ada-quill", []graph.ID{"person/ada-quill"}},
	} {
		members, err := v.Members(t.Context(), v.NodeOf(c.actor))
		got := idsOf(v, members)
		slices.Sort(got)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("members of %s: %v, %v; want %v", c.actor, got, err, c.want)
		}
	}
}
