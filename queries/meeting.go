package queries

import (
	"context"
	"slices"

	"parley/graph"
	"parley/graph/vocab"
)

// meeting is what a view shows of a meeting. Words are "" where no passage
// gives one.
type meeting struct {
	node         graph.Node
	kind, status string
	mode         string
	date         graph.Date
	place        graph.Node
	parts        []part
	record       graph.Record
	reports      int          // how many passages of data sets tell of it
	evidence     []graph.Edge // behind kind, status, date, mode and place
}

// part is one actor's part in a meeting.
type part struct {
	actor, side graph.Node // side is 0 where no office tells it
	person      bool
	role        string
	evidence    []graph.Edge
}

// negotiates tells whether the kind of the meeting counts as negotiation.
func (m *meeting) negotiates() bool { return slices.Contains(vocab.Negotiations, m.kind) }

// labels are the reasons behind the meeting and some of its parts.
func (m *meeting) labels(parts ...part) reasons {
	edges := slices.Clone(m.evidence)
	for _, p := range parts {
		edges = append(edges, p.evidence...)
	}
	return graph.Labels(edges)
}

// allMeetings reads every meeting in view.
func (r *run) allMeetings(ctx context.Context) ([]meeting, error) {
	nodes, err := r.view.Instances(ctx, vocab.Meeting)
	if err != nil {
		return nil, err
	}
	return r.readMeetings(ctx, nodes)
}

// meetingsOf reads the meetings that an actor, or a member of its side, took
// part in or was to; every meeting where the actor is 0.
func (r *run) meetingsOf(ctx context.Context, actor graph.Node) ([]meeting, error) {
	if actor == 0 {
		return r.allMeetings(ctx)
	}
	if err := r.view.Prefetch(ctx, []graph.Node{actor}, takingPart()...); err != nil {
		return nil, err
	}
	members, err := r.view.Members(ctx, actor)
	if err != nil {
		return nil, err
	}
	parts, err := r.view.Neighbours(ctx, members, vocab.Participant, graph.In)
	if err != nil {
		return nil, err
	}
	meetings, err := r.view.Neighbours(ctx, parts, vocab.HasParticipation, graph.In)
	if err != nil {
		return nil, err
	}
	return r.readMeetings(ctx, meetings)
}

// readMeetings reads a set of meetings, in the place of reports their events.
func (r *run) readMeetings(ctx context.Context, nodes []graph.Node) ([]meeting, error) {
	t, err := r.read(ctx, nodes)
	if err != nil {
		return nil, err
	}
	var partNodes []graph.Node
	for _, n := range t.events {
		partNodes = append(partNodes, t.records[n].Nodes(vocab.HasParticipation)...)
		for _, report := range t.reports[n] {
			partNodes = append(partNodes, report.Nodes(vocab.HasParticipation)...)
		}
	}
	parts, err := r.view.Records(ctx, partNodes)
	if err != nil {
		return nil, err
	}
	meetings := make([]meeting, 0, len(t.events))
	for _, n := range t.events {
		m, err := r.readMeeting(ctx, n, t, parts)
		if err != nil {
			return nil, err
		}
		meetings = append(meetings, m)
	}
	return meetings, nil
}

func (r *run) readMeeting(ctx context.Context, n graph.Node, t told, parts map[graph.Node]graph.Record) (meeting, error) {
	record, reports := t.records[n], t.reports[n]
	m := meeting{node: n, record: record, reports: passages(record, reports)}
	for _, w := range []struct {
		word      *string
		predicate *vocab.Predicate
	}{{&m.kind, vocab.Kind}, {&m.status, vocab.Status}, {&m.mode, vocab.Mode}} {
		best, edges, err := r.best(ctx, record, w.predicate)
		if err != nil {
			return m, err
		}
		*w.word = r.view.Text(best)
		m.evidence = append(m.evidence, edges...)
	}
	place, edges, err := r.bestPlace(ctx, record)
	if err != nil {
		return m, err
	}
	m.place = place
	m.evidence = append(m.evidence, edges...)
	date, dates, err := r.view.When(ctx, record)
	if err != nil {
		return m, err
	}
	m.date = date
	m.evidence = append(m.evidence, dates...)
	m.evidence = append(m.evidence, tellings(reports)...)
	if len(m.evidence) == 0 {
		m.evidence = record.Edges(vocab.Type)
	}
	for _, e := range record.Edges(vocab.HasParticipation) {
		for _, actor := range parts[e.To].Nodes(vocab.Participant) {
			if i := slices.IndexFunc(m.parts, func(p part) bool { return p.actor == actor }); i >= 0 {
				m.parts[i].evidence = append(m.parts[i].evidence, e)
				continue
			}
			p := part{actor: actor, person: r.view.ID(actor).Folder() == vocab.Person.Folder, evidence: []graph.Edge{e}}
			role, _, err := r.best(ctx, parts[e.To], vocab.Role)
			if err != nil {
				return m, err
			}
			p.role = r.view.Text(role)
			if p.side, err = r.view.Side(ctx, actor, m.date); err != nil {
				return m, err
			}
			m.parts = append(m.parts, p)
		}
	}
	for _, report := range reports {
		m.support(report, parts)
	}
	slices.SortFunc(m.parts, r.byRole)
	return m, nil
}

