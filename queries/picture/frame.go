package picture

// sample is a line of the legend.
type sample struct {
	class   string // of a line
	box     string // or of a box
	dot     string // or of a dot
	open    bool   // a dot that is a ring
	words   string
	begins  bool // a line
	crossed bool
	mode    string // whose shape the line has
	tip     string // class of an arrow's head
}

// heading writes what the picture shows, and returns where it ends.
func (s *scene) heading(p *Picture) float64 {
	y := 20.0
	for _, line := range wrap(p.Title, 18, true, s.width-2*s.margin, 3) {
		y += 22
		s.write("title", line, s.margin, y, start)
	}
	for _, line := range wrap(p.summary(), 12, false, s.width-2*s.margin, 4) {
		y += 19
		s.write("word", line, s.margin, y, start)
	}
	return y + 14
}

// legend writes samples in as many lines as they need, and returns where it
// ends.
func (s *scene) legend(samples []sample, y float64) float64 {
	const swatch, gap = 38.0, 22.0
	x := s.margin
	for _, l := range samples {
		w := width(l.words, 12, false)
		if l.class != "" || l.box != "" || l.dot != "" {
			w += swatch + 8
		}
		if x > s.margin && (l.begins || x+w > s.width-s.margin) {
			x, y = s.margin, y+24
		}
		at := x
		switch {
		case l.class != "":
			s.line(l.class, x, y, x+swatch, y)
			if l.tip != "" {
				s.arrow(l.tip, x+swatch, y, 1, 0)
			}
			s.mode(l.mode, x+swatch/2, y, 5.5)
			if l.crossed {
				s.cross("crossed", x+swatch/2, y, 6)
			}
			at += swatch + 8
		case l.box != "":
			s.rect(l.box, x, y-8, swatch, 16, 4)
			at += swatch + 8
		case l.dot != "":
			s.dot(l.dot, l.open, l.crossed, x+swatch/2, y)
			at += swatch + 8
		}
		lines := wrap(l.words, 12, false, s.width-s.margin-at, 3)
		for n, line := range lines {
			s.write("word", line, at, y+4+float64(n)*15, start)
		}
		x += w + gap
		if len(lines) > 1 {
			y += float64(len(lines)-1) * 15
		}
	}
	if len(samples) > 0 {
		y += 12
	}
	return y
}

// dot draws the mark of an event: full where it took place, a ring where it was
// only planned or threatened, crossed where it was called off.
func (s *scene) dot(class string, open, crossed bool, x, y float64) {
	if open {
		class += " dot-open"
	}
	s.circle(class, x, y, 6)
	if crossed {
		s.cross("crossed", x, y, 7)
	}
}
