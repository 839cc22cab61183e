package graph

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// SameEvent is the id of the rule that joins reports of one event to it.
const SameEvent ID = "rule/same-event"

const (
	// JoinDays is how many days the reports of an event may be later than its
	// first, or lie beside the days that an article gives it: data sets date
	// what happened by when it was told, and days differ across the world.
	JoinDays = 1
	// JoinSpan is how many days an article may give an event at most for
	// reports to be joined to it: what it dates by the month could be any of
	// what data sets tell of that month.
	JoinSpan = 7
)

func sameEvent() Rule {
	return Rule{
		ID: SameEvent, Name: "same event", Version: "2",
		Meaning: strings.Join([]string{
			"Reports (actions with a CAMEO code, as data sets give one) tell of one event if they agree on what was done, by whom, when and where.",
			"What: they are of one class; meetings of one status, and all calls, all ceremonies, all hearings, or all talks, summits and visits, in person or with no mode told, or by one other mode, or those of one mode of which no kind is told; statements of one stance; changes of one status; moves and other acts of one PLOVER type.",
			"Who: the same participants, two at least, or the same agents and the same targets.",
			fmt.Sprintf("When: in order of their days, of one day those that tell a place first, then by id, each joins the first event that agrees and whose first report is no more than %d day earlier. Of a planned meeting the first day counts; what else is not dated to the day joins none.", JoinDays),
			"Where: the place is that of the event, lies in it or holds it, or one of them tells none; the event's is the narrowest so far.",
			"The event is the report that negotiates (talks, call, summit) before another, then the earliest, then the first by id.",
			"First of all a report joins an action that an article tells of (one without a CAMEO code), if the two agree. Of a meeting, but not of one that is planned, since reports date a plan by the day on which it was told, each party of the report takes part, or is the side that a participant acts for on the first day, each side of the meeting is a party's, and where persons took part one of them is a party. Of an act each agent of the report is an agent, announced it, or is the side of such a one, and each target is a target or the side of one; a move without a PLOVER type has that of its phase (threatened: threaten; announced, in-force, raised: sanction; lowered, suspended, postponed, removed: retreat).",
			fmt.Sprintf("The article dates the action to %d days at most, and the report lies in them, or at most %d day before or after. Of several actions it joins the nearest in days, then a meeting that is no part of another, then one that negotiates, then the earliest, then the first by id.", JoinSpan, JoinDays),
		}, " "),
		joins: joinReports,
	}
}

// joinReports tells which report is of which event.
func joinReports(ctx context.Context, v *View) ([]conclusion, error) {
	r, err := v.reports(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.sort(ctx); err != nil {
		return nil, err
	}
	j := joiner{reports: r}
	for rest := r.reports; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(o report) bool { return o.group != rest[0].group })
		if n < 0 {
			n = len(rest)
		}
		if err := j.join(ctx, rest[:n]); err != nil {
			return nil, err
		}
		rest = rest[n:]
	}
	return j.joins, v.Err()
}

// sort puts the reports of each group together, in the order in which they
// join.
func (r *reports) sort(ctx context.Context) error {
	slices.SortFunc(r.reports, report.compare)
	for rest := r.reports; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].compare(rest[0]) == 0 {
			n++
		}
		// Ids are read only where nothing else gives the order.
		if err := r.sortByID(ctx, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return r.Err()
}

func (r report) compare(s report) int {
	last := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(r.group, s.group), cmp.Compare(r.day, s.day), last(r.place == 0)-last(s.place == 0))
}

func (r *reports) sortByID(ctx context.Context, of []report) error {
	if len(of) < 2 {
		return ctx.Err()
	}
	type named struct {
		id ID
		report
	}
	list := make([]named, len(of))
	for i := range of {
		list[i] = named{r.ID(of[i].node), of[i]}
	}
	slices.SortFunc(list, func(a, b named) int { return cmp.Compare(a.id, b.id) })
	for i := range list {
		of[i] = list[i].report
	}
	return ctx.Err()
}

// joiner joins the reports of one group after the other.
type joiner struct {
	*reports
	joins []conclusion
	// open are the events that a later report of the group may still join, in
	// the order in which they began; the first has the number done.
	open []gathering
	done int
	// at has the numbers of open events by their place, in order: each under its
	// place, 0 where it has none, and under in of every place that holds it. What
	// has a narrower place by now is there still.
	at, in map[Node][]int
}

// gathering is reports of one event that no article tells of.
type gathering struct {
	first   Day
	place   Node // the narrowest
	members []report
}

func (j *joiner) join(ctx context.Context, group []report) error {
	who := j.parties(group[0].group)
	j.open, j.done, j.at, j.in = j.open[:0], 0, make(map[Node][]int), make(map[Node][]int)
	for i := range group {
		if err := ctx.Err(); err != nil {
			return err
		}
		r := &group[i]
		told, err := j.told(ctx, r, who)
		if err != nil {
			return err
		}
		if told != nil {
			j.joins = append(j.joins, conclusion{from: r.node, to: told.node})
			continue
		}
		if err := j.gather(ctx, r); err != nil {
			return err
		}
	}
	j.settle(MaxDay)
	return nil
}

// gather puts a report to the first event that it agrees with, or to a new one.
func (j *joiner) gather(ctx context.Context, r *report) error {
	j.settle(r.day)
	number, err := j.agreeing(ctx, r.place)
	if err != nil {
		return err
	}
	if number < 0 {
		j.open = append(j.open, gathering{r.day, r.place, []report{*r}})
		return j.file(ctx, j.done+len(j.open)-1, r.place)
	}
	g := &j.open[number-j.done]
	place, _, err := j.narrower(ctx, g.place, r.place)
	if err != nil {
		return err
	}
	g.members = append(g.members, *r)
	if place == g.place {
		return nil
	}
	g.place = place
	return j.file(ctx, number, place)
}

