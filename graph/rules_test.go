package graph_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// act is a fact of article/a about an action.
func act(id graph.ID, values ...string) graph.Fact {
	return graphtest.Fact("passage/a/p1", id, values...)
}

// move is a move on a measure of ours, "" for none.
func move(id graph.ID, agent, target, phase, date, measure string) graph.Fact {
	values := []string{"agent: " + agent, "target: " + target, "phase: " + phase, "date: " + date}
	if measure != "" {
		values = append(values, "measure: measure/"+measure)
	}
	return act(id, values...)
}

// inferred lists the edges that rules concluded as "later -> earlier by rule".
func inferred(t *testing.T, g *graph.Graph) []string {
	t.Helper()
	if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
		t.Fatal(err)
	}
	return ruleEdges(t.Context(), t.Fatal, g)
}

func ruleEdges(ctx context.Context, fatal func(...any), g *graph.Graph) []string {
	v, err := g.View(graph.Options{})
	if err != nil {
		fatal(err)
	}
	defer v.Close()
	nodes, err := v.Instances(ctx, vocab.Actions()...)
	if err != nil {
		fatal(err)
	}
	edges, err := v.Expand(ctx, nodes, vocab.RespondsTo, graph.Out)
	if err != nil {
		fatal(err)
	}
	carried, err := v.Expand(ctx, nodes, vocab.CarriesOut, graph.Out)
	if err != nil {
		fatal(err)
	}
	edges = append(edges, carried...)
	var lines []string
	for _, e := range edges {
		if rule, ok := strings.CutPrefix(v.Text(e.Label), "rule/"); ok {
			lines = append(lines, v.ID(e.From).Slug()+" -> "+v.ID(e.To).Slug()+" "+strings.TrimPrefix(rule, "answers-"))
		}
	}
	slices.Sort(lines)
	return lines
}

const (
	arl = "country/arl"
	bru = "country/bru"
	cor = "country/cor"
)

