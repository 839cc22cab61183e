package picture

import (
	"cmp"
	"slices"
)

// bus is the way of all answers to one cause that stand above or below it: a
// line beside the boxes, into which the answers lead, and which leads to the
// cause.
type bus struct {
	cause    int
	inferred bool
	answers  []int
	x        float64
	top, low float64
}

const (
	busStep = 7.0 // between buses side by side
	tipLong = 9.0
)

// drawAnswers draws an arrow from each answer to its cause. Of acts one after the
// other it leaves the left edge and comes to the right one. Where they stand one
// above the other it goes round, beside the boxes. Boxes are drawn over arrows,
// so that no text is crossed.
func (p *Picture) drawAnswers(s *scene, acts []act) {
	var buses []*bus
	for _, t := range p.Ties {
		a, c := acts[t.From], acts[t.To]
		if a.x >= c.x+actBox+2*tipLong {
			s.drawOver(a, c, t)
			continue
		}
		i := slices.IndexFunc(buses, func(b *bus) bool { return b.cause == t.To && b.inferred == t.Inferred })
		if i < 0 {
			i = len(buses)
			buses = append(buses, &bus{cause: t.To, inferred: t.Inferred, x: c.x, top: c.middle(), low: c.middle()})
		}
		b := buses[i]
		b.answers = append(b.answers, t.From)
		b.x = min(b.x, a.x)
		b.top, b.low = min(b.top, a.middle()), max(b.low, a.middle())
	}
	apart(buses)
	ends := map[int]float64{} // how many buses an act is at, so that they come apart
	for _, b := range buses {
		class, tip := answerLook(b.inferred)
		c := acts[b.cause]
		y := c.middle() + 7*ends[b.cause]
		ends[b.cause]++
		s.path(class, moveTo(b.x, y), lineTo(c.x-tipLong, y))
		s.arrow(tip, c.x, y, 1, 0)
		top, low := y, y
		for _, i := range b.answers {
			at := acts[i].middle() + 7*ends[i]
			ends[i]++
			s.path(class, moveTo(acts[i].x, at), lineTo(b.x, at))
			top, low = min(top, at), max(low, at)
		}
		s.line(class, b.x, top, b.x, low)
	}
}

func (a act) middle() float64 { return a.y + a.h/2 }

func answerLook(inferred bool) (class, tip string) {
	if inferred {
		return "inferred", "guess"
	}
	return "stated", "tip"
}

// drawOver draws the arrow of an answer that stands after its cause.
func (s *scene) drawOver(a, c act, t Tie) {
	class, tip := answerLook(t.Inferred)
	x1, y1, x2, y2 := a.x, a.middle(), c.x+actBox, c.middle()
	bend := max((x1-x2)*.4, 14)
	s.path(class, moveTo(x1, y1), curveTo(x1-bend, y1, x2+tipLong+bend, y2, x2+tipLong, y2))
	s.arrow(tip, x2, y2, -1, 0)
}

// apart gives buses that would lie on each other lines of their own.
func apart(buses []*bus) {
	order := slices.Clone(buses)
	slices.SortStableFunc(order, func(a, b *bus) int { return cmp.Compare(a.low-a.top, b.low-b.top) })
	for i, b := range order {
		b.x -= 2 * tipLong
		for moved := true; moved; {
			moved = false
			for _, other := range order[:i] {
				if other.top <= b.low && b.top <= other.low && b.x > other.x-busStep && b.x < other.x+busStep {
					b.x, moved = other.x-busStep, true
				}
			}
		}
	}
}
