package graph

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"strings"

	"parley/graph/vocab"
)

// report is what is kept of a report while reports are joined: a data set has
// millions.
type report struct {
	node, place Node // the place is 0 where none is told
	group       uint32
	day         Day
	negotiates  bool
}

// parties is what was done and by whom: what the reports of a group share. Of
// a meeting the agents are the participants. All are in order.
type parties struct {
	what            string
	agents, targets []Node
}

// event is an action that an article tells of.
type event struct {
	node            Node
	first, last     Day
	agents, targets []Node   // whom a report may name as such
	sides           [][]Node // of a meeting: of each one must be named
	persons         []Node   // of a meeting: of them too, if there are any
	places          []Node
	negotiates      bool
	part            bool // of another meeting
}

// eventKey finds events by what was done and one who did it.
type eventKey struct {
	what  string
	agent Node
}

// reports are those of a graph, and the actions of articles that they may join.
type reports struct {
	*View
	reports []report
	groups  map[string]uint32 // by the key of their parties
	keys    []string          // of the groups
	events  map[eventKey][]*event
	wider   map[Node][]Node // the places and countries in which a place lies
}

// reports reads them.
func (v *View) reports(ctx context.Context) (*reports, error) {
	r := &reports{View: v, groups: make(map[string]uint32), events: make(map[eventKey][]*event), wider: make(map[Node][]Node)}
	if v.term(vocab.CAMEO.IRI) == 0 { // there is none
		return r, v.Err()
	}
	nodes, err := v.Instances(ctx, vocab.Actions()...)
	if err != nil {
		return nil, err
	}
	reader := newRecordReader(v)
	for part := range slices.Chunk(nodes, actsAtOnce) {
		edges, err := v.Expand(ctx, part, nil, Out)
		if err != nil {
			return nil, err
		}
		participants, err := v.participants(ctx, edges)
		if err != nil {
			return nil, err
		}
		for len(edges) > 0 {
			node := edges[0].From
			edges = reader.next(edges)
			if err := r.read(ctx, node, reader, participants); err != nil {
				return nil, err
			}
		}
	}
	for _, list := range r.events {
		slices.SortFunc(list, func(a, b *event) int { return cmp.Compare(a.first, b.first) })
	}
	return r, v.Err()
}

// participants returns whose part each participation is that edges lead to.
func (v *View) participants(ctx context.Context, edges []Edge) (map[Node][]Node, error) {
	has := v.term(vocab.HasParticipation.IRI)
	var parts []Node
	for _, e := range edges {
		if e.Predicate == has {
			parts = append(parts, e.To)
		}
	}
	found, err := v.Expand(ctx, once(parts), vocab.Participant, Out)
	if err != nil {
		return nil, err
	}
	participants := make(map[Node][]Node, len(parts))
	for _, e := range found {
		participants[e.From] = append(participants[e.From], e.To)
	}
	return participants, nil
}

// read files a report, or an action of an article.
func (r *reports) read(ctx context.Context, node Node, record *recordReader, participants map[Node][]Node) error {
	class := record.class()
	what, err := r.what(ctx, class, record)
	if err != nil || what == "" {
		return err
	}
	date, _, err := r.when(ctx, record.of)
	if err != nil {
		return err
	}
	who := parties{what, Targets(record.of(vocab.Agent)), Targets(record.of(vocab.Target))}
	if class == vocab.Meeting {
		who.agents, who.targets = nil, nil
		for _, e := range record.of(vocab.HasParticipation) {
			who.agents = append(who.agents, participants[e.To]...)
		}
		who.agents = once(who.agents)
	}
	kind, err := r.word(ctx, record, vocab.Kind)
	if err != nil {
		return err
	}
	negotiates := slices.Contains(vocab.Negotiations, kind)
	if len(record.of(vocab.CAMEO)) == 0 {
		return r.addEvent(ctx, &event{node: node, first: date.Earliest(), last: date.Latest(), places: Targets(record.of(vocab.Location)), negotiates: negotiates, part: len(record.of(vocab.PartOfMeeting)) > 0}, who, Targets(record.of(vocab.SpokenBy)))
	}
	told := len(who.agents) > 0 && len(who.targets) > 0
	if class == vocab.Meeting {
		told = len(who.agents) > 1
	}
	// A plan is dated by the day it was told, and what is planned from then on.
	planned := strings.HasSuffix(what, " planned") && date.Earliest() > MinDay
	if !told || date.Earliest() != date.Latest() && !planned {
		return nil
	}
	place, err := r.Best(ctx, record.of(vocab.Location))
	if err != nil {
		return err
	}
	r.reports = append(r.reports, report{node, place.To, r.group(who), date.Earliest(), negotiates})
	return nil
}

// phaseTypes are the PLOVER types of moves by their phases.
var phaseTypes = map[string]string{
	"threatened": "threaten",
	"announced":  "sanction", "in-force": "sanction", "raised": "sanction",
	"lowered": "retreat", "suspended": "retreat", "postponed": "retreat", "removed": "retreat",
}

