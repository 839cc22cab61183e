package graph_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/graphtest"
	"parley/graph/vocab"
)

// report is a fact of article/a that a data set tells.
func report(id graph.ID, values ...string) graph.Fact {
	f := act(id, values...)
	f.Values = append(f.Values, graph.Value{Predicate: vocab.CAMEO, Literal: graph.Literal(vocab.CAMEO, "042")})
	return f
}

// visit is a report of a visit of ann to Bru.
func visit(id graph.ID, day string, values ...string) graph.Fact {
	return report(id, append([]string{"kind: visit", "status: held", "mode: in-person", "participants: person/ann", "participants: " + bru, "date: " + day}, values...)...)
}

// joins gives what an inference makes of facts and the world.
func joins(t *testing.T, g *graph.Graph, leaveOut ...graph.ID) []string {
	t.Helper()
	if _, err := graph.Infer(t.Context(), g, graph.Date{}, leaveOut...); err != nil {
		t.Fatal(err)
	}
	return joined(t.Context(), t.Fatal, g)
}

func TestSameEvent(t *testing.T) {
	talks := act("meeting/talks", "kind: talks", "status: held", "participants: person/ann", "participants: person/bea", "date: 2031-03-02/2031-03-03", "place: place/hall")
	for _, c := range []struct {
		name  string
		facts []graph.Fact
		want  []string
	}{
		{
			"a visit told four times, and a negotiation in it",
			[]graph.Fact{
				visit("meeting/r1", "2031-03-02", "place: place/town"), visit("meeting/r2", "2031-03-02"), visit("meeting/r3", "2031-03-03", "place: place/town"),
				report("meeting/r4", "kind: talks", "status: held", "participants: "+bru, "participants: person/ann", "date: 2031-03-03", "place: place/town"),
			},
			[]string{"meeting/r1 of meeting/r4", "meeting/r2 of meeting/r4", "meeting/r3 of meeting/r4"},
		},
		{
			"the meeting that an article describes, whoever else was there",
			[]graph.Fact{talks, visit("meeting/r1", "2031-03-01", "place: place/town"), visit("meeting/r2", "2031-03-04", "place: place/hall"), visit("meeting/r3", "2031-03-05")},
			[]string{"meeting/r1 of meeting/talks", "meeting/r2 of meeting/talks"},
		},
		{"of an article's meeting no side is left out", []graph.Fact{
			talks,
			report("meeting/r1", "kind: talks", "status: held", "participants: person/bea", "participants: "+bru, "date: 2031-03-02"),
		}, nil},
		{"a chain of daily reports does not run together", []graph.Fact{
			visit("meeting/r1", "2031-03-01"), visit("meeting/r2", "2031-03-02"), visit("meeting/r3", "2031-03-03"), visit("meeting/r4", "2031-03-04"), visit("meeting/r5", "2031-03-05"),
		}, []string{"meeting/r2 of meeting/r1", "meeting/r4 of meeting/r3"}},
		{"places that exclude each other, and a narrower one", []graph.Fact{
			visit("meeting/r1", "2031-03-01", "place: "+bru), visit("meeting/r2", "2031-03-01", "place: place/quay"),
			visit("meeting/r3", "2031-03-01", "place: place/hall"), visit("meeting/r4", "2031-03-02", "place: place/quay"),
		}, []string{"meeting/r3 of meeting/r1", "meeting/r4 of meeting/r2"}},
		{"a plan is no visit, nor is a call", []graph.Fact{
			visit("meeting/r1", "2031-03-01"),
			report("meeting/r2", "kind: talks", "status: planned", "participants: person/ann", "participants: "+bru, "date: 2031-03-01"),
			report("meeting/r3", "kind: call", "status: held", "participants: person/ann", "participants: "+bru, "date: 2031-03-01"),
		}, nil},
		{"what two articles tell is two", []graph.Fact{
			talks, act("meeting/other", "kind: talks", "status: held", "participants: person/ann", "participants: person/bea", "date: 2031-03-02"),
		}, nil},
		{
			"an act against one is none against another, nor the other way",
			[]graph.Fact{
				report("action/r1", "plover: aid", "agent: "+arl, "target: "+bru, "date: 2031-03-01"),
				report("action/r2", "plover: aid", "agent: "+bru, "target: "+arl, "date: 2031-03-01"),
				report("action/r3", "plover: protest", "agent: "+arl, "target: "+bru, "date: 2031-03-01"),
				report("action/r4", "plover: aid", "agent: "+arl, "target: "+bru, "date: 2031-03-02"),
				report("action/r5", "plover: aid", "agent: "+arl, "date: 2031-03-01"),
				report("action/r6", "plover: aid", "agent: "+arl, "date: 2031-03-01"),
			},
			[]string{"action/r4 of action/r1"},
		},
		{
			"a move that an article knows by its measure and speaker",
			[]graph.Fact{
				act("move/m", "measure: measure/glass", "phase: raised", "agent: "+arl, "spoken-by: person/ann", "target: "+bru, "announced: 2031-03-01"),
				report("move/r1", "phase: in-force", "agent: person/ann", "target: "+bru, "date: 2031-03-02"),
				report("move/r2", "phase: threatened", "agent: person/ann", "target: "+bru, "date: 2031-03-02"),
			},
			[]string{"move/r1 of move/m"},
		},
		{
			"plans are dated by the day on which they were told",
			[]graph.Fact{
				act("meeting/dinner", "kind: talks", "status: planned", "participants: person/ann", "participants: person/bea", "date: 2031-03-01"),
				report("meeting/r1", "kind: talks", "status: planned", "participants: person/ann", "participants: "+bru, "date: 2031-03-01"),
				report("meeting/r2", "kind: talks", "status: planned", "participants: person/ann", "participants: "+bru, "date: 2031-03-02"),
			},
			[]string{"meeting/r2 of meeting/r1"},
		},
		{"an action that an article dates by the month", []graph.Fact{
			act("meeting/talks", "kind: talks", "status: held", "participants: person/ann", "participants: person/bea", "date: 2031-03"), visit("meeting/r1", "2031-03-01"),
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := load(t, told(slices.Concat(world, c.facts)...))
			if got := joins(t, g); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
			if again, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil || again.New+again.Removed > 0 {
				t.Errorf("a second time: %+v, %v", again, err)
			}
			if got := joins(t, g, graph.SameEvent); got != nil {
				t.Errorf("%q where the rule is left out", got)
			}
			if got := joins(t, g); !slices.Equal(got, c.want) {
				t.Errorf("%q once it is no more, want %q", got, c.want)
			}
		})
	}
}