func TestRules(t *testing.T) {
	hit := move("move/hit", arl, bru, "raised", "2031-03-01", "glass")
	for _, c := range []struct {
		name  string
		facts []graph.Fact
		want  []string
	}{
		// On the same measure.
		{
			"a move on the same measure",
			[]graph.Fact{hit, move("move/back", bru, arl, "lowered", "2031-12-01", "glass")},
			[]string{"back -> hit on-measure"},
		},
		{"a move on another measure", []graph.Fact{hit, move("move/back", bru, arl, "lowered", "2031-12-01", "wine")}, nil},
		{
			"a statement about the measure",
			[]graph.Fact{
				hit,
				act("statement/back", "agent: "+bru, "target: "+arl, "date: 2031-12-01", "stance: reject", "about: measure/glass"),
			},
			[]string{"back -> hit on-measure"},
		},
		{
			"a statement about the move",
			[]graph.Fact{
				hit,
				act("statement/back", "agent: "+bru, "target: "+arl, "date: 2031-12-01", "stance: reject", "about: move/hit"),
			},
			[]string{"back -> hit on-measure"},
		},
		{"a statement about something else", []graph.Fact{
			hit,
			act("statement/back", "agent: "+bru, "target: "+arl, "date: 2031-03-02", "stance: accuse", "about: measure/wine"),
		}, nil},
		{"nothing answers a statement", []graph.Fact{
			act("statement/first", "agent: "+arl, "target: "+bru, "date: 2031-03-01", "stance: threaten", "about: measure/glass"),
			move("move/back", bru, arl, "raised", "2031-03-02", "glass"),
		}, nil},
		{
			"the latest move on the measure, not a later one on another",
			[]graph.Fact{
				move("move/older", arl, bru, "considered", "2030-01-01", "glass"), hit,
				move("move/other", arl, bru, "raised", "2031-03-05", "wine"),
				move("move/back", bru, arl, "raised", "2031-03-09", "glass"),
			},
			[]string{"back -> hit on-measure", "hit -> older carries-out-threat"},
		},
		{
			"all moves of the latest day",
			[]graph.Fact{
				move("move/older", arl, bru, "raised", "2031-02-28", "glass"), hit,
				move("move/twin", arl, bru, "considered", "2031-03-01", "glass"),
				move("move/back", bru, arl, "raised", "2031-03-09", "glass"),
			},
			[]string{"back -> hit on-measure", "back -> twin on-measure"},
		},

		// Within days.
		{
			"a hostile move, 14 days after",
			[]graph.Fact{hit, move("move/back", bru, arl, "announced", "2031-03-15", "")},
			[]string{"back -> hit within-days"},
		},
		{"15 days after", []graph.Fact{hit, move("move/back", bru, arl, "announced", "2031-03-16", "")}, nil},
		{
			"days are counted between the sure bounds",
			[]graph.Fact{
				move("move/hit", arl, bru, "raised", "2031-02-20/2031-03-01", ""),
				move("move/back", bru, arl, "announced", "2031-03-15/2031-03-30", ""),
			},
			[]string{"back -> hit within-days"},
		},
		{"a friendly move answers nothing", []graph.Fact{hit, move("move/back", bru, arl, "suspended", "2031-03-02", "")}, nil},
		{"a friendly move is not answered", []graph.Fact{
			move("move/hit", arl, bru, "removed", "2031-03-01", ""), move("move/back", bru, arl, "raised", "2031-03-02", ""),
		}, nil},
		{
			"calling talks off",
			[]graph.Fact{
				hit,
				act("change/off", "agent: "+bru, "target: "+arl, "date: 2031-03-04", "status: cancelled", "meeting: meeting/m"),
			},
			[]string{"off -> hit within-days"},
		},
		{"planning talks", []graph.Fact{
			hit,
			act("change/on", "agent: "+bru, "target: "+arl, "date: 2031-03-04", "status: planned", "meeting: meeting/m"),
		}, nil},
		{
			"the latest hostile move",
			[]graph.Fact{
				hit,
				move("move/nearer", arl, bru, "in-force", "2031-03-05", ""), move("move/friendly", arl, bru, "lowered", "2031-03-06", ""),
				move("move/back", bru, arl, "raised", "2031-03-09", ""),
			},
			[]string{"back -> nearer within-days"},
		},
		{
			"the measure settles it before the days do",
			[]graph.Fact{
				hit,
				move("move/nearer", arl, bru, "in-force", "2031-03-05", "wine"), move("move/back", bru, arl, "raised", "2031-03-09", "glass"),
			},
			[]string{"back -> hit on-measure"},
		},

		// Both.
		{"a stated cause settles it", []graph.Fact{
			hit, move("move/other", arl, bru, "raised", "2020", ""),
			act("move/back", "agent: "+bru, "target: "+arl, "phase: raised", "date: 2031-03-02", "measure: measure/glass", "responds-to: move/other"),
		}, nil},
		{"the same side", []graph.Fact{hit, move("move/back", arl, bru, "raised", "2031-03-02", "glass")}, nil},
		{"a third side", []graph.Fact{hit, move("move/back", cor, arl, "raised", "2031-03-02", "glass")}, nil},
		{"against a third side", []graph.Fact{hit, move("move/back", bru, cor, "raised", "2031-03-02", "glass")}, nil},
		{"a quarrel within one side", []graph.Fact{
			move("move/hit", arl, arl, "raised", "2031-03-01", "glass"), move("move/back", arl, arl, "raised", "2031-03-02", "glass"),
		}, nil},
		{
			"one of several agents and targets",
			[]graph.Fact{
				act("move/hit", "agent: "+arl, "agent: "+cor, "target: "+bru, "phase: raised", "date: 2031-03-01"),
				act("move/back", "agent: "+bru, "target: "+cor, "target: "+arl, "phase: raised", "date: 2031-03-02"),
			},
			[]string{"back -> hit within-days"},
		},
		{"the same day", []graph.Fact{hit, move("move/back", bru, arl, "raised", "2031-03-01", "glass")}, nil},
		{"overlapping dates", []graph.Fact{hit, move("move/back", bru, arl, "raised", "2031-03", "glass")}, nil},
		{"an open start", []graph.Fact{hit, move("move/back", bru, arl, "raised", "/2031-03-09", "glass")}, nil},
		{"an open end", []graph.Fact{
			move("move/hit", arl, bru, "raised", "2031-03-01/..", "glass"), move("move/back", bru, arl, "raised", "2031-03-09", "glass"),
		}, nil},
		{"no date", []graph.Fact{hit, act("move/back", "agent: "+bru, "target: "+arl, "phase: raised", "measure: measure/glass")}, nil},
		{"no target", []graph.Fact{hit, act("move/back", "agent: "+bru, "phase: raised", "date: 2031-03-02", "measure: measure/glass")}, nil},
		{
			"announced before, in effect after",
			[]graph.Fact{
				hit,
				act("move/back", "agent: "+bru, "target: "+arl, "phase: raised", "announced: 2031-02-27", "effective: 2031-03-05"),
			},
			[]string{"hit -> back within-days"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := inferred(t, load(t, told(c.facts...))); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// Persons and ministries act for their country, by the office of the day.
func TestRulesSeeSides(t *testing.T) {
	g := load(t, graphtest.Actors(), told(
		move("move/hit", "person/ada-quill", "person/mira-sedd", "raised", "2031-03-01", ""),
		move("move/back", bru, "organization/arland-trade", "raised", "2031-03-02", ""),
	))
	if got := inferred(t, g); !slices.Equal(got, []string{"back -> hit within-days"}) {
		t.Errorf("%q", got)
	}
}

func TestInferTwiceAddsNothing(t *testing.T) {
	g := load(t, graphtest.Documents()...)
	first, err := graph.Infer(t.Context(), g, graph.Date{})
	if err != nil || first.New == 0 || first.Known != 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := graph.Infer(t.Context(), g, graph.Date{})
	if err != nil || second != (graph.Added{Known: first.New}) {
		t.Errorf("the second time %+v, %v; the first %+v", second, err, first)
	}
}

// What a rule concluded is no cause that a passage states: a rule does not
// settle for another what it may conclude.
func TestInferAfterMoreFacts(t *testing.T) {
	later, hit := move("move/back", bru, arl, "raised", "2031-03-09", ""), move("move/hit", arl, bru, "raised", "2031-03-01", "")
	g := load(t, told(later))
	if got := inferred(t, g); len(got) > 0 {
		t.Errorf("nothing to answer: %q", got)
	}
	graphtest.Load(t, g, told(hit))
	if got := inferred(t, g); !slices.Equal(got, []string{"back -> hit within-days"}) {
		t.Errorf("%q", got)
	}
}

// Conclusions that no longer hold go, whoever concluded them; what a passage
// states stays.
func TestInferAgain(t *testing.T) {
	hit, nearer := move("move/hit", arl, bru, "raised", "2031-03-01", ""), move("move/nearer", arl, bru, "raised", "2031-03-05", "")
	g := load(t, told(hit, move("move/back", bru, arl, "raised", "2031-03-09", ""), act("move/other", "responds-to: move/hit")))
	rule := graph.ID("rule/answers-within-days").Value()
	var stale []quad.Quad
	for _, q := range told(act("move/hit", "responds-to: move/back")).Quads() {
		if q.Predicate == vocab.RespondsTo.IRI {
			q.Label = rule
			stale = append(stale, q)
		}
	}
	stale = append(stale, quad.Quad{Subject: rule, Predicate: vocab.Version.IRI, Object: quad.String("0"), Label: rule})
	if _, err := g.Add(t.Context(), stale); err != nil {
		t.Fatal(err)
	}
	infer := func(day string) graph.Added {
		t.Helper()
		var known graph.Date
		if day != "" {
			known = edtf(t, day)
		}
		added, err := graph.Infer(t.Context(), g, known)
		if err != nil {
			t.Fatal(err)
		}
		return added
	}
	is := func(want ...string) {
		t.Helper()
		if got := ruleEdges(t.Context(), t.Fatal, g); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := infer(""); got.Removed != 2 {
		t.Errorf("what another program concluded: %+v", got)
	}
	is("back -> hit within-days")
	if got := infer("2031-05-31"); got.Removed != 1 || got.New > 0 {
		t.Errorf("before the article: %+v", got)
	}
	is()
	infer("")
	is("back -> hit within-days")
	graphtest.Load(t, g, told(nearer))
	if got := infer(""); got.Removed != 1 || got.New != 1 {
		t.Errorf("a nearer move: %+v", got)
	}
	is("back -> nearer within-days")
	if _, err := g.Remove(t.Context(), told(nearer).Quads()[len(told().Quads()):]); err != nil {
		t.Fatal(err)
	}
	infer("")
	is("back -> hit within-days")
	v := graphtest.View(t, g, graph.Options{StatedOnly: true})
	edges, err := v.Expand(t.Context(), []graph.Node{v.NodeOf("move/other")}, vocab.RespondsTo, graph.Out)
	if err != nil || len(edges) != 1 {
		t.Errorf("what a passage states: %v, %v", edges, err)
	}
}

// Within a larger change the rules see what it did before.
func TestInferTx(t *testing.T) {
	g := load(t)
	added, err := g.Update(t.Context(), func(tx *graph.Tx) error {
		for _, d := range graphtest.Documents() {
			if err := tx.Add(t.Context(), d.Quads()); err != nil {
				return err
			}
		}
		return graph.InferTx(t.Context(), tx, graph.Date{})
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := ruleEdges(t.Context(), t.Fatal, g); !slices.Equal(got, []string{"saltmouth-off -> glass-raised within-days"}) {
		t.Errorf("%q", got)
	}
	once := load(t, graphtest.Documents()...)
	inferAll(t, once)
	if stats, err := once.Stats(t.Context()); err != nil || stats.Quads != int64(added.New) {
		t.Errorf("%+v, %+v, %v", added, stats, err)
	}
}

func TestInferCancelled(t *testing.T) {
	g := load(t, graphtest.Documents()...)
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if added, err := graph.Infer(done, g, graph.Date{}); !errors.Is(err, context.Canceled) || added != (graph.Added{}) {
		t.Errorf("%+v, %v", added, err)
	}
	if got := ruleEdges(t.Context(), t.Fatal, g); len(got) > 0 {
		t.Errorf("left %q", got)
	}
}

// A rule can be printed: its quads say what it is, under its own label.
func TestRulesAreInTheGraph(t *testing.T) {
	g := load(t)
	inferred(t, g)
	v := graphtest.View(t, g, graph.Options{StatedOnly: true})
	for _, r := range graph.Rules() {
		if r.Name == "" || r.Version == "" || r.Meaning == "" || r.ID.Folder() != vocab.Rule.Folder {
			t.Errorf("%+v lacks something", r)
		}
		edges, err := v.Labelled(t.Context(), []graph.Node{v.NodeOf(r.ID)})
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(graphtest.Edges(v, edges), "\n")
		for _, text := range []string{"-type-> " + string(vocab.Rule.IRI), "-name-> " + r.Name, "-description-> " + r.Meaning, "-version-> " + r.Version} {
			if !strings.Contains(got, text) {
				t.Errorf("%s lacks %q:\n%s", r.ID, text, got)
			}
		}
	}
}
