package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

// action is what a view shows of a move, a change, a statement or an agreement.
type action struct {
	node              graph.Node
	record            graph.Record
	class             *vocab.Class
	date              graph.Date
	agents, targets   []graph.Node
	spokenBy, measure graph.Node
	phase, instrument string
	status, stance    string
	plover            string
	rate              graph.Rate
	value             graph.Money
	reports           int // how many passages of data sets tell of it
	evidence          []graph.Edge
}

// kind is the action in a word: the instrument of a move, meeting- and the
// status of a change, statement, agreement, the PLOVER type of another act.
func (a *action) kind() string {
	switch a.class {
	case vocab.MeasureMove:
		return a.instrument
	case vocab.StatusChange:
		return "meeting-" + a.status
	case vocab.Agreement:
		return "agreement"
	case vocab.Action:
		return cmp.Or(a.plover, "action")
	}
	return "statement"
}

func (a *action) labels() reasons { return graph.Labels(a.evidence) }

// by tells whether an actor, or an actor of its side, is among those who act.
func (r *run) by(ctx context.Context, among []graph.Node, actor graph.Node, on graph.Date) (bool, error) {
	if actor == 0 || slices.Contains(among, actor) {
		return true, nil
	}
	sides, err := r.view.Sides(ctx, among, on)
	return slices.Contains(sides, actor), err
}

