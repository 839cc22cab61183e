package web

import (
	"math"
	"slices"
)

// The picture of a graph is laid out here, and written as SVG, rather than by a
// library in the browser such as cytoscape: what is drawn on a canvas is closed to
// the keyboard, to screen readers and to print, such libraries put styles into the
// page, which its content security policy forbids, and without scripts there would
// be nothing. The script that comes with the page only moves what is here.
//
// Each open node stands in the middle of its neighbours: a column of them to
// either side, bent like brackets, each with a line from the middle and, at its
// end, the word for how they are joined. Text so stays level and in its own row,
// where nothing can overlap it. Opening one of the neighbours takes it out of
// its column, whose row stays free for its line, and puts it with what is around
// it beside the column: nothing else moves.

// place is a node in the layout. What it is given with is its text, and where
// it belongs; layOut gives the rest.
type place struct {
	name string
	// home is the open node whose column the node stands in, hang the one that
	// an open node is placed beside; -1 for none.
	home, hang int
	open       bool
	group      int // of the column: others are set apart

	lines  []string
	middle bool // of a cluster of its own
	x, y   int  // of its middle
	w, h   int
	side   int // of its column, -1 for left and 1 for right; 0 in the middle
}

// join is a line of the layout. The first end of a line within a cluster is its
// middle.
type join struct {
	a, b int
	text string
	// branch tells that b was placed by it: beside the line, at its end, there
	// is room for its text.
	branch bool
	flat   int // how much of its end is level
	inset  int // from its end to its tip and text, out of where other lines meet
	via    *[4]int
	bow    int // to which side it bends where its ends stand above each other
}

// Sizes, in pixels where nothing is zoomed.
const (
	nameSize, middleSize, joinSize = 12.5, 15.0, 10.5

	lineHeight, middleLine = 15, 19
	nameWidth, middleWidth = 205.0, 185.0
	glyphRoom, pageRoom    = 30, 28 // beside the text: what it is, and the link to its page
	rowGap, groupGap       = 9, 14
	corridor               = 46 // for the line from where an open node hangs
	clusterGap             = 70
	fewItems               = 6 // stand on one side
	tipRoom                = 28
	moreRoom               = 26 // below a middle, for how much is not shown
)

// cluster is an open node with its columns. Its box is about the middle of the
// node.
type cluster struct {
	middle     int
	columns    [2]column // left and right
	x, y       int
	x0, y0     int // of the box, from the middle
	x1, y1     int
	slot       [2]int // where it hung, before it was opened
	outer      int    // x at which the column of the slot ends
	slotInside int    // x at which it begins
	hangs      bool   // in a slot
	room       int    // from the middle to where the line to it becomes level
}

type column struct {
	items []int
	flat  int
	inner int // from the middle's side to the nearest box
}

// layOut places the nodes and says how lines run. The open nodes are given in
// the order in which they were opened, each after what it hangs on; the others
// stand in their columns in the order of places.
func layOut(places []place, joins []join, opened []int) {
	items := make([][]int, len(places))
	for i := range places {
		if h := places[i].home; h >= 0 {
			items[h] = append(items[h], i)
		}
		places[i].measure()
	}
	branch := make([]int, len(places)) // the line that each hangs on
	for i := range branch {
		branch[i] = -1
	}
	for i := range joins {
		if joins[i].branch {
			branch[joins[i].b] = i
		}
	}
	clusters := make([]cluster, 0, len(opened))
	of := map[int]int{} // clusters of middles
	for _, i := range opened {
		p := &places[i]
		if len(items[i]) == 0 && p.home >= 0 {
			continue // it stays in its column
		}
		c, side := cluster{middle: i}, 0
		hung, ok := of[p.hang]
		if ok {
			side = c.hang(places, &clusters[hung])
		}
		p.middle = true
		p.measure()
		c.fill(places, joins, branch, items[i], side)
		c.find(clusters, side)
		c.put(places)
		if b := branch[i]; b >= 0 {
			joins[b].branch = ok && c.reach(places, &joins[b], side)
		}
		of[i] = len(clusters)
		clusters = append(clusters, c)
	}
	for i := range joins {
		j := &joins[i]
		j.bow = 1
		if places[j.a].side+places[j.b].side < 0 {
			j.bow = -1
		}
	}
}

