package graph_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/cayleygraph/quad"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"
)

// reports are documents that each say one thing of meeting/m, loaded in turn.
// Each is "day value": the article's day of publication, "-" for none.
func reports(t *testing.T, key string, says ...[2]string) *graph.View {
	g := load(t)
	for i, s := range says {
		id, day := graph.ID(fmt.Sprintf("article/%c", 'a'+i)), s[0]
		graphtest.Load(t, g, &graph.Document{
			Sources: []graph.Source{graphtest.Source(id, day, 0)},
			Facts:   []graph.Fact{graphtest.Fact(graph.WholeID(id), "meeting/m", key+": "+s[1])},
		})
	}
	return graphtest.View(t, g, graph.Options{})
}

func TestBest(t *testing.T) {
	for _, c := range []struct {
		name, key string
		says      [][2]string
		want      string
	}{
		{"the latest document", "status", [][2]string{{"2031-01-01", "held"}, {"2031-03-01", "planned"}, {"2031-02-01", "cancelled"}}, "planned"},
		{"a document without a day comes first", "status", [][2]string{{"", "held"}, {"2031-01-01", "planned"}}, "planned"},
		{"held beats cancelled", "status", [][2]string{{"2031-01-01", "cancelled"}, {"2031-01-01", "held"}}, "held"},
		{"cancelled beats postponed", "status", [][2]string{{"2031-01-01", "cancelled"}, {"2031-01-01", "postponed"}}, "cancelled"},
		{"postponed beats stalled", "status", [][2]string{{"2031-01-01", "stalled"}, {"2031-01-01", "postponed"}}, "postponed"},
		{"stalled beats planned", "status", [][2]string{{"2031-01-01", "stalled"}, {"2031-01-01", "planned"}}, "stalled"},
		{"documents of one day, written otherwise", "status", [][2]string{{"2031-01-31", "planned"}, {"2031-01", "held"}}, "held"},
		{"a document of some day in a month counts as of its end", "status", [][2]string{{"2031-01-01/2031-01-31", "planned"}, {"2031-01-20", "held"}}, "planned"},
		{"one of some day in a longer time as of its beginning", "status", [][2]string{{"2031-01-01/2031-02-01", "planned"}, {"2031-01-20", "held"}}, "held"},
		{"else the text settles it", "kind", [][2]string{{"2031-01-01", "talks"}, {"2031-01-01", "call"}}, "call"},
		{"one only", "status", [][2]string{{"2031-01-01", "planned"}}, "planned"},

		{"the most precise date", "date", [][2]string{{"2031-01-01", "2031-03-20"}, {"2031-05-01", "2031-03"}, {"2031-06-01", "2031"}}, "2031-03-20"},
		{"a precise date last", "date", [][2]string{{"2031-01-01", "2031"}, {"2031-05-01", "2031-03-20/2031-03-21"}}, "2031-03-20/2031-03-21"},
		{"dates that differ: the latest document", "date", [][2]string{{"2031-01-01", "2031-03-20"}, {"2031-05-01", "2031-04"}}, "2031-04"},
		{"dates of which no one lies in all", "date", [][2]string{{"2031-02-01", "2031-03"}, {"2031-05-01", "2031"}, {"2031-01-01", "2031-04"}}, "2031"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, backwards := range []bool{false, true} {
				says := slices.Clone(c.says)
				if backwards { // the order of loading settles nothing
					slices.Reverse(says)
				}
				v := reports(t, c.key, says...)
				records, err := v.Records(t.Context(), []graph.Node{v.NodeOf("meeting/m")})
				if err != nil {
					t.Fatal(err)
				}
				edges := records[v.NodeOf("meeting/m")].Edges(vocab.Status, vocab.Date, vocab.Kind)
				best, err := v.Best(t.Context(), edges)
				if err != nil || v.Text(best.To) != c.want || len(edges) != len(says) {
					t.Errorf("of %q: %s, %v; want %s", says, v.Text(best.To), err, c.want)
				}
			}
		})
	}
}

func TestBestOfNone(t *testing.T) {
	v := reports(t, "status", [2]string{"2031", "held"}, [2]string{"2031", "planned"})
	if best, err := v.Best(t.Context(), nil); err != nil || best != (graph.Edge{}) {
		t.Errorf("%+v, %v", best, err)
	}
	edges, err := v.Expand(t.Context(), []graph.Node{v.NodeOf("meeting/m")}, vocab.Status, graph.Out)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(edges)
	for i := range edges {
		if best, err := v.Best(t.Context(), edges[i:i+1]); err != nil || best != before[i] {
			t.Errorf("%+v, %v", best, err)
		}
	}
	if _, err := v.Best(t.Context(), edges[:0]); err != nil || !slices.Equal(edges, before) {
		t.Errorf("Best wrote over what lies behind its edges: %+v, %v", edges, err)
	}
}