// between tells whether an action is by the --agent and against the --target.
func (r *run) between(ctx context.Context, a *action) (bool, error) {
	for _, end := range []struct {
		among []graph.Node
		param string
	}{{a.agents, "agent"}, {a.targets, "target"}} {
		if ok, err := r.by(ctx, end.among, r.node(end.param), a.date); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// actions reads all actions of some classes in view.
func (r *run) actions(ctx context.Context, classes ...*vocab.Class) ([]action, error) {
	nodes, err := r.view.Instances(ctx, classes...)
	if err != nil {
		return nil, err
	}
	return r.readActions(ctx, nodes)
}

// readActions reads a set of actions, in the place of reports their events: a
// constant number of calls, whatever the size of the set.
func (r *run) readActions(ctx context.Context, nodes []graph.Node) ([]action, error) {
	t, err := r.read(ctx, nodes)
	if err != nil {
		return nil, err
	}
	var around []graph.Node
	for _, n := range t.events {
		around = append(around, t.records[n].Nodes(vocab.OnMeasure, vocab.HasRate, vocab.Value)...)
	}
	slices.Sort(around)
	attached, err := r.view.Records(ctx, slices.Compact(around))
	if err != nil {
		return nil, err
	}
	actions := make([]action, 0, len(t.events))
	for _, n := range t.events {
		a, err := r.readAction(ctx, n, t, attached)
		if err != nil {
			return nil, err
		}
		actions = append(actions, a)
	}
	return actions, nil
}

func (r *run) readAction(ctx context.Context, n graph.Node, t told, attached map[graph.Node]graph.Record) (action, error) {
	record, reports := t.records[n], t.reports[n]
	a := action{node: n, record: record, reports: passages(record, reports)}
	for _, e := range record.Of(vocab.Type) {
		if c := r.view.Class(e.To); c != nil {
			a.class = c
		}
	}
	a.agents, a.targets = record.Nodes(vocab.Agent), record.Nodes(vocab.Target)
	r.sortByID(a.agents)
	r.sortByID(a.targets)
	date, dates, err := r.view.When(ctx, record)
	if err != nil {
		return a, err
	}
	a.date = date
	a.evidence = append(record.Edges(vocab.Agent, vocab.Target, vocab.SpokenBy), dates...)
	var phase, status, stance, plover, rate, value graph.Node
	for _, f := range []struct {
		node      *graph.Node
		predicate *vocab.Predicate
	}{
		{&a.spokenBy, vocab.SpokenBy},
		{&a.measure, vocab.OnMeasure},
		{&phase, vocab.Phase},
		{&status, vocab.Status},
		{&stance, vocab.Stance},
		{&plover, vocab.PLOVER},
		{&rate, vocab.HasRate},
		{&value, vocab.Value},
	} {
		best, edges, err := r.best(ctx, record, f.predicate)
		if err != nil {
			return a, err
		}
		*f.node = best
		a.evidence = append(a.evidence, edges...)
	}
	a.phase, a.status, a.stance = r.view.Text(phase), r.view.Text(status), r.view.Text(stance)
	a.plover = r.view.Text(plover)
	instrument, _, err := r.best(ctx, attached[a.measure], vocab.Instrument)
	if err != nil {
		return a, err
	}
	a.instrument = r.view.Text(instrument)
	a.rate = graph.Rate{Min: r.first(attached[rate], vocab.MinValue), Max: r.first(attached[rate], vocab.MaxValue)}
	a.value = graph.Money{Amount: r.first(attached[value], vocab.Amount), Currency: r.first(attached[value], vocab.Currency)}
	a.evidence = append(a.evidence, tellings(reports)...)
	if len(a.evidence) == 0 {
		a.evidence = record.Edges(vocab.Type)
	}
	return a, nil
}

// first returns the text of the first object under a predicate.
func (r *run) first(record graph.Record, p *vocab.Predicate) string {
	if nodes := record.Nodes(p); len(nodes) > 0 {
		return r.view.Text(nodes[0])
	}
	return ""
}

// texts joins the texts under a predicate.
func (r *run) texts(record graph.Record, p *vocab.Predicate) string {
	var list []string
	for _, n := range record.Nodes(p) {
		list = append(list, r.view.Text(n))
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}

// announced and effective are the days of a move. A day that a passage gives
// without saying which counts as the day the move took effect where it brings
// the measure into being or changes it, else as the day it was announced.
func (r *run) days(ctx context.Context, a *action) (announced, effective graph.Date, err error) {
	for _, d := range []struct {
		date      *graph.Date
		predicate *vocab.Predicate
	}{{&announced, vocab.Announced}, {&effective, vocab.Effective}} {
		e, err := r.view.Best(ctx, a.record.Of(d.predicate))
		if err != nil {
			return announced, effective, err
		}
		if *d.date, err = r.view.Date(e); err != nil {
			return announced, effective, fmt.Errorf("%s: %w", r.view.ID(a.node), err)
		}
	}
	if len(a.record.Of(vocab.Date)) == 0 {
		return announced, effective, nil
	}
	e, err := r.view.Best(ctx, a.record.Of(vocab.Date))
	if err != nil {
		return announced, effective, err
	}
	day, err := r.view.Date(e)
	if err != nil {
		return announced, effective, fmt.Errorf("%s: %w", r.view.ID(a.node), err)
	}
	switch a.phase {
	case "in-force", "raised", "lowered", "suspended", "removed":
		if effective.IsZero() {
			effective = day
		}
	default:
		if announced.IsZero() {
			announced = day
		}
	}
	return announced, effective, nil
}

func (r *run) sortByID(nodes []graph.Node) {
	slices.SortFunc(nodes, func(a, b graph.Node) int { return strings.Compare(string(r.view.ID(a)), string(r.view.ID(b))) })
}

// latestFirst sorts actions by date, the latest first, then by id.
func (r *run) latestFirst(actions []action) {
	slices.SortFunc(actions, func(a, b action) int {
		return place{date: b.date, text: string(r.view.ID(b.node))}.compare(place{date: a.date, text: string(r.view.ID(a.node))})
	})
}

// earliestFirst sorts actions by date, then by id.
func (r *run) earliestFirst(actions []action) {
	r.latestFirst(actions)
	slices.Reverse(actions)
}

// dated names actions after a word, each with its date.
func (r *run) dated(ctx context.Context, word string, nodes []graph.Node) (string, error) {
	actions, err := r.readActions(ctx, nodes)
	if err != nil {
		return "", err
	}
	r.earliestFirst(actions)
	var parts []string
	for _, a := range actions {
		ref, err := r.view.Ref(ctx, a.node)
		if err != nil {
			return "", err
		}
		text := ref.Name
		if !a.date.IsZero() {
			text += " (" + a.date.Words() + ")"
		}
		parts = append(parts, text)
	}
	return word + ": " + strings.Join(parts, "; "), nil
}

// nameAll joins the names of nodes.
func (r *run) nameAll(ctx context.Context, nodes []graph.Node) (string, error) {
	refs, err := r.view.Refs(ctx, nodes)
	if err != nil {
		return "", err
	}
	var names []string
	for _, n := range nodes {
		names = append(names, refs[n].Name)
	}
	slices.Sort(names)
	return strings.Join(names, "; "), nil
}

// actionsOf reads the actions of some classes that an actor, or a member of
// its side, did, said, was the target of or was spoken about in; all where the
// actor is 0.
func (r *run) actionsOf(ctx context.Context, actor graph.Node, classes ...*vocab.Class) ([]action, error) {
	if actor == 0 {
		return r.actions(ctx, classes...)
	}
	members, err := r.view.Members(ctx, actor)
	if err != nil {
		return nil, err
	}
	var nodes []graph.Node
	for _, p := range []*vocab.Predicate{vocab.Agent, vocab.SpokenBy, vocab.Target, vocab.About} {
		edges, err := r.view.Expand(ctx, members, p, graph.In)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, graph.Targets(edges)...)
	}
	slices.Sort(nodes)
	actions, err := r.readActions(ctx, slices.Compact(nodes))
	return slices.DeleteFunc(actions, func(a action) bool { return !slices.Contains(classes, a.class) }), err
}

// rules returns the ids of the rules among the reasons for edges.
func (r *run) rules(edges []graph.Edge) []string {
	var rules []string
	for _, label := range graph.Labels(edges) {
		if id := r.view.ID(label); id.Folder() == vocab.Rule.Folder {
			rules = append(rules, id.Slug())
		}
	}
	slices.Sort(rules)
	return rules
}