// measure wraps the name of a node, and makes the box fit.
func (p *place) measure() {
	size, most, line, pad := nameSize, nameWidth, lineHeight, 13
	factor := 1.0
	if p.middle {
		size, most, line, pad, factor = middleSize, middleWidth, middleLine, 20, heavier
	}
	p.lines = wrapText(p.name, size*factor, most, 3)
	width := 0.0
	for _, l := range p.lines {
		width = max(width, textWidth(l, size*factor))
	}
	// Both are even, so that the middle of a side is a whole number.
	p.w = (int(width) + glyphRoom + pageRoom + 4) &^ 1
	p.h = (max(len(p.lines), 1)*line + pad) &^ 1
}

// hang finds where a node that is opened hung, and to which side of it there is
// room.
func (c *cluster) hang(places []place, on *cluster) int {
	p := &places[c.middle]
	if p.home != on.middle {
		c.slot = [2]int{on.x + on.x1, on.y}
		return 1
	}
	// Its row in the column is known already.
	c.hangs, c.slot = true, [2]int{p.x, p.y}
	c.outer, c.slotInside = on.x+on.x1, p.x-p.side*p.w/2
	if p.side < 0 {
		c.outer = on.x + on.x0
	}
	return p.side
}

// fill places the nodes around the middle, as if that were at 0, 0.
func (c *cluster) fill(places []place, joins []join, branch []int, items []int, side int) {
	m := &places[c.middle]
	height := 0
	for _, i := range items {
		height += places[i].h + rowGap
	}
	sums := 0
	for _, i := range items {
		// Half of them to the left; few, all away from where the node hangs.
		col := 1
		if sums+(places[i].h+rowGap)/2 < height/2 {
			col = 0
		}
		if side != 0 && len(items) <= fewItems {
			col = (side + 1) / 2
		}
		sums += places[i].h + rowGap
		c.columns[col].items = append(c.columns[col].items, i)
	}
	c.x0, c.x1 = -m.w/2, m.w/2
	c.y0, c.y1 = -m.h/2, m.h/2+moreRoom
	for col := range c.columns {
		c.fillColumn(places, joins, branch, col, side)
	}
	if b := branch[c.middle]; b >= 0 && side != 0 {
		// The text of the line that it hangs on stands in the corridor.
		c.room = m.w/2 + c.columns[(1-side)/2].inner + int(textWidth(joins[b].text, joinSize)) + tipRoom
		if side > 0 {
			c.x0 = min(c.x0, -c.room)
		} else {
			c.x1 = max(c.x1, c.room)
		}
	}
}

// fillColumn places one of the columns; in the one that faces where the node hung
// a corridor stays free.
func (c *cluster) fillColumn(places []place, joins []join, branch []int, col, hung int) {
	column, side := &c.columns[col], 2*col-1
	if len(column.items) == 0 {
		return
	}
	tops, total := make([]int, len(column.items)), 0
	for n, i := range column.items {
		if n > 0 && places[i].group != places[column.items[n-1]].group {
			total += groupGap
		}
		tops[n] = total
		total += places[i].h + rowGap
		if b := branch[i]; b >= 0 {
			column.flat = max(column.flat, int(textWidth(joins[b].text, joinSize))+tipRoom)
		}
	}
	total -= rowGap
	level := total / 2 // which height is level with the middle
	if hung == -side {
		below := len(tops)
		for n := range tops {
			if n > 0 && tops[n] >= level {
				below = n
				break
			}
		}
		level = total + corridor/2
		if below < len(tops) {
			level = tops[below] - rowGap + corridor/2
		}
		for n := below; n < len(tops); n++ {
			tops[n] += corridor
		}
		total += corridor
	}
	fan := min(60+total/8, 190)
	bulge := float64(min(total/9, fan-34))
	inner := places[c.middle].w/2 + fan + column.flat
	for n, i := range column.items {
		p := &places[i]
		y := tops[n] + p.h/2 - level
		t := 2 * float64(y) / float64(max(total, 1))
		in := inner - int(bulge*min(t*t, 1))
		p.x, p.y, p.side = side*(in+p.w/2), y, side
		if near := in - places[c.middle].w/2; n == 0 || near < column.inner {
			column.inner = near
		}
		if b := branch[i]; b >= 0 {
			joins[b].flat = column.flat
		}
		c.x0, c.x1 = min(c.x0, p.x-p.w/2), max(c.x1, p.x+p.w/2)
		c.y0, c.y1 = min(c.y0, p.y-p.h/2), max(c.y1, p.y+p.h/2)
	}
}

