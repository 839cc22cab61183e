package picture

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// look is how a class of shapes looks on light ground, and its colours on dark.
type look struct {
	fill, stroke         string
	width                float64
	dash                 []float64
	size                 float64 // of a text
	bold                 bool
	darkFill, darkStroke string
}

const none = "none"

// looks are the classes that shapes have.
var looks = map[string]look{
	"ground": {fill: "#ffffff", stroke: none, darkFill: "#1c2024", darkStroke: none},

	// Texts.
	"title": {fill: "#1b1f24", size: 18, bold: true, darkFill: "#e8e6e1"},
	"head":  {fill: "#1b1f24", size: 15, bold: true, darkFill: "#e8e6e1"},
	"name":  {fill: "#1b1f24", size: 13, bold: true, darkFill: "#e8e6e1"},
	"word":  {fill: "#3d434a", size: 12, darkFill: "#c6ccd2"},
	"small": {fill: "#565d66", size: 11, darkFill: "#a9b0b8"},

	// Boxes, by what is in them.
	"actor":     {fill: "#f4f2ec", stroke: "#8b8f94", width: 1.2, darkFill: "#262b31", darkStroke: "#6d757d"},
	"move":      {fill: "#e3f0f9", stroke: "#0072b2", width: 2, darkFill: "#173042", darkStroke: "#56b4e9"},
	"threat":    {fill: "#fdf0e6", stroke: "#d55e00", width: 2, dash: []float64{6, 4}, darkFill: "#3b2615", darkStroke: "#f0a06a"},
	"statement": {fill: "#f4f2ec", stroke: "#767676", width: 1.2, darkFill: "#262b31", darkStroke: "#8f979f"},
	"agreement": {fill: "#e6f4ee", stroke: "#00805c", width: 2, darkFill: "#17342a", darkStroke: "#6fd3b0"},
	"change":    {fill: "#fbeef5", stroke: "#a8558a", width: 2, darkFill: "#38202f", darkStroke: "#e3a0cb"},

	// Ties of a map: the colour says how they met, the dash what became of it.
	"in-person": {fill: none, stroke: "#0072b2", width: 2, darkFill: none, darkStroke: "#56b4e9"},
	"video":     {fill: none, stroke: "#d55e00", width: 2, darkFill: none, darkStroke: "#f0a06a"},
	"phone":     {fill: none, stroke: "#00805c", width: 2, darkFill: none, darkStroke: "#6fd3b0"},
	"unknown":   {fill: none, stroke: "#767676", width: 2, darkFill: none, darkStroke: "#a9b0b8"},
	// A shape says what the colour says, for who sees or prints in grey.
	"mark-in-person": {fill: "#0072b2", stroke: "#ffffff", width: 1.5, darkFill: "#56b4e9", darkStroke: "#1c2024"},
	"mark-video":     {fill: "#d55e00", stroke: "#ffffff", width: 1.5, darkFill: "#f0a06a", darkStroke: "#1c2024"},
	"mark-phone":     {fill: "#00805c", stroke: "#ffffff", width: 1.5, darkFill: "#6fd3b0", darkStroke: "#1c2024"},

	"crossed": {fill: none, stroke: "#9c3100", width: 2.4, darkFill: none, darkStroke: "#f5a27a"},

	// Ties of chains.
	"stated":   {fill: none, stroke: "#3d434a", width: 1.6, darkFill: none, darkStroke: "#c6ccd2"},
	"inferred": {fill: none, stroke: "#a8558a", width: 1.6, dash: []float64{5, 4}, darkFill: none, darkStroke: "#e3a0cb"},
	"tip":      {fill: "#3d434a", stroke: none, darkFill: "#c6ccd2", darkStroke: none},
	"guess":    {fill: "#a8558a", stroke: none, darkFill: "#e3a0cb", darkStroke: none},

	// Axes.
	"axis":   {fill: none, stroke: "#8b8f94", width: 1.2, darkFill: none, darkStroke: "#6d757d"},
	"leader": {fill: none, stroke: "#b9b5ab", width: 1, darkFill: none, darkStroke: "#4a5158"},
	"lane":   {fill: "#faf9f5", stroke: "#d9d6cd", width: 1, darkFill: "#20252a", darkStroke: "#363c43"},

	// Lines of rates.
	"rate-base": {fill: none, stroke: "#d55e00", width: 2.4, darkFill: none, darkStroke: "#f0a06a"},
	"rate-high": {fill: none, stroke: "#0072b2", width: 2, darkFill: none, darkStroke: "#56b4e9"},

	// Marks of a timeline.
	"dot-meeting":   {fill: "#00805c", stroke: "#00805c", width: 2, darkFill: "#6fd3b0", darkStroke: "#6fd3b0"},
	"dot-move":      {fill: "#0072b2", stroke: "#0072b2", width: 2, darkFill: "#56b4e9", darkStroke: "#56b4e9"},
	"dot-change":    {fill: "#a8558a", stroke: "#a8558a", width: 2, darkFill: "#e3a0cb", darkStroke: "#e3a0cb"},
	"dot-agreement": {fill: "#c99700", stroke: "#8a6700", width: 2, darkFill: "#f0c95a", darkStroke: "#f0c95a"},
	"dot-word":      {fill: "#767676", stroke: "#767676", width: 2, darkFill: "#a9b0b8", darkStroke: "#a9b0b8"},
	"dot-open":      {fill: "#ffffff", darkFill: "#1c2024"},
}