// support adds what a report says of who took part: of a country, that those
// did who act for it.
func (m *meeting) support(report graph.Record, parts map[graph.Node]graph.Record) {
	for _, e := range report.Of(vocab.HasParticipation) {
		for _, actor := range parts[e.To].Nodes(vocab.Participant) {
			for i := range m.parts {
				if p := &m.parts[i]; p.actor == actor || p.side == actor {
					p.evidence = append(p.evidence, e)
				}
			}
		}
	}
}

// byRole orders parts: by side, leaders first, then by id.
func (r *run) byRole(a, b part) int {
	rank := func(p part) int {
		if i := slices.Index(vocab.Roles.List, p.role); i >= 0 {
			return i
		}
		return len(vocab.Roles.List)
	}
	key := func(p part) place {
		return place{numbers: [2]int{0, rank(p)}, text: string(r.view.ID(p.side)) + " " + string(r.view.ID(p.actor))}
	}
	x, y := key(a), key(b)
	if a.side != b.side {
		x.numbers, y.numbers = [2]int{}, [2]int{}
	}
	return x.compare(y)
}

// best returns the object that stands under a functional predicate, and the
// edges that lead to it.
func (r *run) best(ctx context.Context, record graph.Record, p *vocab.Predicate) (graph.Node, []graph.Edge, error) {
	edges := record.Of(p)
	e, err := r.view.Best(ctx, edges)
	if err != nil || e.To == 0 {
		return 0, nil, err
	}
	var behind []graph.Edge
	for _, other := range edges {
		if other.To == e.To {
			behind = append(behind, other)
		}
	}
	return e.To, behind, nil
}

// bestPlace returns the place of a meeting: of a building and its city the
// building. Its evidence is that of every place that agrees.
func (r *run) bestPlace(ctx context.Context, record graph.Record) (graph.Node, []graph.Edge, error) {
	best, edges, err := r.best(ctx, record, vocab.Location)
	if err != nil || best == 0 {
		return 0, nil, err
	}
	for _, n := range record.Nodes(vocab.Location) {
		within, err := r.within(ctx, n, best)
		if err != nil {
			return 0, nil, err
		}
		if within {
			best, edges = n, record.Of(vocab.Location)
		}
	}
	return best, edges, nil
}

// within tells whether a place lies in another, or in a country.
func (r *run) within(ctx context.Context, n, outer graph.Node) (bool, error) {
	seen := map[graph.Node]bool{}
	for frontier := []graph.Node{n}; len(frontier) > 0; {
		places, err := r.view.Neighbours(ctx, frontier, vocab.ContainedIn, graph.Out)
		if err != nil {
			return false, err
		}
		countries, err := r.view.Neighbours(ctx, frontier, vocab.InCountry, graph.Out)
		if err != nil {
			return false, err
		}
		places = append(places, countries...)
		frontier = nil
		for _, to := range places {
			if to == outer {
				return true, nil
			}
			if !seen[to] {
				seen[to] = true
				frontier = append(frontier, to)
			}
		}
	}
	return false, nil
}

// participants names the parts of a meeting.
func (r *run) participants(ctx context.Context, parts []part) ([]Participant, error) {
	list := make([]Participant, len(parts))
	for i, p := range parts {
		ref, err := r.view.Ref(ctx, p.actor)
		if err != nil {
			return nil, err
		}
		list[i] = Participant{Node: ref}
		if p.role != "" {
			list[i].Role = &p.role
		}
		if p.side != 0 {
			side, err := r.view.Ref(ctx, p.side)
			if err != nil {
				return nil, err
			}
			list[i].Side = &side
		}
	}
	return list, nil
}
