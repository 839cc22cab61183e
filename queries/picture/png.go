package picture

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"
	"strings"

	"git.sr.ht/~sbinet/gg"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
)

// Bounds of a PNG: of each side, and of both together, at four bytes a pixel.
const (
	mostPixelsSide = 16_000
	mostPixels     = 40_000_000
)

// ErrTooLarge is the error for a picture that within the bounds of a PNG would be
// too small to read. It comes with the size, and what to ask for instead.
var ErrTooLarge = errors.New("the picture is too large for a PNG")

// PNG writes the picture as an image, twice as large as SVG says, or as much as
// the bounds allow: at least half as large, or the error is ErrTooLarge.
func (p *Picture) PNG(w io.Writer) error {
	s := p.scene()
	scale := 2.0
	scale = min(scale, mostPixelsSide/max(s.width, s.height), math.Sqrt(mostPixels/(s.width*s.height)))
	if scale < .5 {
		return fmt.Errorf("%w: it is %.0f by %.0f; ask for fewer rows, or for SVG", ErrTooLarge, s.width, s.height)
	}
	c := gg.NewContext(int(math.Ceil(s.width*scale)), int(math.Ceil(s.height*scale)))
	c.SetColor(color.White)
	c.Clear()
	d := &drawing{Context: c, scale: scale, faces: map[typesize]font.Face{}}
	for _, i := range s.items {
		if err := d.item(i); err != nil {
			return err
		}
	}
	return c.EncodePNG(w)
}

type typesize struct {
	size float64
	bold bool
}

// drawing draws items in pixels.
type drawing struct {
	*gg.Context
	scale float64
	faces map[typesize]font.Face
}

func (d *drawing) item(i item) error {
	l, k := lookOf(i.class), d.scale
	switch i.kind {
	case rectItem:
		d.DrawRoundedRectangle(i.x*k, i.y*k, i.w*k, i.h*k, i.round*k)
		d.paint(l)
	case circleItem:
		d.DrawCircle(i.x*k, i.y*k, i.w*k)
		d.paint(l)
	case pathItem:
		for _, s := range i.path {
			a, b, c := s.points[0], s.points[1], s.points[2]
			switch s.verb {
			case 'M':
				d.MoveTo(a.x*k, a.y*k)
			case 'L':
				d.LineTo(a.x*k, a.y*k)
			case 'C':
				d.CubicTo(a.x*k, a.y*k, b.x*k, b.y*k, c.x*k, c.y*k)
			case 'Z':
				d.ClosePath()
			}
		}
		d.paint(l)
	case textItem:
		face, err := d.face(l)
		if err != nil {
			return err
		}
		d.SetFontFace(face)
		d.SetColor(colour(l.fill))
		x := i.x
		switch w := width(i.text, l.size, l.bold); i.anchor {
		case middle:
			x -= w / 2
		case end:
			x -= w
		}
		d.DrawString(i.text, x*k, i.y*k)
	}
	return nil
}

// face is the font of a text; it is made for each size once a drawing, since it
// is not for several goroutines.
func (d *drawing) face(l look) (font.Face, error) {
	key := typesize{l.size, l.bold}
	if face, ok := d.faces[key]; ok {
		return face, nil
	}
	face, err := opentype.NewFace(faceOf(l.bold).font, &opentype.FaceOptions{Size: l.size * d.scale, DPI: 72, Hinting: font.HintingNone})
	if err == nil {
		d.faces[key] = face
	}
	return face, err
}

func (d *drawing) paint(l look) {
	if l.fill != "" && l.fill != none {
		d.SetColor(colour(l.fill))
		if l.stroke == "" || l.stroke == none {
			d.Fill()
			return
		}
		d.FillPreserve()
	}
	if l.stroke != "" && l.stroke != none {
		d.SetColor(colour(l.stroke))
		d.SetLineWidth(l.width * d.scale)
		dash := make([]float64, len(l.dash))
		for i := range dash {
			dash[i] = l.dash[i] * d.scale
		}
		d.SetDash(dash...)
		d.SetLineCapButt()
		d.Stroke()
	}
	d.ClearPath()
}

// colour reads #rrggbb.
func colour(s string) color.Color {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 {
		return color.Black
	}
	return color.RGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 255}
}