// The answers-rules look at events: a retaliation that is told five times is
// one answer to one act.
func TestReportsAnswerNothing(t *testing.T) {
	hit := func(id graph.ID, agent, target, day string) graph.Fact {
		return report(id, "phase: raised", "agent: "+agent, "target: "+target, "date: "+day)
	}
	g := load(t, told(
		hit("move/r1", arl, bru, "2031-03-01"), hit("move/r2", arl, bru, "2031-03-01"), hit("move/r3", arl, bru, "2031-03-02"),
		hit("move/s1", bru, arl, "2031-03-04"), hit("move/s2", bru, arl, "2031-03-05"),
	))
	if got, want := inferred(t, g), []string{"s1 -> r1 within-days"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if _, err := graph.Infer(t.Context(), g, graph.Date{}, graph.SameEvent); err != nil {
		t.Fatal(err)
	}
	if got := ruleEdges(t.Context(), t.Fatal, g); len(got) != 2 {
		t.Errorf("of reports that are not joined each answers: %q", got)
	}
}

func TestStaleJoinsGo(t *testing.T) {
	g := load(t, told(slices.Concat(world, []graph.Fact{visit("meeting/r1", "2031-03-01"), visit("meeting/r2", "2031-03-01")})...))
	if got := joins(t, g); len(got) != 1 {
		t.Fatalf("%q", got)
	}
	later := told(visit("meeting/r2", "2031-05-05"))
	if _, err := g.Remove(t.Context(), told(act("meeting/r2", "date: 2031-03-01")).Quads()); err != nil {
		t.Fatal(err)
	}
	graphtest.Load(t, g, later)
	if got := joins(t, g); got != nil {
		t.Errorf("%q of reports that agree no more", got)
	}
}

// A join shows where both its ends do, and where the options let it.
func TestEventsInView(t *testing.T) {
	late := visit("meeting/r1", "2031-03-01") // the event, since it is first by id
	late.Passage = "passage/late/p1"
	d := told(slices.Concat(world, []graph.Fact{late, visit("meeting/r2", "2031-03-01"), visit("meeting/r3", "2031-03-02")})...)
	d.Sources = append(d.Sources, graphtest.Source("article/late", "2031-07-01", 1))
	g := load(t, d)
	if _, err := graph.Infer(t.Context(), g, graph.Date{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		options graph.Options
		want    string
	}{
		{"all", graph.Options{}, "meeting/r2 meeting/r3"},
		{"before the event is known", graph.Options{KnownBy: edtf(t, "2031-06-15")}, ""},
		{"when it is", graph.Options{KnownBy: edtf(t, "2031-07-01")}, "meeting/r2 meeting/r3"},
		{"stated only", graph.Options{StatedOnly: true}, ""},
		{"not merged", graph.Options{NoMerge: true}, ""},
		{"not merged, on a day", graph.Options{NoMerge: true, KnownBy: edtf(t, "2031-07-01")}, ""},
	} {
		v := graphtest.View(t, g, c.options)
		event, first := v.NodeOf("meeting/r1"), v.NodeOf("meeting/r2")
		of, err := v.ReportsOf(t.Context(), []graph.Node{event, first})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, n := range of[event] {
			ids = append(ids, string(v.ID(n)))
		}
		if got := strings.Join(ids, " "); got != c.want || len(of[first]) > 0 {
			t.Errorf("%s: reports %q, want %q", c.name, got, c.want)
		}
		events, err := v.EventsOf(t.Context(), []graph.Node{event, first})
		if err != nil {
			t.Fatal(err)
		}
		if joined := events[first] == event; joined != (c.want != "") || events[event] != 0 {
			t.Errorf("%s: events %v", c.name, events)
		}
	}
	// On the earlier day the rule joins what was known then.
	if _, err := graph.Infer(t.Context(), g, edtf(t, "2031-06-15")); err != nil {
		t.Fatal(err)
	}
	if got := joined(t.Context(), t.Fatal, g); !slices.Equal(got, []string{"meeting/r3 of meeting/r2"}) {
		t.Errorf("%q", got)
	}
}

// NoMerge hides what the rule inferred, and nothing else.
func TestNoMergeLeavesTheRest(t *testing.T) {
	hit := act("move/hit", "phase: raised", "agent: "+arl, "target: "+bru, "date: 2031-03-01")
	back := act("move/back", "phase: raised", "agent: "+bru, "target: "+arl, "date: 2031-03-04")
	g := load(t, told(hit, back))
	if got := inferred(t, g); len(got) != 1 {
		t.Fatalf("%q", got)
	}
	v := graphtest.View(t, g, graph.Options{NoMerge: true})
	answers, err := v.Expand(t.Context(), []graph.Node{v.NodeOf("move/back")}, vocab.RespondsTo, graph.Out)
	if err != nil || len(answers) != 1 {
		t.Errorf("%v, %v", answers, err)
	}
	n := v.NodeOf(graph.SameEvent)
	if said, err := v.Describe(t.Context(), n); err != nil || len(said) == 0 {
		t.Errorf("the rule itself is told: %v, %v", said, err)
	}
}

func TestInferJoinsUntilCancelled(t *testing.T) {
	var facts []graph.Fact
	for _, day := range []string{"01", "02", "03", "04", "05", "06", "07", "08"} {
		facts = append(facts, visit(graph.ID("meeting/r"+day), "2031-03-"+day))
	}
	g := load(t, told(facts...))
	for n := 1; ; n++ {
		_, err := graph.Infer(graphtest.CancelledAfter(t.Context(), n), g, graph.Date{})
		if err == nil {
			break
		}
		if got := joined(t.Context(), t.Fatal, g); len(got) > 0 {
			t.Fatalf("after %d looks: %v, and %q", n, err, got)
		}
	}
	if got := joined(t.Context(), t.Fatal, g); len(got) != 4 {
		t.Errorf("%q", got)
	}
}

// Reports that agree are joined to one event, and stay what they are.
func ExampleView_ReportsOf() {
	ctx := context.Background()
	g, err := graph.Open(ctx, "memory:")
	if err != nil {
		panic(err)
	}
	defer func() { _ = g.Close() }()
	talks := act("meeting/talks", "kind: talks", "status: held", "participants: person/ann", "participants: "+bru, "date: 2031-03-02")
	if _, err := g.Add(ctx, told(talks, visit("meeting/r1", "2031-03-02"), visit("meeting/r2", "2031-03-03")).Quads()); err != nil {
		panic(err)
	}
	if _, err := graph.Infer(ctx, g, graph.Date{}); err != nil {
		panic(err)
	}
	v, err := g.View(graph.Options{})
	if err != nil {
		panic(err)
	}
	defer v.Close()
	event := v.NodeOf("meeting/talks")
	reports, err := v.ReportsOf(ctx, []graph.Node{event})
	if err != nil {
		panic(err)
	}
	for _, n := range reports[event] {
		fmt.Println(v.ID(n), vocab.ReportOf.Label, v.ID(event))
	}
	// Output:
	// meeting/r1 is a report of meeting/talks
	// meeting/r2 is a report of meeting/talks
}
