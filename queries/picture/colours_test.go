package picture

import (
	"fmt"
	"math"
	"testing"
)

// light is a colour in linear light.
type light [3]float64

func lightOf(t *testing.T, hex string) (l light) {
	t.Helper()
	var rgb [3]int
	if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]); err != nil {
		t.Fatalf("%q: %v", hex, err)
	}
	for i, v := range rgb {
		c := float64(v) / 255
		if l[i] = c / 12.92; c > .04045 {
			l[i] = math.Pow((c+.055)/1.055, 2.4)
		}
	}
	return l
}

// contrast is that of WCAG 2.2, from 1 to 21.
func (l light) contrast(o light) float64 {
	luminance := func(l light) float64 { return .2126*l[0] + .7152*l[1] + .0722*l[2] }
	a, b := luminance(l), luminance(o)
	return (max(a, b) + .05) / (min(a, b) + .05)
}

// TestColoursAreSeen holds texts and lines against the grounds that they stand on,
// in light, in print, which is light on white, and in dark (WCAG 2.2: 1.4.3 and
// 1.4.11).
func TestColoursAreSeen(t *testing.T) {
	grounds := []string{"ground", "lane", "actor", "move", "threat", "statement", "change", "agreement"}
	check := func(class, colour, ground string, least float64) {
		t.Helper()
		if c := lightOf(t, colour).contrast(lightOf(t, ground)); c < least {
			t.Errorf("%s: %s on %s has a contrast of %.2f, less than %.1f", class, colour, ground, c, least)
		}
	}
	for _, class := range []string{"title", "head", "name", "word", "small"} {
		for _, g := range grounds {
			check(class, looks[class].fill, looks[g].fill, 4.5)
			check(class+" in dark", looks[class].darkFill, looks[g].darkFill, 4.5)
		}
	}
	for _, class := range []string{"in-person", "video", "phone", "unknown", "crossed", "stated", "inferred", "move", "threat", "statement", "change", "agreement", "rate-base", "rate-high", "dot-agreement"} {
		for _, g := range []string{"ground", "lane"} {
			check(class, looks[class].stroke, looks[g].fill, 3)
			check(class+" in dark", looks[class].darkStroke, looks[g].darkFill, 3)
		}
	}
}
