package picture

import (
	"cmp"
	"slices"
)

// drawAnswers draws an arrow from the left edge of each answer to its cause,
// through the rooms between boxes, so that each can be followed with the eye.
// Answers to one cause share the last part of their ways.
func (p *Picture) drawAnswers(s *scene, acts []act, f *field) {
	order := make([]int, len(p.Ties))
	ports := map[[2]int]int{} // how many courses meet an act at an edge
	for i := range order {
		order[i] = i
	}
	// Those of one cause come one after the other, the nearest first.
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := p.Ties[i], p.Ties[j]
		return cmp.Or(cmp.Compare(a.To, b.To), cmp.Compare(acts[a.From].x, acts[b.From].x))
	})
	var t traffic
	heights := map[port]float64{}
	meet := func(i int, right bool, of course) float64 {
		k := port{i, right, of}
		if y, ok := heights[k]; ok {
			return y
		}
		edge := 0
		if right {
			edge = 1
		}
		// 0, 7, -7, 14 …: from the middle to both sides.
		n := ports[[2]int{i, edge}]
		ports[[2]int{i, edge}]++
		y := float64((n+1)/2) * portStep
		if n%2 == 0 {
			y = -y
		}
		limit := acts[i].h/2 - portStep
		heights[k] = acts[i].y + acts[i].h/2 + max(-limit, min(y, limit))
		return heights[k]
	}
	for _, i := range order {
		tie := p.Ties[i]
		a, c := acts[tie.From], acts[tie.To]
		of := course{tie.To, tie.Inferred}
		class, tip := "stated", "tip"
		if tie.Inferred {
			class, tip = "inferred", "guess"
		}
		if a.band == c.band && a.x > c.x && f.beside(a.band, a.x-wayClear).has(c.x+actBox+wayClear) {
			y := min(meet(tie.From, false, of), c.y+c.h-portStep)
			s.about(tie.Words, func() {
				s.line(class, c.x+actBox+tipLong, y, a.x, y)
				s.arrow(tip, c.x+actBox, y, -1, 0)
			})
			continue
		}
		w := f.find(a.x, a.band, c.x, c.x+actBox, c.band)
		from, to := meet(tie.From, false, of), meet(tie.To, w.right, of)
		t.settle(&w, of, from, to)
		edge, dx := c.x, 1.
		if w.right {
			edge, dx = c.x+actBox, -1
		}
		// From the cause on, so that the dashes of those that share a part agree.
		path := []segment{moveTo(edge-dx*tipLong, to)}
		y := to
		for n := len(w.runs) - 1; n >= 0; n-- {
			path = append(path, lineTo(w.runs[n].x, y))
			y = from
			if n > 0 {
				y = w.turns[n-1].y
			}
			path = append(path, lineTo(w.runs[n].x, y))
		}
		path = append(path, lineTo(a.x, from))
		s.about(tie.Words, func() {
			s.path(class, path...)
			s.arrow(tip, edge, to, dx, 0)
		})
	}
}

// port is where a course meets an edge of an act.
type port struct {
	act   int
	right bool
	of    course
}

const (
	portStep = 7.0 // between ports at one edge
	tipLong  = 9.0
)
