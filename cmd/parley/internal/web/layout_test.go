package web

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// made is a random picture: nodes that are opened one after another.
type made struct {
	places []place
	joins  []join
	opened []int
}

func (m *made) clone() *made {
	return &made{append([]place(nil), m.places...), append([]join(nil), m.joins...), append([]int(nil), m.opened...)}
}

var madeNames = rapid.OneOf(
	rapid.StringMatching(`[A-Z][a-z]{2,12}( [a-z]{1,14}){0,12}`),
	rapid.SampledFrom([]string{"", "W", "中华人民共和国商务部发言人的谈话", strings.Repeat("unbroken", 40), "\u202ereversed", "a\u0301\u0301\u0301"}),
)

// open opens a node with so many new neighbours.
func (m *made) open(t *rapid.T, i, items int) {
	m.places[i].open = true
	m.opened = append(m.opened, i)
	for n := range items {
		b := len(m.places)
		m.places = append(m.places, place{name: madeNames.Draw(t, "name"), home: i, hang: i, group: n * 4 / items})
		m.joins = append(m.joins, join{a: i, b: b, text: rapid.SampledFrom([]string{"did", "was announced by, was aimed at…"}).Draw(t, "text"), branch: true})
	}
}

var madePictures = rapid.Custom(func(t *rapid.T) *made {
	m := &made{}
	for range rapid.IntRange(1, 8).Draw(t, "open") {
		i := rapid.IntRange(-1, len(m.places)-1).Draw(t, "node")
		if i < 0 || m.places[i].open {
			i = len(m.places)
			hang := -1
			if len(m.opened) > 0 && rapid.Bool().Draw(t, "hangs") {
				hang = m.opened[rapid.IntRange(0, len(m.opened)-1).Draw(t, "on")]
				m.joins = append(m.joins, join{a: hang, b: i, text: "is of", branch: true})
			}
			m.places = append(m.places, place{name: madeNames.Draw(t, "name"), home: -1, hang: hang})
		}
		m.open(t, i, rapid.IntRange(0, 40).Draw(t, "items"))
	}
	return m
})

type box struct {
	what           string
	x0, y0, x1, y1 float64
}

// boxes are all that must not overlap: nodes, and the texts of branches.
func (m *made) boxes() []box {
	var list []box
	for i := range m.places {
		p := &m.places[i]
		list = append(list, box{fmt.Sprintf("node %d", i), float64(p.x - p.w/2), float64(p.y - p.h/2), float64(p.x + p.w/2), float64(p.y + p.h/2)})
	}
	for i := range m.joins {
		j := &m.joins[i]
		if !j.branch {
			continue
		}
		r := j.run(&m.places[j.a], &m.places[j.b], true, false)
		w := textWidth(j.text, joinSize)
		b := box{fmt.Sprintf("text of %d to %d", j.a, j.b), r.x, r.y - 9, r.x + w, r.y + 2}
		if r.anchor == "end" {
			b.x0, b.x1 = r.x-w, r.x
		}
		list = append(list, b)
	}
	return list
}

func TestLayoutOverlapsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := madePictures.Draw(t, "picture")
		layOut(m.places, m.joins, m.opened)
		list := m.boxes()
		for i, a := range list {
			for _, b := range list[:i] {
				if a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 {
					t.Fatalf("%s %v overlaps %s %v", a.what, a, b.what, b)
				}
			}
		}
		for i := range m.places {
			p := &m.places[i]
			for _, line := range p.lines {
				if w := textWidth(line, nameSize) + glyphRoom + pageRoom - 4; w > float64(p.w) {
					t.Fatalf("%q is wider than its box of %d", line, p.w)
				}
			}
		}
	})
}

// TestLayoutStays opens one node more: only that one moves.
func TestLayoutStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := madePictures.Draw(t, "picture")
		after := m.clone()
		layOut(m.places, m.joins, m.opened)
		var closed []int
		for i := range after.places {
			if !after.places[i].open {
				closed = append(closed, i)
			}
		}
		if len(closed) == 0 {
			return
		}
		opened := rapid.SampledFrom(closed).Draw(t, "opened")
		after.open(t, opened, rapid.IntRange(0, 40).Draw(t, "items"))
		layOut(after.places, after.joins, after.opened)
		for i := range m.places {
			a, b := &m.places[i], &after.places[i]
			if i != opened && (a.x != b.x || a.y != b.y) {
				t.Fatalf("node %d moved from %d, %d to %d, %d", i, a.x, a.y, b.x, b.y)
			}
		}
	})
}

func TestLayoutIsDetermined(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := madePictures.Draw(t, "picture")
		b := a.clone()
		layOut(a.places, a.joins, a.opened)
		layOut(b.places, b.joins, b.opened)
		if !reflect.DeepEqual(a, b) {
			t.Fatal("two layouts of one picture differ")
		}
	})
}

func TestWrapText(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"Talks", []string{"Talks"}},
		{"Talks between the US and China in Beijing, June 2018", []string{"Talks between the US and China in", "Beijing, June 2018"}},
		{strings.Repeat("word ", 2000), []string{"word word word word word word", "word word word word word word", "word word word word word word…"}},
	} {
		if got := wrapText(c.text, nameSize, nameWidth, 3); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%.60q is wrapped as %q, not as %q", c.text, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		for _, line := range wrapText(rapid.String().Draw(t, "text"), nameSize, nameWidth, 3) {
			if w := textWidth(line, nameSize); w > nameWidth+1 {
				t.Fatalf("%q is %v wide", line, w)
			}
		}
	})
}

func BenchmarkLayout(b *testing.B) {
	for _, size := range []int{50, mostNodes} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			m := full(size)
			for b.Loop() {
				c := m.clone()
				layOut(c.places, c.joins, c.opened)
				for i := range c.joins {
					j := &c.joins[i]
					j.run(&c.places[j.a], &c.places[j.b], true, false)
				}
			}
		})
	}
}

// full is a picture of so many nodes.
func full(size int) *made {
	m := &made{places: []place{{name: "United States", home: -1, hang: -1}}}
	for len(m.places) < size {
		i := len(m.opened) * 38
		m.places[i].open = true
		m.opened = append(m.opened, i)
		for n := 0; n < 40 && len(m.places) < size; n++ {
			m.joins = append(m.joins, join{a: i, b: len(m.places), text: "was announced by", branch: true})
			m.places = append(m.places, place{name: "Talks between the US and China in Beijing, June 2018", home: i, hang: i, group: n / 10})
		}
	}
	return m
}
