package picture

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"math"
	"strconv"
	"strings"
)

// SVG writes the picture as a document of its own, with its style sheet.
func (p *Picture) SVG(w io.Writer) error { return p.svg(w, "picture", true) }

// Inline writes the picture as an element of a page, with an id that nothing else
// there has. It has no style of its own but what attributes say: the page links
// to CSS.
func (p *Picture) Inline(w io.Writer, id string) error { return p.svg(w, id, false) }

func (p *Picture) svg(w io.Writer, id string, alone bool) error {
	s := p.scene()
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="parley-picture" role="group" aria-labelledby="%s-title %[1]s-desc" viewBox="0 0 %s %s" width="%[2]s" height="%[3]s" font-family="%s">`,
		html.EscapeString(id), num(s.width), num(s.height), html.EscapeString(fontFamily))
	fmt.Fprintf(&b, `<title id="%s-title">%s</title><desc id="%[1]s-desc">%s</desc>`, id, text(p.Title), text(p.describe()))
	if alone {
		b.WriteString("<style>" + CSS() + "</style>")
		fmt.Fprintf(&b, `<rect class="ground" width="%s" height="%s" fill="#fff"/>`, num(s.width), num(s.height))
	}
	b.WriteByte('\n')
	for _, i := range s.items {
		i.svg(&b)
	}
	b.WriteString("</svg>\n")
	_, err := b.WriteTo(w)
	return err
}

// scene lays the picture out, or says that there is nothing to draw.
func (p *Picture) scene() *scene {
	if len(p.Marks) > 0 {
		return p.lay(p)
	}
	s := &scene{width: 640, margin: wideMargin}
	s.height = s.heading(p) + s.margin
	return s
}

// summary tells what was asked, how much there is, and what is left out.
func (p *Picture) summary() string { return join(p.Description, p.Left, " · ") }

// describe says in words what the picture shows, for who cannot see it.
func (p *Picture) describe() string {
	const most = 60
	parts := []string{strings.TrimSuffix(join(p.Description, p.Left, ". "), ".") + "."}
	told := 0
	for _, t := range p.Ties {
		if told++; told > most {
			parts = append(parts, "And more.")
			break
		}
		parts = append(parts, t.Words+".")
	}
	if len(p.Ties) == 0 {
		for _, m := range p.Marks {
			if told++; told > most {
				parts = append(parts, "And more.")
				break
			}
			parts = append(parts, join(m.Date.Words(), m.Name, ": ")+".")
		}
	}
	return strings.Join(parts, " ")
}

func (i item) svg(b *bytes.Buffer) {
	l := lookOf(i.class)
	switch i.kind {
	case openItem:
		if i.url == "" {
			fmt.Fprintf(b, `<g><title>%s</title>`, text(i.title))
			break
		}
		fmt.Fprintf(b, `<a href="%s"><title>%s</title>`, html.EscapeString(i.url), text(i.title))
	case closeItem:
		if i.url == "" {
			b.WriteString("</g>\n")
			break
		}
		b.WriteString("</a>\n")
	case rectItem:
		fmt.Fprintf(b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s" rx="%s"%s/>`, classes(i.class), num(i.x), num(i.y), num(i.w), num(i.h), num(i.round), l.attributes())
	case circleItem:
		fmt.Fprintf(b, `<circle class="%s" cx="%s" cy="%s" r="%s"%s/>`, classes(i.class), num(i.x), num(i.y), num(i.w), l.attributes())
	case pathItem:
		fmt.Fprintf(b, `<path class="%s" d="%s"%s/>`, classes(i.class), i.d(), l.attributes())
	case textItem:
		i.svgText(b, l)
	}
}

// svgText says how long the text is, so that in another font it is not longer.
func (i item) svgText(b *bytes.Buffer, l look) {
	fmt.Fprintf(b, `<text class="%s" x="%s" y="%s" font-size="%s"`, classes(i.class), num(i.x), num(i.y), num(l.size))
	if l.bold {
		b.WriteString(` font-weight="700"`)
	}
	switch i.anchor {
	case middle:
		b.WriteString(` text-anchor="middle"`)
	case end:
		b.WriteString(` text-anchor="end"`)
	}
	fmt.Fprintf(b, ` fill="%s" textLength="%s" lengthAdjust="spacingAndGlyphs">%s</text>`, l.fill, num(width(i.text, l.size, l.bold)), text(i.text))
}

func (l look) attributes() string {
	var b strings.Builder
	if l.fill != "" {
		fmt.Fprintf(&b, ` fill="%s"`, l.fill)
	}
	if l.stroke != "" && l.stroke != none {
		fmt.Fprintf(&b, ` stroke="%s" stroke-width="%s"`, l.stroke, num(l.width))
		if l.dash != nil {
			parts := make([]string, len(l.dash))
			for i, d := range l.dash {
				parts[i] = num(d)
			}
			fmt.Fprintf(&b, ` stroke-dasharray="%s"`, strings.Join(parts, " "))
		}
	}
	return b.String()
}

// classes are those of a class that the style sheet has rules for.
func classes(class string) string {
	var kept []string
	for c := range strings.FieldsSeq(class) {
		if _, ok := looks[c]; ok {
			kept = append(kept, c)
		}
	}
	return strings.Join(kept, " ")
}

func (i item) d() string {
	var b strings.Builder
	for _, s := range i.path {
		b.WriteByte(s.verb)
		n := map[byte]int{'M': 1, 'L': 1, 'C': 3}[s.verb]
		for k := range n {
			if k > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(num(s.points[k].x) + " " + num(s.points[k].y))
		}
	}
	return b.String()
}

// num writes a length, to a hundredth.
func num(f float64) string { return strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64) }

// text escapes a text for XML, which has no control characters at all.
func text(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return '�'
		}
		return r
	}, strings.ToValidUTF8(s, "�")))
}
