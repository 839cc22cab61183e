package web

import (
	"strconv"
	"strings"
)

// route is how a line runs: its path, the tips of its arrows, and where the text
// of a branch stands; of another line, how far it bends. The script graph.js has the same, for nodes that are dragged; a
// test compares the two.
type route struct {
	path, tips string
	x, y       float64
	anchor     string
}

// above is the room between a line and its text.
const above = 4

// lower is how far below a branch the lines arrive that only cross.
const lower = 7

// run leads a line from one box to another. to and from tell at which of its
// ends it has a tip.
func (j *join) run(a, b *place, to, from bool) route {
	x1, y1, x2, y2 := float64(a.x), float64(a.y), float64(b.x), float64(b.y)
	s := 1.0
	if x2 < x1 {
		s = -1
	}
	if !j.branch {
		y1, y2 = y1+lower, y2+lower
	}
	gap := s*(x2-x1) - float64(a.w+b.w)/2
	var p pen
	if gap < 24 {
		// One stands above the other: the line bends round them.
		side := float64(j.bow)
		x1, x2 = x1+side*float64(a.w/2), x2+side*float64(b.w/2)
		out := max(side*x1, side*x2) + min(30+abs(y2-y1)/5, 160)
		p.move(x1, y1)
		p.curve(side*out, y1, side*out, y2, x2, y2)
		if to {
			p.tip(x2, y2, -side)
		}
		if from {
			p.tip(x1, y1, -side)
		}
		return route{p.path.String(), p.tips.String(), (x1 + x2 + 6*side*out) / 8, (y1+y2)/2 - above, "middle"}
	}
	x1, x2 = x1+s*float64(a.w/2), x2-s*float64(b.w/2)
	p.move(x1, y1)
	if !j.branch {
		p.bend(x1, y1, x2, y2)
		if to {
			p.tip(x2, y2, s)
		}
		if from {
			p.tip(x1, y1, -s)
		}
		return route{p.path.String(), p.tips.String(), (x1 + x2) / 2, (y1+y2)/2 - above, "middle"}
	}
	x := x1
	y := y1
	if j.via != nil {
		v := j.via
		p.bend(x, y, float64(v[0]), float64(v[1]))
		x, y = float64(v[2]), float64(v[3])
		p.line(x, y)
	}
	flat := min(float64(j.flat), max(s*(x2-x)-30, 0))
	p.bend(x, y, x2-s*flat, y2)
	p.line(x2, y2)
	x2 -= s * min(float64(j.inset), max(flat-tipRoom, 0))
	if to {
		p.tip(x2, y2, s)
	}
	if from {
		p.tip(x2-s*12, y2, -s)
	}
	anchor := "end"
	if s < 0 {
		anchor = "start"
	}
	return route{p.path.String(), p.tips.String(), x2 - s*15, y2 - above, anchor}
}

func abs(f float64) float64 { return max(f, -f) }

// pen writes the data of a path.
type pen struct{ path, tips strings.Builder }

func put(b *strings.Builder, command string, numbers ...float64) {
	b.WriteString(command)
	for i, f := range numbers {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatFloat(f, 'f', -1, 64))
	}
}

func (p *pen) move(x, y float64) { put(&p.path, "M", x, y) }

func (p *pen) line(x, y float64) { put(&p.path, "L", x, y) }

func (p *pen) curve(x1, y1, x2, y2, x, y float64) { put(&p.path, "C", x1, y1, x2, y2, x, y) }

// bend is a curve that leaves and arrives level.
func (p *pen) bend(x1, y1, x2, y2 float64) {
	half := (x1 + x2) / 2
	p.curve(half, y1, half, y2, x2, y2)
}

// tip is the head of an arrow that points left or right.
func (p *pen) tip(x, y, s float64) {
	put(&p.tips, "M", x, y)
	put(&p.tips, "L", x-s*9, y-4)
	put(&p.tips, "L", x-s*9, y+4)
	p.tips.WriteString("Z")
}
