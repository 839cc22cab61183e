package dgraph

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"parley/graph/remote"
	"parley/graph/store"
)

// A pattern is one request: a block for each step, from the uids that the blocks
// before it put into variables. What Dgraph follows is more than what is there,
// since it knows nothing of versions; so what was found from where is worked out
// of the edges that are seen, and Dgraph's own choice of nodes only has to be
// large enough.

// pattern is one request in the making.
type pattern struct {
	reader *reader
	query  []byte
	steps  []asked
	terms  []string // the variables of all ends and labels
}

// asked is a step of a pattern.
type asked struct {
	step  *store.Step
	next  []int // places among the steps, of those that go on from the ends
	why   []int // and of those that go on from the labels
	along []store.Node
	edges map[store.Node][]store.Edge // by From
	met   int                         // edges, seen or not
}

// tooMany bounds what one node has along one predicate, so that of a pattern that
// leads to too much not all is read.
var tooMany = fmt.Sprintf("(first: %d)", remote.MostFollowed+1)

// Follow walks a pattern in one request.
func (r *reader) Follow(ctx context.Context, from []store.Node, steps []store.Step, found func(remote.Found)) error {
	if len(from) == 0 || len(steps) == 0 {
		return r.usable(ctx)
	}
	for part := range slices.Chunk(from, atOnce) {
		if err := r.follow(ctx, part, steps, found); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (r *reader) follow(ctx context.Context, from []store.Node, steps []store.Step, found func(remote.Found)) error {
	p := &pattern{reader: r, query: []byte("{ a as var(func: uid(")}
	p.query = append(appendUIDs(p.query, from), "))"...)
	first := p.ask(steps, "a")
	terms := map[store.Node]string{}
	if len(p.terms) > 0 {
		p.add(" t(func: uid(", strings.Join(p.terms, ","), ")) { uid k: ", r.store.pred("key"), " }")
		b, err := r.query(ctx, "follow", append(p.query, " }"...))
		if err != nil {
			return err
		}
		if err := p.read(b, terms); err != nil {
			return fmt.Errorf("follow: %w", err)
		}
	}
	for _, i := range first {
		p.tell(i, from, &terms, found)
	}
	return nil
}

// ask appends the blocks of steps, all from the nodes that some variables hold,
// and returns their places.
func (p *pattern) ask(steps []store.Step, from string) []int {
	places := make([]int, len(steps))
	for i := range steps {
		places[i] = len(p.steps)
		p.steps = append(p.steps, asked{step: &steps[i], along: p.reader.along(steps[i].Predicates...), edges: map[store.Node][]store.Edge{}})
		p.askOne(places[i], from)
	}
	return places
}

func (p *pattern) askOne(at int, from string) {
	a := p.steps[at]
	if len(a.along) == 0 { // it leads nowhere, but for whence it began
		p.steps[at].why = p.none(a.step.Why)
		if a.step.Repeat {
			next := p.ask(a.step.Next, from)
			p.steps[at].next = next
		} else {
			p.steps[at].next = p.none(a.step.Next)
		}
		return
	}
	s, mark := p.reader.store, strconv.Itoa(at)
	ends := make([]string, len(a.along))
	for i := range a.along {
		ends[i] = "v" + mark + "_" + strconv.Itoa(i)
	}
	reached := strings.Join(ends, ",")
	p.terms = append(p.terms, reached)
	nodes := from
	if a.step.Repeat {
		// First the nodes that are reached at all, each edge walked once.
		depth := ""
		if a.step.Depth > 0 {
			depth = "depth: " + strconv.Itoa(a.step.Depth+1) + ", "
		}
		p.add(" var(func: uid(", from, ")) @recurse(", depth, "loop: false) {")
		for i, along := range a.along {
			p.add(" ", ends[i], " as ")
			if a.step.Direction == store.In {
				p.add("~")
			}
			p.add(s.along(along))
		}
		p.add(" }")
		reached = from + "," + reached
		nodes = reached
	}
	p.add(" s", mark, "(func: uid(", nodes, ")) { uid")
	for i, along := range a.along {
		inner := "uid"
		if !a.step.Repeat {
			inner = ends[i] + " as uid"
		}
		p.query = s.appendHop(p.query, along, a.step.Direction, tooMany, inner)
	}
	p.add(" }")
	if len(a.step.Why) > 0 {
		// Labels stand in facets, which no block can begin at; the subjects lead to
		// theirs, and to others.
		subjects, labels := nodes, "w"+mark
		if a.step.Direction == store.In {
			subjects = reached
		}
		p.add(" var(func: uid(", subjects, ")) { ", labels, " as ", s.pred("stated"), " }")
		p.terms = append(p.terms, labels)
		why := p.ask(a.step.Why, labels)
		p.steps[at].why = why
	}
	next := p.ask(a.step.Next, reached)
	p.steps[at].next = next
}

func (p *pattern) add(parts ...string) {
	for _, part := range parts {
		p.query = append(p.query, part...)
	}
}

// none asks nothing for the steps that come after one that leads nowhere.
func (p *pattern) none(steps []store.Step) []int {
	places := make([]int, len(steps))
	for i := range steps {
		places[i] = len(p.steps)
		p.steps = append(p.steps, asked{step: &steps[i]})
		next, why := p.none(steps[i].Next), p.none(steps[i].Why)
		p.steps[places[i]].next, p.steps[places[i]].why = next, why
	}
	return places
}

// read reads the answer.
func (p *pattern) read(b []byte, terms map[store.Node]string) error {
	var wrong error
	err := answer(b, func(s *scan, name string) {
		if name == "t" {
			wrong = s.keys(terms)
			return
		}
		at, err := strconv.Atoi(strings.TrimPrefix(name, "s"))
		if err != nil || at < 0 || at >= len(p.steps) {
			s.fail("step " + name)
			return
		}
		a := &p.steps[at]
		s.edges(nil, func(e edge) {
			a.met++
			a.edges[e.from] = p.reader.era.seen(a.edges[e.from], e)
		})
		if s.err == nil && a.met > remote.MostFollowed {
			s.err = remote.ErrTooMuch
		}
	})
	if err == nil {
		err = wrong
	}
	return err
}

// tell tells what a step found from some nodes, each there once, and what the
// next ones found from where it led. Terms are told once.
func (p *pattern) tell(at int, from []store.Node, terms *map[store.Node]string, found func(remote.Found)) {
	a := &p.steps[at]
	f := remote.Found{Step: a.step, Terms: *terms}
	*terms = nil
	seen := make(map[store.Node]bool, len(from))
	for _, n := range from {
		seen[n] = true
	}
	for frontier, depth := from, 0; len(frontier) > 0 && (a.step.Depth == 0 || depth < a.step.Depth); depth++ {
		f.From = append(f.From, frontier...)
		var further []store.Node
		for _, n := range frontier {
			f.Edges = append(f.Edges, a.edges[n]...)
			for _, e := range a.edges[n] {
				if a.step.Repeat && !seen[e.To] {
					seen[e.To] = true
					further = append(further, e.To)
				}
			}
		}
		frontier = further
	}
	found(f)
	if len(a.next) > 0 {
		if !a.step.Repeat {
			clear(seen)
		}
		for _, e := range f.Edges {
			seen[e.To] = true
		}
		p.tellAll(a.next, seen, terms, found)
	}
	if len(a.why) > 0 {
		labels := map[store.Node]bool{}
		for _, e := range f.Edges {
			if e.Label != 0 {
				labels[e.Label] = true
			}
		}
		p.tellAll(a.why, labels, terms, found)
	}
}

func (p *pattern) tellAll(places []int, from map[store.Node]bool, terms *map[store.Node]string, found func(remote.Found)) {
	nodes := slices.Sorted(maps.Keys(from))
	for _, at := range places {
		p.tell(at, nodes, terms, found)
	}
}
