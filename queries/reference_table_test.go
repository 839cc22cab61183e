package queries_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"

	"pgregory.net/rapid"
)

// table is meetings of people who serve one country until 2018 and perhaps
// another from 2019.
type table struct {
	early, late map[graph.ID]graph.ID // sides of actors; none for nobody's
	meetings    []sitting
}

type sitting struct {
	id           graph.ID
	kind, status string
	day          string
	actors       []graph.ID
}

var sitters = []graph.ID{"person/a", "person/b", "person/c", "person/d", "country/x", "country/y", "organization/of-x", "organization/bloc"}

func drawTable(t *rapid.T) *table {
	tab := &table{early: map[graph.ID]graph.ID{}, late: map[graph.ID]graph.ID{}}
	sides := []graph.ID{"", "country/x", "country/y"}
	for _, id := range sitters {
		switch id.Folder() {
		case "person":
			side := rapid.SampledFrom(sides).Draw(t, "side")
			tab.early[id], tab.late[id] = side, side
			if side != "" && rapid.Bool().Draw(t, "changes sides") {
				tab.late[id] = rapid.SampledFrom(sides[1:]).Draw(t, "later side")
			}
		case "country":
			tab.early[id], tab.late[id] = id, id
		}
	}
	for _, sides := range []map[graph.ID]graph.ID{tab.early, tab.late} {
		sides["organization/of-x"], sides["organization/bloc"] = "country/x", "organization/bloc"
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "meetings") {
		tab.meetings = append(tab.meetings, sitting{
			id:     graph.ID(fmt.Sprintf("meeting/m%d", i)),
			kind:   rapid.SampledFrom([]string{"", "talks", "talks", "call", "summit", "visit", "ceremony"}).Draw(t, "kind"),
			status: rapid.SampledFrom([]string{"", "held", "held", "planned", "cancelled"}).Draw(t, "status"),
			day:    rapid.SampledFrom([]string{"2018-12-31", "2019-01-01"}).Draw(t, "day"),
			actors: rapid.SliceOfNDistinct(rapid.SampledFrom(sitters), 0, 5, rapid.ID).Draw(t, "actors"),
		})
	}
	return tab
}

func (tab *table) facts() []graph.Fact {
	var facts []graph.Fact
	for _, id := range sitters {
		f := node(graph.ClassOfFolder(id.Folder()), id)
		if id == "organization/of-x" {
			f.Values = append(f.Values, link(vocab.InCountry, "country/x"))
		}
		facts = append(facts, f)
	}
	for _, x := range []graph.ID{"x", "y"} {
		facts = append(facts, node(vocab.Office, "office/"+x, link(vocab.PostIn, "country/"+x)))
	}
	for _, id := range sitters[:4] {
		for era, side := range map[string]graph.ID{"2010/2018-12-31": tab.early[id], "2019-01-01/..": tab.late[id]} {
			if side != "" {
				facts = append(facts, node(vocab.Tenure, graph.ID("tenure/"+id.Slug()+era[:4]),
					link(vocab.HeldBy, id), link(vocab.HeldOffice, "office/"+graph.ID(side.Slug())), text(vocab.During, era)))
			}
		}
	}
	for _, m := range tab.meetings {
		f := node(vocab.Meeting, m.id, text(vocab.Date, m.day))
		if m.kind != "" {
			f.Values = append(f.Values, text(vocab.Kind, m.kind))
		}
		if m.status != "" {
			f.Values = append(f.Values, text(vocab.Status, m.status))
		}
		for _, actor := range m.actors {
			f.Values = append(f.Values, graph.Value{Predicate: vocab.HasParticipation, Participation: graph.Participation{Actor: actor}})
		}
		facts = append(facts, f)
	}
	return facts
}

// side is whom an actor acts for in a meeting; one whom nobody sent, itself.
func (tab *table) side(m sitting, actor graph.ID) graph.ID {
	sides := tab.early
	if strings.HasPrefix(m.day, "2019") {
		sides = tab.late
	}
	if sides[actor] == "" {
		return actor
	}
	return sides[actor]
}

// nobodys tells whether a person was sent by nobody known.
func (tab *table) nobodys(m sitting, actor graph.ID) bool {
	return actor.Folder() == "person" && tab.side(m, actor) == actor
}

// faces gives who faces whom in a meeting, at the level of persons or of
// governments.
func (tab *table) faces(m sitting, asked, with graph.ID, governments bool) []string {
	fits := func(actor, asked graph.ID) bool {
		return asked == "" || actor == asked || tab.side(m, actor) == asked
	}
	// A delegation stands for its people where some of them are named.
	stands := func(actor, asked graph.ID) bool {
		named := slices.ContainsFunc(m.actors, func(other graph.ID) bool {
			return other.Folder() == "person" && tab.side(m, other) == tab.side(m, actor)
		})
		return actor.Folder() == "person" || !named || actor == asked && actor != tab.side(m, actor)
	}
	found := map[string]bool{}
	for _, a := range m.actors {
		for _, b := range m.actors {
			x, y := tab.side(m, a), tab.side(m, b)
			// Two whom nobody is known to have sent do not face each other.
			if tab.nobodys(m, a) && tab.nobodys(m, b) {
				continue
			}
			if x == y || !fits(a, asked) || !fits(b, with) || asked == "" && with == "" && x > y {
				continue
			}
			if governments {
				found[fmt.Sprint(m.id, " ", x, " ", y)] = true
			} else if stands(a, asked) && stands(b, with) {
				found[fmt.Sprint(m.id, " ", a, " ", b)] = true
			}
		}
	}
	var all []string
	for f := range found {
		all = append(all, f)
	}
	return all
}

func TestNegotiatedWithIsEveryPairOfTwoSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tab := drawTable(t)
		g := open(t, quads(tab.facts()))
		args := map[string]string{"status": rapid.SampledFrom([]string{"held", "planned", "any"}).Draw(t, "status asked for")}
		var asked [2]graph.ID
		for i, name := range []string{"actor", "with"} {
			if rapid.Bool().Draw(t, name+" given") {
				asked[i] = rapid.SampledFrom(sitters).Draw(t, name)
				args[name] = string(asked[i])
			}
		}
		folders := asked[0].Folder() + asked[1].Folder()
		governments := strings.Contains(folders, "country") && !strings.Contains(folders, "person")
		if level := rapid.SampledFrom([]string{"", "person", "government"}).Draw(t, "level"); level != "" {
			args["level"], governments = level, level == "government"
		}
		var want, wantOut []string
		for _, m := range tab.meetings {
			pairs := tab.faces(m, asked[0], asked[1], governments)
			switch {
			case len(pairs) == 0:
			case slices.Contains([]string{"talks", "call", "summit"}, m.kind) && (args["status"] == "any" || args["status"] == m.status):
				want = append(want, pairs...)
			default:
				wantOut = append(wantOut, string(m.id))
			}
		}
		a := ask(t, queries.NegotiatedWith, g, args)
		var got, gotOut []string
		for _, row := range a.Rows {
			got = append(got, fmt.Sprint(row[2].(graph.Ref).ID, " ", row[0].(graph.Ref).ID, " ", row[1].(graph.Ref).ID))
		}
		for _, e := range a.Excluded {
			gotOut = append(gotOut, string(e.Node.ID))
		}
		what := fmt.Sprintf("%v, sides %v, later %v, %v", args, tab.early, tab.late, tab.meetings)
		same(t, "rows of "+what, got, want)
		same(t, "left out of "+what, gotOut, wantOut)
	})
}
