package queries

import (
	"context"

	"parley/graph"
	"parley/graph/vocab"
)

// Actor answers what is known about an actor.
var Actor = register(&Query{
	Name:    "actor",
	Title:   "What is known about an actor?",
	Row:     "One row is one fact about the actor: a name, an identifier, an office with its dates, a meeting, an action.",
	Left:    "Of a country, the meetings and actions are those that name the country itself; timeline has those of its office holders too.",
	Example: []string{"--actor", "Liu He"},
	Params: []Param{
		required(actorParam("actor", "the person, country or organization")),
		{Name: "valid-on", Kind: DateParam, Meaning: "only offices held, meetings and actions on this day"},
	},
	Columns: []Column{
		{"fact", WordColumn, "name, alias, id, country, part-of, office, meeting, action, spoke, target"},
		{"text", TextColumn, "the fact, where it is a text"},
		{"node", NodeColumn, "what it leads to, where it is a node"},
		{"role", TextColumn, "the role in a meeting; the kind of an action"},
		{"date", DateColumn, "when; of an office the interval"},
		sourcesColumn,
	},
	walk: walkActor,
})

func walkActor(ctx context.Context, r *run) error {
	actor := r.node("actor")
	records, err := r.view.Records(ctx, []graph.Node{actor})
	if err != nil {
		return err
	}
	for i, f := range []struct {
		fact      string
		predicate *vocab.Predicate
	}{{"name", vocab.Name}, {"alias", vocab.Alias}, {"id", vocab.SameAs}, {"country", vocab.InCountry}, {"part-of", vocab.PartOf}} {
		edges := records[actor].Of(f.predicate)
		for _, n := range graph.Targets(edges) {
			r.property(i, f.fact, n, f.predicate, edges)
		}
	}
	for _, walk := range []func(context.Context, graph.Node) error{r.offices, r.parts, r.acts} {
		if err := walk(ctx, actor); err != nil {
			return err
		}
	}
	return nil
}

// property gives a fact that is a text or a node.
func (r *run) property(rank int, fact string, n graph.Node, p *vocab.Predicate, edges []graph.Edge) {
	var behind []graph.Edge
	for _, e := range edges {
		if e.To == n {
			behind = append(behind, e)
		}
	}
	text, node := r.view.Text(n), graph.Node(0)
	order := text
	if p.Range != nil {
		text, node = "", n
	}
	r.emit(place{numbers: [2]int{rank}, text: order}, fact, text, node, "", graph.Date{}, reasons(graph.Labels(behind)))
}

// onDay tells whether a date holds on --valid-on.
func (r *run) onDay(d graph.Date) bool {
	on := r.date("valid-on")
	return on.IsZero() || d.Overlaps(on.Start(), on.End())
}

func (r *run) offices(ctx context.Context, actor graph.Node) error {
	tenures, err := r.view.Expand(ctx, []graph.Node{actor}, vocab.HeldBy, graph.In)
	if err != nil {
		return err
	}
	nodes := graph.Targets(tenures)
	records, err := r.view.Records(ctx, nodes)
	if err != nil {
		return err
	}
	for _, n := range nodes {
		record := records[n]
		office, offices, err := r.best(ctx, record, vocab.HeldOffice)
		if err != nil {
			return err
		}
		dates := record.Of(vocab.During)
		best, err := r.view.Best(ctx, dates)
		if err != nil {
			return err
		}
		during, err := r.view.Date(best)
		if err != nil {
			return err
		}
		// Pages on offices are background and in view on every day; what began
		// after the day asked for was not known then all the same.
		if known := r.date("known-by"); !known.IsZero() && !during.IsZero() && during.Start() > known.End() {
			continue
		}
		if !during.IsZero() && !r.onDay(during) {
			continue
		}
		r.emit(place{numbers: [2]int{10}, date: during, text: string(r.view.ID(office))},
			"office", "", office, "", during, reasons(graph.Labels(append(offices, dates...))))
	}
	return nil
}

func (r *run) parts(ctx context.Context, actor graph.Node) error {
	parts, err := r.view.Expand(ctx, []graph.Node{actor}, vocab.Participant, graph.In)
	if err != nil {
		return err
	}
	edges, err := r.view.Expand(ctx, graph.Targets(parts), vocab.HasParticipation, graph.In)
	if err != nil {
		return err
	}
	meetings, err := r.readMeetings(ctx, graph.Targets(edges))
	if err != nil {
		return err
	}
	for i := range meetings {
		m := &meetings[i]
		if !r.onDay(m.date) {
			continue
		}
		// A report may name the country of those whom the event has.
		role, own := "", []part{}
		for _, p := range m.parts {
			if p.actor == actor {
				role, own = p.role, []part{p}
				break
			}
			if p.side == actor {
				own = append(own, p)
			}
		}
		r.told(20, "meeting", m.node, role, m.date, m.labels(own...))
	}
	return nil
}

func (r *run) acts(ctx context.Context, actor graph.Node) error {
	for i, f := range []struct {
		fact      string
		predicate *vocab.Predicate
	}{{"action", vocab.Agent}, {"spoke", vocab.SpokenBy}, {"target", vocab.Target}} {
		edges, err := r.view.Expand(ctx, []graph.Node{actor}, f.predicate, graph.In)
		if err != nil {
			return err
		}
		actions, err := r.readActions(ctx, graph.Targets(edges))
		if err != nil {
			return err
		}
		for j := range actions {
			a := &actions[j]
			if !r.onDay(a.date) {
				continue
			}
			r.told(30+i, f.fact, a.node, a.kind(), a.date, a.labels())
		}
	}
	return nil
}

// told gives a fact that is a meeting or an action.
func (r *run) told(rank int, fact string, n graph.Node, role string, date graph.Date, labels reasons) {
	r.emit(place{numbers: [2]int{rank}, date: date, text: string(r.view.ID(n))}, fact, "", n, role, date, labels)
}