// what tells what was done, in words that are equal where two actions may be
// one event; "" where it is not told.
func (r *reports) what(ctx context.Context, class *vocab.Class, record *recordReader) (string, error) {
	var words [3]string
	for i, p := range whatWords[class] {
		var err error
		if words[i], err = r.word(ctx, record, p); err != nil {
			return "", err
		}
	}
	word := words[0]
	switch class {
	case vocab.MeasureMove:
		word = cmp.Or(word, phaseTypes[words[1]])
	case vocab.Meeting:
		word = encounter(words[0], words[1], words[2])
	}
	if word == "" {
		return "", nil
	}
	return class.Folder + " " + word, nil
}

// whatWords are the predicates that tell what was done.
var whatWords = map[*vocab.Class][]*vocab.Predicate{
	vocab.Meeting:      {vocab.Kind, vocab.Status, vocab.Mode},
	vocab.MeasureMove:  {vocab.PLOVER, vocab.Phase},
	vocab.StatusChange: {vocab.Status},
	vocab.Statement:    {vocab.Stance},
	vocab.Action:       {vocab.PLOVER},
}

// encounter is the sort of a meeting: a data set takes for a visit what an
// article knows to be talks.
func encounter(kind, status, mode string) string {
	switch {
	case status == "":
		return ""
	case kind == "":
		return "of no kind " + mode + " " + status
	case kind == "call" || kind == "ceremony" || kind == "hearing":
		return kind + " " + status
	case mode == "":
		mode = "in-person"
	}
	return mode + " " + status
}

// word returns the word that stands under a predicate.
func (r *reports) word(ctx context.Context, record *recordReader, p *vocab.Predicate) (string, error) {
	e, err := r.Best(ctx, record.of(p))
	return r.Text(e.To), err
}

// addEvent files an action of an article.
func (r *reports) addEvent(ctx context.Context, e *event, who parties, speakers []Node) error {
	if e.last-e.first >= JoinSpan || e.first == MinDay || e.last == MaxDay {
		return nil
	}
	meeting := strings.HasPrefix(who.what, vocab.Meeting.Folder+" ")
	if meeting && strings.HasSuffix(who.what, " planned") {
		return nil // reports date a plan by the day on which it was told
	}
	on, err := ParseDate(e.first.String())
	if err != nil {
		return err
	}
	if e.agents, e.sides, err = r.orSides(ctx, append(who.agents, speakers...), on); err != nil {
		return err
	}
	if !meeting {
		e.sides = nil
	}
	if meeting {
		// Others of a country may have been there for something else.
		e.persons = slices.DeleteFunc(slices.Clone(who.agents), func(n Node) bool { return r.ID(n).Folder() != vocab.Person.Folder })
	}
	if e.targets, _, err = r.orSides(ctx, who.targets, on); err != nil {
		return err
	}
	for _, n := range e.agents {
		key := eventKey{who.what, n}
		r.events[key] = append(r.events[key], e)
	}
	return nil
}

// orSides returns actors and those that they act for on a day, all and by side.
// Who acts for nobody known is a side alone.
func (r *reports) orSides(ctx context.Context, actors []Node, on Date) (all []Node, bySide [][]Node, err error) {
	index := make(map[Node]int)
	for _, n := range actors {
		side, err := r.Side(ctx, n, on)
		if err != nil {
			return nil, nil, err
		}
		side = cmp.Or(side, n)
		i, ok := index[side]
		if !ok {
			i = len(bySide)
			index[side] = i
			bySide = append(bySide, []Node{side})
		}
		bySide[i] = append(bySide[i], n)
	}
	return once(slices.Concat(bySide...)), bySide, nil
}

// group returns the number of those who share what was done and by whom.
func (r *reports) group(who parties) uint32 {
	slices.Sort(who.agents)
	slices.Sort(who.targets)
	key := append([]byte(who.what), 0)
	key = binary.AppendUvarint(key, uint64(len(who.agents)))
	for _, n := range slices.Concat(who.agents, who.targets) {
		key = binary.AppendUvarint(key, uint64(n))
	}
	number, ok := r.groups[string(key)]
	if !ok {
		number = uint32(len(r.keys))
		r.keys = append(r.keys, string(key))
		r.groups[r.keys[number]] = number
	}
	return number
}

// parties reads what a group shares.
func (r *reports) parties(group uint32) parties {
	what, rest, _ := strings.Cut(r.keys[group], "\x00")
	numbers := []byte(rest)
	next := func() Node {
		n, size := binary.Uvarint(numbers)
		numbers = numbers[size:]
		return Node(n)
	}
	who := parties{what: what}
	for range next() {
		who.agents = append(who.agents, next())
	}
	for len(numbers) > 0 {
		who.targets = append(who.targets, next())
	}
	return who
}

// widerThan returns the places and the countries in which a place lies. Like
// sides they are background, and read past the view's day.
func (r *reports) widerThan(ctx context.Context, place Node) ([]Node, error) {
	if wider, ok := r.wider[place]; ok {
		return wider, nil
	}
	var wider []Node
	for frontier := []Node{place}; len(frontier) > 0; {
		var next []Node
		for _, p := range []*vocab.Predicate{vocab.ContainedIn, vocab.InCountry} {
			nodes, err := r.neighbours(ctx, frontier, p, Out)
			if err != nil {
				return nil, err
			}
			for _, n := range nodes {
				if n != place && !slices.Contains(wider, n) {
					wider, next = append(wider, n), append(next, n)
				}
			}
		}
		frontier = next
	}
	r.wider[place] = wider
	return wider, nil
}
