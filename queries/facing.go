package queries

import (
	"context"
	"slices"

	"parley/graph"
	"parley/graph/vocab"
)

// facing gives each pair of actors who face each other in a negotiation that
// the parameters ask for, and excludes the other meetings with the reason.
func (r *run) facing(ctx context.Context, give func(m *meeting, a, b part)) error {
	f := r.facers()
	start := r.node("actor")
	if start == 0 {
		start = r.node("with")
	}
	meetings, err := r.meetingsOf(ctx, start)
	if err != nil {
		return err
	}
	status := r.word("status")
	for i := range meetings {
		m := &meetings[i]
		if err := ctx.Err(); err != nil {
			return err
		}
		if !r.window(m.date) {
			continue
		}
		pairs := f.pairs(r, m)
		if len(pairs) == 0 {
			continue
		}
		if reason := leftOut(m, status); reason != "" {
			r.exclude(m.node, m.date, reason, m.evidence...)
			continue
		}
		for _, p := range pairs {
			give(m, p[0], p[1])
		}
	}
	return nil
}

// leftOut says why a meeting is no negotiation of the status asked for, or "".
func leftOut(m *meeting, status string) string {
	switch {
	case m.kind == "" && m.status == "":
		return "merely mentioned: no passage says what it was or that it took place"
	case m.kind == "":
		return "no passage says that it was a negotiation"
	case !m.negotiates():
		return "a " + m.kind + " is a meeting but no negotiation"
	case status == "any" || m.status == status:
		return ""
	case m.status == "":
		return "merely mentioned: no passage says what became of it"
	case m.status == "planned" && status == "held":
		return "planned: no passage in view says that it took place"
	}
	return m.status + ", not " + status
}

// facers tells who may stand on either side of a pair.
type facers struct {
	government  bool
	actor, with graph.Node // 0 where any will do
	side        graph.Node // that one of the two must act for; 0 where any will do
}

func (r *run) facers() *facers {
	f := &facers{actor: r.node("actor"), with: r.node("with"), side: r.node("side")}
	folders := map[string]bool{}
	for _, n := range []graph.Node{f.actor, f.with} {
		if n != 0 {
			folders[r.view.ID(n).Folder()] = true
		}
	}
	switch r.word("level") {
	case "government":
		f.government = true
	case "":
		f.government = folders[vocab.Country.Folder] && !folders[vocab.Person.Folder]
	}
	return f
}

// pairs returns those who face each other in a meeting, the one asked for
// first; where none is asked for, by the ids of their sides.
func (f *facers) pairs(r *run, m *meeting) [][2]part {
	var pairs [][2]part
	sides := m.sides()
	for _, one := range sides {
		for _, other := range sides {
			// Of two whose sides are not known nobody can say that they faced
			// each other.
			if one[0].sideOrSelf() == other[0].sideOrSelf() || one[0].side == 0 && other[0].side == 0 {
				continue
			}
			if f.side != 0 && one[0].sideOrSelf() != f.side && other[0].sideOrSelf() != f.side {
				continue
			}
			if f.actor == 0 && f.with == 0 && r.view.ID(one[0].sideOrSelf()) > r.view.ID(other[0].sideOrSelf()) {
				continue
			}
			for _, a := range f.standing(one, f.actor) {
				for _, b := range f.standing(other, f.with) {
					pairs = append(pairs, [2]part{a, b})
				}
			}
		}
	}
	return pairs
}

// standing returns who stands for a side of a meeting: at the level of
// governments the side itself; else its persons, or, where none is named,
// whatever stands for it, and always the organization asked for. Of a country
// asked for it is those who act for it on the day of the meeting, whomever
// they served at another time.
func (f *facers) standing(side []part, asked graph.Node) []part {
	matches := func(p part) bool { return asked == 0 || p.actor == asked || p.sideOrSelf() == asked }
	if f.government {
		if !slices.ContainsFunc(side, matches) {
			return nil
		}
		whole := part{actor: side[0].sideOrSelf(), side: side[0].side}
		for _, p := range side {
			whole.evidence = append(whole.evidence, p.evidence...)
		}
		return []part{whole}
	}
	named := slices.ContainsFunc(side, func(p part) bool { return p.person })
	var standing []part
	for _, p := range side {
		if (p.person || !named || p.actor == asked && p.actor != p.side) && matches(p) {
			standing = append(standing, p)
		}
	}
	return standing
}

// sides groups the parts of a meeting by side, in order of the sides' first
// part. A person of no known side is a side alone.
func (m *meeting) sides() [][]part {
	var sides [][]part
	for _, p := range m.parts {
		i := slices.IndexFunc(sides, func(s []part) bool { return s[0].sideOrSelf() == p.sideOrSelf() })
		if i < 0 {
			sides = append(sides, []part{p})
		} else {
			sides[i] = append(sides[i], p)
		}
	}
	return sides
}

func (p part) sideOrSelf() graph.Node {
	if p.side != 0 {
		return p.side
	}
	return p.actor
}