// find looks for the nearest free place to where the node hung.
func (c *cluster) find(clusters []cluster, side int) {
	if len(clusters) == 0 {
		return
	}
	if side == 0 { // beside all others
		side = 1
		c.slot = [2]int{clusters[0].x + clusters[0].x1, clusters[0].y}
		c.outer = c.slot[0]
	} else if !c.hangs {
		c.outer = c.slot[0]
	}
	near := -c.x0 // from the middle to the side that faces the slot
	if side < 0 {
		near = c.x1
	}
	x := c.outer + side*(clusterGap+near)
	xs, ys := []int{x}, []int{c.slot[1]}
	for i := range clusters {
		o := &clusters[i]
		xs = append(xs, o.x+o.x1+clusterGap-c.x0, o.x+o.x0-clusterGap-c.x1)
		ys = append(ys, o.y+o.y1+clusterGap-c.y0, o.y+o.y0-clusterGap-c.y1)
	}
	slices.Sort(xs)
	slices.Sort(ys)
	xs, ys = slices.Compact(xs), slices.Compact(ys)
	best := math.MaxInt
	for _, x := range xs {
		for _, y := range ys {
			// Lines that go back, and steep ones, are hard to follow.
			dx := (x - c.outer) * side
			cost := dx
			if dx < near {
				cost = 3*(near-dx) + near
			}
			if dy := y - c.slot[1]; dy > 0 {
				cost += dy + dy/3
			} else {
				cost -= dy + dy/3
			}
			if cost < best && c.free(clusters, x, y) {
				best, c.x, c.y = cost, x, y
			}
		}
	}
}

func (c *cluster) free(clusters []cluster, x, y int) bool {
	for i := range clusters {
		o := &clusters[i]
		if x+c.x0 < o.x+o.x1+clusterGap && o.x+o.x0 < x+c.x1+clusterGap &&
			y+c.y0 < o.y+o.y1+clusterGap && o.y+o.y0 < y+c.y1+clusterGap {
			return false
		}
	}
	return true
}

// put moves the nodes of a cluster to its place.
func (c *cluster) put(places []place) {
	m := &places[c.middle]
	m.x, m.y, m.side = c.x, c.y, 0
	for _, column := range c.columns {
		for _, i := range column.items {
			places[i].x += c.x
			places[i].y += c.y
		}
	}
}

// reach leads the line to a cluster through the row in which its middle hung,
// and through its corridor. It tells whether there is room for that: a line that
// must go back has its text nowhere.
func (c *cluster) reach(places []place, j *join, side int) bool {
	from, m := &places[j.a], &places[c.middle]
	start := from.x + side*from.w/2
	edge := c.x0
	if side < 0 {
		edge = c.x1
	}
	j.flat = max(c.room, -side*edge+8) - m.w/2
	j.inset = c.columns[(1-side)/2].inner
	end := c.x - side*(m.w/2+j.flat)
	if out := c.outer + side*8; c.hangs && side*(end-out) > 30 {
		j.via = &[4]int{c.slotInside, c.slot[1], out, c.slot[1]}
		return true
	}
	return side*(end-start) > 30
}