// dashes are those of the statuses of a negotiation.
var dashes = map[string][]float64{
	"planned": {8, 5}, "cancelled": {8, 5}, "postponed": {12, 4, 2, 4}, "stalled": {2, 5}, "": {1, 5},
}

// lookOf joins the looks of several classes, the later over the earlier. A class
// like w3.5 is a width of lines, dash-planned the dash of a status.
func lookOf(class string) look {
	var l look
	for c := range strings.FieldsSeq(class) {
		var width float64
		if n, _ := fmt.Sscanf(c, "w%g", &width); n == 1 {
			l.width = width
			continue
		}
		if status, ok := strings.CutPrefix(c, "dash-"); ok {
			l.dash = dashes[status]
			continue
		}
		other := looks[c]
		l = over(l, other)
	}
	return l
}

func over(l, o look) look {
	for _, f := range []struct{ to, from *string }{{&l.fill, &o.fill}, {&l.stroke, &o.stroke}, {&l.darkFill, &o.darkFill}, {&l.darkStroke, &o.darkStroke}} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	if o.width > 0 {
		l.width = o.width
	}
	if o.dash != nil {
		l.dash = o.dash
	}
	if o.size > 0 {
		l.size, l.bold = o.size, o.bold
	}
	return l
}

// CSS is the style sheet of pictures, for light ground and for dark. A picture
// that stands alone carries it; a page that shows pictures links to it, since
// what is within a page may not bring styles of its own.
var CSS = sync.OnceValue(func() string {
	names := make([]string, 0, len(looks))
	for name := range looks {
		names = append(names, name)
	}
	// Later rules win: what is drawn over another look comes after it.
	slices.SortFunc(names, func(a, b string) int {
		return strings.Compare(rank(a)+a, rank(b)+b)
	})
	var light, dark strings.Builder
	for _, name := range names {
		l := looks[name]
		light.WriteString(rule(name, l.fill, l.stroke))
		dark.WriteString(rule(name, l.darkFill, l.darkStroke))
	}
	return ".parley-picture{font-family:" + fontFamily + "}\n" + light.String() +
		".parley-picture a:hover .actor,.parley-picture a:hover rect{stroke-width:3}\n" +
		".parley-picture a:hover path{stroke-opacity:.7}\n" +
		".parley-picture g:hover path{stroke-width:3}\n" +
		"@media screen and (prefers-color-scheme:dark){\n" + dark.String() + "}\n"
})

const fontFamily = `Go,Helvetica,Arial,"Liberation Sans",sans-serif`

func rank(name string) string {
	if name == "dot-open" {
		return "z"
	}
	return "a"
}

func rule(name, fill, stroke string) string {
	var b strings.Builder
	if fill != "" {
		b.WriteString("fill:" + fill + ";")
	}
	if stroke != "" {
		b.WriteString("stroke:" + stroke + ";")
	}
	return ".parley-picture ." + name + "{" + strings.TrimSuffix(b.String(), ";") + "}\n"
}
