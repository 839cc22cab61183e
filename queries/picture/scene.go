package picture

// scene is a list of shapes, drawn in order.
type scene struct {
	width, height float64
	margin        float64 // left and right of texts
	items         []item
}

// item is one shape, or the beginning or end of what leads to a page.
type item struct {
	kind   itemKind
	class  string // of the look; several with spaces between
	x, y   float64
	w, h   float64 // of a rectangle; the radius of a circle is w
	round  float64
	path   []segment
	text   string
	anchor anchor
	url    string
	title  string
}

type itemKind int

const (
	rectItem itemKind = iota
	circleItem
	pathItem
	textItem
	openItem
	closeItem
)

// anchor is the end of a text that its place is of.
type anchor int

const (
	start anchor = iota
	middle
	end
)

// segment is a step of a path: M, L, C or Z with the points that it takes.
type segment struct {
	verb   byte
	points [3]point
}

type point struct{ x, y float64 }

func (s *scene) rect(class string, x, y, w, h, round float64) {
	s.items = append(s.items, item{kind: rectItem, class: class, x: x, y: y, w: w, h: h, round: round})
}

func (s *scene) circle(class string, x, y, r float64) {
	s.items = append(s.items, item{kind: circleItem, class: class, x: x, y: y, w: r})
}

func (s *scene) path(class string, segments ...segment) {
	s.items = append(s.items, item{kind: pathItem, class: class, path: segments})
}

func (s *scene) line(class string, x1, y1, x2, y2 float64) {
	s.path(class, moveTo(x1, y1), lineTo(x2, y2))
}

// write puts a text at a place; y is that of its base line.
func (s *scene) write(class, text string, x, y float64, a anchor) {
	if text != "" {
		s.items = append(s.items, item{kind: textItem, class: class, text: text, x: x, y: y, anchor: a})
	}
}

// about says in words what is drawn within.
func (s *scene) about(title string, draw func()) { s.link("", title, draw) }

// link makes what is drawn within lead to a page, if it has an address.
func (s *scene) link(url, title string, draw func()) {
	s.items = append(s.items, item{kind: openItem, url: url, title: title})
	draw()
	s.items = append(s.items, item{kind: closeItem, url: url})
}

func moveTo(x, y float64) segment { return segment{'M', [3]point{{x, y}}} }
func lineTo(x, y float64) segment { return segment{'L', [3]point{{x, y}}} }

func curveTo(x1, y1, x2, y2, x, y float64) segment {
	return segment{'C', [3]point{{x1, y1}, {x2, y2}, {x, y}}}
}

// cross draws a cross about a place.
func (s *scene) cross(class string, x, y, r float64) {
	s.path(class, moveTo(x-r, y-r), lineTo(x+r, y+r), moveTo(x-r, y+r), lineTo(x+r, y-r))
}

// arrow draws the head of an arrow that comes to a place from a direction.
func (s *scene) arrow(class string, x, y, dx, dy float64) {
	const long, wide = 9, 4.5
	s.path(class, moveTo(x, y), lineTo(x-dx*long-dy*wide, y-dy*long+dx*wide), lineTo(x-dx*long+dy*wide, y-dy*long-dx*wide), segment{verb: 'Z'})
}

// box is where a text is, for tests and for placing others.
func (i item) box() (x1, y1, x2, y2 float64) {
	l := lookOf(i.class)
	w := width(i.text, l.size, l.bold)
	x := i.x
	switch i.anchor {
	case middle:
		x -= w / 2
	case end:
		x -= w
	}
	return x, i.y - l.size*.8, x + w, i.y + l.size*.22
}