// agreeing returns the number of the first open event whose place agrees with
// one, -1 where there is none.
func (j *joiner) agreeing(ctx context.Context, place Node) (int, error) {
	if place == 0 {
		if len(j.open) == 0 {
			return -1, nil
		}
		return j.done, nil
	}
	wider, err := j.widerThan(ctx, place)
	if err != nil {
		return -1, err
	}
	best := -1
	look := func(numbers []int) error {
		for _, n := range numbers {
			if n < j.done {
				continue
			}
			if best >= 0 && n >= best {
				break
			}
			// It may have moved to a narrower place since.
			_, ok, err := j.narrower(ctx, j.open[n-j.done].place, place)
			if err != nil {
				return err
			}
			if ok {
				best = n
				break
			}
		}
		return nil
	}
	for _, numbers := range append([][]int{j.at[0], j.at[place], j.in[place]}, placesOf(j.at, wider)...) {
		if err := look(numbers); err != nil {
			return -1, err
		}
	}
	return best, nil
}

func placesOf(at map[Node][]int, places []Node) [][]int {
	all := make([][]int, len(places))
	for i, n := range places {
		all[i] = at[n]
	}
	return all
}

// file notes where an open event is. Numbers stay in order: an event that moves
// is put among them.
func (j *joiner) file(ctx context.Context, number int, place Node) error {
	put := func(m map[Node][]int, n Node) {
		numbers := m[n]
		past, _ := slices.BinarySearch(numbers, j.done) // those are settled
		numbers = numbers[past:]
		if i, there := slices.BinarySearch(numbers, number); !there {
			numbers = slices.Insert(numbers, i, number)
		}
		m[n] = numbers
	}
	put(j.at, place)
	if place == 0 {
		return nil
	}
	wider, err := j.widerThan(ctx, place)
	if err != nil {
		return err
	}
	for _, n := range wider {
		put(j.in, n)
	}
	return nil
}

// settle concludes about the events that no report of a day, or later, joins.
func (j *joiner) settle(day Day) {
	done := 0
	for done < len(j.open) && j.open[done].first < day-JoinDays {
		j.conclude(j.open[done].members)
		done++
	}
	j.open = slices.Delete(j.open, 0, done)
	j.done += done
}

func (j *joiner) conclude(members []report) {
	if len(members) < 2 {
		return
	}
	event := slices.MinFunc(members, func(a, b report) int {
		return cmp.Or(boolFirst(a.negotiates, b.negotiates), cmp.Compare(a.day, b.day), cmp.Compare(j.ID(a.node), j.ID(b.node)))
	})
	for _, m := range members {
		if m.node != event.node {
			j.joins = append(j.joins, conclusion{from: m.node, to: event.node})
		}
	}
}

// boolFirst orders what is so before what is not.
func boolFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// told returns the action of an article that a report joins, or nil.
func (j *joiner) told(ctx context.Context, r *report, who parties) (*event, error) {
	list := j.events[eventKey{who.what, who.agents[0]}]
	from, _ := slices.BinarySearchFunc(list, r.day-JoinDays-JoinSpan, func(e *event, day Day) int { return cmp.Compare(e.first, day) })
	var best *event
	for _, e := range list[from:] {
		if e.first-JoinDays > r.day {
			break
		}
		if e.last+JoinDays < r.day || !e.hasParties(who) || best != nil && j.compare(r, best, e) <= 0 {
			continue
		}
		ok, err := j.isAt(ctx, e, r.place)
		if err != nil {
			return nil, err
		}
		if ok {
			best = e
		}
	}
	return best, nil
}

// compare orders the actions of articles that a report may join.
func (j *joiner) compare(r *report, a, b *event) int {
	return cmp.Or(cmp.Compare(a.away(r.day), b.away(r.day)), boolFirst(b.part, a.part), boolFirst(a.negotiates, b.negotiates),
		cmp.Compare(a.first, b.first), cmp.Compare(j.ID(a.node), j.ID(b.node)))
}

// away is how many days a day lies beside an event.
func (e *event) away(day Day) Day { return max(e.first-day, day-e.last, 0) }

// hasParties tells whether those whom a report names are the event's.
func (e *event) hasParties(who parties) bool {
	within := func(part, whole []Node) bool {
		return !slices.ContainsFunc(part, func(n Node) bool { return !slices.Contains(whole, n) })
	}
	if !within(who.agents, e.agents) || !within(who.targets, e.targets) {
		return false
	}
	among := func(some []Node) bool {
		return slices.ContainsFunc(who.agents, func(n Node) bool { return slices.Contains(some, n) })
	}
	for _, side := range e.sides {
		if !among(side) {
			return false
		}
	}
	return len(e.persons) == 0 || among(e.persons)
}

// isAt tells whether a place agrees with one that an article gives.
func (j *joiner) isAt(ctx context.Context, e *event, place Node) (bool, error) {
	if len(e.places) == 0 {
		return true, nil
	}
	for _, n := range e.places {
		if _, ok, err := j.narrower(ctx, n, place); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

// narrower tells whether two places agree, and gives the one in the other.
func (j *joiner) narrower(ctx context.Context, a, b Node) (Node, bool, error) {
	if a == b || a == 0 || b == 0 {
		return max(a, b), true, nil
	}
	for _, pair := range [][2]Node{{a, b}, {b, a}} {
		wider, err := j.widerThan(ctx, pair[0])
		if err != nil {
			return 0, false, err
		}
		if slices.Contains(wider, pair[1]) {
			return pair[0], true, nil
		}
	}
	return 0, false, nil
}
