package picture

import (
	"cmp"
	"math"
	"slices"
)

// field is where arrows may run: between bands of boxes, and through the rooms
// that the boxes of a band leave.
type field struct {
	bands []band
}

// band is a row of boxes, from top to low.
type band struct {
	top, low float64
	rooms    []room
}

// room is what lies free along a line.
type room struct{ from, to float64 }

func (r room) has(v float64) bool { return r.from <= v && v <= r.to }

func (r room) nearest(v float64) float64 { return max(r.from, min(v, r.to)) }

func (r room) with(o room) room { return room{max(r.from, o.from), min(r.to, o.to)} }

// Measures of arrows.
const (
	wayClear = 5.0  // between an arrow that passes and a box
	wayStep  = 5.0  // between arrows side by side
	wayStub  = 14.0 // of an arrow before it turns, its head within
	wayTurn  = 30.0 // what a detour must save to be worth two turns
	mostWays = 24   // that are followed at a time
)

// newField finds the rooms between boxes, of which each band has some.
func newField(bands []band, boxes [][]room, from, to float64) *field {
	f := &field{bands: bands}
	for i := range bands {
		slices.SortFunc(boxes[i], func(a, b room) int { return cmp.Compare(a.from, b.from) })
		at := from
		for _, b := range boxes[i] {
			bands[i].rooms = append(bands[i].rooms, room{at, b.from - wayClear})
			at = b.to + wayClear
		}
		bands[i].rooms = append(bands[i].rooms, room{at, to})
	}
	return f
}

// between is the room above a band: what lies between it and the one before.
func (f *field) between(i int) room {
	switch {
	case i == 0:
		return room{f.bands[0].top - actGap + wayClear, f.bands[0].top - wayClear}
	case i == len(f.bands):
		return room{f.bands[i-1].low + wayClear, f.bands[i-1].low + actGap - wayClear}
	}
	return room{f.bands[i-1].low + wayClear, f.bands[i].top - wayClear}
}

// beside is the room of a band that ends or begins at a place.
func (f *field) beside(i int, x float64) room {
	for _, r := range f.bands[i].rooms {
		if r.has(x) {
			return r
		}
	}
	return room{x, x}
}

// run is a part of a way straight up or down.
type run struct {
	x    float64
	room room // of x
}

// way is the course of an arrow: straight runs, and the turns between them.
type way struct {
	runs  []run
	turns []turn // one fewer than runs
	right bool   // it comes to the right edge of the cause
}

// turn is a part of a way from one run to the next, between two bands.
type turn struct {
	y    float64
	room room // of y
}

// step is a way as far as it has been followed.
type step struct {
	x, cost float64
	room    room
	before  *step
}

// find follows a way from the left edge of an act in a band to either edge of an
// act in another, or the same, through the rooms between boxes: the shortest
// with few turns.
func (f *field) find(fromX float64, fromBand int, left, right float64, toBand int) way {
	out := f.beside(fromBand, fromX-wayClear)
	out.to = min(out.to, fromX-wayClear)
	ends := [2]room{f.beside(toBand, left-wayClear), f.beside(toBand, right+wayClear)}
	ends[0].to = left - wayStub
	ends[1].from = right + wayStub
	var best *step
	var toRight bool
	for side, end := range ends {
		edge := []float64{left, right}[side]
		aim := end.nearest(fromX - wayStub)
		steps := []*step{{x: out.nearest(fromX - wayStub), room: out}, {x: out.nearest(aim), room: out}}
		for _, s := range steps {
			s.cost = fromX - s.x
		}
		for _, i := range passed(fromBand, toBand) {
			steps = f.through(steps, f.bands[i].rooms, aim)
		}
		for _, s := range f.through(steps, []room{end}, aim) {
			s.cost += math.Abs(s.x - edge)
			if best == nil || s.cost < best.cost {
				best, toRight = s, side == 1
			}
		}
	}
	return f.course(best, toRight, fromBand, toBand)
}

// passed are the bands between two, in order.
func passed(from, to int) []int {
	var list []int
	for i := from + 1; i < to; i++ {
		list = append(list, i)
	}
	for i := from - 1; i > to; i-- {
		list = append(list, i)
	}
	return list
}