func TestRecords(t *testing.T) {
	g := load(t, graphtest.Documents()...)
	if _, err := g.Add(t.Context(), []quad.Quad{
		{Subject: graph.ID("move/glass-raised").Value(), Predicate: quad.IRI("x:seen"), Object: quad.String("yes")},
	}); err != nil {
		t.Fatal(err)
	}
	v := graphtest.View(t, g, graph.Options{})
	n := v.NodeOf("move/glass-raised")
	records, err := v.Records(t.Context(), []graph.Node{n, v.NodeOf("person/nobody"), v.NodeOf("country/arl")})
	if err != nil || len(records) != 2 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	r := records[n]
	if got := idsOf(v, r.Nodes(vocab.Agent, vocab.Target, vocab.SpokenBy)); !slices.Equal(got, []graph.ID{"country/arl", "country/bru", "person/ada-quill"}) {
		t.Errorf("actors: %v", got)
	}
	agents := r.Edges(vocab.Agent)
	if len(agents) != 2 { // of two passages
		t.Errorf("agents: %v", graphtest.Edges(v, agents))
	}
	labels := idsOf(v, graph.Labels(append(agents, agents...)))
	slices.Sort(labels)
	if !slices.Equal(labels, []graph.ID{"passage/spring/p1", "passage/summer/p1"}) {
		t.Errorf("labels: %v", labels)
	}
	if foreign := r.Of(nil); len(foreign) != 1 || v.Text(foreign[0].To) != "yes" || len(graph.Labels(foreign)) > 0 {
		t.Errorf("of other vocabularies: %v", graphtest.Edges(v, foreign))
	}
}

func TestWhen(t *testing.T) {
	for _, c := range []struct {
		values []string
		want   string
		edges  int
	}{
		{nil, "", 0},
		{[]string{"effective: 2031-05-01"}, "2031-05-01", 1},
		{[]string{"effective: 2031-05-01", "date: 2031-04"}, "2031-04", 1},
		{[]string{"effective: 2031-05-01", "date: 2031-04", "announced: 2031-03"}, "2031-03", 1},
		{[]string{"announced: 2031-03", "announced: 2031-03-09", "date: 2030"}, "2031-03-09", 2},
	} {
		v := graphtest.View(t, load(t, told(act("move/m", c.values...))), graph.Options{})
		records, err := v.Records(t.Context(), []graph.Node{v.NodeOf("move/m")})
		if err != nil {
			t.Fatal(err)
		}
		date, edges, err := v.When(t.Context(), records[v.NodeOf("move/m")])
		if err != nil || date.String() != c.want || len(edges) != c.edges {
			t.Errorf("%v: %s by %d edges, %v; want %s by %d", c.values, date, len(edges), err, c.want, c.edges)
		}
	}
}

// A date that is no EDTF literal is no date; one that says it is and cannot be
// read is an error.
func TestDateOfAnEdge(t *testing.T) {
	g := load(t)
	if _, err := g.Add(t.Context(), []quad.Quad{
		quad.Make(quad.IRI("x:plain"), vocab.Date.IRI, quad.String("2031-03-20"), nil),
		quad.Make(quad.IRI("x:bad"), vocab.Date.IRI, quad.TypedString{Value: "someday", Type: vocab.EDTF}, nil),
		quad.Make(quad.IRI("x:good"), vocab.Date.IRI, quad.TypedString{Value: "2031-03", Type: vocab.EDTF}, nil),
	}); err != nil {
		t.Fatal(err)
	}
	v := graphtest.View(t, g, graph.Options{})
	for object, want := range map[quad.Value]string{
		quad.String("2031-03-20"):                            "",
		quad.TypedString{Value: "2031-03", Type: vocab.EDTF}: "2031-03",
		quad.TypedString{Value: "someday", Type: vocab.EDTF}: "error",
		quad.TypedString{Value: "2031-03", Type: vocab.Text}: "",
		quad.LangString{Value: "2031-03", Lang: "en"}:        "",
		quad.IRI("https://example.org/not-there"):            "",
	} {
		date, err := v.Date(graph.Edge{To: v.Node(object)})
		if got := date.String(); err != nil && want != "error" || err == nil && got != want {
			t.Errorf("%v: %q, %v; want %q", object, got, err, want)
		}
	}
}