// through leads ways on through a band, straight where there is room.
func (f *field) through(steps []*step, rooms []room, aim float64) []*step {
	var next []*step
	for _, s := range steps {
		for _, r := range rooms {
			if r.from > r.to {
				continue
			}
			for _, x := range []float64{r.nearest(s.x), r.nearest(aim)} {
				cost := s.cost + math.Abs(x-s.x)
				if x != s.x {
					cost += wayTurn
				}
				i := slices.IndexFunc(next, func(n *step) bool { return n.x == x })
				switch {
				case i < 0:
					next = append(next, &step{x: x, cost: cost, room: r, before: s})
				case next[i].cost > cost:
					next[i] = &step{x: x, cost: cost, room: r, before: s}
				}
			}
		}
	}
	if len(next) == 0 { // a band without any room is passed as if it were none
		return steps
	}
	slices.SortFunc(next, func(a, b *step) int { return cmp.Compare(a.cost, b.cost) })
	return next[:min(len(next), mostWays)]
}

// course makes a way of the steps that lead to the last.
func (f *field) course(last *step, right bool, from, to int) way {
	var steps []*step
	for s := last; s != nil; s = s.before {
		steps = append(steps, s)
	}
	slices.Reverse(steps)
	w := way{right: right, runs: []run{{x: steps[0].x, room: steps[0].room}}}
	for i, s := range steps[1:] {
		at := &w.runs[len(w.runs)-1]
		if s.x == at.x && from != to {
			at.room = at.room.with(s.room)
			continue
		}
		above := from - i
		if to > from {
			above = from + i + 1
		}
		r := f.between(above)
		w.turns = append(w.turns, turn{y: (r.from + r.to) / 2, room: r})
		w.runs = append(w.runs, run{x: s.x, room: s.room})
	}
	return w
}

// traffic is what has been drawn already, so that ways to different causes do
// not lie on each other.
type traffic struct {
	down, across []laid
}

// laid is a straight line that is drawn: where, from where to where, and whose.
type laid struct {
	at   float64
	over room
	of   course
}

// course is what may share a line: the answers to one cause, stated or inferred.
type course struct {
	cause    int
	inferred bool
}

// settle moves the parts of a way aside where others lie, and remembers it.
func (t *traffic) settle(w *way, of course, from, to float64) {
	ends := func(i int) room {
		a, b := from, to
		if i > 0 {
			a = w.turns[i-1].y
		}
		if i < len(w.turns) {
			b = w.turns[i].y
		}
		return room{min(a, b), max(a, b)}
	}
	for i := range w.runs {
		r := &w.runs[i]
		r.x = aside(t.down, r.x, r.room, ends(i), of)
	}
	for i := range w.turns {
		a, b := w.runs[i].x, w.runs[i+1].x
		over := room{min(a, b), max(a, b)}
		w.turns[i].y = aside(t.across, w.turns[i].y, w.turns[i].room, over, of)
		t.across = append(t.across, laid{w.turns[i].y, over, of})
	}
	for i, r := range w.runs {
		t.down = append(t.down, laid{r.x, ends(i), of})
	}
}

// aside is the place next to the one wanted where no other line lies; the one
// wanted where there is none. A line that leads to the same cause is joined.
func aside(lines []laid, want float64, within, over room, of course) float64 {
	free := func(at float64) bool {
		return within.has(at) && !slices.ContainsFunc(lines, func(l laid) bool {
			return l.of != of && math.Abs(l.at-at) < wayStep-.01 && l.over.from <= over.to+wayStep && over.from <= l.over.to+wayStep
		})
	}
	for _, l := range lines {
		const near = 40
		if l.of == of && math.Abs(l.at-want) < near && l.over.from <= over.to+near && over.from <= l.over.to+near && free(l.at) {
			return l.at
		}
	}
	for n := 0.; n < 40; n++ {
		for _, at := range []float64{want - n*wayStep, want + n*wayStep} {
			if free(at) {
				return at
			}
		}
	}
	return want
}
